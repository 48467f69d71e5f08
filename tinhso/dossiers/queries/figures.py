"""The figures of a period, counted in one place: pages, sheets, measures and the drill-down all ask here.

Two kinds of figures make everything else (standards of the report II.06):
- what happened during the period: receptions, refusals at the desk, endings (`FLOWS`);
- what was still open when it ended: waiting for others, within time, over time (`STOCKS`).
What was carried over follows: open at the end + ended − received. A property test counts it the long way.

A dossier counts for the agency that solves it now; one that passed to a successor counts there.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import BigIntegerField, Case, Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum, When
from django.db.models.functions import Cast, Coalesce, Extract, TruncDate

from tinhso.dossiers.models import Channel, ClosedMonth, Dossier, FigureMonth, Pause, Result, Status
from tinhso.kernel.measures import Period
from tinhso.kernel.working_time import ZONE
from tinhso.procedures.models import ProcedureVersion

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """A period as moments: from `since` until before `until`, which is never in the future."""

    since: datetime
    until: datetime

    @classmethod
    def of(cls, period: Period, now: datetime) -> "Window":
        return cls(midnight(period.first), min(midnight(period.last + ONE_DAY), now))


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), ZONE)


@dataclass(frozen=True)
class Figures:
    """The figures of some dossiers in a period; they can be added up."""

    # Received in the period, by channel.
    online: int = 0
    counter: int = 0
    post: int = 0
    # Turned away at the desk; given up or stopped before they were ever received.
    denied: int = 0
    dropped: int = 0
    # Ended in the period.
    early: int = 0
    on_time: int = 0
    late: int = 0
    stopped: int = 0
    withdrawn: int = 0
    # Of those with a result: it said no; finished after this much time in all (seconds).
    unresolved: int = 0
    seconds: int = 0
    # Stopped after the promised moment.
    stopped_late: int = 0
    # Open when the period ended.
    waiting: int = 0
    undue: int = 0
    overdue: int = 0
    # Of those waiting, for papers: the request came in time, or already late (QĐ 766 takes the request as the end).
    asked_in_time: int = 0
    asked_late: int = 0
    # Finished in the period, and the result still waits for its owner today.
    releasing: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*(getattr(self, name) + getattr(other, name) for name in NAMES))

    @property
    def received(self) -> int:
        return self.online + self.at_desk

    @property
    def at_desk(self) -> int:
        return self.counter + self.post

    @property
    def released(self) -> int:
        return self.early + self.on_time + self.late

    @property
    def done(self) -> int:
        return self.released - self.releasing - self.unresolved

    @property
    def cancelled(self) -> int:
        return self.stopped + self.withdrawn

    @property
    def processing(self) -> int:
        return self.undue + self.overdue

    @property
    def open(self) -> int:
        return self.processing + self.waiting

    @property
    def within_time(self) -> int:
        """Open and not over time: a dossier whose clock stands still is not late."""
        return self.undue + self.waiting

    @property
    def process(self) -> int:
        return self.released + self.cancelled + self.open

    @property
    def carried_over(self) -> int:
        return self.process - self.received

    @property
    def total(self) -> int:
        return self.process + self.denied

    @property
    def in_time(self) -> int:
        return self.early + self.on_time


NAMES = tuple(field.name for field in fields(Figures))
ARRIVALS = ("online", "counter", "post")
ENDINGS = ("denied", "dropped", "early", "on_time", "late", "stopped", "withdrawn", "unresolved", "seconds", "stopped_late")
FLOWS = (*ARRIVALS, *ENDINGS)
STOCKS = ("waiting", "undue", "overdue", "asked_in_time", "asked_late")

# -- what each figure counts, said once for sums and for lists -------------

# A stopped dossier has lost its due moment; the promise on its receipt is left.
DUE = Coalesce("due_at", "promised_at")
ISSUED = Q(status__in=[Status.FINISHED, Status.RETURNED])
RECEIVED = Q(received_at__isnull=False)
LATE = ISSUED & Q(due_at__isnull=False, finished_at__gt=F("due_at"))
EARLY = ISSUED & Q(due_at__isnull=False, finished_at__lte=F("due_at"), finished_at__date__lt=TruncDate("due_at", tzinfo=ZONE))
STOPPED = RECEIVED & Q(status=Status.STOPPED)

COUNTED: dict[str, Q] = {
    **{channel: Q(channel=channel) for channel in Channel.values},
    "denied": Q(status=Status.REFUSED),
    "dropped": Q(received_at=None, status__in=[Status.WITHDRAWN, Status.STOPPED]),
    "early": EARLY,
    "late": LATE,
    # No appointment is on time.
    "on_time": ISSUED & (Q(due_at=None) | Q(finished_at__lte=F("due_at"), finished_at__date__gte=TruncDate("due_at", tzinfo=ZONE))),
    "stopped": STOPPED,
    "stopped_late": STOPPED & Q(promised_at__lt=F("finished_at")),
    "withdrawn": RECEIVED & Q(status=Status.WITHDRAWN),
}


def refused_results() -> Q:
    """Return the condition that the issued result says no."""
    return ISSUED & Q(pk__in=Result.objects.filter(grants=False, signed_at__isnull=False).values("dossier"))


def open_states(until: datetime) -> dict[str, Q]:
    """Return what was open at a moment, by state of its clock."""
    still = Pause.objects.filter(started_at__lt=until).filter(Q(ended_at=None) | Q(ended_at__gte=until))
    paused = Q(pk__in=still.values("dossier"))
    late = Q(_due__lte=until)
    asked = still.filter(reason=Pause.Reason.SUPPLEMENT)
    asked_late = Q(pk__in=asked.filter(started_at__gt=F("dossier__promised_at")).values("dossier"))
    for_papers = Q(pk__in=asked.values("dossier"))
    return {
        "waiting": paused,
        "undue": ~paused & (Q(_due=None) | Q(_due__gt=until)),
        "overdue": ~paused & late,
        "asked_in_time": for_papers & ~asked_late,
        "asked_late": asked_late,
    }


def arrived(window: Window) -> QuerySet[Dossier]:
    return Dossier.objects.filter(received_at__gte=window.since, received_at__lt=window.until)


def ended(window: Window) -> QuerySet[Dossier]:
    return Dossier.objects.filter(finished_at__gte=window.since, finished_at__lt=window.until)


def open_at(until: datetime, now: datetime) -> QuerySet[Dossier]:
    """Return what had been received and not ended at a moment."""
    unfinished = Q(finished_at=None)
    if until < now:
        unfinished |= Q(finished_at__gte=until)
    return Dossier.objects.filter(unfinished, received_at__lt=until).alias(_due=DUE)


# -- sums ------------------------------------------------------------------

# Figures by agency and version of a procedure: the finest grain that reports are made of.
Grain = tuple[int, int]
Numbers = dict[Grain, dict[str, int]]


@dataclass(frozen=True)
class Scope:
    """What narrows a report: agencies (None: all), versions of procedures (None: all)."""

    agencies: frozenset[int] | None = None
    versions: frozenset[int] | None = None

    @classmethod
    def of(cls, agencies: Iterable[int] | None = None, field: str = "", procedure: str = "") -> "Scope":
        named = {name: value for name, value in (("field", field), ("procedure__code", procedure)) if value}
        versions = frozenset(ProcedureVersion.objects.filter(**named).values_list("pk", flat=True)) if named else None
        return cls(None if agencies is None else frozenset(agencies), versions)

    def on(self, rows: QuerySet) -> QuerySet:
        if self.agencies is not None:
            rows = rows.filter(solving_agency__in=sorted(self.agencies))
        return rows if self.versions is None else rows.filter(version__in=sorted(self.versions))


ALL = Scope()


def figures(period: Period, *, now: datetime, within: Scope = ALL) -> dict[Grain, Figures]:
    """Return the figures of a period by agency and version; months that are over are taken from what was kept."""
    window = Window.of(period, now)
    if window.until <= window.since:
        return {}
    months = kept_months(window)
    parts = [kept_flows(months, within)] if months else []
    for gap in gaps(window, months):
        parts += [count_arrivals(gap, within), count_endings(gap, within)]
    return merged(*parts, count_open(window.until, now, within), count_releasing(window, within))


def count(dossiers: QuerySet[Dossier], conditions: dict[str, Q], **more: Any) -> Numbers:
    """Return how many of the dossiers meet each condition, by grain."""
    numbers = {name: Count("pk", filter=condition or None) for name, condition in conditions.items()}
    names = [*numbers, *more]
    rows = dossiers.order_by().values_list("solving_agency_id", "version_id").annotate(**numbers, **more)
    return {(row[0], row[1]): dict(zip(names, row[2:], strict=True)) for row in rows}


def count_arrivals(window: Window, within: Scope) -> Numbers:
    return count(within.on(arrived(window)), {name: COUNTED[name] for name in ARRIVALS})


def count_endings(window: Window, within: Scope) -> Numbers:
    conditions = {name: COUNTED[name] for name in ENDINGS if name in COUNTED} | {"unresolved": refused_results()}
    length = ExpressionWrapper(F("finished_at") - F("received_at"), output_field=DurationField())
    # Whole seconds of each dossier: sums of months then make the sum of the year.
    seconds = Coalesce(Sum(Case(When(ISSUED, then=Cast(Extract(length, "epoch"), BigIntegerField())))), 0)
    return count(within.on(ended(window)), conditions, seconds=seconds)


def count_open(until: datetime, now: datetime, within: Scope) -> Numbers:
    return count(within.on(open_at(until, now)), open_states(until))


def count_releasing(window: Window, within: Scope) -> Numbers:
    return count(within.on(ended(window).filter(status=Status.FINISHED).exclude(refused_results())), {"releasing": Q()})


def merged(*parts: Numbers) -> dict[Grain, Figures]:
    """Return the parts added up, by grain."""
    sums: Numbers = {}
    for part in parts:
        for grain, numbers in part.items():
            into = sums.setdefault(grain, {})
            for name, number in numbers.items():
                into[name] = into.get(name, 0) + number
    return {grain: Figures(**numbers) for grain, numbers in sums.items() if any(numbers.values())}


# -- months that are over --------------------------------------------------


def next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def kept_months(window: Window) -> list[date]:
    """Return the months whose flows are kept and that lie wholly inside a window."""
    first, last = window.since.astimezone(ZONE).date(), window.until.astimezone(ZONE).date()
    known = ClosedMonth.objects.filter(month__gte=first, month__lt=last).order_by("month").values_list("month", flat=True)
    return [month for month in known if next_month(month) <= last]


def kept_flows(months: list[date], within: Scope) -> Numbers:
    rows = within.on(FigureMonth.objects.filter(month__in=months)).order_by()
    sums = {f"sum_{name}": Sum(name) for name in FLOWS}
    found = rows.values_list("solving_agency_id", "version_id").annotate(**sums)
    return {(row[0], row[1]): dict(zip(FLOWS, row[2:], strict=True)) for row in found}


def gaps(window: Window, months: list[date]) -> list[Window]:
    """Return what of a window the months leave over."""
    left, since = [], window.since
    for month in months:
        left.append(Window(since, midnight(month)))
        since = midnight(next_month(month))
    left.append(Window(since, window.until))
    return [gap for gap in left if gap.since < gap.until]
