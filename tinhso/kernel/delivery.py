"""Delivery: every listener hears every event it asked for, at least once, in the order of the ledger.

A batch is one transaction: what the handlers did and how far they heard are committed together, so a
crash repeats nothing that touched only the database. The first try of a batch runs without savepoints;
when a handler fails, the batch is undone and run again with one savepoint per call.
"""

import time
import traceback
from collections import defaultdict
from datetime import datetime, timedelta

import structlog
from django.db import OperationalError, connection, transaction

from tinhso.kernel.announcements import LISTENERS, Listener
from tinhso.kernel.models import Event, PendingDelivery, Progress, SealedEvent

log = structlog.get_logger()
BATCH = 200
WINDOW = 5000
# Long batches hold locks that people wait for.
LONGEST_BATCH = 0.5
WAITS = [1, 5, 30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600]

Subject = tuple[str, str, int]


class HandlerFailed(Exception):
    """A handler failed in the fast try of a batch; the batch is run again with care."""


def deliver(*, at: datetime) -> int:
    """Hand the next events to their listeners and return how many positions were passed."""
    try:
        return _deliver_batch(at, careful=False)
    except HandlerFailed:
        return _deliver_batch(at, careful=True)


@transaction.atomic
def _deliver_batch(at: datetime, *, careful: bool) -> int:
    listeners = {listener.name: listener.since for listener in LISTENERS}
    last = SealedEvent.objects.order_by("-position").values_list("position", flat=True).first() or 0
    _welcome(listeners, last)
    # Another worker that holds a listener's progress delivers to it; we take the rest.
    progress = {
        row.listener: row
        for row in Progress.objects.select_for_update(skip_locked=True).filter(listener__in=listeners).order_by("listener")
    }
    if not progress:
        return 0
    start = min(row.position for row in progress.values())
    if start >= last:
        return 0
    by_kind: dict[str, list[Listener]] = defaultdict(list)
    for listener in LISTENERS:
        if listener.name in progress:
            by_kind[listener.kind].append(listener)
    pairs, reached = _next_events(list(by_kind), start, min(last, start + WINDOW))
    blocked: set[Subject] = set(
        PendingDelivery.objects.filter(given_up_at=None, listener__in=progress).values_list("listener", "subject_kind", "subject_id")
    )
    until = time.monotonic() + LONGEST_BATCH
    for position, event in pairs:
        for listener in by_kind[event.kind]:
            if progress[listener.name].position < position:
                _hand_over(listener, position, event, blocked, at, careful)
        if time.monotonic() > until:
            reached = position
            break
    moved = [row for row in progress.values() if row.position < reached]
    for row in moved:
        row.position = reached
    Progress.objects.bulk_update(moved, ["position"])
    return reached - start


def _welcome(listeners: dict[str, str], last: int) -> None:
    """Begin the progress of listeners that are new in this release.

    In a new installation everything is new, and the first events are for everyone.
    """
    known = set(Progress.objects.values_list("listener", flat=True))
    begin = {name: last if known and since == "now" else 0 for name, since in listeners.items() if name not in known}
    if begin:
        Progress.objects.bulk_create([Progress(listener=name, position=at) for name, at in begin.items()], ignore_conflicts=True)


def _next_events(kinds: list[str], after: int, end: int) -> tuple[list[tuple[int, Event]], int]:
    """Return the next events that somebody waits for, and the position up to which nothing else concerns anybody."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT s.position, s.event_id FROM kernel_sealedevent s JOIN kernel_event e ON e.id = s.event_id
            WHERE s.position > %s AND s.position <= %s AND e.kind = ANY(%s) ORDER BY s.position LIMIT %s""",
            [after, end, kinds, BATCH],
        )
        rows = cursor.fetchall()
    events = Event.objects.in_bulk([event_id for _, event_id in rows])
    return [(position, events[event_id]) for position, event_id in rows], rows[-1][0] if len(rows) == BATCH else end


def _hand_over(listener: Listener, position: int, event: Event, blocked: set[Subject], at: datetime, careful: bool) -> None:
    subject = (listener.name, event.subject_kind, event.subject_id)
    if subject in blocked:
        _put_aside(listener, position, event)
        return
    if not careful:
        try:
            listener.handle(event)
        except Exception as fault:
            raise HandlerFailed(listener.name) from fault
        return
    try:
        with transaction.atomic():
            listener.handle(event)
    except Exception as fault:
        if _database_gone(fault):
            raise
        blocked.add(subject)
        row = _put_aside(listener, position, event)
        _failed(row, fault, at)


def _put_aside(listener: Listener, position: int, event: Event) -> PendingDelivery:
    row, _ = PendingDelivery.objects.get_or_create(
        listener=listener.name,
        event=event,
        defaults={"position": position, "subject_kind": event.subject_kind, "subject_id": event.subject_id},
    )
    return row


def _failed(row: PendingDelivery, fault: Exception, at: datetime) -> None:
    row.attempts += 1
    row.error = "".join(traceback.format_exception(fault))[-4000:]
    given_up = row.attempts > len(WAITS)
    row.next_try_at = None if given_up else at + timedelta(seconds=WAITS[row.attempts - 1])
    row.given_up_at = at if given_up else None
    row.save()
    log.warning(
        "delivery_failed", listener=row.listener, event_id=row.event_id, attempts=row.attempts, given_up=given_up, fault=repr(fault)
    )
    if given_up:
        release_next(row, at)


def _database_gone(fault: Exception) -> bool:
    return isinstance(fault, OperationalError) and not connection.is_usable()


def retry(*, at: datetime, limit: int = 100) -> int:
    """Try again what is due, each in its own transaction, and return how many were tried."""
    tried = 0
    due = PendingDelivery.objects.filter(given_up_at=None, next_try_at__lte=at).order_by("position").values_list("pk", flat=True)[:limit]
    for key in list(due):
        tried += _try_again(key, at)
    return tried


@transaction.atomic
def _try_again(key: int, at: datetime) -> bool:
    row = PendingDelivery.objects.select_for_update(skip_locked=True).filter(pk=key, given_up_at=None, next_try_at__lte=at).first()
    if row is None:
        return False
    listener = next((listener for listener in LISTENERS if (listener.name, listener.kind) == (row.listener, row.event.kind)), None)
    try:
        if listener is None:
            raise LookupError(f"no listener is called {row.listener} in this release")
        with transaction.atomic():
            listener.handle(row.event)
    except Exception as fault:
        if _database_gone(fault):
            raise
        _failed(row, fault, at)
        return True
    row.delete()
    release_next(row, at)
    return True


def release_next(row: PendingDelivery, at: datetime) -> None:
    """Let the oldest that waited behind this one go on."""
    following = PendingDelivery.objects.filter(
        listener=row.listener, subject_kind=row.subject_kind, subject_id=row.subject_id, given_up_at=None, next_try_at=None
    ).order_by("position")
    if oldest := following.first():
        PendingDelivery.objects.filter(pk=oldest.pk).update(next_try_at=at)


def lag() -> int:
    """Return how many sealed positions the slowest listener of this release has yet to hear."""
    last = SealedEvent.objects.order_by("-position").values_list("position", flat=True).first() or 0
    positions = Progress.objects.filter(listener__in=[listener.name for listener in LISTENERS]).values_list("position", flat=True)
    return last - min(positions, default=last)
