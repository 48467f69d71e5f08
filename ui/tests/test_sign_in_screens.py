"""Signing in and the second factor, as a browser and axe see them, step by step."""

import pytest
from allauth.mfa.models import Authenticator

from tinhso.directory.models import Person
from tinhso.directory.second_factor import current_code, seal_secret
from tinhso.directory.testing import sign_in
from ui.testing import DESK, PHONE, answered_by, axe_violations, too_wide, visit

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
SECRET, PASSWORD = "JBSWY3DPEHPK3PXP", "mot-mat-khau-dai-2026"
PAGES = [
    "dang-xuat/",
    "ngung-hoat-dong/",
    "xac-nhan-mat-khau/",
    "mat-khau/",
    "hai-lop/",
    "hai-lop/xac-nhan/",
    "hai-lop/ung-dung/tat/",
    "hai-lop/ma-du-phong/",
    "hai-lop/ma-du-phong/tao-lai/",
    "hai-lop/khoa/",
    "hai-lop/khoa/them/",
]


@pytest.fixture
def hoa(settings):
    person = Person(kind=Person.Kind.OFFICIAL, username="hoa", full_name="Trần Thị Hòa")
    person.set_password(PASSWORD)
    person.save()
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": seal_secret(SECRET)})
    Authenticator.objects.create(user=person, type=Authenticator.Type.RECOVERY_CODES, data={"seed": seal_secret("seed"), "used_mask": 0})
    return person


def faults(page) -> list[str]:
    return axe_violations(page) + page.faults + (["too wide"] if too_wide(page) else [])


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "light"), (DESK, "dark")], ids=["phone", "desk"])
def test_every_page_of_an_officials_account(client, open_screen, hoa, size, scheme):
    sign_in(client, hoa)
    # Proved a moment ago: the pages themselves are shown, not the question before them.
    client.post("/tai-khoan/xac-nhan-mat-khau/", {"password": PASSWORD})
    page = open_screen(size, scheme)
    site = answered_by(page, client)
    found = {}
    for path in PAGES:
        reached = visit(page, f"{site}/tai-khoan/{path}")
        found[path] = (reached, faults(page))
    # The first second factor is set up by who has none.
    Authenticator.objects.all().delete()
    reached = visit(page, f"{site}/tai-khoan/hai-lop/ung-dung/")
    found["hai-lop/ung-dung/"] = (reached, faults(page))
    assert found == {path: (f"/tai-khoan/{path}", []) for path in [*PAGES, "hai-lop/ung-dung/"]}


def test_signing_in_by_hand_with_a_mistake_on_the_way(client, open_screen, hoa):
    page = open_screen(PHONE)
    site = answered_by(page, client)
    page.goto(f"{site}/tai-khoan/dang-nhap/?next=/tai-khoan-cua-toi/")
    page.get_by_label("Tên đăng nhập").fill("hoa")
    page.get_by_label("Mật khẩu").fill("sai")
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    page.locator(".errors:focus").wait_for()
    assert faults(page) == []
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    page.get_by_label("Mã sáu số trên ứng dụng").wait_for()
    assert faults(page) == []
    page.get_by_label("Mã sáu số trên ứng dụng").fill(current_code(SECRET))
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    page.wait_for_url("**/tai-khoan-cua-toi/")
    assert page.locator("h1").inner_text() == "Tài khoản của tôi"
