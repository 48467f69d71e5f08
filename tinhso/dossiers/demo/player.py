"""Who does what next: a dossier is carried from step to step by whoever holds the right post."""

from collections.abc import Callable
from datetime import date, datetime

from django.utils.timezone import localdate

from tinhso.directory.models import Person, Role, Unit
from tinhso.directory.queries import holders
from tinhso.dossiers.actions.filing import Filing, NewPaper, Owner, file_dossier
from tinhso.dossiers.actions.outcome import collect_result, rate, return_result, seal_result, sign_result
from tinhso.dossiers.actions.reception import receive
from tinhso.dossiers.actions.work import assign, draft_result, finish_step
from tinhso.dossiers.demo.samples import sample_answers, sample_paper
from tinhso.dossiers.models import Channel, Dossier, Result, Status, Step
from tinhso.dossiers.queries.deadlines import route_of
from tinhso.dossiers.queries.places import desk_of
from tinhso.dossiers.rules.answers import case_of
from tinhso.procedures.definition import Paper as PaperTerms
from tinhso.procedures.models import ProcedureVersion

Clock = Callable[[], datetime]


def holder(unit: Unit, role: str, day: date) -> Person:
    """Return somebody who holds a role in a unit on a day."""
    found = holders(unit, role, day)
    if not found:
        raise LookupError(f"nobody holds {role} in {unit} on {day}")
    return found[0]


def play_filing(version: ProcedureVersion, agency: Unit, citizen: Person, clock: Clock) -> Dossier:
    """File online as the citizen's pages do."""
    definition = version.definition
    case = case_of(definition, "")

    def paper(terms: PaperTerms) -> NewPaper:
        return NewPaper(terms.key, terms.name[:500], sample_paper(terms.name, citizen.full_name).pk, f"{terms.key}.pdf")

    at = clock()
    desk = desk_of(agency, localdate(at))
    if desk is None:
        raise LookupError(f"{agency} has no desk")
    filing = Filing(
        version=version,
        channel=Channel.ONLINE,
        receiving_unit=desk,
        solving_agency=agency,
        owner=Owner(citizen.full_name, citizen.personal_number, phone=citizen.phone, email=citizen.email, address=citizen.address),
        case=case.key,
        answers=sample_answers(definition),
        papers=[paper(terms) for terms in case.papers if terms.required and not terms.register_ and not terms.shown_only],
    )
    return file_dossier(filing, applicant=citizen, by=citizen, at=at)


def play_reception(dossier: Dossier, clock: Clock) -> Dossier:
    return receive(dossier, by=holder(dossier.receiving_unit, Role.CLERK, localdate(clock())), at=clock())


def play_step(step: Step, clock: Clock) -> None:
    """Do one open step as its post would."""
    dossier, at = step.dossier, clock()
    person = step.assignee or holder(step.unit, step.role, localdate(at))
    if step.does == "sign":
        sign_result(dossier, by=person, at=at)
    elif step.does == "stamp":
        seal_result(dossier, by=person, at=at)
    else:
        if step.assignee_id is None:
            assign(step, to=person, by=person, at=at)
        if _signature_follows(step) and not Result.objects.filter(dossier=dossier).exists():
            name = dossier.definition.outcomes[0].name if dossier.definition.outcomes else dossier.definition.name
            body = f"Chấp thuận đề nghị của {dossier.owner_name}.\nKết quả này có hiệu lực kể từ ngày ký."
            draft_result(dossier, grants=True, name=name, content={"body": body}, by=person, at=clock())
        finish_step(step, note="Đủ điều kiện giải quyết.", by=person, at=clock())


def _signature_follows(step: Step) -> bool:
    route = route_of(step.dossier)
    return any(route.by_key[key].does == "sign" for key in route.by_key[step.key].next)


def play_to_the_end(dossier: Dossier, clock: Clock) -> Dossier:
    """Carry a received dossier through its route, return the result and have it rated."""
    # A route is a graph without loops; more rounds than steps would be a fault of ours.
    for _round in range(200):
        step = (
            Step.objects.filter(dossier=dossier)
            .open()
            .exclude(does="return")
            .select_related("unit__agency", "assignee", "dossier")
            .order_by("pk")
            .first()
        )
        if step is None:
            break
        play_step(step, clock)
    dossier.refresh_from_db()
    if dossier.status == Status.FINISHED:
        collect_result(dossier, by=dossier.applicant, at=clock())
        dossier.refresh_from_db()
        if dossier.status == Status.FINISHED:
            # Something is to be paid or posted: the desk hands it over.
            return_result(dossier, by=holder(dossier.receiving_unit, Role.CLERK, localdate(clock())), at=clock())
        rate(dossier, grade=3, comment="Nhanh và rõ ràng.", by=dossier.applicant, at=clock())
    dossier.refresh_from_db()
    return dossier
