"""Who works with the catalogue in the tests, and what it holds."""

from datetime import UTC, date, datetime

import pytest

from tinhso.directory.models import Person, Post, Role, Unit
from tinhso.directory.testing import sign_in
from tinhso.procedures.actions import publish
from tinhso.procedures.tests.examples import BIRTH

SINCE, NOW = date(2020, 1, 1), datetime(2024, 4, 1, 2, tzinfo=UTC)


def official(username, name, role, unit):
    person = Person.objects.create(kind=Person.Kind.OFFICIAL, username=username, full_name=name)
    Post.objects.create(person=person, unit=unit, role=role, valid_from=SINCE)
    return person


@pytest.fixture
def people():
    office = Unit.objects.create(kind="department", name="Văn phòng UBND tỉnh", valid_from=SINCE)
    commune = Unit.objects.create(kind="commune", name="UBND xã Bình Phú", valid_from=SINCE)
    for unit in (office, commune):
        unit.agency = unit
        unit.save()
    return {
        "cataloguer": official("danh-muc", "Lê Danh Mục", Role.CATALOGUER, office),
        "supervisor": official("kiem-soat", "Hồ Kiểm Soát", Role.SUPERVISOR, office),
        "chau": official("chau", "Trần Minh Châu", Role.LEADER, commune),
        "citizen": Person.objects.create(kind=Person.Kind.CITIZEN, username="cd-1", full_name="Lê Bình An"),
    }


@pytest.fixture
def cataloguer(people, client):
    return sign_in(client, people["cataloguer"])


@pytest.fixture
def birth():
    return publish(BIRTH, valid_from=SINCE, source="tinhso", at=NOW)
