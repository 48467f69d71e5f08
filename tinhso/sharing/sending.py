"""Handing notices over: CloudEvents 1.0 by HTTP, signed, in order for each subject, tried again with growing waits.

A notice is claimed for a minute, in a transaction of its own, before its receiver is called: nobody holds a lock while a
stranger's server thinks, and whatever a dying process had claimed is free again soon. So a receiver may hear a thing twice;
the id of the CloudEvent tells.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx2
import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from tinhso.kernel.api import dumps
from tinhso.kernel.errors import Refused
from tinhso.kernel.events import record
from tinhso.kernel.models import Event
from tinhso.sharing.events import SubscriptionSuspended
from tinhso.sharing.models import Notice, Subscription
from tinhso.sharing.offers import OFFERS
from tinhso.sharing.rules import NOT_NOW, WAITS, Door, find_door, signature

log = structlog.get_logger()
CLAIM = timedelta(minutes=2)
# So that slow receivers cannot outlast the claim: then another worker would send the same, and perhaps out of order.
LONGEST = 60.0
BATCH = 50
TIMEOUT = httpx2.Timeout(10, connect=4)
CLAIMING = """UPDATE sharing_notice SET next_try_at = %(until)s, attempts = attempts + 1 WHERE id IN (
  SELECT n.id FROM sharing_notice n JOIN sharing_subscription s ON s.id = n.subscription_id
  WHERE n.given_up_at IS NULL AND n.next_try_at <= %(at)s
    AND s.ended_at IS NULL AND s.suspended_at IS NULL AND (s.next_try_at IS NULL OR s.next_try_at <= %(at)s)
    AND NOT EXISTS (SELECT 1 FROM sharing_notice e WHERE e.subscription_id = n.subscription_id AND e.subject_kind = n.subject_kind
                    AND e.subject_id = n.subject_id AND e.given_up_at IS NULL AND e.id < n.id)
  ORDER BY n.id LIMIT %(limit)s FOR UPDATE OF n SKIP LOCKED) RETURNING id"""


@dataclass(frozen=True)
class Outcome:
    """How a receiver took a notice: `silent` when the receiver as a whole did not answer."""

    error: str = ""
    silent: bool = False


def send_due(*, at: datetime) -> int:
    """Send the notices that are due, the oldest of each subject first, and return how many were tried."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIMING, {"until": at + CLAIM, "at": at, "limit": BATCH})
        claimed = [row[0] for row in cursor.fetchall()]
    notices = list(Notice.objects.filter(pk__in=claimed).select_related("subscription").order_by("pk"))
    running = set(Subscription.objects.running(at).filter(pk__in={one.subscription_id for one in notices}).values_list("pk", flat=True))
    events = Event.objects.in_bulk([one.event_id for one in notices])
    silent: set[int] = set()
    with httpx2.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client:
        until = time.monotonic() + LONGEST
        for notice in notices:
            if notice.subscription_id in silent or time.monotonic() > until:
                _not_tried(notice, at)
                continue
            event = events.get(notice.event_id)
            if notice.subscription_id not in running or event is None or event.kind not in OFFERS:
                # The token was taken back, or the kind is no longer offered: what would have been heard stays unsaid.
                notice.delete()
                continue
            outcome = _hand_over(client, notice.subscription, event, at)
            if outcome.silent:
                silent.add(notice.subscription_id)
            _note(notice, outcome, at)
    return len(notices)


def cloud_event(event: Event) -> bytes:
    """Return an event as CloudEvents 1.0 in structured JSON."""
    told = OFFERS[event.kind].describe(event)
    return dumps(
        {
            "specversion": "1.0",
            "id": str(event.pk),
            "source": f"{settings.SITE_URL}/api/v1",
            "type": f"tinhso.{event.kind}",
            "subject": told.subject,
            "time": event.at,
            "datacontenttype": "application/json",
            "data": told.data,
        }
    ).encode()


def _hand_over(client: httpx2.Client, subscription: Subscription, event: Event, at: datetime) -> Outcome:
    try:
        door = find_door(subscription.url, private=settings.ENV.webhooks_to_private, field=None)
        status = _post(client, door, cloud_event(event), subscription.secret, int(at.timestamp()))
    except Refused as refusal:
        return Outcome(refusal.sentence, silent=True)
    except httpx2.HTTPError as fault:
        return Outcome(f"không nhận được trả lời ({type(fault).__name__})", silent=True)
    if 200 <= status < 300:
        return Outcome()
    return Outcome(f"trả lời {status}", silent=status >= 500 or status in NOT_NOW)


def _post(client: httpx2.Client, door: Door, body: bytes, secret: str, moment: int) -> int:
    headers = {
        "Host": door.host_header,
        "Content-Type": "application/cloudevents+json; charset=utf-8",
        "Tinhso-Signature": signature(secret, moment, body),
        "User-Agent": "tinhso-webhooks/1",
    }
    for last, address in enumerate(door.addresses, 1 - len(door.addresses)):
        request = client.build_request("POST", address, content=body, headers=headers, extensions={"sni_hostname": door.host})
        try:
            answer = client.send(request, stream=True)
            break
        except httpx2.ConnectError:
            # Many machines have an address of version 6 without a way to it.
            if last == 0:
                raise
    try:
        return answer.status_code
    finally:
        # What the receiver says is of no interest, and may be long.
        answer.close()


@transaction.atomic
def _note(notice: Notice, outcome: Outcome, at: datetime) -> None:
    subscription = Subscription.objects.select_for_update(of=("self",)).get(pk=notice.subscription_id)
    if not outcome.error:
        notice.delete()
        subscription.failures, subscription.next_try_at, subscription.error = 0, None, ""
        subscription.sent, subscription.last_sent_at = F("sent") + 1, at
        subscription.save(update_fields=["failures", "next_try_at", "error", "sent", "last_sent_at"])
        return
    log.warning("webhook_failed", subscription=subscription.pk, event_id=notice.event_id, attempts=notice.attempts, error=outcome.error)
    notice.error = subscription.error = outcome.error[:500]
    if outcome.silent:
        # One that does not answer is asked by one notice at a time, whatever waits behind it.
        subscription.failures += 1
        if subscription.failures > len(WAITS):
            subscription.suspended_at = at
            record(SubscriptionSuspended(subscription.url, subscription.error), on=subscription, by=None, at=at)
        else:
            subscription.next_try_at = at + WAITS[subscription.failures - 1]
        notice.next_try_at, notice.attempts = at, max(0, notice.attempts - 1)
    elif notice.attempts > len(WAITS):
        notice.given_up_at = at
    else:
        notice.next_try_at = at + WAITS[notice.attempts - 1]
    notice.save(update_fields=["next_try_at", "attempts", "error", "given_up_at"])
    subscription.save(update_fields=["failures", "next_try_at", "error", "suspended_at"])


def _not_tried(notice: Notice, at: datetime) -> None:
    Notice.objects.filter(pk=notice.pk).update(next_try_at=at, attempts=F("attempts") - 1)
