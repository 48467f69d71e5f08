"""What an operator may do about events that somebody does not take: the kernel knows how, the directory knows who may."""

from datetime import datetime

from tinhso.directory.access import can_operate
from tinhso.directory.models import Person
from tinhso.kernel import undeliverable
from tinhso.kernel.errors import require
from tinhso.kernel.models import PendingDelivery


def deliver_again(row: PendingDelivery, *, by: Person, at: datetime) -> None:
    """Let the worker try at once."""
    require(can_operate(by))
    undeliverable.try_again(row, by=by, at=at)


def discard_delivery(row: PendingDelivery, *, by: Person, at: datetime) -> None:
    """Give up for good; what waited behind it goes on."""
    require(can_operate(by))
    undeliverable.discard(row, by=by, at=at)
