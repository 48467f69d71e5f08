"""Report II.06 as page, sheet and paper: who sees it, what it says, where its figures lead."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest

from tinhso.directory.models import Person, Post, Role
from tinhso.directory.testing import sign_in
from tinhso.dossiers.models import Status
from tinhso.dossiers.queries.figures import Scope
from tinhso.dossiers.queries.report import BY_AGENCY, BY_FIELD, COLUMNS, report
from tinhso.dossiers.testing import SINCE, at
from tinhso.dossiers.tests.test_figures import NOW, example, place, store  # noqa: F401
from tinhso.dossiers.tests.test_prints import words_of
from tinhso.kernel.measures import Period

MARCH = Period(date(2024, 3, 1), date(2024, 3, 31))
QUERY = "tu=2024-03-01&den=2024-03-31"


@pytest.fixture
def history(place):  # noqa: F811
    """Six dossiers of the commune in two fields, one of the neighbour."""
    late, stopped = {"finished_at": at("2024-03-14 09:00")}, {"status": Status.STOPPED, "due_at": None}
    still = {"status": Status.PROCESSING, "finished_at": None}
    store(
        [
            example(),
            example(version=1, channel="counter", **late),
            example(version=1, channel="post", finished_at=at("2024-03-12 08:00")),
            example(received_at=at("2024-02-28 09:00"), **still),
            example(due_at=at("2024-05-02 09:00"), **still),
            example(**stopped),
            example(agency=1),
        ],
        place,
    )
    return place


def table(found) -> list[tuple]:
    return [(row.name, *(value for _, value in row.cells)) for row in found.rows]


def test_an_agency_by_field_in_the_order_of_the_form(history):
    found = report(MARCH, now=NOW, within=Scope.of([history[0][0].pk]), grouping=BY_FIELD)
    assert [heading for _, heading, _ in COLUMNS] == [
        "Tổng số", "Trực tuyến", "Trực tiếp, dịch vụ bưu chính", "Từ kỳ trước",
        "Tổng số", "Trước hạn", "Đúng hạn", "Quá hạn",
        "Tổng số", "Trong hạn", "Quá hạn",
    ]  # fmt: skip
    assert table(found) == [("Đất đai", 2, 0, 2, 0, 2, 0, 1, 1, 0, 0, 0), ("Hộ tịch", 4, 3, 0, 1, 1, 1, 0, 0, 2, 1, 1)]
    assert found.balance == (
        "6 hồ sơ nhận giải quyết = 3 đã giải quyết + 2 đang giải quyết (trong đó 0 tạm dừng) + 1 dừng giải quyết + 0 người nộp rút. "
        "Ngoài ra 0 hồ sơ bị từ chối tiếp nhận."
    )


def test_agencies_under_their_levels(history):
    found = report(MARCH, now=NOW, within=Scope(), grouping=BY_AGENCY)
    assert [(level, [row.name for row in rows]) for level, rows in found.levels] == [
        ("Cấp xã", ["UBND xã Tam Dân", "UBND xã Tam Đàn"]),
    ]
    assert (found.number, found.total.process) == ("II.06b", 7)


def test_every_figure_leads_to_its_dossiers(history, office, client):
    sign_in(client, office.leader)
    page = client.get(f"/nghiep-vu/bao-cao/?{QUERY}").content.decode()
    assert "Biểu II.06a" in page
    address = f"/nghiep-vu/bao-cao/ho-so/?co-quan={office.commune.pk}&tu=2024-03-01&den=2024-03-31&linh-vuc=%C4%90%E1%BA%A5t+%C4%91ai&nhom=linh-vuc&so-lieu=late"
    assert address.replace("&", "&amp;") in page
    listed = client.get(address).content.decode()
    assert [code for code in ("X-0", "X-1", "X-2", "X-6") if f">{code}<" in listed] == ["X-1"]
    assert client.get(f"/nghiep-vu/bao-cao/ho-so/?{QUERY}&so-lieu=nothing").status_code == 404
    # As people type days.
    typed = client.get("/nghiep-vu/bao-cao/", {"tu": "01/03/2024", "den": "31/03/2024"}).content.decode()
    assert address.replace("&", "&amp;") in typed and 'value="31/03/2024"' in typed


def test_outsiders_see_their_own_figures_only(history, office, client):
    assert client.get("/nghiep-vu/bao-cao/").status_code == 302
    sign_in(client, office.chau)
    assert client.get(f"/nghiep-vu/bao-cao/?co-quan={office.commune.pk}").status_code == 404
    listed = client.get(f"/nghiep-vu/bao-cao/ho-so/?{QUERY}&so-lieu=total").content.decode()
    assert [code for code in ("X-0", "X-6") if f">{code}<" in listed] == ["X-6"]
    for who in ("an", "specialist", "records"):
        sign_in(client, getattr(office, who))
        for address in ("", "ho-so/?so-lieu=total", "bieu-06.xlsx", "bieu-06.pdf"):
            assert client.get(f"/nghiep-vu/bao-cao/{address}").status_code == 404


def test_whoever_watches_the_province_sees_all_agencies(history, office, client):
    watcher = Person(kind=Person.Kind.OFFICIAL, username="thu.giam-sat", full_name="Lê Giám Sát")
    watcher.set_unusable_password()
    watcher.save()
    Post.objects.create(person=watcher, unit=office.department, role=Role.SUPERVISOR, valid_from=SINCE)
    sign_in(client, watcher)
    page = client.get(f"/nghiep-vu/bao-cao/?{QUERY}").content.decode()
    assert ("Biểu II.06b" in page, "UBND xã Tam Dân" in page, "Cấp xã" in page) == (True, True, True)


def test_the_sheet_has_the_columns_of_the_form(history, office, client):
    sign_in(client, office.leader)
    answer = client.get(f"/nghiep-vu/bao-cao/bieu-06.xlsx?{QUERY}")
    assert answer["Content-Disposition"] == 'attachment; filename="bieu-II-06a-20240301-20240331.xlsx"'
    rows = list(openpyxl.load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert rows[1][0] == "TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH"
    assert rows[4][:3] == ("STT", "Lĩnh vực giải quyết", "Số hồ sơ nhận giải quyết")
    assert rows[7:10] == [
        (1, "Đất đai", 2, 0, 2, 0, 2, 0, 1, 1, 0, 0, 0),
        (2, "Hộ tịch", 4, 3, 0, 1, 1, 1, 0, 0, 2, 1, 1),
        ("Tổng cộng", None, 6, 3, 2, 1, 3, 1, 1, 1, 2, 1, 1),
    ]


def test_the_paper_says_the_same(history, office, client):
    sign_in(client, office.leader)
    text = words_of(client.get(f"/nghiep-vu/bao-cao/bieu-06.pdf?{QUERY}").content)
    for said in (
        "2 Hộ tịch 4 3 0 1 1 1 0 0 2 1 1",
        "Tổng cộng 6 3 2 1 3 1 1 1 2 1 1",
        "Biểu số II.06a/VPCP/KSTT",
        "từ ngày 01/03/2024 đến ngày 31/03/2024",
    ):
        assert said in text


def test_an_empty_period_says_so(office, version, client):
    sign_in(client, office.leader)
    assert "Không có hồ sơ nào trong kỳ này" in client.get("/nghiep-vu/bao-cao/?tu=xx&den=2024-01-01").content.decode()
