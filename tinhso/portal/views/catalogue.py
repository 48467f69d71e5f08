"""The catalogue of procedures, and the page of one."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tinhso.portal.queries import PAGE, usual_days
from tinhso.portal.rules import LEVELS, SERVICES, count_words, facts_of, register_words
from tinhso.procedures.models import ProcedureVersion
from tinhso.procedures.queries import by_field, current_version, in_force, versions_of


@require_safe
def procedures(request: HttpRequest) -> HttpResponse:
    """List what is in force, by field and level; the choice stands in the address."""
    day = localdate()
    chosen = {name: request.GET.get(name, "") for name in ("linh-vuc", "cap", "muc-do", "nop-duoc")}
    level = chosen["cap"] if chosen["cap"] in LEVELS else ""
    service = chosen["muc-do"] if chosen["muc-do"] in SERVICES else ""
    versions = in_force(day, level=level, field=chosen["linh-vuc"], service=service, fileable=bool(chosen["nop-duoc"]))
    page = Paginator(versions, PAGE).get_page(request.GET.get("trang"))
    kept = {name: value for name, value in chosen.items() if value}
    words = {
        "page": page,
        "chosen": {name.replace("-", "_"): value for name, value in chosen.items()},
        "fields": [("", _("Tất cả lĩnh vực")), *((row["field"], f"{row['field']} ({row['count']})") for row in by_field(day, level=level))],
        "levels": [("", _("Mọi cấp")), *((level.value, words) for level, words in LEVELS.items())],
        "services": [("", _("Mọi mức độ")), *((service.value, words) for service, words in SERVICES.items())],
        "next": f"?{urlencode({**kept, 'trang': page.next_page_number()})}" if page.has_next() else "",
        "previous": f"?{urlencode({**kept, 'trang': page.previous_page_number()})}" if page.has_previous() else "",
    }
    return render(request, "portal/procedures.html", words)


@require_safe
def procedure(request: HttpRequest, code: str) -> HttpResponse:
    """Show a procedure as it is today, or an older version that dossiers were filed under."""
    version = _version(code, request.GET.get("phien-ban", ""))
    if version is None:
        raise Http404
    if version.procedure.code != code:
        return redirect(reverse("procedure", args=[version.procedure.code]))
    definition = version.definition
    current = current_version(code, localdate())
    cases = [
        {
            "case": case,
            "papers": [{"paper": paper, "count": count_words(paper), "has": register_words(paper)} for paper in case.papers],
        }
        for case in definition.cases
        if case.papers
    ]
    words = {
        "version": version,
        "definition": definition,
        "facts": facts_of(definition),
        "cases": cases,
        "usual": usual_days(version.procedure_id),
        "current": current is not None and current.pk == version.pk,
        "versions": [row for row in versions_of(code) if row.state == ProcedureVersion.State.PUBLISHED],
    }
    return render(request, "portal/procedure.html", words)


def _version(code: str, number: str) -> ProcedureVersion | None:
    if number.isdecimal():
        return versions_of(code).filter(number=int(number[:6]), state=ProcedureVersion.State.PUBLISHED).first()
    # A procedure that has ended is still found by those who kept its address.
    return current_version(code, localdate()) or versions_of(code).filter(state=ProcedureVersion.State.PUBLISHED).first()
