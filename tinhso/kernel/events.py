"""Writing announcements down: `record` is the only way an event comes to be."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.db.models import Model

from tinhso.kernel.announcements import KINDS, THROUGH, Announcement, announced, when
from tinhso.kernel.marks import make_mark
from tinhso.kernel.models import Event

FACTS = ("kind", "subject_kind", "subject_id", "agency_id", "actor_id", "at", "payload")
__all__ = ["Announcement", "acting_through", "record", "restore", "timeline", "when"]
_through: ContextVar[str] = ContextVar("through", default="")


def record(announcement: Announcement, *, on: Model, by: Model | None, at: datetime, agency_id: int | None = None) -> Event:
    """Write one event in the caller's transaction and return it.

    `by` is None when the system acted by itself (a schedule, a time limit).
    """
    event = draft(announcement, on=on, by=by, at=at, agency_id=agency_id)
    event.save(force_insert=True)
    return event


def draft(announcement: Announcement, *, on: Model, by: Model | None, at: datetime, agency_id: int | None = None) -> Event:
    """Return the event unsaved, for `Event.objects.bulk_create` of several at once."""
    agency_id = agency_id if agency_id is not None else getattr(on, "event_agency_id", None)
    payload = announcement.payload()
    if through := _through.get():
        payload[THROUGH] = through
    facts = (announcement.kind, on._meta.label_lower, on.pk, agency_id, by.pk if by else None, at, payload)
    return Event(**dict(zip(FACTS, facts, strict=True)), mark=make_mark(facts))


def restore(event: Event) -> Announcement:
    """Return the announcement that an event holds."""
    return announced(event.kind, event.payload)


@contextmanager
def acting_through(system: str) -> Iterator[None]:
    """Write into every event of this block that its actor acted through an outside system, which we have to believe."""
    before = _through.set(system)
    try:
        yield
    finally:
        _through.reset(before)


def timeline(on: Model, *, public_only: bool = False) -> Iterable[Event]:
    """Return the events of one object, oldest first."""
    events = Event.objects.filter(subject_kind=on._meta.label_lower, subject_id=on.pk).order_by("id")
    if public_only:
        events = events.filter(kind__in=[kind for kind, cls in KINDS.items() if cls.public])
    return events
