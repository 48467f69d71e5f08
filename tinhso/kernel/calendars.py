"""Which calendar an office works by."""

from functools import lru_cache

from tinhso.kernel.working_time import WorkingCalendar, national_calendar

YEARS = range(2019, 2036)


@lru_cache(maxsize=1)
def _national() -> WorkingCalendar:
    return national_calendar(YEARS)


def calendar_for(agency_id: int | None) -> WorkingCalendar:
    """Return the working calendar of an agency."""
    return _national()
