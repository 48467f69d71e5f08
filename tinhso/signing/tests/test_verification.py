"""What happened to a file after it was signed, and to a certificate: the verdict says it."""

import io
import json
import re
import subprocess
from datetime import timedelta

import pikepdf
import pytest
from asn1crypto import tsp
from django.core.management import call_command
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pyhanko.sign.timestamps import TimeStamper

from connectors.demo_ca.services import Services
from tinhso.kernel.errors import Refused
from tinhso.kernel.files import keep, read
from tinhso.kernel.inspection import PDF
from tinhso.kernel.models import StoredFile
from tinhso.signing import services
from tinhso.signing.actions import heal_signatures, issue_missing_certificates, revoke_certificate, sign_pdf
from tinhso.signing.models import Certificate, Signature
from tinhso.signing.queries import can_sign, certificate_of, report_on, report_on_strangers, verify_pdf

from .test_signing import moment, summary

YEAR = timedelta(days=365)


@pytest.fixture
def signed(office, pki, paper) -> bytes:
    return sign_pdf(paper, by=office.leader, for_unit=office.commune, at=moment(), reason="Phê duyệt").content


@pytest.fixture
def sealed(office, signed) -> bytes:
    return sign_pdf(signed, by=office.records, for_unit=office.commune, at=moment(), kind="agency").content


def codes(pdf: bytes, **options) -> list[tuple]:
    return [(one.verdict, [reason.code for reason in one.reasons]) for one in verify_pdf(pdf, **options)]


def test_a_changed_byte_is_told(signed):
    place = signed.index(b"endstream")
    changed = signed[: place - 20] + bytes([signed[place - 20] ^ 1]) + signed[place - 19 :]
    report = report_on(changed)
    assert (report.verdict, report.headline) == ("invalid", "Văn bản đã thay đổi sau khi ký")
    assert [reason.code for reason in report.signatures[0].reasons] == ["altered"]


def test_any_changed_byte_of_what_was_signed_is_told(signed):
    [(start, first, second, rest)] = [
        tuple(int(number) for number in found.split()) for found in re.findall(rb"/ByteRange \[([\d ]+)\]", signed)
    ]
    covered = [*range(start, first), *range(second, second + rest)]

    @given(st.sampled_from(covered), st.integers(1, 255))
    @hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    def told(place, flip):
        changed = bytearray(signed)
        changed[place] ^= flip
        report = report_on(bytes(changed), online=False)
        assert report.verdict in ("invalid", "none")

    told()


def test_no_bytes_make_the_verifier_fall(sealed):
    """Whatever a stranger uploads gets a verdict: changed anywhere, cut anywhere, filled with anything."""
    pieces = [b"", b"/ByteRange [0 1 2 3]", b"%%EOF", b"<<>>", b"endobj", b"/V 1 0 R", bytes(40)]

    @given(st.integers(0, len(sealed) - 1), st.sampled_from(pieces), st.integers(0, 200), st.booleans())
    @hypothesis_settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
    def judged(place, piece, gone, cut):
        changed = sealed[:place] + piece + (b"" if cut else sealed[place + gone :])
        report = report_on(changed, online=False)
        assert report.verdict in ("valid", "doubt", "invalid", "none")
        # A file that was cut between two signatures is what it was before the second.
        assert report.verdict != "valid" or sealed.startswith(changed) or place > sealed.rindex(b"/ByteRange")

    judged()


def test_pages_added_after_signing_are_told(signed):
    from pyhanko.pdf_utils.generic import StreamObject
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    content = writer.add_object(StreamObject(stream_data=b"BT 1 0 0 1 100 500 Tm (gia mao) Tj ET"))
    writer.add_stream_to_page(0, content)
    output = io.BytesIO()
    writer.write(output)
    assert output.getvalue().startswith(signed)
    assert codes(output.getvalue()) == [("invalid", ["updated"])]


def _revised(pdf: bytes, change) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def _cover_with_a_note(writer):
    from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, FloatObject, TextStringObject, pdf_name

    page = writer.root["/Pages"]["/Kids"][0]
    note = DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Rect"): ArrayObject([FloatObject(side) for side in (80, 400, 500, 700)]),
            pdf_name("/Contents"): TextStringObject("Chủ hộ: người khác"),
        }
    )
    page["/Annots"].append(writer.add_object(note))
    writer.update_container(page["/Annots"])


def _show_another_page(writer):
    from pyhanko.pdf_utils.generic import ArrayObject, pdf_name

    pages = writer.root["/Pages"]
    first = pages["/Kids"][0]
    other = writer.add_object(type(first)({key: first.raw_get(key) for key in first if key != "/Annots"}))
    pages[pdf_name("/Kids")] = ArrayObject([other])
    writer.update_container(pages)


def _replace_the_content(writer):
    from pyhanko.pdf_utils.generic import StreamObject, pdf_name

    page = writer.root["/Pages"]["/Kids"][0]
    page[pdf_name("/Contents")] = writer.add_object(StreamObject(stream_data=b"BT (khac) Tj ET"))
    writer.update_container(page)


def _move_the_signature(writer):
    from pyhanko.pdf_utils.generic import ArrayObject, FloatObject, pdf_name

    field = writer.root["/AcroForm"]["/Fields"][0]
    field[pdf_name("/Rect")] = ArrayObject([FloatObject(side) for side in (10, 10, 100, 50)])
    writer.update_container(field)


@pytest.mark.parametrize("change", [_cover_with_a_note, _show_another_page, _replace_the_content, _move_the_signature])
def test_a_revision_that_shows_something_else_is_told(signed, change):
    """The known attacks by a later revision: cover, hide, replace, move."""
    changed = _revised(signed, change)
    assert changed.startswith(signed)
    [verdict] = verify_pdf(changed, online=False)
    assert (verdict.verdict, verdict.intact, [reason.code for reason in verdict.reasons]) == (
        "invalid",
        True,
        ["updated", "revocation_unknown"],
    )


def test_a_signature_that_was_taken_out_is_told(signed):
    """Whoever saves the file anew without the field leaves no signature; whoever adds a revision leaves the traces."""
    from pyhanko.pdf_utils.generic import ArrayObject, pdf_name
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    form = writer.root["/AcroForm"]
    form[pdf_name("/Fields")] = ArrayObject()
    writer.update_container(form)
    output = io.BytesIO()
    writer.write(output)
    report = report_on(output.getvalue())
    assert (report.problem, report.verdict) == ("removed", "invalid")


def test_a_certificate_revoked_before_the_signature_is_told(office, pki, paper, signed):
    certificate = certificate_of(office.leader)
    revoke_certificate(certificate, by=office.operator, at=moment() - YEAR, reason="key_compromise")
    [verdict] = verify_pdf(signed)
    assert (verdict.verdict, verdict.trusted, [reason.code for reason in verdict.reasons]) == ("invalid", False, ["revoked"])


class PastStamper(TimeStamper):
    """The authority's own time-stamp service with a clock that shows another day."""

    def __init__(self, authority, at):
        super().__init__()
        self.services, self.at = Services(authority), at

    async def async_request_tsa_response(self, req):
        return tsp.TimeStampResp.load(self.services.stamp(req.dump(), self.at))


def test_a_certificate_revoked_after_a_stamped_signature_does_no_harm(office, pki, paper, monkeypatch):
    past = moment() - YEAR
    monkeypatch.setattr(services, "stamper", lambda: PastStamper(pki.authority, past))
    signed = sign_pdf(paper, by=office.leader, for_unit=office.commune, at=past).content
    revoke_certificate(certificate_of(office.leader), by=office.operator, at=moment() - YEAR / 2, reason="affiliation_changed")
    [verdict] = verify_pdf(signed)
    assert (verdict.verdict, verdict.stamped_at, [reason.code for reason in verdict.reasons]) == ("valid", past, ["revoked_since"])


def test_nobody_signs_with_a_revoked_certificate(office, pki, paper, signed):
    revoke_certificate(certificate_of(office.leader), by=office.operator, at=moment(), reason="key_compromise")
    with pytest.raises(Refused, match="đã bị thu hồi ngày"):
        sign_pdf(paper, by=office.leader, for_unit=office.commune, at=moment() + timedelta(seconds=1))
    assert not can_sign(office.leader)


def test_revoking_asks_for_a_reason_and_the_right(office, pki, signed):
    certificate = certificate_of(office.leader)
    with pytest.raises(Refused) as refusal:
        revoke_certificate(certificate, by=office.operator, at=moment(), reason="")
    assert (refusal.value.field, refusal.value.sentence) == ("reason", "Vui lòng chọn lý do thu hồi.")
    with pytest.raises(Refused) as refusal:
        revoke_certificate(certificate, by=office.chau, at=moment(), reason="superseded")
    assert refusal.value.code == "not-allowed"


def test_an_unstamped_signature_of_an_expired_certificate_is_doubted(office, pki_down, paper):
    past = moment() - 2 * YEAR
    early = sign_pdf(paper, by=office.leader, for_unit=office.commune, at=past)
    Certificate.objects.update(valid_to=past + YEAR)
    with pytest.raises(Refused, match="đã hết hạn ngày"):
        sign_pdf(paper, by=office.leader, for_unit=office.commune, at=moment())
    [verdict] = verify_pdf(early.content, at=moment() + 4 * YEAR, online=False)
    assert (verdict.verdict, [reason.code for reason in verdict.reasons]) == ("doubt", ["no_stamp", "expired_since", "revocation_unknown"])


def test_a_signature_made_after_the_end_of_its_certificate_is_told(office, pki_down, paper):
    signed = sign_pdf(paper, by=office.leader, for_unit=office.commune, at=moment())
    Certificate.objects.update(valid_to=moment() + 9 * YEAR)
    late = sign_pdf(paper, by=office.leader, for_unit=office.commune, at=moment() + 5 * YEAR)
    assert codes(late.content, at=moment() + 6 * YEAR, online=False) == [("invalid", ["no_stamp", "expired", "revocation_unknown"])]
    assert codes(signed.content, online=False) == [("valid", ["no_stamp", "revocation_unknown"])]


def test_a_lasting_signature_outlives_its_certificate_without_any_service(office, sealed):
    assert codes(sealed, at=moment() + 5 * YEAR, online=False) == [("valid", ["later_signatures"]), ("valid", [])]


def test_an_authority_that_nobody_trusts_is_told(sealed):
    from tinhso.signing.models import TrustAnchor

    TrustAnchor.objects.all().delete()
    assert [(one.verdict, one.trusted, one.intact) for one in verify_pdf(sealed)] == [("doubt", False, True)] * 2


def test_the_stamp_that_was_missing_comes_later(office, pki, pki_services, settings, paper):
    settings.ENV = settings.ENV.model_copy(update={"tsa_url": "http://127.0.0.1:9/tsa"})
    first = sign_pdf(paper, by=office.leader, for_unit=office.commune, at=moment())
    last = sign_pdf(first.content, by=office.records, for_unit=office.commune, at=moment(), kind="agency")
    assert (first.level, last.level) == ("B-B", "B-B")
    keep(last.content, media_type=PDF)
    assert heal_signatures(at=moment()) == 0

    settings.ENV = settings.ENV.model_copy(update={"tsa_url": f"{pki_services.url}/tsa"})
    assert heal_signatures(at=moment()) == 1
    assert heal_signatures(at=moment()) == 0
    rows = list(Signature.objects.order_by("id").values_list("level", "stamp", "stamped_sha256"))
    stamped = rows[1][2]
    assert rows == [("B-LTA", "stamped", stamped)] * 2
    healed = read(StoredFile.objects.get(pk=stamped))
    assert healed.startswith(last.content)
    assert summary(healed) == [
        ("Nguyễn Thị Bích Liên", "valid", "B-LTA", True, ["later_signatures"]),
        ("Ủy ban nhân dân xã Tam Thăng", "valid", "B-LTA", True, []),
    ]


def test_files_that_cannot_be_judged_get_a_sentence(db, paper):
    with pikepdf.open(io.BytesIO(paper)) as pdf:
        locked = io.BytesIO()
        pdf.save(locked, encryption=pikepdf.Encryption(owner="a", user="b"))
    found = {
        name: report_on(pdf).sentence for name, pdf in (("gif", b"GIF89a"), ("plain", paper), ("locked", locked.getvalue()), ("empty", b""))
    }
    damaged = "Tệp không phải PDF hoặc đã hỏng, không đọc được."
    assert found == {
        "gif": damaged,
        "plain": "Tệp không có chữ ký số nào.",
        "locked": "Tệp PDF có mật khẩu, không kiểm tra được. Vui lòng dùng tệp không đặt mật khẩu.",
        "empty": damaged,
    }


def test_a_strangers_file_gets_the_same_verdict_in_the_child(sealed):
    at = moment()
    assert report_on_strangers(sealed, at=at).as_json() == report_on(sealed, at=at).as_json()


def test_pdfsig_agrees(sealed, tmp_path):
    if not _has("pdfsig"):
        pytest.skip("không có pdfsig (poppler-utils)")
    path = tmp_path / "sealed.pdf"
    path.write_bytes(sealed)
    told = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, cwd=tmp_path).stdout
    assert re.findall(r"Common Name: (.*)\n(?:.*\n){5,8}?.*Signature Validation: (.*)\n", told)[:2] == [
        ("Nguyễn Thị Bích Liên", "Signature is Valid."),
        ("Ủy ban nhân dân xã Tam Thăng", "Signature is Valid."),
    ]
    place = sealed.index(b"endstream") - 20
    path.write_bytes(sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :])
    told = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, cwd=tmp_path).stdout
    assert re.findall(r"Signature Validation: (.*)", told)[:2] == ["Digest Mismatch."] * 2


def test_certificates_are_issued_once(office, pki):
    assert issue_missing_certificates(at=moment()) == (2, 2)
    assert issue_missing_certificates(at=moment()) == (0, 0)
    assert sorted(str(one.holder) for one in Certificate.objects.all()) == [
        "Lê Bảo Châu",
        "Nguyễn Thị Bích Liên",
        "Ủy ban nhân dân xã Tam Phú",
        "Ủy ban nhân dân xã Tam Thăng",
    ]


def test_the_command_prints_the_verdict_as_json(sealed, tmp_path, capsys):
    path = tmp_path / "sealed.pdf"
    path.write_bytes(sealed)
    call_command("verify_pdf", path, "--json")
    plain = json.loads(capsys.readouterr().out)
    assert [(one["signer"], one["verdict"]) for one in plain["signatures"]] == [
        ("Nguyễn Thị Bích Liên", "valid"),
        ("Ủy ban nhân dân xã Tam Thăng", "valid"),
    ]


def _has(program: str) -> bool:
    from shutil import which

    return which(program) is not None
