"""Fees and charges: asked for at filing or later, paid, and no longer asked when the dossier ends otherwise."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tinhso.directory.models import Person
from tinhso.dossiers.access import can_work, desk_hat
from tinhso.dossiers.actions.moving import change, check, end_pause, locked, refresh_deadline, start_pause
from tinhso.dossiers.events import FeeAsked, FeePaid
from tinhso.dossiers.models import Channel, Dossier, Money, Pause, Status
from tinhso.dossiers.rules.states import Verb
from tinhso.kernel.errors import Refused, require
from tinhso.kernel.events import record
from tinhso.payments.actions.asking import Line, ask_payment, cancel_request
from tinhso.payments.actions.receiving import pay_at_counter
from tinhso.payments.actions.refunding import ask_refund
from tinhso.payments.models import Payment, PaymentRequest
from tinhso.payments.queries import due_about, held_for, payments_about
from tinhso.payments.rules import money_text
from tinhso.procedures.definition import Definition, FeeTiming


def filing_fees(definition: Definition, channel: str) -> list[Line]:
    """Return the fees due at filing through a channel, with the reduction for filing online."""
    terms = definition.terms(channel)
    lines: list[Line] = []
    for fee in terms.fees if terms else []:
        percent = fee.online_percent if channel == Channel.ONLINE else 100
        if fee.amount and fee.timing == FeeTiming.FILING and fee.amount * percent // 100:
            lines.append(Line(fee.name[:200], fee.amount * percent // 100, fee.kind, fee.code))
    return lines


def ask_filing_fees(dossier: Dossier, lines: Sequence[Line], *, by: Person, at: datetime) -> None:
    """Open the payment of what is due at filing. An office without an account yet takes the money at its desk later."""
    try:
        with transaction.atomic():
            _ask(dossier, lines, by=by, at=at)
    except Refused as refusal:
        if refusal.code != "no-account":
            raise


def _ask(dossier: Dossier, lines: Sequence[Line], *, by: Person, at: datetime) -> PaymentRequest:
    # The desk that takes the dossier in also takes its money, wherever it is solved.
    desk = dossier.receiving_unit
    return ask_payment(
        about=dossier, code=dossier.code, lines=lines, payer=dossier.applicant, by=by, at=at, agency_id=desk.agency_id or desk.pk
    )


@transaction.atomic
def ask_fee(dossier: Dossier, *, lines: Sequence[Line], by: Person, at: datetime) -> Dossier:
    """Ask for money while the work goes on (form 01's fees set later, land duties…): the clock waits for it."""
    dossier = locked(dossier)
    require(can_work(by, dossier) or desk_hat(by, dossier) is not None)
    if dossier.status == Status.FEE:
        return dossier
    check(Verb.ASK_FEE, dossier)
    request = _ask(dossier, lines, by=by, at=at)
    if dossier.received_at:
        start_pause(dossier, Pause.Reason.FEE, at=at)
    change(dossier, status=Status.FEE, money=Money.DUE)
    if dossier.received_at:
        refresh_deadline(dossier)
    record(FeeAsked(dossier.code, request.amount, money_text(request.amount)), on=dossier, by=by, at=at)
    return dossier


@transaction.atomic
def take_cash(dossier: Dossier, *, by: Person, at: datetime) -> Dossier:
    """Take what is due in cash at the desk."""
    require(desk_hat(by, dossier) is not None)
    request = due_about(dossier)
    if request is None and dossier.money == Money.DUE:
        lines = filing_fees(dossier.definition, dossier.channel)
        request = _ask(dossier, lines, by=by, at=at) if lines else None
    if request is None:
        if dossier.money == Money.PAID:
            return dossier
        raise Refused("Hồ sơ không còn khoản nào phải nộp.", code="nothing-due")
    pay_at_counter(request, by=by, at=at)
    dossier.refresh_from_db()
    return dossier


def fee_paid(dossier_id: int, request: PaymentRequest, payment: Payment) -> None:
    """Note that the money is there, and let the clock run again if it waited for it. In the payment's transaction."""
    dossier = locked(Dossier(pk=dossier_id))
    waited = dossier.status == Status.FEE
    change(dossier, money=Money.PAID, **({"status": Status.PROCESSING if dossier.received_at else Status.FILED} if waited else {}))
    if waited and end_pause(dossier, at=payment.at, reasons=[Pause.Reason.FEE]):
        refresh_deadline(dossier)
    told = FeePaid(dossier.code, request.amount, money_text(request.amount), payment.way == Payment.Way.TRANSFER)
    record(told, on=dossier, by=payment.taken_by, at=payment.at)


def fee_refunded(dossier_id: int) -> None:
    change(locked(Dossier(pk=dossier_id)), money=Money.REFUNDED)


def ask_no_longer(dossier: Dossier, *, reason: str, by: Person, at: datetime) -> None:
    """Close what is due, and ask for what was paid to go back, when the dossier ends before any work was done for it."""
    for request in payments_about(dossier):
        if request.state == PaymentRequest.State.DUE:
            cancel_request(request, reason=reason, by=by, at=at)
            change(dossier, money=Money.NONE)
        elif request.state == PaymentRequest.State.PAID and dossier.received_at is None and (held := held_for(request)):
            ask_refund(request, amount=held, reason=reason, by=by, at=at)
