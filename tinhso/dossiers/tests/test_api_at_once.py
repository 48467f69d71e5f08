"""Calls that come at the same moment, from a client that does not wait."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from tinhso.dossiers.models import Dossier
from tinhso.dossiers.testing import build_office, publish
from tinhso.dossiers.tests.api_client import System, filing
from tinhso.kernel.events import timeline

AT_ONCE = 6


@pytest.fixture
def system(transactional_db):
    office = build_office()
    publish()
    return System("voi-va", [office.commune])


def together(call, times=AT_ONCE):
    def one(number):
        try:
            return call(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def test_the_same_filing_sent_at_once_is_one_dossier(system):
    key = uuid.uuid4()
    answers = together(lambda number: system.post("/dossiers", filing(), key=key))
    assert {answer.status_code for answer in answers} == {201}
    assert {answer.json()["code"] for answer in answers} == {Dossier.objects.get().code}


def test_filings_at_once_have_codes_without_gap_or_repeat(system):
    answers = together(lambda number: system.post("/dossiers", filing(), key=uuid.uuid4()))
    assert sorted(answer.json()["code"][-4:] for answer in answers) == [f"{number:04d}" for number in range(1, AT_ONCE + 1)]


def test_a_reception_sent_at_once_happens_once(system):
    code = system.post("/dossiers", filing()).json()["code"]
    key = uuid.uuid4()
    answers = together(lambda number: system.ask("post", f"/dossiers/{code}/receive", {"by": "thu.clerk"}, key=key if number % 2 else None))
    assert {(answer.status_code, answer.json()["status"]) for answer in answers} == {(200, 2)}
    kinds = [event.kind for event in timeline(Dossier.objects.get())]
    assert kinds == ["dossiers.DossierFiled", "dossiers.DossierReceived", "dossiers.StepOpened"]
