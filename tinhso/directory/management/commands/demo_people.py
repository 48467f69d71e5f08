"""Print how the people of the demonstration province sign in, with the one-time code of this moment."""

import json as json_module

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tinhso.directory.second_factor import current_code


class Command(BaseCommand):
    help = "In tên đăng nhập, mật khẩu và mã một lần của những người minh họa"

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="in bằng JSON")
        parser.add_argument("names", nargs="*", help="chỉ những tên đăng nhập này")

    def handle(self, *, json: bool, names: list[str], **options):
        path = settings.VAR / "demo-people.json"
        if not path.exists():
            raise CommandError("Chưa nạp tỉnh minh họa ở đây: chạy manage.py load_demo trước.")
        people = [row for row in json_module.loads(path.read_text(encoding="utf-8")) if not names or row["username"] in names]
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
