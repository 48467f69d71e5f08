"""Running numbers and the codes made of them: pattern, width and reset are data."""

from dataclasses import dataclass
from datetime import date

from django.db import connection


@dataclass(frozen=True)
class CodePattern:
    """How a code is written.

    `pattern` is a `str.format` text over `agency`, `day` (a date), `number`; `reset` is one of day, month, year, never.
    """

    pattern: str = "{agency}-{day:%y%m%d}-{number:04d}"
    reset: str = "day"

    def period(self, day: date) -> str:
        return {"day": f"{day:%Y%m%d}", "month": f"{day:%Y%m}", "year": f"{day:%Y}", "never": "-"}[self.reset]

    def write(self, *, agency: str, day: date, number: int) -> str:
        return self.pattern.format(agency=agency, day=day, number=number)


def next_number(series: str, period: str) -> int:
    """Take the next number of a series, from 1.

    The counter row stays locked until the caller's transaction ends, so a rolled back
    transaction gives its number back: no gap, no repeat. Take it late, hold it briefly.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO kernel_counter (series, period, value) VALUES (%s, %s, 1)
               ON CONFLICT (series, period) DO UPDATE SET value = kernel_counter.value + 1
               RETURNING value""",
            [series, period],
        )
        return cursor.fetchone()[0]
