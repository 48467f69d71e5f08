"""Trust the certificate of an authority: signatures whose certificates lead to it are trusted from now on."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from tinhso.kernel.errors import Refused
from tinhso.signing.actions import add_anchor
from tinhso.signing.models import TrustAnchor


class Command(BaseCommand):
    help = "Thêm một gốc tin cậy (tệp PEM), ví dụ chứng thư của CA chuyên dùng Chính phủ"

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--name", default="", help="tên hiển thị; không ghi thì lấy tên trong chứng thư")
        parser.add_argument("--purpose", choices=TrustAnchor.Purpose.values, default=TrustAnchor.Purpose.BOTH)

    def handle(self, *, file: Path, name: str, purpose: str, **options):
        try:
            anchor = add_anchor(file.read_bytes(), by=None, at=now(), name=name, purpose=purpose)
        except OSError:
            raise CommandError(f"Không đọc được tệp {file}.") from None
        except Refused as refusal:
            raise CommandError(refusal.sentence) from None
        self.stdout.write(f"Đang tin cậy: {anchor.name} (SHA-256 {anchor.fingerprint}).")
