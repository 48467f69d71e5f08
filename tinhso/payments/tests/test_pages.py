from xml.etree import ElementTree

import pytest
from django.urls import reverse
from pypdfium2 import PdfDocument

from tinhso.directory.testing import sign_in
from tinhso.payments.actions import ask_refund, record_payment, record_transfer
from tinhso.payments.bank import Transfer
from tinhso.payments.models import Payment, PaymentRequest, Refund
from tinhso.payments.tests.conftest import AT, CODE

pytestmark = pytest.mark.django_db


def pay(request, amount=24000, reference="FT1"):
    return record_payment(request, amount=amount, bank_reference=reference, at=AT)


def test_whoever_holds_the_address_may_pay_and_sees_nobodys_data(client, house):
    request = house.ask()
    page = client.get(request.get_absolute_url()).content.decode()
    assert [word in page for word in (CODE, "24.000 đ", "49000000000001", "KHO BAC NHA NUOC TINH", "Trần Văn Bình", "Thu 24.000 đ")] == [
        *([True] * 4),
        False,
        False,
    ]
    assert client.get(reverse("pay", args=["x" * 24])).status_code == 404


def test_the_picture_of_the_code_comes_from_our_own_address(client, house):
    request = house.ask()
    answer = client.get(reverse("pay-qr", args=[request.token]))
    assert (answer.status_code, answer["Content-Type"], answer["X-Content-Type-Options"]) == (200, "image/svg+xml", "nosniff")
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    root = ElementTree.fromstring(answer.content)  # noqa: S314 (our own picture)
    assert [set(part.attrib) & {"style", "class", "onload"} for part in root.iter()] == [set()] * len(list(root.iter()))


def test_when_the_money_has_come_the_page_says_so_and_the_code_is_gone(client, house):
    request = house.ask()
    state = reverse("pay-state", args=[request.token])
    assert 'hx-trigger="every 5s"' in client.get(state).content.decode()
    pay(request, 20000)
    assert "Đã nhận 20.000 đồng, còn thiếu 4.000 đồng." in client.get(state).content.decode()
    pay(request, 4000, "FT2")
    page = client.get(state).content.decode()
    assert ("Biên lai số BL24 0000001 của UBND xã Tam Đàn." in page, "hx-trigger" in page) == (True, False)
    assert client.get(reverse("pay-qr", args=[request.token])).status_code == 404


def test_the_clerk_takes_cash_and_nobody_else(client, house):
    request = house.ask()
    address = reverse("pay-cash", args=[request.token])
    for person in (house.binh, house.chau, house.leader):
        sign_in(client, person)
        assert client.post(address).status_code == 404
        assert "tiền mặt</span>" not in client.get(request.get_absolute_url()).content.decode()
    sign_in(client, house.clerk)
    assert "Thu 24.000 đ tiền mặt" in client.get(request.get_absolute_url()).content.decode()
    assert "Đã thu 24.000 đồng và lập biên lai." in client.post(address, follow=True).content.decode()
    client.post(address)
    assert Payment.objects.count() == 1


def test_reconciliation_is_for_those_who_put_right(client, house):
    request = house.ask()
    short = pay(request, 20000)
    unknown = record_transfer(Transfer("FT7", "49000000000001", 5000, "nop phi", AT))
    for person in (house.binh, house.clerk):
        sign_in(client, person)
        assert client.get(reverse("reconciliation")).status_code == 404
        assert client.post(reverse("settle-payment", args=[short.pk]), {"note": "x"}).status_code == 404
    sign_in(client, house.chau)
    page = client.get(reverse("reconciliation")).content.decode()
    assert ("FT1" in page, "FT7" in page, "Mọi khoản đều khớp" in page) == (False, False, True)
    sign_in(client, house.leader)
    page = client.get(reverse("reconciliation")).content.decode()
    assert ("FT1" in page, "FT7" in page) == (True, False)
    assert client.post(reverse("attach-payment", args=[unknown.pk]), {"purpose": CODE}).status_code == 404
    sign_in(client, house.supervisor)
    page = client.get(reverse("reconciliation")).content.decode()
    assert ("FT1" in page, "FT7" in page) == (True, True)


def test_the_supervisor_attaches_and_settles(client, house):
    request = house.ask()
    unknown = record_transfer(Transfer("FT7", "49000000000001", 30000, "nop phi", AT))
    sign_in(client, house.supervisor)
    wrong = client.post(reverse("attach-payment", args=[unknown.pk]), {"purpose": "H49.31.04-240415-0009"}, follow=True)
    assert "Không có khoản nộp nào mang nội dung này" in wrong.content.decode()
    client.post(reverse("attach-payment", args=[unknown.pk]), {"purpose": CODE.lower()})
    assert (PaymentRequest.objects.get(pk=request.pk).state, Payment.objects.get().verdict) == ("paid", "over")
    assert "Xin ghi cách xử lý" in client.post(reverse("settle-payment", args=[unknown.pk]), follow=True).content.decode()
    client.post(reverse("settle-payment", args=[unknown.pk]), {"note": "Trả lại 6.000 đồng"})
    assert Payment.objects.get().note == "Trả lại 6.000 đồng"


def test_a_refund_is_carried_out_on_the_page(client, house):
    request = house.ask()
    pay(request)
    refund = ask_refund(request, amount=24000, reason="Dừng giải quyết", by=house.supervisor, at=AT)
    address = reverse("end-refund", args=[refund.pk])
    sign_in(client, house.chau)
    assert client.post(address, {"verb": "complete", "words": "HT1"}).status_code == 404
    sign_in(client, house.supervisor)
    assert "không được tự thực hiện" in client.post(address, {"verb": "complete", "words": "HT1"}, follow=True).content.decode()
    sign_in(client, house.leader)
    assert "Dừng giải quyết" in client.get(reverse("reconciliation")).content.decode()
    client.post(address, {"verb": "complete", "words": "HT1"})
    assert (Refund.objects.get().state, PaymentRequest.objects.get().state) == ("done", "refunded")
    assert "Đã hoàn tiền" in client.get(request.get_absolute_url()).content.decode()


def test_the_receipt_goes_to_the_payer_and_the_agency(client, house):
    request = house.ask()
    address = reverse("pay-receipt", args=[request.token])
    sign_in(client, house.binh)
    assert client.get(address).status_code == 404
    pay(request)
    assert "Tải biên lai (PDF)" in client.get(request.get_absolute_url()).content.decode()
    answer = client.get(address)
    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "application/pdf",
        'attachment; filename="bien-lai-BL24-0000001.pdf"',
    )
    text = PdfDocument(answer.content)[0].get_textpage().get_text_range()
    words = " ".join(text.split())
    for said in (
        "UBND XÃ TAM ĐÀN",
        "Ký hiệu: BL24",
        "Số: 0000001",
        "BIÊN LAI THU TIỀN PHÍ, LỆ PHÍ",
        "Ngày 15 tháng 04 năm 2024",
        "Người nộp tiền: Trần Văn Bình",
        f"Nộp cho hồ sơ: {CODE}",
        "Hình thức thanh toán: chuyển khoản, mã giao dịch FT1",
        "1 Lệ phí đăng ký khai sinh lệ phí 8.000",
        "2 Phí cấp bản sao phí 16.000",
        "Cộng 24.000",
        "Số tiền viết bằng chữ: Hai mươi tư nghìn đồng.",
    ):
        assert said in words, words
    assert client.get(address).content == answer.content
    for person, status in ((house.clerk, 200), (house.leader, 200), (house.chau, 404)):
        sign_in(client, person)
        assert client.get(address).status_code == status
    client.logout()
    assert client.get(address).status_code == 302
