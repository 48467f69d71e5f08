"""Money comes in."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from tinhso.directory.models import Person
from tinhso.kernel.codes import next_number
from tinhso.kernel.errors import Refused, require
from tinhso.kernel.events import record
from tinhso.payments.access import can_collect
from tinhso.payments.bank import Transfer
from tinhso.payments.events import PaymentReceived, PaymentToReconcile
from tinhso.payments.hooks import locked_request, tell_paid
from tinhso.payments.models import Payment, PaymentRequest, Receipt
from tinhso.payments.queries import received_for, request_in
from tinhso.payments.rules import Verdict, reckon

State, Way = PaymentRequest.State, Payment.Way


@transaction.atomic
def record_transfer(transfer: Transfer) -> Payment:
    """Note a transfer that the bank told of, for whatever request its remark names."""
    request = request_in(transfer.remark)
    if request is not None and request.account.number != transfer.account:
        # Another agency's account: people must see to it that the money gets where it belongs.
        request = None
    return _take(
        request,
        amount=transfer.amount,
        reference=transfer.reference,
        remark=transfer.remark,
        way=Payment.Way.TRANSFER,
        by=None,
        at=transfer.at,
    )


@transaction.atomic
def record_payment(request: PaymentRequest, *, amount: int, bank_reference: str, at: datetime, remark: str = "") -> Payment:
    """Note money for a request. The same bank reference again changes nothing."""
    return _take(request, amount=amount, reference=bank_reference, remark=remark, way=Payment.Way.TRANSFER, by=None, at=at)


@transaction.atomic
def pay_at_counter(request: PaymentRequest, *, by: Person, at: datetime) -> Payment:
    """Take the whole sum in cash at the counter and write the receipt."""
    require(can_collect(by, request))
    request = locked_request(request)
    reference = f"TM-{request.pk}"
    if paid := Payment.objects.filter(bank_reference=reference).first():
        return paid
    if request.state != State.DUE:
        raise Refused(f"Khoản này {request.get_state_display()}, không thu tiền mặt được.", code="not-due")
    if received := received_for(request):
        raise Refused(
            f"Đã nhận {received:,} đồng bằng chuyển khoản cho khoản này. Xin đối soát trước khi thu tiền mặt.".replace(",", "."),
            code="partly-paid",
        )
    return _take(request, amount=request.amount, reference=reference, remark="", way=Payment.Way.CASH, by=by, at=at)


def _take(
    request: PaymentRequest | None, *, amount: int, reference: str, remark: str, way: Payment.Way, by: Person | None, at: datetime
) -> Payment:
    if amount <= 0 or not reference:
        raise Refused("Giao dịch phải có số tiền lớn hơn 0 và mã giao dịch.", code="bad-payment")
    if request is not None:
        request = locked_request(request)
    # Two calls of the bank at once: the second waits for the first here.
    payment, made = Payment.objects.get_or_create(
        bank_reference=reference,
        defaults={
            "request": request,
            "amount": amount,
            "way": way,
            "remark": remark[:300],
            "at": at,
            "taken_by": by,
            "verdict": Payment.Verdict.UNKNOWN,
        },
    )
    if not made:
        if payment.amount != amount or (request is not None and payment.request_id not in (None, request.pk)):
            raise Refused(f"Mã giao dịch {reference} đã ghi nhận với nội dung khác.", code="reference-reused")
        return payment
    judge(payment, by=by)
    return payment


def judge(payment: Payment, *, by: Person | None) -> None:
    """Measure a payment by its request (locked by the caller), and follow through."""
    request, at = payment.request, payment.at
    if request is None:
        payment.verdict = Payment.Verdict.UNKNOWN
        payment.save()
        _to_reconcile(payment, by)
        return
    before = received_for(request) - payment.amount
    found = reckon(request.amount, before, payment.amount, due=request.state == State.DUE)
    payment.verdict, payment.excess = Payment.Verdict(found.verdict), found.excess
    payment.settled_at = at if found.verdict == Verdict.EXACT else None
    payment.save()
    if found.paid:
        # Earlier parts of the sum are explained by what completed it.
        parts = Payment.objects.filter(request=request, verdict=Payment.Verdict.SHORT, settled_at=None)
        parts.update(settled_at=at, note=f"Nộp đủ bằng giao dịch {payment.bank_reference}.")
        _paid(request, payment, by)
    if found.verdict != Verdict.EXACT:
        _to_reconcile(payment, by)


def _paid(request: PaymentRequest, payment: Payment, by: Person | None) -> None:
    request.state, request.paid_at = State.PAID, payment.at
    request.save(update_fields=["state", "paid_at"])
    receipt = _write_receipt(request, by, payment.at)
    told = PaymentReceived(
        request.code,
        request.amount,
        request.amount_text,
        payment.way,
        payment.get_way_display(),
        str(receipt),
        request.subject_kind,
        request.subject_id,
    )
    record(told, on=request, by=by, at=payment.at)
    tell_paid(request, payment)


def _write_receipt(request: PaymentRequest, by: Person | None, at: datetime) -> Receipt:
    year = localdate(at).year
    return Receipt.objects.create(
        request=request,
        agency_id=request.agency_id,
        symbol=f"BL{year % 100:02d}",
        number=next_number(f"payments.receipt.{request.agency_id}", str(year)),
        amount=request.amount,
        payer_name=request.payer_name,
        issued_at=at,
        issued_by=by,
    )


def _to_reconcile(payment: Payment, by: Person | None) -> None:
    told = PaymentToReconcile(payment.bank_reference, payment.amount, payment.amount_text, payment.get_verdict_display())
    record(told, on=payment, by=by, at=payment.at)
