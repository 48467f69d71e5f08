"""What a citizen types is kept: while typing, without a network, and when the session ends."""

import pytest

from tinhso.directory.testing import sign_in
from tinhso.dossiers.models import Draft
from tinhso.dossiers.testing import build_office, publish
from ui.testing import PHONE, answered_by

pytestmark = [pytest.mark.django_db, pytest.mark.browser]


@pytest.fixture
def form(client, open_screen):
    """An open page of a form that An has begun, with its state of saving."""
    office = build_office()
    version = publish()
    sign_in(client, office.an)
    page = open_screen(PHONE)
    site = answered_by(page, client)
    page.goto(f"{site}/nop-ho-so/{version.procedure.code}/")
    page.locator("select").first.select_option(value=str(office.commune.pk))
    page.locator("main form button[type=submit]").first.click()
    page.get_by_label("Mục đích").wait_for()
    page.kept = lambda: Draft.objects.get().answers.get("muc-dich")
    return page


def state(page, state: str, words: str):
    page.locator(f"[data-save-state][data-state={state}]").get_by_text(words).wait_for()


def test_typing_is_saved_a_moment_later_and_says_so(form):
    form.get_by_label("Mục đích").fill("vay vốn ngân hàng")
    state(form, "saved", "Đã lưu lúc")
    assert form.kept() == "vay vốn ngân hàng"


def test_without_a_network_the_page_says_so_and_tries_again(form):
    broken = {"on": True}
    form.route("**/luu/", lambda route: route.abort() if broken["on"] else route.fallback())
    form.get_by_label("Mục đích").fill("vay vốn")
    state(form, "failed", "Chưa lưu được")
    broken["on"] = False
    state(form, "saved", "Đã lưu lúc")
    assert form.kept() == "vay vốn"


def test_when_the_session_has_ended_what_was_typed_stays_on_the_page(form, client):
    client.cookies.clear()
    form.get_by_label("Mục đích").fill("vay vốn")
    state(form, "failed", "Phiên làm việc đã hết")
    assert form.get_by_label("Mục đích").input_value() == "vay vốn"
