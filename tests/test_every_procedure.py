"""Every procedure that ships is filed in the demonstration province and walked to the leader's desk; whoever comes after is there too."""

from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from django.utils.timezone import get_current_timezone, localdate

from tinhso.directory.demo.load import load as load_province
from tinhso.directory.models import Person, Post, Unit
from tinhso.dossiers.actions.filing import Filing, NewPaper, Owner, file_dossier
from tinhso.dossiers.actions.money import take_cash
from tinhso.dossiers.actions.reception import receive
from tinhso.dossiers.actions.work import draft_result, finish_step
from tinhso.dossiers.models import Dossier, Step
from tinhso.dossiers.queries.agencies import solving_agencies
from tinhso.dossiers.queries.places import desk_of, unit_for
from tinhso.dossiers.rules.answers import applies
from tinhso.kernel.files import keep
from tinhso.kernel.inspection import PDF
from tinhso.payments.testing import open_account
from tinhso.procedures.actions import load
from tinhso.procedures.data_files import definitions
from tinhso.procedures.definition import Channel, Definition, FormField
from tinhso.procedures.queries import current_version

pytestmark = pytest.mark.django_db
MORNING = datetime(2024, 4, 15, 9, tzinfo=get_current_timezone())
OURS = list(definitions())
TYPED = {
    "yes_no": "có",
    "date": "12/05/1990",
    "phone": "0905123456",
    "email": "an@tinhso.example",
    "personal_number": "049190012345",
    "tax_code": "0100109106",
}


@pytest.fixture(scope="module")
def province(django_db_setup, django_db_blocker, tmp_path_factory):
    """The province is loaded once for all procedures and taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_province(tmp_path_factory.mktemp("people") / "people.json", at=MORNING)
        load(OURS, valid_from=date(2024, 1, 1), at=MORNING)
        open_account()
        yield keep(b"%PDF-1.4 sample", media_type=PDF)
        transaction.set_rollback(True)


def typed(question: FormField) -> str | list[str]:
    match question.kind:
        case "choice":
            return question.choices[0]
        case "choices":
            return [question.choices[0]]
        case "number" | "money" | "area":
            return "1" if question.minimum is None else str(question.minimum)
    return TYPED.get(question.kind, "Nội dung khai")


def answers(definition: Definition) -> dict[str, str | list[str]]:
    given: dict[str, str | list[str]] = {}
    for question in (question for page in definition.forms for question in page.fields):
        if applies(question, given):
            given[question.key] = typed(question)
    return given


def holder(role: str, unit: Unit) -> Person:
    place = {"unit__agency": unit.agency} if role in ("leader", "records") else {"unit": unit}
    return Post.objects.filter(role=role, **place).select_related("person").order_by("pk")[0].person


def filed(definition: Definition, file) -> Dossier:
    version = current_version(definition.code, localdate(MORNING))
    agencies = solving_agencies(definition, localdate(MORNING))
    agency = next((one for one in agencies if one.name in definition.solving_agency), agencies[0])
    desk = desk_of(agency, localdate(MORNING))
    clerk, citizen = holder("clerk", desk), Person.objects.get(username="cong-dan.an")
    channel = Channel.ONLINE if definition.terms("online") else Channel.COUNTER
    case = definition.cases[0]
    filing = Filing(
        version=version,
        channel=channel,
        receiving_unit=desk,
        solving_agency=agency,
        owner=Owner(citizen.full_name, "049190012345", phone="0905123456", address="Tam Kỳ"),
        case=case.key,
        answers=answers(definition),
        papers=[NewPaper(paper.key, paper.name, file.pk, "a.pdf") for paper in case.papers if not paper.shown_only],
    )
    dossier = file_dossier(filing, applicant=citizen, by=citizen if channel == Channel.ONLINE else clerk, at=MORNING)
    if dossier.money == "due":
        take_cash(dossier, by=clerk, at=MORNING)
    return receive(dossier, by=clerk, at=MORNING)


@pytest.mark.parametrize("definition", OURS, ids=lambda definition: definition.code)
def test_a_procedure_reaches_the_leader_and_knows_who_comes_after(definition, province):
    dossier, moment = filed(definition, province), MORNING

    while True:
        step = Step.objects.open().filter(dossier=dossier).select_related("unit__agency", "dossier").order_by("pk")[0]
        if step.does == "sign":
            break
        moment += timedelta(minutes=5)
        person = holder(step.role, step.unit)
        if step.does == "appraise":
            draft_result(dossier, grants=True, name="Kết quả", content={"body": "Nội dung"}, by=person, at=moment)
        finish_step(step, by=person, at=moment)

    dossier.refresh_from_db()
    for later in definition.route[[one.key for one in definition.route].index(step.key) :]:
        assert holder(later.role, unit_for(later.unit, dossier, localdate(MORNING)))
