"""Many at once: guesses are all counted, a code opens once, a citizen is one person."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.utils.timezone import now

from tinhso.directory.actions import begin_attempt, citizen_for, signed_in_citizen
from tinhso.directory.models import FailedSignIn, Person
from tinhso.directory.rules import FREE_FAILURES, Identity
from tinhso.directory.second_factor import current_code, seal_secret, use_code
from tinhso.kernel.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def at_once(times, do):
    """Do a thing in many threads and return the answers; a refusal answers with its code."""

    def one(number):
        try:
            return do(number)
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        return list(threads.map(one, range(times)))


def test_guesses_sent_at_once_are_all_counted():
    at = now()
    answers = at_once(40, lambda number: begin_attempt("hoa", address="10.0.0.1", at=at + timedelta(milliseconds=number)).pk)
    assert answers.count("locked-out") == 40 - FREE_FAILURES
    assert FailedSignIn.objects.count() == FREE_FAILURES


def test_a_code_sent_twice_at_once_opens_once():
    hoa = Person.objects.create(kind=Person.Kind.OFFICIAL, username="hoa", full_name="Lê Thị Hòa")
    Authenticator.objects.create(user=hoa, type="totp", data={"secret": seal_secret(SECRET)})
    moment = now().timestamp()
    answers = at_once(8, lambda number: use_code(hoa, current_code(SECRET, moment), moment=moment))
    assert [bool(answer) for answer in answers].count(True) == 1


def test_a_citizen_who_is_met_everywhere_at_once_is_one_person():
    identity = Identity("s", "049190012345", "Nguyễn Thị Bình An", 2)
    met = at_once(
        12,
        lambda number: (
            (signed_in_citizen(identity, at=now()) if number % 2 else citizen_for("049190012345", full_name="Nguyễn Thị Bình An")).pk
        ),
    )
    assert (len(set(met)), Person.objects.count()) == (1, 1)
