"""What an operator may do about events that a listener does not take."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.db.models import Model

from tinhso.kernel.announcements import Announcement
from tinhso.kernel.delivery import release_next
from tinhso.kernel.events import record
from tinhso.kernel.models import PendingDelivery


@dataclass(frozen=True)
class DeliveryRetried(Announcement):
    sentence: ClassVar[str] = "Cho giao lại sự kiện {event_id} tới {listener}."
    event_id: int
    listener: str


@dataclass(frozen=True)
class DeliveryDiscarded(Announcement):
    sentence: ClassVar[str] = "Bỏ qua sự kiện {event_id} chưa giao được tới {listener}: {error}"
    event_id: int
    listener: str
    error: str


@transaction.atomic
def try_again(row: PendingDelivery, *, by: Model | None, at: datetime) -> None:
    """Let the worker try at once, from the first attempt on."""
    for pending in PendingDelivery.objects.select_for_update().filter(pk=row.pk):
        pending.attempts, pending.next_try_at, pending.given_up_at = 0, at, None
        pending.save()
        record(DeliveryRetried(pending.event_id, pending.listener), on=pending, by=by, at=at)


@transaction.atomic
def discard(row: PendingDelivery, *, by: Model | None, at: datetime) -> None:
    """Give up for good; what waited behind it goes on."""
    for pending in PendingDelivery.objects.select_for_update().filter(pk=row.pk):
        record(DeliveryDiscarded(pending.event_id, pending.listener, pending.last_line), on=pending, by=by, at=at)
        release_next(pending, at)
        pending.delete()
