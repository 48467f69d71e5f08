"""The register of figures: every area offers its own, reports and dashboards ask here.

One number is computed in one place, so a report, an index and a wall show the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Value = int | Decimal | float | None


@dataclass(frozen=True)
class Period:
    """Days of a report, both ends counted."""

    first: date
    last: date


@dataclass(frozen=True)
class Measure:
    """A figure: `compute(agency_ids, period)` gives {agency id: value} for agencies that have any."""

    key: str
    label: str
    unit: str
    definition: str
    compute: Callable[[list[int] | None, Period], dict[int, Value]]
    owner: str = ""


MEASURES: dict[str, Measure] = {}


def measure(key: str, *, label: str, unit: str, definition: str, owner: str = "") -> Callable:
    """Register a function as the one that computes a figure."""

    def register(compute):
        if key in MEASURES:
            raise ValueError(f"two measures are called {key}")
        MEASURES[key] = Measure(key, label, unit, definition, compute, owner)
        return compute

    return register
