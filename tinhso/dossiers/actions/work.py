"""In the offices: giving work out, doing steps, sending back, asking others, drafting the result."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from tinhso.directory.models import Person, Unit
from tinhso.dossiers.access import can_answer, can_assign, can_work, step_hat
from tinhso.dossiers.actions.moving import change, check, follow, locked, said, tokens_of
from tinhso.dossiers.events import OpinionAsked, OpinionGiven, ResultDrafted, StepAssigned, StepFinished, StepOpened, StepSentBack
from tinhso.dossiers.models import Dossier, Opinion, Result, Status, Step
from tinhso.dossiers.queries.deadlines import route_of, step_due
from tinhso.dossiers.rules.route import WrongTurn
from tinhso.dossiers.rules.states import Verb
from tinhso.kernel.calendars import calendar_for
from tinhso.kernel.errors import Refused, require
from tinhso.kernel.events import record
from tinhso.kernel.folding import tidy

# Steps that end with a document or a hand-over have their own verbs.
OWN_VERBS = {"sign": "ký kết quả", "stamp": "đóng dấu", "return": "trả kết quả"}
OPINION_DAYS = 3


@transaction.atomic
def assign(step: Step, *, to: Person, by: Person, at: datetime) -> Step:
    """Give a step to somebody of its unit, or take it oneself."""
    dossier, step = lock_step(step)
    require(can_assign(by, step))
    if step.assignee_id == to.pk:
        return step
    _check_open(step)
    check(Verb.WORK, dossier)
    if step_hat(to, Step(role=step.role, unit=step.unit)) is None:
        raise Refused(f"{to} không giữ vai trò “{step.get_role_display()}” tại {step.unit}. Xin chọn người khác.", field="to")
    step.assignee = to
    step.save(update_fields=["assignee"])
    _begin(dossier)
    record(StepAssigned(dossier.code, step.name, str(to), to.pk), on=dossier, by=by, at=at)
    return step


@transaction.atomic
def finish_step(step: Step, *, note: str = "", choice: str | None = None, by: Person, at: datetime) -> Step:
    """Finish a step and pass the dossier on; where the route forks, `choice` says which way."""
    dossier, step = lock_step(step)
    hat = step_hat(by, step)
    require(hat is not None)
    if step.finished_at and step.finished_by_id == by.pk and step.conclusion == Step.Conclusion.DONE:
        return step  # pressed twice
    _check_open(step)
    check(Verb.WORK, dossier)
    if step.does in OWN_VERBS:
        raise Refused(f"Bước “{step.name}” hoàn thành bằng việc {OWN_VERBS[step.does]}.", code="own-verb")
    _check_opinions(dossier, at)
    return close_step(dossier, step, note=note, choice=choice, by=by, at=at, acting_for_id=hat.acting_for_id if hat else None)


def close_step(
    dossier: Dossier, step: Step, *, note: str, by: Person, at: datetime, choice: str | None = None, acting_for_id: int | None = None
) -> Step:
    """Write a step's end and open what follows; the caller holds the lock and has asked for the right."""
    try:
        move = route_of(dossier).finish(tokens_of(dossier), step.key, choice)
    except WrongTurn:
        raise Refused("Quy trình không có hướng chuyển này. Xin tải lại trang.", field="choice") from None
    _end(step, Step.Conclusion.DONE, note=note, by=by, at=at, acting_for_id=acting_for_id)
    _begin(dossier)
    record(StepFinished(dossier.code, step.name, str(step.unit), step.conclusion, step.note, stand_in(step)), on=dossier, by=by, at=at)
    follow(dossier, move, by=by, at=at)
    return step


@transaction.atomic
def send_back(step: Step, *, to: str, note: str, by: Person, at: datetime) -> Step:
    """Return the dossier to an earlier step, to whoever did it, with what is to be done again."""
    dossier, step = lock_step(step)
    hat = step_hat(by, step)
    require(hat is not None)
    if step.finished_at and step.finished_by_id == by.pk and step.conclusion == Step.Conclusion.SENT_BACK:
        return step
    _check_open(step)
    check(Verb.WORK, dossier)
    note = said(note, "Xin ghi rõ cần làm lại điều gì.", 2000, field="note")
    earlier = Step.objects.filter(dossier=dossier, key=to).exclude(finished_at=None).order_by("-pk").first()
    if earlier is None or earlier.unit_id == dossier.receiving_unit_id:
        raise Refused("Xin chọn bước đã qua trong quy trình để trả lại.", field="to")
    try:
        move = route_of(dossier).send_back(tokens_of(dossier), step.key, to)
    except WrongTurn:
        raise Refused("Quy trình không cho trả lại bước này.", field="to") from None
    _end(step, Step.Conclusion.SENT_BACK, note=note, by=by, at=at, acting_for_id=hat.acting_for_id if hat else None)
    record(StepSentBack(dossier.code, step.name, earlier.name, str(step.unit), note), on=dossier, by=by, at=at)
    if move.tokens.waiting != frozenset(dossier.waiting_steps):
        change(dossier, waiting_steps=sorted(move.tokens.waiting))
    for key in move.opened:
        Step.objects.create(
            dossier=dossier,
            key=key,
            name=earlier.name,
            does=earlier.does,
            unit=earlier.unit,
            role=earlier.role,
            assignee_id=earlier.finished_by_id,
            opened_at=at,
            due_at=step_due(dossier, key, at),
            legal_due_at=dossier.due_at,
        )
        record(StepOpened(dossier.code, earlier.name, str(earlier.unit)), on=dossier, by=by, at=at)
    change(dossier)
    return step


@transaction.atomic
def draft_result(
    dossier: Dossier, *, grants: bool, name: str, content: Mapping[str, str], by: Person, at: datetime, outcome_code: str = ""
) -> Result:
    """Write the result down before it goes to signature; again before signing, it is the same draft improved."""
    dossier = locked(dossier)
    require(can_work(by, dossier))
    check(Verb.WORK, dossier)
    name = said(name, "Xin ghi tên kết quả.", 500, field="name")
    body = {key: value for key, value in content.items() if tidy(str(value))}
    if not body.get("body"):
        raise Refused("Xin soạn nội dung kết quả." if grants else "Xin ghi lý do không chấp thuận.", field="body")
    result, _ = Result.objects.update_or_create(
        dossier=dossier,
        signed_at=None,
        defaults={
            "name": name,
            "grants": grants,
            "content": body,
            "outcome_code": outcome_code,
            "agency": dossier.solving_agency,
            "drafted_by": by,
            "drafted_at": at,
        },
    )
    _begin(dossier)
    record(ResultDrafted(dossier.code, name, grants), on=dossier, by=by, at=at)
    return result


@transaction.atomic
def ask_opinion(dossier: Dossier, *, agency: Unit, question: str, by: Person, at: datetime, working_days: int = OPINION_DAYS) -> Opinion:
    """Ask another agency, with a deadline of its own; the dossier's clock runs on."""
    dossier = locked(dossier)
    require(can_work(by, dossier))
    check(Verb.ASK_OPINION, dossier)
    if agency.pk == dossier.solving_agency_id:
        raise Refused("Xin chọn cơ quan khác với cơ quan giải quyết.", field="agency")
    question = said(question, "Xin ghi nội dung cần cho ý kiến.", 2000, field="question")
    if not 1 <= working_days <= 30:
        raise Refused("Thời hạn trả lời từ 1 đến 30 ngày làm việc.", field="working_days")
    waiting = Opinion.objects.filter(dossier=dossier, agency=agency, answered_at=None).first()
    if waiting:
        return waiting
    calendar = calendar_for(agency.pk)
    due = calendar.add(calendar.working_moment(at), working_days * calendar.day_length)
    opinion = Opinion.objects.create(dossier=dossier, agency=agency, question=question, asked_by=by, asked_at=at, due_at=due)
    _begin(dossier)
    record(OpinionAsked(dossier.code, str(agency), question), on=dossier, by=by, at=at)
    return opinion


@transaction.atomic
def answer_opinion(opinion: Opinion, *, agrees: bool, answer: str, by: Person, at: datetime) -> Opinion:
    """Answer for one's agency. A late answer is still kept: who asked sees when it came."""
    dossier = locked(opinion.dossier)
    opinion = Opinion.objects.select_related("agency").get(pk=opinion.pk)
    require(can_answer(by, opinion))
    if opinion.answered_at:
        if opinion.answered_by_id == by.pk:
            return opinion
        raise Refused(f"{opinion.agency} đã trả lời rồi.", code="answered")
    answer = said(answer, "Xin ghi nội dung trả lời.", 4000, field="answer")
    opinion.answered_at, opinion.answered_by, opinion.agrees, opinion.answer = at, by, agrees, answer
    opinion.save(update_fields=["answered_at", "answered_by", "agrees", "answer"])
    change(dossier)
    record(OpinionGiven(dossier.code, str(opinion.agency), "đồng ý" if agrees else "không đồng ý"), on=dossier, by=by, at=at)
    return opinion


def lock_step(step: Step) -> tuple[Dossier, Step]:
    """Return the dossier, locked, and the step as it is now."""
    dossier = locked(step.dossier)
    step = Step.objects.select_related("unit").get(pk=step.pk)
    step.dossier = dossier
    return dossier, step


def stand_in(step: Step) -> str:
    return f" (thay {step.acting_for})" if step.acting_for_id else ""


def _check_open(step: Step) -> None:
    if step.finished_at:
        raise Refused(
            f"Bước “{step.name}” đã được {step.finished_by or 'hệ thống'} xử lý lúc {step.finished_at:%H:%M}. Xin tải lại trang.",
            code="step-finished",
        )


def _check_opinions(dossier: Dossier, at: datetime) -> None:
    # Asked at every step, nearly always for nothing: only the name is read.
    waiting = Opinion.objects.filter(dossier=dossier, answered_at=None, due_at__gt=at).values_list("agency__name", flat=True).first()
    if waiting:
        raise Refused(
            f"{waiting} chưa trả lời ý kiến và còn trong hạn. Chuyển bước được khi có trả lời hoặc khi quá hạn trả lời.",
            code="opinion-open",
        )


def _begin(dossier: Dossier) -> None:
    change(dossier, **({"status": Status.PROCESSING} if dossier.status == Status.RECEIVED else {}))


def _end(step: Step, conclusion: Step.Conclusion, *, note: str, by: Person, at: datetime, acting_for_id: int | None) -> None:
    step.finished_at, step.finished_by, step.conclusion = at, by, conclusion
    step.note, step.acting_for_id = tidy(note)[:2000], acting_for_id
    step.save(update_fields=["finished_at", "finished_by", "conclusion", "note", "acting_for"])
