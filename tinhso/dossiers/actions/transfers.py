"""When a unit ends, its open work goes to its successor; what was received and signed keeps its old name."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils.timezone import localdate

from tinhso.directory.models import Person, Unit
from tinhso.directory.queries import taker_of
from tinhso.dossiers.events import DossierTransferred
from tinhso.dossiers.models import OPEN, Dossier, Opinion, Status, Step, Transfer
from tinhso.kernel.events import record
from tinhso.kernel.models import Event

# Work that somebody still has to do; closed dossiers keep the names under which they were closed.
UNFINISHED = (*OPEN, Status.FINISHED)
BATCH = 500


def transfer_open_work(from_unit: Unit, to_unit: Unit, *, reason: str, at: datetime, by: Person | None = None) -> int:
    """Hand every unfinished dossier, step and question of a unit to another; return how many dossiers changed.

    The code of a dossier and the promise on its receipt stay. Done again, nothing is left to hand over.
    """
    changed = 0
    while moved := _transfer_some(from_unit, to_unit, reason=reason, at=at, by=by):
        changed += moved
    with transaction.atomic():
        Step.objects.open().filter(unit=from_unit).update(unit=to_unit)
        Opinion.objects.filter(agency=from_unit, answered_at=None).update(agency=to_unit)
    return changed


@transaction.atomic
def _transfer_some(from_unit: Unit, to_unit: Unit, *, reason: str, at: datetime, by: Person | None) -> int:
    held = Q(solving_agency=from_unit) | Q(receiving_unit=from_unit)
    dossiers = list(
        Dossier.objects.select_for_update(of=("self",))
        .filter(held, status__in=UNFINISHED)
        .order_by("pk")
        .only("pk", "code", "solving_agency", "receiving_unit", "status")[:BATCH]
    )
    keys = [dossier.pk for dossier in dossiers]
    Step.objects.open().filter(dossier__in=keys, unit=from_unit).update(unit=to_unit)
    Dossier.objects.filter(pk__in=keys, solving_agency=from_unit).update(solving_agency=to_unit)
    Dossier.objects.filter(pk__in=keys, receiving_unit=from_unit).update(receiving_unit=to_unit)
    Dossier.objects.filter(pk__in=keys).update(revision=F("revision") + 1)
    Transfer.objects.bulk_create(
        Transfer(dossier=dossier, from_unit=from_unit, to_unit=to_unit, reason=reason[:500], at=at) for dossier in dossiers
    )
    for dossier in dossiers:
        agency = to_unit.pk if dossier.solving_agency_id == from_unit.pk else dossier.solving_agency_id
        record(DossierTransferred(dossier.code, from_unit.name, to_unit.name, reason), on=dossier, by=by, at=at, agency_id=agency)
    return len(dossiers)


def transfer_after(event: Event) -> int:
    """Carry out what a succession of units means for open work."""
    told = event.announcement
    if not told.takes_open_work:
        return 0
    units = Unit.objects.in_bulk([told.predecessor_id, told.successor_id])
    gone, successor = units[told.predecessor_id], units[told.successor_id]
    reason = f"{gone.name} kết thúc hoạt động từ {date.fromisoformat(told.on):%d/%m/%Y}"
    # Where the successor has ended since, or is told of out of turn, work goes to whoever has it today.
    return transfer_open_work(gone, taker_of(successor, localdate(event.at)) or successor, reason=reason, at=event.at)
