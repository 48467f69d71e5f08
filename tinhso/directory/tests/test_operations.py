"""The operator's page: the ledger's verdict, who is behind, what could not be told."""

import pytest
from django.urls import reverse
from django.utils.timezone import now

from tinhso.directory.models import Role
from tinhso.directory.testing import sign_in
from tinhso.directory.tests.test_pages import house, official  # noqa: F401
from tinhso.kernel import audit
from tinhso.kernel.ledger import Ledger
from tinhso.kernel.models import Event, PendingDelivery
from tinhso.kernel.sealing import Sealer
from tinhso.kernel.tests.happenings import happen, tamper

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(house):  # noqa: F811
    return official("van-hanh", "Huỳnh Vận Hành", house["commune"], Role.OPERATOR)


@pytest.fixture
def ledger(tmp_path):
    found = Ledger(tmp_path / "ledger", tmp_path / "witness" / "heads.jsonl")
    happen(1, 2, 3)
    Sealer(found).seal(at=now())
    return found


@pytest.fixture
def stuck():
    event = Event.objects.order_by("id").first() or happen(1)[0]
    facts = {"listener": "dossiers.handlers.tell", "event": event, "position": 1, "subject_kind": "kernel.counter", "subject_id": 1}
    return PendingDelivery.objects.create(**facts, attempts=11, given_up_at=now(), error="Traceback…\nKeyError: 'unit'")


def test_the_operator_sees_the_verdict_of_the_night(client, operator, ledger, stuck):
    sign_in(client, operator)
    assert "chưa có lần nào" in client.get(reverse("events")).content.decode()
    assert audit.verify_and_record(at=now(), ledger=ledger).ok
    page = client.get(reverse("events")).content.decode()
    assert [word in page for word in ("nguyên vẹn", "3 sự kiện trong 1 khối.", "KeyError: &#x27;unit&#x27;", "Traceback")] == [True] * 3 + [
        False
    ]
    tamper("UPDATE kernel_event SET actor_id = 7 WHERE id = (SELECT min(id) FROM kernel_event)")
    assert not audit.verify_and_record(at=now(), ledger=ledger).ok
    assert "KHÔNG nguyên vẹn" in client.get(reverse("events")).content.decode()


def test_what_could_not_be_told_is_tried_again_or_dropped(client, operator, stuck):
    sign_in(client, operator)
    client.post(reverse("decide-delivery", args=[stuck.pk]), {"verb": "again"})
    stuck.refresh_from_db()
    assert (stuck.attempts, stuck.given_up_at, stuck.next_try_at is not None) == (0, None, True)
    client.post(reverse("decide-delivery", args=[stuck.pk]), {"verb": "discard"})
    assert not PendingDelivery.objects.exists()
    assert [event.actor_id for event in Event.objects.filter(subject_kind="kernel.pendingdelivery")] == [operator.pk] * 2


def test_others_find_no_such_page(client, house, stuck):  # noqa: F811
    for name in ("admin", "lan", "chau", "citizen"):
        sign_in(client, house[name])
        assert client.get(reverse("events")).status_code == 404
        assert client.post(reverse("decide-delivery", args=[stuck.pk]), {"verb": "discard"}).status_code == 404
    assert PendingDelivery.objects.count() == 1
