"""For a citizen who files online: one theme per page, everything kept as typed, nothing filed by accident."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, localtime, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tinhso.directory.actions.organisations import organisation_for
from tinhso.directory.doors import PersonRequest, citizen_page
from tinhso.directory.models import Person
from tinhso.directory.rules import read_phone, read_tax_code
from tinhso.dossiers.access import visible_drafts
from tinhso.dossiers.actions.filing import (
    Incomplete,
    Owner,
    add_draft_paper,
    file_draft,
    open_draft,
    remove_draft_paper,
    save_draft,
)
from tinhso.dossiers.models import Dossier, Draft, DraftPaper, OwnerKind
from tinhso.dossiers.queries.agencies import grouped, solving_agencies
from tinhso.dossiers.queries.questions import answered_pages, questions
from tinhso.dossiers.rules.answers import case_of, missing_papers, read_answers, read_page
from tinhso.kernel.errors import Refused
from tinhso.kernel.files import ACCEPTED, accept
from tinhso.procedures.models import Procedure, ProcedureVersion, definition_of

# Pages that every procedure has, after those of its own form.
PAPERS, OWNER, REVIEW = "giay-to", "nguoi-nop", "xem-lai"
# The owner's particulars wait in the draft beside the answers.
OWNER_KEY = "_owner"


@citizen_page
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: PersonRequest, code: str) -> HttpResponse:
    """Choose the office and the case; a draft from before is offered to go on with."""
    person: Person = request.person
    version = version_to_file(code)
    definition = definition_of(version.pk)
    draft = visible_drafts(person).filter(procedure=version.procedure).first()
    agencies = solving_agencies(definition, localdate())
    problems: dict[str, str] = {}
    chosen = request.POST.get("agency") or str((draft and draft.solving_agency_id) or "")
    case = request.POST.get("case") or (draft.case if draft else "")
    if request.method == "POST":
        agency = next((unit for unit in agencies if str(unit.pk) == chosen), None)
        if agency is None:
            problems["agency"] = _("Xin chọn cơ quan giải quyết hồ sơ.")
        elif len(definition.cases) > 1 and case not in {one.key for one in definition.cases}:
            problems["case"] = _("Xin chọn trường hợp của ông/bà.")
        else:
            draft = open_draft(version, by=person, at=now(), solving_agency=agency)
            save_draft(draft, {}, by=person, at=now(), case=case or case_of(definition, "").key, solving_agency=agency)
            return redirect("file-page", code, steps_of(version)[0][0])
    context = {
        "version": version,
        "definition": definition,
        "draft": draft,
        "groups": grouped(agencies),
        "only": agencies[0] if len(agencies) == 1 else None,
        "chosen": chosen,
        "case": case,
        "problems": problems,
        "continue_at": (draft.page if draft and draft.page else steps_of(version)[0][0]),
    }
    return render(request, "dossiers/file_begin.html", context, status=422 if problems else 200)


@citizen_page
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: PersonRequest, code: str, page_key: str) -> HttpResponse:
    """Show or take one page of the form."""
    version, draft = _draft(request, code)
    if draft is None:
        return _already_filed(request) or redirect("file-dossier", code)
    if page_key == PAPERS:
        return _papers(request, version, draft)
    if page_key == OWNER:
        return _owner(request, version, draft)
    if page_key == REVIEW:
        return _review(request, version, draft)
    definition = definition_of(version.pk)
    form = next((one for one in definition.forms if one.key == page_key), None)
    if form is None:
        raise Http404
    answers = dict(draft.answers)
    problems: dict[str, str] = {}
    if request.method == "POST":
        typed = typed_answers(request, form)
        clean, problems = read_page(form, typed, draft.answers)
        save_draft(draft, clean, by=request.person, at=now(), page=page_key)
        if not problems:
            return _onward(request, version, code, page_key)
        answers = {**answers, **clean}
    context = {"form": form, "questions": questions(form, answers, problems, request.person), "problems": problems}
    return _render(request, "dossiers/file_page.html", version, draft, page_key, context, bool(problems))


@citizen_page
@require_POST
def autosave(request: PersonRequest, code: str, page_key: str) -> HttpResponse:
    """Keep what is being typed, right or wrong, without a word about it."""
    version, draft = _draft(request, code)
    form = next((one for one in definition_of(version.pk).forms if one.key == page_key), None)
    if draft is None or form is None:
        raise Http404
    save_draft(draft, typed_answers(request, form), by=request.person, at=now())
    return JsonResponse({"saved": f"{localtime():%H:%M}"})


@citizen_page
@require_safe
def filed(request: PersonRequest, code: str) -> HttpResponse:
    """Say that it is filed, in a way that cannot be mistaken."""
    dossier = get_object_or_404(
        Dossier.objects.filter(applicant=request.person).select_related("receiving_unit", "solving_agency"), code=code
    )
    return render(request, "dossiers/filed.html", {"dossier": dossier, "definition": dossier.definition})


@citizen_page
@require_POST
def discard(request: PersonRequest, code: str) -> HttpResponse:
    visible_drafts(request.person).filter(procedure__code=code).delete()
    messages.success(request, _("Đã xóa bản nháp."))
    return redirect("my-dossiers")


def owner_of(person: Person, known: dict[str, Any], *, at: datetime) -> Owner:
    """Return whose dossier it is: the person's own, or that of the organisation they file for."""
    contact = {
        "phone": known.get("phone") or person.phone,
        "email": known.get("email", ""),
        "address": known.get("address") or person.address,
    }
    if known.get("behalf") != "organisation":
        return Owner(person.full_name, person.personal_number, **contact)
    name = known.get("organisation_name", "")
    organisation = organisation_for(known.get("tax_code", ""), name=name, by_person=person, at=at, address=contact["address"])
    return Owner(organisation.name, organisation.tax_code, kind=OwnerKind.ENTERPRISE, organisation=organisation, **contact)


def _already_filed(request: PersonRequest) -> HttpResponse | None:
    """Lead the second press of "Nộp hồ sơ" to the dossier that the first one made."""
    try:
        key = uuid.UUID(request.POST.get("filing_key", ""))
    except ValueError:
        return None
    dossier = Dossier.objects.filter(filing_key=key, applicant=request.person).first()
    return redirect("dossier-filed", dossier.code) if dossier else None


def version_to_file(code: str) -> ProcedureVersion:
    """Return the version in force today, if dossiers can be filed under it here."""
    procedure = get_object_or_404(Procedure, code=code)
    version = procedure.versions.on(localdate()).fileable().order_by("-number").first()
    if version is None:
        raise Http404
    return version


def steps_of(version: ProcedureVersion) -> list[tuple[str, str]]:
    """Return key and title of every page, in order."""
    own = [(one.key, one.title) for one in definition_of(version.pk).forms]
    return [*own, (PAPERS, _("Giấy tờ")), (OWNER, _("Người nộp và nhận kết quả")), (REVIEW, _("Xem lại và nộp"))]


def typed_answers(request: PersonRequest, form) -> dict[str, Any]:
    """Return what the page's inputs hold, lists where several may be ticked."""
    return {one.key: request.POST.getlist(one.key) if one.kind == "choices" else request.POST.get(one.key, "") for one in form.fields}


def _draft(request: PersonRequest, code: str) -> tuple[ProcedureVersion, Draft | None]:
    draft = visible_drafts(request.person).filter(procedure__code=code).select_related("version", "solving_agency").first()
    return (draft.version if draft else version_to_file(code)), draft


def _onward(request: PersonRequest, version: ProcedureVersion, code: str, page_key: str) -> HttpResponse:
    """Go to the next page; back to the review when the citizen came from there to mend something."""
    if request.POST.get("back_to") == REVIEW:
        return redirect("file-page", code, REVIEW)
    keys = [key for key, _title in steps_of(version)]
    return redirect("file-page", code, keys[keys.index(page_key) + 1])


def _render(request, template: str, version, draft: Draft, page_key: str, context: dict[str, Any], wrong: bool) -> HttpResponse:
    steps = steps_of(version)
    keys = [key for key, _title in steps]
    position = keys.index(page_key)
    code = version.procedure.code
    shared = {
        "version": version,
        "definition": definition_of(version.pk),
        "draft": draft,
        "code": code,
        "page_key": page_key,
        "steps": [
            {"title": title, "url": reverse("file-page", args=[code, key]), "now": key == page_key, "past": number < position}
            for number, (key, title) in enumerate(steps)
        ],
        "number": position + 1,
        "left": len(steps) - position - 1,
        "title": steps[position][1],
        "previous": reverse("file-page", args=[code, keys[position - 1]]) if position else reverse("file-dossier", args=[code]),
        "back_to": request.GET.get("ve", request.POST.get("back_to", "")),
    }
    return render(request, template, shared | context, status=422 if wrong else 200)


def _papers(request: PersonRequest, version: ProcedureVersion, draft: Draft) -> HttpResponse:
    """Take files, one paper after another; each upload is kept at once."""
    definition = definition_of(version.pk)
    problems: dict[str, str] = {}
    case = case_of(definition, draft.case)
    if request.method == "POST":
        if gone := request.POST.get("remove"):
            remove_draft_paper(get_object_or_404(DraftPaper, pk=gone, draft=draft), by=request.person)
            return redirect(request.get_full_path())
        for paper in case.papers:
            for upload in request.FILES.getlist(f"file-{paper.key}"):
                try:
                    file, name = accept(upload, field=f"file-{paper.key}")
                    add_draft_paper(draft, paper.key, file, name, by=request.person, at=now())
                except Refused as refusal:
                    problems[f"file-{paper.key}"] = f"{upload.name}: {refusal.sentence}"
        save_draft(draft, {}, by=request.person, at=now(), page=PAPERS)
        if not problems and "more" not in request.POST:
            have = set(draft.papers.values_list("component", flat=True))
            missing = missing_papers(case, have)
            if not missing:
                return _onward(request, version, version.procedure.code, PAPERS)
            problems |= {f"file-{paper.key}": _("Xin thêm giấy tờ này.") for paper in case.papers if paper.name in missing}
    kept: dict[str, list[DraftPaper]] = {}
    for one in draft.papers.select_related("file").order_by("pk"):
        kept.setdefault(one.component, []).append(one)
    rows = [{"paper": paper, "files": kept.get(paper.key, []), "problem": problems.get(f"file-{paper.key}", "")} for paper in case.papers]
    context = {"rows": rows, "problems": problems, "accepted": ACCEPTED}
    return _render(request, "dossiers/file_papers.html", version, draft, PAPERS, context, bool(problems))


def _owner(request: PersonRequest, version: ProcedureVersion, draft: Draft) -> HttpResponse:
    person: Person = request.person
    known = draft.answers.get(OWNER_KEY) or {"phone": person.phone, "email": person.email, "address": person.address, "wants_post": False}
    known = {"behalf": "self"} | known
    problems: dict[str, str] = {}
    if request.method == "POST":
        known = {key: request.POST.get(key, "").strip() for key in ("phone", "email", "address")}
        known["wants_post"] = request.POST.get("wants_post") == "1"
        known |= {key: request.POST.get(key, "").strip() for key in ("behalf", "tax_code", "organisation_name")}
        if known["behalf"] == "organisation":
            try:
                known["tax_code"] = read_tax_code(known["tax_code"])
            except Refused as refusal:
                problems["tax_code"] = refusal.sentence
            if not known["organisation_name"]:
                problems["organisation_name"] = _("Xin ghi tên tổ chức, doanh nghiệp.")
        try:
            known["phone"] = read_phone(known["phone"])
        except Refused as refusal:
            problems["phone"] = refusal.sentence
        if known["email"] and "@" not in known["email"]:
            problems["email"] = _("Thư điện tử không đúng dạng. Ví dụ: ten@example.com.")
        if known["wants_post"] and not known["address"]:
            problems["address"] = _("Xin điền địa chỉ để bưu điện gửi kết quả.")
        save_draft(draft, {OWNER_KEY: known}, by=person, at=now(), page=OWNER)
        if not problems:
            return _onward(request, version, version.procedure.code, OWNER)
    context = {
        "owner": known,
        "problems": problems,
        "behalves": [("self", _("bản thân tôi")), ("organisation", _("tổ chức, doanh nghiệp"))],
    }
    return _render(request, "dossiers/file_owner.html", version, draft, OWNER, context, bool(problems))


def _review(request: PersonRequest, version: ProcedureVersion, draft: Draft) -> HttpResponse:
    person: Person = request.person
    definition, code = definition_of(version.pk), version.procedure.code
    case = case_of(definition, draft.case)
    known = draft.answers.get(OWNER_KEY) or {}
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            owner = owner_of(person, known, at=now())
            dossier = file_draft(draft, owner=owner, by=person, at=now(), wants_post=bool(known.get("wants_post")))
            return redirect("dossier-filed", dossier.code)
        except Incomplete as incomplete:
            problems = incomplete.problems
        except Refused as refusal:
            problems = {refusal.field or "form": refusal.sentence}
    else:
        _clean, problems = read_answers(definition, draft.answers)
        if missing := missing_papers(case, draft.papers.values_list("component", flat=True)):
            problems["papers"] = _("Còn thiếu giấy tờ: %(names)s.") % {"names": "; ".join(missing)}
    where = {one.key: form.key for form in definition.forms for one in form.fields} | {"papers": PAPERS, "agency": ""}
    summary = [
        (
            reverse("file-page", args=[code, where[key]]) + "?ve=xem-lai" if where.get(key) else reverse("file-dossier", args=[code]),
            sentence,
        )
        for key, sentence in problems.items()
    ]
    context = {
        "pages": answered_pages(definition, draft.answers),
        "papers": draft.papers.select_related("file").order_by("pk"),
        "names": {paper.key: paper.name for paper in case.papers},
        "case": case,
        "owner": known,
        "problems": problems,
        "summary": summary,
        "fee": definition.fee_total("online"),
        "terms": definition.terms("online"),
    }
    return _render(request, "dossiers/file_review.html", version, draft, REVIEW, context, request.method == "POST")
