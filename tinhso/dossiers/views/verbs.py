"""The verbs of the dossier page: each reads its form, calls its action, and comes back to the desk or the dossier."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tinhso.directory.doors import PersonRequest, officer_page
from tinhso.directory.models import Person, Unit
from tinhso.dossiers.access import visible_dossiers
from tinhso.dossiers.actions.money import ask_fee, take_cash
from tinhso.dossiers.actions.moving import said
from tinhso.dossiers.actions.outcome import return_result, seal_result, sign_result
from tinhso.dossiers.actions.papers import NewPaper
from tinhso.dossiers.actions.promises import extend_deadline, pause_clock, resume_clock, stop
from tinhso.dossiers.actions.reception import ask_for_supplement, receive, refuse, supplement, withdraw
from tinhso.dossiers.actions.work import answer_opinion, ask_opinion, assign, draft_result, finish_step, send_back
from tinhso.dossiers.models import Dossier, Opinion, Paper, Step
from tinhso.dossiers.queries.now import possible
from tinhso.dossiers.queries.queues import queues
from tinhso.dossiers.rules.answers import case_of, read_day
from tinhso.dossiers.views.acting import act
from tinhso.dossiers.views.desk import dossier_page, seen
from tinhso.kernel.errors import Refused
from tinhso.kernel.files import accept
from tinhso.kernel.working_time import ZONE
from tinhso.payments.actions.asking import Line


@officer_page
@require_POST
def do(request: PersonRequest, code: str, verb: str) -> HttpResponse:
    """Do a verb to a dossier, once however often the button is pressed."""
    dossier = seen(request, code)
    if verb not in VERBS:
        raise Http404
    run, done = VERBS[verb]
    if verb in ("sign", "seal"):
        # These use a key and perhaps the network: they are safe to press twice by themselves, and hold no lock meanwhile.
        refusal = _without_key(request, run, dossier, done)
    else:
        refusal = act(request, verb, code, lambda: run(request, dossier), done=_(done))
    if refusal is not None:
        return dossier_page(request, seen(request, code), refusal, verb)
    return redirect(dossier)


def _without_key(request: PersonRequest, run: Callable, dossier: Dossier, done: str) -> Refused | None:
    try:
        warning = run(request, dossier)
    except Refused as refusal:
        return refusal
    messages.success(request, _(done))
    if warning:
        messages.warning(request, warning)
    return None


def _text(request: PersonRequest, name: str) -> str:
    return request.POST.get(name, "")


def _receive(request, dossier: Dossier) -> None:
    receive(dossier, by=request.person, at=now())


def _refuse(request, dossier: Dossier) -> None:
    refuse(dossier, reason=_text(request, "reason"), by=request.person, at=now())


def _ask_supplement(request, dossier: Dossier) -> None:
    names = {paper.key: paper.name for paper in case_of(dossier.definition, dossier.case).papers}
    wanted = [key for key in request.POST.getlist("item") if key in names]
    items = [{"component": key, "name": names[key], "what": _text(request, f"what-{key}")} for key in wanted]
    if other := _text(request, "other").strip():
        items.append({"component": "", "name": other, "what": ""})
    ask_for_supplement(
        dossier, items=items, reason=_text(request, "reason"), by=request.person, at=now(), answer_by=read_day(_text(request, "answer_by"))
    )


def _supplement(request, dossier: Dossier) -> None:
    """Take at the counter what the citizen brings."""
    papers = []
    for upload in request.FILES.getlist("files"):
        file, name = accept(upload, field="files")
        papers.append(NewPaper("bo-sung", name, file.pk, name, form=Paper.Form.CERTIFIED, digitised=True))
    supplement(dossier, papers=papers, note=_text(request, "note"), by=request.person, at=now())


def _withdraw(request, dossier: Dossier) -> None:
    withdraw(dossier, reason=_text(request, "reason"), by=request.person, at=now())


def _step(request, dossier: Dossier) -> Step:
    key = _text(request, "step")
    if not key.isdigit():
        raise Refused(_("Hồ sơ đã thay đổi. Xin tải lại trang."))
    return get_object_or_404(Step.objects.select_related("dossier", "unit"), pk=int(key), dossier=dossier)


def _assign(request, dossier: Dossier) -> None:
    to = Person.objects.filter(pk=_text(request, "to") or 0, kind=Person.Kind.OFFICIAL, is_active=True).first()
    if to is None:
        raise Refused(_("Xin chọn người thụ lý."), field="to")
    assign(_step(request, dossier), to=to, by=request.person, at=now())


def _finish(request, dossier: Dossier) -> None:
    finish_step(_step(request, dossier), note=_text(request, "note"), choice=_text(request, "choice") or None, by=request.person, at=now())


def _send_back(request, dossier: Dossier) -> None:
    send_back(_step(request, dossier), to=_text(request, "to"), note=_text(request, "note"), by=request.person, at=now())


def _draft(request, dossier: Dossier) -> None:
    draft_result(
        dossier,
        grants=_text(request, "grants") != "0",
        name=_text(request, "name"),
        content={"body": _text(request, "body").replace("\x00", "")[:20_000]},
        by=request.person,
        at=now(),
        outcome_code=dossier.definition.outcomes[0].code if dossier.definition.outcomes else "",
    )


def _ask_opinion(request, dossier: Dossier) -> None:
    agency = Unit.objects.agencies().filter(pk=_text(request, "agency") or 0).first()
    if agency is None:
        raise Refused(_("Xin chọn cơ quan cần hỏi."), field="agency")
    days = _text(request, "working_days")
    ask_opinion(
        dossier,
        agency=agency,
        question=_text(request, "question"),
        working_days=int(days) if days.isdigit() else 0,
        by=request.person,
        at=now(),
    )


def _answer_opinion(request, dossier: Dossier) -> None:
    opinion = get_object_or_404(Opinion, pk=_text(request, "opinion") or 0, dossier=dossier)
    if _text(request, "agrees") not in ("0", "1"):
        raise Refused(_("Xin chọn đồng ý hoặc không đồng ý."), field="agrees")
    answer_opinion(opinion, agrees=_text(request, "agrees") == "1", answer=_text(request, "answer"), by=request.person, at=now())


def _extend(request, dossier: Dossier) -> None:
    day, hour = read_day(_text(request, "new_day")), _text(request, "new_hour") or "16:00"
    try:
        new = datetime.combine(day, time.fromisoformat(hour), ZONE) if day else None
    except ValueError:
        new = None
    if new is None:
        raise Refused(_("Xin ghi ngày và giờ hẹn mới, ví dụ 20/11/2026 và 16:00."), field="new_due_at")
    extend_deadline(dossier, new_due_at=new, reason=_text(request, "reason"), by=request.person, at=now())


def _pause(request, dossier: Dossier) -> None:
    pause_clock(dossier, reason=_text(request, "reason"), by=request.person, at=now())


def _resume(request, dossier: Dossier) -> None:
    resume_clock(dossier, by=request.person, at=now())


def _stop(request, dossier: Dossier) -> None:
    stop(dossier, reason=_text(request, "reason"), by=request.person, at=now())


def _sign(request, dossier: Dossier) -> str:
    result = sign_result(dossier, by=request.person, at=now(), note=_text(request, "note"))
    return _("Dịch vụ dấu thời gian chưa trả lời, chữ ký ở mức cơ bản (B-B). Chữ ký vẫn hợp lệ.") if result.signature_level == "B-B" else ""


def _seal(request, dossier: Dossier) -> str:
    seal_result(dossier, by=request.person, at=now())
    return ""


def _return(request, dossier: Dossier) -> None:
    how = "bưu chính" if _text(request, "how") == "post" else "trực tiếp"
    return_result(dossier, how=how, by=request.person, at=now())


def _pay(request, dossier: Dossier) -> None:
    take_cash(dossier, by=request.person, at=now())


def _ask_fee(request, dossier: Dossier) -> None:
    amount = _text(request, "amount").replace(".", "").replace(" ", "").removesuffix("đ")
    if not amount.isdigit():
        raise Refused(_("Xin ghi số tiền, ví dụ 250.000."), field="amount")
    name = said(_text(request, "fee_name"), _("Xin ghi tên khoản phải nộp."), 200, field="fee_name")
    ask_fee(dossier, lines=[Line(name, int(amount))], by=request.person, at=now())


VERBS: dict[str, tuple[Callable[[Any, Dossier], Any], str]] = {
    "receive": (_receive, "Đã tiếp nhận hồ sơ. Giấy hẹn đã sẵn sàng để in."),
    "refuse": (_refuse, "Đã từ chối tiếp nhận."),
    "ask-supplement": (_ask_supplement, "Đã gửi yêu cầu bổ sung. Thời hạn tạm dừng đến khi người nộp bổ sung."),
    "supplement": (_supplement, "Đã nhận giấy tờ bổ sung."),
    "withdraw": (_withdraw, "Đã ghi nhận rút hồ sơ."),
    "assign": (_assign, "Đã giao việc."),
    "finish": (_finish, "Đã chuyển bước."),
    "send-back": (_send_back, "Đã trả lại bước trước."),
    "draft": (_draft, "Đã lưu dự thảo kết quả."),
    "ask-opinion": (_ask_opinion, "Đã gửi xin ý kiến."),
    "answer-opinion": (_answer_opinion, "Đã trả lời ý kiến."),
    "extend": (_extend, "Đã xin lỗi và hẹn lại. Người nộp được báo ngay."),
    "pause": (_pause, "Đã tạm dừng tính thời hạn."),
    "resume": (_resume, "Đã tiếp tục tính thời hạn."),
    "stop": (_stop, "Đã dừng giải quyết."),
    "sign": (_sign, "Đã ký kết quả."),
    "seal": (_seal, "Đã đóng dấu. Kết quả sẵn sàng để trả."),
    "pay": (_pay, "Đã ghi nhận thu tiền; biên lai đã lập."),
    "ask-fee": (_ask_fee, "Đã đề nghị nộp. Thời hạn tạm dừng đến khi tiền vào."),
    "return": (_return, "Đã trả kết quả."),
}


@officer_page
@require_http_methods(["GET", "HEAD", "POST"])
def sign_many(request: PersonRequest) -> HttpResponse:
    """Sign what waits in one go: previewed, chosen, confirmed once; one that fails stops none of the others."""
    queue = next((one for one in queues(request.person) if one.key == "ky"), None)
    if queue is None:
        raise Http404
    outcomes: list[tuple[str, str, bool]] = []
    if request.method == "POST":
        chosen = request.POST.getlist("code")[:100]
        for dossier in visible_dossiers(request.person).filter(code__in=chosen).order_by("due_at", "pk"):
            try:
                result = sign_result(dossier, by=request.person, at=now())
                outcomes.append((dossier.code, _("đã ký số %(number)s") % {"number": result.number}, True))
            except Refused as refusal:
                outcomes.append((dossier.code, refusal.sentence, False))
    rows, after = queue.page(request.GET.get("sau", ""))
    drafts = {
        dossier.code: possible(request.person, dossier).draft
        for dossier in visible_dossiers(request.person).filter(code__in=[row.code for row in rows])
    }
    lines = [{"row": row, "draft": drafts.get(row.code)} for row in rows]
    return render(request, "dossiers/sign_many.html", {"lines": lines, "after": after, "outcomes": outcomes})
