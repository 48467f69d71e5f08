"""What was measured, beside what it should be."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass
class Line:
    """One figure. `limit` says which way is good ("min": at least the target, "max": at most), None where it is only told."""

    name: str
    value: float
    unit: str
    target: float | None = None
    limit: str | None = None

    @property
    def ok(self) -> bool | None:
        if self.target is None:
            return None
        return self.value >= self.target if self.limit == "min" else self.value <= self.target

    def facts(self) -> dict:
        facts = asdict(self) | {"ok": self.ok}
        facts["value"] = round(self.value, 3)
        return {name: facts[name] for name in ("name", "value", "unit", "target", "ok", "limit")}


def at_least(name: str, value: float, unit: str, target: float) -> Line:
    return Line(name, value, unit, target, "min")


def at_most(name: str, value: float, unit: str, target: float) -> Line:
    return Line(name, value, unit, target, "max")


def write(path: Path, rows: Iterable[dict]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(list(rows), ensure_ascii=False, indent=1) + "\n")


def table(rows: Iterable[dict]) -> str:
    """Return the figures as lines for people."""
    said = []
    for row in rows:
        mark = {True: "✓", False: "✗", None: " "}[row["ok"]]
        sign = {"min": "≥", "max": "≤"}.get(row["limit"] or "", "·")
        target = f"   {sign} {_number(row['target'])}" if row["target"] is not None else ""
        said.append(f"{mark} {row['name']:<68} {_number(row['value']):>12} {row['unit']}{target}")
    return "\n".join(said)


def _number(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}".replace(",", ".")
    return f"{value:.3g}".replace(".", ",") if value < 10 else f"{value:.1f}".replace(".", ",")
