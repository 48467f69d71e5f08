"""The simulator is strict: a client that works with it has done its part of the protocol."""

import base64
import hashlib
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from django.conf import settings

from connectors.eid.simulator import CALLBACK, SETTINGS

VERIFIER = "v" * 43
GOOD = {
    "client_id": "tinhso",
    "redirect_uri": settings.SITE_URL + CALLBACK,
    "response_type": "code",
    "scope": "openid",
    "state": "s",
    "nonce": "n",
    "code_challenge": base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode(),
    "code_challenge_method": "S256",
}
CLIENT = ("tinhso", SETTINGS["TINHSO_EID_CLIENT_SECRET"])


def code(simulator) -> str:
    answer = httpx2.post(f"{simulator}/authorize", data=GOOD | {"citizen": "0", "level": "2"})
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))["code"]


def exchange(simulator, given, client=CLIENT, **changes):
    form = {"grant_type": "authorization_code", "code": given, "redirect_uri": GOOD["redirect_uri"], "code_verifier": VERIFIER} | changes
    return httpx2.post(f"{simulator}/token", data=form, auth=client)


@pytest.mark.parametrize("change", [{"client_id": "khac"}, {"redirect_uri": GOOD["redirect_uri"] + "x"}, {"redirect_uri": ""}])
def test_an_unknown_client_or_address_is_not_redirected(simulator, change):
    answer = httpx2.get(f"{simulator}/authorize", params=GOOD | change)
    assert (answer.status_code, "Location" in answer.headers) == (400, False)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"nonce": ""}, "invalid_request"),
        ({"state": ""}, "invalid_request"),
    ],
)
def test_a_request_out_of_order_goes_back_with_its_error(simulator, change, error):
    answer = httpx2.get(f"{simulator}/authorize", params=GOOD | change)
    assert dict(parse_qsl(urlsplit(answer.headers["Location"]).query))["error"] == error


@pytest.mark.parametrize(
    ("client", "changes", "error"),
    [
        (("tinhso", "sai"), {}, "invalid_client"),
        (("khac", CLIENT[1]), {}, "invalid_client"),
        (CLIENT, {"grant_type": "password"}, "unsupported_grant_type"),
        (CLIENT, {"code_verifier": "w" * 43}, "invalid_grant"),
        (CLIENT, {"redirect_uri": "http://127.0.0.1/"}, "invalid_grant"),
        (CLIENT, {"code": "khong-co"}, "invalid_grant"),
    ],
)
def test_a_token_is_not_given_for_less_than_everything(simulator, client, changes, error):
    assert exchange(simulator, code(simulator), client, **changes).json()["error"] == error


def test_a_code_used_twice_ends_the_token_of_the_first_use(simulator):
    once = code(simulator)
    token = exchange(simulator, once).json()["access_token"]
    ask = lambda: httpx2.get(f"{simulator}/userinfo", headers={"Authorization": f"Bearer {token}"})  # noqa: E731
    assert ask().json()["HoVaTen"] == "Nguyễn Thị Bình An"
    assert exchange(simulator, once).json()["error"] == "invalid_grant"
    assert ask().status_code == 401


def test_its_page_lists_the_citizens_of_the_demonstration(simulator):
    page = httpx2.get(f"{simulator}/authorize", params=GOOD).text
    assert all(name in page for name in ("Nguyễn Thị Bình An", "Trần Minh Châu"))
