"""Print how the people of the demonstration province sign in, with the one-time code of this moment."""

import json as json_module

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tinhso.directory.second_factor import current_code

# Enough to walk a dossier through its life and to look after the house.
MAIN = (
    *("cong-dan.an", "cong-dan.chau", "mot-cua.an-my", "chuyen-vien-tu-phap.an-my", "lanh-dao.an-my", "van-thu.an-my"),
    *("kiem-soat", "danh-muc", "quan-tri", "van-hanh"),
)


class Command(BaseCommand):
    help = "In tên đăng nhập, mật khẩu và mã một lần của những người minh họa"

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="in bằng JSON")
        parser.add_argument("--all", action="store_true", help="mọi người minh họa, không chỉ những người cần cho một vòng đời hồ sơ")
        parser.add_argument("names", nargs="*", help="chỉ những tên đăng nhập này")

    def handle(self, *, json: bool, all: bool, names: list[str], **options):
        wanted = names or ([] if all or json else MAIN)
        path = settings.VAR / "demo-people.json"
        if not path.exists():
            raise CommandError("Chưa nạp tỉnh minh họa ở đây: chạy manage.py load_demo trước.")
        people = [row for row in json_module.loads(path.read_text(encoding="utf-8")) if not wanted or row["username"] in wanted]
        for row in people:
            if "totp_secret" in row:
                row["code_now"] = current_code(row["totp_secret"])
        if json:
            self.stdout.write(json_module.dumps(people, ensure_ascii=False, indent=1))
            return
        for row in people:
            self.stdout.write(f"{row['full_name']} – {row['role']}, {row['unit']}")
            if row["kind"] == "citizen":
                self.stdout.write(f"    đăng nhập qua định danh điện tử (mô phỏng): {row['personal_number']}")
            else:
                self.stdout.write(
                    f"    {row['username']}   mật khẩu {row['password']}   TOTP {row['totp_secret']}   mã lúc này {row['code_now']}"
                )
        if wanted is MAIN:
            self.stdout.write("Những người minh họa khác: manage.py demo_people --all")
