"""Making keys and asking the authority for their certificates."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from asn1crypto import pem
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from tinhso.directory.models import Person, Unit
from tinhso.kernel.connectors import NotConnected, connected
from tinhso.kernel.errors import Refused
from tinhso.signing.authority import CertificateAuthority
from tinhso.signing.keys import make_file_key
from tinhso.signing.models import Certificate

YEARS = timedelta(days=3 * 365)


@dataclass(frozen=True)
class Wanted:
    """Who gets a certificate and what it says of them."""

    holder: Person | Unit
    common_name: str
    organisation: str
    title: str = ""


def authority() -> CertificateAuthority:
    try:
        return connected(CertificateAuthority)
    except NotConnected:
        raise Refused("Hệ thống chưa kết nối nơi cấp chứng thư số. Vui lòng báo quản trị hệ thống.", code="no-authority") from None


def make(wanted: Wanted, *, start: datetime, end: datetime) -> Certificate:
    """Make a key in a sealed file, have it certified, and return the certificate, unsaved."""
    kind = "person" if isinstance(wanted.holder, Person) else "unit"
    # Keys are never overwritten: the name carries the moment.
    key, location = make_file_key(f"{kind}-{wanted.holder.pk}-{start:%Y%m%d%H%M%S%f}.pem")
    return certify(wanted, key, location, start=start, end=end)


def certify(wanted: Wanted, key: rsa.RSAPrivateKey, location: str, *, start: datetime, end: datetime) -> Certificate:
    request = x509.CertificateSigningRequestBuilder().subject_name(_subject(wanted)).sign(key, hashes.SHA256())
    chain = authority().issue(request.public_bytes(serialization.Encoding.PEM), start=start, end=end)
    cert = x509.load_pem_x509_certificate(chain[0].encode())
    owner = {"person": wanted.holder} if isinstance(wanted.holder, Person) else {"unit": wanted.holder}
    return Certificate(
        **owner,
        serial=f"{cert.serial_number:x}",
        subject=cert.subject.rfc4514_string()[:500],
        issuer=cert.issuer.rfc4514_string()[:500],
        valid_from=cert.not_valid_before_utc,
        valid_to=cert.not_valid_after_utc,
        chain="".join(chain),
        key_location=location,
    )


def make_many(wanted: list[Wanted], *, at: datetime) -> list[Certificate]:
    """Make certificates for many; the library makes keys outside the interpreter's lock, so two cores serve."""
    start = at - authority().backdating
    with ThreadPoolExecutor() as pool:
        return list(pool.map(lambda one: make(one, start=start, end=at + YEARS), wanted))


def read_certificate(text: str) -> asn1.Certificate:
    """Return the first certificate of a PEM text; refuse in words what is none."""
    try:
        cert = asn1.Certificate.load(pem.unarmor(text.encode())[2])
        cert.native  # noqa: B018  parse now
    except (ValueError, TypeError, KeyError):
        raise Refused("Tệp không phải chứng thư số dạng PEM.", field="file") from None
    return cert


def _subject(wanted: Wanted) -> x509.Name:
    parts = [(NameOID.COUNTRY_NAME, "VN"), (NameOID.ORGANIZATION_NAME, wanted.organisation)]
    parts += [(NameOID.TITLE, wanted.title)] if wanted.title else []
    # X.520 allows 64 letters in each.
    return x509.Name([x509.NameAttribute(oid, text[:64]) for oid, text in [*parts, (NameOID.COMMON_NAME, wanted.common_name)]])
