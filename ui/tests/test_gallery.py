"""Every component, as a browser and axe see it."""

import pytest

from ui.testing import DESK, PHONE, axe_violations, too_wide

# The site runs in a thread and reads what the migrations left; nothing here writes.
pytestmark = pytest.mark.django_db


@pytest.mark.browser
@pytest.mark.parametrize("shell", ["", "?can-bo"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_component_is_accessible_fits_and_breaks_no_policy(quiet_site, open_screen, settings, size, scheme, shell):
    settings.DEBUG = True
    page = open_screen(size, scheme)
    page.goto(f"{quiet_site}/giao-dien/{shell}")
    assert (axe_violations(page), page.faults, too_wide(page)) == ([], [], False)


def test_the_living_page_is_not_there_for_visitors(client):
    assert client.get("/giao-dien/").status_code == 404


@pytest.mark.browser
def test_a_pressed_button_rests_and_says_so(quiet_site, open_screen, settings):
    settings.DEBUG = True
    page = open_screen()
    page.goto(f"{quiet_site}/giao-dien/")
    page.route("**/giao-dien/", lambda route: route.fulfill(status=204))  # an answer that changes nothing
    page.get_by_role("button", name="Tiếp tục").click()
    button = page.locator("button[aria-busy=true]")
    assert button.inner_text() == "Đang gửi…"
    assert page.locator(".errors").is_visible()


@pytest.mark.browser
def test_dates_get_their_slashes_while_typing(quiet_site, open_screen, settings):
    settings.DEBUG = True
    page = open_screen()
    page.goto(f"{quiet_site}/giao-dien/")
    box = page.get_by_label("Ngày sinh")
    box.fill("")
    box.press_sequentially("20112026")
    assert box.input_value() == "20/11/2026"


@pytest.mark.browser
def test_j_and_k_walk_the_rows_of_a_queue(quiet_site, open_screen, settings):
    settings.DEBUG = True
    page = open_screen()
    page.goto(f"{quiet_site}/giao-dien/?can-bo")
    page.locator("h1").click()
    walked = []
    for key in "jjjjk":
        page.keyboard.press(key)
        walked.append(page.evaluate("document.activeElement.textContent"))
    codes = ["H49.31.04-260421-0007", "H49.31.04-260424-0012", "H49.31.04-260427-0003"]
    assert walked == [*codes, codes[2], codes[1]]


@pytest.mark.browser
def test_a_dialog_opens_without_scripts(quiet_site, open_screen, settings):
    settings.DEBUG = True
    page = open_screen(java_script_enabled=False)
    page.goto(f"{quiet_site}/giao-dien/")
    page.get_by_role("button", name="Mở hộp thoại").click()
    assert page.get_by_role("dialog", name="Rút hồ sơ").is_visible()
