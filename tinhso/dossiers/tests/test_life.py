"""One dossier from filing to rating, and every verb pressed twice."""

import uuid

import pytest

from tinhso.dossiers.actions.filing import Incomplete
from tinhso.dossiers.actions.outcome import collect_result, rate, return_result, seal_result, sign_result
from tinhso.dossiers.actions.reception import receive
from tinhso.dossiers.actions.work import assign, draft_result, finish_step
from tinhso.dossiers.models import Delivery, Dossier, Status
from tinhso.dossiers.testing import at, filed, open_step
from tinhso.kernel.errors import NotAllowed, Refused
from tinhso.kernel.events import timeline
from tinhso.kernel.files import read
from tinhso.signing.queries import verify_pdf


def signed_life(office, version):
    """Bring a dossier as far as the signature."""
    dossier = receive(filed(office, version), by=office.clerk, at=at("2024-04-15 10:00"))
    assign(open_step(dossier, "phan-cong"), to=office.head, by=office.head, at=at("2024-04-15 10:30"))
    finish_step(open_step(dossier, "phan-cong"), by=office.head, at=at("2024-04-15 11:00"))
    draft_result(
        dossier,
        grants=True,
        name="Giấy xác nhận",
        content={"body": "Xác nhận bà An cư trú tại xã."},
        by=office.specialist,
        at=at("2024-04-16 09:00"),
    )
    finish_step(open_step(dossier, "tham-dinh"), note="Đủ điều kiện", by=office.specialist, at=at("2024-04-16 10:00"))
    return dossier


def test_the_whole_life_of_a_dossier(office, version, pki):
    dossier = signed_life(office, version)
    sign_result(dossier, by=office.leader, at=at("2024-04-17 08:00"))
    result = seal_result(dossier, by=office.records, at=at("2024-04-17 09:00"))
    dossier.refresh_from_db()
    assert (dossier.status, dossier.delivery, dossier.finished_at) == (Status.FINISHED, Delivery.READY, at("2024-04-17 09:00"))
    verdicts = verify_pdf(read(result.file))
    assert [(verdict.intact, verdict.trusted) for verdict in verdicts] == [(True, True), (True, True)]
    assert result.number == "01/KQ-UBND"
    collect_result(dossier, by=office.an, at=at("2024-04-17 10:00"))
    rate(dossier, grade=3, comment="Nhanh", by=office.an, at=at("2024-04-17 10:05"))
    dossier.refresh_from_db()
    assert (dossier.status, dossier.rating.get_grade_display()) == (Status.RETURNED, "Rất hài lòng")
    assert [event.announcement.says() for event in timeline(dossier, public_only=True)] == [
        "Nộp hồ sơ H47.31.01-240415-0001 (trực tuyến) tại Bộ phận Một cửa xã Tam Đàn.",
        "Bộ phận Một cửa xã Tam Đàn tiếp nhận hồ sơ đủ, hợp lệ; hẹn trả 10:00 23/04/2024.",
        "Chuyển đến Công chức Tư pháp - Hộ tịch: Phân công.",
        "Chuyển đến Công chức Tư pháp - Hộ tịch: Thẩm định.",
        "Chuyển đến UBND xã Tam Đàn: Ký kết quả.",
        "Ký kết quả số 01/KQ-UBND. ",
        "Chuyển đến UBND xã Tam Đàn: Đóng dấu.",
        "Xử lý xong (trước hạn); kết quả chờ trả tại Bộ phận Một cửa xã Tam Đàn.",
        "Đã trả kết quả (tải về trực tuyến).",
        "Người dân đánh giá: Rất hài lòng.",
    ]


def test_the_deadline_skips_the_holiday_of_the_kings(office, version):
    # 18/04/2024 was Giỗ Tổ; 16, 17, 19, 22, 23 are the five days.
    dossier = receive(filed(office, version), by=office.clerk, at=at("2024-04-15 10:00"))
    assert dossier.due_at == dossier.promised_at == at("2024-04-23 10:00")


def test_every_verb_pressed_twice_does_it_once(office, version, pki):
    key = uuid.uuid4()
    dossier = filed(office, version, key=key)
    assert filed(office, version, key=key) == dossier
    for _ in range(2):
        receive(dossier, by=office.clerk, at=at("2024-04-15 10:00"))
    step = open_step(dossier, "phan-cong")
    for _ in range(2):
        finish_step(step, by=office.head, at=at("2024-04-15 11:00"))
    draft_result(dossier, grants=True, name="Giấy xác nhận", content={"body": "x"}, by=office.specialist, at=at("2024-04-16 09:00"))
    finish_step(open_step(dossier, "tham-dinh"), by=office.specialist, at=at("2024-04-16 10:00"))
    for _ in range(2):
        sign_result(dossier, by=office.leader, at=at("2024-04-17 08:00"))
    for _ in range(2):
        seal_result(dossier, by=office.records, at=at("2024-04-17 09:00"))
    for _ in range(2):
        return_result(dossier, by=office.clerk, at=at("2024-04-17 10:00"))
    kinds = [event.kind for event in timeline(dossier)]
    assert sorted(
        kind for kind in kinds if kind not in ("dossiers.StepOpened", "dossiers.StepFinished", "dossiers.ResultDrafted")
    ) == sorted(
        f"dossiers.{name}"
        for name in ("DossierFiled", "DossierReceived", "ResultSigned", "ResultSealed", "DossierFinished", "ResultReturned")
    )
    assert dossier.steps.count() == 6


def test_a_dossier_without_its_papers_is_not_filed_online(office, version):
    with pytest.raises(Incomplete) as refused:
        filed(office, version, papers=[], answers={})
    assert refused.value.problems == {"muc-dich": "Xin điền “Mục đích”.", "papers": "Còn thiếu giấy tờ: Đơn đề nghị."}
    assert Dossier.objects.count() == 0


def test_a_refused_filing_leaves_no_gap_in_the_codes(office, version):
    filed(office, version)
    with pytest.raises(Incomplete):
        filed(office, version, papers=[])
    assert filed(office, version).code == "H47.31.01-240415-0002"


@pytest.mark.parametrize("who", ["chau", "head", "leader", "an", "binh"])
def test_only_the_clerk_of_the_desk_receives(office, version, who):
    with pytest.raises(NotAllowed):
        receive(filed(office, version), by=getattr(office, who), at=at("2024-04-15 10:00"))


def test_a_step_that_another_finished_says_who_and_when(office, version):
    dossier = receive(filed(office, version), by=office.clerk, at=at("2024-04-15 10:00"))
    step = open_step(dossier, "phan-cong")
    finish_step(step, by=office.head, at=at("2024-04-15 11:00"))
    with pytest.raises(NotAllowed):
        finish_step(step, by=office.specialist, at=at("2024-04-15 11:05"))


def test_nothing_goes_to_signature_without_a_draft(office, version):
    dossier = receive(filed(office, version), by=office.clerk, at=at("2024-04-15 10:00"))
    finish_step(open_step(dossier, "phan-cong"), by=office.head, at=at("2024-04-15 11:00"))
    with pytest.raises(Refused) as refused:
        finish_step(open_step(dossier, "tham-dinh"), by=office.specialist, at=at("2024-04-16 10:00"))
    assert refused.value.code == "no-draft"
    assert open_step(dossier, "tham-dinh").finished_at is None


def test_a_signature_outlives_a_time_stamp_service_that_is_down(office, version, pki_down):
    dossier = signed_life(office, version)
    result = sign_result(dossier, by=office.leader, at=at("2024-04-17 08:00"))
    assert (result.signature_level, result.number) == ("B-B", "01/KQ-UBND")
    assert [verdict.intact for verdict in verify_pdf(read(result.file))] == [True]
