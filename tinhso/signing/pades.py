"""Putting signatures into PDF files: no database, no people; bytes, a certificate with its key, and services."""

import asyncio
import hashlib
import io
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from asn1crypto import pem
from asn1crypto import x509 as asn1
from asn1crypto.algos import SignedDigestAlgorithm
from pyhanko.pdf_utils.generic import IndirectObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, PdfTimeStamper, Signer
from pyhanko.sign.signers.pdf_byterange import BuildProps
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tinhso.kernel.errors import Refused
from tinhso.signing.cms import envelope, to_sign
from tinhso.signing.keys import Sign
from tinhso.signing.rules import Box, official_box, seal_box
from tinhso.signing.stamps import Drawing, style_of

# A CMS with a chain of three takes about 5 kB, a time stamp another 5; twice that in hexadecimal.
RESERVED = 24_000
DIGEST = "sha256"


class KeySigner(Signer):
    """Signs with a key that is already open, whatever holds it."""

    def __init__(self, chain: tuple[asn1.Certificate, ...], sign: Sign):
        store = SimpleCertificateStore()
        store.register_multiple(chain[1:])
        mechanism = SignedDigestAlgorithm({"algorithm": "sha256_rsa"})
        super().__init__(signing_cert=chain[0], cert_registry=store, signature_mechanism=mechanism, embed_roots=False)
        self.sign = sign
        self.envelope = envelope(tuple(cert.dump() for cert in chain))

    async def async_sign(
        self, data_digest: bytes, digest_algorithm: str, dry_run=False, use_pades=False, timestamper=None, *others, **options
    ):
        """Return the CMS as bytes, which the embedder takes as they are."""
        if not use_pades or digest_algorithm != DIGEST:
            raise SigningError("only PAdES with SHA-256 is made here")
        attributes = self.envelope.attributes(data_digest)
        signature = self.sign(to_sign(attributes))
        stamp = b""
        if timestamper:
            stamp = (await timestamper.async_timestamp(hashlib.sha256(signature).digest(), DIGEST)).dump()
        return self.envelope.close(attributes, signature, stamp)


@lru_cache(maxsize=1024)
def read_chain(text: str) -> tuple[asn1.Certificate, ...]:
    """Return the certificates of a PEM text in its order."""
    return tuple(asn1.Certificate.load(der) for _, _, der in pem.unarmor(text.encode(), multiple=True))


_own = threading.local()


def at_once(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine to its end on a loop that this thread keeps.

    Nothing in it ever waits (our signer and our services answer before they return); a new loop
    for each signature would cost a tenth of it.
    """
    if asyncio._get_running_loop() is not None:
        # Called under somebody else's loop: it waits, as it would for any plain call, and a thread does the work.
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, work).result()
    if not hasattr(_own, "loop"):
        _own.loop = asyncio.new_event_loop()
    return _own.loop.run_until_complete(work)


@dataclass(frozen=True)
class Layout:
    """What a page says about signatures: its size, and where officials have signed."""

    width: float
    height: float
    hands: tuple[Box, ...]
    count: int


def open_writer(pdf: bytes) -> IncrementalPdfFileWriter:
    """Open a file for a new revision; refuse in words what cannot be signed."""
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        if reader.encrypted:
            raise Refused("Tệp PDF có mật khẩu nên không ký được. Vui lòng bỏ mật khẩu rồi ký lại.", code="sign-password")
        writer = IncrementalPdfFileWriter.from_reader(reader)
        writer.root["/Pages"]["/Kids"]
    except (PdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, AssertionError):
        raise Refused("Tệp không phải PDF hoặc đã hỏng nên không ký được.", code="sign-damaged") from None
    return writer


def read_layout(writer: IncrementalPdfFileWriter) -> Layout:
    """Return the size of the last page and the boxes of the officials' signatures that stand on it."""
    page = writer.find_page_for_modification(-1)[0].get_object()
    left, bottom, right, top = (float(side) for side in _inherited(page, "/MediaBox", [0, 0, 595, 842]))
    hands, count = [], 0
    for name, _, reference in fields.enumerate_sig_fields(writer.prev):
        count += 1
        rectangle = reference.get_object().get("/Rect")
        if name.startswith("Ky-") and rectangle:
            hands.append(Box(-1, *(float(side) for side in rectangle)))
    return Layout(right - left, top - bottom, tuple(hands), count)


def _inherited(page, name: str, default):
    while page is not None:
        if name in page:
            return page[name]
        page = page.get("/Parent")
        page = page.get_object() if isinstance(page, IndirectObject) else page
    return default


def place_of(layout: Layout, kind: str) -> Box:
    """Return where a signature stands when nobody says: a seal over the last official's hand, hands beside each other."""
    box = official_box(layout.width, layout.height)
    if kind == "agency":
        return seal_box(layout.hands[-1] if layout.hands else box)
    for _ in layout.hands:
        wide = box.right - box.left + 8
        left = box.left - wide
        box = (
            Box(box.page, left, box.bottom, left + wide - 8, box.top)
            if left > 40
            else Box(box.page, box.left, box.top + 8, box.right, box.top * 2 - box.bottom + 8)
        )
    return box


def add_signature(
    writer: IncrementalPdfFileWriter,
    signer: Signer,
    *,
    field: str,
    box: Box,
    drawing: Drawing,
    at: datetime,
    name: str,
    reason: str,
    location: str = "",
    stamper: TimeStamper | None = None,
) -> bytes:
    """Return the file with a new revision that holds one PAdES signature, time-stamped when a stamper is given."""
    meta = PdfSignatureMetadata(
        field_name=field,
        md_algorithm=DIGEST,
        subfilter=fields.SigSeedSubFilter.PADES,
        reason=reason or None,
        location=location or None,
        name=name,
        app_build_props=BuildProps(name="Tỉnh Số"),
    )
    # The readable name is what screen readers say of the field.
    label = f"Chữ ký số của {name}"
    spec = fields.SigFieldSpec(field, on_page=box.page, box=box.corners, combine_annotation=True, readable_field_name=label)
    pdf_signer = PdfSigner(meta, signer, timestamper=stamper, stamp_style=style_of(drawing), new_field_spec=spec)
    session = pdf_signer.init_signing_session(writer)
    session.system_time = at
    document = session.prepare_tbs_document(None, bytes_reserved=RESERVED)
    output = io.BytesIO()
    digest, _ = document.digest_tbs_document(in_place=False, output=output)
    attributes = PdfCMSSignedAttributes(signing_time=at)
    at_once(document.perform_signature(digest.document_digest, attributes))
    return output.getvalue()


def add_evidence(pdf: bytes, *, certs: list[asn1.Certificate], ocsps: list[bytes], crls: list[bytes], stamper: TimeStamper) -> bytes:
    """Return the file with what proves its signatures for ever: certificates, answers on revocation, and a stamp over all."""
    from asn1crypto import crl, ocsp

    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=certs,
        ocsps=[ocsp.OCSPResponse.load(one) for one in ocsps],
        crls=[crl.CertificateList.load(one) for one in crls],
    )
    output = at_once(PdfTimeStamper(stamper).async_timestamp_pdf(writer, DIGEST))
    return output.getvalue()


__all__ = ["KeySigner", "SigningError", "add_evidence", "add_signature", "at_once", "open_writer", "place_of", "read_chain", "read_layout"]
