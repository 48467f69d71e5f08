"""Let payments read the bank's statements, where a bank is set up."""

from django.conf import settings

from connectors.bank.client import HttpBank
from tinhso.kernel.connectors import connect
from tinhso.payments.bank import Bank


def connect_here() -> None:
    if settings.ENV.bank_url and settings.ENV.bank_callback_secret:
        connect(Bank, HttpBank(settings.ENV.bank_url, settings.ENV.bank_callback_secret))
