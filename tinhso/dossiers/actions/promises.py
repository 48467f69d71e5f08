"""Promises and how they end otherwise: the apology with a new date, waiting for others, stopping, money asked for later."""

from datetime import datetime

from django.db import transaction

from tinhso.directory.models import Person
from tinhso.dossiers.access import can_lead, can_work, desk_hat
from tinhso.dossiers.actions.money import ask_no_longer
from tinhso.dossiers.actions.moving import change, check, close_steps, end_pause, locked, moment, refresh_deadline, said, start_pause
from tinhso.dossiers.events import ClockPaused, ClockResumed, DeadlineExtended, DossierStopped
from tinhso.dossiers.models import Dossier, Extension, Pause, Status
from tinhso.dossiers.rules.states import Verb
from tinhso.kernel.calendars import calendar_for
from tinhso.kernel.errors import Refused, require
from tinhso.kernel.events import record
from tinhso.kernel.working_time import ZONE


@transaction.atomic
def extend_deadline(dossier: Dossier, *, new_due_at: datetime, reason: str, by: Person, at: datetime) -> Dossier:
    """Apologise and give a new date (form 04): once, before the old date, by a leader of the solving agency."""
    dossier = locked(dossier)
    require(can_lead(by, dossier))
    given = Extension.objects.filter(dossier=dossier).first()
    if given and given.by_id == by.pk and given.new_due_at == new_due_at:
        return dossier
    if given:
        raise Refused(f"Hồ sơ đã xin lỗi và hẹn lại một lần ({moment(given.new_due_at)}). Chỉ được hẹn lại một lần.", code="extended-once")
    check(Verb.EXTEND, dossier)
    if dossier.due_at is None:
        raise Refused("Thời hạn đang tạm dừng nên chưa cần hẹn lại.", code="paused")
    if at >= dossier.due_at:
        raise Refused(
            f"Đã quá hạn trả ({moment(dossier.due_at)}). Xin lỗi và hẹn lại phải làm trước hạn; hồ sơ được tính là trễ hạn.",
            code="too-late",
        )
    if new_due_at <= dossier.due_at:
        raise Refused(f"Ngày hẹn mới phải sau {moment(dossier.due_at)}.", field="new_due_at")
    calendar = calendar_for(dossier.solving_agency_id)
    # The end of a shift is a working moment too.
    if not any(span.start <= new_due_at <= span.end for span in calendar.spans_of(new_due_at.astimezone(ZONE).date())):
        raise Refused("Ngày hẹn mới phải trong giờ làm việc.", field="new_due_at")
    reason = said(reason, "Xin ghi lý do xin lỗi và hẹn lại: người nộp sẽ đọc lý do này.", 2000)
    old = dossier.due_at
    Extension.objects.create(dossier=dossier, old_due_at=old, new_due_at=new_due_at, reason=reason, by=by, at=at)
    refresh_deadline(dossier)
    record(DeadlineExtended(dossier.code, moment(old), moment(new_due_at), reason), on=dossier, by=by, at=at)
    return dossier


@transaction.atomic
def pause_clock(dossier: Dossier, *, reason: str, by: Person, at: datetime) -> Dossier:
    """Stop counting while an office outside the province has the dossier (declared, with its reason)."""
    dossier = locked(dossier)
    require(can_work(by, dossier))
    if Pause.objects.filter(dossier=dossier, ended_at=None, reason=Pause.Reason.EXTERNAL).exists():
        return dossier
    check(Verb.PAUSE, dossier)
    reason = said(reason, "Xin ghi cơ quan và việc đang chờ.", 300)
    start_pause(dossier, Pause.Reason.EXTERNAL, at=at)
    refresh_deadline(dossier)
    record(ClockPaused(dossier.code, reason), on=dossier, by=by, at=at)
    return dossier


@transaction.atomic
def resume_clock(dossier: Dossier, *, by: Person, at: datetime) -> Dossier:
    dossier = locked(dossier)
    require(can_work(by, dossier))
    check(Verb.RESUME, dossier)
    if end_pause(dossier, at=at, reasons=[Pause.Reason.EXTERNAL]):
        refresh_deadline(dossier)
        record(ClockResumed(dossier.code, moment(dossier.due_at)), on=dossier, by=by, at=at)
    return dossier


@transaction.atomic
def stop(dossier: Dossier, *, reason: str, by: Person, at: datetime) -> Dossier:
    """End the work without a result (form 05), by a leader, or by the desk when nobody answered in time."""
    dossier = locked(dossier)
    unanswered = dossier.status in (Status.SUPPLEMENT, Status.FEE) and desk_hat(by, dossier) is not None
    require(can_lead(by, dossier) or unanswered)
    if dossier.status == Status.STOPPED:
        return dossier
    check(Verb.STOP, dossier)
    reason = said(reason, "Xin ghi lý do dừng giải quyết.", 1000)
    change(dossier, status=Status.STOPPED, finished_at=at, closed_reason=reason, due_at=None, check_due_at=None)
    close_steps(dossier, by=by, at=at)
    ask_no_longer(dossier, reason=f"Dừng giải quyết: {reason}", by=by, at=at)
    record(DossierStopped(dossier.code, reason), on=dossier, by=by, at=at)
    return dossier
