"""Count the figures of past months again."""

import json as json_module

from django.core.management.base import BaseCommand
from django.utils.timezone import now

from tinhso.dossiers.actions.figures import close_months, forget_months, wrong_months
from tinhso.dossiers.models import ClosedMonth


class Command(BaseCommand):
    help = "Đếm lại số liệu của các tháng đã qua từ hồ sơ (--check: chỉ so sánh)"

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="chỉ so sánh; mã thoát 1 khi có tháng sai")
        parser.add_argument("--json", action="store_true", help="in kết quả bằng JSON")

    def handle(self, *, check: bool, json: bool, **options):
        if not check:
            forget_months()
            close_months(at=now())
        wrong = [f"{month:%Y-%m}" for month in wrong_months()] if check else []
        months = [f"{month:%Y-%m}" for month in ClosedMonth.objects.order_by("month").values_list("month", flat=True)]
        if json:
            self.stdout.write(json_module.dumps({"months": months, "wrong": wrong}))
        elif check:
            self.stdout.write(f"{len(months)} tháng đã chốt, {len(wrong)} tháng sai: {', '.join(wrong) or 'không có'}.")
        else:
            self.stdout.write(f"Đã đếm lại {len(months)} tháng.")
        if wrong:
            raise SystemExit(1)
