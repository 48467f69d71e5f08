from datetime import UTC, datetime

import pytest

from tinhso.kernel.errors import Refused
from tinhso.kernel.events import timeline
from tinhso.signing.actions import sign_pdf
from tinhso.signing.models import Certificate, Signature
from tinhso.signing.queries import can_sign, certificate_of, verify_pdf
from tinhso.signing.rules import LATER


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
