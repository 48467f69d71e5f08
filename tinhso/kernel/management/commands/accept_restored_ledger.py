from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from tinhso.kernel.audit import accept_restored
from tinhso.kernel.errors import Refused
from tinhso.kernel.sealing import default_ledger


class Command(BaseCommand):
    help = "Sau khi phục hồi cơ sở dữ liệu từ bản sao cũ hơn nhân chứng: giữ nhân chứng cũ làm bằng, đi tiếp từ sổ đang có."

    def add_arguments(self, parser):
        parser.add_argument("--reason", required=True, help="phục hồi từ bản sao nào, ai quyết định")

    def handle(self, *args, **options):
        try:
            seen, kept = accept_restored(default_ledger(), reason=options["reason"], at=now())
        except Refused as refusal:
            raise CommandError(refusal.sentence) from None
        self.stdout.write(f"Nhân chứng cũ đã thấy khối {seen}; sổ đi tiếp từ khối {kept}.")
