"""At the desk: taking in, refusing, asking for what is missing, and what the citizen answers."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from tinhso.directory.models import Person
from tinhso.dossiers.access import can_work, desk_hat, owns
from tinhso.dossiers.actions.money import ask_no_longer
from tinhso.dossiers.actions.moving import (
    change,
    check,
    close_steps,
    end_pause,
    follow,
    locked,
    moment,
    refresh_deadline,
    said,
    start_pause,
)
from tinhso.dossiers.actions.papers import NewPaper, add_papers
from tinhso.dossiers.events import DossierReceived, DossierRefused, DossierSupplemented, DossierWithdrawn, SupplementAsked
from tinhso.dossiers.models import Dossier, Paper, Pause, Status, Step, SupplementRequest
from tinhso.dossiers.queries.deadlines import RECEPTION_CHECK, deadline_of, route_of
from tinhso.dossiers.rules.states import Verb
from tinhso.kernel.calendars import calendar_for
from tinhso.kernel.errors import Refused, require
from tinhso.kernel.events import record
from tinhso.kernel.folding import tidy


@transaction.atomic
def receive(dossier: Dossier, *, by: Person, at: datetime) -> Dossier:
    """Take a complete and valid dossier in: the clock starts, the receipt gets its promise, the first step opens."""
    dossier = locked(dossier)
    hat = desk_hat(by, dossier)
    require(hat is not None)
    if dossier.received_at and dossier.steps.filter(finished_by=by, finished_at=dossier.received_at).exists():
        return dossier  # the same clerk pressed twice
    check(Verb.RECEIVE, dossier)
    dossier.received_at = at
    due = deadline_of(dossier).due_at
    change(dossier, status=Status.RECEIVED, received_at=at, due_at=due, promised_at=due, check_due_at=None)
    record(DossierReceived(dossier.code, str(dossier.receiving_unit), moment(due)), on=dossier, by=by, at=at)
    route = route_of(dossier)
    move = route.begin()
    first = route.by_key[route.start]
    if first.unit == "desk":
        # The reception itself is the first step: it goes into the control sheet (form 06) as done.
        Step.objects.create(
            dossier=dossier,
            key=first.key,
            name=first.name,
            does=first.does,
            unit=dossier.receiving_unit,
            role=first.role,
            assignee=by,
            opened_at=at,
            due_at=at,
            legal_due_at=due,
            finished_at=at,
            finished_by=by,
            acting_for_id=hat.acting_for_id if hat else None,
            conclusion=Step.Conclusion.DONE,
        )
        move = route.finish(move.tokens, first.key)
    return follow(dossier, move, by=by, at=at)


@transaction.atomic
def refuse(dossier: Dossier, *, reason: str, by: Person, at: datetime) -> Dossier:
    """Refuse to take a dossier in, with the reason that form 03 prints."""
    dossier = locked(dossier)
    require(desk_hat(by, dossier) is not None)
    if dossier.status == Status.REFUSED:
        return dossier
    check(Verb.REFUSE, dossier)
    if dossier.received_at:
        raise Refused(
            "Hồ sơ đã được tiếp nhận. Muốn từ chối, xin soạn kết quả không chấp thuận hoặc dừng giải quyết.", code="already-received"
        )
    reason = said(reason, "Xin ghi lý do từ chối: người nộp sẽ đọc lý do này.", 1000)
    change(dossier, status=Status.REFUSED, finished_at=at, closed_reason=reason, due_at=None, check_due_at=None)
    close_steps(dossier, by=by, at=at)
    ask_no_longer(dossier, reason=f"Từ chối tiếp nhận: {reason}", by=by, at=at)
    record(DossierRefused(dossier.code, str(dossier.receiving_unit), reason), on=dossier, by=by, at=at)
    return dossier


@transaction.atomic
def ask_for_supplement(
    dossier: Dossier, *, items: Iterable[dict[str, str]], reason: str, by: Person, at: datetime, answer_by: date | None = None
) -> Dossier:
    """Ask for everything that is missing, once (form 02). The clock stands still until the citizen answers."""
    dossier = locked(dossier)
    require(desk_hat(by, dossier) is not None or can_work(by, dossier))
    asked = SupplementRequest.objects.filter(dossier=dossier).first()
    if asked and asked.asked_by_id == by.pk and dossier.status == Status.SUPPLEMENT:
        return dossier
    if asked:
        raise Refused(
            f"Hồ sơ đã được yêu cầu bổ sung một lần lúc {moment(asked.asked_at)}. Chỉ được yêu cầu bổ sung một lần, "
            "nên lần này xin liên hệ người nộp hoặc giải quyết theo hồ sơ hiện có.",
            code="asked-once",
        )
    check(Verb.ASK_SUPPLEMENT, dossier)
    wanted = [
        {"component": item.get("component", ""), "name": tidy(item.get("name", "")), "what": tidy(item.get("what", ""))}
        for item in items
        if tidy(item.get("name", ""))
    ]
    if not wanted:
        raise Refused("Xin nêu từng giấy tờ cần bổ sung.", field="items")
    reason = said(reason, "Xin ghi lý do: người nộp cần biết vì sao phải bổ sung.", 2000)
    SupplementRequest.objects.create(dossier=dossier, items=wanted, reason=reason, asked_by=by, asked_at=at, answer_by=answer_by)
    start_pause(dossier, Pause.Reason.SUPPLEMENT, at=at)
    change(dossier, status=Status.SUPPLEMENT, check_due_at=None)
    if dossier.received_at:
        refresh_deadline(dossier)
    record(SupplementAsked(dossier.code, len(wanted), reason), on=dossier, by=by, at=at)
    return dossier


@transaction.atomic
def supplement(dossier: Dossier, *, papers: Iterable[NewPaper], note: str = "", by: Person, at: datetime) -> Dossier:
    """Hand in what was asked for: the clock runs again, or the desk checks again if it had not received yet."""
    dossier = locked(dossier)
    require(owns(by, dossier) or desk_hat(by, dossier) is not None)
    request = SupplementRequest.objects.filter(dossier=dossier).first()
    if request and request.answered_at and dossier.status != Status.SUPPLEMENT:
        return dossier  # answered already, perhaps by the same press
    check(Verb.SUPPLEMENT, dossier)
    new = list(papers)
    if not new and not tidy(note):
        raise Refused("Xin thêm ít nhất một giấy tờ, hoặc ghi rõ vì sao không có.", field="papers")
    fresh = add_papers(dossier, new, by=by, at=at)
    for paper in fresh:
        Paper.objects.filter(dossier=dossier, component=paper.component, replaced_by=None, added_at__lt=at).update(replaced_by=paper)
    if request:
        request.answered_at, request.answer_note = at, tidy(note)[:2000]
        request.save(update_fields=["answered_at", "answer_note"])
    end_pause(dossier, at=at, reasons=[Pause.Reason.SUPPLEMENT])
    if dossier.received_at:
        change(dossier, status=Status.PROCESSING)
        refresh_deadline(dossier)
    else:
        calendar = calendar_for(dossier.receiving_unit.agency_id)
        change(dossier, status=Status.FILED, check_due_at=calendar.add(calendar.working_moment(at), RECEPTION_CHECK))
    record(DossierSupplemented(dossier.code, len(fresh)), on=dossier, by=by, at=at)
    return dossier


@transaction.atomic
def withdraw(dossier: Dossier, *, reason: str, by: Person, at: datetime) -> Dossier:
    """Take a dossier back: its owner, or the desk on the owner's word."""
    dossier = locked(dossier)
    require(owns(by, dossier) or desk_hat(by, dossier) is not None)
    if dossier.status == Status.WITHDRAWN:
        return dossier
    check(Verb.WITHDRAW, dossier)
    reason = said(reason, "Xin ghi lý do rút hồ sơ.", 1000)
    change(dossier, status=Status.WITHDRAWN, finished_at=at, closed_reason=reason, due_at=None, check_due_at=None)
    close_steps(dossier, by=by, at=at)
    ask_no_longer(dossier, reason=f"Rút hồ sơ: {reason}", by=by, at=at)
    record(DossierWithdrawn(dossier.code, reason), on=dossier, by=by, at=at)
    return dossier
