"""What does not fit is looked at by people, and what the bank's call did not bring is fetched."""

from datetime import date, datetime

import structlog
from django.db import transaction

from tinhso.directory.models import Person
from tinhso.kernel.connectors import connected
from tinhso.kernel.errors import Refused, require
from tinhso.kernel.events import record
from tinhso.payments.access import can_reconcile
from tinhso.payments.actions.receiving import judge, record_transfer
from tinhso.payments.bank import Bank
from tinhso.payments.events import PaymentSettled
from tinhso.payments.hooks import locked_request
from tinhso.payments.models import Payment, PaymentRequest

log = structlog.get_logger()


@transaction.atomic
def settle_payment(payment: Payment, *, note: str, by: Person, at: datetime) -> Payment:
    """Say how a payment that did not fit was put right."""
    payment = Payment.objects.select_for_update(of=("self",)).select_related("request").get(pk=payment.pk)
    require(can_reconcile(by, payment.event_agency_id))
    if payment.settled_at:
        return payment
    note = note.strip()
    if not note:
        raise Refused("Xin ghi cách xử lý: trả lại, nộp bổ sung, chuyển cơ quan khác…", field="note")
    payment.settled_at, payment.settled_by, payment.note = at, by, note[:300]
    payment.save(update_fields=["settled_at", "settled_by", "note"])
    record(PaymentSettled(payment.bank_reference, payment.note), on=payment, by=by, at=at)
    return payment


@transaction.atomic
def attach_payment(payment: Payment, request: PaymentRequest, *, by: Person, at: datetime) -> Payment:
    """Say what a payment was for that named nothing; it then counts as if it had."""
    request = locked_request(request)
    payment = Payment.objects.select_for_update(of=("self",)).get(pk=payment.pk)
    require(can_reconcile(by))
    if payment.request_id == request.pk:
        return payment
    if payment.request_id or payment.settled_at:
        raise Refused("Giao dịch này đã gắn với một khoản nộp hoặc đã xử lý.", code="not-open")
    payment.request, payment.note = request, f"Gắn với {request.purpose} khi đối soát."
    payment.settled_by = by
    payment.save(update_fields=["request", "note", "settled_by"])
    judge(payment, by=by)
    return payment


def fetch_statement(day: date) -> dict[str, int]:
    """Read the bank's statement of a day and note what its calls did not bring; raises NotConnected without a bank."""
    transfers = connected(Bank).transfers(day)
    known = set(Payment.objects.filter(bank_reference__in=[one.reference for one in transfers]).values_list("bank_reference", flat=True))
    refused = 0
    for transfer in transfers:
        try:
            record_transfer(transfer)
        except Refused as refusal:
            # The bank contradicts itself about one transfer; the others are not to wait for that.
            refused += 1
            log.error("transfer_refused", reference=transfer.reference, why=refusal.sentence)
    return {"transfers": len(transfers), "new": sum(one.reference not in known for one in transfers), "refused": refused}
