"""A doubled button, a retrying client, two tabs: the work is done once, the answer given each time."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from tinhso.kernel.codes import next_number
from tinhso.kernel.errors import Refused
from tinhso.kernel.models import Counter, OnceKey
from tinhso.kernel.once import once

KEY = uuid.UUID("00000000-0000-0000-0000-00000000000a")


def file(key=KEY, *, verb="file", by_id=7, request=None, do=None):
    return once(key, verb, by_id=by_id, request={"code": "1"} if request is None else request, do=do or (lambda: next_number("filed", "-")))


@pytest.mark.django_db
def test_asked_again_it_gives_the_first_answer():
    assert (file(), file(), Counter.objects.get().value) == (1, 1, 1)


@pytest.mark.django_db
def test_work_that_answers_nothing_is_done_once_too():
    for _ in range(2):
        assert file(do=lambda: next_number("silent", "-") and None) is None
    assert Counter.objects.get().value == 1


@pytest.mark.django_db
def test_without_a_key_each_asking_is_work():
    assert (file(None), file(None)) == (1, 2)


@pytest.mark.django_db
@pytest.mark.parametrize("other", [{"request": {"code": "2"}}, {"verb": "withdraw"}, {"by_id": 8}, {"by_id": None}])
def test_a_key_of_another_errand_is_refused(other):
    file()
    with pytest.raises(Refused) as refused:
        file(**other)
    assert refused.value.code == "key-reused"


@pytest.mark.django_db
def test_what_failed_may_be_asked_again():
    with pytest.raises(ZeroDivisionError):
        file(do=lambda: 1 / 0)
    assert (OnceKey.objects.count(), file()) == (0, 1)


@pytest.mark.django_db(transaction=True)
def test_four_at_once_with_one_key_are_one():
    together = Barrier(4)

    def press(_):
        together.wait(10)
        try:
            return file()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(press, range(4))) == [1, 1, 1, 1]
    assert Counter.objects.get().value == 1
