"""Signing and sealing files, and what is made up for when a service was down."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.timezone import now
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from tinhso.directory.models import Person, Unit
from tinhso.kernel.errors import Refused, require
from tinhso.kernel.events import record
from tinhso.kernel.files import keep, read
from tinhso.kernel.inspection import PDF, PNG
from tinhso.kernel.models import StoredFile
from tinhso.signing import keys, services
from tinhso.signing.access import can_sign_for
from tinhso.signing.actions.holding import HERE, Kind, ensure_certificate
from tinhso.signing.events import DocumentSigned, SignatureStamped
from tinhso.signing.evidence import add_long_term
from tinhso.signing.models import Signature, SignatureImage
from tinhso.signing.pades import KeySigner, add_signature, open_writer, place_of, read_chain, read_layout
from tinhso.signing.queries import Signer, signature_image, signs_as, waiting_signatures
from tinhso.signing.rules import LATER, NO_EVIDENCE, NO_SERVICE, Box
from tinhso.signing.stamps import hand, seal


@dataclass(frozen=True)
class Signed:
    """A signed file; `warning` is for the person who signed, empty when all went as it should."""

    content: bytes
    level: str
    warning: str
    record: Signature


def sign_pdf(
    pdf: bytes,
    *,
    by: Person,
    for_unit: Unit,
    at: datetime,
    reason: str = "",
    kind: str = Kind.OFFICIAL,
    image: bytes | None = None,
    place: Box | None = None,
    lasting: bool | None = None,
) -> Signed:
    """Sign a file with an official's key, or seal it with the agency's, and write the use of the key down.

    `lasting` asks for B-LTA; without a word a seal lasts, because it comes last. A time-stamp or status service
    that is down costs levels, never the signature.
    """
    require(can_sign_for(by, for_unit, kind, at), _no_right(kind))
    agency = for_unit.agency or for_unit
    certificate = ensure_certificate(by if kind == Kind.OFFICIAL else agency, by=by, at=at, unit=agency)
    digest, key = hashlib.sha256(pdf).hexdigest(), keys.open_key(certificate.key_location)

    def noted(data: bytes) -> bytes:
        keys.note_use(certificate.serial, digest, person_id=by.pk, at=at)
        return key(data)

    signer = KeySigner(read_chain(certificate.chain), noted)
    seen = signs_as(by, agency, kind, at)
    picture = image or signature_image(by if kind == Kind.OFFICIAL else agency)
    content, level, warning = _sign(pdf, signer, seen, kind=kind, at=at, reason=reason, image=picture, place=place)
    if level == "B-T" and (kind == Kind.AGENCY if lasting is None else lasting):
        content, level, warning = add_long_term(content, at=at)
    return _write_down(certificate, by, agency, kind, at, reason, digest, content, level, warning, seen)


def _sign(pdf: bytes, signer: KeySigner, seen: Signer, *, kind: str, at: datetime, reason: str, image: bytes | None, place: Box | None):
    stamper = services.stamper()
    try:
        return _attempt(pdf, signer, seen, kind, at, reason, image, place, stamper), "B-T" if stamper else "B-B", _why_no_stamp(stamper)
    except (TimestampRequestError, OSError):
        services.rest()
    return _attempt(pdf, signer, seen, kind, at, reason, image, place, None), "B-B", LATER


def _attempt(pdf: bytes, signer: KeySigner, seen: Signer, kind: str, at: datetime, reason: str, image, place: Box | None, stamper) -> bytes:
    writer = open_writer(pdf)
    page = read_layout(writer)
    box = place or place_of(page, kind)
    width, height = (round(side) for side in (box.right - box.left, box.top - box.bottom))
    moment = f"{at.astimezone(HERE):%d/%m/%Y %H:%M:%S} +07:00"
    if kind == Kind.OFFICIAL:
        drawing = hand(width, height, name=seen.name, title=seen.title, organisation=seen.organisation, moment=moment, image=image)
    else:
        drawing = seal(width, height, name=seen.organisation, moment=moment, image=image)
    field = f"{'Ky' if kind == Kind.OFFICIAL else 'Dau'}-{page.count + 1}"
    name = seen.name if kind == Kind.OFFICIAL else seen.organisation
    return add_signature(
        writer, signer, field=field, box=box, drawing=drawing, at=at, name=name, reason=reason, location=seen.organisation, stamper=stamper
    )


def _write_down(certificate, by, agency, kind, at, reason, digest, content, level, warning, seen) -> Signed:
    waits = {LATER: Signature.Stamp.WAITING, NO_EVIDENCE: Signature.Stamp.WAITING, NO_SERVICE: Signature.Stamp.NONE}
    with transaction.atomic():
        row = Signature.objects.create(
            certificate=certificate,
            person=by,
            unit=agency,
            kind=kind,
            reason=reason[:300],
            at=at,
            digest=digest,
            sha256=hashlib.sha256(content).hexdigest(),
            level=level,
            stamp=waits.get(warning, Signature.Stamp.STAMPED),
            stamp_note=warning,
        )
        if level == "B-LTA":
            _settle_earlier(row, at)
        signer = seen.name if kind == Kind.OFFICIAL else seen.organisation
        told = DocumentSigned(signer=signer, kind_of_signature=str(kind), digest=digest, sha256=row.sha256, level=level)
        record(told, on=row, by=by, at=at)
    return Signed(content, level, warning, row)


def _settle_earlier(row: Signature, at: datetime) -> None:
    """Note that earlier signatures in the same file, still waiting, are covered by the stamp over the whole."""
    earlier = Signature.objects.waiting().filter(sha256=row.digest).first()
    while earlier is not None:
        earlier.stamp, earlier.level, earlier.stamped_at = Signature.Stamp.STAMPED, "B-LTA", at
        earlier.stamped_sha256 = row.stamped_sha256 or row.sha256
        earlier.save(update_fields=["stamp", "level", "stamped_at", "stamped_sha256"])
        earlier = Signature.objects.waiting().filter(sha256=earlier.digest).first()


def heal_signatures(*, at: datetime, limit: int = 50) -> int:
    """Add the time stamps that could not be had when the files were signed; return how many files got one.

    Only files that somebody keeps; whoever keeps them hears `SignatureStamped` and keeps the new ones.
    """
    services.wake()
    healed = 0
    kept, covered = Exists(StoredFile.objects.filter(pk=OuterRef("sha256"))), Exists(Signature.objects.filter(digest=OuterRef("sha256")))
    # By chance, so that those that can never be healed do not stand in the way of the others.
    for row in waiting_signatures().filter(kept).exclude(covered).order_by("?")[:limit]:
        outcome = _heal(row, at)
        if outcome is None:
            # The service is still down: the rest would only wait for it, too.
            break
        healed += outcome
    return healed


@transaction.atomic
def _heal(row: Signature, at: datetime) -> bool | None:
    row = Signature.objects.waiting().select_for_update(of=("self",), skip_locked=True).filter(pk=row.pk).first()
    if row is None:
        # Another worker has it.
        return False
    content, level, warning = add_long_term(read(StoredFile.objects.get(pk=row.sha256)), at=at)
    if warning:
        return None if warning == LATER else False
    row.stamped_sha256 = keep(content, media_type=PDF).sha256
    row.stamp, row.level, row.stamped_at, row.stamp_note = Signature.Stamp.STAMPED, level, at, ""
    row.save(update_fields=["stamp", "level", "stamped_at", "stamped_sha256", "stamp_note"])
    _settle_earlier(row, at)
    record(SignatureStamped(sha256=row.sha256, stamped_sha256=row.stamped_sha256, level=level), on=row, by=None, at=at)
    return True


@transaction.atomic
def set_signature_image(holder: Person | Unit, png: bytes, *, by: Person) -> SignatureImage:
    """Keep the picture of a hand (its owner's own act) or of a seal."""
    require(by == holder if isinstance(holder, Person) else can_sign_for(by, holder, Kind.AGENCY, now()))
    if not png.startswith(b"\x89PNG\r\n\x1a\n") or len(png) > 512 * 1024:
        raise Refused("Mẫu chữ ký phải là ảnh PNG nền trong, không quá 512 KB.", field="image")
    owner = {"person": holder} if isinstance(holder, Person) else {"unit": holder}
    return SignatureImage.objects.update_or_create(**owner, defaults={"file": keep(png, media_type=PNG)})[0]


def _why_no_stamp(stamper) -> str:
    if stamper:
        return ""
    return LATER if services.configured() else NO_SERVICE


def _no_right(kind: str) -> str:
    if kind == Kind.OFFICIAL:
        return "Anh/chị không giữ chức vụ được ký văn bản của cơ quan này."
    return "Anh/chị không được giao giữ con dấu (khóa ký số) của cơ quan này."
