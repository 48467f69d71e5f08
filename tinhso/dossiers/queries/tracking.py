"""What anybody holding a receipt may know: where the dossier is, since when, until when, what comes next."""

from dataclasses import dataclass
from datetime import datetime

from tinhso.dossiers.models import Dossier, Opinion, Result, Status, Step
from tinhso.dossiers.queries.deadlines import explain, route_of
from tinhso.kernel.events import timeline
from tinhso.kernel.vault import blind_index


@dataclass(frozen=True)
class Line:
    """A line of the timeline."""

    at: datetime
    text: str
    kind: str


@dataclass(frozen=True)
class Tracking:
    """Everything the tracking page says; no name of a person in it."""

    dossier: Dossier
    lines: list[Line]
    now_at: list[Step]
    next_steps: list[str]
    why: tuple[str, ...]
    waiting_for_owner: bool
    result: Result | None
    opinions: list[Opinion]


def tracking(dossier: Dossier) -> Tracking:
    lines = [Line(event.at, event.announcement.says().strip(), event.kind.split(".")[1]) for event in timeline(dossier, public_only=True)]
    open_steps = list(Step.objects.filter(dossier=dossier).open().select_related("unit").order_by("pk"))
    return Tracking(
        dossier=dossier,
        lines=lines,
        now_at=open_steps,
        next_steps=_ahead(dossier, open_steps),
        why=explain(dossier),
        waiting_for_owner=dossier.status in (Status.SUPPLEMENT, Status.FEE),
        result=Result.objects.filter(dossier=dossier).exclude(signed_at=None).select_related("agency").order_by("-pk").first(),
        opinions=list(Opinion.objects.filter(dossier=dossier).select_related("agency").order_by("pk")),
    )


def _ahead(dossier: Dossier, open_steps: list[Step]) -> list[str]:
    """Return the names of the steps that are still to come, in the order of the route."""
    if not dossier.is_open:
        return []
    route = route_of(dossier)
    now = {step.key for step in open_steps}
    coming = set().union(*(route.reach[key] for key in now)) if now else set(route.by_key)
    return [step.name for step in route.steps if step.key in coming - now]


def find_by_receipt(code: str, digits: str) -> Dossier | None:
    """Return the dossier of a code if the digits are the last four of its owner's number or telephone."""
    dossier = Dossier.objects.filter(code=code.strip().upper()).first()
    if dossier is None or len(digits) != 4:
        return None
    given = blind_index(digits, "receipt-digits")
    known = [blind_index(text[-4:], "receipt-digits") for text in (dossier.owner_number, dossier.phone) if len(text) >= 4]
    return dossier if given in known else None
