"""How near a legal deadline is, in a word that people and colours share."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tinhso.kernel.working_time import WorkingCalendar

SOON = 2  # working days
ICONS = {
    "late": "alert-triangle",
    "today": "clock",
    "soon": "clock",
    "calm": "calendar-due",
    "paused": "clock-pause",
    "done": "circle-check",
    "none": "minus",
}


@dataclass(frozen=True)
class Nearness:
    state: str  # "late", "today", "soon", "calm", "paused", "done", "none"
    words: str

    @property
    def icon(self) -> str:
        return ICONS[self.state]


def nearness(
    due: datetime | None, now: datetime, calendar: WorkingCalendar, *, done: datetime | None = None, paused: bool = False
) -> Nearness:
    """Say how a due moment stands to now, in working days of the calendar; finished work is only early or late."""
    if done is not None:
        late = due is not None and done > due
        return Nearness("late", _("xong trễ hạn")) if late else Nearness("done", _("xong đúng hạn"))
    if paused:
        return Nearness("paused", _("đang tạm dừng tính hạn"))
    if due is None:
        return Nearness("none", _("chưa tính hạn"))
    today, last = timezone.localtime(now).date(), timezone.localtime(due).date()
    if due < now:
        days = working_days(last, today, calendar)
        return Nearness(
            "late", ngettext("quá hạn %(n)s ngày làm việc", "quá hạn %(n)s ngày làm việc", days) % {"n": days} if days else _("vừa quá hạn")
        )
    days = working_days(today, last, calendar)
    if not days:
        return Nearness("today", _("hạn hôm nay"))
    state = "soon" if days <= SOON else "calm"
    return Nearness(state, ngettext("còn %(n)s ngày làm việc", "còn %(n)s ngày làm việc", days) % {"n": days})


def working_days(first: date, last: date, calendar: WorkingCalendar) -> int:
    """Count the working days after `first` up to and including `last`."""
    return sum(calendar.is_working(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
