"""The catalogue of procedures: importing it, finding in it."""

import gzip
import json
import os
import time
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate, now

from tinhso.procedures.actions import import_file, load
from tinhso.procedures.data_files import definitions
from tinhso.procedures.models import ProcedureVersion
from tinhso.procedures.queries import index_on
from tinhso.procedures.queries.catalogue import IMPORTED
from tinhso.procedures.search.measuring import Question, measure, quantile, questions

RECORDS = 2642
IMPORT_SECONDS, SEARCH_MS = 10.0, 30.0
# What word rarity over names alone reaches on the same questions.
BASELINE = {"recall_1": 0.86, "recall_5": 0.96}


def run() -> list[dict[str, Any]]:
    """Measure on the real catalogue where it is at hand, else on one of the same size made of our own; nothing is kept."""
    folder = Path(os.environ.get("TINHSO_TESTDATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
    real = folder / "procedures" / "tthc_dvcqg_2642.jsonl.gz"
    with transaction.atomic():
        # As on a fresh installation: what was imported before is out of the way, and back afterwards.
        ProcedureVersion.objects.filter(source=IMPORTED).delete()
        load(definitions(), valid_from=date(2024, 1, 1), at=now())
        content = real.read_bytes() if real.is_file() else _made_up()
        before = time.perf_counter()
        import_file(content, file_name=real.name, valid_from=localdate(), at=now())
        seconds = time.perf_counter() - before
        found = [_line("nhập 2.642 thủ tục", seconds, "giây", IMPORT_SECONDS, seconds <= IMPORT_SECONDS)]
        found += _searches(folder / "search_eval" / "dvcqg_faq_74.jsonl")
        transaction.set_rollback(True)
    return found


def _line(name: str, value: float, unit: str, target: float, ok: bool) -> dict[str, Any]:
    return {"name": f"danh mục: {name}", "value": round(value, 3), "unit": unit, "target": target, "ok": ok, "limit": None}


def _searches(path: Path) -> list[dict[str, Any]]:
    before = time.perf_counter()
    index = index_on(localdate())
    built = time.perf_counter() - before
    words = [keyword for entry in index.entries for keyword in entry.keywords]
    times = []
    for _ in range(3):
        for text in words:
            before = time.perf_counter()
            index.search(text, limit=10)
            times.append((time.perf_counter() - before) * 1000)
    found = [
        _line("dựng chỉ mục tìm kiếm", built, "giây", 3.0, built <= 3.0),
        _line("tìm bằng lời người dân, p50", quantile(times, 50), "ms", SEARCH_MS, quantile(times, 50) <= SEARCH_MS),
        _line("tìm bằng lời người dân, p95", quantile(times, 95), "ms", SEARCH_MS, quantile(times, 95) <= SEARCH_MS),
    ]
    if path.is_file():
        records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        asked, _ = questions(records, lambda code: code in index.by_code)
        found += _recall(asked, index)
    return found


def _recall(asked: list[Question], index: Any) -> list[dict[str, Any]]:
    measured = measure(asked, lambda text: index.search(text, limit=5))
    found = []
    for way, words in (("as_written", ""), ("held_out", ", nửa để dành"), ("with_typing_errors", ", bỏ dấu và gõ sai")):
        for key, place in (("recall_1", "đứng đầu"), ("recall_5", "trong năm")):
            value = measured[way][key]
            found.append(_line(f"câu hỏi thật {place}{words}", value, "tỷ lệ", BASELINE[key], value >= BASELINE[key]))
    p95 = measured["as_written"]["p95_ms"]
    return [*found, _line("tìm câu hỏi thật, p95", p95, "ms", SEARCH_MS, p95 <= SEARCH_MS)]


def _made_up() -> bytes:
    """Return a catalogue of the size of the real one, made of the names of our own."""
    names = [definition.name for definition in definitions()]
    lines = [
        json.dumps(
            {
                "ma_thu_tuc": f"9.{number:06d}",
                "ten_thu_tuc": f"{names[number % len(names)]}, {names[number * 7 % len(names)]} {number}",
                "cap_thuc_hien": "Cấp tỉnh",
                "linh_vuc": f"Lĩnh vực {number % 140}",
                "trinh_tu_thuc_hien": "Nộp hồ sơ, thẩm định, trả kết quả. " * 60,
                "_channels": [{"channel": "Trực tiếp", "duration": 5, "unit": "Ngày làm việc", "fee": 0}],
                "_papers": [{"case": "", "name": f"Giấy tờ số {paper}", "originals": 1, "copies": 0} for paper in range(6)],
            },
            ensure_ascii=False,
        )
        for number in range(RECORDS)
    ]
    return gzip.compress("\n".join(lines).encode())
