"""When a result is owed, computed from facts, and why, sentence by sentence.

Nothing counts down: the same facts give the same moment whenever they are asked.
Sources: Bộ luật Dân sự 2015, art. 147 and 148 (the day of the event is not counted; a period that ends on a rest
day ends with the next working day); decree 61/2018 (waiting for the citizen is not counted).
"""

import calendar as months
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from tinhso.kernel.working_time import ONE_DAY, WEEKDAYS, ZONE, Span, WorkingCalendar, add_elapsed, at_hour, merged
from tinhso.procedures.definition import Limit, TimeUnit

UNIT_NAMES = {
    TimeUnit.HOUR: "giờ làm việc",
    TimeUnit.WORKING_DAY: "ngày làm việc",
    TimeUnit.CALENDAR_DAY: "ngày",
    TimeUnit.MONTH: "tháng",
}
# Beyond this many days a list of days helps nobody; the skipped holidays are still named.
DAYS_WORTH_LISTING = 10


@dataclass(frozen=True)
class Pause:
    """A time that is not counted; `end` is None while it lasts."""

    start: datetime
    end: datetime | None
    reason: str


@dataclass(frozen=True)
class Extension:
    """A new date given once, with an apology, before the old one had passed."""

    new_due_at: datetime
    at: datetime


@dataclass(frozen=True)
class Facts:
    """All that a deadline depends on. `limits` are the phases of the procedure, in order."""

    received_at: datetime
    limits: tuple[Limit, ...]
    pauses: tuple[Pause, ...] = ()
    extension: Extension | None = None
    convention: Literal["clock", "day_end"] = "clock"
    same_day: bool = False
    cut_off: time = time(15, 0)
    # Offices where what comes after the cut-off hour begins to count the next working morning.
    late_starts_next_day: bool = False


@dataclass(frozen=True)
class Deadline:
    due_at: datetime | None
    sentences: tuple[str, ...]


def deadline(facts: Facts, calendar: WorkingCalendar) -> Deadline:
    """Return the moment the result is owed (None while the clock stands still or no limit is set) and its derivation."""
    says = [f"Hồ sơ được tiếp nhận đủ, hợp lệ lúc {_moment(facts.received_at)}."]
    start = _start(facts, calendar, says)
    if not facts.limits and not facts.same_day:
        return Deadline(None, (*says, "Thủ tục này không ghi thời hạn giải quyết."))
    waiting = [pause for pause in facts.pauses if pause.end is None]
    if waiting:
        earliest = min(waiting, key=lambda pause: (pause.start, pause.reason))
        says.append(f"Thời hạn đang tạm dừng từ {_moment(earliest.start)}: {earliest.reason}. Ngày hẹn được tính lại khi hết tạm dừng.")
        return Deadline(None, tuple(says))
    pauses = merged(Span(max(pause.start, start), pause.end) for pause in facts.pauses if pause.end is not None)
    due = start
    for number, limit in enumerate(facts.limits or (Limit(amount=1, unit=TimeUnit.WORKING_DAY),), 1):
        if len(facts.limits) > 1:
            says.append(f"Giai đoạn {number}:")
        begun, due = due, _end(due, limit, facts, calendar, pauses)
        says += _derivation(begun, due, limit, facts, calendar)
    for pause in sorted(
        (one for one in facts.pauses if one.end and one.end > start), key=lambda one: (one.start, one.end or start, one.reason)
    ):
        if pause.start < due and pause.end is not None:
            says.append(f"Không tính thời gian từ {_moment(pause.start)} đến {_moment(pause.end)}: {pause.reason}.")
    says.append(f"Vậy hạn trả kết quả là {_moment(due)}.")
    if facts.extension:
        due = facts.extension.new_due_at
        says.append(f"Cơ quan giải quyết đã xin lỗi lúc {_moment(facts.extension.at)} và hẹn lại: {_moment(due)}.")
    return Deadline(due, tuple(says))


def _start(facts: Facts, calendar: WorkingCalendar, says: list[str]) -> datetime:
    received = facts.received_at.astimezone(ZONE)
    start = calendar.working_moment(received)
    if facts.late_starts_next_day and not facts.same_day and start.time() >= facts.cut_off:
        start = calendar.start_of(calendar.next_working_day(start.date()))
        says.append(f"Tiếp nhận sau {facts.cut_off:%H:%M} nên bắt đầu tính từ {_moment(start)}.")
    elif start != received:
        says.append(f"Ngoài giờ làm việc nên bắt đầu tính từ {_moment(start)}.")
    return start


def _end(start: datetime, limit: Limit, facts: Facts, calendar: WorkingCalendar, pauses: list[Span]) -> datetime:
    if facts.same_day:
        first = start.date() if start.time() < facts.cut_off else calendar.next_working_day(start.date())
        needed = calendar.between(start, calendar.end_of(first))
        return calendar.end_of(calendar.add(start, needed, pauses).astimezone(ZONE).date())
    if limit.unit == TimeUnit.HOUR:
        return calendar.add(start, timedelta(hours=limit.amount), pauses)
    if limit.unit == TimeUnit.WORKING_DAY:
        # Whole days of working time from the hour of reception: the same clock time on the last day.
        due = calendar.add(start, limit.amount * calendar.day_length, pauses)
        return due if facts.convention == "clock" else calendar.end_of(due.astimezone(ZONE).date())
    last = start.date() + limit.amount * ONE_DAY if limit.unit == TimeUnit.CALENDAR_DAY else add_months(start.date(), limit.amount)
    midnight = add_elapsed(start, at_hour(last + ONE_DAY, time(0)) - start, pauses)
    return calendar.end_of(calendar.working_day_from((midnight - timedelta(microseconds=1)).astimezone(ZONE).date()))


def add_months(day: date, amount: int) -> date:
    """Return the same day of a later month, or that month's last day if it has none such."""
    year, month = divmod(day.year * 12 + day.month - 1 + amount, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def _derivation(start: datetime, due: datetime, limit: Limit, facts: Facts, calendar: WorkingCalendar) -> list[str]:
    amount = f"{limit.amount} {UNIT_NAMES[limit.unit]}"
    first, last = start.date(), due.astimezone(ZONE).date()
    if facts.same_day:
        return [f"Thủ tục trả kết quả trong ngày; nhận sau {facts.cut_off:%H:%M} thì trả trong ngày làm việc tiếp theo."]
    if limit.unit == TimeUnit.HOUR:
        return [f"Thời hạn giải quyết: {amount}, chỉ tính trong giờ hành chính."]
    says = [f"Thời hạn giải quyết: {amount}, không tính ngày tiếp nhận."]
    days = [first + number * ONE_DAY for number in range(1, (last - first).days + 1)]
    if limit.unit == TimeUnit.WORKING_DAY:
        counted = [day for day in days if calendar.is_working(day)]
        skipped = [day for day in days if not calendar.is_working(day)]
        if len(counted) <= DAYS_WORTH_LISTING:
            says.append(f"Các ngày làm việc: {', '.join(f'{day:%d/%m}' for day in counted)}.")
        else:
            skipped = [day for day in skipped if day in calendar.off]
        if skipped:
            says.append(f"Các ngày nghỉ không tính: {', '.join(f'{day:%d/%m} ({calendar.why_off(day)})' for day in skipped)}.")
    elif days and not calendar.is_working(last - ONE_DAY):
        says.append(
            "Nếu ngày cuối cùng là ngày nghỉ thì thời hạn kết thúc vào cuối ngày làm việc tiếp theo (Bộ luật Dân sự 2015, Điều 148)."
        )
    return says


def _moment(moment: datetime) -> str:
    local = moment.astimezone(ZONE)
    return f"{local:%H:%M} {WEEKDAYS[local.weekday()]} {local:%d/%m/%Y}"
