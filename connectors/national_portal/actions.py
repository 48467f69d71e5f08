"""Keeping the outbox: what happened is noted down with the ledger, and people may have a record sent again."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Min

from connectors.national_portal.access import can_watch
from connectors.national_portal.events import RecordSentAgain
from connectors.national_portal.jobs import send_messages
from connectors.national_portal.models import Line, Message
from tinhso.directory.models import Person
from tinhso.dossiers.models import Dossier
from tinhso.kernel.errors import require
from tinhso.kernel.events import record
from tinhso.kernel.models import Event


def note(event: Event) -> None:
    """Note down that the portal has to hear of an event; a dossier that was refused there gets its next chance."""
    if not settings.ENV.national_portal_url:
        return
    Message.objects.bulk_create([Message(dossier_id=event.subject_id, event_id=event.pk, next_try_at=event.at)], ignore_conflicts=True)
    _hurry(event.subject_id, event.at)
    send_messages.later(once="national_portal.send")


def _hurry(dossier_id: int, at: datetime) -> None:
    """Let what waits for a second try go at once: the dossier has changed, perhaps for the better."""
    waiting = Message.objects.filter(dossier_id=dossier_id, given_up_at=None)
    if head := waiting.aggregate(head=Min("pk"))["head"]:
        Message.objects.filter(pk=head, next_try_at__gt=at).exclude(error="").update(next_try_at=at)


@transaction.atomic
def send_again(dossier: Dossier, *, by: Person | None, at: datetime) -> None:
    """Send a record again as it is now, and what was given up before it."""
    if by is not None:
        require(can_watch(by))
    Message.objects.filter(dossier=dossier).update(given_up_at=None, failed_at=None, next_try_at=at, attempts=0)
    if not Message.objects.filter(dossier=dossier).exists():
        Message.objects.create(dossier=dossier, next_try_at=at)
    record(RecordSentAgain(dossier.code), on=dossier, by=by, at=at)
    send_messages.later(once="national_portal.send")


@transaction.atomic
def try_line(*, by: Person, at: datetime) -> None:
    """Call the portal now, whatever its last failures were."""
    require(can_watch(by))
    Line.objects.filter(pk=1).update(next_try_at=None)
    send_messages.later(once="national_portal.send")
