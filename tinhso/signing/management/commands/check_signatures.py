"""Compare the uses of keys, written down before each, with the register of signatures."""

from datetime import timedelta

from django.core.management.base import BaseCommand
from django.utils.timezone import now

from tinhso.signing.queries import unknown_uses

# Who signs now writes the register in a moment.
JUST_NOW = timedelta(minutes=5)


class Command(BaseCommand):
    help = "Đối chiếu nhật ký dùng khóa với sổ ký (mã thoát 1 khi có lần dùng khóa mà sổ không biết)"

    def add_arguments(self, parser):
        parser.add_argument("--now", action="store_true", help="kể cả những lần dùng khóa trong năm phút vừa qua")

    def handle(self, **options):
        unknown = unknown_uses(before=now() if options["now"] else now() - JUST_NOW)
        for use in unknown:
            self.stdout.write(f"{use['noted']}: khóa của chứng thư {use['serial']} ký bản có SHA-256 {use['digest']}, sổ ký không ghi.")
        if unknown:
            raise SystemExit(1)
        self.stdout.write("Mọi lần dùng khóa đều có trong sổ ký.")
