"""Give an outside system a key to the API; the key is printed once."""

import json as json_module

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localdate, now

from tinhso.directory.access import can_administer_province
from tinhso.directory.actions.tokens import SCOPES, issue_token
from tinhso.directory.models import Person, Role, Unit, UnitCode
from tinhso.kernel.errors import Refused


class Command(BaseCommand):
    help = "Cấp mã truy cập API cho một hệ thống; mã chỉ in ra một lần"

    def add_arguments(self, parser):
        parser.add_argument("system", help="tên đăng nhập của hệ thống, được tạo nếu chưa có, ví dụ he-thong.dat-dai")
        parser.add_argument("--name", default="", help="tên hệ thống, khi tạo mới")
        parser.add_argument("--agency", action="append", default=[], help="mã định danh cơ quan được phép (QĐ 20/2020); nhiều lần được")
        parser.add_argument("--all-agencies", action="store_true", help="mọi cơ quan đang hoạt động")
        parser.add_argument("--scope", action="append", choices=sorted(SCOPES), help="phạm vi; bỏ trống: tất cả")
        parser.add_argument("--label", default="", help="tên của mã, khi hệ thống có nhiều mã")
        parser.add_argument("--by", default="", help="tên đăng nhập của quản trị người dùng chịu trách nhiệm; bỏ trống: người đầu tiên")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, system: str, json: bool, **options):
        day = localdate()
        holders = Person.objects.filter(is_active=True, posts__role=Role.ADMINISTRATOR).distinct().order_by("pk")
        if options["by"]:
            holders = holders.filter(username=options["by"])
        by = next((person for person in holders if can_administer_province(person)), None)
        if by is None:
            raise CommandError("Chưa có quản trị viên cấp tỉnh nào chịu trách nhiệm cấp mã: xem --by.")
        agencies = list(Unit.objects.on(day).agencies()) if options["all_agencies"] else []
        for code in options["agency"]:
            held = UnitCode.objects.filter(system=UnitCode.System.QD20, code=code, unit__in=Unit.objects.on(day)).select_related("unit")
            if not held:
                raise CommandError(f"Không có cơ quan nào mang mã {code}.")
            agencies.append(held[0].unit)
        person, made = Person.objects.get_or_create(
            username=system, defaults={"kind": Person.Kind.SYSTEM, "full_name": options["name"] or system}
        )
        if made:
            person.set_unusable_password()
            person.save()
        try:
            token, key = issue_token(
                person,
                label=options["label"] or options["name"] or system,
                scopes=options["scope"] or SCOPES,
                agencies=agencies,
                by=by,
                at=now(),
            )
        except Refused as refusal:
            raise CommandError(refusal.sentence) from None
        if json:
            said = {"system": person.username, "token": key, "scopes": token.scopes, "agencies": len(agencies)}
            self.stdout.write(json_module.dumps(said, ensure_ascii=False))
            return
        self.stdout.write(f"{key}\nPhạm vi: {', '.join(token.scopes)}. Số cơ quan: {len(agencies)}. Mã này không xem lại được.")
