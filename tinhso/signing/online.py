"""The services of certificate authorities over HTTP: time stamps, OCSP, CRL. Three seconds each, never more."""

import contextlib
import ssl
import time
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

import httpx2
from asn1crypto import crl, ocsp, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp as ocsp_requests
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

SECONDS = 3.0
LARGEST_ANSWER = 20 * 2**20


@lru_cache(maxsize=1)
def tls() -> ssl.SSLContext:
    """Read the machine's authorities once: reading them takes longer than most answers."""
    return ssl.create_default_context()


def ask(method: str, url: str, *, content: bytes | None = None, kind: str = "", seconds: float | None = None) -> bytes:
    """Return the body of an answer; OSError when there is none in time, or not with 200.

    The limit holds for the whole exchange: a service that sends a byte each second is as dead as a silent one.
    """
    seconds = seconds or SECONDS
    ends = time.monotonic() + seconds
    headers = {"Content-Type": kind} if kind else {}
    try:
        # No proxy, no redirect: these addresses stand in certificates.
        with (
            httpx2.Client(timeout=seconds, trust_env=False, follow_redirects=False, verify=tls()) as client,
            client.stream(method, url, content=content, headers=headers) as answer,
        ):
            if answer.status_code != 200:
                raise OSError(f"{url} answers {answer.status_code}")
            body = bytearray()
            for chunk in answer.iter_bytes():
                body += chunk
                if time.monotonic() > ends or len(body) > LARGEST_ANSWER:
                    raise OSError(f"{url} does not finish")
            return bytes(body)
    except (httpx2.HTTPError, httpx2.InvalidURL) as fault:
        raise OSError(f"{url}: {type(fault).__name__}") from fault


class Stamper(TimeStamper):
    """An RFC 3161 client of one address."""

    def __init__(self, url: str):
        super().__init__()
        self.url = url

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        try:
            body = ask("POST", self.url, content=req.dump(), kind="application/timestamp-query")
            answer = tsp.TimeStampResp.load(body)
            answer["status"]["status"].native  # noqa: B018  parse now: garbage is a failure of the service, not ours
        except (OSError, ValueError, TypeError) as fault:
            raise TimestampRequestError(str(fault)) from fault
        return answer


@dataclass
class Evidence:
    """What proves that certificates were not revoked: DER of OCSP answers and CRLs, and what could not be had."""

    ocsps: list[bytes] = field(default_factory=list)
    crls: list[bytes] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def add(self, other: "Evidence") -> None:
        self.ocsps += other.ocsps
        self.crls += other.crls
        self.missing += other.missing


def gather(path: list[asn1.Certificate], *, known: dict[bytes, Evidence] | None = None) -> Evidence:
    """Ask for the state of every certificate of a path (subject first, anchor last); `known` remembers, for one file.

    Only call this for a path that leads to an anchor: the addresses then come from authorities we trust,
    not from whoever uploaded a file.
    """
    found = Evidence()
    for cert, issuer in pairwise(path):
        known = {} if known is None else known
        if cert.sha256 not in known:
            known[cert.sha256] = _state_of(cert, issuer)
        found.add(known[cert.sha256])
    return found


def _state_of(cert: asn1.Certificate, issuer: asn1.Certificate) -> Evidence:
    if cert.ocsp_no_check_value is not None:
        return Evidence()
    if answer := _ask_ocsp(cert, issuer):
        return Evidence(ocsps=[answer])
    if listed := _fetch_crl(cert):
        return Evidence(crls=[listed])
    return Evidence(missing=[cert.subject.human_friendly])


def _ask_ocsp(cert: asn1.Certificate, issuer: asn1.Certificate) -> bytes | None:
    subject, authority = (x509.load_der_x509_certificate(one.dump()) for one in (cert, issuer))
    request = ocsp_requests.OCSPRequestBuilder().add_certificate(subject, authority, hashes.SHA1()).build()  # noqa: S303  names, not signs
    body = request.public_bytes(serialization.Encoding.DER)
    for url in cert.ocsp_urls[:2]:
        with contextlib.suppress(OSError, ValueError, TypeError):
            answer = ask("POST", url, content=body, kind="application/ocsp-request")
            if ocsp.OCSPResponse.load(answer)["response_status"].native == "successful":
                return answer
    return None


def _fetch_crl(cert: asn1.Certificate) -> bytes | None:
    for point in cert.crl_distribution_points[:2]:
        if not (point.url or "").startswith("http"):
            continue
        with contextlib.suppress(OSError, ValueError, TypeError):
            listed = ask("GET", point.url)
            crl.CertificateList.load(listed)["tbs_cert_list"]["this_update"].native  # noqa: B018
            return listed
    return None
