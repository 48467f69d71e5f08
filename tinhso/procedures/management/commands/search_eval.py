"""Measure the search on a file of questions (JSON lines: question, codes_in_catalogue)."""

import json as json_module
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localdate

from tinhso.procedures.queries import index_on
from tinhso.procedures.search.measuring import measure, questions

WAYS = {
    "as_written": "như đã viết",
    "without_diacritics": "bỏ dấu",
    "with_typing_errors": "bỏ dấu và gõ sai",
    "held_out": "nửa để dành",
    "looked_at": "nửa còn lại",
}


class Command(BaseCommand):
    help = "Đo chất lượng tìm kiếm thủ tục trên tệp câu hỏi (mỗi dòng JSON: question, codes_in_catalogue)"

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--day", type=date.fromisoformat, help="ngày của danh mục, mặc định hôm nay")
        parser.add_argument("--json", action="store_true", help="in kết quả bằng JSON")

    def handle(self, *, file: Path, day: date | None, json: bool, **options):
        index = index_on(day or localdate())
        try:
            records = [json_module.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        except (OSError, ValueError) as error:
            raise CommandError(f"Không đọc được tệp {file}: {error}") from error
        asked, missing = questions(records, lambda code: code in index.by_code)
        measured = measure(asked, lambda text: index.search(text, limit=5))
        if json:
            whole = {key: measured["as_written"][key] for key in ("questions", "recall_1", "recall_5", "p50_ms", "p95_ms")}
            self.stdout.write(json_module.dumps({**whole, "without_procedure": missing, **measured}, ensure_ascii=False))
            return
        self.stdout.write(f"{len(asked)} câu hỏi có thủ tục trong danh mục, {missing} câu không có.")
        for name, words in WAYS.items():
            found = measured[name]
            self.stdout.write(
                f"  {words} ({found['questions']} câu): đúng ngay đầu {found['recall_1']:.1%}, trong năm {found['recall_5']:.1%}, "
                f"p50 {found['p50_ms']} ms, p95 {found['p95_ms']} ms"
            )
        for miss in measured["as_written"]["missed"]:
            self.stdout.write(
                f"  chưa đúng: {miss['question']} → {', '.join(miss['found']) or 'không có'} (mong {', '.join(miss['expected'])})"
            )
