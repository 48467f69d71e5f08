"""Giving certificates to officials and agencies, giving them anew, and taking them out of use."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from tinhso.directory.models import Person, Post, Role, Unit
from tinhso.kernel.errors import Refused, require
from tinhso.kernel.events import record
from tinhso.signing import certificates
from tinhso.signing.access import can_keep_certificates
from tinhso.signing.actions.trusting import trust_authority
from tinhso.signing.events import CertificateIssued, CertificateRevoked
from tinhso.signing.keys import open_key
from tinhso.signing.models import Certificate, RevocationReason, Signature
from tinhso.signing.queries import certificate_of, signs_as

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
Kind = Signature.Kind
AT_A_TIME = 40


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


def issue_certificates(
    wanted: list[certificates.Wanted], *, by: Person | None, at: datetime, start: datetime | None = None
) -> list[Certificate]:
    """Make keys and have the authority certify them, then write them down."""
    # Keys take their time; the database waits for nobody so long.
    made = certificates.make_many(wanted, at=at, start=start)
    with transaction.atomic():
        made = Certificate.objects.bulk_create(made)
        trust_authority(by=by, at=at)
        for row in made:
            record(CertificateIssued(serial=row.serial, holder=str(row.holder)), on=row, by=by, at=at)
    return made


def issue_missing_certificates(*, at: datetime) -> tuple[int, int]:
    """Give every leader, and every agency that has a leader or a records officer, a certificate if they never had one.

    A few at a time: whoever is interrupted goes on from there.
    """
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
    wanted = [*people.values(), *agencies.values()]
    for first in range(0, len(wanted), AT_A_TIME):
        issue_certificates(wanted[first : first + AT_A_TIME], by=None, at=at)
    return len(people), len(agencies)


@transaction.atomic
def register_certificate(holder: Person | Unit, content: bytes, key_location: str, *, by: Person | None, at: datetime) -> Certificate:
    """Take in a certificate that an authority outside issued, with the place of its key; asked again, change nothing."""
    require(by is None or can_keep_certificates(by))
    chain = certificates.read_chain_of(content, open_key(key_location))
    row = certificates.row_of(holder, chain, key_location)
    if known := Certificate.objects.filter(serial=row.serial).first():
        if known.holder != holder:
            raise Refused(f"Chứng thư này đã đăng ký cho {known.holder}.")
        return known
    if row.valid_to <= at:
        raise Refused(f"Chứng thư đã hết hạn ngày {row.valid_to.astimezone(HERE):%d/%m/%Y}.")
    row.save()
    record(CertificateIssued(serial=row.serial, holder=str(holder)), on=row, by=by, at=at)
    return row


@transaction.atomic
def renew_certificate(certificate: Certificate, *, by: Person, at: datetime) -> Certificate:
    """Give the holder of a certificate a new one with a new key; the old one ends by itself."""
    require(can_keep_certificates(by))
    unit = certificate.unit or _agency_of(certificate.holder)
    return issue_certificates([_wanted(certificate.holder, unit, at)], by=by, at=at, start=at)[0]


@transaction.atomic
def revoke_certificate(certificate: Certificate, *, by: Person, at: datetime, reason: str) -> Certificate:
    """Take a certificate out of use for ever: here, and at its authority when that is the one we are connected to."""
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
    if certificates.is_ours(serial := int(certificate.serial, 16)):
        certificates.authority().revoke(serial, at=at, reason=reason)
    return certificate


def _wanted(holder: Person | Unit, unit: Unit, at: datetime) -> certificates.Wanted:
    if isinstance(holder, Person):
        seen = signs_as(holder, unit, Kind.OFFICIAL, at)
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
