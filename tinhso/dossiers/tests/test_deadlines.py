"""Deadlines of table cases and of random histories, on the public holidays of Viet Nam."""

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.dossiers.rules.deadlines import Extension, Facts, Pause, deadline
from tinhso.kernel.working_time import ZONE, WorkingCalendar, national_calendar
from tinhso.procedures.definition import Limit

VIETNAM = national_calendar(range(2019, 2028))
UNITS = {"h": "hour", "d": "working_day", "c": "calendar_day", "m": "month"}


def moment(text):
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=ZONE)


def limits(text):
    return tuple(Limit(amount=int(one[:-1]), unit=UNITS[one[-1]]) for one in text.split("+"))


def due(received, limit, **facts):
    return deadline(Facts(moment(received), limits(limit), **facts), VIETNAM).due_at


# Received, limit (h giờ, d ngày làm việc, c ngày, m tháng; + between phases), due.
BY_THE_CLOCK = [
    ("23/04/2026 10:00", "5d", "05/05/2026 10:00"),  # Giỗ Tổ moved to Monday 27/04, 30/04, 01/05
    ("02/03/2026 09:00", "1d", "03/03/2026 09:00"),
    ("02/03/2026 09:00", "5d", "09/03/2026 09:00"),
    ("06/03/2026 16:00", "1d", "09/03/2026 16:00"),  # Friday to Monday
    ("07/03/2026 09:00", "1d", "09/03/2026 17:00"),  # filed on a Saturday: Monday counts whole
    ("02/03/2026 06:00", "1d", "02/03/2026 17:00"),  # before the doors open
    ("02/03/2026 12:00", "1d", "03/03/2026 11:30"),  # at noon: a morning is owed
    ("02/03/2026 18:30", "1d", "03/03/2026 17:00"),  # after the doors close
    ("13/02/2026 08:00", "1d", "23/02/2026 08:00"),  # over Tết 16–20/02/2026
    ("13/02/2026 08:00", "3d", "25/02/2026 08:00"),
    ("05/02/2024 08:00", "5d", "19/02/2024 08:00"),  # over Tết 08–14/02/2024
    ("26/01/2026 08:00", "15d", "23/02/2026 08:00"),
    ("02/03/2026 08:00", "1h", "02/03/2026 09:00"),
    ("02/03/2026 11:00", "1h", "02/03/2026 14:00"),  # over noon
    ("02/03/2026 16:30", "1h", "03/03/2026 08:00"),
    ("02/03/2026 09:00", "8h", "03/03/2026 09:30"),  # 7.5 hours a day
    ("06/03/2026 16:00", "8h", "09/03/2026 16:30"),
    ("02/03/2026 07:30", "4h", "02/03/2026 11:30"),  # used up at noon exactly: ends there
    ("02/03/2026 08:00", "1d+1d", "04/03/2026 08:00"),
    ("02/03/2026 08:00", "3d+2d", "09/03/2026 08:00"),
    ("02/03/2026 08:00", "8h+1d", "04/03/2026 08:30"),
    ("02/03/2026 10:00", "10c", "12/03/2026 17:00"),
    ("02/03/2026 10:00", "5c", "09/03/2026 17:00"),  # ends on Saturday: art. 148
    ("02/03/2026 10:00", "6c", "09/03/2026 17:00"),
    ("02/03/2026 10:00", "7c", "09/03/2026 17:00"),
    ("20/04/2026 10:00", "10c", "04/05/2026 17:00"),  # ends on 30/04
    ("02/03/2026 10:00", "30c", "01/04/2026 17:00"),
    ("05/01/2026 10:00", "1m", "05/02/2026 17:00"),
    ("30/01/2026 10:00", "1m", "02/03/2026 17:00"),  # 28/02 is a Saturday
    ("31/03/2026 10:00", "1m", "04/05/2026 17:00"),  # 30/04 and the holidays after it
    ("29/08/2025 10:00", "6m", "02/03/2026 17:00"),  # 28/02 is a Saturday
    ("31/08/2026 10:00", "6m", "03/03/2027 17:00"),  # filed on a swapped rest day: counts from 03/09
    ("02/03/2026 10:00", "3m", "02/06/2026 17:00"),
    ("02/03/2026 10:00", "5c+2d", "11/03/2026 17:00"),
]


@pytest.mark.parametrize(("received", "limit", "expected"), BY_THE_CLOCK)
def test_the_hour_of_reception_is_kept(received, limit, expected):
    assert due(received, limit) == moment(expected)


@pytest.mark.parametrize(
    ("received", "limit", "expected"),
    [
        ("23/04/2026 10:00", "5d", "05/05/2026 17:00"),
        ("02/03/2026 09:00", "1d", "03/03/2026 17:00"),
        ("07/03/2026 09:00", "1d", "09/03/2026 17:00"),
        ("13/02/2026 08:00", "3d", "25/02/2026 17:00"),
    ],
)
def test_offices_that_count_to_the_end_of_the_day(received, limit, expected):
    assert due(received, limit, convention="day_end") == moment(expected)


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("02/03/2026 09:00", "02/03/2026 17:00"),
        ("02/03/2026 14:59", "02/03/2026 17:00"),
        ("02/03/2026 15:00", "03/03/2026 17:00"),
        ("06/03/2026 16:00", "09/03/2026 17:00"),
        ("08/03/2026 10:00", "09/03/2026 17:00"),
    ],
)
def test_a_same_day_procedure_received_late_is_due_the_next_working_day(received, expected):
    assert due(received, "1d", same_day=True) == moment(expected)


def test_what_comes_after_the_cut_off_hour_may_start_the_next_morning():
    assert due("02/03/2026 15:30", "1d", late_starts_next_day=True) == moment("03/03/2026 17:00")


def test_waiting_for_the_citizen_is_not_counted():
    waiting = Pause(moment("03/03/2026 09:00"), moment("05/03/2026 09:00"), "chờ bổ sung hồ sơ")
    assert due("02/03/2026 09:00", "5d", pauses=(waiting,)) == moment("11/03/2026 09:00")
    assert due("02/03/2026 09:00", "10c", pauses=(waiting,)) == moment("16/03/2026 17:00")


def test_the_clock_stands_still_while_the_citizen_holds_it():
    open_pause = Pause(moment("03/03/2026 09:00"), None, "chờ bổ sung hồ sơ")
    found = deadline(Facts(moment("02/03/2026 09:00"), limits("5d"), (open_pause,)), VIETNAM)
    assert found.due_at is None
    assert found.sentences == (
        "Hồ sơ được tiếp nhận đủ, hợp lệ lúc 09:00 thứ Hai 02/03/2026.",
        "Thời hạn đang tạm dừng từ 09:00 thứ Ba 03/03/2026: chờ bổ sung hồ sơ. Ngày hẹn được tính lại khi hết tạm dừng.",
    )


def test_an_extension_replaces_the_date():
    extension = Extension(moment("12/03/2026 17:00"), moment("05/03/2026 08:00"))
    assert due("02/03/2026 09:00", "5d", extension=extension) == moment("12/03/2026 17:00")


def test_the_derivation_names_every_day():
    office = WorkingCalendar(off={moment("27/04/2026 00:00").date(): "nghỉ bù Giỗ Tổ"})
    assert deadline(Facts(moment("23/04/2026 10:00"), limits("3d")), office).sentences == (
        "Hồ sơ được tiếp nhận đủ, hợp lệ lúc 10:00 thứ Năm 23/04/2026.",
        "Thời hạn giải quyết: 3 ngày làm việc, không tính ngày tiếp nhận.",
        "Các ngày làm việc: 24/04, 28/04, 29/04.",
        "Các ngày nghỉ không tính: 25/04 (thứ Bảy), 26/04 (Chủ nhật), 27/04 (nghỉ bù Giỗ Tổ).",
        "Vậy hạn trả kết quả là 10:00 thứ Tư 29/04/2026.",
    )


minutes = st.integers(0, 2 * 365 * 24 * 60)
moments = minutes.map(lambda passed: moment("01/01/2025 00:00") + timedelta(minutes=passed))
some_limits = st.lists(st.builds(Limit, amount=st.integers(1, 30), unit=st.sampled_from(sorted(UNITS.values()))), min_size=1, max_size=3)
some_pauses = st.lists(
    st.tuples(moments, st.integers(1, 60 * 24 * 20)).map(lambda pair: Pause(pair[0], pair[0] + timedelta(minutes=pair[1]), "chờ bổ sung")),
    max_size=4,
)


@st.composite
def histories(draw):
    start = draw(moments)
    return Facts(
        start,
        tuple(limit if limit.unit != "month" else Limit(amount=min(3, limit.amount), unit="month") for limit in draw(some_limits)),
        tuple(draw(some_pauses)),
        convention=draw(st.sampled_from(["clock", "day_end"])),
        same_day=draw(st.booleans()),
        cut_off=time(15, 0),
        late_starts_next_day=draw(st.booleans()),
    )


def with_pauses(facts, pauses):
    return Facts(**{**facts.__dict__, "pauses": tuple(pauses)})


@settings(max_examples=150, deadline=None)
@given(histories(), some_pauses)
def test_adding_a_pause_never_shortens(facts, more):
    longer = with_pauses(facts, [*facts.pauses, *more])
    assert deadline(longer, VIETNAM).due_at >= deadline(facts, VIETNAM).due_at


@settings(max_examples=100, deadline=None)
@given(histories(), st.randoms())
def test_the_order_of_facts_does_not_matter(facts, random):
    shuffled = list(facts.pauses)
    random.shuffle(shuffled)
    assert deadline(with_pauses(facts, shuffled), VIETNAM) == deadline(facts, VIETNAM)


@settings(max_examples=150, deadline=None)
@given(histories())
def test_every_due_moment_is_inside_working_time(facts):
    found = deadline(facts, VIETNAM).due_at
    assert any(span.start <= found <= span.end for span in VIETNAM.spans_of(found.astimezone(ZONE).date()))
