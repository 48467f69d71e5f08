"""Telling the portal: in order for each dossier, twice at most by accident, and then without harm.

The record goes as it is now, if the portal does not have it so already; then the line of progress of the event. A message is
claimed for some minutes before the portal is called, so no lock is held while it thinks.
"""

import time
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction
from django.db.models import F

from connectors.national_portal.client import ALREADY_THERE, NOT_THERE, TOLD_BEFORE, Portal, Rejected, Unreachable, portal
from connectors.national_portal.events import RecordRejected
from connectors.national_portal.models import Line, Message, Sync
from connectors.national_portal.shapes import digest, progress, record
from tinhso.dossiers.models import Dossier
from tinhso.kernel.events import record as record_event
from tinhso.kernel.models import Event

log = structlog.get_logger()
CLAIM = timedelta(minutes=5)
# So that a slow portal cannot outlast the claim: then another worker would send the same, and perhaps out of order.
LONGEST = 120.0
BATCH = 20
# A rejection seldom heals by itself, a portal that is down does.
WAITS_REJECTED = tuple(timedelta(minutes=minutes) for minutes in (5, 60, 6 * 60, 24 * 60))
WAITS_UNREACHABLE = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60, 120, 300, 600))
CLAIMING = """UPDATE national_portal_message SET next_try_at = %(until)s, attempts = attempts + 1 WHERE id IN (
  SELECT m.id FROM national_portal_message m WHERE m.given_up_at IS NULL AND m.next_try_at <= %(at)s
    AND NOT EXISTS (SELECT 1 FROM national_portal_message e WHERE e.dossier_id = m.dossier_id AND e.given_up_at IS NULL AND e.id < m.id)
  ORDER BY m.id LIMIT %(limit)s FOR UPDATE OF m SKIP LOCKED) RETURNING id"""
NEEDED = ("procedure", "version", "applicant", "solving_agency", "receiving_unit")


def send_due(*, at: datetime) -> int:
    """Tell the portal what is due, the oldest of each dossier first, and return how many messages were tried."""
    door = portal()
    line, _ = Line.objects.get_or_create(pk=1)
    if door is None or (line.next_try_at and line.next_try_at > at):
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIMING, {"until": at + CLAIM, "at": at, "limit": BATCH})
        claimed = [row[0] for row in cursor.fetchall()]
    messages = list(Message.objects.filter(pk__in=claimed).order_by("pk"))
    dossiers = Dossier.objects.select_related(*NEEDED).in_bulk([message.dossier_id for message in messages])
    events = Event.objects.in_bulk([message.event_id for message in messages if message.event_id])
    until = time.monotonic() + LONGEST
    for number, message in enumerate(messages):
        if time.monotonic() > until:
            _give_back(messages[number:], at)
            break
        dossier = dossiers[message.dossier_id]
        try:
            _tell(door, dossier, events.get(message.event_id or 0), at)
        except Unreachable as fault:
            _silent(messages[number:], str(fault), at)
            return 0
        except Rejected as rejection:
            _rejected(message, dossier, rejection, at)
        else:
            message.delete()
        if line.failures or line.error or line.answered_at is None or line.answered_at < at - timedelta(minutes=1):
            line.failures, line.next_try_at, line.error, line.answered_at = 0, None, "", at
            line.save()
    return len(messages)


def _tell(door: Portal, dossier: Dossier, event: Event | None, at: datetime) -> None:
    sync, _ = Sync.objects.get_or_create(dossier=dossier)
    full = record(dossier)
    mark = digest(full)
    if not sync.known or sync.digest != mark or event is None:
        _send_record(door, full, known=sync.known)
        sync.known, sync.digest, sync.revision, sync.status, sync.sent_at = True, mark, dossier.revision, dossier.status, at
        sync.save()
    line = progress(dossier, event) if event else None
    if line:
        try:
            door.send_progress(line)
        except Rejected as rejection:
            # Told before: the answer to it was lost on the way.
            if rejection.code != TOLD_BEFORE:
                raise


def _send_record(door: Portal, full: dict, *, known: bool) -> None:
    """Make or replace a record. Where the portal remembers otherwise than we do, it is the portal that is right."""
    try:
        door.send_record(full, replaces=known)
    except Rejected as rejection:
        if rejection.code not in (ALREADY_THERE, NOT_THERE):
            raise
        door.send_record(full, replaces=rejection.code == ALREADY_THERE)


@transaction.atomic
def _rejected(message: Message, dossier: Dossier, rejection: Rejected, at: datetime) -> None:
    log.warning("portal_rejected", dossier=dossier.code, code=rejection.code, attempts=message.attempts)
    first = not message.error
    message.error, message.failed_at = rejection.sentence[:1000], at
    if message.attempts > len(WAITS_REJECTED):
        message.given_up_at = at
    else:
        message.next_try_at = at + WAITS_REJECTED[message.attempts - 1]
    message.save()
    if first:
        record_event(RecordRejected(dossier.code, message.error), on=dossier, by=None, at=at)


@transaction.atomic
def _silent(messages: list[Message], error: str, at: datetime) -> None:
    """Give back what was claimed: a portal that is down is nobody's fault, and no dossier's tries are used up by it."""
    line = Line.objects.select_for_update().get(pk=1)
    log.warning("portal_unreachable", failures=line.failures + 1, error=error)
    line.next_try_at = at + WAITS_UNREACHABLE[min(line.failures, len(WAITS_UNREACHABLE) - 1)]
    line.failures, line.error = line.failures + 1, error[:500]
    line.save()
    _give_back(messages, at)


def _give_back(messages: list[Message], at: datetime) -> None:
    Message.objects.filter(pk__in=[message.pk for message in messages]).update(next_try_at=at, attempts=F("attempts") - 1)
