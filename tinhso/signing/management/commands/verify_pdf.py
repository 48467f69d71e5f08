"""Say of each signature of a PDF file who signed, when, whether the file is intact and whom we trust."""

import json as json_module
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localtime

from tinhso.signing.queries import report_on


class Command(BaseCommand):
    help = "Kiểm tra chữ ký số của một tệp PDF (mã thoát 1 khi có chữ ký không hợp lệ)"

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="in kết quả bằng JSON")
        parser.add_argument("--offline", action="store_true", help="không hỏi nơi cấp chứng thư")

    def handle(self, *, file: Path, json: bool, offline: bool, **options):
        try:
            pdf = file.read_bytes()
        except OSError as fault:
            raise CommandError(f"Không đọc được tệp: {fault.strerror}") from None
        report = report_on(pdf, online=not offline)
        if json:
            self.stdout.write(json_module.dumps(report.as_json(), ensure_ascii=False, indent=1))
        else:
            self.stdout.write(f"{report.headline}. {report.sentence}".strip())
            for number, one in enumerate(report.signatures, 1):
                signed_at = f"{localtime(one.signed_at):%H:%M:%S %d/%m/%Y}" if one.signed_at else "không rõ"
                self.stdout.write(
                    f"{number}. {one.headline}: {one.signer}, {one.title or one.organisation}, ký lúc {signed_at} ({one.level})"
                )
                for reason in one.reasons:
                    self.stdout.write(f"   - {reason.sentence}")
        if report.verdict == "invalid":
            raise SystemExit(1)
