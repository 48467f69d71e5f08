"""A reorganisation in the middle of a dossier, from the file that is loaded to the official who goes on with it."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils.timezone import localdate, now, timedelta

from tinhso.directory.models import Person, Post, Role, Unit
from tinhso.directory.queries import unit_by_code
from tinhso.dossiers.access import visible_dossiers
from tinhso.dossiers.actions.reception import receive
from tinhso.dossiers.actions.work import draft_result, finish_step
from tinhso.dossiers.models import Dossier
from tinhso.dossiers.testing import SINCE, build_office, filed, open_step, publish

pytestmark = pytest.mark.django_db


def load(tmp_path, plan: dict) -> dict:
    file, out = tmp_path / f"{plan['on']}.json", StringIO()
    file.write_text(json.dumps(plan), encoding="utf-8")
    call_command("import_units", str(file), "--json", stdout=out)
    return json.loads(out.getvalue())


def merger(on, old: str, new: str, name: str) -> dict:
    divisions = {"Phòng Văn hóa - Xã hội": ["van-hoa"], "Văn phòng HĐND và UBND": ["tu-phap"]}
    return {
        "on": on.isoformat(),
        "document": "Nghị quyết thử",
        "units": [{"code": new, "name": name, "kind": "commune", "divisions": divisions, "from": [{"code": old}]}],
    }


@pytest.fixture
def office(db):
    return build_office()


def anew(person: Person) -> Person:
    """Return the person as their next request knows them."""
    return Person.objects.get(pk=person.pk)


@pytest.mark.parametrize("mergers", [1, 2])
def test_open_work_follows_to_the_successor_and_nothing_signed_is_rewritten(office, tmp_path, drain, mergers):
    dossier = receive(filed(office, publish()), by=office.clerk, at=now())
    finish_step(open_step(dossier, "phan-cong"), by=office.head, at=now())
    other = filed(office, dossier.version)
    code, promised, today = dossier.code, dossier.promised_at, localdate()

    # Two mergers loaded together, the first of last month: the worker hears of both at once.
    load(tmp_path, merger(today - timedelta(days=30 * (mergers - 1)), "qd20:H47.31.01", "qd20:H48.100", "UBND xã Phú Ninh"))
    if mergers == 2:
        load(tmp_path, merger(today, "qd20:H48.100", "qd20:H48.200", "UBND xã Phú Thịnh"))
    drain()

    successor = unit_by_code("qd20", "H48.200" if mergers == 2 else "H48.100", today)
    dossier.refresh_from_db()
    step = open_step(dossier, "tham-dinh")
    assert (dossier.solving_agency, dossier.code, dossier.promised_at) == (successor, code, promised)
    assert (step.unit.name, step.unit.agency) == ("Văn phòng HĐND và UBND", successor)
    assert {dossier.receiving_unit.agency, Dossier.objects.get(pk=other.pk).solving_agency} == {successor}
    assert dossier.transfers.exists()
    # What was done before was done by the old units, for ever.
    assert dossier.steps.get(key="phan-cong").unit == office.division
    assert unit_by_code("qd20", "H47.31.01", today - timedelta(days=400)) == office.commune

    # The same official goes on, in the new unit; whoever came in from outside sees nothing.
    assert list(visible_dossiers(anew(office.specialist)).order_by("pk")) == [dossier, other]
    draft_result(dossier, grants=True, name="Giấy xác nhận", content={"body": "x"}, by=anew(office.specialist), at=now())
    finish_step(step, by=anew(office.specialist), at=now())
    receive(other, by=anew(office.clerk), at=now())
    assert list(visible_dossiers(office.chau)) == []


def test_a_merger_of_next_month_moves_nothing_today(office, tmp_path, drain):
    dossier = receive(filed(office, publish()), by=office.clerk, at=now())
    outcome = load(tmp_path, merger(localdate() + timedelta(days=30), "qd20:H47.31.01", "qd20:H48.100", "UBND xã Phú Ninh"))
    drain()
    dossier.refresh_from_db()
    assert (outcome["changed"], outcome["announced"], dossier.solving_agency) == (True, 0, office.commune)
    assert Unit.objects.on(localdate()).filter(name="UBND xã Phú Ninh").count() == 0
    assert Post.objects.held_on(localdate()).filter(person=office.clerk, role=Role.CLERK, valid_from=SINCE).count() == 1
