"""The cataloguers' pages in a real browser, at a phone's and a desk's width."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.urls import reverse

from tinhso.directory.testing import session_for
from tinhso.procedures.actions import load
from tinhso.procedures.data_files import definitions
from tinhso.procedures.models import ProcedureVersion
from tinhso.procedures.tests.test_imports import LINE, lines
from ui.testing import DESK, PHONE, axe_violations, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOW = datetime(2024, 4, 1, 2, tzinfo=UTC)


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def page(request, live_server, open_screen, people):
    load([one for one in definitions() if one.field == "Hộ tịch"], valid_from=date(2024, 1, 1), at=NOW)
    page = open_screen(request.param)
    page.context.add_cookies([{"name": "sessionid", "value": session_for(people["cataloguer"]), "url": live_server.url}])
    page.goto(live_server.url + reverse("catalogue"))
    return page


def is_sound(page, name: str) -> None:
    """Ask axe and the width; keep a picture where somebody asks for it."""
    if folder := os.environ.get("TINHSO_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}-{page.viewport_size['width']}.png", full_page=True)
    assert (axe_violations(page), too_wide(page), page.faults) == ([], False, [])


def test_a_fee_is_changed_from_today(page):
    is_sound(page, "danh-muc")
    page.get_by_label("Tên, mã hoặc lời người dân").fill("giay doc than")
    page.get_by_role("button", name="Lọc").click()
    page.get_by_role("link", name="1.004873").click()
    is_sound(page, "danh-muc-thu-tuc")
    page.get_by_role("button", name="Soạn phiên bản mới").click()
    is_sound(page, "danh-muc-sua")
    page.get_by_label("Nộp trực tuyến").fill("2 tuần")
    page.get_by_role("button", name="Lưu bản nháp").click()
    page.get_by_text("không hiểu thời hạn").first.wait_for()
    # The browser reports the refusal (422) as what it is.
    assert [fault for fault in page.faults if "422" not in fault] == []
    page.faults.clear()
    is_sound(page, "danh-muc-sua-sai")
    page.get_by_label("Nộp trực tuyến").fill("2 ngày làm việc\n+ Lệ phí cấp Giấy xác nhận tình trạng hôn nhân | 10000 | online=0")
    page.get_by_role("button", name="Lưu bản nháp").click()
    page.get_by_role("heading", name="Khác phiên bản 1").wait_for()
    is_sound(page, "danh-muc-ban-nhap")
    page.get_by_role("button", name="Công khai").click()
    page.get_by_text("Đã công khai, hiệu lực từ").wait_for()
    is_sound(page, "danh-muc-da-cong-khai")

    version = ProcedureVersion.objects.get(procedure__code="1.004873", valid_to=None)
    assert (version.number, version.definition.fee_total("online"), version.definition.fee_total("counter")) == (2, 0, 10_000)


def test_a_file_is_imported_and_its_report_read(page):
    page.get_by_role("link", name="Nhập từ tệp").click()
    is_sound(page, "danh-muc-nhap")
    record = LINE | {"_papers": [], "can_cu_phap_ly": ""}
    page.set_input_files("input[type=file]", {"name": "danh-muc.jsonl", "mimeType": "application/json", "buffer": lines(record, "{hỏng")})
    page.get_by_role("button", name="Nhập", exact=True).click()
    page.get_by_text("bản ghi không theo khuôn dạng").wait_for()
    is_sound(page, "danh-muc-bao-cao")
    page.get_by_label("Mức").select_option("thiếu")
    page.get_by_role("button", name="Lọc").click()
    page.get_by_text("không có căn cứ pháp lý", exact=True).wait_for()
    is_sound(page, "danh-muc-bao-cao-thieu")
