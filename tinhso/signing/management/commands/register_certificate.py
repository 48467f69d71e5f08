"""Take in a certificate that an authority outside issued (a token of the Government CA, say), with the place of its key."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localdate, now

from tinhso.directory.models import Person, Unit
from tinhso.kernel.errors import Refused
from tinhso.signing.actions import register_certificate


class Command(BaseCommand):
    help = "Đăng ký chứng thư do nơi cấp bên ngoài cấp cho một người hoặc một cơ quan; khóa được thử ngay"

    def add_arguments(self, parser):
        holder = parser.add_mutually_exclusive_group(required=True)
        holder.add_argument("--person", help="tên đăng nhập của người giữ")
        holder.add_argument("--unit", help="mã của cơ quan")
        parser.add_argument("--key", required=True, help="nơi giữ khóa: pkcs11:token=…;object=… hoặc file:<tên> trong var/keys")
        parser.add_argument("file", type=Path, help="chứng thư và chứng thư trung gian (PEM)")

    def handle(self, *, person: str | None, unit: str | None, key: str, file: Path, **options):
        moment = now()
        if person:
            holder: Person | Unit | None = Person.objects.filter(username=person, kind=Person.Kind.OFFICIAL).first()
        else:
            holder = Unit.objects.on(localdate(moment)).filter(codes__code=unit).first()
        if holder is None:
            raise CommandError(f"Không có người hoặc cơ quan {person or unit}.")
        try:
            row = register_certificate(holder, file.read_bytes(), key, by=None, at=moment)
        except OSError:
            raise CommandError(f"Không đọc được tệp {file}.") from None
        except (Refused, ValueError) as fault:
            raise CommandError(str(fault)) from None
        self.stdout.write(f"Đã đăng ký chứng thư {row.serial} của {row.holder}, hiệu lực đến {localdate(row.valid_to):%d/%m/%Y}.")
