"""What follows from what happened: people are told, and the work of ended units moves on. May be told twice."""

from datetime import timedelta

from django.urls import reverse
from django.utils.timezone import localdate

from tinhso.directory.events import UnitSucceeded
from tinhso.directory.models import Person, Role
from tinhso.directory.queries import holders
from tinhso.dossiers import events
from tinhso.dossiers.actions.figures import reopen_month
from tinhso.dossiers.actions.money import fee_paid, fee_refunded
from tinhso.dossiers.actions.moving import locked, moment
from tinhso.dossiers.actions.transfers import transfer_after
from tinhso.dossiers.models import Dossier, Opinion, Result, Step
from tinhso.kernel.announcements import when
from tinhso.kernel.models import Event
from tinhso.messaging.actions import send
from tinhso.payments.hooks import locks_first, on_paid, on_refunded
from tinhso.payments.models import Payment, PaymentRequest, Refund
from tinhso.signing.events import SignatureStamped

# What happened longer ago than this is no news: a rebuilt listener must not write to a whole province.
STALE = timedelta(days=7)

# Announcement → template of the message to the owner. The template's fields are those of the announcement,
# the procedure's name and the unit that acts.
TO_OWNER = {
    events.DossierFiled: "dossier-filed",
    events.DossierReceived: "dossier-received",
    events.DossierRefused: "dossier-refused",
    events.FeeAsked: "fee-asked",
    events.FeePaid: "fee-paid",
    events.SupplementAsked: "supplement-asked",
    events.DeadlineExtended: "deadline-extended",
    events.ClockPaused: "clock-paused",
    events.ClockResumed: "clock-resumed",
    events.DossierStopped: "dossier-stopped",
    events.DossierWithdrawn: "dossier-withdrawn",
    events.DossierFinished: "dossier-finished",
    events.ResultReturned: "result-returned",
    events.DossierTransferred: "dossier-transferred",
}


def _dossier(event: Event) -> Dossier | None:
    if event.recorded_at - event.at > STALE:
        return None
    return Dossier.objects.select_related("applicant", "solving_agency").filter(pk=event.subject_id).first()


def _tell_owner(event: Event, template: str) -> None:
    dossier = _dossier(event)
    if dossier is None:
        return
    fields = {"unit": str(dossier.solving_agency), **event.payload, "procedure": dossier.definition.name}
    # Letters speak of money in words, not in digits alone.
    fields["amount"] = event.payload.get("amount_text", "")
    send(template, to=dossier.applicant, fields=fields, about=event, at=event.at, link=reverse("my-dossier", args=[dossier.code]))


def _teller(kind: type, template: str):
    def tell(event: Event) -> None:
        _tell_owner(event, template)

    # The name keys the progress of delivery and may never change.
    tell.__name__ = f"tell_owner_{template.replace('-', '_')}"
    tell.__module__ = __name__
    return when(kind)(tell)


for _kind, _template in TO_OWNER.items():
    _teller(_kind, _template)


def _tell_official(event: Event, template: str, to: Person, dossier: Dossier, fields: dict) -> None:
    send(template, to=to, fields=fields, about=event, at=event.at, link=dossier.get_absolute_url())


@when(events.StepAssigned)
def tell_assignee(event: Event) -> None:
    dossier, told = _dossier(event), event.announcement
    assignee = Person.objects.filter(pk=told.assignee_id, is_active=True).first()
    if dossier is None or assignee is None or assignee.pk == event.actor_id:
        return
    step = Step.objects.filter(dossier=dossier, name=told.step, assignee=assignee).select_related("unit").order_by("-pk").first()
    due = moment(step.due_at) if step else moment(None)
    fields = {"code": dossier.code, "step": told.step, "unit": str(step.unit) if step else "", "due": due}
    _tell_official(event, "work-assigned", assignee, dossier, fields)


@when(events.StepSentBack)
def tell_who_must_do_it_again(event: Event) -> None:
    dossier, told = _dossier(event), event.announcement
    if dossier is None:
        return
    step = Step.objects.open().filter(dossier=dossier, name=told.to).select_related("assignee").order_by("-pk").first()
    if step and step.assignee and step.assignee.is_active:
        _tell_official(event, "work-sent-back", step.assignee, dossier, {"code": dossier.code, "step": told.to, "note": told.note})


@when(events.OpinionAsked)
def tell_who_is_asked(event: Event) -> None:
    dossier, told = _dossier(event), event.announcement
    if dossier is None:
        return
    opinion = Opinion.objects.filter(dossier=dossier, asked_at=event.at).select_related("agency").first()
    if opinion is None:
        return
    fields = {"code": dossier.code, "asking_unit": str(dossier.solving_agency), "question": told.question, "due": moment(opinion.due_at)}
    for leader in holders(opinion.agency, Role.LEADER, localdate(event.at)):
        _tell_official(event, "opinion-asked", leader, dossier, fields)


@when(events.OpinionGiven)
def tell_who_asked(event: Event) -> None:
    dossier, told = _dossier(event), event.announcement
    if dossier is None:
        return
    opinion = Opinion.objects.filter(dossier=dossier, answered_at=event.at).select_related("asked_by").first()
    if opinion and opinion.asked_by.is_active:
        fields = {"code": dossier.code, "agency": told.agency, "verdict": told.verdict}
        _tell_official(event, "opinion-given", opinion.asked_by, dossier, fields)


@when(events.DossierSupplemented)
def tell_who_asked_for_the_supplement(event: Event) -> None:
    dossier = _dossier(event)
    asked = getattr(dossier, "supplement_request", None) if dossier else None
    if dossier and asked and asked.asked_by.is_active:
        fields = {"code": dossier.code, "procedure": dossier.definition.name}
        _tell_official(event, "supplement-arrived", asked.asked_by, dossier, fields)


@when(UnitSucceeded)
def move_open_work(event: Event) -> None:
    transfer_after(event)


@when(SignatureStamped)
def keep_stamped_result(event: Event) -> None:
    """The time stamp that could not be had at signing came: the file that carries it is the result from now on."""
    told = event.announcement
    Result.objects.filter(file_id=told.sha256).update(file_id=told.stamped_sha256, signature_level=told.level)


@when(events.DossierTransferred)
def count_again_after_transfer(event: Event) -> None:
    """A dossier that passed to a successor counts there: what was kept of the month it came in no longer holds."""
    received_at = Dossier.objects.values_list("received_at", flat=True).get(pk=event.subject_id)
    if received_at:
        reopen_month(received_at)


@locks_first("dossiers.dossier")
def lock_dossier(dossier_id: int) -> None:
    locked(Dossier(pk=dossier_id))


@on_paid("dossiers.dossier")
def note_payment(request: PaymentRequest, payment: Payment) -> None:
    fee_paid(request.subject_id, request, payment)


@on_refunded("dossiers.dossier")
def note_refund(request: PaymentRequest, refund: Refund) -> None:
    fee_refunded(request.subject_id)
