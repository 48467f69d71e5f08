"""Give every leader, head and agency of today a certificate. Run again, it gives only what is missing."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from tinhso.kernel.errors import Refused
from tinhso.signing.actions import issue_missing_certificates


class Command(BaseCommand):
    help = "Cấp chứng thư số cho lãnh đạo, người ký thừa lệnh và cơ quan chưa có (chạy lại chỉ cấp phần còn thiếu)"

    def handle(self, **options):
        try:
            people, agencies = issue_missing_certificates(at=now())
        except Refused as refusal:
            raise CommandError(refusal.sentence) from None
        self.stdout.write(f"Đã cấp chứng thư số cho {people} người và {agencies} cơ quan.")
