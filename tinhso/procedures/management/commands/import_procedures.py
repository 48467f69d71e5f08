"""Import a file of procedures: the national portal's LayThuTuc answer, or a catalogue of one JSON object a line (also gzipped)."""

import json as json_module
from collections import Counter
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localdate, now

from tinhso.kernel.errors import Refused
from tinhso.procedures.actions import import_file
from tinhso.procedures.imports.findings import KINDS
from tinhso.procedures.models import ImportFinding, ImportRun


class Command(BaseCommand):
    help = "Nhập thủ tục từ tệp JSON của Cổng dịch vụ công quốc gia (LayThuTuc) hoặc danh mục mỗi dòng một bản ghi JSON"

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--valid-from", type=date.fromisoformat, help="ngày có hiệu lực (yyyy-mm-dd), mặc định hôm nay")
        parser.add_argument("--json", action="store_true", help="in kết quả và mọi nhận xét bằng JSON")

    def handle(self, *, file: Path, valid_from: date | None, json: bool, **options):
        try:
            content = file.read_bytes()
            run = import_file(content, file_name=file.name, valid_from=valid_from or localdate(), at=now())
        except OSError as error:
            raise CommandError(f"Không đọc được tệp {file}: {error.strerror}.") from error
        except Refused as refusal:
            raise CommandError(refusal.sentence) from refusal
        findings = list(run.findings.order_by("position", "pk"))
        self.stdout.write(_as_json(run, findings) if json else _as_text(run, findings))


def _as_json(run: ImportRun, findings: list[ImportFinding]) -> str:
    counts = {name: getattr(run, name) for name in ("read", "loaded", "new", "changed", "unchanged", "waiting", "rejected")}
    rows = [
        {"position": one.position, "code": one.code, "severity": one.severity, "kind": one.kind, "message": one.message} for one in findings
    ]
    return json_module.dumps({"run": run.pk, "file": run.file_name, **counts, "findings": rows}, ensure_ascii=False)


def _as_text(run: ImportRun, findings: list[ImportFinding]) -> str:
    lines = [
        f"{run.file_name}: đọc {run.read} bản ghi, nhận {run.loaded} ({run.new} mới, {run.changed} thay đổi, "
        f"{run.unchanged} giữ nguyên, {run.waiting} chờ xem), không nhận {run.rejected}."
    ]
    records: Counter[tuple[str, str]] = Counter()
    for severity, kind, _ in {(one.severity, one.kind, one.position) for one in findings}:
        records[(severity, kind)] += 1
    for severity in ImportFinding.Severity:
        for (found, kind), count in sorted(records.items()):
            if found == severity:
                lines.append(f"  {severity.label}: {KINDS[kind]}: {count} bản ghi")
    lines += [f"  bản ghi {one.position} ({one.code or 'không mã'}): {one.message}" for one in findings if one.severity == "rejected"]
    return "\n".join(lines)
