from datetime import UTC, date, datetime, time

import pytest

from tinhso.kernel import calendars
from tinhso.kernel.calendars import calendar_for, remove_day, seed, set_day, set_hours, swap_days
from tinhso.kernel.errors import Refused
from tinhso.kernel.models import CalendarDay, Event
from tinhso.kernel.working_time import OFFICE_HOURS

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 1, 2, 0, tzinfo=UTC)
TAM_KY, HOI_AN = 502, 503
MONDAY = date(2026, 4, 20)
SATURDAY = date(2026, 4, 18)


def test_the_holidays_are_there_from_the_start_with_the_swaps():
    calendar = calendar_for(None)
    april = {day: reason for day, reason in calendar.off.items() if (day.year, day.month) in {(2026, 4), (2026, 5)}}
    assert april == {
        date(2026, 4, 26): "Ngày Giỗ Tổ Hùng Vương",
        date(2026, 4, 27): "Ngày Giỗ Tổ Hùng Vương (nghỉ bù)",
        date(2026, 4, 30): "Ngày Chiến thắng",
        date(2026, 5, 1): "Ngày Quốc tế Lao động",
    }
    assert {day: reason for day, reason in calendar.extra.items() if day.year >= 2024} == {
        date(2024, 5, 4): "làm bù",
        date(2025, 4, 26): "làm bù",
        date(2026, 1, 10): "làm bù ngày 02/01/2026",
        date(2026, 8, 22): "làm bù",
    }
    assert {row.day.year for row in CalendarDay.objects.all()} >= set(range(2023, 2031))


def test_a_day_for_everyone_is_a_day_for_each_agency():
    set_day(None, MONDAY, kind="off", reason="Quốc tang", announcement="Thông báo 01/TB", by=None, at=NOW)
    assert (calendar_for(None).why_off(MONDAY), calendar_for(TAM_KY).why_off(MONDAY)) == ("Quốc tang", "Quốc tang")


def test_an_agency_goes_its_own_way():
    set_day(TAM_KY, MONDAY, kind="off", reason="Bão số 3", by=None, at=NOW)
    set_day(None, SATURDAY, kind="extra", reason="làm bù", by=None, at=NOW)
    set_day(HOI_AN, SATURDAY, kind="off", reason="không làm bù", by=None, at=NOW)
    assert [calendar_for(agency).is_working(MONDAY) for agency in (None, TAM_KY, HOI_AN)] == [True, False, True]
    assert [calendar_for(agency).is_working(SATURDAY) for agency in (None, TAM_KY, HOI_AN)] == [True, True, False]


def test_a_change_is_seen_at_once_and_a_removal_gives_the_week_back():
    assert calendar_for(TAM_KY).is_working(MONDAY)
    row = set_day(TAM_KY, MONDAY, kind="off", reason="Bão số 3", by=None, at=NOW)
    assert not calendar_for(TAM_KY).is_working(MONDAY)
    remove_day(row, reason="bão đổi hướng", by=None, at=NOW)
    assert calendar_for(TAM_KY).is_working(MONDAY)
    assert [event.announcement.says() for event in Event.objects.order_by("id")] == [
        "Ngày 20/04/2026 trong lịch làm việc: nghỉ, Bão số 3. ",
        "Bỏ ngày 20/04/2026 khỏi lịch làm việc: bão đổi hướng",
    ]


def test_rows_changed_by_other_hands_are_seen_too():
    calendar_for(None)
    CalendarDay.objects.filter(day=date(2026, 4, 30)).delete()
    assert calendar_for(None).is_working(date(2026, 4, 30))


def test_an_unchanged_calendar_is_read_once(django_assert_num_queries):
    first = calendar_for(TAM_KY)
    with django_assert_num_queries(1):
        assert calendar_for(TAM_KY) is first


def test_said_twice_it_is_one_row_and_one_event():
    for _ in range(2):
        set_day(TAM_KY, MONDAY, kind="off", reason="Bão số 3", by=None, at=NOW)
    assert (CalendarDay.objects.filter(agency_id=TAM_KY).count(), Event.objects.count()) == (1, 1)


def test_days_are_swapped():
    swap_days(None, off=MONDAY, worked=SATURDAY, reason="hoán đổi", by=None, at=NOW)
    calendar = calendar_for(TAM_KY)
    assert (calendar.why_off(MONDAY), calendar.extra[SATURDAY]) == ("hoán đổi", "làm bù ngày 20/04/2026")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda: set_day(None, date(2026, 3, 31), kind="off", reason="muộn", by=None, at=NOW), "day"),
        (lambda: set_day(None, MONDAY, kind="half", reason="nửa ngày", by=None, at=NOW), "kind"),
        (lambda: set_day(None, MONDAY, kind="off", reason="  ", by=None, at=NOW), "reason"),
        (lambda: swap_days(None, off=MONDAY, worked=MONDAY, reason="x", by=None, at=NOW), "worked"),
        (lambda: set_hours(None, valid_from=MONDAY, shifts=((time(13), time(7)),), by=None, at=NOW), "shifts"),
        (lambda: set_hours(None, valid_from=MONDAY, shifts=(), by=None, at=NOW), "shifts"),
        (lambda: remove_day(CalendarDay.objects.get(day=date(2026, 1, 1)), reason="x", by=None, at=NOW), "day"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(change, field):
    with pytest.raises(Refused) as refused:
        change()
    assert refused.value.field == field


def test_hours_hold_from_their_day_on():
    summer = ((time(7), time(11)), (time(13, 30), time(17)))
    set_hours(TAM_KY, valid_from=MONDAY, shifts=summer, by=None, at=NOW)
    assert [calendar_for(TAM_KY, on=day).shifts for day in (SATURDAY, MONDAY)] == [OFFICE_HOURS, summer]
    assert calendar_for(HOI_AN, on=MONDAY).shifts == OFFICE_HOURS


def test_seeding_again_leaves_alone_what_people_changed():
    CalendarDay.objects.filter(day=date(2027, 11, 24)).delete()
    assert seed() == {}
    assert calendar_for(None).is_working(date(2027, 11, 24))
    CalendarDay.objects.filter(day__year=2027).delete()
    assert seed([2027]) == {2027: 15}


def test_the_worked_example_of_the_guide_holds():
    """Five working days from Thursday 23/04/2026 10:00: Tuesday 05/05/2026 10:00."""
    calendar = calendars.calendar_for(None)
    start = datetime(2026, 4, 23, 3, 0, tzinfo=UTC)
    assert calendar.add(start, 5 * calendar.day_length) == datetime(2026, 5, 5, 3, 0, tzinfo=UTC)
