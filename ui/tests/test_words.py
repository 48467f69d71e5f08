"""Values as people read them, and how near a deadline is."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tinhso.kernel.working_time import ZONE, WorkingCalendar
from ui.deadlines import Nearness, nearness
from ui.templatetags import words

CALENDAR = WorkingCalendar(off={date(2026, 4, 30): "Ngày Chiến thắng", date(2026, 5, 1): "Ngày Quốc tế Lao động"})
NOW = datetime(2026, 4, 28, 9, 0, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (words.money(1250000), "1.250.000 đ"),
        (words.money(Decimal("0")), "0 đ"),
        (words.money(None), ""),
        (words.number(12345.6, 1), "12.345,6"),
        (words.percent(Decimal("96.57")), "96,57 %"),
        (words.day(date(2026, 11, 20)), "20/11/2026"),
        (words.day("2026-11-20"), "20/11/2026"),
        (words.day(None), ""),
        (words.moment(datetime(2026, 11, 20, 7, 30, tzinfo=UTC)), "14:30 20/11/2026"),
        (words.moment("2026-11-20T14:30:00+07:00"), "14:30 20/11/2026"),
        (words.hour(datetime(2026, 11, 20, 7, 30, tzinfo=UTC)), "14:30"),
        (words.masked("049085001234"), "*********234"),
        (words.initial("tỉnh Quảng Nam"), "Tỉnh Quảng Nam"),
    ],
)
def test_values_are_written_as_vietnamese_offices_write_them(written, expected):
    assert written == expected


@pytest.mark.parametrize(
    ("due", "options", "expected"),
    [
        (datetime(2026, 4, 24, 10, tzinfo=ZONE), {}, Nearness("late", "quá hạn 2 ngày làm việc")),
        (datetime(2026, 4, 28, 8, tzinfo=ZONE), {}, Nearness("late", "vừa quá hạn")),
        (datetime(2026, 4, 28, 17, tzinfo=ZONE), {}, Nearness("today", "hạn hôm nay")),
        (datetime(2026, 4, 29, 10, tzinfo=ZONE), {}, Nearness("soon", "còn 1 ngày làm việc")),
        (datetime(2026, 5, 5, 10, tzinfo=ZONE), {}, Nearness("calm", "còn 3 ngày làm việc")),
        (None, {"paused": True}, Nearness("paused", "đang tạm dừng tính hạn")),
        (None, {}, Nearness("none", "chưa tính hạn")),
        (datetime(2026, 5, 5, 10, tzinfo=ZONE), {"done": NOW}, Nearness("done", "xong đúng hạn")),
        (datetime(2026, 4, 24, 10, tzinfo=ZONE), {"done": NOW}, Nearness("late", "xong trễ hạn")),
    ],
)
def test_nearness_counts_working_days_only(due, options, expected):
    assert nearness(due, NOW, CALENDAR, **options) == expected
