"""The door for the bank: only what it signed, only now, each transfer once."""

import json
import time

import pytest

from connectors.bank.signatures import HEADER, NotBelieved, check, sign
from tinhso.payments.models import Payment
from tinhso.payments.tests.conftest import CODE

pytestmark = pytest.mark.django_db
PATH = "/api/v1/payments/callback"
TOLD = {"reference": "FT26001A", "account": "49000000000001", "amount": 24000, "remark": CODE, "at": "2024-04-15T09:05:00+07:00"}


def call(client, secret, told=None, *, at=None, path=PATH, header=None, body=None):
    body = json.dumps(TOLD | (told or {})).encode() if body is None else body
    header = sign(secret, verb="POST", path=path, body=body, at=at or int(time.time())) if header is None else header
    return client.post(PATH, body, content_type="application/json", headers={HEADER: header})


def test_a_signed_call_pays(client, house, secret):
    request = house.ask()
    answer = call(client, secret)
    request.refresh_from_db()
    assert (answer.status_code, answer.json()) == (200, {"reference": "FT26001A", "status": "recorded", "verdict": "exact"})
    assert (request.state, request.paid_at.isoformat()) == ("paid", "2024-04-15T02:05:00+00:00")
    assert call(client, secret).json() == {"reference": "FT26001A", "status": "known", "verdict": "exact"}
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    "forged",
    [
        {"header": ""},
        {"header": "t=1,v1=00"},
        {"ago": 301},
        {"ago": -400},
        {"path": "/api/v1/payments/other"},
    ],
)
def test_what_the_bank_did_not_sign_now_for_us_is_not_believed(client, house, secret, forged):
    house.ask()
    # Counted from now, not from when the tests were collected.
    moment = {"at": int(time.time()) - forged["ago"]} if "ago" in forged else forged
    answer = call(client, secret, **moment)
    assert (answer.status_code, answer["Content-Type"], Payment.objects.count()) == (401, "application/problem+json", 0)


def test_a_changed_amount_or_a_foreign_key_is_not_believed(client, house, secret):
    house.ask()
    signed = sign(secret, verb="POST", path=PATH, body=json.dumps(TOLD).encode(), at=int(time.time()))
    assert call(client, secret, {"amount": 1}, header=signed).status_code == 401
    assert call(client, "another secret").status_code == 401


@pytest.mark.parametrize(
    "told",
    [
        {"amount": "24000"},
        {"amount": 0},
        {"amount": -1},
        {"amount": 24000.5},
        {"at": "2024-04-15T09:05:00"},
        {"reference": "x'; --"},
        {"more": 1},
    ],
)
def test_what_the_bank_may_not_say_is_refused(client, house, secret, told):
    house.ask()
    assert (call(client, secret, told).status_code, Payment.objects.count()) == (422, 0)


def test_no_json_and_no_end_are_refused(client, secret):
    assert [call(client, secret, body=body).status_code for body in (b"", b"[]", b"{", b"x" * 20000)] == [422, 422, 422, 413]


def test_one_reference_with_another_amount_is_a_conflict(client, house, secret):
    house.ask()
    call(client, secret)
    assert call(client, secret, {"amount": 25000}).status_code == 409


def test_without_a_bank_the_door_is_closed(client, house):
    assert call(client, "", header="t=1,v1=" + "0" * 64).status_code == 503


def test_a_signature_binds_every_part():
    header = sign("s", verb="POST", path="/a", body=b"b", at=100)
    check("s", header, verb="POST", path="/a", body=b"b", now=400)
    for change in ({"verb": "GET"}, {"path": "/b"}, {"body": b"c"}, {"now": 401}):
        with pytest.raises(NotBelieved):
            check("s", header, **({"verb": "POST", "path": "/a", "body": b"b", "now": 100} | change))
    with pytest.raises(NotBelieved):
        check("", sign("", verb="POST", path="/a", body=b"b", at=100), verb="POST", path="/a", body=b"b", now=100)
