"""The demonstration authority: a root, an issuing CA, and what they have issued and revoked, in one folder.

Keys are made at the first run and stay in the folder (`var/demo_ca`), readable by the owner only.
"""

import fcntl
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

DAY = timedelta(days=1)
SIGNING = ("digital_signature", "content_commitment")
USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


@dataclass(frozen=True)
class Party:
    """A certificate with its key."""

    cert: x509.Certificate
    key: rsa.RSAPrivateKey


def name(common: str, *, organisation: str = "Tỉnh Số", unit: str = "", serial: str = "", title: str = "") -> x509.Name:
    """Return a subject as Vietnamese public certificates write it: C, O, OU, title, CN."""
    parts = [(NameOID.COUNTRY_NAME, "VN"), (NameOID.ORGANIZATION_NAME, organisation[:64])]
    parts += [(oid, text[:64]) for oid, text in ((NameOID.ORGANIZATIONAL_UNIT_NAME, unit), (NameOID.TITLE, title)) if text]
    parts += [(NameOID.SERIAL_NUMBER, serial)] if serial else []
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in [*parts, (NameOID.COMMON_NAME, common[:64])]])


def certificate(
    subject: x509.Name,
    public_key: rsa.RSAPublicKey,
    issuer: Party | None,
    *,
    key: rsa.RSAPrivateKey | None = None,
    start: datetime,
    end: datetime,
    ca: bool = False,
    usage: Iterable[str] = SIGNING,
    extended: Iterable[x509.ObjectIdentifier] = (),
    urls: str = "",
    digest: hashes.SHA256 | hashes.SHA384 | None = None,
    no_check: bool = False,
) -> x509.Certificate:
    """Build and sign one certificate; `issuer` None makes it sign itself with `key`."""
    signing_key = issuer.key if issuer else key
    if signing_key is None:
        raise ValueError("who signs?")
    issuer_key = signing_key.public_key()
    wanted = set(usage)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.cert.subject if issuer else subject)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**{flag: flag in wanted for flag in USAGES}), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )
    if extended := list(extended):
        builder = builder.add_extension(x509.ExtendedKeyUsage(extended), critical=True)
    if no_check:
        builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    if urls:
        access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(f"{urls}/ocsp"))
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(f"{urls}/crl")], None, None, None)
        builder = builder.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
        builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    return builder.sign(signing_key, digest or hashes.SHA256())


def new_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@lru_cache(maxsize=32)
def _read_party(folder: Path, label: str) -> Party:
    # Opening a key tests its primes: dearer than signing with it.
    key = serialization.load_pem_private_key((folder / f"{label}.key").read_bytes(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{label}.key holds no RSA key")
    return Party(x509.load_pem_x509_certificate((folder / f"{label}.pem").read_bytes()), key)


class DemoAuthority:
    """Root, issuing CA, OCSP responder and time-stamp service of one folder."""

    # A demonstration plays the days of a past year.
    backdating = 3 * 365 * DAY

    def __init__(self, folder: Path, base_url: str):
        self.folder, self.base_url = folder, base_url.rstrip("/")

    def open(self, *, at: datetime | None = None) -> "DemoAuthority":
        """Make the keys if they are not there yet; asked again, change nothing."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (self.folder / "ready").exists():
            # The site and the services may both be the first.
            with (self.folder / "lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if not (self.folder / "ready").exists():
                    self._found(at)
        return self

    def _found(self, at: datetime | None) -> None:
        at = at or datetime.now(UTC)
        start, end = at - 10 * 365 * DAY, at + 20 * 365 * DAY
        key = new_key()
        ca_usage = ("key_cert_sign", "crl_sign")
        subject = name("CA gốc TRÌNH DIỄN Tỉnh Số")
        root = Party(certificate(subject, key.public_key(), None, key=key, start=start, end=end, ca=True, usage=ca_usage), key)
        key = new_key()
        subject = name("CA cấp chứng thư TRÌNH DIỄN Tỉnh Số")
        urls = f"{self.base_url}/root"
        issuing = Party(certificate(subject, key.public_key(), root, start=start, end=end, ca=True, usage=ca_usage, urls=urls), key)
        parties = {"root": root, "issuing": issuing}
        for label, issuer, extended, common in (
            ("ocsp-root", root, ExtendedKeyUsageOID.OCSP_SIGNING, "OCSP của CA gốc TRÌNH DIỄN"),
            ("ocsp-issuing", issuing, ExtendedKeyUsageOID.OCSP_SIGNING, "OCSP TRÌNH DIỄN"),
            ("tsa", issuing, ExtendedKeyUsageOID.TIME_STAMPING, "Dịch vụ cấp dấu thời gian TRÌNH DIỄN"),
        ):
            key, responder = new_key(), label.startswith("ocsp")
            cert = certificate(
                name(common),
                key.public_key(),
                issuer,
                start=start,
                end=end,
                usage=["digital_signature"],
                extended=[extended],
                urls="" if responder else self.urls,
                no_check=responder,
            )
            parties[label] = Party(cert, key)
        for label, party in parties.items():
            self._keep(label, party)
        (self.folder / "ready").write_text(self.base_url)

    @property
    def urls(self) -> str:
        return f"{self.base_url}/issuing"

    def party(self, label: str) -> Party:
        return _read_party(self.folder, label)

    @property
    def root_pem(self) -> str:
        return (self.open().folder / "root.pem").read_text()

    def issue(self, request_pem: bytes, *, start: datetime, end: datetime, **options) -> list[str]:
        """Return the certificate of a request and its chain up to, without, the root, each as PEM."""
        request = x509.load_pem_x509_csr(request_pem)
        public_key = request.public_key()
        if not request.is_signature_valid or not isinstance(public_key, rsa.RSAPublicKey):
            raise ValueError("the request is not signed by its own RSA key")
        self.open()
        options.setdefault("urls", self.urls)
        cert = certificate(request.subject, public_key, self.party("issuing"), start=start, end=end, **options)
        issued = self.folder / "issued"
        issued.mkdir(exist_ok=True)
        pem = cert.public_bytes(serialization.Encoding.PEM).decode()
        (issued / f"{cert.serial_number:x}.pem").write_text(pem)
        return [pem, (self.folder / "issuing.pem").read_text()]

    def issued(self, serial: int) -> bool:
        return (self.folder / "issued" / f"{serial:x}.pem").exists()

    def revoke(self, serial: int, *, at: datetime, reason: str = "key_compromise", ca: str = "issuing") -> None:
        kept = self.open().revoked(ca)
        # The formats know whole seconds.
        kept.setdefault(f"{serial:x}", [at.replace(microsecond=0).isoformat(), reason])
        path = self.folder / f"revoked-{ca}.json"
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps(kept))
        os.replace(fresh, path)

    def revoked(self, ca: str) -> dict[str, list[str]]:
        path = self.folder / f"revoked-{ca}.json"
        return json.loads(path.read_text()) if path.exists() else {}

    def _keep(self, label: str, party: Party) -> None:
        plain = party.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        handle = os.open(self.folder / f"{label}.key", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(plain)
        (self.folder / f"{label}.pem").write_bytes(party.cert.public_bytes(serialization.Encoding.PEM))
