"""Forms 01–07: what they say, in which edition, to whom."""

from datetime import date, timedelta
from io import BytesIO

import pikepdf
import pypdfium2
import pytest
import time_machine

from tinhso.directory.models import Reading
from tinhso.directory.testing import sign_in
from tinhso.dossiers.actions.filing import NewPaper, Owner
from tinhso.dossiers.actions.promises import extend_deadline, stop
from tinhso.dossiers.actions.reception import ask_for_supplement, receive, refuse, withdraw
from tinhso.dossiers.actions.work import finish_step
from tinhso.dossiers.models import Channel
from tinhso.dossiers.printing.control import control_rows
from tinhso.dossiers.printing.editions import Form, edition_on
from tinhso.dossiers.printing.papers import NoSuchPaper, paper_pdf, printable_forms
from tinhso.dossiers.printing.register import entered, register_pdf
from tinhso.dossiers.testing import at, filed, open_step

LONG_NAME = "Công ty Trách nhiệm hữu hạn Một thành viên Sản xuất, Thương mại, Dịch vụ và Đầu tư Phát triển Nông nghiệp Công nghệ cao Tam Kỳ"


def words_of(pdf: bytes) -> str:
    """Return the text of a PDF with every run of blanks as one."""
    document = pypdfium2.PdfDocument(pdf)
    return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())


def pages_of(pdf: bytes) -> list[str]:
    return [" ".join(page.get_textpage().get_text_bounded().split()) for page in pypdfium2.PdfDocument(pdf)]


@pytest.fixture
def received(office, version):
    return receive(filed(office, version), by=office.clerk, at=at("2024-04-15 10:00"))


def test_editions_change_with_the_circulars():
    before, after = edition_on(date(2025, 6, 30)), edition_on(date(2025, 7, 1))
    assert [(before.titles[form].number, after.titles[form].number) for form in Form] == [
        ("01", "01"),
        ("02", "02"),
        ("03", "03"),
        ("04", "04"),
        ("", "05"),
        ("05", "06"),
        ("06", "07"),
    ]
    assert (before.titles[Form.APOLOGY].text, after.titles[Form.APOLOGY].text) == (
        "Phiếu xin lỗi và hẹn lại ngày trả kết quả",
        "Văn bản xin lỗi và đề nghị gia hạn",
    )


def test_the_receipt_promises_what_the_dossier_promises(received):
    pdf = paper_pdf(Form.RECEIPT, received, at=at("2024-04-15 10:01"))
    text = words_of(pdf)
    for said in (
        "UBND XÃ TAM ĐÀN BỘ PHẬN MỘT CỬA XÃ TAM ĐÀN",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc",
        "Tam Đàn, ngày 15 tháng 4 năm 2024",
        "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
        "Mã hồ sơ: H47.31.01-240415-0001",
        "Tiếp nhận hồ sơ của: Nguyễn Thị Bình An",
        "Địa chỉ: Thôn Vĩnh Phú, xã Tam Đàn",
        "Số điện thoại: 0905123456",
        "Nội dung yêu cầu giải quyết: Xác nhận tình trạng thử nghiệm",
        "1 Đơn đề nghị Bản điện tử 01",
        "Số lượng hồ sơ: 01 (bộ)",
        "Thời gian giải quyết hồ sơ theo quy định: 05 ngày làm việc",
        "Thời gian nhận hồ sơ: 10 giờ 00 phút, ngày 15/04/2024",
        "Thời gian trả kết quả giải quyết hồ sơ: 10 giờ 00 phút, ngày 23/04/2024",
        "Phí, lệ phí: không phải nộp",
        "Vào Sổ theo dõi hồ sơ: Quyển số: 2024 Số thứ tự: 240415-0001",
        "NGƯỜI NỘP HỒ SƠ (Nộp trực tuyến lúc 09:00 15/04/2024)",
        "Trần Một Cửa",
        "Mẫu số 01, Thông tư số 01/2018/TT-VPCP",
    ):
        assert said in text
    assert len(pages_of(pdf)) == 1


def test_a_paper_is_archival_and_the_same_facts_give_the_same_bytes(received):
    first, second = (paper_pdf(Form.RECEIPT, received, at=at(moment)) for moment in ("2024-04-15 10:01", "2024-04-16 08:00"))
    assert first == second
    with pikepdf.open(BytesIO(first)) as document:
        meta = document.open_metadata()
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("2", "B")


def test_long_names_wrap_and_stay_whole(office, version):
    papers = [NewPaper("don", f"{LONG_NAME} – bản kê số {number}", form="original", quantity=number) for number in range(1, 9)]
    dossier = filed(office, version, channel=Channel.COUNTER, papers=papers, owner=Owner(LONG_NAME, address=LONG_NAME))
    pdf = paper_pdf(Form.RECEIPT, receive(dossier, by=office.clerk, at=at("2024-04-15 10:00")), at=at("2024-04-15 10:00"))
    assert words_of(pdf).count(LONG_NAME) == 10


def test_an_unreceived_dossier_has_no_receipt(office, version):
    with pytest.raises(NoSuchPaper):
        paper_pdf(Form.RECEIPT, filed(office, version), at=at("2024-04-15 10:00"))


def test_the_supplement_request_lists_everything(office, received):
    items = [{"component": "don", "name": "Đơn đề nghị", "what": "Thiếu chữ ký"}, {"component": "", "name": "Sổ hộ khẩu", "what": ""}]
    ask_for_supplement(received, items=items, reason="Đơn chưa ký", by=office.clerk, at=at("2024-04-16 09:00"), answer_by=date(2024, 4, 26))
    text = words_of(paper_pdf(Form.SUPPLEMENT, received, at=at("2024-04-16 09:00")))
    for said in (
        "Số: H47.31.01-240415-0001/HDHS",
        "1 Đơn đề nghị 01 Thiếu chữ ký 2 Sổ hộ khẩu",
        "Lý do: Đơn chưa ký",
        "bổ sung trước ngày: 26/04/2024",
        "NGƯỜI HƯỚNG DẪN (Ký và ghi rõ họ tên) Trần Một Cửa",
    ):
        assert said in text


def test_a_refusal_gives_its_reason_in_words(office, version):
    dossier = refuse(filed(office, version), reason="Không thuộc thẩm quyền của xã.", by=office.clerk, at=at("2024-04-15 10:00"))
    text = words_of(paper_pdf(Form.REFUSAL, dossier, at=at("2024-04-15 10:00")))
    assert "với lý do cụ thể như sau: Không thuộc thẩm quyền của xã." in text
    assert printable_forms(dossier) == [Form.REFUSAL]


def test_an_apology_names_both_dates_and_its_signer(office, received):
    extend_deadline(
        received, new_due_at=at("2024-04-26 10:00"), reason="Chờ xác minh thực địa", by=office.leader, at=at("2024-04-22 08:00")
    )
    text = words_of(paper_pdf(Form.APOLOGY, received, at=at("2024-04-22 08:00")))
    for said in (
        "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ",
        "Thời gian hẹn trả kết quả: 10 giờ 00 phút, ngày 23/04/2024",
        "Lý do: Chờ xác minh thực địa",
        "10 giờ 00 phút, ngày 26/04/2024",
        "TM. ỦY BAN NHÂN DÂN",
        "Nguyễn Chủ Tịch",
    ):
        assert said in text


@pytest.mark.parametrize(
    ("verb", "who", "asked_by"),
    [(stop, "leader", "Nguyễn Chủ Tịch, UBND xã Tam Đàn"), (withdraw, "an", "Nguyễn Thị Bình An (người nộp hồ sơ rút hồ sơ)")],
)
def test_a_stop_notice_says_who_asked_and_at_which_stage(office, received, verb, who, asked_by):
    dossier = verb(received, reason="Hết nhu cầu", by=getattr(office, who), at=at("2024-04-16 09:00"))
    text = words_of(paper_pdf(Form.STOP, dossier, at=at("2024-04-16 09:00")))
    for said in (
        f"Người đề nghị dừng giải quyết: {asked_by}",
        "Giai đoạn giải quyết khi dừng: Phân công (Công chức Tư pháp - Hộ tịch)",
        "Lý do dừng: Hết nhu cầu",
        "Phí, lệ phí: không phải nộp",
    ):
        assert said in text


def test_the_control_sheet_has_every_hand_over_and_its_result(office, received):
    step = open_step(received, "phan-cong")
    finish_step(step, note="Giao chị Viên", by=office.head, at=step.due_at + timedelta(minutes=1))
    assert control_rows(received) == [
        [
            "1",
            "Người nộp hồ sơ",
            "Bộ phận Một cửa xã Tam Đàn",
            "10:00 15/04/2024",
            "Nguyễn Thị Bình An",
            "Trần Một Cửa",
            "",
            "Nộp lúc 09:00 15/04/2024, trực tuyến",
        ],
        [
            "2",
            "Bộ phận Một cửa xã Tam Đàn, UBND xã Tam Đàn",
            "Công chức Tư pháp - Hộ tịch, UBND xã Tam Đàn",
            "10:00 15/04/2024",
            "Trần Một Cửa",
            "Lê Trưởng Phòng",
            "Đúng hạn",
            "Tiếp nhận",
        ],
        [
            "3",
            "Công chức Tư pháp - Hộ tịch, UBND xã Tam Đàn",
            "Công chức Tư pháp - Hộ tịch, UBND xã Tam Đàn",
            "13:59 15/04/2024",
            "Lê Trưởng Phòng",
            "",
            "Quá hạn",
            "Phân công. Giao chị Viên",
        ],
    ]
    text = words_of(paper_pdf(Form.CONTROL, received, at=at("2025-07-01 08:00")))
    assert "Mẫu số 06, Thông tư số 03/2025/TT-VPCP" in text and "Quá hạn Phân công. Giao chị Viên" in text


def test_a_register_of_two_hundred_rows_repeats_its_head_on_every_page(office, received):
    dossiers = entered(office.commune, date(2024, 4, 1), date(2024, 4, 30))
    assert dossiers == [received]
    pages = pages_of(register_pdf(office.commune, dossiers * 200, date(2024, 4, 1), date(2024, 4, 30), at=at("2024-05-02 08:00")))
    assert len(pages) > 5
    assert [page.count("Tên thủ tục hành chính") for page in pages] == [1] * len(pages)
    assert [page.split()[0] for page in pages[1:]] == [str(number) for number in range(2, len(pages) + 1)]


def test_the_owner_prints_the_receipt_and_a_stranger_finds_nothing(office, received, client):
    address = f"/ho-so/{received.reference}/giay-hen.pdf"
    assert client.get(address).status_code == 302
    for who, status in (("an", 200), ("binh", 404), ("chau", 404)):
        sign_in(client, getattr(office, who))
        assert client.get(address).status_code == status
    sign_in(client, office.an)
    answer = client.get(address)
    assert (answer["Content-Type"], answer["Content-Disposition"], answer.content[:5]) == (
        "application/pdf",
        'inline; filename="giay-hen-H47.31.01-240415-0001.pdf"',
        b"%PDF-",
    )
    assert Reading.objects.count() == 0


@pytest.mark.parametrize(
    ("who", "form", "status"),
    [
        ("clerk", "kiem-soat", 200),
        ("clerk", "xin-loi", 404),
        ("clerk", "so-theo-doi", 404),
        ("chau", "kiem-soat", 404),
        ("an", "kiem-soat", 404),
    ],
)
def test_officials_print_what_they_may_see_and_it_is_noted(office, received, client, who, form, status):
    sign_in(client, getattr(office, who))
    assert client.get(f"/nghiep-vu/ho-so/{received.code}/phieu/{form}.pdf").status_code == status
    read = [(reading.citizen, reading.reader, reading.dossier_code) for reading in Reading.objects.all()]
    assert read == ([(office.an, office.clerk, received.code)] if status == 200 else [])


@time_machine.travel(at("2024-04-30 08:00"), tick=False)
def test_the_register_is_printed_by_those_who_see_the_figures(office, received, client):
    address = f"/nghiep-vu/so-theo-doi.pdf?co-quan={office.commune.pk}"
    sign_in(client, office.chau)
    assert client.get(address).status_code == 404
    sign_in(client, office.clerk)
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert list(Reading.objects.values_list("citizen", "what")) == [(office.an.pk, "sổ theo dõi hồ sơ")]


def test_the_dossiers_page_offers_the_forms_that_say_something(office, received, client):
    ask_for_supplement(received, items=[{"name": "Đơn"}], reason="Thiếu", by=office.clerk, at=at("2024-04-16 09:00"))
    sign_in(client, office.clerk)
    page = client.get(f"/nghiep-vu/ho-so/{received.code}/").content.decode()
    assert [form.value for form in Form if f"/phieu/{form}.pdf" in page] == ["giay-hen", "bo-sung", "kiem-soat"]
