"""Fill a demonstration or benchmark database with a synthetic past."""

import json as json_module
import time
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.timezone import localdate, now

from tinhso.dossiers.actions.deadlines import rebuild_deadlines
from tinhso.dossiers.actions.figures import close_months, forget_months
from tinhso.dossiers.history.filling import fill
from tinhso.dossiers.history.plans import plans
from tinhso.dossiers.history.telling import cores, seal_and_pass, tell


class Command(BaseCommand):
    help = "Nạp hồ sơ giả lập của hai năm qua vào tỉnh minh họa, để đo hiệu năng (không dùng cho cơ sở dữ liệu thật)"

    def add_arguments(self, parser):
        parser.add_argument("--dossiers", type=int, required=True, help="số hồ sơ")
        parser.add_argument("--caseload", type=Path, help="thư mục số hồ sơ theo đơn vị (quangnam_danang_dossiers_by_unit.csv)")
        parser.add_argument("--json", action="store_true", help="in kết quả bằng JSON")

    def handle(self, *, dossiers: int, caseload: Path | None, json: bool, **options):
        if not settings.ENV.demo:
            raise CommandError("Chỉ nạp hồ sơ giả lập vào tỉnh minh họa (TINHSO_DEMO=1), không bao giờ vào cơ sở dữ liệu thật.")
        if dossiers < 1:
            raise CommandError("Số hồ sơ phải lớn hơn 0.")
        took: dict[str, float] = {}

        def timed(name, work):
            begun = time.perf_counter()
            outcome = work()
            took[name] = round(time.perf_counter() - begun, 2)
            return outcome

        mix = timed("plans", lambda: plans(localdate(), caseload))
        if not mix:
            raise CommandError("Chưa có thủ tục nào nộp được tại cơ quan nào: chạy load_demo và load_procedures trước.")
        with transaction.atomic():
            first, last = timed("rows", lambda: fill(mix, dossiers, now=now()))
        events = timed("events", lambda: tell(first, last, processes=cores()))
        timed("seal", lambda: seal_and_pass(at=now()))
        # Open dossiers get the due moments that the rules give.
        timed("deadlines", lambda: rebuild_deadlines(at=now(), promises=(first, last)))
        forget_months()
        timed("figures", lambda: close_months(at=now()))
        seconds = sum(took.values())
        outcome = {
            "dossiers": dossiers,
            "plans": len(mix),
            "events": events,
            "seconds": round(seconds, 1),
            "per_second": round(dossiers / (took["rows"] + took["events"])),
            "took": took,
        }
        if json:
            self.stdout.write(json_module.dumps(outcome))
            return
        self.stdout.write(
            f"Đã nạp {dossiers:,} hồ sơ, {events:,} sự kiện trong {seconds:.0f} giây ({outcome['per_second']:,} hồ sơ/giây khi ghi). "
            f"{', '.join(f'{name} {value:.1f} s' for name, value in took.items())}".replace(",", ".", 1)
        )
