"""Keeping the working calendar: the kernel knows how, the directory knows who may."""

from datetime import date, datetime, time

from tinhso.directory.access import can_keep_calendar
from tinhso.directory.models import Person
from tinhso.kernel import calendars
from tinhso.kernel.errors import require
from tinhso.kernel.models import CalendarDay, OfficeHours


def set_calendar_day(
    agency_id: int | None, day: date, *, kind: str, reason: str, announcement: str, by: Person, at: datetime
) -> CalendarDay:
    """Say that a day is off or worked, for an agency or (None) for all."""
    require(can_keep_calendar(by, agency_id))
    return calendars.set_day(agency_id, day, kind=kind, reason=reason, announcement=announcement, by=by, at=at)


def swap_calendar_days(agency_id: int | None, *, off: date, worked: date, reason: str, announcement: str, by: Person, at: datetime) -> None:
    """Let a day off be made up for on another."""
    require(can_keep_calendar(by, agency_id))
    calendars.swap_days(agency_id, off=off, worked=worked, reason=reason, announcement=announcement, by=by, at=at)


def remove_calendar_day(row: CalendarDay, *, reason: str, by: Person, at: datetime) -> None:
    """Take a day out of the calendar."""
    require(can_keep_calendar(by, row.agency_id))
    calendars.remove_day(row, reason=reason, by=by, at=at)


def set_office_hours(
    agency_id: int | None, *, valid_from: date, shifts: tuple[tuple[time, time], ...], announcement: str, by: Person, at: datetime
) -> OfficeHours:
    """Set the shifts of an agency or of all from a day on."""
    require(can_keep_calendar(by, agency_id))
    return calendars.set_hours(agency_id, valid_from=valid_from, shifts=shifts, announcement=announcement, by=by, at=at)
