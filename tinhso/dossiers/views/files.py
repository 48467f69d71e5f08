"""Files of a dossier: only for who may see it, never as a page of ours, every reading of a citizen's paper noted."""

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from tinhso.directory.actions import note_reading
from tinhso.directory.doors import PersonRequest, citizen_page, officer_page, person_page
from tinhso.dossiers.access import visible_dossiers, visible_drafts, visible_results
from tinhso.dossiers.actions.outcome import collect_result
from tinhso.dossiers.models import DraftPaper, Paper, Result
from tinhso.dossiers.printing.results import result_pdf
from tinhso.kernel.files import guarded, response


@person_page
@require_safe
def paper(request: PersonRequest, pk: int) -> HttpResponseBase:
    found = get_object_or_404(
        Paper.objects.select_related("file", "dossier__applicant").filter(dossier__in=visible_dossiers(request.person)).exclude(file=None),
        pk=pk,
    )
    if request.person.is_official:
        note_reading(
            found.dossier.applicant,
            by=request.person,
            what=f"giấy tờ: {found.name}"[:120],
            purpose="giải quyết hồ sơ",
            at=now(),
            agency_id=found.dossier.solving_agency_id,
            code=found.dossier.code,
        )
    if found.file is None:
        raise Http404
    return response(found.file, found.file_name, inline_pdf="xem" in request.GET)


@citizen_page
@require_safe
def draft_paper(request: PersonRequest, pk: int) -> HttpResponseBase:
    found = get_object_or_404(DraftPaper.objects.select_related("file").filter(draft__in=visible_drafts(request.person)), pk=pk)
    return response(found.file, found.file_name, inline_pdf="xem" in request.GET)


@person_page
@require_safe
def result(request: PersonRequest, reference: str) -> HttpResponseBase:
    """Give the signed result; the owner's first download of a finished dossier is its return."""
    found = get_object_or_404(visible_results(request.person).select_related("file", "dossier").exclude(file=None), reference=reference)
    if request.person.is_citizen and "xem" not in request.GET:
        collect_result(found.dossier, by=request.person, at=now())
    if found.file is None:
        raise Http404
    name = f"{found.name} {found.number}".replace("/", "-") + ".pdf"
    return response(found.file, name, inline_pdf="xem" in request.GET)


@officer_page
@require_safe
def result_draft(request: PersonRequest, code: str) -> HttpResponseBase:
    """Show the result as it would be signed now."""
    dossier = get_object_or_404(visible_dossiers(request.person), code=code)
    draft = get_object_or_404(Result.objects.select_related("agency", "dossier"), dossier=dossier, signed_at=None)
    answer = HttpResponse(result_pdf(draft, at=now(), archival=False), content_type="application/pdf")
    return guarded(answer, f"du-thao-{dossier.code}.pdf")
