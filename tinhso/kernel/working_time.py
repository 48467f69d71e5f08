"""Working time: shifts, rest days, and arithmetic over them. Pure: no clock, no database.

All moments are aware; days and hours are those of Viet Nam.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
ONE_DAY = timedelta(days=1)
NOTHING = timedelta(0)
# Provinces decide their hours; these are the commonest and only a default.
OFFICE_HOURS = ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 0)))
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


@dataclass(frozen=True)
class Span:
    """A stretch of time, start counted, end not."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class WorkingCalendar:
    """When an office works: Monday to Friday in its shifts, but for `off` days and with `extra` days.

    `off` and `extra` give each special day its reason, as people read it.
    """

    shifts: tuple[tuple[time, time], ...] = OFFICE_HOURS
    off: Mapping[date, str] = field(default_factory=dict)
    extra: Mapping[date, str] = field(default_factory=dict)

    @property
    def day_length(self) -> timedelta:
        """Return the working time of one day."""
        return sum((_since_midnight(end) - _since_midnight(start) for start, end in self.shifts), NOTHING)

    def is_working(self, day: date) -> bool:
        return day in self.extra or (day.weekday() < 5 and day not in self.off)

    def why_off(self, day: date) -> str:
        """Return why nobody works on a day; empty for a working day."""
        if self.is_working(day):
            return ""
        return self.off.get(day) or WEEKDAYS[day.weekday()]

    def spans_of(self, day: date) -> list[Span]:
        if not self.is_working(day):
            return []
        return [Span(at_hour(day, start), at_hour(day, end)) for start, end in self.shifts]

    def start_of(self, day: date) -> datetime:
        return at_hour(day, self.shifts[0][0])

    def end_of(self, day: date) -> datetime:
        return at_hour(day, self.shifts[-1][1])

    def working_day_from(self, day: date) -> date:
        """Return the day itself if it is a working day, else the next one."""
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def next_working_day(self, day: date) -> date:
        return self.working_day_from(day + ONE_DAY)

    def working_moment(self, moment: datetime) -> datetime:
        """Return the moment itself if somebody works then, else when work next begins."""
        for span in self._spans_from(moment):
            if moment < span.end:
                return max(moment, span.start)
        raise AssertionError("the calendar never ends")

    def add(self, moment: datetime, amount: timedelta, pauses: Iterable[Span] = ()) -> datetime:
        """Return the moment when `amount` of working time outside the pauses has passed.

        An amount that is used up exactly at the end of a shift ends there, not at the start of the next.
        """
        left, stops = amount, list(pauses)
        for span in self._spans_from(moment):
            for start, end in _free(max(span.start, moment), span.end, stops):
                if left <= end - start:
                    return start + left
                left -= end - start
        raise AssertionError("the calendar never ends")

    def between(self, first: datetime, last: datetime) -> timedelta:
        """Return the working time from one moment to a later one (nothing if it is earlier)."""
        total = NOTHING
        if last <= first:
            return total
        for span in self._spans_from(first):
            if span.start >= last:
                return total
            total += max(NOTHING, min(span.end, last) - max(span.start, first))
        return total

    def _spans_from(self, moment: datetime) -> Iterator[Span]:
        day = moment.astimezone(ZONE).date()
        while True:
            for span in self.spans_of(day):
                if span.end > moment:
                    yield span
            day += ONE_DAY


def at_hour(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, ZONE)


def _since_midnight(hour: time) -> timedelta:
    return timedelta(hours=hour.hour, minutes=hour.minute, seconds=hour.second)


def _free(start: datetime, end: datetime, pauses: list[Span]) -> Iterator[tuple[datetime, datetime]]:
    """Yield what is left of a stretch outside merged, sorted pauses."""
    for pause in pauses:
        if pause.end <= start or pause.start >= end:
            continue
        if pause.start > start:
            yield start, pause.start
        start = pause.end
        if start >= end:
            return
    if start < end:
        yield start, end


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the stretches sorted, those that touch joined, empty ones left out."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        if span.end <= span.start:
            continue
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def add_elapsed(moment: datetime, amount: timedelta, pauses: list[Span]) -> datetime:
    """Return the moment when `amount` of plain time outside merged, sorted pauses has passed."""
    end = moment + amount
    for pause in pauses:
        if pause.start >= end:
            break
        end += max(NOTHING, pause.end - max(pause.start, moment))
    return end


def national_calendar(years: Iterable[int]) -> WorkingCalendar:
    """Return the calendar of the public holidays of Viet Nam as the `holidays` package knows them."""
    known = holidays.country_holidays("VN", years=list(years), language="vi")
    swapped: set[date] = getattr(known, "weekend_workdays", set())
    return WorkingCalendar(off=dict(known), extra=dict.fromkeys(swapped, "làm bù"))
