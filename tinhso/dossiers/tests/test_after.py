"""What follows: the owner and the officials are told, and ended units hand their open work on."""

from datetime import date

import pytest

from tinhso.directory.models import Post, Role, Unit
from tinhso.dossiers.access import visible_dossiers
from tinhso.dossiers.actions.outcome import seal_result, sign_result
from tinhso.dossiers.actions.reception import receive
from tinhso.dossiers.actions.transfers import transfer_open_work
from tinhso.dossiers.actions.work import ask_opinion, assign, draft_result, finish_step
from tinhso.dossiers.models import Dossier, Status, Transfer
from tinhso.dossiers.testing import at, filed, open_step
from tinhso.kernel.files import read
from tinhso.kernel.worker import drain
from tinhso.messaging.models import Message
from tinhso.signing.queries import verify_pdf


@pytest.fixture
def today(monkeypatch):
    """What happened a week ago is no news; the dossiers of these tests happen in 2024."""
    from datetime import timedelta

    from tinhso.dossiers import handlers

    monkeypatch.setattr(handlers, "STALE", timedelta(days=4000))


def test_owner_and_officials_are_told_once(office, version, today):
    dossier = receive(filed(office, version), by=office.clerk, at=at("2024-04-15 10:00"))
    assign(open_step(dossier, "phan-cong"), to=office.head, by=office.leader, at=at("2024-04-15 10:30"))
    finish_step(open_step(dossier, "phan-cong"), by=office.head, at=at("2024-04-15 11:00"))
    Post.objects.create(person=office.people["chau"], unit=office.department, role=Role.LEADER, valid_from=date(2020, 1, 1))
    ask_opinion(dossier, agency=office.department, question="Đất có tranh chấp?", by=office.specialist, at=at("2024-04-15 14:00"))
    drain()
    drain()
    assert list(Message.objects.order_by("pk").values_list("person__username", "subject")) == [
        ("thu.an", f"Đã nộp hồ sơ {dossier.code}"),
        ("thu.an", f"Hồ sơ {dossier.code} đã được tiếp nhận"),
        ("thu.head", f"Việc mới: hồ sơ {dossier.code}"),
        ("thu.chau", f"Đề nghị cho ý kiến về hồ sơ {dossier.code}"),
    ]


def test_open_work_passes_to_the_successor_and_signed_history_stays(office, version, pki):
    done = receive(filed(office, version), by=office.clerk, at=at("2024-04-15 10:00"))
    finish_step(open_step(done, "phan-cong"), by=office.head, at=at("2024-04-15 11:00"))
    draft_result(done, grants=True, name="Giấy xác nhận", content={"body": "x"}, by=office.specialist, at=at("2024-04-16 09:00"))
    finish_step(open_step(done, "tham-dinh"), by=office.specialist, at=at("2024-04-16 10:00"))
    signed = sign_result(done, by=office.leader, at=at("2024-04-16 14:00"))
    running = receive(filed(office, version), by=office.clerk, at=at("2024-04-15 10:00"))
    promised = running.promised_at

    new = Unit.objects.create(kind=Unit.Kind.COMMUNE, name="UBND xã Tam Đàn Mới", valid_from=date(2024, 4, 17))
    new.agency = new
    new.save()
    division = Unit.objects.create(
        kind=Unit.Kind.DIVISION, name="Văn phòng", agency=new, parent=new, fields=["tu-phap"], valid_from=new.valid_from
    )
    desk = Unit.objects.create(kind=Unit.Kind.DESK, name="Một cửa mới", agency=new, parent=new, valid_from=new.valid_from)
    for person, unit, role in (
        (office.leader, new, Role.LEADER),
        (office.records, new, Role.RECORDS),
        (office.head, division, Role.DIVISION_HEAD),
    ):
        Post.objects.create(person=person, unit=unit, role=role, valid_from=new.valid_from)
        person.__dict__.pop("_hats", None)
    moves = ((office.commune, new), (office.division, division), (office.desk, desk))
    counts = [transfer_open_work(old, to, reason="Sắp xếp đơn vị", at=at("2024-04-17 00:00")) for old, to in moves]
    again = [transfer_open_work(old, to, reason="Sắp xếp đơn vị", at=at("2024-04-17 00:00")) for old, to in moves]
    assert (counts, again) == ([2, 0, 2], [0, 0, 0])

    running.refresh_from_db()
    step = open_step(running, "phan-cong")
    assert (running.solving_agency, running.receiving_unit, step.unit, running.promised_at) == (new, desk, division, promised)
    assert running.code == "H47.31.01-240415-0002"
    finish_step(step, by=office.head, at=at("2024-04-17 09:00"))
    assert open_step(running, "tham-dinh").unit == division

    result = seal_result(done, by=office.records, at=at("2024-04-17 09:00"))
    assert (result.agency, result.number) == (office.commune, signed.number)
    assert [verdict.intact for verdict in verify_pdf(read(result.file))] == [True, True]
    assert Transfer.objects.count() == 4
    assert Dossier.objects.get(pk=done.pk).status == Status.FINISHED
    assert set(visible_dossiers(office.chau)) == set()
