"""What signing tells: signatures made, time stamps that came later, certificates and anchors that changed."""

from dataclasses import dataclass

from tinhso.kernel.announcements import Announcement


@dataclass(frozen=True)
class DocumentSigned(Announcement):
    """A PDF got a signature; `sha256` names the signed bytes."""

    sentence = "{signer} ký số văn bản ({level})"
    signer: str
    kind_of_signature: str
    digest: str
    sha256: str
    level: str


@dataclass(frozen=True)
class SignatureStamped(Announcement):
    """A time stamp came after the signature: whoever keeps `sha256` keeps `stamped_sha256` from now on."""

    sentence = "Văn bản được bổ sung dấu thời gian"
    sha256: str
    stamped_sha256: str
    level: str


@dataclass(frozen=True)
class CertificateIssued(Announcement):
    sentence = "Cấp chứng thư số {serial} cho {holder}"
    serial: str
    holder: str


@dataclass(frozen=True)
class CertificateRevoked(Announcement):
    sentence = "Thu hồi chứng thư số {serial}"
    serial: str
    reason: str


@dataclass(frozen=True)
class AnchorChanged(Announcement):
    sentence = "Cập nhật gốc tin cậy {name}"
    name: str
    fingerprint: str
    purpose: str
    valid_to: str | None = None
