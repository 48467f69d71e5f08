import io
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
from PIL import Image

from tinhso.directory.models import Delegation, Person
from tinhso.kernel.errors import Refused
from tinhso.kernel.events import timeline
from tinhso.signing.actions import set_signature_image, sign_pdf
from tinhso.signing.models import Certificate, Signature
from tinhso.signing.queries import can_sign, certificate_of, signature_image, verify_pdf
from tinhso.signing.rules import LATER

DAY = timedelta(days=1)


def moment() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def summary(pdf: bytes) -> list[tuple]:
    return [(one.signer, one.verdict, one.level, one.trusted, [reason.code for reason in one.reasons]) for one in verify_pdf(pdf)]


def test_an_official_signs_then_the_agency_seals_and_both_hold(office, pki, paper):
    at = moment()
    signed = sign_pdf(paper, by=office.leader, for_unit=office.commune, at=at, reason="Phê duyệt kết quả", kind="official")
    sealed = sign_pdf(signed.content, by=office.records, for_unit=office.commune, at=at, kind="agency")
    assert (signed.level, signed.warning, sealed.level, sealed.warning) == ("B-T", "", "B-LTA", "")
    assert summary(sealed.content) == [
        ("Nguyễn Thị Bích Liên", "valid", "B-LTA", True, ["later_signatures"]),
        ("Ủy ban nhân dân xã Tam Thăng", "valid", "B-LTA", True, []),
    ]


def test_a_verdict_says_who_of_which_office_and_when(office, pki, paper):
    at = moment()
    signed = sign_pdf(paper, by=office.leader, for_unit=office.commune, at=at, reason="Phê duyệt kết quả")
    [verdict] = verify_pdf(signed.content)
    certificate = certificate_of(office.leader)
    stamped = verdict.stamped_at
    assert stamped is not None and abs((stamped - at).total_seconds()) < 30
    assert verdict.as_json() == {
        "field_name": "Ky-1",
        "signer": "Nguyễn Thị Bích Liên",
        "organisation": "Ủy ban nhân dân xã Tam Thăng",
        "title": "Chủ tịch Ủy ban nhân dân xã",
        "reason": "Phê duyệt kết quả",
        "issuer": "CA cấp chứng thư TRÌNH DIỄN Tỉnh Số",
        "serial": certificate.serial,
        "cert_from": certificate.valid_from.isoformat(),
        "cert_to": certificate.valid_to.isoformat(),
        "claimed_at": at.isoformat(),
        "stamped_at": stamped.isoformat(),
        "digest_algorithm": "sha256",
        "level": "B-T",
        "subfilter": "/ETSI.CAdES.detached",
        "intact": True,
        "crypto_valid": True,
        "trusted": True,
        "covers_whole_file": True,
        "coverage": "ENTIRE_FILE",
        "revoked_at": None,
        "reasons": [],
        "verdict": "valid",
        "headline": "Chữ ký hợp lệ",
        "changed_after_signing": False,
    }


def test_the_register_and_the_audit_trail_know_each_use_of_a_key(office, pki, paper):
    at = moment()
    signed = sign_pdf(paper, by=office.leader, for_unit=office.commune, at=at, reason="Phê duyệt")
    row = Signature.objects.get()
    assert row == signed.record
    assert (row.person, row.unit, row.kind, row.level, row.stamp, row.reason) == (
        office.leader,
        office.commune,
        "official",
        "B-T",
        "stamped",
        "Phê duyệt",
    )
    assert [event.announcement.says() for event in timeline(row)] == ["Nguyễn Thị Bích Liên ký số văn bản (B-T)"]


def test_a_time_stamp_service_that_is_down_costs_the_level_not_the_signature(office, pki_down, paper):
    signed = sign_pdf(paper, by=office.leader, for_unit=office.commune, at=moment())
    assert (signed.level, signed.warning, signed.record.stamp) == ("B-B", LATER, "waiting")
    assert summary(signed.content) == [("Nguyễn Thị Bích Liên", "valid", "B-B", True, ["no_stamp"])]


def test_only_leaders_sign_and_only_keepers_of_the_seal_seal(office, pki, paper):
    for by, kind in ((office.chau, "official"), (office.records, "official"), (office.chau, "agency"), (office.operator, "agency")):
        with pytest.raises(Refused) as refusal:
            sign_pdf(paper, by=by, for_unit=office.commune, at=moment(), kind=kind)
        assert refusal.value.code == "not-allowed"
    assert not Signature.objects.exists() and not Certificate.objects.exists()


def test_what_is_no_pdf_is_refused_in_words(office, pki):
    with pytest.raises(Refused, match="Tệp không phải PDF hoặc đã hỏng nên không ký được"):
        sign_pdf(b"GIF89a", by=office.leader, for_unit=office.commune, at=moment())
    assert not Signature.objects.exists()


def test_a_certificate_comes_with_the_first_signature(office, pki, paper):
    assert can_sign(office.leader) and certificate_of(office.leader) is None
    sign_pdf(paper, by=office.leader, for_unit=office.commune, at=moment())
    sign_pdf(paper, by=office.leader, for_unit=office.commune, at=moment())
    assert [certificate.holder for certificate in Certificate.objects.all()] == [office.leader]


def test_a_stand_in_signs_where_the_delegation_says_so(office, pki, paper):
    at = moment()
    days = {"first": at.date() - DAY, "last": at.date() + DAY}
    delegation = Delegation.objects.create(post=office.leader.posts.get(), delegate=office.records, reason="đi công tác", **days)
    with pytest.raises(Refused) as refusal:
        sign_pdf(paper, by=fresh(office.records), for_unit=office.commune, at=at)
    assert refusal.value.sentence == "Anh/chị không giữ chức vụ được ký văn bản của cơ quan này."

    Delegation.objects.filter(pk=delegation.pk).update(may_sign=True)
    signed = sign_pdf(paper, by=fresh(office.records), for_unit=office.commune, at=at)
    [verdict] = verify_pdf(signed.content)
    assert (verdict.signer, verdict.title) == ("Trần Đăng Dũng", "KT. Chủ tịch Ủy ban nhân dân xã")


def test_a_program_seals_what_nobody_decides_but_signs_nothing(office, pki, paper):
    program = Person.objects.create(username="may", full_name="Hệ thống", kind=Person.Kind.SYSTEM)
    sealed = sign_pdf(paper, by=program, for_unit=office.commune, at=moment(), kind="agency")
    assert summary(sealed.content) == [("Ủy ban nhân dân xã Tam Thăng", "valid", "B-LTA", True, [])]
    with pytest.raises(Refused):
        sign_pdf(paper, by=program, for_unit=office.commune, at=moment())


def test_the_picture_of_a_hand_is_drawn_and_only_its_owner_sets_it(office, pki, paper):
    drawn = io.BytesIO()
    Image.new("RGBA", (300, 120), (0, 0, 120, 90)).save(drawn, "PNG")
    with pytest.raises(Refused):
        set_signature_image(office.leader, drawn.getvalue(), by=office.chau)
    with pytest.raises(Refused, match="Mẫu chữ ký phải là ảnh PNG"):
        set_signature_image(office.leader, b"GIF89a", by=office.leader)
    set_signature_image(office.leader, drawn.getvalue(), by=office.leader)
    assert signature_image(office.leader) == drawn.getvalue()
    signed = sign_pdf(paper, by=office.leader, for_unit=office.commune, at=moment())
    with pikepdf.open(io.BytesIO(signed.content)) as pdf:
        look = pdf.Root.AcroForm.Fields[0].AP.N
        assert [image.Subtype for image in look.Resources.XObject.values()] == ["/Image"]
    assert summary(signed.content) == [("Nguyễn Thị Bích Liên", "valid", "B-T", True, [])]


def fresh(person: Person) -> Person:
    """Return a person as a new request reads them: without remembered hats."""
    return Person.objects.get(pk=person.pk)
