"""What makes a signature last: answers on revocation and a stamp over the whole file, put into the file."""

import io
from datetime import datetime

from asn1crypto import x509 as asn1
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.validation import generic_cms

from tinhso.signing import services
from tinhso.signing.online import Evidence, gather
from tinhso.signing.pades import add_evidence
from tinhso.signing.paths import Anchors, find_path
from tinhso.signing.queries import anchors
from tinhso.signing.rules import LATER, NO_EVIDENCE


def add_long_term(pdf: bytes, *, at: datetime) -> tuple[bytes, str, str]:
    """Return the file at level B-LTA, or as it was with the level it keeps and why."""
    stamper = services.stamper()
    if stamper is None:
        return pdf, _level(pdf), LATER
    if services.authority_rests():
        return pdf, _level(pdf), NO_EVIDENCE
    trusted = anchors(at=at)
    try:
        leaves, pool = _certificates(pdf, stamper)
        found = _gather(leaves, pool, trusted, at)
        if found.missing:
            services.let_authority_rest()
            return pdf, _level(pdf), NO_EVIDENCE
        return add_evidence(pdf, certs=[*leaves, *pool], ocsps=found.ocsps, crls=found.crls, stamper=stamper), "B-LTA", ""
    except (TimestampRequestError, OSError):
        services.rest()
        return pdf, _level(pdf), LATER


def _level(pdf: bytes) -> str:
    signature = PdfFileReader(io.BytesIO(pdf), strict=False).embedded_regular_signatures[-1]
    return "B-T" if signature.signer_info["unsigned_attrs"].native else "B-B"


def _certificates(pdf: bytes, stamper) -> tuple[list[asn1.Certificate], list[asn1.Certificate]]:
    """Return the certificates that signed (people, agencies, time stamps), and those between them and the anchors."""
    from tinhso.signing.pades import DIGEST, at_once

    leaves: dict[bytes, asn1.Certificate] = {}
    pool: dict[bytes, asn1.Certificate] = {}
    tokens = [at_once(stamper.async_dummy_response(DIGEST))["content"]]
    for signature in PdfFileReader(io.BytesIO(pdf), strict=False).embedded_signatures:
        tokens.append(signature.signed_data)
        if signature.signer_info["unsigned_attrs"].native:
            tokens += generic_cms.extract_tst_data_iter(signature.signer_info, signed=False)
    for token in tokens:
        certs = generic_cms.extract_certs_for_validation(token)
        leaves[certs.signer_cert.sha256] = certs.signer_cert
        pool |= {cert.sha256: cert for cert in certs.other_certs}
    return list(leaves.values()), [cert for digest, cert in pool.items() if digest not in leaves]


def _gather(leaves: list[asn1.Certificate], pool: list[asn1.Certificate], trusted: Anchors, at: datetime) -> Evidence:
    """Ask for the state of everything that stands between the leaves and the anchors, once each.

    Stops at the first that is not answered: somebody is waiting for their signature.
    """
    found = Evidence()
    known: dict[bytes, Evidence] = {}
    for leaf in leaves:
        usage = leaf.extended_key_usage_value
        stamping = usage is not None and "time_stamping" in usage.native
        path = find_path(leaf, pool, trusted.stamping if stamping else trusted.signing, at)
        if not path.certs:
            found.missing.append(leaf.subject.human_friendly)
            continue
        if gather(list(path.certs), known=known).missing:
            break
    for state in known.values():
        found.add(state)
    return found
