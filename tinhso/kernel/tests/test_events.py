"""One row is audit trail, timeline and outbox, in the transaction of what happened."""

from dataclasses import dataclass

import pytest
from django.db import transaction

from tinhso.kernel.announcements import KINDS, Announcement
from tinhso.kernel.events import record, restore, timeline
from tinhso.kernel.models import Counter, Event
from tinhso.kernel.tests.happenings import MOMENT, Counted, Weighed, happen

pytestmark = pytest.mark.django_db


def test_an_event_says_what_happened_to_what_when_and_by_whom():
    event = record(Counted(3), on=Counter(pk=5), by=Counter(pk=9), at=MOMENT, agency_id=2)
    event.refresh_from_db()
    facts = (event.kind, event.subject_kind, event.subject_id, event.actor_id, event.agency_id, event.at, event.payload)
    assert facts == ("kernel.Counted", "kernel.counter", 5, 9, 2, MOMENT, {"number": 3})
    assert (restore(event), event.announcement.says()) == (Counted(3), "Đếm 3.")


def test_what_is_rolled_back_did_not_happen():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        happen(1)
        raise ZeroDivisionError
    assert Event.objects.count() == 0


def test_a_timeline_is_of_one_thing_oldest_first(monkeypatch):
    happen(1, 2, on=1)
    happen(3, on=2)
    record(Weighed(2.5, {}), on=Counter(pk=1), by=None, at=MOMENT)
    assert [event.announcement.says() for event in timeline(Counter(pk=1))] == ["Đếm 1.", "Đếm 2.", "Cân 2.5."]
    monkeypatch.setattr(Weighed, "public", True)
    assert [event.announcement.says() for event in timeline(Counter(pk=1), public_only=True)] == ["Cân 2.5."]


def test_a_payload_holds_plain_values_only():
    with pytest.raises(TypeError, match="not a plain value"):
        record(Weighed(1.0, {"lúc": MOMENT}), on=Counter(pk=1), by=None, at=MOMENT)


def test_two_announcements_may_not_share_a_name():
    with pytest.raises(TypeError, match=r"two announcements are called kernel\.Counted"):

        @dataclass(frozen=True)
        class Counted(Announcement):
            number: int

    assert KINDS["kernel.Counted"].__qualname__ == "Counted"
