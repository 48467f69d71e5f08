"""OCSP, CRL and RFC 3161 time stamps of the demonstration authority as a WSGI program (certomancer speaks the formats)."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from asn1crypto import crl, keys, ocsp, tsp
from asn1crypto import x509 as asn1
from certomancer import crypto_utils
from certomancer.services import CRLBuilder, RevocationInfoInterface, SimpleOCSPResponder, TimeStamper, choose_signed_digest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from connectors.demo_ca.authority import DemoAuthority, Party

LIMIT = 64 * 1024
CAS = ("root", "issuing")


class KeptKeys(crypto_utils.PycaCryptographyBackend):
    """Signs with keys that are opened once: opening one tests its primes, which takes ten times as long as signing."""

    @staticmethod
    @lru_cache(maxsize=32)
    def _opened(der: bytes) -> rsa.RSAPrivateKey:
        key = serialization.load_der_private_key(der, None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise TypeError("the authority's keys are RSA")
        return key

    def generic_sign(self, private_key, tbs_bytes, sd_algo) -> bytes:
        return self._opened(private_key.dump()).sign(tbs_bytes, padding.PKCS1v15(), hashes.SHA256())


crypto_utils.CRYPTO_BACKEND = KeptKeys()


def as_asn1(party: Party) -> tuple[asn1.Certificate, keys.PrivateKeyInfo]:
    der = party.key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return asn1.Certificate.load(party.cert.public_bytes(serialization.Encoding.DER)), keys.PrivateKeyInfo.load(der)


class Revocations(RevocationInfoInterface):
    """What certomancer's responder asks: is this serial revoked?"""

    def __init__(self, authority: DemoAuthority, ca: str, issuer: asn1.Certificate):
        self.authority, self.ca, self.issuer = authority, ca, issuer

    def get_issuer_cert(self) -> asn1.Certificate:
        return self.issuer

    def check_revocation_status(self, cid: ocsp.CertId, at_time: datetime):
        entry = self.authority.revoked(self.ca).get(f"{cid['serial_number'].native:x}")
        if entry is None or datetime.fromisoformat(entry[0]) > at_time:
            return ocsp.CertStatus("good"), []
        when, reason = datetime.fromisoformat(entry[0]), entry[1]
        info = ocsp.RevokedInfo({"revocation_time": when.replace(microsecond=0), "revocation_reason": reason})
        return ocsp.CertStatus("revoked", info), []


class Services:
    """The WSGI program: POST /<ca>/ocsp, GET /<ca>/crl, POST /tsa, GET /root.pem, GET /health."""

    def __init__(self, authority: DemoAuthority):
        self.authority = authority
        self.parties = {label: as_asn1(authority.party(label)) for label in (*CAS, "ocsp-root", "ocsp-issuing", "tsa")}

    def ocsp(self, ca: str, body: bytes, at: datetime) -> bytes:
        cert, key = self.parties[f"ocsp-{ca}"]
        revocations = Revocations(self.authority, ca, self.parties[ca][0])
        algorithm = choose_signed_digest("sha256", cert.public_key)
        responder = SimpleOCSPResponder(cert, key, algorithm, at.replace(microsecond=0), revocations)
        return responder.build_ocsp_response(ocsp.OCSPRequest.load(body)).dump()

    def crl(self, ca: str, at: datetime) -> bytes:
        cert, key = self.parties[ca]
        builder = CRLBuilder(cert.subject, key, choose_signed_digest("sha256", cert.public_key), cert.key_identifier_value)
        rows = [(int(serial, 16), datetime.fromisoformat(when), reason) for serial, (when, reason) in self.authority.revoked(ca).items()]
        entries = [builder.format_revoked_cert(serial, crl.CRLReason(reason), when.replace(microsecond=0)) for serial, when, reason in rows]
        this = at.replace(microsecond=0)
        return builder.build_crl(int(at.timestamp()), this, this + timedelta(days=1), entries).dump()

    def stamp(self, body: bytes, at: datetime) -> bytes:
        cert, key = self.parties["tsa"]
        stamper = TimeStamper(cert, key, certs_to_embed=[self.parties["issuing"][0]], fixed_dt=at.replace(microsecond=0))
        return stamper.request_tsa_response(tsp.TimeStampReq.load(body)).dump()

    def __call__(self, environ, start_response):
        at = datetime.now(UTC)
        status, kind, body = self.answer(environ, at)
        start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    def answer(self, environ, at: datetime) -> tuple[str, str, bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"].rstrip("/")
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length > LIMIT:
            return "413 Content Too Large", "text/plain", b"request too large"
        try:
            body = environ["wsgi.input"].read(length) if length else b""
            match method, path.split("/")[1:]:
                case "POST", [ca, "ocsp"] if ca in CAS:
                    return "200 OK", "application/ocsp-response", self.ocsp(ca, body, at)
                case "GET", [ca, "crl"] if ca in CAS:
                    return "200 OK", "application/pkix-crl", self.crl(ca, at)
                case "POST", ["tsa"]:
                    return "200 OK", "application/timestamp-reply", self.stamp(body, at)
                case "GET", ["root.pem"]:
                    return "200 OK", "application/x-pem-file", self.authority.root_pem.encode()
                case "GET", ["health"]:
                    return "200 OK", "text/plain", b"ok"
        except (ValueError, TypeError, KeyError):
            return "400 Bad Request", "text/plain", b"malformed request"
        return "404 Not Found", "text/plain", b"no such service"
