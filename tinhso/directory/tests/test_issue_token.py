"""An operator gives a system its key from the command line."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tinhso.directory.actions.tokens import token_digest
from tinhso.directory.models import Person, Post, Role, Token, Unit, UnitCode

SINCE = date(2020, 1, 1)


@pytest.fixture
def commune(db):
    unit = Unit(kind=Unit.Kind.COMMUNE, name="UBND xã Tam Đàn", valid_from=SINCE)
    unit.save()
    UnitCode.objects.create(unit=unit, system=UnitCode.System.QD20, code="H47.31.01", valid_from=SINCE)
    return unit


@pytest.fixture
def administrator(commune):
    person = Person(kind=Person.Kind.OFFICIAL, username="quan.tri", full_name="Lý Quản Trị")
    person.save()
    province = Unit(kind=Unit.Kind.PROVINCE, name="UBND tỉnh Quảng Nam", valid_from=SINCE)
    province.save()
    Post.objects.create(person=person, unit=province, role=Role.ADMINISTRATOR, valid_from=SINCE)
    return person


def issued(*words: str) -> dict:
    out = StringIO()
    call_command("issue_token", *words, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_a_system_gets_its_key_once(commune, administrator):
    said = issued("he-thong.dat-dai", "--name", "Hệ thống đất đai", "--agency", "H47.31.01", "--scope", "dossiers:read")
    token = Token.objects.select_related("system").get()
    assert said == {"system": "he-thong.dat-dai", "token": said["token"], "scopes": ["dossiers:read"], "agencies": 1}
    assert (token.digest, token.created_by, token.system.kind, token.system.full_name, list(token.agencies.all())) == (
        token_digest(said["token"]),
        administrator,
        Person.Kind.SYSTEM,
        "Hệ thống đất đai",
        [commune],
    )


def test_nobody_gets_a_key_for_an_unknown_agency_or_as_a_person(commune, administrator):
    with pytest.raises(CommandError, match=r"Không có cơ quan nào mang mã H47\.99"):
        issued("he-thong.x", "--agency", "H47.99")
    with pytest.raises(CommandError, match="Mã truy cập chỉ cấp cho hệ thống"):
        issued("quan.tri")
    assert Token.objects.count() == 0


def test_somebody_answers_for_every_key(commune):
    with pytest.raises(CommandError, match="Chưa có quản trị viên cấp tỉnh"):
        issued("he-thong.x")
