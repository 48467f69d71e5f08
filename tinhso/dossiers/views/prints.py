"""The printed forms: for the owner, and for the officials who may see the dossier."""

import re
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_safe

from tinhso.directory.actions.citizens import note_reading, note_readings
from tinhso.directory.doors import PersonRequest, officer_page, person_page
from tinhso.directory.models import Unit
from tinhso.dossiers.access import can_see_figures, visible_dossiers
from tinhso.dossiers.models import Dossier
from tinhso.dossiers.printing.editions import Form
from tinhso.dossiers.printing.papers import NoSuchPaper, paper_pdf
from tinhso.dossiers.printing.register import entered, register_pdf
from tinhso.dossiers.rules.answers import read_day
from tinhso.kernel.errors import Refused

PARTS = ("receiving_unit__agency", "solving_agency", "applicant", "organisation")


@require_safe
@person_page
def receipt(request: PersonRequest, reference: str) -> HttpResponse:
    """Print the receipt, by the address that only those know who have the dossier."""
    dossier = get_object_or_404(visible_dossiers(request.person).select_related(*PARTS), reference=reference)
    return _print(request, Form.RECEIPT, dossier)


@require_safe
@officer_page
def form(request: PersonRequest, code: str, form: str) -> HttpResponse:
    """Print any form of a dossier for an official."""
    if form not in set(Form) - {Form.REGISTER}:
        raise Http404
    dossier = get_object_or_404(visible_dossiers(request.person).select_related(*PARTS), code=code)
    return _print(request, Form(form), dossier)


@require_safe
@officer_page
def register(request: PersonRequest) -> HttpResponse:
    """Print the register of an agency for a period (this month unless said)."""
    day = localdate()
    first, last = _day(request, "tu", day.replace(day=1)), _day(request, "den", day)
    seen = can_see_figures(request.person)
    agencies = Unit.objects.filter(pk__in=seen) if seen is not None else Unit.objects.agencies()
    chosen = request.GET.get("co-quan", "")
    agency = get_object_or_404(agencies, pk=int(chosen)) if chosen.isdecimal() and len(chosen) < 18 else agencies.order_by("pk").first()
    if agency is None or first > last:
        raise Http404
    try:
        dossiers = entered(agency, first, last)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("figures")
    applicants = {dossier.applicant_id: dossier.applicant for dossier in dossiers}
    note_readings(applicants.values(), by=request.person, what="sổ theo dõi hồ sơ", purpose="In sổ", at=now(), agency_id=agency.pk)
    return _pdf(register_pdf(agency, dossiers, first, last, at=now()), f"so-theo-doi-{first:%Y%m%d}-{last:%Y%m%d}")


def _print(request: PersonRequest, form: Form, dossier: Dossier) -> HttpResponse:
    try:
        content = paper_pdf(form, dossier, at=now())
    except NoSuchPaper:
        raise Http404 from None
    note_reading(
        dossier.applicant,
        by=request.person,
        what="giấy tờ in của hồ sơ",
        purpose="In biểu mẫu",
        at=now(),
        agency_id=dossier.solving_agency_id,
        code=dossier.code,
    )
    return _pdf(content, f"{form}-{dossier.code}")


def _pdf(content: bytes, name: str) -> HttpResponse:
    safe = re.sub(r"[^A-Za-z0-9.-]", "-", name)
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{safe}.pdf"', "Cache-Control": "private, no-store"},
    )


def _day(request: PersonRequest, name: str, otherwise: date) -> date:
    return read_day(request.GET.get(name, "")) or otherwise
