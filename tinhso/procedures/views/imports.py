"""Importing files of procedures, and the report of each import."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_http_methods, require_safe

from tinhso.directory.doors import PersonRequest
from tinhso.kernel.errors import Refused
from tinhso.procedures.actions import import_file
from tinhso.procedures.imports.findings import KINDS
from tinhso.procedures.models import ImportFinding, ImportRun
from tinhso.procedures.views.catalogue import cataloguer_page
from tinhso.procedures.views.forms import ImportForm

PAGE = 100
RUNS = 50
TONES = {"rejected": "danger", "contradiction": "warning", "incomplete": "warning", "note": "info"}


@cataloguer_page
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: PersonRequest) -> HttpResponse:
    form = ImportForm(request.POST or None, request.FILES or None, initial={"valid_from": localdate()})
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            run = import_file(file.read(), file_name=file.name, valid_from=form.cleaned_data["valid_from"], at=now(), by=request.person)
            return redirect("catalogue-import", run.pk)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    runs = ImportRun.objects.select_related("by").order_by("-pk")[:RUNS]
    return render(request, "procedures/imports.html", {"form": form, "runs": runs}, status=422 if form.errors else 200)


@cataloguer_page
@require_safe
def detail(request: PersonRequest, pk: int) -> HttpResponse:
    """Show what became of each record; the choice of findings stands in the address."""
    run = get_object_or_404(ImportRun.objects.select_related("by"), pk=pk)
    severity, kind = request.GET.get("muc", ""), request.GET.get("loai", "")
    findings = run.findings.order_by("position", "pk")
    kinds = list(findings.order_by().values("kind").annotate(records=Count("position", distinct=True)).order_by("-records"))
    if severity in ImportFinding.Severity.values:
        findings = findings.filter(severity=severity)
    if kind in KINDS:
        findings = findings.filter(kind=kind)
    page = Paginator(findings.defer("record"), PAGE).get_page(request.GET.get("trang"))
    kept = {name: value for name, value in (("muc", severity), ("loai", kind)) if value}
    words = {
        "run": run,
        "rows": [{"finding": one, "tone": TONES[one.severity]} for one in page],
        "page": page,
        "severity": severity,
        "kind": kind,
        "severities": [("", "Mọi mức"), *ImportFinding.Severity.choices],
        "kinds": [("", "Mọi loại"), *((row["kind"], f"{KINDS[row['kind']]} ({row['records']})") for row in kinds)],
        "next": f"?{urlencode({**kept, 'trang': page.next_page_number()})}" if page.has_next() else "",
        "previous": f"?{urlencode({**kept, 'trang': page.previous_page_number()})}" if page.has_previous() else "",
    }
    return render(request, "procedures/import.html", words)
