"""Making keys and asking the authority for their certificates."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from asn1crypto import csr, keys, pem
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tinhso.directory.models import Person, Unit
from tinhso.kernel.connectors import NotConnected, connected
from tinhso.kernel.errors import Refused
from tinhso.signing.authority import CertificateAuthority
from tinhso.signing.keys import NewKey, Sign, make_key
from tinhso.signing.models import Certificate
from tinhso.signing.rules import SMALLEST_RSA

YEARS = timedelta(days=3 * 365)
CHALLENGE = b"T\xe1\xbb\x89nh S\xe1\xbb\x91: is this the key of the certificate?"


@dataclass(frozen=True)
class Wanted:
    """Who gets a certificate and what it says of them."""

    holder: Person | Unit
    common_name: str
    organisation: str
    title: str = ""


def authority() -> CertificateAuthority:
    try:
        return connected(CertificateAuthority)  # type: ignore[type-abstract]
    except NotConnected:
        raise Refused("Hệ thống chưa kết nối nơi cấp chứng thư số. Vui lòng báo quản trị hệ thống.", code="no-authority") from None


def is_ours(serial: int) -> bool:
    """Say whether the connected authority issued a certificate; one from outside is revoked by whoever issued it."""
    try:
        return authority().issued(serial)
    except Refused:
        return False


def make(wanted: Wanted, *, start: datetime, end: datetime) -> Certificate:
    """Make a key, have it certified, and return the certificate, unsaved."""
    kind = "person" if isinstance(wanted.holder, Person) else "unit"
    # The name carries the moment: a renewed certificate has a new key.
    key = make_key(f"{kind}-{wanted.holder.pk}-{datetime.now(UTC):%Y%m%d%H%M%S%f}")
    chain = authority().issue(_request(wanted, key), start=start, end=end)
    return row_of(wanted.holder, chain, key.location)


def row_of(holder: Person | Unit, chain: list[str], key_location: str) -> Certificate:
    """Return what we keep of a certificate, unsaved; `chain` is PEM, the holder's first."""
    cert = x509.load_pem_x509_certificate(chain[0].encode())
    owner = {"person": holder} if isinstance(holder, Person) else {"unit": holder}
    return Certificate(
        **owner,
        serial=f"{cert.serial_number:x}",
        subject=_words(cert.subject),
        issuer=_words(cert.issuer),
        valid_from=cert.not_valid_before_utc,
        valid_to=cert.not_valid_after_utc,
        chain="".join(chain),
        key_location=key_location,
    )


def read_chain_of(content: bytes, sign: Sign) -> list[str]:
    """Return a file of certificates as PEM, first the one whose key signs like this; refuse when there is none.

    A proof, not a promise: with the wrong key every signature would be worthless, and nobody would notice for weeks.
    """
    try:
        certs = [asn1.Certificate.load(der) for _, _, der in pem.unarmor(content, multiple=True)]
        proof = sign(CHALLENGE)
        own = next(cert for cert in certs if _verifies(cert, proof))
    except StopIteration:
        raise Refused("Khóa không khớp với chứng thư nào trong tệp.", field="key") from None
    except (ValueError, TypeError, KeyError):
        raise Refused("Tệp không phải chứng thư số dạng PEM.", field="file") from None
    # A root is the verifier's business.
    return [as_pem(cert) for cert in [own, *(cert for cert in certs if cert.sha256 != own.sha256 and cert.self_signed == "no")]]


def _verifies(cert: asn1.Certificate, proof: bytes) -> bool:
    public = serialization.load_der_public_key(cert.public_key.dump())
    if not isinstance(public, rsa.RSAPublicKey) or public.key_size < SMALLEST_RSA:
        return False
    try:
        public.verify(proof, CHALLENGE, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _words(name: x509.Name) -> str:
    """Return a name as people read it: the person first, the country last."""
    return ", ".join(str(part.value) for part in reversed(list(name)))[:500]


def make_many(wanted: list[Wanted], *, at: datetime, start: datetime | None = None) -> list[Certificate]:
    """Make certificates for many; the library makes keys outside the interpreter's lock, so two cores serve."""
    begins = start or at - authority().backdating
    with ThreadPoolExecutor() as pool:
        return list(pool.map(lambda one: make(one, start=begins, end=at + YEARS), wanted))


def read_certificate(content: bytes) -> asn1.Certificate:
    """Return the first certificate of a file in PEM or DER; refuse in words what is none."""
    try:
        cert = asn1.Certificate.load(pem.unarmor(content)[2] if pem.detect(content) else content)
        cert.native  # noqa: B018  parse now
    except (ValueError, TypeError, KeyError):
        raise Refused("Tệp không phải chứng thư số (PEM hoặc DER).", field="file") from None
    return cert


def as_pem(cert: asn1.Certificate) -> str:
    return pem.armor("CERTIFICATE", cert.dump()).decode()


def _request(wanted: Wanted, key: NewKey) -> bytes:
    """Return a certificate request, signed by the key wherever it is."""
    parts = [
        ("country_name", "VN"),
        ("organization_name", wanted.organisation),
        ("title", wanted.title),
        ("common_name", wanted.common_name),
    ]
    info = csr.CertificationRequestInfo(
        {
            "version": "v1",
            # X.520 allows 64 letters in each.
            "subject": asn1.Name.build({name: text[:64] for name, text in parts if text}),
            "subject_pk_info": keys.PublicKeyInfo.load(
                key.public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
            ),
            "attributes": [],
        }
    )
    request = csr.CertificationRequest(
        {
            "certification_request_info": info,
            "signature_algorithm": {"algorithm": "sha256_rsa"},
            "signature": key.sign(info.dump()),
        }
    )
    return pem.armor("CERTIFICATE REQUEST", request.dump())
