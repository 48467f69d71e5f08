"""The page of the working calendar: who keeps which, and what its forms do."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from tinhso.directory.testing import sign_in
from tinhso.directory.tests.test_pages import house  # noqa: F401
from tinhso.kernel.calendars import calendar_for
from tinhso.kernel.models import CalendarDay

pytestmark = pytest.mark.django_db
NEXT_MONDAY = localdate() + timedelta(days=28 - localdate().weekday())
SATURDAY = NEXT_MONDAY + timedelta(days=5)


def write(day) -> str:
    return f"{day:%d/%m/%Y}"


def add(client, agency="", **changes):
    typed = {"co-quan": agency, "day": write(NEXT_MONDAY), "kind": "off", "reason": "Bão số 3", "announcement": "Công điện 12"}
    return client.post(reverse("add-calendar-day"), typed | changes)


def test_the_province_keeps_the_calendar_of_all(client, house):  # noqa: F811
    sign_in(client, house["admin"])
    page = client.get(reverse("calendar"), {"nam": "2026"}).content.decode()
    assert [word in page for word in ("Thứ Năm, 30/04/2026", "Ngày Chiến thắng", "07:30–11:30, 13:30–17:00")] == [True] * 3
    assert add(client).status_code == 302
    assert calendar_for(house["commune"].pk).why_off(NEXT_MONDAY) == "Bão số 3"


def test_an_administrator_keeps_only_ones_own(client, house):  # noqa: F811
    sign_in(client, house["district_admin"])
    assert add(client, str(house["commune"].pk)).status_code == 302
    assert calendar_for(house["commune"].pk).why_off(NEXT_MONDAY) == "Bão số 3"
    assert calendar_for(None).is_working(NEXT_MONDAY)
    other = house["chau"].posts.get().unit_id
    assert add(client, str(other)).status_code == 404
    assert client.get(reverse("calendar"), {"co-quan": str(other)}).status_code == 404
    everybodys = CalendarDay.objects.filter(agency_id=None, day__gt=localdate()).first()
    assert client.post(reverse("remove-calendar-day", args=[everybodys.pk]), {"reason": "x"}).status_code == 404


def test_others_find_no_calendar_to_keep(client, house):  # noqa: F811
    for name in ("lan", "chau", "citizen"):
        sign_in(client, house[name])
        assert client.get(reverse("calendar")).status_code == 404
        assert add(client).status_code == 404
        assert client.post(reverse("set-office-hours")).status_code == 404
        assert client.post(reverse("swap-calendar-days")).status_code == 404


def test_days_are_swapped_and_taken_out(client, house):  # noqa: F811
    sign_in(client, house["admin"])
    typed = {"co-quan": "", "off": write(NEXT_MONDAY), "worked": write(SATURDAY), "reason": "hoán đổi"}
    assert client.post(reverse("swap-calendar-days"), typed).status_code == 302
    assert (calendar_for(None).is_working(NEXT_MONDAY), calendar_for(None).is_working(SATURDAY)) == (False, True)
    row = CalendarDay.objects.get(agency_id=None, day=SATURDAY)
    told = client.post(reverse("remove-calendar-day", args=[row.pk]), {"reason": " "}, follow=True).content.decode()
    assert "Xin ghi lý do bỏ ngày này." in told
    client.post(reverse("remove-calendar-day", args=[row.pk]), {"reason": "không làm bù"})
    assert not calendar_for(None).is_working(SATURDAY)


def test_hours_are_set_for_an_agency(client, house):  # noqa: F811
    sign_in(client, house["admin"])
    key = str(house["commune"].pk)
    typed = {
        "co-quan": key,
        "valid_from": write(localdate()),
        "morning_start": "07:00",
        "morning_end": "11:00",
        "afternoon_start": "13:00",
        "afternoon_end": "17:00",
    }
    assert client.post(reverse("set-office-hours"), typed | {"morning_end": "06:00"}).status_code == 422
    assert client.post(reverse("set-office-hours"), typed).status_code == 302
    assert "07:00–11:00, 13:00–17:00" in client.get(reverse("calendar"), {"co-quan": key}).content.decode()


def test_what_is_wrong_is_said_at_its_field(client, house):  # noqa: F811
    sign_in(client, house["admin"])
    past = add(client, day=write(localdate() - timedelta(days=1)))
    assert (past.status_code, "Không thay đổi được lịch của ngày đã qua." in past.content.decode()) == (422, True)
    odd = add(client, day="31/02/2027")
    assert (odd.status_code, 'value="31/02/2027"' in odd.content.decode()) == (422, True)
