"""Other systems hear of dossiers: a real receiver in a process of its own, which fails before it behaves."""

import hashlib
import hmac
import json
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from tinhso import sharing
from tinhso.dossiers.actions.reception import receive
from tinhso.dossiers.actions.work import assign
from tinhso.dossiers.testing import at, filed, open_step
from tinhso.dossiers.tests.api_client import System
from tinhso.kernel.memory import forget
from tinhso.sharing.models import Notice, Subscription
from tinhso.sharing.sending import send_due

PROGRAM = Path(sharing.__file__).parent / "tests" / "receiver.py"


class Receiver:
    def __init__(self, folder: Path):
        self.folder = folder
        self.process = subprocess.Popen([sys.executable, str(PROGRAM), str(folder)])
        until = time.monotonic() + 20
        while not ((folder / "port").exists() and (folder / "port").read_text()):
            assert time.monotonic() < until
        self.url = f"http://127.0.0.1:{(folder / 'port').read_text()}/nhan"

    def will_answer(self, *statuses: int) -> None:
        (self.folder / "answers").write_text(json.dumps(statuses))

    def got(self) -> list[dict]:
        file = self.folder / "got"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def kinds(self) -> list[tuple[int, str, str]]:
        bodies = [(one["status"], json.loads(one["body"])) for one in self.got()]
        return [(status, body["subject"][-4:], body["type"].rsplit(".")[-1]) for status, body in bodies]


@pytest.fixture
def receiver(tmp_path, settings, monkeypatch):
    monkeypatch.setattr(settings.ENV, "webhooks_to_private", True)
    running = Receiver(tmp_path)
    yield running
    running.process.kill()
    running.process.wait()


@pytest.fixture
def system(office):
    return System("theo-doi", [office.commune])


@pytest.fixture
def clock(office):
    with time_machine.travel(at("2024-04-15 10:30"), tick=False) as traveller:
        yield traveller


def subscribe(system, url, **more):
    made = system.post("/subscriptions", {"url": url, **more})
    forget()
    assert made.status_code == 201, made.content
    return made.json()


def test_a_system_hears_what_happens_in_its_agencies_signed_and_in_order(system, receiver, office, version, clock, drain):
    made = subscribe(system, receiver.url)
    stranger = System("hang-xom", [office.neighbour])
    subscribe(stranger, receiver.url + "/khac")
    dossier = receive(filed(office, version), by=office.clerk, at=at("2024-04-15 10:00"))
    assign(open_step(dossier, "phan-cong"), to=office.head, by=office.head, at=at("2024-04-15 10:10"))
    drain()
    first, second, third = receiver.got()
    assert [one["path"] for one in (first, second, third)] == ["/nhan"] * 3
    body = json.loads(second["body"])
    assert body == {
        "specversion": "1.0",
        "id": body["id"],
        "source": "http://127.0.0.1:8000/api/v1",
        "type": "tinhso.dossiers.DossierReceived",
        "subject": dossier.code,
        "time": "2024-04-15T10:00:00+07:00",
        "datacontenttype": "application/json",
        "data": {
            "code": dossier.code,
            "text": "Bộ phận Một cửa xã Tam Đàn tiếp nhận hồ sơ đủ, hợp lệ; hẹn trả 10:00 23/04/2024.",
            "href": f"/api/v1/dossiers/{dossier.code}",
            "facts": {"unit": "Bộ phận Một cửa xã Tam Đàn", "promise": "10:00 23/04/2024"},
        },
    }
    assert second["headers"]["Content-Type"] == "application/cloudevents+json; charset=utf-8"
    moment, proof = (part.split("=")[1] for part in second["headers"]["Tinhso-Signature"].split(","))
    assert hmac.new(made["secret"].encode(), f"{moment}.{second['body']}".encode(), hashlib.sha256).hexdigest() == proof
    assert json.loads(third["body"])["type"] == "tinhso.dossiers.StepOpened"
    shown = system.get(f"/subscriptions/{made['id']}").json()
    assert (shown["sent"], shown["waiting"], shown["error"]) == (3, 0, "")


def test_a_receiver_that_fails_first_hears_everything_once_and_in_order(system, receiver, office, version, clock, drain):
    subscribe(system, receiver.url)
    receiver.will_answer(500, 503)
    receive(filed(office, version), by=office.clerk, at=at("2024-04-15 10:00"))
    filed(office, version)
    drain()
    assert receiver.kinds() == [(500, "0001", "DossierFiled")]
    clock.shift(timedelta(seconds=5))
    drain()
    send_due(at=at("2024-04-15 10:30") + timedelta(seconds=5))
    clock.shift(timedelta(seconds=31))
    for _ in range(4):
        send_due(at=at("2024-04-15 10:30") + timedelta(seconds=36))
    assert receiver.kinds() == [
        (500, "0001", "DossierFiled"),
        (503, "0001", "DossierFiled"),
        (204, "0001", "DossierFiled"),
        (204, "0002", "DossierFiled"),
        (204, "0001", "DossierReceived"),
        (204, "0001", "StepOpened"),
    ]
    assert Notice.objects.count() == 0


def test_an_event_that_is_refused_holds_up_its_own_dossier_only(system, receiver, office, version, clock, drain):
    made = subscribe(system, receiver.url)
    receiver.will_answer(422)
    receive(filed(office, version), by=office.clerk, at=at("2024-04-15 10:00"))
    filed(office, version)
    drain()
    assert receiver.kinds() == [(422, "0001", "DossierFiled"), (204, "0002", "DossierFiled")]
    waiting = system.get(f"/subscriptions/{made['id']}/waiting").json()["items"]
    assert [(one["attempts"], one["error"]) for one in waiting] == [(1, "trả lời 422"), (0, ""), (0, "")]
    assert system.post(f"/subscriptions/{made['id']}/resume", {}).json() == {"waiting": 3}
    drain()
    assert receiver.kinds()[2:] == [(204, "0001", "DossierFiled"), (204, "0001", "DossierReceived"), (204, "0001", "StepOpened")]


def test_a_receiver_that_stays_away_is_suspended_and_loses_nothing(system, receiver, office, version, clock, drain):
    subscribe(system, receiver.url)
    filed(office, version)
    receiver.process.kill()
    receiver.process.wait()
    drain()
    moment = at("2024-04-15 10:30")
    for _ in range(12):
        moment += timedelta(hours=13)
        send_due(at=moment)
    subscription = Subscription.objects.get()
    assert (subscription.failures, subscription.suspended_at is not None, subscription.error) == (
        10,
        True,
        "không nhận được trả lời (ConnectError)",
    )
    assert Notice.objects.count() == 1


def test_a_token_that_was_taken_back_hears_no_more(system, receiver, office, version, clock, drain):
    subscribe(system, receiver.url)
    filed(office, version)
    system.token.revoked_at = at("2024-04-15 10:00")
    system.token.save()
    forget()
    drain()
    assert (receiver.got(), Notice.objects.count()) == ([], 0)


def test_one_subscribes_to_kinds_and_ends_it(system, receiver, office, version, clock, drain):
    made = subscribe(system, receiver.url, kinds=["dossiers.DossierReceived"])
    assert {"kind": "dossiers.DossierReceived", "sentence": "{unit} tiếp nhận hồ sơ đủ, hợp lệ; hẹn trả {promise}."} in system.get(
        "/subscriptions/kinds"
    ).json()["items"]
    receive(filed(office, version), by=office.clerk, at=at("2024-04-15 10:00"))
    drain()
    assert receiver.kinds() == [(204, "0001", "DossierReceived")]
    assert system.ask("delete", f"/subscriptions/{made['id']}").status_code == 204
    assert system.get("/subscriptions").json() == {"items": [], "next": None}
    receive(filed(office, version), by=office.clerk, at=at("2024-04-15 10:00"))
    forget()
    drain()
    assert len(receiver.got()) == 1


def test_addresses_inside_our_network_and_other_systems_subscriptions_are_out_of_reach(system, receiver, office, settings, monkeypatch):
    made = subscribe(system, receiver.url)
    stranger = System("khac", [office.commune])
    for method, road in (("get", ""), ("delete", ""), ("get", "/waiting"), ("post", "/resume")):
        assert stranger.ask(method, f"/subscriptions/{made['id']}{road}", {} if method == "post" else None).status_code == 404
    again = system.post("/subscriptions", {"url": receiver.url})
    assert (again.status_code, again.json()["code"]) == (422, "subscribed")
    unknown = system.post("/subscriptions", {"url": receiver.url, "kinds": ["dossiers.StepAssigned"]})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "no-kind")
    monkeypatch.setattr(settings.ENV, "webhooks_to_private", False)
    inside = system.post("/subscriptions", {"url": "https://127.0.0.1/nhan"})
    assert (inside.status_code, inside.json()["code"], inside.json()["field"]) == (422, "private-address", "url")
