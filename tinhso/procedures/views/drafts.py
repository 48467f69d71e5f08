"""Drafts: begun, changed, published from a day, or thrown away."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tinhso.directory.doors import PersonRequest
from tinhso.kernel.errors import Refused
from tinhso.procedures.actions import add_procedure, discard_draft, publish_draft, save_draft, start_draft
from tinhso.procedures.models import Procedure, ProcedureVersion
from tinhso.procedures.queries import draft_text
from tinhso.procedures.rules import faults
from tinhso.procedures.views.catalogue import cataloguer_page, show_version, version_or_404
from tinhso.procedures.views.forms import DraftForm, ProcedureForm, PublishForm


@cataloguer_page
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: PersonRequest) -> HttpResponse:
    form = ProcedureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            draft = add_procedure(**form.cleaned_data, by=request.person, at=now())
            return redirect("edit-draft", draft.procedure.code, draft.number)
        except Refused as refusal:
            form.add_error(refusal.field, refusal.sentence)
    return render(request, "procedures/add.html", {"form": form}, status=422 if form.errors else 200)


@cataloguer_page
@require_POST
def start(request: PersonRequest, code: str) -> HttpResponse:
    procedure = get_object_or_404(Procedure, code=code)
    try:
        draft = start_draft(procedure, by=request.person, at=now())
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("catalogue-procedure", code)
    return redirect("edit-draft", code, draft.number)


def _draft_or_404(code: str, number: int) -> ProcedureVersion:
    version = version_or_404(code, number)
    if version.state != ProcedureVersion.State.DRAFT:
        raise Http404
    return version


@cataloguer_page
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: PersonRequest, code: str, number: int) -> HttpResponse:
    draft = _draft_or_404(code, number)
    form = DraftForm(draft, request.POST or None)
    if request.method == "POST" and form.is_valid() and form.definition:
        try:
            save_draft(draft, form.definition, by=request.person, at=now())
            messages.success(request, _("Đã lưu bản nháp."))
            return redirect("catalogue-version", code, number)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
    words = {"form": form, "draft": draft, "faults": faults(draft_text(draft))}
    return render(request, "procedures/edit.html", words, status=422 if form.errors else 200)


@cataloguer_page
@require_POST
def publish(request: PersonRequest, code: str, number: int) -> HttpResponse:
    version = version_or_404(code, number)
    form = PublishForm(request.POST)
    if form.is_valid():
        try:
            published = publish_draft(version, valid_from=form.cleaned_data["valid_from"], by=request.person, at=now())
            messages.success(request, _("Đã công khai, hiệu lực từ %(day)s.") % {"day": published.valid_from.strftime("%d/%m/%Y")})
            return redirect("catalogue-procedure", code)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    return show_version(request, version, form)


@cataloguer_page
@require_POST
def discard(request: PersonRequest, code: str, number: int) -> HttpResponse:
    version = version_or_404(code, number)
    try:
        discard_draft(version, by=request.person, at=now())
        messages.success(request, _("Đã bỏ bản nháp."))
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return redirect("catalogue-procedure", code)
