"""Load the procedures that come with the platform. Run again, it makes versions only of what changed."""

import json as json_module
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from tinhso.procedures.actions import load
from tinhso.procedures.data_files import CATALOGUE, WrongFile, definitions

# The first day on which the demonstration province works with its catalogue.
FIRST_DAY = date(2024, 1, 1)


class Command(BaseCommand):
    help = "Nạp danh mục thủ tục có sẵn của nền tảng (chạy lại chỉ nạp phần thay đổi)"

    def add_arguments(self, parser):
        parser.add_argument("--folder", type=Path, default=CATALOGUE, help="thư mục các tệp YAML")
        parser.add_argument("--valid-from", type=date.fromisoformat, default=FIRST_DAY, help="ngày có hiệu lực (yyyy-mm-dd)")
        parser.add_argument("--json", action="store_true", help="in kết quả bằng JSON")

    def handle(self, *, folder: Path, valid_from: date, json: bool, **options):
        try:
            outcome = load(definitions(folder), valid_from=valid_from, at=now())
        except WrongFile as error:
            raise CommandError(str(error)) from error
        if json:
            self.stdout.write(json_module.dumps(outcome.__dict__, ensure_ascii=False))
            return
        self.stdout.write(f"Đã nạp {len(outcome.new)} thủ tục mới, {len(outcome.changed)} thay đổi, {outcome.unchanged} giữ nguyên.")
        if outcome.kept:
            self.stdout.write(f"Không đụng đến {len(outcome.kept)} thủ tục tỉnh đã sửa: {', '.join(outcome.kept)}.")
