import hashlib
from html import unescape
from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse

from tinhso.directory.testing import sign_in
from tinhso.kernel.events import timeline
from tinhso.signing.actions import sign_pdf
from tinhso.signing.models import Certificate, TrustAnchor
from tinhso.signing.queries import certificate_of

from .test_signing import moment


class Words(HTMLParser):
    def __init__(self):
        super().__init__()
        self.words = []

    def handle_data(self, data):
        self.words += data.split()


def text(response) -> str:
    reader = Words()
    reader.feed(response.content.decode())
    return unescape(" ".join(reader.words))


def upload(client, content: bytes, name="van-ban.pdf"):
    return client.post(reverse("verify-file"), {"file": SimpleUploadedFile(name, content, "application/pdf")})


@pytest.fixture
def signed(office, pki, paper) -> bytes:
    return sign_pdf(paper, by=office.leader, for_unit=office.commune, at=moment(), reason="Phê duyệt", lasting=True).content


def test_anybody_sees_who_signed_and_that_nothing_changed(client, signed):
    answer = upload(client, signed)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    shown = text(answer)
    for sentence in (
        "Chữ ký số hợp lệ",
        "van-ban.pdf",
        "Nguyễn Thị Bích Liên",
        "Chủ tịch Ủy ban nhân dân xã, Ủy ban nhân dân xã Tam Thăng",
        "Nội dung không thay đổi từ khi ký.",
        "Có dấu thời gian của tổ chức tin cậy.",
        "thuộc hệ thống chứng thực được tin cậy.",
        "Chứng thư không bị thu hồi.",
        "Phê duyệt",
    ):
        assert sentence in shown


def test_a_changed_file_is_told(client, signed):
    place = signed.index(b"endstream") - 20
    shown = text(upload(client, signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]))
    assert "Văn bản đã thay đổi sau khi ký" in shown
    assert "Nội dung đã thay đổi sau khi ký." in shown


@pytest.mark.parametrize(
    ("content", "code", "sentence"),
    [
        (b"GIF89a", 200, "Tệp không phải PDF hoặc đã hỏng, không đọc được."),
        (b"%PDF-1.7\n" + bytes(2000), 200, "Tệp không phải PDF hoặc đã hỏng, không đọc được."),
        (b"", 422, "Vui lòng chọn tệp PDF cần kiểm tra."),
        (b"%PDF-1.7" + bytes(2 * 2**20), 422, "Tệp lớn hơn 1 MB nên không kiểm tra được tại đây."),
    ],
)
def test_bad_files_get_a_sentence(client, db, settings, content, code, sentence):
    settings.ENV = settings.ENV.model_copy(update={"upload_limit_mb": 1})
    answer = upload(client, content)
    assert answer.status_code == code and sentence in text(answer)


def test_a_file_without_signatures_is_no_mistake(client, db, paper):
    shown = text(upload(client, paper))
    assert "Không có chữ ký số để xác minh" in shown and "Tệp không có chữ ký số nào." in shown


def test_a_hostile_name_is_only_text(client, db, paper):
    answer = upload(client, paper, name="<script>alert(1)</script>.pdf")
    assert b"<script>alert" not in answer.content


def test_operators_see_certificates_and_revoke_with_a_reason(client, office, signed):
    sign_in(client, office.operator)
    serial = certificate_of(office.leader).serial
    assert "Nguyễn Thị Bích Liên" in text(client.get(reverse("certificates")))
    assert "Nguyễn Thị Bích Liên" in text(client.get(reverse("certificates"), {"q": "nguyen thi bich lien"}))
    assert "Không có chứng thư nào" in text(client.get(reverse("certificates"), {"q": "khong co ai"}))

    refused = client.post(reverse("certificate-revoke", args=[serial]))
    assert refused.status_code == 422 and "Vui lòng chọn lý do thu hồi." in text(refused)
    done = client.post(reverse("certificate-revoke", args=[serial]), {"reason": "key_compromise"}, follow=True)
    assert "Đã thu hồi chứng thư của Nguyễn Thị Bích Liên." in text(done)
    assert "Nguyễn Thị Bích Liên" in text(client.get(reverse("certificates"), {"state": "revoked"}))
    assert "Chứng thư đã bị thu hồi." in text(upload(client, signed))


def test_operators_give_a_new_certificate(client, office, signed):
    sign_in(client, office.operator)
    serial = certificate_of(office.leader).serial
    done = client.post(reverse("certificate-renew", args=[serial]), follow=True)
    assert "Đã cấp chứng thư mới cho Nguyễn Thị Bích Liên." in text(done)
    assert Certificate.objects.filter(person=office.leader).count() == 2


def test_chau_of_another_commune_finds_no_certificates(client, office, signed):
    sign_in(client, office.chau)
    serial = certificate_of(office.leader).serial
    pages = [client.get(reverse("certificates")), client.get(reverse("certificate", args=[serial])), client.get(reverse("trust-anchors"))]
    pages.append(client.post(reverse("trust-anchor-end", args=[TrustAnchor.objects.get().fingerprint])))
    pages += [client.post(reverse(name, args=[serial]), {"reason": "superseded"}) for name in ("certificate-revoke", "certificate-renew")]
    assert [page.status_code for page in pages] == [404] * 6
    assert certificate_of(office.leader) is not None


def test_operators_trust_an_authority_and_trust_it_no_more(client, office, pki, signed):
    sign_in(client, office.operator)
    address, root = reverse("trust-anchors"), TrustAnchor.objects.get()
    client.post(reverse("trust-anchor-end", args=[root.fingerprint]))
    shown = text(upload(client, signed))
    assert "Chưa đủ căn cứ để tin cậy" in shown and "Chứng thư không dẫn tới gốc tin cậy nào của hệ thống" in shown

    for content, sentence in ((b"", "Vui lòng chọn tệp chứng thư."), (b"GIF89a", "Tệp không phải chứng thư số (PEM hoặc DER).")):
        refused = client.post(address, {"file": SimpleUploadedFile("goc.pem", content), "purpose": "both"})
        assert refused.status_code == 422 and sentence in text(refused)
    pem = SimpleUploadedFile("goc.pem", pki.authority.root_pem.encode())
    assert "Đang tin cậy CA gốc TRÌNH DIỄN Tỉnh Số." in text(client.post(address, {"file": pem, "purpose": "both"}, follow=True))
    assert "Chữ ký số hợp lệ" in text(upload(client, signed))
    assert [event.announcement.valid_to is None for event in timeline(root)] == [True, False, True]


def test_uses_of_keys_that_the_register_lost_are_found(office, pki, paper, capsys):
    sign_pdf(paper, by=office.leader, for_unit=office.commune, at=moment())
    call_command("check_signatures", "--now")
    assert capsys.readouterr().out == "Mọi lần dùng khóa đều có trong sổ ký.\n"
    with pytest.raises(RuntimeError), transaction.atomic():
        sign_pdf(paper + b"\n", by=office.leader, for_unit=office.commune, at=moment())
        raise RuntimeError("a power cut")
    with pytest.raises(SystemExit):
        call_command("check_signatures", "--now")
    digest = hashlib.sha256(paper + b"\n").hexdigest()
    assert f"ký bản có SHA-256 {digest}, sổ ký không ghi." in capsys.readouterr().out
