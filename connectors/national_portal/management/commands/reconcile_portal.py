import json

from django.core.management.base import BaseCommand
from django.utils.timezone import now

from connectors.national_portal.reconciling import figures, reconcile


class Command(BaseCommand):
    help = "Đối chiếu hồ sơ với Cổng Dịch vụ công quốc gia; --repair gửi lại những hồ sơ khác nhau."

    def add_arguments(self, parser):
        parser.add_argument("--limit", type=int, default=1000, help="số hồ sơ hỏi Cổng, bắt đầu từ hồ sơ lâu chưa đối chiếu nhất")
        parser.add_argument("--repair", action="store_true")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **options):
        found = reconcile(at=now(), limit=options["limit"], repair=options["repair"]) | {"figures": figures()}
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False))
            return
        if not found["connected"]:
            self.stdout.write("Chưa kết nối Cổng quốc gia.")
            return
        for row in found["differences"]:
            theirs = "chưa có" if row["difference"] == "missing" else row["theirs"]
            self.stdout.write(f"{row['code']}\tở đây {row['ours']}\tở Cổng {theirs}")
        self.stdout.write(f"Đã hỏi {found['checked']} hồ sơ, khác nhau {len(found['differences'])}.")
        if found["error"]:
            self.stderr.write(found["error"])
