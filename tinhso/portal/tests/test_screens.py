"""The front door in a browser: accessible, no refusals by the policy, fits a phone, answers while typing."""

import pytest

from tinhso.directory.models import Reading
from tinhso.directory.testing import sign_in
from tinhso.dossiers.models import Dossier, Status
from tinhso.dossiers.testing import build_office, filed, publish
from ui.testing import DESK, PHONE, answered_by, axe_violations, too_wide

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
PAGES = [
    "/",
    "/tim/?q=khai+sinh",
    "/tim/?q=zzzz",
    "/su-kien/sinh-con/",
    "/su-kien/di-hoc/",
    "/thu-tuc/",
    "/thu-tuc/1.000001/",
    "/khong-co-trang-nay/",
    "/tai-khoan/dang-nhap/",
]
OWN = ["/", "/tai-khoan-cua-toi/", "/tai-khoan-cua-toi/luot-xem/"]


def look_at(page, address) -> list[str]:
    page.goto(address)
    # A page that is not there answers 404, which the browser tells as an error of its own.
    faults = [fault for fault in page.faults if "404 (Not Found)" not in fault]
    return axe_violations(page) + faults + (["too wide"] if too_wide(page) else [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_public_page(client, open_screen, size, scheme):
    publish(name="Đăng ký khai sinh", life_events=["sinh-con"], keywords=["khai sinh"])
    page = open_screen(size, scheme)
    site = answered_by(page, client)
    assert {address: look_at(page, site + address) for address in PAGES} == {address: [] for address in PAGES}


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page_of_ones_own(client, open_screen, size):
    office = build_office()
    running, waiting = (filed(office, publish(code=f"1.00000{n}")) for n in (1, 2))
    Dossier.objects.filter(pk=waiting.pk).update(status=Status.SUPPLEMENT)
    Reading.objects.create(
        citizen=office.an, reader=office.clerk, agency=office.commune, what="hồ sơ", purpose="tiếp nhận", dossier_code=running.code
    )
    sign_in(client, office.an)
    page = open_screen(size)
    site = answered_by(page, client)
    assert {address: look_at(page, site + address) for address in OWN} == {address: [] for address in OWN}


def test_the_search_answers_while_typing_and_is_read_with_the_arrows(client, open_screen):
    publish(name="Đăng ký khai sinh")
    page = open_screen(PHONE)
    page.goto(answered_by(page, client) + "/")
    box = page.get_by_role("searchbox", name="Tìm việc cần làm")
    box.press_sequentially("khai si")
    answer = page.get_by_role("link", name="Đăng ký khai sinh")
    answer.wait_for()
    box.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/thu-tuc/1.000001/")
    assert page.faults == []


def test_the_search_works_without_scripts(client, open_screen):
    publish(name="Đăng ký khai sinh")
    page = open_screen(PHONE, java_script_enabled=False)
    page.goto(answered_by(page, client) + "/")
    page.get_by_role("searchbox", name="Tìm việc cần làm").fill("khai sinh")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Đăng ký khai sinh").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Đăng ký khai sinh"
