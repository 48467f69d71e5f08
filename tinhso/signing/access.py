"""Who may use which key."""

from datetime import datetime

from django.utils.timezone import localdate

from tinhso.directory.access import Hat, hats
from tinhso.directory.models import Person, Role, Unit

# Heads of divisions sign what their leader has charged them with (TL.); the post says so.
SIGNERS = (Role.LEADER, Role.DIVISION_HEAD)
# The seal is the records officer's (NĐ 30/2020, art. 32); a leader's approval may apply it at once.
SEALERS = (Role.RECORDS, Role.LEADER)
KEEPERS = (Role.OPERATOR, Role.ADMINISTRATOR)


def signing_hat(person: Person, unit: Unit, kind: str, at: datetime) -> Hat | None:
    """Return the hat under which a person signs for an agency, the highest first."""
    agency = unit.agency_id or unit.pk
    roles = SIGNERS if kind == "official" else SEALERS
    worn = [hat for hat in hats(person, localdate(at)) if hat.agency_id == agency and hat.role in roles]
    if kind == "official":
        # A stand-in signs only where the delegation says so.
        worn = [hat for hat in worn if hat.may_sign]
    return min(worn, key=lambda hat: (roles.index(Role(hat.role)), hat.acting_for_id is not None), default=None)


def can_sign_for(person: Person, unit: Unit, kind: str, at: datetime) -> bool:
    # Programs seal what nobody decides: receipts.
    if kind == "agency" and person.is_active and person.kind == Person.Kind.SYSTEM:
        return True
    return signing_hat(person, unit, kind, at) is not None


def can_keep_certificates(person: Person) -> bool:
    """Return whether a person sees all certificates and may revoke one."""
    return any(hat.role in KEEPERS for hat in hats(person))
