"""Two at once: the bank calls twice, the clerk takes cash while the bank calls, the dossier ends while money comes."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections, transaction

from tinhso.directory.models import Unit
from tinhso.kernel.errors import Refused
from tinhso.payments import hooks
from tinhso.payments.actions import cancel_request, pay_at_counter, record_payment
from tinhso.payments.models import Payment, PaymentRequest, Receipt
from tinhso.payments.tests.conftest import AT

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*verbs) -> list:
    """Do all verbs in threads of their own, begun together; return their answers or refusals."""
    together = Barrier(len(verbs))

    def run(verb):
        together.wait(10)
        try:
            return verb()
        except Refused as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(verbs)) as pool:
        return [done.result(30) for done in [pool.submit(run, verb) for verb in verbs]]


def test_the_bank_calls_four_times_at_once(house):
    request = house.ask()
    at_once(*[lambda: record_payment(request, amount=24000, bank_reference="FT1", at=AT)] * 4)
    assert (Payment.objects.count(), Receipt.objects.count(), PaymentRequest.objects.get().state) == (1, 1, "paid")


def test_cash_and_a_transfer_at_once_are_one_payment_and_one_to_give_back(house):
    request = house.ask()
    at_once(
        lambda: pay_at_counter(request, by=house.clerk, at=AT),
        lambda: record_payment(request, amount=24000, bank_reference="FT1", at=AT),
    )
    verdicts = sorted(Payment.objects.values_list("verdict", flat=True))
    # Either both came, and one is too much, or the clerk was told in time.
    assert verdicts in (["exact", "late"], ["exact"])
    assert Receipt.objects.count() == 1


def test_money_that_comes_while_the_dossier_ends_waits_its_turn(house, monkeypatch):
    """The dossier's verb locks the dossier, then its payment; money locks them in the same order."""

    def lock(key):
        return Unit.objects.select_for_update().get(pk=key)

    monkeypatch.setitem(hooks._LOCKS, "directory.unit", lock)
    monkeypatch.setitem(hooks._PAID, "directory.unit", [lambda request, payment: lock(request.subject_id)])

    def end(request):
        with transaction.atomic():
            lock(request.subject_id)
            return cancel_request(request, reason="Rút hồ sơ", by=house.clerk, at=AT)

    for number in range(10):
        request = house.ask(code=f"H49.31.04-240415-{number:04d}")
        at_once(lambda: end(request), lambda: record_payment(request, amount=24000, bank_reference=f"FT{number}", at=AT))  # noqa: B023
        request.refresh_from_db()
        payment = Payment.objects.get(bank_reference=f"FT{number}")
        assert (request.state, payment.verdict) in (("cancelled", "late"), ("paid", "exact"))
