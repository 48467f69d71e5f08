from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from tinhso.directory.models import Person, Post, Role, Unit
from tinhso.payments.actions import Line, ask_payment
from tinhso.payments.models import BankAccount, PaymentRequest
from tinhso.payments.testing import open_account

AT = datetime(2024, 4, 15, 2, 0, tzinfo=UTC)
SINCE = date(2020, 1, 1)
CODE = "H49.31.04-240415-0001"
LINES = [Line("Lệ phí đăng ký khai sinh", 8000, code="LP-01"), Line("Phí cấp bản sao", 16000, kind="phi")]


@dataclass
class House:
    """Two communes with their people, and one account for both."""

    commune: Unit
    neighbour: Unit
    account: BankAccount
    clerk: Person
    leader: Person
    supervisor: Person
    chau: Person
    binh: Person

    def ask(self, **changes) -> PaymentRequest:
        """Ask Bình for money about the commune (any object with a key will do)."""
        facts = {"about": self.commune, "code": CODE, "lines": LINES, "payer": self.binh, "by": self.clerk, "at": AT}
        return ask_payment(**(facts | changes))


@pytest.fixture
def house(db) -> House:
    def unit(name):
        made = Unit.objects.create(kind="commune", name=name, valid_from=SINCE)
        Unit.objects.filter(pk=made.pk).update(agency=made)
        return made

    def official(username, place, role):
        person = Person.objects.create(kind="official", username=username, full_name=f"Cán bộ {username}")
        Post.objects.create(person=person, unit=place, role=role, valid_from=SINCE)
        return person

    commune, neighbour = unit("UBND xã Tam Đàn"), unit("UBND xã Tam Dân")
    return House(
        commune,
        neighbour,
        open_account(),
        official("clerk", commune, Role.CLERK),
        official("leader", commune, Role.LEADER),
        official("supervisor", commune, Role.SUPERVISOR),
        official("chau", neighbour, Role.LEADER),
        Person.objects.create(kind="citizen", username="binh", full_name="Trần Văn Bình"),
    )
