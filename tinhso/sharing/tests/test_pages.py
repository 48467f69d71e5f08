"""Whoever runs the machines sees which systems do not answer; nobody else does."""

from datetime import UTC, date, datetime

import pytest

from tinhso.directory.models import Person, Post, Role, Token, Unit
from tinhso.directory.testing import sign_in
from tinhso.kernel.models import Event
from tinhso.sharing.models import Notice, Subscription
from ui.testing import DESK, PHONE, answered_by, axe_violations, too_wide, visit

SINCE = date(2020, 1, 1)
NOON = datetime(2024, 4, 15, 5, tzinfo=UTC)


@pytest.fixture
def department(db):
    unit = Unit(kind=Unit.Kind.DEPARTMENT, name="Sở Thông tin và Truyền thông", valid_from=SINCE)
    unit.save()
    return unit


def official(department, role, name):
    person = Person(kind=Person.Kind.OFFICIAL, username=name, full_name=f"Cán bộ {name}")
    person.save()
    Post.objects.create(person=person, unit=department, role=role, valid_from=SINCE)
    return person


@pytest.fixture
def subscription(department):
    system = Person.objects.create(kind=Person.Kind.SYSTEM, username="ht-1", full_name="Kho dữ liệu dùng chung")
    token = Token.objects.create(system=system, label="máy chủ", digest="x" * 64, scopes=["subscriptions"])
    made = Subscription.objects.create(
        token=token, url="https://kho.example.vn/nhan", secret="whs_x", failures=10, suspended_at=NOON, error="trả lời 503"
    )
    Notice.objects.create(subscription=made, event_id=1, subject_kind="x", subject_id=1, next_try_at=NOON, attempts=3)
    return made


def test_an_operator_resumes_and_ends_a_subscription(department, subscription, client):
    sign_in(client, official(department, Role.OPERATOR, "van-hanh"))
    page = client.get("/quan-tri/nhan-su-kien/").content.decode()
    assert all(words in page for words in ("Kho dữ liệu dùng chung", "https://kho.example.vn/nhan", "Tạm ngừng", "trả lời 503"))
    assert "Đang gửi lại 1 sự kiện." in client.post(f"/quan-tri/nhan-su-kien/{subscription.pk}/gui-lai/", follow=True).content.decode()
    subscription.refresh_from_db()
    assert (subscription.suspended_at, subscription.failures, subscription.notices.get().attempts) == (None, 0, 0)
    client.post(f"/quan-tri/nhan-su-kien/{subscription.pk}/ket-thuc/")
    subscription.refresh_from_db()
    assert (subscription.ended_at is not None, subscription.notices.count()) == (True, 0)
    assert [event.announcement.says() for event in Event.objects.filter(subject_kind="sharing.subscription").order_by("pk")] == [
        "Gửi lại 1 sự kiện chưa giao tới https://kho.example.vn/nhan.",
        "Kho dữ liệu dùng chung thôi nhận sự kiện tại https://kho.example.vn/nhan.",
    ]


def test_nobody_else_finds_the_page(department, subscription, client):
    sign_in(client, official(department, Role.LEADER, "lanh-dao"))
    roads = [f"/quan-tri/nhan-su-kien/{subscription.pk}/{verb}/" for verb in ("gui-lai", "ket-thuc")]
    assert [client.get("/quan-tri/nhan-su-kien/").status_code, *(client.post(road).status_code for road in roads)] == [404, 404, 404]


@pytest.mark.browser
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_page_fits_and_is_for_everybody(size, department, subscription, client, open_screen):
    sign_in(client, official(department, Role.OPERATOR, "van-hanh"))
    screen = open_screen(size)
    visit(screen, answered_by(screen, client) + "/quan-tri/nhan-su-kien/")
    assert (screen.faults, axe_violations(screen), too_wide(screen)) == ([], [], False)
