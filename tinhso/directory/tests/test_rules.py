"""Numbers that people type: what is taken, what is refused, in which words."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tinhso.directory.rules import client_address, read_personal_number, read_phone, read_tax_code, wait_after
from tinhso.kernel.errors import Refused

NOW = datetime(2024, 4, 15, 2, tzinfo=UTC)


def test_a_personal_number_tells_province_sex_and_year():
    read = read_personal_number("049 190 012 345")
    assert (read.number, read.province, read.is_male, read.birth_year, read.warnings) == ("049190012345", "Quảng Nam", False, 1990, ())


@pytest.mark.parametrize(
    ("typed", "code"),
    [("04919001234", "number-length"), ("205123456", "old-number"), ("04919001234x", "number-shape"), ("", "number-shape")],
)
def test_a_wrong_personal_number_is_refused_at_its_field(typed, code):
    with pytest.raises(Refused) as refused:
        read_personal_number(typed)
    assert (refused.value.code, refused.value.field) == (code, "personal_number")


def test_a_year_that_differs_only_warns():
    read = read_personal_number("049190012345", birth_date=date(1991, 5, 12))
    assert read.warnings == ("Theo số định danh, năm sinh là 1990, khác ngày sinh đã khai (12/05/1991). Xin kiểm tra lại.",)


@pytest.mark.parametrize(
    ("typed", "kept"), [("0100109106", "0100109106"), ("0100109106-001", "0100109106-001"), ("049190012345", "049190012345")]
)
def test_a_tax_code_is_kept_as_printed(typed, kept):
    assert read_tax_code(typed) == kept


def test_a_tax_code_with_a_wrong_check_digit_is_refused():
    with pytest.raises(Refused) as refused:
        read_tax_code("0100109107")
    assert refused.value.code == "check-digit"


@pytest.mark.parametrize(("typed", "kept"), [("+84 905 123 456", "0905123456"), ("0235.3852.739", "02353852739")])
def test_a_telephone_number_begins_with_nought(typed, kept):
    assert read_phone(typed) == kept


def test_failures_slow_an_account_down_and_never_lock_it_for_good():
    assert wait_after([NOW] * 9, NOW) == timedelta(0)
    assert wait_after([NOW] * 10, NOW) == timedelta(minutes=1)
    assert wait_after([NOW] * 30, NOW) == timedelta(hours=1)


def test_an_address_that_the_client_wrote_itself_is_not_believed():
    assert client_address("10.0.0.2", "1.1.1.1, 203.0.113.7", ["10.0.0.0/8"]) == "203.0.113.7"
    assert client_address("203.0.113.7", "10.0.0.9", ["10.0.0.0/8"]) == "203.0.113.7"
