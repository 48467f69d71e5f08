"""The pages: a citizen files, a clerk receives, everyone else finds nothing."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import now

from tinhso.directory.models import Reading
from tinhso.directory.testing import sign_in
from tinhso.dossiers.actions.reception import ask_for_supplement, receive
from tinhso.dossiers.models import Dossier, Draft, Status, Step
from tinhso.dossiers.testing import filed


def upload(name="don.pdf"):
    import io

    import pikepdf

    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        content = io.BytesIO()
        pdf.save(content)
    return SimpleUploadedFile(name, content.getvalue(), content_type="application/pdf")


def press(client, page, url, **fields):
    """Press the button of a form as the page shows it, with its once key."""
    once = re.search(rf'action="{re.escape(url)}".*?name="once" value="([^"]+)"', page.content.decode(), re.S)
    assert once, f"{url} is not on the page"
    return client.post(url, {"once": once[1], **fields})


def test_a_citizen_files_a_dossier_page_after_page(client, office, version):
    sign_in(client, office.an)
    begin = reverse("file-dossier", args=["1.000001"])
    assert client.get(begin).status_code == 200
    first = client.post(begin, {"agency": office.commune.pk})
    assert first.url == reverse("file-page", args=["1.000001", "chung"])
    wrong = client.post(first.url, {"muc-dich": ""})
    assert (wrong.status_code, "Xin điền “Mục đích”." in wrong.content.decode()) == (422, True)
    papers = client.post(first.url, {"muc-dich": "vay vốn"})
    lacking = client.post(papers.url, {})
    assert (lacking.status_code, "Xin thêm giấy tờ này." in lacking.content.decode()) == (422, True)
    owner = client.post(papers.url, {"file-don": upload()})
    review = client.post(owner.url, {"phone": "0905 123 456", "address": "Thôn Vĩnh Phú"})
    shown = client.get(review.url).content.decode()
    assert ("vay vốn" in shown, "don.pdf" in shown) == (True, True)
    key = re.search(r'name="filing_key" value="([^"]+)"', shown)[1]
    done = client.post(review.url, {"filing_key": key})
    again = client.post(review.url, {"filing_key": key})
    dossier = Dossier.objects.get()
    assert done.url == again.url == reverse("dossier-filed", args=[dossier.code])
    assert dossier.code in client.get(done.url).content.decode()
    assert (dossier.answers, dossier.phone, Draft.objects.count()) == ({"muc-dich": "vay vốn"}, "0905123456", 0)


def test_a_file_of_the_wrong_kind_gets_its_sentence_and_loses_nothing(client, office, version):
    sign_in(client, office.an)
    client.post(reverse("file-dossier", args=["1.000001"]), {"agency": office.commune.pk})
    client.post(reverse("file-page", args=["1.000001", "chung"]), {"muc-dich": "vay vốn"})
    page = client.post(reverse("file-page", args=["1.000001", "giay-to"]), {"file-don": SimpleUploadedFile("don.exe", b"MZ\x90\x00")})
    assert page.status_code == 422
    assert "don.exe: Chỉ nhận tệp PDF" in page.content.decode()
    assert Draft.objects.get().answers["muc-dich"] == "vay vốn"


def test_what_is_typed_is_kept_by_itself(client, office, version):
    sign_in(client, office.an)
    client.post(reverse("file-dossier", args=["1.000001"]), {"agency": office.commune.pk})
    client.post(reverse("file-autosave", args=["1.000001", "chung"]), {"muc-dich": "đang gõ"})
    assert Draft.objects.get().answers == {"muc-dich": "đang gõ"}


def test_a_clerk_receives_from_the_desk_and_two_presses_are_one(client, office, version):
    dossier = filed(office, version)
    sign_in(client, office.clerk)
    assert dossier.code in client.get(reverse("desk")).content.decode()
    page = client.get(dossier.get_absolute_url())
    url = reverse("desk-verb", args=[dossier.code, "receive"])
    assert [press(client, page, url).url for _ in range(2)] == [dossier.get_absolute_url()] * 2
    dossier.refresh_from_db()
    assert (dossier.status, dossier.steps.count()) == (Status.RECEIVED, 2)


def test_a_refused_verb_keeps_what_was_typed(client, office, version):
    dossier = filed(office, version)
    sign_in(client, office.clerk)
    url = reverse("desk-verb", args=[dossier.code, "ask-supplement"])
    page = press(client, client.get(dossier.get_absolute_url()), url, reason="Ảnh quá mờ")
    assert page.status_code == 422
    assert "Xin nêu từng giấy tờ cần bổ sung." in page.content.decode()
    assert "Ảnh quá mờ" in page.content.decode()


def test_a_citizen_supplements_on_their_page(client, office, version):
    dossier = receive(filed(office, version), by=office.clerk, at=now())
    ask_for_supplement(dossier, items=[{"component": "phu", "name": "Giấy tờ kèm theo"}], reason="Thiếu", by=office.clerk, at=now())
    sign_in(client, office.an)
    url = reverse("supplement", args=[dossier.code])
    page = client.get(url)
    once = re.search(r'name="once" value="([^"]+)"', page.content.decode())[1]
    assert client.post(url, {"once": once, "file-0": upload()}).url == reverse("my-dossier", args=[dossier.code])
    dossier.refresh_from_db()
    assert (dossier.status, dossier.papers.filter(component="phu").count()) == (Status.PROCESSING, 1)


def test_a_counter_filing_is_received_at_once(client, office, version):
    sign_in(client, office.clerk)
    url = reverse("counter-take", args=["1.000001"])
    # The clerk's own agency is chosen already.
    assert f'<option value="{office.commune.pk}" selected>UBND xã Tam Đàn</option>' in client.get(url).content.decode()
    fields = {
        "number": "049190012345",
        "name": "Nguyễn Thị Bình An",
        "agency": office.commune.pk,
        "muc-dich": "vay vốn",
        "originals-don": "1",
        "do": "receive",
        "once": "6f1e9f1c-9d6b-4c1e-8a55-0f5f6f2a9f11",
    }
    first, again = client.post(url, fields), client.post(url, fields)
    dossier = Dossier.objects.get()
    assert (first.url, again.url) == (dossier.get_absolute_url(),) * 2
    assert (dossier.status, dossier.channel, dossier.applicant) == (Status.RECEIVED, "counter", office.an)
    wrong = client.post(url, fields | {"number": "123"})
    assert (wrong.status_code, "Số định danh cá nhân gồm 12 chữ số" in wrong.content.decode()) == (422, True)


def test_opening_a_dossier_is_a_reading_that_its_owner_sees(client, office, version):
    dossier = filed(office, version)
    sign_in(client, office.clerk)
    client.get(dossier.get_absolute_url())
    assert list(Reading.objects.values_list("citizen", "reader", "dossier_code")) == [(office.an.pk, office.clerk.pk, dossier.code)]


def test_whoever_holds_the_receipt_sees_where_it_is_and_no_names(client, office, version):
    dossier = receive(filed(office, version), by=office.clerk, at=now())
    page = client.get(dossier.tracking_url()).content.decode()
    assert "Phân công" in page
    assert [name in page for name in ("Nguyễn Thị Bình An", "049190012345", "Trần Một Cửa")] == [False] * 3
    found = client.post(reverse("find-dossier"), {"code": dossier.code, "digits": "2345"})
    assert found.url == dossier.tracking_url()
    assert client.post(reverse("find-dossier"), {"code": dossier.code, "digits": "0000"}).status_code == 422


@pytest.mark.parametrize("who", ["chau", "binh", "land"])
def test_a_stranger_finds_nothing(client, office, version, who):
    dossier = filed(office, version)
    sign_in(client, getattr(office, who))
    urls = [
        dossier.get_absolute_url(),
        reverse("my-dossier", args=[dossier.code]),
        reverse("dossier-filed", args=[dossier.code]),
        reverse("supplement", args=[dossier.code]),
        reverse("paper", args=[dossier.papers.get().pk]),
        reverse("result-draft", args=[dossier.code]),
    ]
    assert [client.get(url).status_code for url in urls] == [404] * len(urls)
    posts = [
        reverse("withdraw", args=[dossier.code]),
        reverse("rate", args=[dossier.code]),
        reverse("desk-verb", args=[dossier.code, "receive"]),
    ]
    assert [client.post(url).status_code for url in posts] == [404] * len(posts)
    assert not Step.objects.exists()


def test_numbers_for_machines_carry_no_separators():
    from django.template import Context, Template

    assert Template('<option value="{{ pk }}">').render(Context({"pk": 10537})) == '<option value="10537">'


def test_somebody_files_for_an_organisation(client, office, version):
    sign_in(client, office.an)
    client.post(reverse("file-dossier", args=["1.000001"]), {"agency": office.commune.pk})
    client.post(reverse("file-page", args=["1.000001", "chung"]), {"muc-dich": "vay vốn"})
    owner = client.post(reverse("file-page", args=["1.000001", "giay-to"]), {"file-don": upload()}).url
    typed = {"phone": "0905123456", "behalf": "organisation", "tax_code": "0100109107", "organisation_name": "Công ty Tam Đàn"}
    wrong = client.post(owner, typed)
    assert (wrong.status_code, "Mã số thuế không đúng số kiểm tra" in wrong.content.decode()) == (422, True)
    review = client.post(owner, typed | {"tax_code": "0100109106"}).url
    key = re.search(r'name="filing_key" value="([^"]+)"', client.get(review).content.decode())[1]
    client.post(review, {"filing_key": key})
    dossier = Dossier.objects.get()
    assert (dossier.owner_name, dossier.owner_number, dossier.owner_kind, dossier.applicant) == (
        "Công ty Tam Đàn",
        "0100109106",
        1,
        office.an,
    )
    assert office.an.representations.get().organisation == dossier.organisation
