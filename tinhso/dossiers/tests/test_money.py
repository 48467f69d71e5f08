"""Money: asked at filing, paid by transfer or in cash, asked for later, given back when nothing was done for it."""

import pytest

from tinhso.dossiers.actions.money import ask_fee, take_cash
from tinhso.dossiers.actions.outcome import return_result
from tinhso.dossiers.actions.reception import receive, refuse
from tinhso.dossiers.models import Channel, Dossier, Money, Status
from tinhso.dossiers.testing import at, definition, filed, publish
from tinhso.kernel.errors import Refused
from tinhso.payments.actions.asking import Line
from tinhso.payments.actions.receiving import record_payment
from tinhso.payments.models import PaymentRequest, Refund
from tinhso.payments.queries import due_about
from tinhso.payments.testing import open_account


@pytest.fixture
def priced(office):
    """A procedure of 100.000 đồng, half of it online."""
    open_account()
    content = definition()
    for terms in content["channels"]:
        terms["fees"] = [{"name": "Lệ phí", "amount": 100_000, "online_percent": 50}]
    return publish(channels=content["channels"])


def test_what_is_due_at_filing_is_asked_for_at_once_and_less_online(office, priced):
    online, counter = filed(office, priced), filed(office, priced, channel=Channel.COUNTER)
    assert [(one.money, due_about(one).amount) for one in (online, counter)] == [(Money.DUE, 50_000), (Money.DUE, 100_000)]


def test_a_transfer_pays_and_the_bank_may_tell_twice(office, priced):
    dossier = filed(office, priced)
    for _ in range(2):
        record_payment(due_about(dossier) or PaymentRequest.objects.get(), amount=50_000, bank_reference="FT1", at=at("2024-04-15 09:30"))
    dossier.refresh_from_db()
    assert (dossier.money, dossier.status) == (Money.PAID, Status.FILED)


def test_money_asked_for_later_stops_the_clock_until_it_comes(office, version):
    open_account()
    dossier = receive(filed(office, version), by=office.clerk, at=at("2024-04-15 10:00"))
    ask_fee(dossier, lines=[Line("Lệ phí trước bạ", 250_000)], by=office.head, at=at("2024-04-16 10:00"))
    dossier.refresh_from_db()
    assert (dossier.status, dossier.due_at) == (Status.FEE, None)
    record_payment(due_about(dossier), amount=250_000, bank_reference="FT2", at=at("2024-04-17 10:00"))
    dossier.refresh_from_db()
    assert (dossier.status, dossier.money, dossier.due_at) == (Status.PROCESSING, Money.PAID, at("2024-04-24 10:00"))


def test_cash_at_the_desk(office, priced):
    dossier = filed(office, priced, channel=Channel.COUNTER)
    for _ in range(2):
        dossier = take_cash(dossier, by=office.clerk, at=at("2024-04-15 09:30"))
    assert dossier.money == Money.PAID


def test_an_office_without_an_account_still_takes_dossiers_in(office):
    content = definition()
    content["channels"][1]["fees"] = [{"name": "Lệ phí", "amount": 100_000}]
    dossier = filed(office, publish(channels=content["channels"]))
    assert (dossier.money, due_about(dossier)) == (Money.DUE, None)


def test_an_unpaid_fee_holds_the_result_back(office, priced):
    dossier = filed(office, priced)
    Dossier.objects.filter(pk=dossier.pk).update(
        status=Status.FINISHED, received_at=at("2024-04-15 10:00"), finished_at=at("2024-04-16 10:00")
    )
    with pytest.raises(Refused) as refused:
        return_result(dossier, by=office.clerk, at=at("2024-04-16 11:00"))
    assert refused.value.code == "unpaid"


def test_a_refused_dossier_gives_its_money_back(office, priced):
    paid, unpaid = filed(office, priced), filed(office, priced)
    record_payment(due_about(paid), amount=50_000, bank_reference="FT3", at=at("2024-04-15 09:30"))
    for dossier in (paid, unpaid):
        refuse(dossier, reason="Không thuộc thẩm quyền", by=office.clerk, at=at("2024-04-15 10:00"))
    assert list(Refund.objects.values_list("request__code", "amount")) == [(paid.code, 50_000)]
    assert list(PaymentRequest.objects.order_by("pk").values_list("state", flat=True)) == ["paid", "cancelled"]
