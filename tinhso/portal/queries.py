"""What the front door asks of the rooms below."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from django.db.models import Q

from tinhso.directory.models import Person, Reading
from tinhso.dossiers.access import visible_dossiers, visible_drafts
from tinhso.dossiers.models import OPEN, Dossier, Draft, Status
from tinhso.kernel.calendars import calendar_for
from tinhso.procedures.life_events import LIFE_EVENTS, LifeEvent, named_in
from tinhso.procedures.models import ProcedureVersion
from tinhso.procedures.queries import search

SAMPLE = 50
PAGE = 30


@dataclass(frozen=True)
class Found:
    versions: list[ProcedureVersion]
    events: list[LifeEvent]


def find(text: str, day: date, *, limit: int = 20) -> Found:
    """Return the procedures that fit a text, the best first, and the events of life it names."""
    hits = search(text, day=day, limit=limit) if text else []
    versions = ProcedureVersion.objects.select_related("procedure").defer("content").in_bulk([hit.key for hit in hits])
    return Found([versions[hit.key] for hit in hits if hit.key in versions], named_in(text))


@dataclass(frozen=True)
class Now:
    """What is happening now for a citizen: first what waits for them."""

    waiting: list[Dossier]
    running: list[Dossier]
    finished: list[Dossier]
    drafts: list[Draft]

    def __bool__(self):
        return bool(self.waiting or self.running or self.finished or self.drafts)


def now_of(person: Person, moment: datetime) -> Now:
    mine = visible_dossiers(person).select_related("version", "solving_agency").defer("version__content").order_by("-pk")
    opened = list(mine.filter(status__in=OPEN)[:20])
    waiting = [dossier for dossier in opened if dossier.status in (Status.SUPPLEMENT, Status.FEE)]
    running = [dossier for dossier in opened if dossier not in waiting]
    recent = mine.filter(status__in=[Status.FINISHED, Status.RETURNED], finished_at__gt=moment - timedelta(days=14))
    drafts = list(visible_drafts(person).select_related("procedure", "version").defer("version__content").order_by("-saved_at")[:3])
    return Now(waiting, running[:5], list(recent[:3]), drafts)


def usual_days(procedure_id: int) -> int | None:
    """Return in how many working days most dossiers of a procedure were finished lately; None when too few tell."""
    rows = (
        Dossier.objects.filter(procedure_id=procedure_id, status__in=[Status.FINISHED, Status.RETURNED])
        .exclude(Q(received_at=None) | Q(finished_at=None))
        .order_by("-pk")
        .values_list("received_at", "finished_at")[:SAMPLE]
    )
    spans = list(rows)
    if len(spans) < 5:
        return None
    calendar = calendar_for(None)
    days = median(calendar.between(start, end) / calendar.day_length for start, end in spans if start and end)
    return max(1, round(days))


def readings_of(person: Person):
    """Return who read a citizen's records, the newest first."""
    return Reading.objects.filter(citizen=person).select_related("reader", "agency").order_by("-at", "-pk")


def event_of(key: str) -> LifeEvent | None:
    return next((event for event in LIFE_EVENTS if event.key == key), None)
