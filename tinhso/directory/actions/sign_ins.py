"""Signing in: attempts and their lock-out, ending sessions, taking away a lost second factor."""

import math
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.db import connection, transaction
from django.db.models import F

from tinhso.directory.access import can_administer_person
from tinhso.directory.events import SecondFactorReset, SessionsEnded
from tinhso.directory.models import FailedSignIn, Person
from tinhso.directory.rules import FAILURES_COUNT_FOR, FAILURES_PER_ADDRESS, wait_after
from tinhso.kernel.errors import Refused, require
from tinhso.kernel.events import record
from tinhso.kernel.vault import blind_index


@transaction.atomic
def begin_attempt(account: str, *, address: str, at: datetime) -> FailedSignIn:
    """Count a sign-in as failed before it is tried, or refuse it when too many have failed.

    Counted first and forgiven after: a hundred guesses sent at once are a hundred, not one.
    """
    key = account_key(account)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"sign-in {key}"])
    recent = FailedSignIn.objects.filter(at__gt=at - FAILURES_COUNT_FOR, at__lte=at)
    wait = wait_after(recent.filter(account=key).values_list("at", flat=True), at)
    if wait:
        raise Refused(f"Tài khoản này vừa đăng nhập sai nhiều lần. Xin chờ {_spoken(wait)} rồi thử lại.", code="locked-out")
    from_here = list(recent.filter(address=address).order_by("-at").values_list("at", flat=True)[:FAILURES_PER_ADDRESS])
    if len(from_here) == FAILURES_PER_ADDRESS:
        wait = from_here[-1] + FAILURES_COUNT_FOR - at
        raise Refused(f"Quá nhiều lần đăng nhập sai từ mạng này. Xin chờ {_spoken(wait)} rồi thử lại.", code="locked-out")
    return FailedSignIn.objects.create(account=key, address=address, at=at)


def forgive_attempt(attempt: FailedSignIn) -> None:
    """Take back what `begin_attempt` counted: the password or the code was right."""
    FailedSignIn.objects.filter(pk=attempt.pk).delete()


def forget_failures(account: str) -> None:
    """Start anew after a complete sign-in."""
    FailedSignIn.objects.filter(account=account_key(account)).delete()


def remove_old_failures(*, at: datetime) -> int:
    return FailedSignIn.objects.filter(at__lt=at - timedelta(days=1)).delete()[0]


def account_key(account: str) -> str:
    return blind_index(account.strip().casefold(), "sign-in")


def _spoken(wait: timedelta) -> str:
    seconds = math.ceil(wait.total_seconds())
    return f"{seconds} giây" if seconds < 60 else f"{math.ceil(seconds / 60)} phút"


@transaction.atomic
def end_sessions(person: Person, *, by: Person, at: datetime) -> None:
    """End every session of a person at its next request."""
    require(by.pk == person.pk or can_administer_person(by, person))
    Person.objects.filter(pk=person.pk).update(session_round=F("session_round") + 1)
    person.refresh_from_db(fields=["session_round"])
    record(SessionsEnded(str(person)), on=person, by=by, at=at)


@transaction.atomic
def reset_second_factor(person: Person, *, by: Person, at: datetime) -> None:
    """Take away a lost second factor; the person sets up a new one at the next sign-in."""
    # Nobody takes away their own: a borrowed session would be enough to lose it for good.
    require(can_administer_person(by, person))
    Authenticator.objects.filter(user=person).delete()
    Person.objects.filter(pk=person.pk).update(session_round=F("session_round") + 1)
    person.refresh_from_db(fields=["session_round"])
    record(SecondFactorReset(str(person)), on=person, by=by, at=at)
