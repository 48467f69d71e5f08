from datetime import timedelta

import pytest
from django.db import transaction

from tinhso.kernel.errors import NotAllowed, Refused
from tinhso.kernel.models import Event
from tinhso.payments import hooks
from tinhso.payments.actions import (
    Line,
    ask_payment,
    ask_refund,
    attach_payment,
    cancel_request,
    complete_refund,
    expire_due,
    pay_at_counter,
    record_payment,
    record_transfer,
    refuse_refund,
    settle_payment,
)
from tinhso.payments.bank import Transfer
from tinhso.payments.models import Payment, PaymentRequest, Receipt, Refund
from tinhso.payments.queries import due_about, held_for
from tinhso.payments.testing import open_account
from tinhso.payments.tests.conftest import AT, CODE, LINES

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch):
    """What areas above were told in the same transaction."""
    heard = []
    monkeypatch.setitem(
        hooks._PAID, "directory.unit", [lambda request, payment: heard.append(("paid", request.code, payment.bank_reference))]
    )
    monkeypatch.setitem(
        hooks._REFUNDED, "directory.unit", [lambda request, refund: heard.append(("refunded", request.code, refund.amount))]
    )
    return heard


def transfer(amount: int, remark: str = CODE, reference: str = "FT1", account: str = "49000000000001") -> Payment:
    return record_transfer(Transfer(reference, account, amount, remark, AT))


def state(request) -> str:
    return PaymentRequest.objects.get(pk=request.pk).state


def to_reconcile() -> list[tuple]:
    return list(Payment.objects.filter(settled_at=None).order_by("id").values_list("bank_reference", "verdict", "excess"))


# -- asking --------------------------------------------------------------------


def test_money_is_asked_for_once(house):
    first, again = house.ask(), house.ask()
    assert first.pk == again.pk
    assert (first.amount, first.purpose, first.key, first.payer_name, first.state) == (
        24000,
        CODE,
        "H4931042404150001",
        "Trần Văn Bình",
        "due",
    )
    assert sorted(first.lines.values_list("name", "amount", "kind")) == [
        ("Lệ phí đăng ký khai sinh", 8000, "le_phi"),
        ("Phí cấp bản sao", 16000, "phi"),
    ]
    assert due_about(house.commune) == first
    assert [event.announcement.says() for event in Event.objects.all()] == [f"Yêu cầu nộp 24.000 đồng cho {CODE}."]


def test_two_sums_are_not_due_at_once(house):
    house.ask()
    with pytest.raises(Refused, match=r"đang có khoản chờ nộp 24\.000 đồng"):
        house.ask(lines=[Line("Khác", 1)])


def test_a_second_sum_later_has_a_purpose_of_its_own(house):
    transfer(24000) if house.ask() else None
    assert house.ask(lines=[Line("Phí đo đạc", 50000)]).purpose == f"{CODE} L2"


@pytest.mark.parametrize("lines", [[], [Line("Miễn", 0)], [Line("Âm", -5)]])
def test_nothing_is_not_asked_for(house, lines):
    with pytest.raises(Refused) as refused:
        house.ask(lines=lines)
    assert refused.value.field == "lines"


def test_an_agency_of_its_own_account_gets_the_money_there(house):
    own = open_account(house.commune, "49000000000777")
    assert house.ask().account == own
    assert house.ask(about=house.neighbour, code="H49.31.05-240415-0001").account == house.account


def test_without_an_account_nobody_is_asked(house):
    house.account.delete()
    with pytest.raises(Refused, match="chưa khai báo tài khoản"):
        house.ask()


# -- paying --------------------------------------------------------------------


def test_the_exact_sum_pays_writes_the_receipt_and_tells_at_once(house, told):
    request = house.ask()
    payment = transfer(24000, remark="CT DEN h4931042404150001 TRAN VAN BINH")
    request.refresh_from_db()
    assert (request.state, request.paid_at, payment.verdict, payment.settled_at) == ("paid", AT, "exact", AT)
    assert told == [("paid", CODE, "FT1")]
    receipt = Receipt.objects.get()
    assert (str(receipt), receipt.amount, receipt.payer_name, receipt.request) == ("BL24 0000001", 24000, "Trần Văn Bình", request)
    assert Event.objects.latest("id").announcement.says() == (f"Đã nhận đủ 24.000 đồng cho {CODE} (chuyển khoản), biên lai BL24 0000001.")


def test_told_twice_it_is_paid_once(house, told):
    house.ask()
    assert transfer(24000).pk == transfer(24000).pk
    assert (len(told), Receipt.objects.count(), to_reconcile()) == (1, 1, [])


def test_one_reference_with_two_amounts_is_refused(house):
    house.ask()
    transfer(24000)
    with pytest.raises(Refused, match="đã ghi nhận với nội dung khác"):
        transfer(25000)


def test_what_the_area_above_cannot_take_is_not_half_done(house, monkeypatch):
    monkeypatch.setitem(hooks._PAID, "directory.unit", [lambda request, payment: 1 / 0])
    request = house.ask()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        transfer(24000)
    assert (state(request), Payment.objects.count(), Receipt.objects.count()) == ("due", 0, 0)


def test_too_little_waits_for_the_rest(house, told):
    request = house.ask()
    transfer(20000)
    assert (state(request), to_reconcile(), told) == ("due", [("FT1", "short", 0)], [])
    transfer(4000, reference="FT2")
    assert (state(request), to_reconcile(), len(told)) == ("paid", [], 1)
    assert Payment.objects.get(bank_reference="FT1").note == "Nộp đủ bằng giao dịch FT2."


def test_too_much_pays_and_the_rest_is_to_reconcile(house, told):
    request = house.ask()
    transfer(30000)
    assert (state(request), to_reconcile(), len(told)) == ("paid", [("FT1", "over", 6000)], 1)


def test_money_that_nobody_asked_for_is_kept_and_looked_at(house):
    request = house.ask()
    transfer(24000, remark="nop tien", reference="FT1")
    transfer(24000, account="49000000009999", reference="FT2")
    assert (state(request), to_reconcile()) == ("due", [("FT1", "unknown", 0), ("FT2", "unknown", 0)])


def test_paid_twice_by_mistake_the_second_is_to_go_back(house):
    house.ask()
    transfer(24000)
    transfer(24000, reference="FT2")
    assert to_reconcile() == [("FT2", "late", 24000)]


def test_after_the_time_is_over_money_is_looked_at(house):
    request = house.ask(expires_at=AT + timedelta(days=3))
    assert (expire_due(at=AT + timedelta(days=2)), expire_due(at=AT + timedelta(days=3)), state(request)) == (0, 1, "expired")
    transfer(24000)
    assert to_reconcile() == [("FT1", "late", 24000)]


def test_a_request_is_withdrawn_but_not_after_it_was_paid(house):
    request = house.ask()
    assert cancel_request(request, reason="Rút hồ sơ", by=house.clerk, at=AT).state == "cancelled"
    assert cancel_request(request, reason="Rút hồ sơ", by=house.clerk, at=AT).state == "cancelled"
    other = house.ask(about=house.neighbour, code="H49.31.05-240415-0009")
    record_payment(other, amount=24000, bank_reference="FT9", at=AT)
    with pytest.raises(Refused, match="đề nghị hoàn"):
        cancel_request(other, reason="Rút hồ sơ", by=house.clerk, at=AT)


# -- the counter ---------------------------------------------------------------


def test_cash_at_the_counter(house, told):
    request = house.ask()
    first, again = pay_at_counter(request, by=house.clerk, at=AT), pay_at_counter(request, by=house.clerk, at=AT)
    assert (first.pk == again.pk, first.way, first.taken_by, state(request), len(told)) == (True, "cash", house.clerk, "paid", 1)
    assert Receipt.objects.get().issued_by == house.clerk


def test_only_the_clerks_of_the_agency_take_cash(house):
    request = house.ask()
    for person in (house.leader, house.chau, house.binh):
        with pytest.raises(NotAllowed):
            pay_at_counter(request, by=person, at=AT)


def test_no_cash_for_what_is_paid_or_partly_paid(house):
    request = house.ask()
    transfer(20000)
    with pytest.raises(Refused, match=r"Đã nhận 20\.000 đồng"):
        pay_at_counter(request, by=house.clerk, at=AT)
    transfer(4000, reference="FT2")
    with pytest.raises(Refused, match="đã nộp, không thu tiền mặt được"):
        pay_at_counter(request, by=house.clerk, at=AT)


def test_receipts_are_numbered_without_gap_by_agency_and_year(house):
    for day, (about, code) in enumerate([(house.commune, "A-000001"), (house.commune, "A-000002"), (house.neighbour, "B-000001")]):
        request = house.ask(about=about, code=code)
        record_payment(request, amount=24000, bank_reference=f"FT{day}", at=AT)
    later = house.ask(code="A-000003")
    record_payment(later, amount=24000, bank_reference="FT9", at=AT + timedelta(days=300))
    assert [(row.agency, str(row)) for row in Receipt.objects.order_by("id")] == [
        (house.commune, "BL24 0000001"),
        (house.commune, "BL24 0000002"),
        (house.neighbour, "BL24 0000001"),
        (house.commune, "BL25 0000001"),
    ]


# -- putting right -------------------------------------------------------------


def test_an_unknown_payment_is_attached_by_the_supervisor(house, told):
    request = house.ask()
    payment = transfer(24000, remark="le phi khai sinh chau Tran Bao An")
    with pytest.raises(NotAllowed):
        attach_payment(payment, request, by=house.leader, at=AT)
    attach_payment(payment, request, by=house.supervisor, at=AT)
    payment.refresh_from_db()
    assert (state(request), payment.verdict, payment.note, len(told)) == ("paid", "exact", f"Gắn với {CODE} khi đối soát.", 1)


def test_what_does_not_fit_is_settled_with_a_word(house):
    house.ask()
    payment = transfer(30000)
    with pytest.raises(Refused) as refused:
        settle_payment(payment, note=" ", by=house.leader, at=AT)
    assert refused.value.field == "note"
    for person in (house.clerk, house.chau, house.binh):
        with pytest.raises(NotAllowed):
            settle_payment(payment, note="Đã trả lại 6.000 đồng", by=person, at=AT)
    settled = settle_payment(payment, note="Đã trả lại 6.000 đồng", by=house.leader, at=AT)
    assert (settled.settled_by, settled.settled_at, to_reconcile()) == (house.leader, AT, [])


# -- giving back ---------------------------------------------------------------


def test_all_of_it_goes_back_by_two_people(house, told):
    request = house.ask()
    transfer(24000)
    refund = ask_refund(request, amount=24000, reason="Dừng giải quyết", by=house.leader, at=AT)
    assert ask_refund(request, amount=24000, reason="Dừng giải quyết", by=house.leader, at=AT).pk == refund.pk
    with pytest.raises(NotAllowed, match="không được tự thực hiện"):
        complete_refund(refund, bank_reference="HT1", by=house.leader, at=AT)
    done = complete_refund(refund, bank_reference="HT1", by=house.supervisor, at=AT)
    assert complete_refund(refund, bank_reference="HT1", by=house.supervisor, at=AT).pk == done.pk
    assert (done.state, done.ended_by, state(request), held_for(request)) == ("done", house.supervisor, "refunded", 0)
    assert told[-1] == ("refunded", CODE, 24000)


def test_the_excess_goes_back_and_the_request_stays_paid(house):
    request = house.ask()
    transfer(60000)
    refund = ask_refund(request, amount=36000, reason="Nộp thừa", by=house.clerk, at=AT)
    complete_refund(refund, bank_reference="HT1", by=house.leader, at=AT)
    assert (state(request), held_for(request)) == ("paid", 24000)


@pytest.mark.parametrize(("amount", "reason", "field"), [(24001, "x", "amount"), (0, "x", "amount"), (24000, " ", "reason")])
def test_no_more_goes_back_than_came(house, amount, reason, field):
    request = house.ask()
    transfer(24000)
    with pytest.raises(Refused) as refused:
        ask_refund(request, amount=amount, reason=reason, by=house.clerk, at=AT)
    assert refused.value.field == field


def test_a_refund_is_refused_with_a_reason(house):
    request = house.ask()
    transfer(24000)
    refund = ask_refund(request, amount=24000, reason="Đổi ý", by=house.clerk, at=AT)
    with pytest.raises(NotAllowed):
        refuse_refund(refund, note="Đã cấp kết quả", by=house.chau, at=AT)
    assert refuse_refund(refund, note="Đã cấp kết quả", by=house.leader, at=AT).state == "refused"
    with pytest.raises(Refused, match="không hoàn rồi"):
        complete_refund(refund, bank_reference="HT1", by=house.leader, at=AT)
    assert Refund.objects.count() == 1


def test_the_owner_without_account_is_known_by_name(house):
    request = ask_payment(about=house.commune, code=CODE, lines=LINES, payer="Hộ kinh doanh Hòa Bình", by=house.clerk, at=AT)
    assert (request.payer, request.payer_name) == (None, "Hộ kinh doanh Hòa Bình")
