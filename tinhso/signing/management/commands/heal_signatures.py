"""Add the time stamps that could not be had when files were signed."""

from django.core.management.base import BaseCommand
from django.utils.timezone import now

from tinhso.signing.actions import heal_signatures
from tinhso.signing.queries import waiting_signatures


class Command(BaseCommand):
    help = "Bổ sung dấu thời gian cho văn bản đã ký khi dịch vụ ngừng (chạy lại không đổi gì)"

    def handle(self, **options):
        healed = heal_signatures(at=now())
        self.stdout.write(f"Đã bổ sung dấu thời gian cho {healed} văn bản, còn chờ {waiting_signatures().count()} chữ ký.")
