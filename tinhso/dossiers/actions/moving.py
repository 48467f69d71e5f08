"""What every verb shares: the lock, the table of moves, the steps that open, the deadline that follows."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate, now

from tinhso.dossiers.events import DossierFinished, StepOpened
from tinhso.dossiers.models import Delivery, Dossier, Pause, Result, Status, Step
from tinhso.dossiers.queries.deadlines import deadline_of, route_of, step_due
from tinhso.dossiers.queries.places import unit_for
from tinhso.dossiers.rules.punctuality import WORDS, punctuality
from tinhso.dossiers.rules.route import Move, Tokens
from tinhso.dossiers.rules.states import Verb, can
from tinhso.kernel.errors import Refused
from tinhso.kernel.events import record
from tinhso.kernel.folding import tidy
from tinhso.kernel.working_time import ZONE


def locked(dossier: Dossier) -> Dossier:
    """Return the dossier as it is now, locked until the transaction ends: two officials act one after the other."""
    return (
        Dossier.objects.select_for_update(of=("self",)).select_related("receiving_unit", "solving_agency", "extension").get(pk=dossier.pk)
    )


def check(verb: Verb, dossier: Dossier) -> None:
    """Refuse a verb that the dossier's status does not allow, saying how it stands."""
    if not can(verb, dossier.status):
        raise Refused(
            f"Hồ sơ {dossier.code} đang ở trạng thái “{dossier.get_status_display()}” nên không thực hiện được việc này. "
            "Có thể người khác vừa xử lý; xin tải lại trang để xem trạng thái mới.",
            code="wrong-status",
        )


def change(dossier: Dossier, **values: Any) -> Dossier:
    """Write fields and count the change."""
    values["revision"], values["updated_at"] = dossier.revision + 1, now()
    for name, value in values.items():
        setattr(dossier, name, value)
    dossier.save(update_fields=list(values))
    return dossier


def refresh_deadline(dossier: Dossier) -> Dossier:
    """Compute the due moment from the facts again and copy it to the open steps: the caller changed a fact."""
    # What the facts are read from must not come from an earlier look.
    dossier._state.fields_cache.pop("extension", None)
    due = deadline_of(dossier).due_at
    change(dossier, due_at=due)
    for step in Step.objects.filter(dossier=dossier).open():
        Step.objects.filter(pk=step.pk).update(legal_due_at=due, due_at=step_due(dossier, step.key, step.opened_at))
    return dossier


def tokens_of(dossier: Dossier) -> Tokens:
    opened = Step.objects.filter(dossier=dossier).open().values_list("key", flat=True)
    return Tokens(frozenset(opened), frozenset(dossier.waiting_steps))


def follow(dossier: Dossier, move: Move, *, by, at: datetime, assignees: dict[str, int] | None = None) -> Dossier:
    """Open what a move opens; when the return step opens, the dossier is finished."""
    route = route_of(dossier)
    waiting = sorted(move.tokens.waiting)
    if waiting != sorted(dossier.waiting_steps):
        change(dossier, waiting_steps=waiting)
    for key in move.opened:
        planned = route.by_key[key]
        if planned.does == "sign" and not Result.objects.filter(dossier=dossier, signed_at=None).exists():
            raise Refused("Chưa có dự thảo kết quả. Xin soạn dự thảo kết quả trước khi trình ký.", code="no-draft")
        unit = unit_for(planned.unit, dossier, localdate(at))
        Step.objects.create(
            dossier=dossier,
            key=key,
            name=planned.name,
            does=planned.does,
            unit=unit,
            role=planned.role,
            assignee_id=(assignees or {}).get(key),
            opened_at=at,
            due_at=step_due(dossier, key, at),
            legal_due_at=dossier.due_at,
        )
        if planned.does == "return":
            finish(dossier, by=by, at=at)
        else:
            record(StepOpened(dossier.code, planned.name, str(unit)), on=dossier, by=by, at=at)
    return dossier


def finish(dossier: Dossier, *, by, at: datetime) -> None:
    """Note that the work is done and the result waits for its owner."""
    word = WORDS[punctuality(at, dossier.due_at)]
    result = Result.objects.filter(dossier=dossier).exclude(signed_at=None).order_by("-pk").first()
    change(dossier, status=Status.FINISHED, finished_at=at, delivery=Delivery.READY)
    record(DossierFinished(dossier.code, str(dossier.receiving_unit), word, result.grants if result else True), on=dossier, by=by, at=at)


def close_steps(dossier: Dossier, *, by, at: datetime) -> None:
    """Cancel what is still open: the dossier ends on another road."""
    Step.objects.filter(dossier=dossier).open().update(finished_at=at, finished_by=by, conclusion=Step.Conclusion.CANCELLED)
    end_pause(dossier, at=at)


def start_pause(dossier: Dossier, reason: Pause.Reason, *, at: datetime) -> None:
    if Pause.objects.filter(dossier=dossier, ended_at=None).exists():
        raise Refused("Thời hạn của hồ sơ đang tạm dừng rồi.", code="already-paused")
    Pause.objects.create(dossier=dossier, reason=reason, started_at=at)


def end_pause(dossier: Dossier, *, at: datetime, reasons: Iterable[str] | None = None) -> bool:
    """End the running pause, if one of the reasons is running; say whether there was one."""
    running = Pause.objects.filter(dossier=dossier, ended_at=None)
    if reasons is not None:
        running = running.filter(reason__in=list(reasons))
    return running.update(ended_at=at) > 0


def moment(at: datetime | None) -> str:
    """Return a moment as timelines print it."""
    return f"{at.astimezone(ZONE):%H:%M %d/%m/%Y}" if at else "chưa xác định"


def said(text: str, sentence: str, longest: int, field: str = "reason") -> str:
    """Return what a person must say, tidy; refuse when there is nothing or too much."""
    text = tidy(text)
    if not text:
        raise Refused(sentence, field=field)
    if len(text) > longest:
        raise Refused(f"Nội dung dài quá {longest} ký tự (đang có {len(text)}). Xin viết ngắn lại.", field=field)
    return text
