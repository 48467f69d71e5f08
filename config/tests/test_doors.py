"""Health, readiness, error pages and the headers that every answer carries."""

import pytest
from django.test import Client, RequestFactory, override_settings

from config import errors

HEADERS = {
    "Content-Security-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "X-Request-Id",
}


def test_health_asks_nobody(client):
    answer = client.get("/health")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_ready_says_what_it_looked_at(client):
    answer = client.get("/ready")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "checks": {"database": True, "clock": True, "disk": True}})


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/health", "/ready", "/khong-co-trang-nay/", "/static/khong-co.css"])
def test_every_answer_has_the_headers(client, address):
    answer = client.get(address)
    assert HEADERS - set(answer.headers) == set()
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@override_settings(SECURE_HSTS_SECONDS=31536000)
def test_https_is_remembered():
    answer = Client().get("/health", secure=True)
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


@pytest.mark.parametrize(
    ("page", "status"),
    [(errors.bad_request, 400), (errors.forbidden, 403), (errors.csrf_failure, 403), (errors.not_found, 404), (errors.server_error, 500)],
)
def test_what_went_wrong_is_said_in_vietnamese(page, status):
    answer = page(RequestFactory().get("/ho-so/"))
    assert answer.status_code == status
    assert 'lang="vi"' in answer.content.decode()


def test_programs_get_a_problem():
    answer = errors.not_found(RequestFactory().get("/api/v1/dossiers/x"))
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_the_proxys_number_is_kept_and_a_forged_one_is_not(client):
    assert client.get("/health", headers={"X-Request-Id": "abc123"})["X-Request-Id"] == "abc123"
    assert client.get("/health", headers={"X-Request-Id": "a\tb<script>"})["X-Request-Id"] != "a\tb<script>"
