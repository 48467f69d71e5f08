"""The way to the e-ID and back in a real browser, whose policy for forms and redirects no test client knows."""

import pytest
from django.conf import settings as django_settings

from connectors.eid.simulator import SETTINGS
from connectors.eid.tests.conftest import free_port, running
from connectors.eid.views import UNTRUSTED
from ui.testing import PHONE, axe_violations, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
IN = "Đăng nhập bằng định danh điện tử"


def test_a_citizen_goes_to_the_e_id_and_comes_back(live_server, open_screen, monkeypatch, settings):
    settings.SITE_URL = live_server.url
    with running(free_port(), live_server.url) as eid:
        monkeypatch.setattr(django_settings.ENV, "eid_issuer", eid)
        monkeypatch.setattr(django_settings.ENV, "eid_client_secret", SETTINGS["TINHSO_EID_CLIENT_SECRET"])
        page = open_screen(size=PHONE)
        page.goto(f"{live_server.url}/ho-so/")
        page.get_by_role("link", name=IN).click()
        page.wait_for_url(f"{eid}/**")
        assert (axe_violations(page), too_wide(page)) == ([], False)

        page.select_option("[name=fault]", "nonce")
        page.get_by_role("button", name="Nguyễn Thị Bình An").click()
        page.wait_for_url(f"{live_server.url}/tai-khoan/dang-nhap/**")
        assert UNTRUSTED in page.inner_text("main")

        page.get_by_role("link", name=IN).click()
        page.get_by_role("button", name="Nguyễn Thị Bình An").click()
        page.wait_for_url(f"{live_server.url}/ho-so/")
        assert page.faults == []
