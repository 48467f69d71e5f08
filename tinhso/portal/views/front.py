"""The front door: one question, what people search for, and what waits for them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_safe

from tinhso.portal.queries import event_of, find, now_of
from tinhso.portal.rules import facts_of
from tinhso.procedures.life_events import LIFE_EVENTS
from tinhso.procedures.models import ProcedureVersion
from tinhso.procedures.queries import for_life_event

SHORT = 6


def with_facts(versions: list[ProcedureVersion]) -> list[ProcedureVersion]:
    """Put beside each version what a list says of it: how long and how much."""
    for version in versions:
        version.facts = facts_of(version.definition)  # type: ignore[attr-defined]
    return versions


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    mine = now_of(request.user, now()) if request.user.is_authenticated and request.user.is_citizen else None
    return render(request, "portal/home.html", {"events": LIFE_EVENTS, "mine": mine})


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:200]
    found = find(text, localdate(), limit=30)
    return render(request, "portal/search.html", {"q": text, "found": found, "events": LIFE_EVENTS})


@require_safe
def answers(request: HttpRequest) -> HttpResponse:
    """Answer while somebody types: a fragment under the search box."""
    text = request.GET.get("q", "").strip()[:200]
    found = find(text, localdate(), limit=SHORT) if len(text) > 1 else None
    return render(request, "portal/_answers.html", {"q": text, "found": found})


@require_safe
def life_event(request: HttpRequest, key: str) -> HttpResponse:
    event = event_of(key)
    if event is None:
        raise Http404
    return render(
        request, "portal/life_event.html", {"event": event, "versions": with_facts(for_life_event(key, localdate(), fileable=False))}
    )
