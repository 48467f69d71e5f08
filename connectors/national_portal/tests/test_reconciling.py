"""Finding what the portal has wrongly or not at all, and the page of whoever looks after it."""

import json
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from connectors.national_portal.models import Sync
from tinhso.directory.models import Person, Post, Role
from tinhso.directory.testing import sign_in
from tinhso.dossiers.actions.reception import receive, withdraw
from tinhso.dossiers.testing import SINCE, at, filed, publish
from tinhso.kernel.measures import MEASURES, Period


@pytest.fixture(autouse=True)
def clock(office):
    with time_machine.travel(at("2024-04-19 12:00"), tick=False) as traveller:
        yield traveller


@pytest.fixture
def operator(office):
    person = Person(kind=Person.Kind.OFFICIAL, username="van.hanh", full_name="Vũ Vận Hành")
    person.set_unusable_password()
    person.save()
    Post.objects.create(person=person, unit=office.department, role=Role.OPERATOR, valid_from=SINCE, title="")
    return person


def reconciled(*options) -> dict:
    out = StringIO()
    call_command("reconcile_portal", "--json", *options, stdout=out)
    return json.loads(out.getvalue())


def test_what_the_portal_lost_or_never_heard_is_found_and_sent_again(simulator, settings, monkeypatch, office, version, drain):
    lost, stale, equal = (filed(office, version) for _ in range(3))
    drain()
    simulator.control(forget=[lost.code])
    with monkeypatch.context() as unconnected:
        unconnected.setattr(settings.ENV, "national_portal_url", "")
        never = filed(office, version)
        receive(stale, by=office.clerk, at=at("2024-04-15 10:00"))
        drain()
    found = reconciled("--repair")
    assert (found["connected"], found["checked"], found["error"]) == (True, 4, "")
    assert found["differences"] == [
        {"code": lost.code, "difference": "missing", "ours": 1, "theirs": None},
        {"code": stale.code, "difference": "status", "ours": 2, "theirs": 1},
        {"code": never.code, "difference": "missing", "ours": 1, "theirs": None},
    ]
    drain()
    again = reconciled()
    assert (again["checked"], again["differences"]) == (4, [])
    assert again["figures"] == {"dossiers": 4, "never_sent": 0, "waiting": 0, "rejected": 0, "given_up": 0, "different": 0}
    kept = simulator.kept()
    assert {code: row["TrangThaiHoSo"] for code, row in kept["records"].items()} == {
        lost.code: "1",
        stale.code: "2",
        equal.code: "1",
        never.code: "1",
    }


def test_a_portal_that_does_not_answer_ends_the_comparison_in_words(simulator, office, version, drain):
    filed(office, version)
    drain()
    simulator.stop()
    found = reconciled()
    assert (found["checked"], found["error"].split(" (")[0]) == (0, "Không kết nối được Cổng quốc gia")
    assert Sync.objects.get().checked_at is None


def test_where_no_portal_is_set_up_the_command_says_so(office):
    assert reconciled() == {
        "connected": False,
        "figures": {"dossiers": 0, "never_sent": 0, "waiting": 0, "rejected": 0, "given_up": 0, "different": 0},
    }


def test_the_page_lists_what_was_refused_and_sends_it_again(simulator, office, operator, client, drain):
    wrong = filed(office, publish(code="1.000009"))
    drain()
    sign_in(client, operator)
    page = client.get("/quan-tri/dong-bo/").content.decode()
    assert wrong.code in page
    assert "Hồ sơ không hợp lệ: MaLinhVuc không được để trống." in page
    assert "Bình An" not in page
    answer = client.post(f"/quan-tri/dong-bo/{wrong.code}/gui-lai/", follow=True)
    assert f"Sẽ gửi lại hồ sơ {wrong.code} ngay." in answer.content.decode()
    assert client.post("/quan-tri/dong-bo/doi-chieu/").status_code == 302
    for which in ("cho-gui", "khac-nhau"):
        assert client.get("/quan-tri/dong-bo/", {"xem": which}).status_code == 200


@pytest.mark.parametrize("who", ["chau", "clerk", "leader", "an"])
def test_nobody_else_finds_the_page(office, version, client, who):
    dossier = filed(office, version)
    withdraw(dossier, reason="Nộp nhầm", by=office.an, at=at("2024-04-15 10:00"))
    sign_in(client, getattr(office, who))
    answers = [
        client.get("/quan-tri/dong-bo/"),
        client.post("/quan-tri/dong-bo/doi-chieu/"),
        client.post(f"/quan-tri/dong-bo/{dossier.code}/gui-lai/"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_the_share_of_dossiers_that_the_portal_has_is_a_figure(simulator, settings, monkeypatch, office, version, drain):
    for _ in range(2):
        receive(filed(office, version), by=office.clerk, at=at("2024-04-15 10:00"))
    drain()
    monkeypatch.setattr(settings.ENV, "national_portal_url", "")
    receive(filed(office, version), by=office.clerk, at=at("2024-04-15 10:00"))
    filed(office, version)
    drain()
    april, may = Period(date(2024, 4, 1), date(2024, 4, 30)), Period(date(2024, 5, 1), date(2024, 5, 31))
    share = MEASURES["national_portal.synced"].compute
    assert share(None, april) == {office.commune.pk: Decimal("66.67")}
    assert (share([office.neighbour.pk], april), share(None, may)) == ({}, {})
