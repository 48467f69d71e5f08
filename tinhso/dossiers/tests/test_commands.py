"""The commands of operators: why a deadline, deadlines again, a synthetic past."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tinhso.dossiers.actions.figures import wrong_months
from tinhso.dossiers.actions.reception import receive
from tinhso.dossiers.models import Dossier, Step
from tinhso.dossiers.testing import at, filed, open_step
from tinhso.kernel.delivery import lag


def said(command: str, *words, **options) -> dict:
    out = StringIO()
    call_command(command, *words, "--json", stdout=out, **options)
    return json.loads(out.getvalue())


@pytest.fixture
def received(office, version):
    return receive(filed(office, version), by=office.clerk, at=at("2024-04-15 10:00"))


def test_a_deadline_is_explained_by_code(received):
    answer = said("explain_deadline", received.code.lower())
    assert (answer["due_at"], answer["computed_due_at"], answer["stale"]) == (
        "2024-04-23T03:00:00+00:00",
        "2024-04-23T10:00:00+07:00",
        [],
    )
    assert answer["sentences"][-1] == "Vậy hạn trả kết quả là 10:00 thứ Ba 23/04/2024."
    with pytest.raises(CommandError, match="Không có hồ sơ X-1"):
        call_command("explain_deadline", "X-1")


def test_wrong_deadlines_are_found_and_put_right(received):
    Dossier.objects.update(due_at=at("2024-05-01 10:00"))
    Step.objects.update(legal_due_at=at("2024-05-02 10:00"))
    with pytest.raises(SystemExit):
        said("rebuild_deadlines", check=True)
    assert Dossier.objects.get().due_at == at("2024-05-01 10:00")
    assert said("rebuild_deadlines")["wrong"] == [received.code]
    received.refresh_from_db()
    assert (received.due_at, received.promised_at, open_step(received, "phan-cong").legal_due_at) == (at("2024-04-23 10:00"),) * 3
    assert said("rebuild_deadlines", check=True)["wrong"] == []


def test_no_past_is_invented_in_a_real_database(office, version):
    with pytest.raises(CommandError, match="không bao giờ vào cơ sở dữ liệu thật"):
        call_command("make_history", dossiers=10)


def test_a_synthetic_past_obeys_every_rule_of_a_real_one(office, version, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(settings.ENV, "demo", True)
    settings.VAR = tmp_path
    for _ in range(2):
        made = said("make_history", dossiers=60)
        assert made["dossiers"] == 60
    assert Dossier.objects.count() == 120
    assert said("rebuild_deadlines", check=True)["wrong"] == []
    assert wrong_months() == []
    assert lag() == 0
    assert said("verify_events")["ok"] is True
    closed = Dossier.objects.filter(status=10).first()
    assert closed is not None
    assert [step.conclusion for step in closed.steps.all()] == ["done"] * 6
    # New dossiers take the numbers that follow.
    assert filed(office, version, when="2024-04-15 09:00").code == "H47.31.01-240415-0001"


def test_figures_are_rebuilt_and_compared(received, monkeypatch):
    assert said("rebuild_figures", check=True) == {"months": [], "wrong": []}
    months = said("rebuild_figures")["months"]
    assert (months[0], said("rebuild_figures", check=True)["wrong"]) == ("2024-04", [])
