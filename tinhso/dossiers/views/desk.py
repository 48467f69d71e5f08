"""An official's desk: what waits, the dossier beside its papers, and the few verbs that are allowed now."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tinhso.directory.actions import note_reading
from tinhso.directory.doors import PersonRequest, officer_page
from tinhso.directory.models import Person
from tinhso.dossiers.access import visible_dossiers
from tinhso.dossiers.models import Dossier, Pause, Step
from tinhso.dossiers.printing.papers import printable_titles
from tinhso.dossiers.queries.agencies import whom_to_ask
from tinhso.dossiers.queries.deadlines import explain
from tinhso.dossiers.queries.now import possible
from tinhso.dossiers.queries.questions import answered_pages
from tinhso.dossiers.queries.queues import queues
from tinhso.dossiers.rules.answers import case_of
from tinhso.kernel.errors import Refused
from tinhso.kernel.events import timeline
from tinhso.kernel.files import ACCEPTED
from tinhso.kernel.models import Event
from tinhso.kernel.vault import blind_index
from tinhso.payments.queries import due_about


@officer_page
@require_safe
def desk(request: PersonRequest) -> HttpResponse:
    """Show one queue, the fullest of urgency first, and how much waits in the others."""
    found = queues(request.person)
    wanted = request.GET.get("hang-doi", "")
    counts = {queue.key: queue.count() for queue in found}
    queue = next((one for one in found if one.key == wanted), None) or next(
        (one for one in found if counts[one.key]), found[0] if found else None
    )
    rows, after = queue.page(request.GET.get("sau", "")) if queue else ([], "")
    context = {
        "queues": [{"queue": one, "count": counts[one.key], "now": one is queue} for one in found],
        "queue": queue,
        "rows": rows,
        "after": after,
        "first_page": "sau" not in request.GET,
        "now": now(),
    }
    return render(request, "dossiers/desk.html", context)


@officer_page
@require_safe
def search(request: PersonRequest) -> HttpResponse:
    """Find a dossier by its code or by its applicant's personal number, among those one may see."""
    text = request.GET.get("q", "").strip()
    dossiers = visible_dossiers(request.person)
    if dossier := dossiers.filter(code=text.upper()).first():
        return redirect(dossier)
    found: list[Dossier] = []
    digits = text.replace(" ", "")
    if digits.isdigit() and len(digits) == 12:
        people = Person.objects.filter(personal_number_index=blind_index(digits, "personal-number"))
        found = list(dossiers.filter(applicant__in=people).select_related("solving_agency").order_by("-pk")[:50])
    return render(request, "dossiers/search.html", {"text": text, "found": found})


@officer_page
@require_safe
def detail(request: PersonRequest, code: str) -> HttpResponse:
    return dossier_page(request, seen(request, code))


def seen(request: PersonRequest, code: str) -> Dossier:
    """Return a dossier that the official may see, or 404."""
    return get_object_or_404(
        visible_dossiers(request.person).select_related("receiving_unit", "solving_agency", "applicant", "procedure"), code=code
    )


# What the folded verbs are called, and their icons.
LABELS = {
    "receive": (_("Tiếp nhận"), "clipboard-check"),
    "finish": (_("Chuyển bước"), "arrow-right"),
    "sign": (_("Ký kết quả"), "signature"),
    "seal": (_("Đóng dấu"), "rubber-stamp"),
    "return": (_("Trả kết quả"), "file-certificate"),
    "assign": (_("Giao việc"), "user-check"),
    "draft": (_("Soạn dự thảo kết quả"), "writing"),
    "send-back": (_("Trả lại bước trước"), "arrow-back-up"),
    "ask-supplement": (_("Yêu cầu bổ sung"), "file-plus"),
    "supplement": (_("Nhận giấy tờ bổ sung"), "file-plus"),
    "answer-opinion": (_("Trả lời ý kiến"), "message-2"),
    "ask-opinion": (_("Xin ý kiến cơ quan khác"), "message-2"),
    "extend": (_("Xin lỗi và hẹn lại"), "calendar-due"),
    "pause": (_("Tạm dừng tính thời hạn"), "clock-pause"),
    "resume": (_("Tính tiếp thời hạn"), "clock"),
    "refuse": (_("Từ chối tiếp nhận"), "ban"),
    "stop": (_("Dừng giải quyết"), "hand-stop"),
    "withdraw": (_("Người nộp rút hồ sơ"), "arrow-back-up"),
    "ask-fee": (_("Đề nghị nộp phí, lệ phí"), "wallet"),
    "pay": (_("Thu phí, lệ phí"), "coin"),
}


def dossier_page(request: PersonRequest, dossier: Dossier, refusal: Refused | None = None, verb: str = "") -> HttpResponse:
    """Show the dossier; opening it is a reading of its owner's data, and they can see that it happened."""
    person = request.person
    note_reading(
        dossier.applicant,
        by=person,
        what="hồ sơ và tờ khai",
        purpose="giải quyết hồ sơ",
        at=now(),
        agency_id=dossier.solving_agency_id,
        code=dossier.code,
    )
    definition = dossier.definition
    papers = dossier.papers.filter(replaced_by=None).select_related("file").order_by("pk")
    have = {paper.component for paper in papers}
    now_possible = possible(person, dossier)
    draft = now_possible.draft
    context = {
        "dossier": dossier,
        "definition": definition,
        "possible": now_possible,
        "others": [(one, *LABELS[one], one == verb) for one in now_possible.others],
        "agencies": _agencies(dossier) if "ask-opinion" in now_possible else [],
        "ways": [("hand", _("trực tiếp")), ("post", _("bưu chính"))],
        "way": "post" if dossier.wants_post else "hand",
        "verdicts": [("1", _("chấp thuận")), ("0", _("không chấp thuận"))],
        "agreements": [("1", _("đồng ý")), ("0", _("không đồng ý"))],
        "draft_grants": request.POST.get("grants") or ("0" if draft and not draft.grants else "1"),
        "draft_name": request.POST.get("name")
        or (draft.name if draft else definition.outcomes[0].name if definition.outcomes else definition.name),
        "draft_body": request.POST.get("body") or (draft.content.get("body", "") if draft else ""),
        "accepted": ACCEPTED,
        "due": due_about(dossier),
        "pages": answered_pages(definition, dossier.answers),
        "papers": papers,
        "lacking": [paper for paper in case_of(definition, dossier.case).papers if paper.key not in have],
        "case_papers": case_of(definition, dossier.case).papers,
        "steps": Step.objects.filter(dossier=dossier).select_related("unit", "assignee", "finished_by", "acting_for").order_by("pk"),
        "opinions": dossier.opinions.select_related("agency", "asked_by", "answered_by").order_by("pk"),
        "results": dossier.results.select_related("signed_by").order_by("-pk"),
        "asked": getattr(dossier, "supplement_request", None),
        "forms": printable_titles(dossier, localdate()),
        "paused": Pause.objects.filter(dossier=dossier, ended_at=None).first(),
        "lines": [(event.at, _told(event), event.actor_id) for event in timeline(dossier)],
        "why": explain(dossier),
        "refusal": refusal,
        "typed": request.POST,
        "now": now(),
    }
    return render(request, "dossiers/desk_dossier.html", context, status=422 if refusal else 200)


def _agencies(dossier: Dossier) -> list[tuple[str, str]]:
    return [("", "Chọn…"), *whom_to_ask(dossier.solving_agency_id, dossier.solving_agency.parent_id, localdate())]


def _told(event: Event) -> str:
    """Return what happened, and the outside system that says so where it was not done on our own pages."""
    return event.announcement.says().strip() + (f" (qua {event.through})" if event.through else "")
