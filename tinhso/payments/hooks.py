"""Who must act in the same transaction when something is paid or refunded: areas above say so here.

For what is only interesting, listen to `PaymentReceived` instead.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from tinhso.payments.models import Payment, PaymentRequest, Refund

PaidHook = Callable[[PaymentRequest, Payment], Any]
RefundedHook = Callable[[PaymentRequest, Refund], Any]

_LOCKS: dict[str, Callable[[int], Any]] = {}
_PAID: dict[str, list[PaidHook]] = defaultdict(list)
_REFUNDED: dict[str, list[RefundedHook]] = defaultdict(list)


def on_paid(subject_kind: str) -> Callable[[PaidHook], PaidHook]:
    """Register what happens when a request about such an object ("dossiers.dossier") is paid in full.

    The money is there whatever the hook thinks of it: a hook does not refuse, it notes.
    """

    def register(hook: PaidHook) -> PaidHook:
        _PAID[subject_kind].append(hook)
        return hook

    return register


def on_refunded(subject_kind: str) -> Callable[[RefundedHook], RefundedHook]:
    """Register what happens when money for such an object has gone back."""

    def register(hook: RefundedHook) -> RefundedHook:
        _REFUNDED[subject_kind].append(hook)
        return hook

    return register


def locks_first(subject_kind: str) -> Callable[[Callable[[int], Any]], Callable[[int], Any]]:
    """Register how such an object is locked by its key.

    Its own verbs lock it before its payments; money that comes in has to take the same order, or the two
    would wait for each other.
    """

    def register(lock: Callable[[int], Any]) -> Callable[[int], Any]:
        _LOCKS[subject_kind] = lock
        return lock

    return register


def locked_request(request: PaymentRequest) -> PaymentRequest:
    """Return the request as it is now, locked after the object it is about, until the transaction ends."""
    if lock := _LOCKS.get(request.subject_kind):
        lock(request.subject_id)
    return PaymentRequest.objects.select_for_update().get(pk=request.pk)


def tell_paid(request: PaymentRequest, payment: Payment) -> None:
    for hook in _PAID[request.subject_kind]:
        hook(request, payment)


def tell_refunded(request: PaymentRequest, refund: Refund) -> None:
    for hook in _REFUNDED[request.subject_kind]:
        hook(request, refund)
