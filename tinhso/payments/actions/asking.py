"""Asking for money, and no longer asking."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Model
from django.utils.timezone import localdate

from tinhso.directory.models import Person
from tinhso.kernel.errors import Refused
from tinhso.kernel.events import record
from tinhso.payments.events import PaymentAsked, PaymentClosed
from tinhso.payments.hooks import locked_request
from tinhso.payments.models import PaymentLine, PaymentRequest
from tinhso.payments.queries import account_for
from tinhso.payments.rules import key_of, money_text, purpose_of

State = PaymentRequest.State


@dataclass(frozen=True)
class Line:
    """One fee (phi) or charge (le_phi) to pay."""

    name: str
    amount: int
    kind: str = "le_phi"
    code: str = ""


@transaction.atomic
def ask_payment(
    *,
    about: Model,
    code: str,
    lines: Sequence[Line],
    payer: Person | str,
    by: Person | None,
    at: datetime,
    expires_at: datetime | None = None,
    agency_id: int | None = None,
) -> PaymentRequest:
    """Ask for the sum of the lines; asked twice for the same, it is one request.

    Whoever calls has the right to: a dossier's own rules say when money is due.
    """
    amount = sum(line.amount for line in lines)
    if amount <= 0:
        raise Refused("Khoản nộp phải có ít nhất một dòng và lớn hơn 0 đồng.", field="lines")
    kind, number = about._meta.label_lower, about.pk
    requests = PaymentRequest.objects.select_for_update().filter(subject_kind=kind, subject_id=number)
    if open_one := requests.filter(state=State.DUE).first():
        if _lines_of(open_one) == sorted((line.name, line.amount) for line in lines):
            return open_one
        raise Refused(
            f"Hồ sơ {code} đang có khoản chờ nộp {open_one.amount_text}. Xin chờ nộp hoặc hủy khoản đó trước.", code="already-due"
        )
    agency = agency_id if agency_id is not None else about.event_agency_id  # type: ignore[attr-defined]
    account = account_for(agency, localdate(at))
    if account is None:
        raise Refused("Cơ quan chưa khai báo tài khoản nhận tiền.", code="no-account")
    ordinal = (PaymentRequest.objects.filter(code=code).aggregate(last=Max("ordinal"))["last"] or 0) + 1
    purpose = purpose_of(code, ordinal)
    request = PaymentRequest.objects.create(
        subject_kind=kind,
        subject_id=number,
        agency_id=agency,
        account=account,
        code=code,
        ordinal=ordinal,
        purpose=purpose,
        key=key_of(purpose),
        token=secrets.token_urlsafe(18),
        amount=amount,
        payer=payer if isinstance(payer, Person) else None,
        payer_name=payer.full_name if isinstance(payer, Person) else payer,
        asked_by=by,
        asked_at=at,
        expires_at=expires_at,
    )
    PaymentLine.objects.bulk_create(
        [PaymentLine(request=request, name=line.name, code=line.code, kind=line.kind, amount=line.amount) for line in lines]
    )
    record(PaymentAsked(code, amount, money_text(amount), kind, number), on=request, by=by, at=at)
    return request


def _lines_of(request: PaymentRequest) -> list[tuple[str, int]]:
    return sorted(request.lines.values_list("name", "amount"))


@transaction.atomic
def cancel_request(request: PaymentRequest, *, reason: str, by: Person | None, at: datetime) -> PaymentRequest:
    """Ask no longer: the dossier was withdrawn or stopped. Money that still comes goes to reconciliation."""
    request = locked_request(request)
    if request.state == State.CANCELLED:
        return request
    if request.state in (State.PAID, State.REFUNDED):
        raise Refused(f"Khoản này {request.get_state_display()}; muốn trả lại tiền xin đề nghị hoàn.", code="paid")
    return _close(request, State.CANCELLED, reason, by=by, at=at)


@transaction.atomic
def expire_due(*, at: datetime) -> int:
    """Close the requests whose time is over, and return how many."""
    over = PaymentRequest.objects.select_for_update(skip_locked=True).filter(state=State.DUE, expires_at__lte=at)
    for request in over:
        _close(request, State.EXPIRED, "Quá hạn nộp.", by=None, at=at)
    return len(over)


def _close(request: PaymentRequest, state: State, reason: str, *, by: Person | None, at: datetime) -> PaymentRequest:
    request.state, request.closed_at, request.closed_reason = state, at, reason[:300]
    request.save(update_fields=["state", "closed_at", "closed_reason"])
    record(PaymentClosed(request.code, request.amount_text, request.get_state_display(), reason), on=request, by=by, at=at)
    return request
