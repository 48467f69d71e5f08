"""Subscribing, and noting down who has to be told."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from tinhso.directory.models import Person, Token
from tinhso.kernel.errors import Refused, require
from tinhso.kernel.events import record
from tinhso.kernel.memory import remembered
from tinhso.kernel.models import Event
from tinhso.sharing.access import can_end
from tinhso.sharing.events import SubscriptionEnded, SubscriptionMade, SubscriptionResumed
from tinhso.sharing.jobs import send_notices
from tinhso.sharing.models import Notice, Subscription
from tinhso.sharing.offers import OFFERS
from tinhso.sharing.rules import find_door

MOST_SUBSCRIPTIONS = 20
# A new subscriber may miss what happened in its first second; nobody could tell the difference.
KNOWN_FOR = 1.0


@transaction.atomic
def subscribe(token: Token, *, url: str, kinds: Iterable[str], at: datetime) -> tuple[Subscription, str]:
    """Let a system be told at its address; the secret that its notices are signed with is shown once."""
    wanted = sorted(set(kinds))
    if unknown := [kind for kind in wanted if kind not in OFFERS]:
        raise Refused(f"Không có loại sự kiện {', '.join(unknown)}.", field="kinds", code="no-kind")
    find_door(url, private=settings.ENV.webhooks_to_private)
    if Subscription.objects.filter(token__system_id=token.system_id, ended_at=None).count() >= MOST_SUBSCRIPTIONS:
        raise Refused(f"Mỗi hệ thống chỉ có tối đa {MOST_SUBSCRIPTIONS} đăng ký.", code="too-many")
    secret = f"whs_{secrets.token_urlsafe(32)}"
    try:
        with transaction.atomic():
            subscription = Subscription.objects.create(token=token, url=url, kinds=wanted, secret=secret)
    except IntegrityError:
        raise Refused("Địa chỉ này đã đăng ký rồi. Xin kết thúc đăng ký cũ trước.", field="url", code="subscribed") from None
    record(SubscriptionMade(str(token.system), url, ", ".join(wanted) or "tất cả"), on=subscription, by=token.system, at=at)
    return subscription, secret


@transaction.atomic
def unsubscribe(subscription: Subscription, *, by: Person, at: datetime) -> None:
    """End a subscription; what was not told yet is dropped with it."""
    require(can_end(by, subscription))
    subscription = Subscription.objects.select_for_update(of=("self",)).select_related("token__system").get(pk=subscription.pk)
    if subscription.ended_at:
        return
    subscription.ended_at = at
    subscription.save(update_fields=["ended_at"])
    subscription.notices.all().delete()
    record(SubscriptionEnded(str(subscription.token.system), subscription.url), on=subscription, by=by, at=at)


@transaction.atomic
def resume(subscription: Subscription, *, by: Person, at: datetime) -> int:
    """Try everything that was not told at once, also what was given up; return how many notices that is."""
    require(can_end(by, subscription))
    subscription = Subscription.objects.select_for_update(of=("self",)).get(pk=subscription.pk)
    subscription.suspended_at, subscription.next_try_at, subscription.failures = None, None, 0
    subscription.save(update_fields=["suspended_at", "next_try_at", "failures"])
    waiting = subscription.notices.update(given_up_at=None, next_try_at=at, attempts=0)
    record(SubscriptionResumed(subscription.url, waiting), on=subscription, by=by, at=at)
    send_notices.later(once="sharing.send")
    return waiting


def tell(event: Event) -> None:
    """Note down who has to be told of an event; told twice by the kernel, it notes once."""
    wanting = [key for key, kinds, agencies in _interested() if event.agency_id in agencies and (not kinds or event.kind in kinds)]
    if not wanting:
        return
    Notice.objects.bulk_create(
        [
            Notice(
                subscription_id=key,
                event_id=event.pk,
                subject_kind=event.subject_kind,
                subject_id=event.subject_id,
                next_try_at=event.at,
            )
            for key in wanting
        ],
        ignore_conflicts=True,
    )
    send_notices.later(once="sharing.send")


@remembered(KNOWN_FOR)
def _interested() -> list[tuple[int, frozenset[str], frozenset[int]]]:
    running = Subscription.objects.running(now()).prefetch_related("token__agencies")
    return [(one.pk, frozenset(one.kinds), frozenset(unit.pk for unit in one.token.agencies.all())) for one in running]
