"""Comparing what the portal holds with what we have: it feeds the indicator of synchronisation and finds what was lost."""

from datetime import datetime
from typing import Any

from django.db.models import F, Q

from connectors.national_portal.actions import send_again
from connectors.national_portal.client import Rejected, Unreachable, portal
from connectors.national_portal.models import Line, Message, Sync
from tinhso.dossiers.models import Dossier

EXAMPLES = 200


def figures() -> dict[str, int]:
    """Return how the outbox and the last comparison stand."""
    waiting = Message.objects.filter(given_up_at=None)
    return {
        "dossiers": Dossier.objects.filter(national_portal__isnull=False).count(),
        "never_sent": Dossier.objects.filter(Q(national_portal=None) | Q(national_portal__known=False)).count(),
        "waiting": waiting.filter(failed_at=None).count(),
        "rejected": Message.objects.exclude(failed_at=None).values("dossier").distinct().count(),
        "given_up": Message.objects.exclude(given_up_at=None).count(),
        "different": Sync.objects.exclude(difference="").count(),
    }


def reconcile(*, at: datetime, limit: int, repair: bool = False) -> dict[str, Any]:
    """Ask the portal about the dossiers that were checked longest ago, and send again what it has wrongly or not at all.

    What is still on its way is no difference; it is looked at next time.
    """
    door = portal()
    if door is None:
        return {"connected": False}
    Sync.objects.bulk_create([Sync(dossier_id=pk) for pk in _unknown(limit)], ignore_conflicts=True)
    underway = set(Message.objects.values_list("dossier_id", flat=True).distinct())
    checked = 0
    differences: list[Any] = []
    for sync in Sync.objects.select_related("dossier").order_by(F("checked_at").asc(nulls_first=True), "pk")[:limit]:
        if sync.dossier_id in underway:
            continue
        try:
            theirs = door.look_up(sync.dossier.code)
        except (Unreachable, Rejected) as fault:
            return {"connected": True, "checked": checked, "differences": differences, "error": str(fault)}
        checked += 1
        _compare(sync, theirs, at)
        if sync.difference:
            differences.append(
                {"code": sync.dossier.code, "difference": sync.difference, "ours": sync.dossier.status, "theirs": sync.portal_status}
            )
            if repair:
                send_again(sync.dossier, by=None, at=at)
    Line.objects.update_or_create(pk=1, defaults={"reconciled_at": at})
    return {"connected": True, "checked": checked, "differences": differences[:EXAMPLES], "count": len(differences), "error": ""}


def _unknown(limit: int) -> list[int]:
    """Return dossiers that were filed while no portal was connected."""
    return list(Dossier.objects.filter(national_portal=None).order_by("pk").values_list("pk", flat=True)[:limit])


def _compare(sync: Sync, theirs: dict[str, Any] | None, at: datetime) -> None:
    status = str((theirs or {}).get("TrangThaiHoSo", ""))
    sync.portal_status = int(status) if status.isdigit() and int(status) < 100 else None
    sync.checked_at = at
    if theirs is None:
        sync.difference, sync.known = Sync.Difference.MISSING, False
    elif sync.portal_status != sync.dossier.status:
        sync.difference = Sync.Difference.STATUS
    else:
        sync.difference = Sync.Difference.NONE
    sync.save()
