"""The catalogue as cataloguers see it: every procedure, its versions, what changed between them."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from tinhso.directory.doors import PersonRequest, officer_page
from tinhso.procedures.access import can_keep_catalogue
from tinhso.procedures.editing import LABELS, Change, as_texts, differences
from tinhso.procedures.models import Procedure, ProcedureVersion
from tinhso.procedures.queries import by_field, draft_text, search
from tinhso.procedures.rules import faults
from tinhso.procedures.views.forms import PublishForm
from tinhso.procedures.views.words import LEVELS, SERVICES, SOURCES, said

PAGE = 50
STATES = {"nhap": "Có bản nháp chờ xem", "nop-duoc": "Nộp được tại đây", "chi-xem": "Chỉ để tra cứu"}


def cataloguer_page(view):
    """Open a page to those who keep the catalogue; others find nothing."""

    @officer_page
    def page(request: PersonRequest, *args, **options):
        if not can_keep_catalogue(request.person):
            raise Http404
        return view(request, *args, **options)

    return page


def version_or_404(code: str, number: int) -> ProcedureVersion:
    return get_object_or_404(ProcedureVersion.objects.select_related("procedure"), procedure__code=code, number=number)


@cataloguer_page
@require_safe
def index(request: PersonRequest) -> HttpResponse:
    """List what is in force today and what waits as a draft, narrowed by what stands in the address."""
    chosen = {name: request.GET.get(name, "").strip() for name in ("q", "linh-vuc", "cap", "muc-do", "trang-thai")}
    rows = _rows(chosen)
    page = Paginator(rows, PAGE).get_page(request.GET.get("trang"))
    kept = {name: value for name, value in chosen.items() if value}
    words = {
        "page": page,
        "chosen": {name.replace("-", "_"): value for name, value in chosen.items()},
        "fields": [("", "Tất cả lĩnh vực"), *((row["field"], f"{row['field']} ({row['count']})") for row in by_field(localdate()))],
        "levels": [("", "Mọi cấp"), *LEVELS.items()],
        "services": [("", "Mọi mức độ"), *SERVICES.items()],
        "states": [("", "Mọi trạng thái"), *STATES.items()],
        "level_words": LEVELS,
        "next": f"?{urlencode({**kept, 'trang': page.next_page_number()})}" if page.has_next() else "",
        "previous": f"?{urlencode({**kept, 'trang': page.previous_page_number()})}" if page.has_previous() else "",
    }
    return render(request, "procedures/catalogue.html", words)


def _rows(chosen: dict[str, str]) -> QuerySet[ProcedureVersion] | list[ProcedureVersion]:
    """Return one row a procedure: the version in force, or the newest of those that are not in force yet."""
    day = localdate()
    drafts = ProcedureVersion.objects.filter(procedure=OuterRef("procedure"), state=ProcedureVersion.State.DRAFT)
    versions = ProcedureVersion.objects.select_related("procedure").defer("content").annotate(has_draft=Exists(drafts))
    in_force = versions.on(day)
    never = versions.filter(state=ProcedureVersion.State.DRAFT).exclude(procedure__in=in_force.values("procedure"))
    rows = in_force | never
    if chosen["cap"] in LEVELS:
        rows = rows.filter(levels__contains=[chosen["cap"]])
    if chosen["muc-do"] in SERVICES:
        rows = rows.filter(service=chosen["muc-do"])
    if chosen["linh-vuc"]:
        rows = rows.filter(field=chosen["linh-vuc"])
    match chosen["trang-thai"]:
        case "nhap":
            rows = rows.filter(has_draft=True)
        case "nop-duoc":
            rows = rows.fileable()
        case "chi-xem":
            rows = rows.filter(has_route=False)
    if not chosen["q"]:
        return rows.order_by("field", "name", "pk")
    ranks = {hit.code: rank for rank, hit in enumerate(search(chosen["q"], limit=PAGE * 4))}
    found = rows.filter(procedure__code__in=[*ranks, chosen["q"]])
    return sorted(found, key=lambda version: ranks.get(version.procedure.code, -1))


@cataloguer_page
@require_safe
def history(request: PersonRequest, code: str) -> HttpResponse:
    procedure = get_object_or_404(Procedure, code=code)
    versions = list(procedure.versions.defer("content").order_by("-number"))
    current = next((one for one in versions if _in_force(one)), None)
    words = {
        "procedure": procedure,
        "versions": [{"version": one, "source": SOURCES.get(one.source, one.source)} for one in versions],
        "named": current or (versions[0] if versions else None),
        "current": current,
        "can_draft": any(one.state == ProcedureVersion.State.PUBLISHED for one in versions),
    }
    return render(request, "procedures/history.html", words)


def _in_force(version: ProcedureVersion) -> bool:
    day = localdate()
    public = version.state == ProcedureVersion.State.PUBLISHED
    return public and version.valid_from <= day and (version.valid_to is None or version.valid_to > day)


@cataloguer_page
@require_safe
def version(request: PersonRequest, code: str, number: int) -> HttpResponse:
    return show_version(request, version_or_404(code, number), PublishForm(initial={"valid_from": localdate()}))


def show_version(request: PersonRequest, shown: ProcedureVersion, form: PublishForm) -> HttpResponse:
    """Show what a version says and what it changes against another: the one before it unless the address names one."""
    others = ProcedureVersion.objects.filter(procedure=shown.procedure).exclude(pk=shown.pk).order_by("-number")
    against = _against(request.GET.get("so-voi", ""), shown, list(others))
    draft = shown.state == ProcedureVersion.State.DRAFT
    definition = draft_text(shown) if draft else shown.definition
    texts = as_texts(definition)
    words = {
        "version": shown,
        "draft": draft,
        "source": SOURCES.get(shown.source, shown.source),
        "parts": [(label, [said(part, line) for line in texts[part].splitlines()]) for part, label in LABELS.items() if texts[part]],
        "others": [(str(one.number), f"Phiên bản {one.number}") for one in others],
        "against": against,
        "changes": [_in_words(change) for change in differences(against.definition, definition)] if against else [],
        "faults": faults(definition) if draft else [],
        "form": form,
    }
    return render(request, "procedures/version.html", words, status=422 if form.errors else 200)


def _in_words(change: Change) -> Change:
    return change._replace(
        removed=[said(change.part, line) for line in change.removed], added=[said(change.part, line) for line in change.added]
    )


def _against(asked: str, shown: ProcedureVersion, others: list[ProcedureVersion]) -> ProcedureVersion | None:
    if asked.isdecimal():
        return next((one for one in others if one.number == int(asked[:6])), None)
    public = [one for one in others if one.state == ProcedureVersion.State.PUBLISHED]
    before = [one for one in public if one.number < shown.number]
    # A draft is compared with what is public now, even when that was published after the draft was begun.
    if shown.state == ProcedureVersion.State.DRAFT and public:
        return max(public, key=lambda one: (one.valid_from, one.number))
    return before[0] if before else None
