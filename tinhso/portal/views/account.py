"""What a person sees about themselves: their account, and who read their data."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tinhso.directory.doors import PersonRequest, person_page
from tinhso.portal.queries import readings_of

PAGE = 50


@require_safe
@person_page
def account(request: PersonRequest) -> HttpResponse:
    return render(request, "portal/account.html", {"person": request.person, "shell": _shell(request)})


@require_safe
@person_page
def readings(request: PersonRequest) -> HttpResponse:
    """Tell a person who read their data, when and why; older ones behind a key, so the list may be of any length."""
    rows = readings_of(request.person)
    before = request.GET.get("truoc", "")
    if before.isdecimal():
        rows = rows.filter(pk__lt=int(before[:18]))
    shown = list(rows.order_by("-pk")[: PAGE + 1])
    older = f"?truoc={shown[PAGE - 1].pk}" if len(shown) > PAGE else ""
    return render(request, "portal/readings.html", {"readings": shown[:PAGE], "older": older, "shell": _shell(request)})


def _shell(request: PersonRequest) -> str:
    return "base_officer.html" if request.person.is_official else "base_citizen.html"
