"""What officials do, asked for by the systems they work in: the action asks for the official's right, as on a page.

Each verb answers with where the dossier stands. An action done twice changes nothing; with an Idempotency-Key even a step
that the same person may do again later is told apart from a call that is only repeated.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import now
from ninja import Router

from tinhso.directory.api import TokenAuth, official_for
from tinhso.directory.models import Person
from tinhso.dossiers.actions.money import ask_fee, take_cash
from tinhso.dossiers.actions.outcome import return_result, seal_result, sign_result
from tinhso.dossiers.actions.promises import extend_deadline, pause_clock, resume_clock, stop
from tinhso.dossiers.actions.reception import ask_for_supplement, receive, refuse, supplement, withdraw
from tinhso.dossiers.actions.work import answer_opinion, ask_opinion, assign, draft_result, finish_step, send_back
from tinhso.dossiers.api import shapes
from tinhso.dossiers.api.filing import agency_by_code, papers_of
from tinhso.dossiers.api.reading import caller_of, reachable
from tinhso.dossiers.events import DossierFiled
from tinhso.dossiers.models import Dossier, Opinion, Step
from tinhso.dossiers.queries.record import standing
from tinhso.dossiers.rules.answers import case_of
from tinhso.kernel.api import PROBLEMS, Key, answer
from tinhso.kernel.errors import Refused
from tinhso.kernel.events import acting_through
from tinhso.kernel.models import Event
from tinhso.kernel.once import once
from tinhso.payments.actions.asking import Line

router = Router(auth=TokenAuth("dossiers:write"))
ANSWERS: dict[int, Any] = {200: shapes.Standing, **PROBLEMS}


def done(request: HttpRequest, code: str, said: shapes.By, key: Any, do: Callable[[Dossier, Person, datetime], Any]) -> HttpResponse:
    """Do a verb for an official and answer with where the dossier stands."""
    dossier = reachable(request, code)
    by, at = actor_of(request, dossier, said), now()

    def run() -> bool:
        with acting_through(caller_of(request).system.full_name):
            do(dossier, by, at)
        return True

    if key:
        once(key, "dossiers.api", by_id=by.pk, request=[request.path, said.model_dump(mode="json")], do=run)
    else:
        run()
    return answer(standing(dossier.pk))


def actor_of(request: HttpRequest, dossier: Dossier, said: shapes.By) -> Person:
    """Return the official who is named, else the owner, for whom only the system speaks through which they filed."""
    caller = caller_of(request)
    if said.by:
        return official_for(caller, said.by)
    filed = {"subject_kind": "dossiers.dossier", "subject_id": dossier.pk, "kind": DossierFiled.kind, "actor_id": caller.system.pk}
    if not Event.objects.filter(**filed).exists():
        raise Refused("Xin nêu cán bộ thực hiện: hồ sơ này không do hệ thống của bạn nộp.", field="by", code="unknown-official")
    return Person.objects.get(pk=dossier.applicant_id)


def step_of(dossier: Dossier, key: str) -> Step:
    """Return the open step of a key, else the last that was: what is asked again must find what was done."""
    # The action reads it again under the lock; here it is only found.
    found = Step.objects.filter(dossier=dossier, key=key).order_by("-pk").values_list("pk", flat=True).first()
    if found is None:
        raise Http404
    step = Step.from_db("default", ["id"], [found])
    step.dossier = dossier
    return step


@router.post("/{code}/receive", response=ANSWERS, summary="Tiếp nhận hồ sơ", operation_id="receiveDossier")
def post_receive(request: HttpRequest, code: str, said: shapes.By, key: Key = None) -> HttpResponse:
    return done(request, code, said, key, lambda dossier, by, at: receive(dossier, by=by, at=at))


@router.post("/{code}/refuse", response=ANSWERS, summary="Từ chối tiếp nhận", operation_id="refuseDossier")
def post_refuse(request: HttpRequest, code: str, said: shapes.ByWithReason, key: Key = None) -> HttpResponse:
    return done(request, code, said, key, lambda dossier, by, at: refuse(dossier, reason=said.reason, by=by, at=at))


@router.post("/{code}/supplement-request", response=ANSWERS, summary="Yêu cầu bổ sung", operation_id="askForSupplement")
def post_supplement_request(request: HttpRequest, code: str, said: shapes.SupplementIn, key: Key = None) -> HttpResponse:
    items = [item.model_dump() for item in said.items]
    return done(
        request,
        code,
        said,
        key,
        lambda dossier, by, at: ask_for_supplement(dossier, items=items, reason=said.reason, by=by, at=at, answer_by=said.answer_by),
    )


@router.post("/{code}/supplement", response=ANSWERS, summary="Bổ sung hồ sơ", operation_id="supplementDossier")
def post_supplement(request: HttpRequest, code: str, said: shapes.SupplyIn, key: Key = None) -> HttpResponse:
    def do(dossier: Dossier, by: Person, at: datetime) -> None:
        papers = papers_of(said.papers, case_of(dossier.definition, dossier.case), caller_of(request))
        supplement(dossier, papers=papers, note=said.note, by=by, at=at)

    return done(request, code, said, key, do)


@router.post("/{code}/steps/{step}/assign", response=ANSWERS, summary="Phân công một bước", operation_id="assignStep")
def post_assign(request: HttpRequest, code: str, step: str, said: shapes.AssignIn, key: Key = None) -> HttpResponse:
    def do(dossier: Dossier, by: Person, at: datetime) -> None:
        assign(step_of(dossier, step), to=official_for(caller_of(request), said.to, field="to"), by=by, at=at)

    return done(request, code, said, key, do)


@router.post("/{code}/steps/{step}/finish", response=ANSWERS, summary="Hoàn thành một bước", operation_id="finishStep")
def post_finish(request: HttpRequest, code: str, step: str, said: shapes.FinishIn, key: Key = None) -> HttpResponse:
    return done(
        request,
        code,
        said,
        key,
        lambda dossier, by, at: finish_step(step_of(dossier, step), note=said.note, choice=said.choice, by=by, at=at),
    )


@router.post("/{code}/steps/{step}/send-back", response=ANSWERS, summary="Trả lại bước trước", operation_id="sendBackStep")
def post_send_back(request: HttpRequest, code: str, step: str, said: shapes.SendBackIn, key: Key = None) -> HttpResponse:
    return done(
        request, code, said, key, lambda dossier, by, at: send_back(step_of(dossier, step), to=said.to, note=said.note, by=by, at=at)
    )


@router.post("/{code}/draft-result", response=ANSWERS, summary="Soạn dự thảo kết quả", operation_id="draftResult")
def post_draft_result(request: HttpRequest, code: str, said: shapes.DraftIn, key: Key = None) -> HttpResponse:
    def do(dossier: Dossier, by: Person, at: datetime) -> None:
        content = {"body": said.body}
        draft_result(dossier, grants=said.grants, name=said.name, content=content, outcome_code=said.outcome_code, by=by, at=at)

    return done(request, code, said, key, do)


@router.post("/{code}/sign", response=ANSWERS, summary="Ký số kết quả", operation_id="signResult")
def post_sign(request: HttpRequest, code: str, said: shapes.ByWithNote) -> HttpResponse:
    """Gọi lại không ký hai lần. Mất kết nối với dịch vụ dấu thời gian thì mức chữ ký hạ xuống B-B, chữ ký không mất."""
    # The key is used outside any transaction, so the errand's own key could not be kept with it.
    return done(request, code, said, None, lambda dossier, by, at: sign_result(dossier, note=said.note, by=by, at=at))


@router.post("/{code}/seal", response=ANSWERS, summary="Đóng dấu cơ quan", operation_id="sealResult")
def post_seal(request: HttpRequest, code: str, said: shapes.By) -> HttpResponse:
    return done(request, code, said, None, lambda dossier, by, at: seal_result(dossier, by=by, at=at))


@router.post("/{code}/fee", response=ANSWERS, summary="Đề nghị nộp phí, lệ phí", operation_id="askFee")
def post_fee(request: HttpRequest, code: str, said: shapes.FeeIn, key: Key = None) -> HttpResponse:
    """Thời hạn tạm dừng cho đến khi nộp; trang nộp tiền có trong `payments` của hồ sơ."""
    lines = [Line(line.name, line.amount, line.kind) for line in said.lines]
    return done(request, code, said, key, lambda dossier, by, at: ask_fee(dossier, lines=lines, by=by, at=at))


@router.post("/{code}/cash", response=ANSWERS, summary="Thu tiền mặt tại Một cửa", operation_id="takeCash")
def post_cash(request: HttpRequest, code: str, said: shapes.By, key: Key = None) -> HttpResponse:
    return done(request, code, said, key, lambda dossier, by, at: take_cash(dossier, by=by, at=at))


@router.post("/{code}/return", response=ANSWERS, summary="Trả kết quả", operation_id="returnResult")
def post_return(request: HttpRequest, code: str, said: shapes.ReturnIn, key: Key = None) -> HttpResponse:
    return done(request, code, said, key, lambda dossier, by, at: return_result(dossier, how=said.how, by=by, at=at))


@router.post("/{code}/withdraw", response=ANSWERS, summary="Rút hồ sơ theo yêu cầu của người nộp", operation_id="withdrawDossier")
def post_withdraw(request: HttpRequest, code: str, said: shapes.WithdrawIn, key: Key = None) -> HttpResponse:
    return done(request, code, said, key, lambda dossier, by, at: withdraw(dossier, reason=said.reason, by=by, at=at))


@router.post("/{code}/stop", response=ANSWERS, summary="Dừng giải quyết", operation_id="stopDossier")
def post_stop(request: HttpRequest, code: str, said: shapes.ByWithReason, key: Key = None) -> HttpResponse:
    return done(request, code, said, key, lambda dossier, by, at: stop(dossier, reason=said.reason, by=by, at=at))


@router.post("/{code}/extend", response=ANSWERS, summary="Xin lỗi và hẹn lại", operation_id="extendDeadline")
def post_extend(request: HttpRequest, code: str, said: shapes.ExtendIn, key: Key = None) -> HttpResponse:
    if said.new_due_at.tzinfo is None:
        raise Refused("Thời điểm phải có múi giờ, ví dụ 2026-04-23T10:00:00+07:00.", field="new_due_at", code="invalid")
    return done(
        request,
        code,
        said,
        key,
        lambda dossier, by, at: extend_deadline(dossier, new_due_at=said.new_due_at, reason=said.reason, by=by, at=at),
    )


@router.post("/{code}/pause", response=ANSWERS, summary="Tạm dừng tính thời hạn", operation_id="pauseClock")
def post_pause(request: HttpRequest, code: str, said: shapes.ByWithReason, key: Key = None) -> HttpResponse:
    return done(request, code, said, key, lambda dossier, by, at: pause_clock(dossier, reason=said.reason, by=by, at=at))


@router.post("/{code}/resume", response=ANSWERS, summary="Tiếp tục tính thời hạn", operation_id="resumeClock")
def post_resume(request: HttpRequest, code: str, said: shapes.By, key: Key = None) -> HttpResponse:
    return done(request, code, said, key, lambda dossier, by, at: resume_clock(dossier, by=by, at=at))


@router.post("/{code}/opinions", response=ANSWERS, summary="Lấy ý kiến cơ quan khác", operation_id="askOpinion")
def post_opinion(request: HttpRequest, code: str, said: shapes.AskIn, key: Key = None) -> HttpResponse:
    def do(dossier: Dossier, by: Person, at: datetime) -> None:
        agency = agency_by_code(said.agency, field="agency")
        ask_opinion(dossier, agency=agency, question=said.question, working_days=said.working_days, by=by, at=at)

    return done(request, code, said, key, do)


@router.post("/{code}/opinions/{int:opinion_id}/answer", response=ANSWERS, summary="Trả lời ý kiến", operation_id="answerOpinion")
def post_opinion_answer(request: HttpRequest, code: str, opinion_id: int, said: shapes.AnswerIn, key: Key = None) -> HttpResponse:
    def do(dossier: Dossier, by: Person, at: datetime) -> None:
        opinion = Opinion.objects.filter(dossier=dossier, pk=opinion_id).select_related("agency", "dossier").first()
        if opinion is None:
            raise Http404
        answer_opinion(opinion, agrees=said.agrees, answer=said.answer, by=by, at=at)

    return done(request, code, said, key, do)
