"""Compute the due moments of all open dossiers again."""

import json as json_module

from django.core.management.base import BaseCommand
from django.utils.timezone import now

from tinhso.dossiers.actions.deadlines import rebuild_deadlines


class Command(BaseCommand):
    help = "Tính lại hạn trả của mọi hồ sơ đang giải quyết từ dữ kiện (--check: chỉ so sánh)"

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="chỉ so sánh, không ghi; mã thoát 1 khi có hạn sai")
        parser.add_argument("--json", action="store_true", help="in kết quả bằng JSON")

    def handle(self, *, check: bool, json: bool, **options):
        outcome = rebuild_deadlines(at=now(), check=check)
        facts = {
            "checked": outcome.checked,
            "wrong": outcome.wrong,
            "written": not check,
            "seconds": round(outcome.seconds, 3),
            "per_second": outcome.per_second,
        }
        if json:
            self.stdout.write(json_module.dumps(facts, ensure_ascii=False))
        else:
            done = "sai" if check else "đã sửa"
            self.stdout.write(f"Đã tính hạn của {outcome.checked} hồ sơ ({outcome.per_second} hồ sơ/giây), {len(outcome.wrong)} {done}.")
            for code in outcome.wrong[:50]:
                self.stdout.write(f"  {code}")
        if check and outcome.wrong:
            raise SystemExit(1)
