"""Verbs about money."""

from tinhso.payments.actions.asking import Line, ask_payment, cancel_request, expire_due
from tinhso.payments.actions.receiving import pay_at_counter, record_payment, record_transfer
from tinhso.payments.actions.reconciling import attach_payment, fetch_statement, settle_payment
from tinhso.payments.actions.refunding import ask_refund, complete_refund, refuse_refund
from tinhso.payments.hooks import on_paid, on_refunded

__all__ = [
    "Line",
    "ask_payment",
    "ask_refund",
    "attach_payment",
    "cancel_request",
    "complete_refund",
    "expire_due",
    "fetch_statement",
    "on_paid",
    "on_refunded",
    "pay_at_counter",
    "record_payment",
    "record_transfer",
    "refuse_refund",
    "settle_payment",
]
