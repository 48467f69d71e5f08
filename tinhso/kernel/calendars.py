"""Which calendar an office works by: the editable rows of the register, put together and remembered.

Days off and working days are seeded from the `holidays` package and `data/swapped_days.json`; what people change
afterwards is theirs. Take a calendar once for a batch of sums: each call asks the database whether it still holds.
"""

import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Model, Q
from django.utils.timezone import localdate

from tinhso.kernel.announcements import Announcement
from tinhso.kernel.errors import Refused
from tinhso.kernel.events import record
from tinhso.kernel.models import CalendarDay, OfficeHours
from tinhso.kernel.working_time import OFFICE_HOURS, ZONE, WorkingCalendar, national_calendar

SEEDED_YEARS = range(2019, 2032)
SWAPPED = Path(__file__).parent / "data" / "swapped_days.json"
Shifts = tuple[tuple[time, time], ...]

# By version too: another thread may be in the middle of a change that is not committed yet.
_kept: dict[tuple[UUID | None, int | None, date], WorkingCalendar] = {}


@dataclass(frozen=True)
class CalendarDaySet(Announcement):
    sentence: ClassVar[str] = "Ngày {day} trong lịch làm việc: {state}, {reason}. {announcement}"
    day: str
    state: str
    reason: str
    announcement: str


@dataclass(frozen=True)
class CalendarDayRemoved(Announcement):
    sentence: ClassVar[str] = "Bỏ ngày {day} khỏi lịch làm việc: {reason}"
    day: str
    reason: str


@dataclass(frozen=True)
class OfficeHoursSet(Announcement):
    sentence: ClassVar[str] = "Giờ làm việc từ {valid_from}: {hours}. {announcement}"
    valid_from: str
    hours: str
    announcement: str


# -- reading -------------------------------------------------------------------


def calendar_for(agency_id: int | None, *, on: date | None = None) -> WorkingCalendar:
    """Return the working calendar of an agency with the office hours of a day (today by default)."""
    key = (_version(), agency_id, on or localdate())
    found = _kept.get(key)
    if found is None:
        if len(_kept) > 2000:
            _kept.clear()
        found = _kept[key] = _read(*key[1:])
    return found


def _version() -> UUID | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT version FROM kernel_calendarversion WHERE id = 1")
        row = cursor.fetchone()
    return row[0] if row else None


def _read(agency_id: int | None, on: date) -> WorkingCalendar:
    whose = Q(agency_id=None) | Q(agency_id=agency_id)
    # The agency's own rows come last and win.
    rows = {row.day: row for row in sorted(CalendarDay.objects.filter(whose), key=lambda row: row.agency_id is not None)}
    hours = OfficeHours.objects.filter(whose, valid_from__lte=on)
    latest = max(hours, key=lambda row: (row.agency_id is not None, row.valid_from), default=None)
    return WorkingCalendar(
        shifts=read_shifts(latest.shifts) if latest else OFFICE_HOURS,
        off={day: row.reason for day, row in rows.items() if row.kind == CalendarDay.Kind.OFF},
        extra={day: row.reason for day, row in rows.items() if row.kind == CalendarDay.Kind.EXTRA},
    )


def read_shifts(written: Iterable[Iterable[str]]) -> Shifts:
    return tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in written)


# -- changing ------------------------------------------------------------------


@transaction.atomic
def set_day(
    agency_id: int | None, day: date, *, kind: str, reason: str, by: Model | None, at: datetime, announcement: str = ""
) -> CalendarDay:
    """Say that a day is off, or worked, for one agency or all. Who may do so is decided above."""
    _still_to_come(day, at)
    if kind not in CalendarDay.Kind.values:
        raise Refused("Xin chọn nghỉ hoặc làm việc.", field="kind")
    facts: Mapping[str, Any] = {
        "kind": kind,
        "reason": _said(reason, "Xin ghi lý do.", field="reason"),
        "announcement": announcement.strip()[:200],
    }
    row, made = CalendarDay.objects.select_for_update().get_or_create(agency_id=agency_id, day=day, defaults={**facts, "set_at": at})
    if not made:
        if all(getattr(row, name) == value for name, value in facts.items()):
            return row
        for name, value in facts.items():
            setattr(row, name, value)
        row.set_at = at
        row.save()
    record(CalendarDaySet(f"{day:%d/%m/%Y}", row.get_kind_display(), row.reason, row.announcement), on=row, by=by, at=at)
    return row


@transaction.atomic
def swap_days(
    agency_id: int | None, *, off: date, worked: date, reason: str, by: Model | None, at: datetime, announcement: str = ""
) -> None:
    """Let one day off be made up for on another (hoán đổi ngày làm việc)."""
    if off == worked:
        raise Refused("Ngày nghỉ và ngày làm bù phải khác nhau.", field="worked")
    set_day(agency_id, off, kind=CalendarDay.Kind.OFF, reason=reason, by=by, at=at, announcement=announcement)
    said = f"làm bù ngày {off:%d/%m/%Y}"
    set_day(agency_id, worked, kind=CalendarDay.Kind.EXTRA, reason=said, by=by, at=at, announcement=announcement)


@transaction.atomic
def remove_day(row: CalendarDay, *, reason: str, by: Model | None, at: datetime) -> None:
    """Let a day be again what the week says, or what is said for everyone."""
    reason = _said(reason, "Xin ghi lý do bỏ ngày này.", field="reason")
    for kept in CalendarDay.objects.select_for_update().filter(pk=row.pk):
        _still_to_come(kept.day, at)
        record(CalendarDayRemoved(f"{kept.day:%d/%m/%Y}", reason), on=kept, by=by, at=at)
        kept.delete()


@transaction.atomic
def set_hours(
    agency_id: int | None, *, valid_from: date, shifts: Shifts, by: Model | None, at: datetime, announcement: str = ""
) -> OfficeHours:
    """Set the shifts of an agency (or of all) from a day on."""
    _still_to_come(valid_from, at)
    moments = [moment for shift in shifts for moment in shift]
    if not moments or any(later <= earlier for earlier, later in itertools.pairwise(moments)):
        raise Refused("Giờ của các ca phải tăng dần: ca sáng trước ca chiều, giờ bắt đầu trước giờ kết thúc.", field="shifts")
    written = [[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in shifts]
    row, _ = OfficeHours.objects.update_or_create(
        agency_id=agency_id, valid_from=valid_from, defaults={"shifts": written, "announcement": announcement.strip()[:200], "set_at": at}
    )
    record(OfficeHoursSet(f"{valid_from:%d/%m/%Y}", str(row), row.announcement), on=row, by=by, at=at)
    return row


def _still_to_come(day: date, at: datetime) -> None:
    # Whether a dossier was late may not change after the fact.
    if day < at.astimezone(ZONE).date():
        raise Refused("Không thay đổi được lịch của ngày đã qua.", field="day")


def _said(text: str, sentence: str, *, field: str) -> str:
    text = text.strip()
    if not text:
        raise Refused(sentence, field=field)
    return text[:200]


# -- seeding -------------------------------------------------------------------


def seed(years: Iterable[int] = SEEDED_YEARS) -> dict[int, int]:
    """Put the public holidays of years that have none yet into the register; return how many rows per year.

    A year that has rows is left alone: people may have taken some out.
    """
    known = set(CalendarDay.objects.filter(agency_id=None).values_list("day__year", flat=True).distinct())
    wanted = sorted(set(years) - known)
    if not wanted:
        return {}
    national = national_calendar(wanted)
    days = {day: (CalendarDay.Kind.OFF, reason) for day, reason in national.off.items()}
    days |= {day: (CalendarDay.Kind.EXTRA, reason) for day, reason in national.extra.items()}
    # A swap rests on each year's own announcement, which the package does not name.
    swapped = set(national.extra) | {day for day, reason in national.off.items() if "thay cho ngày" in reason}
    for swap in json.loads(SWAPPED.read_text(encoding="utf-8")):
        off, worked = date.fromisoformat(swap["off"]), date.fromisoformat(swap["worked"])
        days[off] = (CalendarDay.Kind.OFF, swap["reason"])
        days[worked] = (CalendarDay.Kind.EXTRA, f"làm bù ngày {off:%d/%m/%Y}")
        swapped |= {off, worked}
    rows = [
        CalendarDay(day=day, kind=kind, reason=str(reason)[:200], announcement="" if day in swapped else "Bộ luật Lao động, điều 112")
        for day, (kind, reason) in sorted(days.items())
        if day.year in wanted
    ]
    CalendarDay.objects.bulk_create(rows, ignore_conflicts=True)
    return {year: sum(row.day.year == year for row in rows) for year in wanted}
