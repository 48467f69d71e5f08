"""Signing in as a person does it, in a real browser: first day of an official, then a passkey, then the pages of the register."""

from datetime import date

import pytest
from django.utils.timezone import now

from tinhso.directory.actions import add_official
from tinhso.directory.models import Person, Post, Role, Unit
from tinhso.directory.second_factor import current_code
from tinhso.directory.testing import session_for
from ui.testing import PHONE, axe_violations, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OWN = "đò-dọc-sông-Tam-Kỳ-7"


@pytest.fixture
def admin(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    province = Unit.objects.create(kind=Unit.Kind.PROVINCE, name="UBND tỉnh", valid_from=date(2020, 1, 1))
    Unit.objects.filter(pk=province.pk).update(agency=province)
    person = Person.objects.create(kind=Person.Kind.OFFICIAL, username="quan-tri", full_name="Phạm Thị Quản Trị")
    Post.objects.create(person=person, unit=province, role=Role.ADMINISTRATOR, valid_from=date(2020, 1, 1))
    return person


def press(page, words):
    page.get_by_role("button", name=words, exact=True).click()


def enter_password(page, name, password):
    page.fill("[name=login]", name)
    page.fill("[name=password]", password)
    press(page, "Đăng nhập")


def test_the_first_day_of_an_official_and_a_passkey(live_server, open_screen, admin):
    unit = Unit.objects.get(name="UBND tỉnh")
    _, given = add_official(
        username="hoa.lt", full_name="Lê Thị Hòa", unit=unit, role=Role.CLERK, first=date(2024, 1, 2), by=admin, at=now()
    )
    page = open_screen()
    page.goto(f"{live_server.url}/toi/uy-quyen/")
    enter_password(page, "hoa.lt", given)

    # The second factor comes before anything else; its codes lead on to where she wanted to go.
    page.get_by_text("Không quét được?").click()
    secret = page.locator(".code").first.inner_text()
    page.fill("[name=code]", current_code(secret))
    press(page, "Bật xác thực hai lớp")
    page.get_by_role("link", name="Xong").click()

    # A password that somebody else knows is changed first.
    page.fill("[name=oldpassword]", given)
    page.fill("[name=password1]", OWN)
    page.fill("[name=password2]", OWN)
    press(page, "Đổi mật khẩu")
    page.wait_for_url("**/toi/uy-quyen/")
    assert page.get_by_role("heading", level=1).inner_text() == "Ủy quyền"

    # A passkey in place of the telephone.
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": key | {"automaticPresenceSimulation": True}})
    page.goto(f"{live_server.url}/tai-khoan/hai-lop/khoa/them/")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/tai-khoan/hai-lop/")
    assert "Đã thêm khóa bảo mật." in page.inner_text("main")

    page.context.clear_cookies()
    page.goto(f"{live_server.url}/toi/uy-quyen/")
    enter_password(page, "hoa.lt", OWN)
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url("**/toi/uy-quyen/")
    assert page.get_by_role("heading", level=1).inner_text() == "Ủy quyền"
    assert page.faults == []


@pytest.mark.parametrize(
    "address", ["/quan-tri/nguoi-dung/", "/quan-tri/nguoi-dung/{pk}/", "/quan-tri/he-thong/", "/quan-tri/don-vi/", "/toi/uy-quyen/"]
)
def test_the_pages_of_the_register_suit_everyone(live_server, open_screen, admin, address):
    person, _ = add_official(
        username="hoa.lt",
        full_name="Lê Thị Hòa",
        unit=Unit.objects.get(name="UBND tỉnh"),
        role=Role.CLERK,
        first=date(2024, 1, 2),
        by=admin,
        at=now(),
    )
    page = open_screen(size=PHONE)
    page.context.add_cookies([{"name": "sessionid", "value": session_for(admin), "url": live_server.url}])
    page.goto(live_server.url + address.format(pk=person.pk))
    assert (axe_violations(page), too_wide(page), page.faults) == ([], False, [])
