"""Load a reorganisation of agencies and units as data. Run again, it changes nothing."""

import json as json_module
from datetime import date, timedelta
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.timezone import localdate, now

from tinhso.directory.actions import reorganise
from tinhso.directory.demo.places import NEW_COMMUNE_DIVISIONS
from tinhso.directory.models import Person, Unit, UnitCode
from tinhso.directory.reorganisation import Plan, Register, read_json, read_map
from tinhso.kernel.errors import Refused


class Command(BaseCommand):
    help = "Nạp một đợt sắp xếp đơn vị (JSON, hoặc CSV bảng chuyển đổi xã cũ – xã mới); chạy lại không đổi gì"

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="tệp .json hoặc .csv")
        parser.add_argument("--on", type=date.fromisoformat, help="ngày có hiệu lực (YYYY-MM-DD); CSV phải có")
        parser.add_argument("--document", default="", help="văn bản căn cứ")
        parser.add_argument("--by", default="", help="tên đăng nhập của người quản trị chịu trách nhiệm")
        parser.add_argument("--dry-run", action="store_true", help="làm thử rồi bỏ, chỉ in kết quả")
        parser.add_argument("--json", action="store_true", help="in kết quả bằng JSON")

    def handle(self, *, file: Path, on: date | None, document: str, by: str, dry_run: bool, json: bool, **options):
        person = Person.objects.filter(username=by, kind=Person.Kind.OFFICIAL).first() if by else None
        if by and person is None:
            raise CommandError(f"Không có cán bộ nào tên đăng nhập {by}.")
        try:
            plan = self._read(file, on, document)
            with transaction.atomic():
                outcome = reorganise(plan, by=person, at=now(), today=localdate())
                if dry_run:
                    transaction.set_rollback(True)
        except Refused as refusal:
            raise CommandError(refusal.sentence) from refusal
        if json:
            self.stdout.write(json_module.dumps(outcome.as_dict() | {"dry_run": dry_run, "changed": outcome.changed}, ensure_ascii=False))
            return
        for warning in outcome.warnings:
            self.stdout.write(f"  chú ý: {warning}")
        self.stdout.write(
            f"{'Làm thử' if dry_run else 'Đã nạp'} đợt sắp xếp từ {plan.on:%d/%m/%Y}: {outcome.units_begun} đơn vị bắt đầu, "
            f"{outcome.units_ended} đơn vị kết thúc, {outcome.successions} quan hệ kế thừa, {outcome.posts_moved} vị trí công tác chuyển; "
            f"{outcome.elsewhere} dòng về nơi khác, {len(outcome.warnings)} điều cần xem."
        )

    def _read(self, file: Path, on: date | None, document: str) -> Plan:
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as fault:
            raise CommandError(f"Không đọc được tệp {file}: {fault}") from fault
        if file.suffix != ".csv":
            return read_json(text, on=on)
        if on is None:
            raise CommandError("Tệp CSV không mang ngày hiệu lực: xin cho biết bằng --on YYYY-MM-DD.")
        return read_map(text, on=on, register=register_before(on), document=document)


def register_before(on: date) -> Register:
    """Return what the reader must know: communes and districts of the day before, provinces of the day itself."""

    def named(kind: str, day: date) -> dict[str, str]:
        return {
            row.code: row.unit.name
            for row in UnitCode.objects.filter(
                unit__in=Unit.objects.on(day).filter(kind=kind), system=UnitCode.System.GSO, valid_from__lte=day
            )
            .select_related("unit")
            .order_by("code")
        }

    day_before = on - timedelta(days=1)
    provinces = {
        code: UnitCode.objects.held_on(on)
        .filter(system=UnitCode.System.QD20, unit__codes__code=code)
        .values_list("code", flat=True)
        .first()
        or ""
        for code in named(Unit.Kind.PROVINCE, on)
    }
    return Register(
        communes=named(Unit.Kind.COMMUNE, day_before),
        districts=named(Unit.Kind.DISTRICT, day_before),
        provinces=provinces,
        divisions=tuple((division.name, division.fields) for division in NEW_COMMUNE_DIVISIONS),
    )
