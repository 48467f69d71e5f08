"""The demonstration province: real units with real codes, a desk in each, people in their posts."""

import json

import pytest
from django.utils.timezone import now

from tinhso.directory.demo.load import load
from tinhso.directory.models import Person, Post, Role, Unit, UnitCode

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(tmp_path):
    return tmp_path / "people.json", load(tmp_path / "people.json", at=now())


def test_the_province_has_its_18_districts_and_241_communes_each_with_a_desk(loaded):
    _, outcome = loaded
    assert (outcome["loaded"], outcome["districts"], outcome["communes"]) == (True, 18, 241)
    with_desk = set(Unit.objects.filter(kind=Unit.Kind.DESK).values_list("agency_id", flat=True))
    assert set(Unit.objects.agencies().exclude(kind=Unit.Kind.PROVINCE).values_list("pk", flat=True)) <= with_desk


def test_loading_again_changes_nothing(loaded, tmp_path):
    _, first = loaded
    assert load(tmp_path / "again.json", at=now()) == first | {"loaded": False}


def test_communes_that_fold_alike_keep_their_own_codes(loaded):
    codes = UnitCode.objects.filter(system="gso", unit__short_name__in=["Trà Don", "Trà Dơn"]).values_list("unit__short_name", "code")
    assert len(dict(codes)) == len(set(dict(codes).values())) == 2


def test_the_sign_ins_are_written_for_their_owner_only(loaded):
    path, _ = loaded
    people = {row["username"]: row for row in json.loads(path.read_text())}
    assert path.stat().st_mode & 0o777 == 0o600
    assert people["cong-dan.an"]["kind"] == "citizen"
    assert Person.objects.get(username="mot-cua.an-my").check_password(people["mot-cua.an-my"]["password"])


def test_each_commune_has_a_clerk_a_leader_and_a_seal_keeper(loaded):
    commune = Unit.objects.get(codes__code="20341", codes__system="gso")
    roles = set(Post.objects.filter(unit__agency=commune).values_list("role", flat=True))
    assert roles == {Role.CLERK, Role.LEADER, Role.RECORDS, Role.SPECIALIST, Role.DIVISION_HEAD}
