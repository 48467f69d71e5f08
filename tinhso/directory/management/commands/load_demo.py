"""Load the demonstration province (Quảng Nam, April 2024). Run again, it changes nothing."""

import json as json_module

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.timezone import now

from tinhso.directory.demo.load import load


class Command(BaseCommand):
    help = "Nạp tỉnh minh họa: cơ quan, đơn vị, cán bộ và hai công dân (chạy lại không đổi gì)"

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="in kết quả bằng JSON")

    def handle(self, *, json: bool, **options):
        outcome = load(settings.VAR / "demo-people.json", at=now())
        if json:
            self.stdout.write(json_module.dumps(outcome, ensure_ascii=False))
            return
        done = "Đã nạp tỉnh minh họa" if outcome["loaded"] else "Tỉnh minh họa đã có sẵn"
        self.stdout.write(
            f"{done}: {outcome['units']} đơn vị ({outcome['districts']} huyện, {outcome['communes']} xã), "
            f"{outcome['people']} người, {outcome['posts']} vị trí công tác."
        )
