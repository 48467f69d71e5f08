"""A citizen's own dossiers: where each is, what it waits for, what may be done."""

from django.db.models import Case, IntegerField, Value, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tinhso.directory.doors import PersonRequest, citizen_page
from tinhso.dossiers.access import visible_dossiers, visible_drafts
from tinhso.dossiers.actions.outcome import rate
from tinhso.dossiers.actions.papers import NewPaper
from tinhso.dossiers.actions.reception import supplement, withdraw
from tinhso.dossiers.models import Dossier, Money, Rating, Status, SupplementRequest
from tinhso.dossiers.queries.questions import answered_pages
from tinhso.dossiers.queries.tracking import tracking
from tinhso.dossiers.rules.states import Verb, can
from tinhso.dossiers.views.acting import act
from tinhso.kernel.errors import Refused
from tinhso.kernel.files import ACCEPTED, accept
from tinhso.payments.queries import due_about

# First those that wait for their owner, then those that run, then those that ended.
URGENCY = Case(
    When(status__in=[Status.SUPPLEMENT, Status.FEE], then=Value(0)),
    When(status=Status.FINISHED, then=Value(1)),
    When(status__in=[Status.FILED, Status.RECEIVED, Status.PROCESSING], then=Value(2)),
    default=Value(3),
    output_field=IntegerField(),
)
PAGE = 30


@citizen_page
@require_safe
def index(request: PersonRequest) -> HttpResponse:
    before = request.GET.get("truoc", "")
    dossiers = visible_dossiers(request.person).select_related("solving_agency")
    ended = dossiers.exclude(status__in=[1, 2, 4, 5, 6, 9]).order_by("-pk")
    if before.isdigit():
        ended = ended.filter(pk__lt=int(before))
    ended_page = list(ended[: PAGE + 1])
    context = {
        "running": []
        if before
        else list(dossiers.filter(status__in=[1, 2, 4, 5, 6, 9]).annotate(urgency=URGENCY).order_by("urgency", "-pk")[:200]),
        "ended": ended_page[:PAGE],
        "older": ended_page[PAGE - 1].pk if len(ended_page) > PAGE else None,
        "drafts": [] if before else visible_drafts(request.person).select_related("version", "procedure").order_by("-saved_at"),
    }
    return render(request, "dossiers/mine.html", context)


@citizen_page
@require_safe
def detail(request: PersonRequest, code: str) -> HttpResponse:
    return _page(request, _mine(request, code))


@citizen_page
@require_http_methods(["GET", "HEAD", "POST"])
def answer_supplement(request: PersonRequest, code: str) -> HttpResponse:
    """Hand in what the office asked for, on a page that shows only that."""
    dossier = _mine(request, code)
    asked = get_object_or_404(SupplementRequest, dossier=dossier)
    if request.method != "POST":
        if dossier.status != Status.SUPPLEMENT:
            return redirect("my-dossier", code)
        return render(request, "dossiers/supplement.html", {"dossier": dossier, "asked": asked, "accepted": ACCEPTED, "problems": {}})
    problems: dict[str, str] = {}
    papers: list[NewPaper] = []
    for number, item in enumerate(asked.items):
        for upload in request.FILES.getlist(f"file-{number}"):
            try:
                file, name = accept(upload, field=f"file-{number}")
                papers.append(NewPaper(item["component"] or f"bo-sung-{number}", item["name"][:500], file.pk, name))
            except Refused as refusal:
                problems[f"file-{number}"] = f"{upload.name}: {refusal.sentence}"
    note = request.POST.get("note", "")
    if not problems:
        told = act(
            request,
            "supplement",
            code,
            lambda: supplement(dossier, papers=papers, note=note, by=request.person, at=now()) and None,
            done=_("Đã gửi bổ sung. Cơ quan sẽ tiếp tục giải quyết."),
        )
        if told is None:
            return redirect("my-dossier", code)
        problems[told.field or "papers"] = told.sentence
    context = {"dossier": dossier, "asked": asked, "accepted": ACCEPTED, "problems": problems, "note": note}
    return render(request, "dossiers/supplement.html", context, status=422)


@citizen_page
@require_POST
def take_back(request: PersonRequest, code: str) -> HttpResponse:
    dossier = _mine(request, code)
    refusal = act(
        request,
        "withdraw",
        code,
        lambda: withdraw(dossier, reason=request.POST.get("reason", ""), by=request.person, at=now()) and None,
        done=_("Đã rút hồ sơ."),
    )
    return _page(request, _mine(request, code), refusal) if refusal else redirect("my-dossier", code)


@citizen_page
@require_POST
def give_rating(request: PersonRequest, code: str) -> HttpResponse:
    dossier = _mine(request, code)
    grade = request.POST.get("grade", "")
    refusal = act(
        request,
        "rate",
        code,
        lambda: (
            rate(
                dossier,
                grade=int(grade) if grade.isdigit() else 0,
                comment=request.POST.get("comment", ""),
                by=request.person,
                at=now(),
            )
            and None
        ),
        done=_("Cảm ơn ông/bà đã đánh giá."),
    )
    return _page(request, _mine(request, code), refusal) if refusal else redirect("my-dossier", code)


def _mine(request: PersonRequest, code: str) -> Dossier:
    return get_object_or_404(visible_dossiers(request.person).select_related("receiving_unit", "solving_agency", "applicant"), code=code)


def _page(request: PersonRequest, dossier: Dossier, refusal: Refused | None = None) -> HttpResponse:
    context = {
        "dossier": dossier,
        "tracking": tracking(dossier),
        "definition": dossier.definition,
        "pages": answered_pages(dossier.definition, dossier.answers),
        "papers": dossier.papers.filter(replaced_by=None).select_related("file").order_by("pk"),
        "asked": SupplementRequest.objects.filter(dossier=dossier).first(),
        "rating": Rating.objects.filter(dossier=dossier).first(),
        "grades": Rating.Grade.choices,
        "can_rate": can(Verb.RATE, dossier.status),
        "can_withdraw": can(Verb.WITHDRAW, dossier.status),
        "must_pay": dossier.money == Money.DUE,
        "due": due_about(dossier),
        "refusal": refusal,
    }
    return render(request, "dossiers/my_dossier.html", context, status=422 if refusal else 200)
