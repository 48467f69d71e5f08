"""Money goes back: one asks, another carries it out."""

from datetime import datetime

from django.db import transaction

from tinhso.directory.models import Person
from tinhso.kernel.errors import Refused, require
from tinhso.kernel.events import record
from tinhso.payments.access import can_reconcile
from tinhso.payments.events import RefundAsked, RefundEnded
from tinhso.payments.hooks import locked_request, tell_refunded
from tinhso.payments.models import PaymentRequest, Refund
from tinhso.payments.queries import held_for
from tinhso.payments.rules import money_text

State = Refund.State


@transaction.atomic
def ask_refund(request: PaymentRequest, *, amount: int, reason: str, by: Person | None, at: datetime) -> Refund:
    """Ask that money go back: the dossier was stopped, or too much was paid. Whoever calls has the right to."""
    request = locked_request(request)
    if waiting := Refund.objects.filter(request=request, state=State.ASKED).first():
        if waiting.amount == amount:
            return waiting
        raise Refused(f"Đang có đề nghị hoàn {waiting.amount_text} cho khoản này.", code="already-asked")
    reason = reason.strip()
    if not reason:
        raise Refused("Xin ghi lý do hoàn tiền.", field="reason")
    held = held_for(request)
    if not 0 < amount <= held:
        raise Refused(f"Số tiền hoàn phải lớn hơn 0 và không quá số đang giữ là {money_text(held)}.", field="amount")
    refund = Refund.objects.create(request=request, amount=amount, reason=reason[:300], asked_by=by, asked_at=at)
    record(RefundAsked(request.code, refund.amount_text, refund.reason), on=request, by=by, at=at)
    return refund


@transaction.atomic
def complete_refund(refund: Refund, *, bank_reference: str, by: Person, at: datetime) -> Refund:
    """Note that the money has gone back. Who asked may not also carry out."""
    request = locked_request(refund.request)
    refund = Refund.objects.select_for_update().get(pk=refund.pk)
    _may_end(refund, request, by)
    if refund.state == State.DONE and refund.bank_reference == bank_reference.strip():
        return refund
    _still_open(refund)
    if not bank_reference.strip():
        raise Refused("Xin ghi mã giao dịch hoàn tiền.", field="bank_reference")
    if Refund.objects.filter(bank_reference=bank_reference.strip()).exists():
        raise Refused("Mã giao dịch này đã dùng cho một lần hoàn khác.", field="bank_reference")
    refund.bank_reference = bank_reference.strip()[:60]
    _end(refund, request, State.DONE, "", by=by, at=at)
    if held_for(request) == 0 and request.state == PaymentRequest.State.PAID:
        request.state, request.closed_at, request.closed_reason = PaymentRequest.State.REFUNDED, at, refund.reason
        request.save(update_fields=["state", "closed_at", "closed_reason"])
    tell_refunded(request, refund)
    return refund


@transaction.atomic
def refuse_refund(refund: Refund, *, note: str, by: Person, at: datetime) -> Refund:
    """Say why the money does not go back."""
    request = locked_request(refund.request)
    refund = Refund.objects.select_for_update().get(pk=refund.pk)
    _may_end(refund, request, by)
    if refund.state == State.REFUSED:
        return refund
    _still_open(refund)
    if not note.strip():
        raise Refused("Xin ghi lý do không hoàn tiền.", field="note")
    return _end(refund, request, State.REFUSED, note.strip()[:300], by=by, at=at)


def _may_end(refund: Refund, request: PaymentRequest, by: Person) -> None:
    require(can_reconcile(by, request.agency_id))
    require(refund.asked_by_id != by.pk, "Người đề nghị hoàn tiền không được tự thực hiện.")


def _still_open(refund: Refund) -> None:
    if refund.state != State.ASKED:
        raise Refused(f"Đề nghị này {refund.get_state_display()} rồi.", code="ended")


def _end(refund: Refund, request: PaymentRequest, state: State, note: str, *, by: Person, at: datetime) -> Refund:
    refund.state, refund.note, refund.ended_by, refund.ended_at = state, note, by, at
    refund.save(update_fields=["state", "note", "ended_by", "ended_at", "bank_reference"])
    told = RefundEnded(request.code, refund.amount_text, refund.get_state_display(), note, request.subject_kind, request.subject_id)
    record(told, on=request, by=by, at=at)
    return refund
