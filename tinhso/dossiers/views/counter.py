"""At the counter: a citizen stands there, the clerk types once, the receipt comes out."""

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tinhso.directory.actions import citizen_for
from tinhso.directory.doors import PersonRequest, officer_page
from tinhso.directory.models import Unit
from tinhso.directory.rules import read_phone
from tinhso.dossiers.access import desks_of
from tinhso.dossiers.actions.filing import Filing, NewPaper, file_dossier
from tinhso.dossiers.actions.reception import receive
from tinhso.dossiers.models import Channel, Paper
from tinhso.dossiers.queries.agencies import grouped, solving_agencies
from tinhso.dossiers.queries.questions import questions
from tinhso.dossiers.rules.answers import case_of, missing_papers, read_answers
from tinhso.dossiers.views.filing import owner_of, typed_answers, version_to_file
from tinhso.kernel.errors import Refused
from tinhso.kernel.files import ACCEPTED, accept
from tinhso.procedures.definition import Definition
from tinhso.procedures.models import ProcedureVersion

OWNER_FIELDS = ("number", "name", "phone", "email", "address", "tax_code", "organisation_name")


@officer_page
@require_safe
def choose(request: PersonRequest) -> HttpResponse:
    """Choose the procedure: those of the clerk's own agency first, found by any word of the name or the code."""
    desk = _desk(request)
    text = request.GET.get("q", "").strip()
    versions = ProcedureVersion.objects.on(localdate()).fileable().select_related("procedure").defer("content")
    if text:
        from tinhso.procedures.queries import search

        codes = [hit.code for hit in search(text, limit=60)]
        found = {version.procedure.code: version for version in versions.filter(procedure__code__in=codes)}
        listed = [found[code] for code in codes if code in found]
    else:
        level = desk.agency.kind if desk.agency else ""
        listed = list(versions.filter(levels__contains=["province" if level == "department" else level]).order_by("field", "name")[:200])
    return render(request, "dossiers/counter_choose.html", {"desk": desk, "text": text, "versions": listed})


@officer_page
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: PersonRequest, code: str) -> HttpResponse:
    """Take a dossier in: everything on one page, by keyboard alone."""
    desk = _desk(request)
    version = version_to_file(code)
    definition = version.definition
    agencies = solving_agencies(definition, localdate())
    own = next((unit for unit in agencies if unit.pk == desk.agency_id), None)
    chosen = request.POST.get("agency") or str(own.pk if own else "")
    case = case_of(definition, request.POST.get("case", ""))
    typed: dict[str, Any] = {}
    for form in definition.forms:
        typed |= typed_answers(request, form)
    owner = {key: request.POST.get(key, "").strip() for key in OWNER_FIELDS}
    problems: dict[str, str] = {}
    if request.method == "POST" and "recase" not in request.POST:
        answer = _take(request, desk, version, definition, agencies, chosen, case, typed, owner, problems)
        if answer is not None:
            return answer
    context = {
        "desk": desk,
        "version": version,
        "definition": definition,
        "code": code,
        "groups": grouped(agencies),
        "chosen": chosen,
        "case": case,
        "owner": owner,
        "forms": [(form, questions(form, typed, problems)) for form in definition.forms],
        "rows": [
            {
                "paper": paper,
                "originals": request.POST.get(f"originals-{paper.key}", ""),
                "copies": request.POST.get(f"copies-{paper.key}", ""),
                "problem": problems.get(f"file-{paper.key}", ""),
            }
            for paper in case.papers
        ],
        "problems": problems,
        "accepted": ACCEPTED,
    }
    return render(request, "dossiers/counter_take.html", context, status=422 if problems else 200)


def _take(request, desk: Unit, version, definition: Definition, agencies, chosen: str, case, typed, owner, problems) -> HttpResponse | None:
    agency = next((unit for unit in agencies if str(unit.pk) == chosen), None)
    if agency is None:
        problems["agency"] = _("Xin chọn cơ quan giải quyết.")
    if owner["phone"]:
        try:
            owner["phone"] = read_phone(owner["phone"])
        except Refused as refusal:
            problems["phone"] = refusal.sentence
    answers, wrong = read_answers(definition, typed)
    papers = _papers(request, case, problems)
    at_once = request.POST.get("do") != "keep"
    if at_once:
        problems.update(wrong)
        if missing := missing_papers(case, (paper.component for paper in papers)):
            problems["papers"] = _("Chưa có: %(names)s. Nhận đủ rồi tiếp nhận, hoặc lưu để yêu cầu bổ sung.") % {
                "names": "; ".join(missing)
            }
    if problems or agency is None:
        return None
    at = now()
    try:
        with transaction.atomic():
            applicant = citizen_for(
                owner["number"],
                full_name=owner["name"],
                phone=owner["phone"],
                email=owner["email"],
                address=owner["address"],
                field="number",
            )
            filing = Filing(
                version=version,
                channel=Channel.POST if request.POST.get("channel") == "post" else Channel.COUNTER,
                receiving_unit=desk,
                solving_agency=agency,
                owner=owner_of(applicant, owner | {"behalf": "organisation" if owner["tax_code"] else "self"}, at=at),
                case=case.key,
                answers=answers,
                papers=papers,
                wants_post=request.POST.get("wants_post") == "1",
            )
            dossier = file_dossier(filing, applicant=applicant, by=request.person, at=at, key=_key(request))
            if at_once:
                dossier = receive(dossier, by=request.person, at=at)
    except Refused as refusal:
        problems[{"owner_name": "name"}.get(refusal.field or "", refusal.field or "form")] = refusal.sentence
        return None
    messages.success(
        request,
        _("Đã tiếp nhận hồ sơ %(code)s.") % {"code": dossier.code}
        if at_once
        else _("Đã lưu hồ sơ %(code)s, chưa tiếp nhận.") % {"code": dossier.code},
    )
    return redirect(dossier)


def _papers(request: PersonRequest, case, problems: dict[str, str]) -> list[NewPaper]:
    """Read the table of papers: how many sheets of which kind, and a scan where there is one."""
    papers: list[NewPaper] = []
    for paper in case.papers:
        file_id, file_name = None, ""
        for upload in request.FILES.getlist(f"file-{paper.key}"):
            try:
                file, file_name = accept(upload, field=f"file-{paper.key}")
                file_id = file.pk
            except Refused as refusal:
                problems[f"file-{paper.key}"] = f"{upload.name}: {refusal.sentence}"
        for name, form in (("originals", Paper.Form.ORIGINAL), ("copies", Paper.Form.CERTIFIED)):
            sheets = request.POST.get(f"{name}-{paper.key}", "").strip()
            if sheets and not (sheets.isdigit() and int(sheets) <= 999):
                problems[f"file-{paper.key}"] = _("Số lượng phải là số từ 0 đến 999.")
            elif sheets and int(sheets):
                papers.append(
                    NewPaper(
                        paper.key, paper.name[:500], file_id, file_name, form=form, quantity=int(sheets), digitised=file_id is not None
                    )
                )
                file_id, file_name = None, ""
        if file_id:
            papers.append(NewPaper(paper.key, paper.name[:500], file_id, file_name, form=Paper.Form.ELECTRONIC, digitised=True))
    return papers


def _key(request: PersonRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get("once", ""))
    except ValueError:
        return None


def _desk(request: PersonRequest) -> Unit:
    """Return the desk at which the person is a clerk today; who is none finds nothing here."""
    desks = desks_of(request.person)
    if not desks:
        raise Http404
    return get_object_or_404(Unit.objects.select_related("agency"), pk=min(desks))
