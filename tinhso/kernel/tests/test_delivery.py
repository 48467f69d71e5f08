import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils.timezone import now

from tinhso.kernel import delivery, undeliverable
from tinhso.kernel.announcements import Listener
from tinhso.kernel.models import Event, PendingDelivery, Progress
from tinhso.kernel.sealing import Sealer, default_ledger
from tinhso.kernel.tests.happenings import MOMENT, happen

pytestmark = pytest.mark.django_db
KIND = "kernel.Counted"


class Ear:
    """A listener that notes (subject, number) and fails where it is told to."""

    def __init__(self, name: str, since: str = "beginning"):
        self.heard: list[tuple[int, int]] = []
        self.refuses: set[int] = set()
        self.listener = Listener(name=name, kind=KIND, handle=self.hear, since=since)

    def hear(self, event: Event) -> None:
        number = event.announcement.number
        if number in self.refuses:
            raise ValueError(f"không nhận {number}")
        self.heard.append((event.subject_id, number))


@pytest.fixture
def ears(monkeypatch):
    found = [Ear("test.first"), Ear("test.second")]
    monkeypatch.setattr(delivery, "LISTENERS", [ear.listener for ear in found])
    return found


def seal() -> None:
    Sealer(default_ledger(witnessed=False)).seal(at=now())


def waiting() -> list[tuple]:
    return list(
        PendingDelivery.objects.order_by("listener", "position").values_list(
            "listener", "subject_id", "attempts", "next_try_at", "given_up_at"
        )
    )


def test_everyone_hears_everything_in_the_order_of_the_ledger(ears):
    happen(1, 2, on=1)
    happen(3, on=2)
    seal()
    assert delivery.deliver(at=MOMENT) == 3
    assert [ear.heard for ear in ears] == [[(1, 1), (1, 2), (2, 3)]] * 2
    assert (delivery.deliver(at=MOMENT), delivery.lag()) == (0, 0)


def test_what_is_not_sealed_is_not_told(ears):
    happen(1)
    assert (delivery.deliver(at=MOMENT), ears[0].heard) == (0, [])


def test_a_failure_holds_back_its_subject_and_nobody_else(ears):
    ears[0].refuses = {2}
    happen(1, 2, 3, on=1)
    happen(4, on=2)
    seal()
    delivery.deliver(at=MOMENT)
    # The fast try of the batch was undone in the database; what the ear noted in memory is not a database.
    assert ears[0].heard[-2:] == [(1, 1), (2, 4)]
    assert ears[1].heard[-4:] == [(1, 1), (1, 2), (1, 3), (2, 4)]
    assert waiting() == [("test.first", 1, 1, MOMENT + timedelta(seconds=1), None), ("test.first", 1, 0, None, None)]


def test_what_failed_is_tried_again_with_growing_waits_and_in_order(ears):
    ears[0].refuses = {1}
    happen(1, 2, on=1)
    seal()
    delivery.deliver(at=MOMENT)
    assert delivery.retry(at=MOMENT) == 0
    assert delivery.retry(at=MOMENT + timedelta(seconds=1)) == 1
    assert waiting()[0][2:4] == (2, MOMENT + timedelta(seconds=6))
    happen(3, on=1)
    seal()
    delivery.deliver(at=MOMENT)
    assert ears[0].heard == []
    ears[0].refuses = set()
    while delivery.retry(at=MOMENT + timedelta(seconds=6)):
        pass
    assert (ears[0].heard, waiting()) == ([(1, 1), (1, 2), (1, 3)], [])


def test_after_the_last_try_it_is_undeliverable_and_the_next_goes_on(ears):
    ears[0].refuses = {1}
    happen(1, 2, on=1)
    seal()
    moment = MOMENT
    delivery.deliver(at=moment)
    for wait in delivery.WAITS:
        moment += timedelta(seconds=wait)
        delivery.retry(at=moment)
    assert waiting()[0] == ("test.first", 1, len(delivery.WAITS) + 1, None, moment)
    delivery.retry(at=moment)
    assert ears[0].heard == [(1, 2)]
    assert 20 * 3600 <= sum(delivery.WAITS) <= 24 * 3600


def test_an_operator_lists_retries_and_discards_the_undeliverable(ears, capsys):
    ears[0].refuses = {1, 2}
    happen(1, on=1)
    happen(2, on=2)
    seal()
    delivery.deliver(at=MOMENT)
    rows = list(PendingDelivery.objects.order_by("position"))
    call_command("undeliverable", "--json")
    listed = json.loads(capsys.readouterr().out)
    assert [(row["listener"], row["subject"], row["error"]) for row in listed] == [
        ("test.first", "kernel.counter:1", "ValueError: không nhận 1"),
        ("test.first", "kernel.counter:2", "ValueError: không nhận 2"),
    ]
    ears[0].refuses = set()
    undeliverable.try_again(rows[0], by=None, at=MOMENT)
    undeliverable.discard(rows[1], by=None, at=MOMENT)
    delivery.retry(at=MOMENT)
    assert (ears[0].heard, waiting()) == ([(1, 1)], [])
    assert [event.announcement.says() for event in Event.objects.filter(subject_kind="kernel.pendingdelivery").order_by("id")] == [
        f"Cho giao lại sự kiện {rows[0].event_id} tới test.first.",
        f"Bỏ qua sự kiện {rows[1].event_id} chưa giao được tới test.first: ValueError: không nhận 2",
    ]


def test_work_of_a_handler_and_its_progress_are_one_transaction(ears):
    happen(1)
    seal()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        delivery.deliver(at=MOMENT)
        raise ZeroDivisionError  # the worker is killed before the commit
    delivery.deliver(at=MOMENT)
    assert ears[0].heard == [(1, 1), (1, 1)]
    assert Progress.objects.get(listener="test.first").position == 1


def test_a_listener_of_a_new_release_begins_now_unless_it_asks_for_the_beginning(ears, monkeypatch):
    happen(1)
    seal()
    delivery.deliver(at=MOMENT)
    new, curious = Ear("test.new", since="now"), Ear("test.curious")
    monkeypatch.setattr(delivery, "LISTENERS", [ear.listener for ear in (*ears, new, curious)])
    happen(2)
    delivery.deliver(at=MOMENT)
    seal()
    while delivery.deliver(at=MOMENT):
        pass
    assert ([number for _, number in new.heard], [number for _, number in curious.heard]) == ([2], [1, 2])


def test_a_handler_that_asks_for_more_is_heard_to_the_end(ears, drain):
    ears[0].listener.handle = lambda event: happen(event.announcement.number - 1) if event.announcement.number else None
    happen(3)
    drain()
    assert [number for _, number in ears[1].heard] == [3, 2, 1, 0]
