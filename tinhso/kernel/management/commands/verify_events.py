import json
import sys

from django.core.management.base import BaseCommand

from tinhso.kernel.sealing import default_ledger
from tinhso.kernel.verifying import verify


class Command(BaseCommand):
    help = "Kiểm tra sổ sự kiện: không sự kiện nào bị sửa, xóa, chèn, đổi chỗ, cắt đuôi so với niêm phong và nhân chứng."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **options):
        report = verify(default_ledger())
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False))
        else:
            self.stdout.write(f"{report.events} sự kiện trong {report.blocks} khối, {report.unsealed} chưa niêm phong.")
            self.stdout.write("Sổ nguyên vẹn." if report.ok else "SỔ KHÔNG NGUYÊN VẸN:\n" + "\n".join(report.faults))
        if not report.ok:
            sys.exit(1)
