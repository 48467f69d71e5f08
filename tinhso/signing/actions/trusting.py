"""Whom we trust: certificates of authorities, for a purpose and a time."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate

from tinhso.directory.models import Person
from tinhso.kernel.errors import require
from tinhso.kernel.events import record
from tinhso.signing import certificates, paths
from tinhso.signing.access import can_keep_certificates
from tinhso.signing.events import AnchorChanged
from tinhso.signing.models import TrustAnchor

ONE_DAY = timedelta(days=1)


def trust_authority(*, by: Person | None, at: datetime) -> TrustAnchor:
    """Trust the root of the authority that certifies our own officials; asked again, change nothing."""
    authority = certificates.authority()
    return _trust(authority.root_pem.encode(), by=by, at=at, since=at - authority.backdating)


def add_anchor(content: bytes, *, by: Person | None, at: datetime, name: str = "", purpose: str = TrustAnchor.Purpose.BOTH) -> TrustAnchor:
    """Trust a certificate from today on; asked again, change nothing. By nobody: the command line of the machine."""
    require(by is None or can_keep_certificates(by))
    return _trust(content, by=by, at=at, since=at, name=name, purpose=purpose)


@transaction.atomic
def _trust(content: bytes, *, by, at: datetime, since: datetime, name: str = "", purpose: str = TrustAnchor.Purpose.BOTH) -> TrustAnchor:
    cert = certificates.read_certificate(content)
    facts = {
        "name": (name or paths.name_of(cert.subject))[:200],
        "pem": certificates.as_pem(cert),
        "purpose": purpose,
        "valid_from": localdate(since),
    }
    anchor, fresh = TrustAnchor.objects.get_or_create(fingerprint=cert.sha256.hex(), defaults=facts)
    if not fresh and anchor.valid_to is not None:
        anchor.valid_to, fresh = None, True
        anchor.save(update_fields=["valid_to"])
    if fresh:
        record(AnchorChanged(name=anchor.name, fingerprint=anchor.fingerprint, purpose=anchor.purpose), on=anchor, by=by, at=at)
    return anchor


@transaction.atomic
def end_anchor(anchor: TrustAnchor, *, by: Person, at: datetime) -> TrustAnchor:
    """Trust a certificate no more, from today on."""
    require(can_keep_certificates(by))
    anchor = TrustAnchor.objects.select_for_update().get(pk=anchor.pk)
    if anchor.valid_to is not None:
        return anchor
    today = localdate(at)
    if anchor.valid_from >= today:
        # It was trusted for no whole day: as if never.
        anchor.valid_from = today - ONE_DAY
    anchor.valid_to = today
    anchor.save(update_fields=["valid_from", "valid_to"])
    told = AnchorChanged(name=anchor.name, fingerprint=anchor.fingerprint, purpose=anchor.purpose, valid_to=today.isoformat())
    record(told, on=anchor, by=by, at=at)
    return anchor
