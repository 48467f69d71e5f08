"""Reading certificates, the pictures of hands and seals, and the anchors of trust; verifying files."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate, now

from tinhso.directory.models import Person, Post, Unit
from tinhso.kernel.files import read
from tinhso.signing.access import can_keep_certificates, signing_hat
from tinhso.signing.examiner import examine_apart
from tinhso.signing.keys import noted_uses
from tinhso.signing.models import Certificate, CertificateQuerySet, Signature, SignatureImage, TrustAnchor
from tinhso.signing.rules import Report, Verdict
from tinhso.signing.verification import Anchors, examine


@dataclass(frozen=True)
class Signer:
    """Who signs, as the page and the certificate say."""

    name: str
    title: str
    organisation: str

    @property
    def short_title(self) -> str:
        """The title as it stands under "TM. ỦY BAN NHÂN DÂN": without naming the committee again."""
        return re.split(r" (?:UBND|Ủy ban nhân dân)\b", self.title)[0]


def signs_as(person: Person, agency: Unit, kind: str, at: datetime) -> Signer:
    """Return the name, title and agency under which a person signs; a stand-in signs "KT."."""
    hat = signing_hat(person, agency, kind, at)
    post = Post.objects.filter(pk=hat.post_id).first() if hat else None
    title = post.title or post.get_role_display().capitalize() if post else ""
    if hat and hat.acting_for_id:
        title = f"KT. {title}"
    return Signer(person.full_name, title, agency.name)


def certificate_of(holder: Person | Unit, *, at: datetime | None = None) -> Certificate | None:
    """Return the newest certificate with which a person or an agency may sign at a moment."""
    usable = Certificate.objects.usable(at or now()).filter(**_owner(holder))
    return usable.order_by("-valid_from").first()


def can_sign(person: Person, *, at: datetime | None = None) -> bool:
    """Return whether an official has, or can be given at the first signature, a certificate of their own."""
    if not (person.is_active and person.is_official):
        return False
    known = Certificate.objects.filter(person=person)
    # One whose certificates were all revoked is given none by itself.
    return certificate_of(person, at=at) is not None or not known.filter(revoked_at__isnull=False).exists()


def signature_image(holder: Person | Unit) -> bytes | None:
    """Return the PNG of a person's hand or an agency's seal; without one, signatures are written in letters."""
    kept = SignatureImage.objects.select_related("file").filter(**_owner(holder)).first()
    return read(kept.file) if kept else None


def visible_certificates(person: Person) -> CertificateQuerySet:
    """Return the certificates that a person may see here: all for their keepers, none for others."""
    return Certificate.objects.all() if can_keep_certificates(person) else Certificate.objects.none()


def waiting_signatures() -> QuerySet[Signature]:
    """Return the signatures whose time stamp has not come yet, oldest first."""
    return Signature.objects.waiting().order_by("at", "id")


def unknown_uses(*, before: datetime) -> list[dict[str, Any]]:
    """Return the uses of keys before a moment that the register does not know: a crash or a rollback came between."""
    uses = [use for use in noted_uses() if datetime.fromisoformat(use["noted"]) < before]
    known = set(Signature.objects.filter(digest__in={use["digest"] for use in uses}).values_list("certificate__serial", "digest"))
    return [use for use in uses if (use["serial"], use["digest"]) not in known]


def forms_of(sha256: str) -> set[str]:
    """Return the digests under which a document went out: as it is, and as it was before a late time stamp."""
    return {sha256, *Signature.objects.filter(stamped_sha256=sha256).values_list("sha256", flat=True)}


def anchors(*, at: datetime | None = None) -> Anchors:
    """Return the certificates that we trust on a day, by what for."""
    day = localdate(at)
    rows = TrustAnchor.objects.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gt=day))
    purpose = TrustAnchor.Purpose
    return Anchors(
        signing=tuple(row.pem for row in rows if row.purpose in (purpose.SIGNING, purpose.BOTH)),
        stamping=tuple(row.pem for row in rows if row.purpose in (purpose.STAMPING, purpose.BOTH)),
    )


def report_on(pdf: bytes, *, at: datetime | None = None, online: bool = True) -> Report:
    """Return the verdict on a whole file; `online` asks the authorities whether certificates were revoked."""
    moment = at or now()
    return examine(pdf, anchors=anchors(at=moment), at=moment, online=online)


def report_on_strangers(pdf: bytes, *, at: datetime) -> Report:
    """Return the verdict on a file that anybody brought, judged in a limited child; raise `examiner.Busy`."""
    return examine_apart(pdf, anchors=anchors(at=at), at=at, online=True)


def verify_pdf(pdf: bytes, *, at: datetime | None = None, online: bool = True) -> list[Verdict]:
    """Return the verdict on each signature of a file, in the order they were made."""
    return report_on(pdf, at=at, online=online).signatures


def _owner(holder: Person | Unit) -> dict:
    return {"person": holder} if isinstance(holder, Person) else {"unit": holder}
