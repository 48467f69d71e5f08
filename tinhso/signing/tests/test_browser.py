"""The pages of this room in a real browser, at a phone's and a desk's width."""

import os
from pathlib import Path

import pytest
from django.urls import reverse

from tinhso.directory.testing import session_for
from tinhso.signing.actions import sign_pdf
from tinhso.signing.queries import certificate_of
from ui.testing import DESK, PHONE, axe_violations, too_wide

from .test_signing import moment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def picture(page, name: str) -> None:
    """Keep a picture where somebody asks for it."""
    if folder := os.environ.get("TINHSO_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}-{page.viewport_size['width']}.png", full_page=True)


@pytest.fixture
def sealed(office, pki, paper) -> bytes:
    signed = sign_pdf(paper, by=office.leader, for_unit=office.commune, at=moment(), reason="Phê duyệt kết quả")
    return sign_pdf(signed.content, by=office.records, for_unit=office.commune, at=moment(), kind="agency").content


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_anybody_checks_a_file(live_server, open_screen, sealed, size):
    page = open_screen(size)
    page.goto(live_server.url + reverse("verify-file"))
    assert (axe_violations(page), too_wide(page)) == ([], False)
    place = sealed.index(b"endstream") - 20
    changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
    for name, content, headline in (
        ("hop-le", sealed, "Cả 2 chữ ký số đều hợp lệ"),
        ("da-sua", changed, "Văn bản đã thay đổi sau khi ký"),
        ("khong-phai-pdf", b"GIF89a", "Không có chữ ký số để xác minh"),
    ):
        page.set_input_files("input[type=file]", {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": content})
        page.get_by_role("button", name="Kiểm tra", exact=True).click()
        page.get_by_role("heading", name=headline).wait_for()
        picture(page, f"xac-minh-{name}")
        assert (axe_violations(page), too_wide(page)) == ([], False)
    assert page.faults == []


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_operators_see_whom_we_trust(live_server, open_screen, office, sealed, size):
    page = open_screen(size)
    page.context.add_cookies([{"name": "sessionid", "value": session_for(office.operator), "url": live_server.url}])
    page.goto(live_server.url + reverse("trust-anchors"))
    picture(page, "goc-tin-cay")
    assert (axe_violations(page), too_wide(page), page.faults) == ([], False, [])


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_operators_keep_certificates(live_server, open_screen, office, sealed, size):
    page = open_screen(size)
    page.context.add_cookies([{"name": "sessionid", "value": session_for(office.operator), "url": live_server.url}])
    page.goto(live_server.url + reverse("certificates"))
    picture(page, "chung-thu")
    assert (axe_violations(page), too_wide(page)) == ([], False)
    page.get_by_role("link", name="Nguyễn Thị Bích Liên").click()
    picture(page, "chung-thu-mot")
    assert (axe_violations(page), too_wide(page)) == ([], False)
    page.get_by_label("lộ khóa hoặc mất thiết bị lưu khóa").check()
    page.get_by_role("button", name="Thu hồi", exact=True).click()
    page.get_by_text("Đã thu hồi chứng thư của Nguyễn Thị Bích Liên.").wait_for()
    picture(page, "chung-thu-thu-hoi")
    assert (axe_violations(page), too_wide(page), page.faults) == ([], False, [])
    assert certificate_of(office.leader) is None
