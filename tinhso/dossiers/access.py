"""Who sees which dossiers, and who may do which verb to them."""

from collections.abc import Collection
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from tinhso.directory.access import Hat, agencies_of, hat_for, hats, units_of
from tinhso.directory.models import AGENCY_ROLES, Person, Role
from tinhso.dossiers.models import Dossier, Draft, Opinion, Result, Step

# Whoever watches over the whole province reads every dossier; each reading is logged.
WATCHERS = (Role.SUPERVISOR, Role.AUDITOR)
# Roles of registers and machines give no right to anybody's dossier.
HANDLERS = (Role.CLERK, Role.SPECIALIST, Role.DIVISION_HEAD, Role.LEADER, Role.RECORDS)


def visible_dossiers(person: Person, day: date | None = None) -> QuerySet[Dossier]:
    """Return the dossiers that a person may know of: one's own, those of one's office, those that came by it."""
    if person.is_citizen:
        return Dossier.objects.filter(applicant=person)
    if not person.is_official:
        return Dossier.objects.none()
    worn = hats(person, day)
    if any(hat.role in WATCHERS for hat in worn):
        return Dossier.objects.all()
    agencies = {hat.agency_id for hat in worn if hat.role in HANDLERS}
    units = {hat.unit_id for hat in worn if hat.role in HANDLERS}
    if not agencies:
        return Dossier.objects.none()
    came_by = Step.objects.filter(dossier=OuterRef("pk"), unit_id__in=units | agencies)
    was_asked = Opinion.objects.filter(dossier=OuterRef("pk"), agency_id__in=agencies)
    return Dossier.objects.filter(
        Q(solving_agency_id__in=agencies) | Q(receiving_unit_id__in=desks_of(person, day)) | Exists(came_by) | Exists(was_asked)
    )


def dossiers_of_token(agencies: Collection[int]) -> QuerySet[Dossier]:
    """Return the dossiers that an outside system may know of: those its agencies solve, took in, or have or had a step of."""
    came_by = Step.objects.filter(dossier=OuterRef("pk"), unit__agency_id__in=agencies)
    return Dossier.objects.filter(Q(solving_agency_id__in=agencies) | Q(receiving_unit__agency_id__in=agencies) | Exists(came_by))


def desks_of(person: Person, day: date | None = None) -> set[int]:
    """Return the desks at which the person is a clerk."""
    return units_of(person, Role.CLERK, day=day)


def visible_drafts(person: Person) -> QuerySet[Draft]:
    return Draft.objects.filter(person=person)


def visible_results(person: Person) -> QuerySet[Result]:
    """Return the results that a person may open: a citizen sees signed ones only."""
    results = Result.objects.filter(dossier__in=visible_dossiers(person))
    return results.exclude(signed_at=None) if person.is_citizen else results


def owns(person: Person, dossier: Dossier) -> bool:
    return person.is_citizen and dossier.applicant_id == person.pk


def desk_hat(person: Person, dossier: Dossier) -> Hat | None:
    """Return the hat of a clerk at the desk that took the dossier in."""
    return hat_for(person, [Role.CLERK], unit_id=dossier.receiving_unit_id)


def step_hat(person: Person, step: Step) -> Hat | None:
    """Return the hat that lets a person do a step: a given step is its assignee's or the division head's."""
    if step.role in AGENCY_ROLES:
        return hat_for(person, [step.role], agency_id=step.unit.agency_id or step.unit_id)
    hat = hat_for(person, [step.role], unit_id=step.unit_id)
    if hat and step.assignee_id not in (None, person.pk, hat.acting_for_id):
        return hat_for(person, [Role.DIVISION_HEAD], unit_id=step.unit_id)
    return hat or hat_for(person, [Role.DIVISION_HEAD], unit_id=step.unit_id)


def can_assign(person: Person, step: Step) -> bool:
    """A head gives work out; a specialist may take what nobody has."""
    if hat_for(person, [Role.DIVISION_HEAD], unit_id=step.unit_id):
        return True
    if hat_for(person, [Role.LEADER], agency_id=step.unit.agency_id or step.unit_id):
        return True
    return step.assignee_id is None and hat_for(person, [step.role], unit_id=step.unit_id) is not None


def can_work(person: Person, dossier: Dossier) -> bool:
    """Say whether the person has a step of the dossier in hand."""
    return any(step_hat(person, step) for step in dossier.steps.open().select_related("unit"))


def can_lead(person: Person, dossier: Dossier) -> bool:
    """Leaders answer for promises: extending, stopping."""
    return hat_for(person, [Role.LEADER], agency_id=dossier.solving_agency_id) is not None


def can_answer(person: Person, opinion: Opinion) -> bool:
    return bool({Role.LEADER, Role.DIVISION_HEAD, Role.SPECIALIST} & {h.role for h in hats(person) if h.agency_id == opinion.agency_id})


def signing_hat(person: Person, dossier: Dossier) -> Hat | None:
    """Return the hat that may sign: a stand-in only where the delegation says so."""
    fitting = [hat for hat in hats(person) if hat.role == Role.LEADER and hat.agency_id == dossier.solving_agency_id and hat.may_sign]
    return min(fitting, key=lambda hat: hat.acting_for_id is not None, default=None)


def can_see_figures(person: Person) -> set[int] | None:
    """Return the agencies whose figures a person sees; None means all."""
    if agencies_of(person, *WATCHERS):
        return None
    return agencies_of(person, Role.LEADER, Role.DIVISION_HEAD, Role.CLERK)
