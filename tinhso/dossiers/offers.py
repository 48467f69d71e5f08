"""What outside systems may hear of dossiers: what happened, in words and facts, and where to read the rest."""

from tinhso.dossiers import events
from tinhso.kernel.announcements import KINDS, THROUGH
from tinhso.kernel.models import Event
from tinhso.sharing.offers import Told, offer

# Who does which step is the office's own business, so those lines stay inside.
INSIDE = {"dossiers.StepAssigned"}


def describe(event: Event) -> Told:
    facts = {name: value for name, value in event.payload.items() if name != THROUGH}
    code = facts.pop("code")
    return Told(code, {"code": code, "text": event.announcement.says().strip(), "href": f"/api/v1/dossiers/{code}", "facts": facts})


offer(
    *(kind for name, kind in KINDS.items() if kind.__module__ == events.__name__ and name not in INSIDE and "code" in kind.__annotations__),
    describe=describe,
)
