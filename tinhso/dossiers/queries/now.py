"""What a person may do to a dossier now: the buttons of its page, and nothing else."""

from dataclasses import dataclass, field

from tinhso.directory.access import hat_for, hats
from tinhso.directory.models import Person, Role
from tinhso.dossiers import access
from tinhso.dossiers.models import Dossier, Extension, Money, Opinion, Pause, Result, Status, Step, SupplementRequest
from tinhso.dossiers.queries.deadlines import route_of
from tinhso.dossiers.rules.states import Verb, can
from tinhso.procedures.definition import RouteStep

# What one may have come to the page for; the rest is kept behind its own line.
MAIN = ("answer-opinion", "receive", "supplement", "return", "sign", "seal", "draft", "finish")


@dataclass
class Possible:
    """The verbs open to a person, in the order of their weight, with what their forms need."""

    verbs: list[str] = field(default_factory=list)
    step: Step | None = None
    colleagues: list[Person] = field(default_factory=list)
    choices: list[RouteStep] = field(default_factory=list)
    earlier: list[Step] = field(default_factory=list)
    opinions: list[Opinion] = field(default_factory=list)
    draft: Result | None = None

    def __contains__(self, verb: str) -> bool:
        return verb in self.verbs

    @property
    def choice_pairs(self) -> list[tuple[str, str]]:
        return [(step.key, step.name) for step in self.choices]

    @property
    def earlier_pairs(self) -> list[tuple[str, str]]:
        return [(step.key, step.name) for step in self.earlier]

    @property
    def colleague_pairs(self) -> list[tuple[str, str]]:
        return [("", "Chọn…"), *((str(person.pk), person.full_name) for person in self.colleagues)]

    @property
    def main(self) -> str:
        """Return the verb shown open, "" when there is none that one must have come for."""
        return next((verb for verb in self.verbs if verb in MAIN), "")

    @property
    def others(self) -> list[str]:
        return [verb for verb in self.verbs if verb != self.main]


def possible(person: Person, dossier: Dossier) -> Possible:
    """Return the verbs that the person may do to the dossier as it stands; each action asks again for itself."""
    now = Possible()
    status = dossier.status
    at_desk = access.desk_hat(person, dossier) is not None
    asked = SupplementRequest.objects.filter(dossier=dossier).exists()
    if at_desk and can(Verb.RECEIVE, status):
        now.verbs.append("receive")
    if at_desk and status == Status.SUPPLEMENT:
        now.verbs.append("supplement")
    if at_desk and can(Verb.RETURN, status):
        now.verbs.append("return")
    if at_desk and dossier.money == Money.DUE:
        now.verbs.append("pay")
    _of_steps(now, person, dossier)
    working = now.step is not None
    if can(Verb.ASK_SUPPLEMENT, status) and not asked and (at_desk or working):
        now.verbs.append("ask-supplement")
    if can(Verb.ASK_FEE, status) and dossier.money != Money.DUE and working:
        now.verbs.append("ask-fee")
    if at_desk and status == Status.FILED:
        now.verbs.append("refuse")
    now.opinions = [one for one in dossier.opinions.filter(answered_at=None).select_related("agency") if access.can_answer(person, one)]
    if now.opinions:
        now.verbs.insert(0, "answer-opinion")
    if access.can_lead(person, dossier):
        if can(Verb.EXTEND, status) and dossier.due_at and not Extension.objects.filter(dossier=dossier).exists():
            now.verbs.append("extend")
        if can(Verb.STOP, status):
            now.verbs.append("stop")
    if at_desk and can(Verb.WITHDRAW, status):
        now.verbs.append("withdraw")
    return now


def _of_steps(now: Possible, person: Person, dossier: Dossier) -> None:
    if not can(Verb.WORK, dossier.status):
        return
    opened = list(Step.objects.filter(dossier=dossier).open().select_related("unit", "assignee").order_by("pk"))
    for step in opened:
        step.dossier = dossier
    mine = next((step for step in opened if access.step_hat(person, step)), None)
    if mine is None:
        _of_heads(now, person, opened)
        return
    now.step = mine
    route = route_of(dossier)
    planned = route.by_key[mine.key]
    now.draft = Result.objects.filter(dossier=dossier, signed_at=None).first()
    if mine.does == "sign":
        if access.signing_hat(person, dossier):
            now.verbs.append("sign")
    elif mine.does == "stamp":
        if hat_for(person, [Role.RECORDS], agency_id=dossier.solving_agency_id):
            now.verbs.append("seal")
    else:
        signs_next = any(route.by_key[key].does == "sign" for key in planned.next)
        ours = mine.unit.agency_id == dossier.solving_agency_id
        if signs_next and now.draft is None and ours:
            now.verbs.append("draft")
        now.verbs.append("finish")
        if "draft" not in now.verbs:
            now.verbs.append("draft")
    if len(planned.next) > 1 and not planned.parallel:
        now.choices = [route.by_key[key] for key in planned.next]
    before = {step.key for step in route.before(mine.key)}
    now.earlier = list(
        Step.objects.filter(dossier=dossier, key__in=before)
        .exclude(finished_at=None)
        .exclude(unit=dossier.receiving_unit)
        .order_by("key", "-pk")
        .distinct("key")
    )
    if now.earlier:
        now.verbs.append("send-back")
    now.verbs.append("ask-opinion")
    paused = Pause.objects.filter(dossier=dossier, ended_at=None).exists()
    now.verbs.append("resume" if paused else "pause")
    _colleagues(now, person, mine)


def _of_heads(now: Possible, person: Person, opened: list[Step]) -> None:
    """A head who has no step in hand may still give work out."""
    step = next((one for one in opened if access.can_assign(person, one)), None)
    if step:
        now.step = step
        _colleagues(now, person, step)


def _colleagues(now: Possible, person: Person, step: Step) -> None:
    if not access.can_assign(person, step) or step.does in ("sign", "stamp", "return"):
        return
    held = Person.objects.filter(is_active=True, posts__unit=step.unit, posts__role=step.role, posts__valid_to=None)
    now.colleagues = list(held.exclude(pk=step.assignee_id or 0).order_by("full_name").distinct())
    if now.colleagues:
        now.verbs.append("assign")


def is_watching(person: Person) -> bool:
    """Say whether the person reads dossiers without handling any."""
    return any(hat.role in access.WATCHERS for hat in hats(person))
