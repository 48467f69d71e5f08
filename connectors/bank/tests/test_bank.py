"""Whole payments, with a bank and a site that are real servers."""

import json

import httpx2
import pytest
from django.core.management import call_command
from django.utils.timezone import localdate

from connectors.bank.client import HttpBank
from tinhso.payments.actions import fetch_statement
from tinhso.payments.models import Payment, PaymentRequest

pytestmark = pytest.mark.django_db(transaction=True)


def state(request) -> str:
    return PaymentRequest.objects.get(pk=request.pk).state


def test_a_citizen_scans_and_pays_and_the_site_knows(bank, house):
    request = house.ask()
    assert "Cổng đã nhận được báo có." in bank.pay(request)
    assert (state(request), Payment.objects.get().verdict) == ("paid", "exact")


def test_told_twice_it_is_one_payment(bank, house):
    request = house.ask()
    bank.pay(request, tell="twice")
    assert (state(request), Payment.objects.count()) == ("paid", 1)


def test_a_lost_call_is_found_in_the_statement(bank, house, capsys):
    request = house.ask()
    assert "Cổng chưa trả lời" in bank.pay(request, tell="never")
    assert state(request) == "due"
    assert fetch_statement(localdate()) == {"transfers": 1, "new": 1, "refused": 0}
    assert state(request) == "paid"
    bank.pay(house.ask(about=house.neighbour, code="H49.31.05-240415-0001"), amount=30000)
    capsys.readouterr()
    call_command("reconcile_payments", "--day", localdate().isoformat(), "--json")
    said = json.loads(capsys.readouterr().out)
    assert said["statement"] == {"transfers": 2, "new": 0, "refused": 0}
    assert [(row["code"], row["verdict"], row["excess"]) for row in said["to_reconcile"]] == [("H49.31.05-240415-0001", "over", 6000)]


def test_only_who_knows_the_secret_reads_statements(bank):
    with pytest.raises(httpx2.HTTPStatusError):
        HttpBank(bank.url, "guessed").transfers(localdate())


def test_the_bank_reads_no_broken_code(bank):
    assert httpx2.get(f"{bank.url}/pay", params={"qr": "000201010212"}).status_code == 422
