"""Versions: one in force on a day, none ever changed, none made twice."""

from datetime import UTC, date, datetime

import pytest

from tinhso.kernel.errors import Refused
from tinhso.kernel.models import Event
from tinhso.procedures.actions import load, publish
from tinhso.procedures.definition import Definition
from tinhso.procedures.models import ProcedureVersion
from tinhso.procedures.queries import by_field, current_version, fileable, full_record, page, versions_of
from tinhso.procedures.tests.examples import BIRTH, example

NOW = datetime(2024, 4, 1, 2, tzinfo=UTC)
JANUARY, APRIL, JULY = date(2024, 1, 1), date(2024, 4, 1), date(2024, 7, 1)

pytestmark = pytest.mark.django_db


def put(definition: Definition, day: date) -> ProcedureVersion:
    return publish(definition, valid_from=day, source="tinhso", at=NOW)


def versions(code: str = BIRTH.code) -> list[tuple]:
    return list(versions_of(code).values_list("number", "valid_from", "valid_to", "name"))


def test_a_new_text_makes_a_version_and_ends_the_one_before():
    put(BIRTH, JANUARY)
    put(BIRTH.model_copy(update={"name": "Khai sinh"}), JULY)

    assert versions() == [(2, JULY, None, "Khai sinh"), (1, JANUARY, JULY, "Đăng ký khai sinh")]
    assert [current_version(BIRTH.code, day).number for day in (JANUARY, date(2024, 6, 30), JULY)] == [1, 1, 2]
    assert current_version(BIRTH.code, date(2023, 12, 31)) is None


def test_the_same_text_makes_no_version():
    first = put(BIRTH, JANUARY)

    assert put(BIRTH, JULY) == first
    assert versions() == [(1, JANUARY, None, "Đăng ký khai sinh")]
    assert Event.objects.filter(kind="procedures.VersionPublished").count() == 1


def test_a_version_cannot_begin_before_the_one_in_force():
    put(BIRTH, APRIL)

    with pytest.raises(Refused, match=r"đã có phiên bản hiệu lực từ 01/04/2024"):
        put(BIRTH.model_copy(update={"name": "Khai sinh"}), JANUARY)


def test_a_version_replaced_on_its_first_day_was_never_in_force():
    put(BIRTH, JANUARY)
    put(BIRTH.model_copy(update={"name": "Khai sinh"}), JANUARY)

    assert versions() == [(2, JANUARY, None, "Khai sinh"), (1, JANUARY, JANUARY, "Đăng ký khai sinh")]
    assert current_version(BIRTH.code, JANUARY).number == 2


def test_an_unsound_route_is_not_published():
    broken = BIRTH.model_copy(update={"route": BIRTH.route[:-1]})

    with pytest.raises(Refused, match="bước tiếp theo không có trong quy trình"):
        put(broken, JANUARY)
    assert versions() == []


def test_what_was_published_reads_back_as_it_was():
    assert put(BIRTH, JANUARY).definition == BIRTH
    assert current_version(BIRTH.code, JANUARY).definition == BIRTH


def test_the_code_of_a_provincial_copy_finds_the_procedure():
    put(BIRTH, JANUARY)

    assert current_version(f"{BIRTH.code}.000.00.00.H47", JANUARY).procedure.code == BIRTH.code


def test_loading_again_changes_nothing_and_leaves_what_the_province_edited():
    other = example("9.000002")
    assert load([BIRTH, other], valid_from=JANUARY, at=NOW).new == [BIRTH.code, other.code]
    publish(BIRTH.model_copy(update={"conditions": "Của tỉnh"}), valid_from=APRIL, source="tinh", at=NOW)

    again = load([BIRTH, other], valid_from=JANUARY, at=NOW)
    changed = load([BIRTH.model_copy(update={"name": "Khai sinh"}), other], valid_from=JANUARY, at=NOW)

    assert (again.new, again.changed, again.kept, again.unchanged) == ([], [], [], 2)
    assert (changed.new, changed.changed, changed.kept, changed.unchanged) == ([], [], [BIRTH.code], 1)


def test_lists_speak_of_the_day():
    put(BIRTH, JANUARY)
    put(example("9.000002", field="Đất đai", route=[]), JULY)

    assert by_field(APRIL) == [{"field": "Hộ tịch", "count": 1}]
    assert by_field(JULY) == [{"field": "Đất đai", "count": 1}, {"field": "Hộ tịch", "count": 1}]
    assert [version.procedure.code for version in fileable(JULY, level="commune")] == [BIRTH.code]
    assert list(fileable(JULY, level="province")) == []


def test_pages_follow_the_codes():
    for code in ("9.000001", "9.000002", "9.000003"):
        put(example(code), JANUARY)

    first = page(APRIL, limit=2)
    assert ([row["code"] for row in first["items"]], first["next"]) == (["9.000001", "9.000002"], "9.000002")
    second = page(APRIL, limit=2, after=first["next"])
    assert ([row["code"] for row in second["items"]], second["next"]) == (["9.000003"], None)


def test_the_public_record_keeps_the_internal_route_inside():
    record = full_record(put(BIRTH, JANUARY))

    assert "route" not in record
    assert (record["code"], record["version"], record["fileable"], record["valid_from"]) == (BIRTH.code, 1, True, "2024-01-01")
