"""Judging the signatures of a file: bytes and anchors in, verdicts out. No database; runs in a limited child for strangers' files."""

import hashlib
import io
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from asn1crypto import x509 as asn1
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.general import CMSExtractionError, extract_signer_info
from pyhanko.sign.validation import generic_cms
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import SignatureValidationError, ValidationInfoReadingError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from tinhso.signing.online import Evidence, gather
from tinhso.signing.paths import Anchors, Path, find_path, name_of, revocation_of, show
from tinhso.signing.rules import SMALLEST_RSA, WEAK_DIGESTS, Reason, Report, Verdict

__all__ = ["Anchors", "examine"]

MOST_SIGNATURES = 30
CLOCKS_DIFFER = timedelta(minutes=5)
# What hostile bytes make the parsers raise.
BAD_BYTES = (
    PdfError,
    SignatureValidationError,
    CMSExtractionError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    RecursionError,
    OverflowError,
    NotImplementedError,
)


@dataclass
class Stored:
    """What a file itself brings as evidence (its document security store)."""

    certs: list[asn1.Certificate] = field(default_factory=list)
    ocsps: list[bytes] = field(default_factory=list)
    crls: list[bytes] = field(default_factory=list)


@dataclass
class DocumentStamp:
    """A time stamp over the whole file as it was at a revision."""

    revision: int
    at: datetime


def examine(pdf: bytes, *, anchors: Anchors, at: datetime, online: bool) -> Report:
    """Return the verdict on a file and each of its signatures."""
    report = Report(sha256=hashlib.sha256(pdf).hexdigest(), size=len(pdf))
    if b"%PDF-" not in pdf[:1024]:
        report.problem = "not_pdf"
        return report
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        if reader.encrypted:
            report.problem = "password"
            return report
        found = list(enumerate_sig_fields(reader, filled_status=True))
    except BAD_BYTES:
        report.problem = "not_pdf"
        return report
    if len(found) > MOST_SIGNATURES:
        report.problem = "too_many"
        return report
    signatures, stamps = _sort_out(reader, found, report)
    if not signatures and not report.signatures:
        report.problem = "removed" if _was_signed(reader) else "unsigned"
        return report
    stored = _stored(reader)
    proofs = [proof for stamp in stamps if (proof := _document_stamp(stamp, stored, anchors, at))]
    asked: dict[bytes, Evidence] | None = {} if online else None
    judged = [_Judge(signature, stored, proofs, anchors, at, asked).verdict() for signature in signatures]
    report.signatures = judged + report.signatures
    return report


def _sort_out(reader, found, report: Report) -> tuple[list[EmbeddedPdfSignature], list[EmbeddedPdfSignature]]:
    """Open every signature; those that cannot be read get their verdict at once."""
    signatures: list[EmbeddedPdfSignature] = []
    stamps: list[EmbeddedPdfSignature] = []
    for name, _, reference in found:
        try:
            signature = EmbeddedPdfSignature(reader, reference.get_object(), name)
            (stamps if signature.sig_object_type == "/DocTimeStamp" else signatures).append(signature)
        except BAD_BYTES:
            report.signatures.append(Verdict(name, reasons=[Reason("unreadable")]))
    return sorted(signatures, key=lambda one: one.signed_revision), sorted(stamps, key=lambda one: one.signed_revision)


def _was_signed(reader: PdfFileReader) -> bool:
    for revision in range(min(reader.total_revisions - 1, 50)):
        try:
            if any(enumerate_sig_fields(reader.get_historical_resolver(revision), filled_status=True)):
                return True
        except BAD_BYTES:
            continue
    return False


def _stored(reader: PdfFileReader) -> Stored:
    try:
        dss = DocumentSecurityStore.read_dss(reader)
        return Stored(
            list(dss.load_certs()),
            [reference.get_object().data for reference in dss.ocsps],
            [reference.get_object().data for reference in dss.crls],
        )
    except (ValidationInfoReadingError, *BAD_BYTES):
        return Stored()


def _document_stamp(stamp: EmbeddedPdfSignature, stored: Stored, anchors: Anchors, now: datetime) -> DocumentStamp | None:
    """Return what a document time stamp proves; nothing when it is broken or not of an authority we trust."""
    try:
        imprint = stamp.compute_digest()
        if stamp.evaluate_signature_coverage() < SignatureCoverageLevel.ENTIRE_REVISION:
            return None
        moment, _ = _read_stamp(stamp.signed_data, lambda algorithm: stamp.compute_digest(algorithm), stored, anchors, now)
    except BAD_BYTES:
        return None
    return DocumentStamp(stamp.signed_revision, moment) if imprint and moment else None


def _read_stamp(token, imprint_of, stored: Stored, anchors: Anchors, now: datetime) -> tuple[datetime | None, Reason | None]:
    """Return the time of a stamp that holds and that we trust, or the reason why it proves nothing."""
    info = token["encap_content_info"]["content"].parsed
    claimed = info["message_imprint"]
    if imprint_of(claimed["hash_algorithm"]["algorithm"].native) != claimed["hashed_message"].native:
        return None, Reason("stamp_broken")
    signer = extract_signer_info(token)
    certs = generic_cms.extract_certs_for_validation(token)
    body = bytes(token["encap_content_info"]["content"])
    digest = hashlib.new(signer["digest_algorithm"]["algorithm"].native, body).digest()
    intact, valid = generic_cms.validate_sig_integrity(signer, certs.signer_cert, "tst_info", digest)
    if not (intact and valid):
        return None, Reason("stamp_broken")
    moment = info["gen_time"].native
    usage = certs.signer_cert.extended_key_usage_value
    path = find_path(certs.signer_cert, [*certs.other_certs, *stored.certs], anchors.stamping, moment)
    if path.reason or usage is None or "time_stamping" not in usage.native or moment > now + CLOCKS_DIFFER:
        return None, Reason("stamp_untrusted")
    return moment, None


class _Judge:
    """One signature under judgement; each step adds what it finds to the verdict."""

    def __init__(self, signature, stored: Stored, proofs: list[DocumentStamp], anchors: Anchors, now: datetime, asked: dict | None):
        self.signature, self.stored, self.proofs, self.anchors, self.now = signature, stored, proofs, anchors, now
        # What the authorities said of this file's certificates; None when they are not to be asked.
        self.asked = asked
        self.found = Verdict(signature.field_name)

    def verdict(self) -> Verdict:
        try:
            self.describe()
            self.check_bytes()
            self.check_later_changes()
        except BAD_BYTES:
            self.add("unreadable")
            return self.found
        try:
            self.check_stamp()
            self.check_certificate()
        except BAD_BYTES:
            self.add("unjudged")
            self.found.trusted = False
        return self.found

    def add(self, code: str, detail: str = "") -> None:
        self.found.reasons.append(Reason(code, detail))

    def describe(self) -> None:
        found, signature = self.found, self.signature
        cert = signature.signer_cert
        subject = cert.subject.native
        found.signer = name_of(cert.subject)
        found.organisation = _text(subject.get("organization_name")) or _text(subject.get("organizational_unit_name"))
        found.title = _text(subject.get("title"))
        found.issuer, found.serial = name_of(cert.issuer), f"{cert.serial_number:x}"
        found.cert_from, found.cert_to = cert.not_valid_before, cert.not_valid_after
        found.claimed_at = signature.self_reported_timestamp
        found.reason = str(signature.sig_object.get("/Reason", ""))[:300]
        found.digest_algorithm = signature.md_algorithm
        found.subfilter = str(signature.sig_object.get("/SubFilter", ""))
        found.level = "B-B" if found.subfilter == "/ETSI.CAdES.detached" else "CMS"

    def check_bytes(self) -> None:
        found, signature = self.found, self.signature
        signature.compute_integrity_info()
        digest = signature.compute_digest()
        found.intact, found.crypto_valid = generic_cms.validate_sig_integrity(signature.signer_info, signature.signer_cert, "data", digest)
        if not found.intact:
            self.add("altered")
        if not found.crypto_valid:
            self.add("forged")
        if found.digest_algorithm in WEAK_DIGESTS:
            self.add("weak_digest", found.digest_algorithm.upper())
        key = signature.signer_cert.public_key
        if key.algorithm == "rsa" and key.bit_size < SMALLEST_RSA:
            self.add("weak_key", f"RSA {key.bit_size} bit")

    def check_later_changes(self) -> None:
        found, signature = self.found, self.signature
        found.coverage = signature.coverage.name
        found.covers_whole_file = signature.coverage == SignatureCoverageLevel.ENTIRE_FILE
        if found.covers_whole_file:
            return
        if signature.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
            self.add("coverage")
            return
        changes = signature.diff_result
        if not isinstance(changes, DiffResult) or changes.modification_level == ModificationLevel.OTHER or self.other_fields(changes):
            self.add("updated")
        elif found.intact and changes.modification_level != ModificationLevel.LTA_UPDATES:
            self.add("later_signatures")

    def other_fields(self, changes: DiffResult) -> bool:
        """Return whether something else than signatures was filled in."""
        signature_fields = {name for name, _, _ in enumerate_sig_fields(self.signature.reader)}
        return bool(set(changes.changed_form_fields) - signature_fields)

    def check_stamp(self) -> None:
        found, signature = self.found, self.signature
        try:
            tokens = list(generic_cms.extract_tst_data_iter(signature.signer_info, signed=False)) if _has_stamp(signature) else []
        except BAD_BYTES:
            # Unsigned attributes that nobody can read: the signature stands, its stamp does not.
            tokens = []
            self.add("stamp_broken")
        for token in tokens:
            imprint = generic_cms.message_imprint_checker(signature.signer_info)
            try:
                moment, reason = _read_stamp(token, imprint, self.stored, self.anchors, self.now)
            except BAD_BYTES:
                moment, reason = None, Reason("stamp_broken")
            if reason:
                found.reasons.append(reason)
            if moment:
                found.stamped_at = min(found.stamped_at or moment, moment)
                found.level = "B-T" if found.level == "B-B" else found.level
        later = [proof.at for proof in self.proofs if proof.revision > signature.signed_revision]
        if later:
            found.stamped_at = min([*later, *([found.stamped_at] if found.stamped_at else [])])
            if found.level in ("B-B", "B-T"):
                found.level = "B-LTA" if self.stored.ocsps or self.stored.crls else "B-T"
        elif found.level == "B-T" and (self.stored.ocsps or self.stored.crls):
            found.level = "B-LT"
        if not found.stamped_at and not any(reason.code.startswith("stamp_") for reason in found.reasons):
            self.add("no_stamp")

    def check_certificate(self) -> None:
        found, signature = self.found, self.signature
        moment = found.signed_at or self.now
        if moment > self.now + CLOCKS_DIFFER:
            self.add("future", show(moment))
        usage = signature.signer_cert.key_usage_value
        if usage is not None and not {"digital_signature", "non_repudiation"} & usage.native:
            self.add("wrong_usage")
        path = find_path(signature.signer_cert, [*signature.other_embedded_certs, *self.stored.certs], self.anchors.signing, moment)
        if path.reason:
            found.reasons.append(path.reason)
        # The claimed time is only a claim: an expired key could have been used after its end.
        if found.cert_to and found.cert_to < self.now and not found.stamped_at and not (path.reason and path.reason.code == "expired"):
            self.add("expired_since", show(found.cert_to))
        if path.certs:
            self.check_revocation(path)
        weighty = {reason.code for reason in found.reasons if reason.weight != "note"}
        found.trusted = bool(path.certs) and not weighty & {
            "expired",
            "not_yet_valid",
            "revoked",
            "issuer_revoked",
            "revoked_unproven",
            "bad_chain",
        }

    def check_revocation(self, path: Path) -> None:
        found = self.found
        fresh = Evidence() if self.asked is None else gather(list(path.certs), known=self.asked)
        state = revocation_of(path.certs, fresh.ocsps, fresh.crls, self.now)
        if not state.known:
            # The authorities do not answer (any more): the file's own evidence, made while they did.
            kept_at = max([proof.at for proof in self.proofs], default=found.stamped_at or self.now)
            state = revocation_of(path.certs, self.stored.ocsps, self.stored.crls, min(kept_at, self.now))
        if state.revoked_at is None:
            if not state.known:
                self.add("revocation_unknown")
            return
        when = show(state.revoked_at)
        if not state.leaf:
            self.add("issuer_revoked", when)
        elif found.stamped_at is None:
            self.add("revoked_unproven" if found.claimed_at and found.claimed_at < state.revoked_at else "revoked", when)
        else:
            self.add("revoked" if state.revoked_at <= found.stamped_at else "revoked_since", when)
        found.revoked_at = state.revoked_at


def _has_stamp(signature: EmbeddedPdfSignature) -> bool:
    attributes = signature.signer_info["unsigned_attrs"].native
    return bool(attributes) and any(one["type"] == "signature_time_stamp_token" for one in attributes)


def _text(value) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return str(value or "")
