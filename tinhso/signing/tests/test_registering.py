"""Certificates of an authority outside, whose keys the officials bring."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from tinhso.directory.testing import sign_in
from tinhso.kernel import connectors
from tinhso.kernel.errors import Refused
from tinhso.signing import certificates
from tinhso.signing.actions import add_anchor, register_certificate, sign_pdf
from tinhso.signing.authority import CertificateAuthority
from tinhso.signing.keys import make_key
from tinhso.signing.models import Certificate
from tinhso.signing.queries import can_sign

from .test_signing import moment, summary

DAY = timedelta(days=1)


@pytest.fixture
def brought(office, pki, tmp_path):
    """A key, and the file of certificates that another authority gave for it."""
    key = make_key("mang-den")
    wanted = certificates.Wanted(office.leader, "Nguyễn Thị Bích Liên", "Ủy ban nhân dân xã Tam Thăng", "Chủ tịch")
    at = moment()
    chain = pki.authority.issue(certificates._request(wanted, key), start=at - DAY, end=at + 300 * DAY)
    path = tmp_path / "chung-thu.pem"
    path.write_text("".join([*reversed(chain), pki.authority.root_pem]))
    add_anchor(pki.authority.root_pem.encode(), by=None, at=at)
    return key.location, path


def test_an_official_signs_with_a_certificate_from_outside(office, brought, paper):
    location, path = brought
    for _ in range(2):
        out = StringIO()
        call_command("register_certificate", path, "--person", "lien", "--key", location, stdout=out)
    row = Certificate.objects.get()
    assert out.getvalue() == f"Đã đăng ký chứng thư {row.serial} của Nguyễn Thị Bích Liên, hiệu lực đến {row.valid_to:%d/%m/%Y}.\n"
    signed = sign_pdf(paper, by=office.leader, for_unit=office.commune, at=moment(), lasting=True)
    assert signed.record.certificate == row
    assert summary(signed.content) == [("Nguyễn Thị Bích Liên", "valid", "B-LTA", True, [])]


def test_a_key_that_is_not_the_certificates_is_refused(office, brought):
    other = make_key("khoa-khac")
    with pytest.raises(Refused, match="Khóa không khớp với chứng thư nào trong tệp"):
        register_certificate(office.leader, brought[1].read_bytes(), other.location, by=office.operator, at=moment())
    with pytest.raises(Refused, match="Tệp không phải chứng thư số dạng PEM"):
        register_certificate(office.leader, b"GIF89a", other.location, by=office.operator, at=moment())
    assert not Certificate.objects.exists()


def test_a_certificate_has_one_holder_and_is_still_good(office, brought):
    location, path = brought
    with pytest.raises(Refused, match="Chứng thư đã hết hạn ngày"):
        register_certificate(office.leader, path.read_bytes(), location, by=office.operator, at=moment() + 400 * DAY)
    register_certificate(office.leader, path.read_bytes(), location, by=office.operator, at=moment())
    with pytest.raises(Refused, match="Chứng thư này đã đăng ký cho Nguyễn Thị Bích Liên"):
        register_certificate(office.chau, path.read_bytes(), location, by=office.operator, at=moment())


def test_the_command_names_what_it_does_not_find(office, brought):
    location, path = brought
    with pytest.raises(CommandError, match="Không có người hoặc cơ quan khong-co"):
        call_command("register_certificate", path, "--person", "khong-co", "--key", location)
    with pytest.raises(CommandError, match="Không tìm thấy khóa ký"):
        call_command("register_certificate", path, "--person", "lien", "--key", "file:khong-co.pem")


def test_a_certificate_from_outside_is_revoked_here_and_its_authority_is_for_people_to_ask(client, office, brought):
    location, path = brought
    row = register_certificate(office.leader, path.read_bytes(), location, by=office.operator, at=moment())
    connectors._CONNECTED.pop(CertificateAuthority)
    sign_in(client, office.operator)
    assert "cần đề nghị nơi cấp thu hồi" in client.get(reverse("certificate", args=[row.serial])).content.decode()
    client.post(reverse("certificate-revoke", args=[row.serial]), {"reason": "affiliation_changed"})
    row.refresh_from_db()
    assert row.revoked_at is not None and not can_sign(office.leader)
