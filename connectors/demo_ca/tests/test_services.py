"""The demonstration authority over real HTTP: it answers what the formats ask, and refuses what it cannot read."""

from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import crl, ocsp, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from connectors.demo_ca.authority import DemoAuthority, name
from tinhso.signing.online import ask, gather


def moment() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def leaf(pki_services) -> list[asn1.Certificate]:
    """A fresh certificate with its chain, root last."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    request = x509.CertificateSigningRequestBuilder().subject_name(name("Người thử")).sign(key, hashes.SHA256())
    at = moment()
    authority = pki_services.authority
    pems = authority.issue(request.public_bytes(serialization.Encoding.PEM), start=at, end=at + timedelta(days=9))
    ders = [x509.load_pem_x509_certificate(pem.encode()).public_bytes(serialization.Encoding.DER) for pem in [*pems, authority.root_pem]]
    return [asn1.Certificate.load(der) for der in ders]


def status(answer: bytes) -> str:
    return ocsp.OCSPResponse.load(answer).response_data["responses"][0]["cert_status"].name


def test_ocsp_says_good_and_then_revoked(pki_services, leaf):
    evidence = gather(leaf)
    assert ([status(answer) for answer in evidence.ocsps], evidence.crls, evidence.missing) == (["good", "good"], [], [])
    pki_services.authority.revoke(leaf[0].serial_number, at=moment() - timedelta(minutes=1), reason="key_compromise")
    assert [status(answer) for answer in gather(leaf).ocsps] == ["revoked", "good"]


def test_the_list_holds_every_revoked_serial_once(pki_services, leaf):
    at = moment() - timedelta(minutes=1)
    for _ in range(2):
        pki_services.authority.revoke(leaf[0].serial_number, at=at, reason="superseded")
    listed = crl.CertificateList.load(ask("GET", f"{pki_services.url}/issuing/crl"))["tbs_cert_list"]["revoked_certificates"]
    rows = [(row["user_certificate"].native, row["revocation_date"].native) for row in listed]
    assert rows.count((leaf[0].serial_number, at)) == 1


def test_a_stamp_answers_the_digest_and_the_nonce(pki_services):
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": bytes(32)}
    question = tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "nonce": 7, "cert_req": True})
    answer = tsp.TimeStampResp.load(ask("POST", f"{pki_services.url}/tsa", content=question.dump()))
    info = answer["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed
    assert (answer["status"]["status"].native, info["nonce"].native, info["message_imprint"]["hashed_message"].native) == (
        "granted",
        7,
        bytes(32),
    )
    assert abs((info["gen_time"].native - moment()).total_seconds()) < 30


@pytest.mark.parametrize(
    ("method", "path", "content", "code"),
    [
        ("POST", "/tsa", b"rac", 400),
        ("POST", "/issuing/ocsp", b"rac", 400),
        ("POST", "/tsa", b"x" * 70_000, 413),
        ("GET", "/khong-co", None, 404),
    ],
)
def test_what_it_cannot_read_is_refused(pki_services, method, path, content, code):
    with pytest.raises(OSError, match=f"answers {code}"):
        ask(method, pki_services.url + path, content=content)


def test_two_that_open_the_same_folder_found_one_authority(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        roots = set(pool.map(lambda _: DemoAuthority(tmp_path / "ca", "http://127.0.0.1:1").root_pem, range(4)))
    assert len(roots) == 1
    assert oct((tmp_path / "ca" / "root.key").stat().st_mode & 0o777) == "0o600"
