"""How fast signing and verification are, beside what the processor's own RSA allows. Run: python -m bench.signing."""

import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 3.0
# domain/performance: bulk signing PAdES-B-B with RSA-2048, per core.
SIGNATURES_A_SECOND = 45.0
VERIFICATIONS_A_SECOND = 20.0
BATCH = 50
BATCH_SECONDS = 10.0


def run() -> list[dict[str, Any]]:
    """Measure with a certificate authority and keys of its own in a folder that goes away; the database is left as it was."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    with tempfile.TemporaryDirectory(prefix="bench-signing-") as folder, _authority(Path(folder)) as url:
        return [*_alone(), *_batch(url)]


def _alone() -> list[dict[str, Any]]:
    """One core, no database, no services."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

    from tinhso.directory.models import Person
    from tinhso.kernel.connectors import connected
    from tinhso.signing import certificates
    from tinhso.signing.authority import CertificateAuthority
    from tinhso.signing.keys import open_key
    from tinhso.signing.pades import KeySigner, add_signature, open_writer, place_of, read_chain, read_layout
    from tinhso.signing.paths import Anchors
    from tinhso.signing.stamps import hand
    from tinhso.signing.verification import examine

    at = datetime.now(UTC)
    person = Person(pk=1, full_name="Nguyễn Thị Bích Liên")
    kept = certificates.make_many([certificates.Wanted(person, person.full_name, "UBND xã Tam Thăng", "Chủ tịch")], at=at)[0]
    signer = KeySigner(read_chain(kept.chain), open_key(kept.key_location))
    pdf = paper()

    def sign() -> bytes:
        writer = open_writer(pdf)
        box = place_of(read_layout(writer), "official")
        width, height = round(box.right - box.left), round(box.top - box.bottom)
        drawing = hand(width, height, name=person.full_name, title="Chủ tịch", organisation="UBND xã", moment=str(at), image=None)
        return add_signature(writer, signer, field="Ky-1", box=box, drawing=drawing, at=at, name=person.full_name, reason="Đo")

    signed = sign()
    trusted = Anchors((connected(CertificateAuthority).root_pem,), ())
    rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    ec_key = ec.generate_private_key(ec.SECP256R1())
    digest = hashlib.sha256(pdf).digest()
    raw_rsa = rate(lambda: rsa_key.sign(digest, padding.PKCS1v15(), hashes.SHA256()), 1.0)
    raw_ec = rate(lambda: ec_key.sign(digest, ec.ECDSA(hashes.SHA256())), 1.0)
    signatures, verifications = rate(sign, SECONDS), rate(lambda: examine(signed, anchors=trusted, at=at, online=False), SECONDS)
    limit = f"RSA-2048 của máy: {raw_rsa:.0f}/s; ECDSA P-256: {raw_ec:.0f}/s"
    return [
        figure(
            "signing: PAdES-B-B có hình ký, một lõi", signatures, "chữ ký/s", SIGNATURES_A_SECOND, signatures >= SIGNATURES_A_SECOND, limit
        ),
        figure(
            "signing: kiểm tra chữ ký (ngoại tuyến), một lõi",
            verifications,
            "tệp/s",
            VERIFICATIONS_A_SECOND,
            verifications >= VERIFICATIONS_A_SECOND,
            limit,
        ),
    ]


def _batch(url: str) -> list[dict[str, Any]]:
    """A leader signs fifty results through the register, with time stamps over HTTP; rolled back."""
    from django.db import OperationalError, transaction

    try:
        with transaction.atomic():
            took, levels = _sign_fifty()
            transaction.set_rollback(True)
    except OperationalError:
        return []
    limit = f"dấu thời gian và sổ ký: {url}"
    ok = took <= BATCH_SECONDS and levels == {"B-T"}
    return [figure(f"signing: ký một lô {BATCH} văn bản, mức {'/'.join(sorted(levels))}", took, "s", BATCH_SECONDS, ok, limit)]


def _sign_fifty() -> tuple[float, set[str]]:
    from tinhso.directory.models import Person, Post, Role, Unit
    from tinhso.signing.actions import sign_pdf

    day = date(2020, 1, 1)
    unit = Unit.objects.create(kind=Unit.Kind.COMMUNE, name="UBND xã Đo", valid_from=day)
    leader = Person.objects.create(username="bench-signing", full_name="Trần Thị Đo", kind=Person.Kind.OFFICIAL)
    Post.objects.create(person=leader, unit=unit, role=Role.LEADER, title="Chủ tịch", valid_from=day)
    pdf, at = paper(), datetime.now(UTC)
    began, levels = time.perf_counter(), set()
    for _ in range(BATCH):
        levels.add(sign_pdf(pdf, by=leader, for_unit=unit, at=at, reason="Ký lô").level)
    return time.perf_counter() - began, levels


def paper() -> bytes:
    import typst

    return typst.compile(b'#set page(paper: "a4")\n#lorem(250)', pdf_standards=["a-2b"])


def rate(work: Callable[[], Any], seconds: float) -> float:
    """Return how often something is done in a second of one core: of its time, so that neighbours do not count."""
    work()
    began, times = time.process_time(), 0
    while (took := time.process_time() - began) < seconds:
        work()
        times += 1
    return times / took


def figure(name: str, value: float, unit: str, target: float, ok: bool, limit: str) -> dict[str, Any]:
    return {"name": name, "value": round(value, 1), "unit": unit, "target": target, "ok": ok, "limit": limit}


@contextmanager
def _authority(folder: Path):
    """Run the demonstration authority's services, and connect to them for a while."""
    from django.conf import settings

    from connectors.demo_ca.authority import DemoAuthority
    from tinhso.kernel.connectors import connect
    from tinhso.signing.authority import CertificateAuthority

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    before = settings.VAR, settings.ENV
    settings.VAR, settings.ENV = folder, settings.ENV.model_copy(update={"tsa_url": f"{url}/tsa", "demo_ca_url": url, "pkcs11_module": ""})
    connect(CertificateAuthority, DemoAuthority(folder / "ca", url))
    command = [sys.executable, "-m", "connectors.demo_ca.simulator", "--port", str(port), "--folder", str(folder / "ca")]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(f"{url}/health", process)
        yield url
    finally:
        process.terminate()
        process.wait(10)
        settings.VAR, settings.ENV = before


def _wait(address: str, process: subprocess.Popen) -> None:
    from tinhso.signing.online import ask

    ends = time.monotonic() + 30
    while time.monotonic() < ends and process.poll() is None:
        try:
            ask("GET", address, seconds=1)
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the authority's services did not start")


if __name__ == "__main__":
    print(json.dumps(run(), ensure_ascii=False, indent=1))
