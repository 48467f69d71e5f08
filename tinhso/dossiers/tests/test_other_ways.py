"""The other ways a dossier may go: supplement, refusal, apology, parallel offices, sending back, stand-ins, stopping."""

import pytest
from django.utils.timezone import localdate

from tinhso.directory.access import hats
from tinhso.directory.actions import lend_post
from tinhso.dossiers.access import visible_dossiers
from tinhso.dossiers.actions.outcome import return_result, seal_result, sign_result
from tinhso.dossiers.actions.papers import NewPaper
from tinhso.dossiers.actions.promises import extend_deadline, pause_clock, resume_clock, stop
from tinhso.dossiers.actions.reception import ask_for_supplement, receive, refuse, supplement, withdraw
from tinhso.dossiers.actions.work import answer_opinion, ask_opinion, assign, draft_result, finish_step, send_back
from tinhso.dossiers.models import Channel, Dossier, Status, Step
from tinhso.dossiers.queries.deadlines import explain, stale_deadlines
from tinhso.dossiers.testing import PARALLEL, at, filed, open_step, publish
from tinhso.kernel.errors import NotAllowed, Refused

ITEMS = [{"component": "phu", "name": "Giấy tờ kèm theo", "what": "Bản chụp rõ hơn"}]


@pytest.fixture
def received(office, version):
    return receive(filed(office, version), by=office.clerk, at=at("2024-04-15 10:00"))


def test_waiting_for_the_citizen_is_not_counted(office, received):
    finish_step(open_step(received, "phan-cong"), by=office.head, at=at("2024-04-15 11:00"))
    ask_for_supplement(received, items=ITEMS, reason="Ảnh mờ", by=office.specialist, at=at("2024-04-16 10:00"))
    received.refresh_from_db()
    assert (received.status, received.due_at, open_step(received, "tham-dinh").legal_due_at) == (Status.SUPPLEMENT, None, None)
    supplement(received, papers=[NewPaper("phu", "Giấy tờ kèm theo")], by=office.an, at=at("2024-04-17 10:00"))
    received.refresh_from_db()
    # One working day of waiting moves 10:00 on the 23rd to 10:00 on the 24th; the promise on the receipt stays.
    assert (received.status, received.due_at, received.promised_at) == (Status.PROCESSING, at("2024-04-24 10:00"), at("2024-04-23 10:00"))
    assert "Không tính thời gian từ 10:00 thứ Ba 16/04/2024 đến 10:00 thứ Tư 17/04/2024: chờ bổ sung hồ sơ." in explain(received)
    assert stale_deadlines(received) == []


def test_a_supplement_is_asked_for_once(office, received):
    finish_step(open_step(received, "phan-cong"), by=office.head, at=at("2024-04-15 11:00"))
    ask_for_supplement(received, items=ITEMS, reason="Ảnh mờ", by=office.specialist, at=at("2024-04-16 10:00"))
    supplement(received, papers=[NewPaper("phu", "Giấy tờ kèm theo")], by=office.an, at=at("2024-04-17 10:00"))
    with pytest.raises(Refused) as refused:
        ask_for_supplement(received, items=ITEMS, reason="Còn thiếu", by=office.specialist, at=at("2024-04-18 10:00"))
    assert refused.value.code == "asked-once"


def test_a_supplement_before_reception_goes_back_to_the_desk(office, version):
    dossier = filed(office, version)
    ask_for_supplement(dossier, items=ITEMS, reason="Thiếu", by=office.clerk, at=at("2024-04-15 10:00"))
    supplement(dossier, papers=[], note="Không có giấy này", by=office.an, at=at("2024-04-15 14:00"))
    dossier.refresh_from_db()
    # Eight working hours of a day of 7½: until 14:30 of the next day.
    assert (dossier.status, dossier.check_due_at) == (Status.FILED, at("2024-04-16 14:30"))


def test_a_refusal_has_its_reason_and_ends_the_dossier(office, version):
    dossier = filed(office, version)
    with pytest.raises(Refused) as refused:
        refuse(dossier, reason="  ", by=office.clerk, at=at("2024-04-15 10:00"))
    assert refused.value.field == "reason"
    refuse(dossier, reason="Không thuộc thẩm quyền", by=office.clerk, at=at("2024-04-15 10:00"))
    dossier.refresh_from_db()
    assert (dossier.status, dossier.closed_reason, dossier.finished_at) == (
        Status.REFUSED,
        "Không thuộc thẩm quyền",
        at("2024-04-15 10:00"),
    )


def test_an_apology_moves_the_date_once_and_only_before_it_has_passed(office, received):
    new = at("2024-04-25 16:00")
    with pytest.raises(NotAllowed):
        extend_deadline(received, new_due_at=new, reason="Mưa lũ", by=office.specialist, at=at("2024-04-22 09:00"))
    with pytest.raises(Refused) as sunday:
        extend_deadline(received, new_due_at=at("2024-04-28 10:00"), reason="Mưa lũ", by=office.leader, at=at("2024-04-22 09:00"))
    assert sunday.value.field == "new_due_at"
    extend_deadline(received, new_due_at=new, reason="Mưa lũ", by=office.leader, at=at("2024-04-22 09:00"))
    received.refresh_from_db()
    assert (received.due_at, received.promised_at) == (new, at("2024-04-23 10:00"))
    with pytest.raises(Refused) as again:
        extend_deadline(received, new_due_at=at("2024-04-26 16:00"), reason="Nữa", by=office.leader, at=at("2024-04-23 09:00"))
    assert again.value.code == "extended-once"


def test_an_apology_after_the_date_is_too_late(office, received):
    with pytest.raises(Refused) as refused:
        extend_deadline(received, new_due_at=at("2024-04-26 16:00"), reason="x", by=office.leader, at=at("2024-04-23 10:00"))
    assert refused.value.code == "too-late"


def test_parallel_steps_meet_before_the_signature(office, pki):
    dossier = receive(filed(office, publish(route=PARALLEL)), by=office.clerk, at=at("2024-04-15 10:00"))
    assert sorted(Step.objects.filter(dossier=dossier).open().values_list("key", "unit__name")) == [
        ("dat", "Phòng Quản lý đất đai"),
        ("nguoi", "Công chức Tư pháp - Hộ tịch"),
    ]
    assert list(visible_dossiers(office.land)) == [dossier]
    finish_step(open_step(dossier, "dat"), by=office.land, at=at("2024-04-16 10:00"))
    dossier.refresh_from_db()
    assert dossier.waiting_steps == ["ky"]
    draft_result(dossier, grants=True, name="Giấy xác nhận", content={"body": "x"}, by=office.specialist, at=at("2024-04-17 09:00"))
    finish_step(open_step(dossier, "nguoi"), by=office.specialist, at=at("2024-04-17 10:00"))
    sign_result(dossier, by=office.leader, at=at("2024-04-17 14:00"))
    seal_result(dossier, by=office.records, at=at("2024-04-17 15:00"))
    dossier.refresh_from_db()
    assert (dossier.status, dossier.waiting_steps) == (Status.FINISHED, [])


def test_a_leader_sends_back_to_whoever_did_the_step(office, received):
    finish_step(open_step(received, "phan-cong"), by=office.head, at=at("2024-04-15 11:00"))
    draft_result(received, grants=True, name="Giấy xác nhận", content={"body": "x"}, by=office.specialist, at=at("2024-04-16 09:00"))
    finish_step(open_step(received, "tham-dinh"), by=office.specialist, at=at("2024-04-16 10:00"))
    send_back(open_step(received, "ky"), to="tham-dinh", note="Sai tên", by=office.leader, at=at("2024-04-16 14:00"))
    again = open_step(received, "tham-dinh")
    assert (again.assignee, list(Step.objects.filter(dossier=received).open())) == (office.specialist, [again])


def test_another_agency_is_asked_with_its_own_deadline_and_holds_the_step_until_then(office, received):
    finish_step(open_step(received, "phan-cong"), by=office.head, at=at("2024-04-15 11:00"))
    opinion = ask_opinion(
        received, agency=office.department, question="Đất có tranh chấp?", by=office.specialist, at=at("2024-04-15 14:00")
    )
    assert opinion.due_at == at("2024-04-19 14:00")
    draft_result(received, grants=True, name="Giấy xác nhận", content={"body": "x"}, by=office.specialist, at=at("2024-04-16 09:00"))
    with pytest.raises(Refused) as refused:
        finish_step(open_step(received, "tham-dinh"), by=office.specialist, at=at("2024-04-16 10:00"))
    assert refused.value.code == "opinion-open"
    with pytest.raises(NotAllowed):
        answer_opinion(opinion, agrees=True, answer="Không", by=office.chau, at=at("2024-04-16 11:00"))
    answer_opinion(opinion, agrees=True, answer="Không tranh chấp", by=office.land, at=at("2024-04-16 11:00"))
    finish_step(open_step(received, "tham-dinh"), by=office.specialist, at=at("2024-04-16 14:00"))
    assert open_step(received, "ky").unit == office.commune


def test_a_stand_in_signs_only_where_the_delegation_says_so(office, received, pki):
    finish_step(open_step(received, "phan-cong"), by=office.head, at=at("2024-04-15 11:00"))
    draft_result(received, grants=True, name="Giấy xác nhận", content={"body": "x"}, by=office.specialist, at=at("2024-04-16 09:00"))
    finish_step(open_step(received, "tham-dinh"), by=office.specialist, at=at("2024-04-16 10:00"))
    with pytest.raises(NotAllowed):
        sign_result(received, by=office.head, at=at("2024-04-17 08:00"))
    today = localdate()
    lend_post(
        office.leader.posts.get(),
        to=office.head,
        first=today,
        last=today,
        reason="Đi công tác",
        may_sign=True,
        by=office.leader,
        at=at("2024-04-17 08:00"),
    )
    assert hats(office.head)
    result = sign_result(received, by=office.head, at=at("2024-04-17 08:00"))
    assert (result.signed_by, result.signed_for) == (office.head, office.leader)


def test_work_is_given_to_people_of_the_unit_only(office, received):
    with pytest.raises(Refused) as refused:
        assign(open_step(received, "phan-cong"), to=office.land, by=office.leader, at=at("2024-04-15 11:00"))
    assert refused.value.field == "to"


def test_an_outside_wait_stops_the_clock_and_lets_it_run_again(office, received):
    pause_clock(received, reason="Chờ Công an tỉnh xác minh", by=office.head, at=at("2024-04-16 08:00"))
    resume_clock(received, by=office.head, at=at("2024-04-17 08:00"))
    received.refresh_from_db()
    assert received.due_at == at("2024-04-24 10:00")


def test_withdrawing_and_stopping_close_everything_that_was_open(office, version):
    for end, by in ((withdraw, office.an), (stop, office.leader)):
        dossier = receive(filed(office, version), by=office.clerk, at=at("2024-04-15 10:00"))
        with pytest.raises(NotAllowed):
            end(dossier, reason="x", by=office.binh, at=at("2024-04-16 10:00"))
        end(dossier, reason="Không cần nữa", by=by, at=at("2024-04-16 10:00"))
        assert not Step.objects.filter(dossier=dossier).open().exists()
    assert list(Dossier.objects.order_by("pk").values_list("status", flat=True)) == [Status.WITHDRAWN, Status.STOPPED]


def test_lateness_never_blocks_the_result(office, received, pki):
    finish_step(open_step(received, "phan-cong"), by=office.head, at=at("2024-05-15 11:00"))
    draft_result(
        received,
        grants=False,
        name="Thông báo không chấp thuận",
        content={"body": "Thiếu căn cứ"},
        by=office.specialist,
        at=at("2024-05-16 09:00"),
    )
    finish_step(open_step(received, "tham-dinh"), by=office.specialist, at=at("2024-05-16 10:00"))
    sign_result(received, by=office.leader, at=at("2024-05-17 08:00"))
    seal_result(received, by=office.records, at=at("2024-05-17 09:00"))
    assert return_result(received, by=office.clerk, at=at("2024-05-17 10:00")).status == Status.RETURNED


def test_a_neighbour_finds_nothing(office, received):
    assert [list(visible_dossiers(person)) for person in (office.chau, office.binh, office.land)] == [[], [], []]
    assert [list(visible_dossiers(person)) for person in (office.an, office.clerk, office.leader)] == [[received]] * 3


def test_an_account_of_level_one_reads_but_does_not_file(office, version):
    office.an.assurance = 1
    with pytest.raises(Refused) as refused:
        filed(office, version)
    assert (refused.value.code, Dossier.objects.count()) == ("assurance", 0)
    # The clerk has seen the card: at the counter the account does not matter.
    assert filed(office, version, channel=Channel.COUNTER).applicant == office.an
