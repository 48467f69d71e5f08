"""Signing, certificates, and what is made up for when a service was down."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import now
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from tinhso.directory.models import Person, Post, Role, Unit
from tinhso.kernel.errors import Refused, require
from tinhso.kernel.events import record
from tinhso.kernel.files import keep, read
from tinhso.kernel.inspection import PDF, PNG
from tinhso.kernel.models import StoredFile
from tinhso.signing import certificates, keys, paths, services
from tinhso.signing.access import can_keep_certificates, can_sign_for, signing_hat
from tinhso.signing.events import AnchorChanged, CertificateIssued, CertificateRevoked, DocumentSigned, SignatureStamped
from tinhso.signing.evidence import add_long_term
from tinhso.signing.models import Certificate, RevocationReason, Signature, SignatureImage, TrustAnchor
from tinhso.signing.pades import KeySigner, add_signature, open_writer, place_of, read_chain, read_layout
from tinhso.signing.queries import certificate_of, signature_image, waiting_signatures
from tinhso.signing.rules import LATER, NO_EVIDENCE, NO_SERVICE, Box
from tinhso.signing.stamps import hand, seal

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
Kind = Signature.Kind


@dataclass(frozen=True)
class Signed:
    """A signed file; `warning` is for the person who signed, empty when all went as it should."""

    content: bytes
    level: str
    warning: str
    record: Signature


@dataclass(frozen=True)
class Seen:
    """Who signs, as the page and the certificate say."""

    name: str
    title: str
    organisation: str


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
    signer = KeySigner(read_chain(certificate.chain), keys.open_key(certificate.key_location))
    seen = _seen(by, agency, kind, at)
    digest = hashlib.sha256(pdf).hexdigest()
    keys.note_use(certificate.serial, digest, person_id=by.pk, at=at)
    picture = image or signature_image(by if kind == Kind.OFFICIAL else agency)
    content, level, warning = _sign(pdf, signer, seen, kind=kind, at=at, reason=reason, image=picture, place=place)
    if level == "B-T" and (kind == Kind.AGENCY if lasting is None else lasting):
        content, level, warning = add_long_term(content, at=at)
    return _write_down(certificate, by, agency, kind, at, reason, digest, content, level, warning, seen)


def _sign(pdf: bytes, signer: KeySigner, seen: Seen, *, kind: str, at: datetime, reason: str, image: bytes | None, place: Box | None):
    stamper = services.stamper()
    try:
        return _attempt(pdf, signer, seen, kind, at, reason, image, place, stamper), "B-T" if stamper else "B-B", _why_no_stamp(stamper)
    except (TimestampRequestError, OSError):
        services.rest()
    return _attempt(pdf, signer, seen, kind, at, reason, image, place, None), "B-B", LATER


def _attempt(pdf: bytes, signer: KeySigner, seen: Seen, kind: str, at: datetime, reason: str, image, place: Box | None, stamper) -> bytes:
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
    for row in waiting_signatures().filter(Exists(StoredFile.objects.filter(pk=OuterRef("sha256"))))[:limit]:
        outcome = _heal(row, at)
        if outcome is None:
            # The service is still down: the rest would only wait for it, too.
            break
        healed += outcome
    return healed


@transaction.atomic
def _heal(row: Signature, at: datetime) -> bool | None:
    row = Signature.objects.waiting().select_for_update(of=("self",), skip_locked=True).filter(pk=row.pk).first()
    if row is None or Signature.objects.filter(digest=row.sha256).exists():
        # Another worker has it, or a later signature covers it.
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


def ensure_certificate(holder: Person | Unit, *, by: Person | None, at: datetime, unit: Unit) -> Certificate:
    """Return a holder's certificate, made now when there was never one; refuse when it is revoked or run out."""
    if known := certificate_of(holder, at=at):
        return known
    owner = {"person": holder} if isinstance(holder, Person) else {"unit": holder}
    with transaction.atomic():
        # Two first signatures at the same moment: the second waits here and finds the first's certificate.
        type(holder).objects.select_for_update(of=("self",), no_key=True).get(pk=holder.pk)
        if known := certificate_of(holder, at=at):
            return known
        former = Certificate.objects.filter(**owner).order_by("-valid_to").first()
        if former is not None:
            raise Refused(_unusable(former, at), code="certificate")
        return issue_certificates([_wanted(holder, unit, at)], by=by, at=at)[0]


@transaction.atomic
def issue_certificates(
    wanted: list[certificates.Wanted], *, by: Person | None, at: datetime, start: datetime | None = None
) -> list[Certificate]:
    """Make keys and have the authority certify them."""
    made = Certificate.objects.bulk_create(certificates.make_many(wanted, at=at, start=start))
    trust_authority(by=by, at=at)
    for row in made:
        record(CertificateIssued(serial=row.serial, holder=str(row.holder)), on=row, by=by, at=at)
    return made


@transaction.atomic
def issue_missing_certificates(*, at: datetime) -> tuple[int, int]:
    """Give every leader, and every agency that has a leader or a records officer, a certificate if they never had one."""
    day = at.astimezone(HERE).date()
    posts = Post.objects.filter(role__in=[Role.LEADER, Role.RECORDS], valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gt=day))
    people: dict[int, certificates.Wanted] = {}
    agencies: dict[int, certificates.Wanted] = {}
    holders = set(Certificate.objects.values_list("person_id", flat=True)), set(Certificate.objects.values_list("unit_id", flat=True))
    for post in posts.select_related("person", "unit__parent", "unit__agency__parent").order_by("pk"):
        agency = post.unit.agency or post.unit
        if post.role == Role.LEADER and post.person_id not in holders[0]:
            title = post.title or post.get_role_display()
            people.setdefault(post.person_id, certificates.Wanted(post.person, post.person.full_name, agency.name, title))
        if agency.pk not in holders[1] and agency.pk not in agencies:
            agencies[agency.pk] = _wanted(agency, agency, at)
    if people or agencies:
        issue_certificates([*people.values(), *agencies.values()], by=None, at=at)
    return len(people), len(agencies)


def trust_authority(*, by: Person | None, at: datetime) -> TrustAnchor:
    """Trust the root of the authority that certifies our own officials; asked again, change nothing."""
    return add_anchor(certificates.authority().root_pem, by=by, at=at, since=at - certificates.authority().backdating)


def add_anchor(
    pem: str, *, by: Person | None, at: datetime, name: str = "", purpose: str = TrustAnchor.Purpose.BOTH, since: datetime | None = None
) -> TrustAnchor:
    """Trust a certificate from a day on; asked again, change nothing."""
    cert = certificates.read_certificate(pem)
    fields = {
        "name": (name or paths.name_of(cert.subject))[:200],
        "pem": pem,
        "purpose": purpose,
        "valid_from": (since or at).astimezone(HERE).date(),
    }
    anchor, fresh = TrustAnchor.objects.get_or_create(fingerprint=cert.sha256.hex(), defaults=fields)
    if fresh:
        record(AnchorChanged(name=anchor.name, fingerprint=anchor.fingerprint, purpose=anchor.purpose), on=anchor, by=by, at=at)
    return anchor


@transaction.atomic
def renew_certificate(certificate: Certificate, *, by: Person, at: datetime) -> Certificate:
    """Give the holder of a certificate a new one with a new key; the old one ends by itself."""
    require(can_keep_certificates(by))
    unit = certificate.unit or _agency_of(certificate.holder)
    return issue_certificates([_wanted(certificate.holder, unit, at)], by=by, at=at, start=at)[0]


@transaction.atomic
def revoke_certificate(certificate: Certificate, *, by: Person, at: datetime, reason: str) -> Certificate:
    """Take a certificate out of use for ever, here and at its authority."""
    require(can_keep_certificates(by))
    if reason not in RevocationReason.values:
        raise Refused("Vui lòng chọn lý do thu hồi.", field="reason")
    certificate = Certificate.objects.select_for_update(of=("self",)).get(pk=certificate.pk)
    if certificate.revoked_at:
        return certificate
    certificate.revoked_at, certificate.revocation_reason = at, reason
    certificate.save(update_fields=["revoked_at", "revocation_reason"])
    record(CertificateRevoked(serial=certificate.serial, reason=reason), on=certificate, by=by, at=at)
    # Last: when the authority does not answer, nothing is revoked here either, and the operator sees it.
    certificates.authority().revoke(int(certificate.serial, 16), at=at, reason=reason)
    return certificate


@transaction.atomic
def set_signature_image(holder: Person | Unit, png: bytes, *, by: Person) -> SignatureImage:
    """Keep the picture of a hand (its owner's own act) or of a seal."""
    require(by == holder if isinstance(holder, Person) else can_sign_for(by, holder, Kind.AGENCY, now()))
    if not png.startswith(b"\x89PNG\r\n\x1a\n") or len(png) > 512 * 1024:
        raise Refused("Mẫu chữ ký phải là ảnh PNG nền trong, không quá 512 KB.", field="image")
    owner = {"person": holder} if isinstance(holder, Person) else {"unit": holder}
    return SignatureImage.objects.update_or_create(**owner, defaults={"file": keep(png, media_type=PNG)})[0]


def _seen(by: Person, agency: Unit, kind: str, at: datetime) -> Seen:
    hat = signing_hat(by, agency, kind, at)
    post = Post.objects.filter(pk=hat.post_id).first() if hat else None
    title = post.title or post.get_role_display().capitalize() if post else ""
    if hat and hat.acting_for_id:
        title = f"KT. {title}"
    return Seen(by.full_name, title, agency.name)


def _wanted(holder: Person | Unit, unit: Unit, at: datetime) -> certificates.Wanted:
    if isinstance(holder, Person):
        seen = _seen(holder, unit, Kind.OFFICIAL, at)
        return certificates.Wanted(holder, seen.name, seen.organisation, seen.title)
    above = holder.parent.name if holder.parent else holder.name
    return certificates.Wanted(holder, holder.name, above)


def _agency_of(person: Person) -> Unit:
    post = Post.objects.filter(person=person).select_related("unit__agency").order_by("-valid_from").first()
    if post is None:
        raise Refused(f"{person.full_name} không giữ chức vụ nào nên không cấp chứng thư được.")
    return post.unit.agency or post.unit


def _unusable(former: Certificate, at: datetime) -> str:
    if former.revoked_at and former.revoked_at <= at:
        return f"Chứng thư số của {former.holder} đã bị thu hồi ngày {former.revoked_at.astimezone(HERE):%d/%m/%Y} nên không ký được."
    if former.valid_to <= at:
        return f"Chứng thư số của {former.holder} đã hết hạn ngày {former.valid_to.astimezone(HERE):%d/%m/%Y}. Vui lòng gia hạn rồi ký lại."
    return f"Chứng thư số của {former.holder} chưa có hiệu lực (từ {former.valid_from.astimezone(HERE):%d/%m/%Y})."


def _why_no_stamp(stamper) -> str:
    if stamper:
        return ""
    return LATER if services.configured() else NO_SERVICE


def _no_right(kind: str) -> str:
    if kind == Kind.OFFICIAL:
        return "Anh/chị không giữ chức vụ được ký văn bản của cơ quan này."
    return "Anh/chị không được giao giữ con dấu (khóa ký số) của cơ quan này."
