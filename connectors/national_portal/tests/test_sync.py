"""A dossier's life as the national portal sees it, over real HTTP."""

from datetime import timedelta

import pytest
import time_machine

from connectors.national_portal.models import Line, Message, Sync
from connectors.national_portal.sending import send_due
from connectors.national_portal.shapes import record
from tinhso.dossiers.actions.outcome import return_result, seal_result, sign_result
from tinhso.dossiers.actions.papers import NewPaper
from tinhso.dossiers.actions.reception import ask_for_supplement, receive, refuse, supplement, withdraw
from tinhso.dossiers.actions.work import draft_result, finish_step
from tinhso.dossiers.testing import at, filed, open_step, publish
from tinhso.kernel.events import timeline

NOON = at("2024-04-19 12:00")


@pytest.fixture
def clock(office):
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def lived(office, version):
    """Bring a dossier from filing to the returned result, with a supplement on the way."""
    dossier = filed(office, version)
    missing = [{"component": "phu", "name": "Giấy tờ kèm theo", "what": "bản mới"}]
    ask_for_supplement(dossier, items=missing, reason="Giấy tờ hết hạn", by=office.clerk, at=at("2024-04-15 09:30"))
    supplement(dossier, papers=[NewPaper("phu", "Giấy tờ kèm theo", form="copy")], by=office.an, at=at("2024-04-15 14:00"))
    receive(dossier, by=office.clerk, at=at("2024-04-15 15:00"))
    finish_step(open_step(dossier, "phan-cong"), by=office.head, at=at("2024-04-16 08:00"))
    draft_result(dossier, grants=True, name="Giấy xác nhận", content={"body": "x"}, by=office.specialist, at=at("2024-04-16 09:00"))
    finish_step(open_step(dossier, "tham-dinh"), note="Đủ điều kiện", by=office.specialist, at=at("2024-04-16 10:00"))
    sign_result(dossier, by=office.leader, at=at("2024-04-17 08:00"))
    seal_result(dossier, by=office.records, at=at("2024-04-17 09:00"))
    return return_result(dossier, by=office.clerk, at=at("2024-04-17 10:00"))


LIFE = ["1", "5", "1", "2", "4", "4", "4", "4", "4", "4", "9", "10"]


def test_a_whole_life_arrives_with_its_statuses(simulator, office, version, clock, drain, pki):
    dossier = lived(office, version)
    drain()
    kept = simulator.kept()
    assert kept["refused"] == []
    assert kept["records"][dossier.code] == record(dossier)
    assert simulator.statuses(dossier.code) == LIFE
    assert kept["progress"][dossier.code][4] == {
        "MaHoSo": dossier.code,
        "NguoiXuLy": "Lê Trưởng Phòng",
        "ChucDanh": "trưởng phòng",
        "ThoiDiemXuLy": "20240416080000",
        "PhongBanXuLy": "Công chức Tư pháp - Hộ tịch",
        "NoiDungXuLy": "Công chức Tư pháp - Hộ tịch xong bước Phân công.",
        "TrangThai": "4",
        "NgayBatDau": "20240415150000",
        "NgayKetThucTheoQuyDinh": "20240423150000",
    }
    assert Message.objects.count() == 0
    sync = Sync.objects.get()
    assert (sync.known, sync.status, sync.revision) == (True, 10, dossier.revision)


def test_every_field_of_a_record_is_as_the_dossier_has_it(simulator, office, version, clock, drain, pki):
    dossier = lived(office, version)
    drain()
    sent = simulator.kept()["records"][dossier.code]
    paper, result = dossier.papers.exclude(file=None).get(), dossier.results.get()
    site = "http://127.0.0.1:8000/api/v1/dossiers"
    assert sent == {
        "MaHoSo": "H47.31.01-240415-0001",
        "MaTTHC": "1.000001",
        "TenTTHC": "Xác nhận tình trạng thử nghiệm",
        "MaLinhVuc": "G15-TP01",
        "TenLinhVuc": "Hộ tịch",
        "SoBienNhan": "H47.31.01-240415-0001",
        "ChuHoSo": "Nguyễn Thị Bình An",
        "LoaiDoiTuong": "0",
        "MaDoiTuong": "",
        "ThongTinKhac": "",
        "Email": "",
        "Fax": "",
        "SoDienThoai": "0905123456",
        "TrichYeuHoSo": "Xác nhận tình trạng thử nghiệm",
        "NgayTiepNhan": "20240415150000",
        "NgayHenTra": "20240423150000",
        "TrangThaiHoSo": "10",
        "NgayTra": "20240417100000",
        "ThongTinTra": "đã trả",
        "HinhThuc": "0",
        "NgayKetThucXuLy": "20240417090000",
        "DonViXuLy": "UBND xã Tam Đàn",
        "GhiChu": "",
        "DanhSachLePhi": [],
        "TaiLieuNop": [
            {
                "TepDinhKemId": str(paper.pk),
                "TenTepDinhKem": "don.pdf",
                "IsDeleted": "False",
                "MaThanhPhanHoSo": "don",
                "DuongDanTaiTepTin": f"{site}/{dossier.code}/papers/{paper.pk}/content",
                "DuocSoHoa": "0",
                "DuocLayTuKhoDMQG": "0",
            }
        ],
        "DanhSachTepDinhKemKhac": [{"TenGiayTo": "Giấy tờ kèm theo", "SoLuong": 1, "LoaiGiayTo": "2"}],
        "DanhSachHoSoBoSung": [
            {
                "HoSoBoSungId": str(dossier.supplement_request.pk),
                "NguoiYeuCauBoSung": "Trần Một Cửa",
                "NoiDungBoSung": "Giấy tờ hết hạn",
                "NgayBoSung": "20240415093000",
                "NguoiTiepNhanBoSung": "Bộ phận Một cửa xã Tam Đàn",
                "ThongTinTiepNhan": "",
                "NgayTiepNhanBoSung": "20240415140000",
                "TrangThaiBoSung": "1",
                "DanhSachGiayToBoSung": [{"MaThanhPhanHoSo": "phu", "TenGiayTo": "Giấy tờ kèm theo", "NoiDung": "bản mới"}],
                "DanhSachLePhiBoSung": [],
                "NgayHenTraTruoc": "20240423150000",
                "NgayHenTraMoi": "20240423150000",
            }
        ],
        "DanhSachGiayToKetQua": [
            {
                "GiayToId": str(result.pk),
                "TenGiayTo": "Giấy xác nhận",
                "MaThanhPhanHoSo": "",
                "MaKetQua": "",
                "DuongDanTepTinKetQua": f"{site}/{dossier.code}/results/{result.pk}/content",
            }
        ],
        "KenhThucHien": "2",
        "DuocThanhToanTrucTuyen": "0",
        "TaiKhoanDuocXacThucVoiVNeID": "1",
        "HoSoCoThanhPhanSoHoa": "1",
        "ThoiGianGiaiQuyet": "5",
        "DonViTinh": "Ngày làm việc",
    }


def test_a_refused_and_a_withdrawn_dossier_end_there_too(simulator, office, version, clock, drain):
    refused, withdrawn = filed(office, version), filed(office, version)
    refuse(refused, reason="Không thuộc thẩm quyền", by=office.clerk, at=at("2024-04-15 10:00"))
    withdraw(withdrawn, reason="Nộp nhầm", by=office.an, at=at("2024-04-15 10:00"))
    drain()
    assert simulator.kept()["refused"] == []
    assert (simulator.statuses(refused.code), simulator.statuses(withdrawn.code)) == (["1", "3"], ["1", "7"])


def test_a_portal_that_is_down_holds_nobody_up_and_hears_everything_once(simulator, office, version, clock, drain, pki):
    simulator.stop()
    first = lived(office, version)
    second = filed(office, version)
    drain()
    assert first.status == 10
    assert (Message.objects.count(), Message.objects.filter(attempts__gt=1).count()) == (len(LIFE) + 1, 0)
    assert Line.objects.get().error.startswith("Không kết nối được Cổng quốc gia")
    assert send_due(at=NOON) == 0  # not asked again before its wait is over
    simulator.start()
    moment = NOON + timedelta(minutes=1)
    while send_due(at=moment):
        pass
    kept = simulator.kept()
    assert (kept["refused"], Message.objects.count(), Line.objects.get().error) == ([], 0, "")
    assert (simulator.statuses(first.code), simulator.statuses(second.code)) == (LIFE, ["1"])
    # The record went once as it is now, whatever happened in between.
    assert kept["counts"] == {first.code: {"made": 1, "replaced": 0}, second.code: {"made": 1, "replaced": 0}}


def test_an_answer_that_is_lost_doubles_nothing(simulator, office, version, clock, drain):
    dossier = filed(office, version)
    simulator.control(lose_answer=1)
    drain()
    receive(dossier, by=office.clerk, at=at("2024-04-15 10:00"))
    drain()
    simulator.control(lose_answer=1)
    withdraw(dossier, reason="Nộp nhầm", by=office.an, at=at("2024-04-15 11:00"))
    drain()
    moment = NOON + timedelta(minutes=10)
    while send_due(at=moment):
        pass
    assert simulator.statuses(dossier.code) == ["1", "2", "7"]
    assert simulator.kept()["counts"][dossier.code]["made"] == 1
    assert Message.objects.count() == 0


def test_a_session_that_ended_midway_is_renewed(simulator, office, version, clock, drain):
    dossier = filed(office, version)
    drain()
    simulator.control(end_sessions=1)
    receive(dossier, by=office.clerk, at=at("2024-04-15 10:00"))
    drain()
    assert (simulator.statuses(dossier.code), simulator.kept()["refused"]) == (["1", "2"], [])


def test_a_portal_that_answers_nonsense_is_a_portal_that_is_down(simulator, office, version, clock, drain):
    dossier = filed(office, version)
    simulator.control(fail=1)
    drain()
    assert Line.objects.get().error == "Cổng quốc gia trả lời 503, không phải JSON."
    assert Message.objects.get().attempts == 0
    send_due(at=NOON + timedelta(minutes=1))
    assert simulator.statuses(dossier.code) == ["1"]


def test_a_rejected_record_stays_listed_with_the_portals_sentence_and_holds_up_only_itself(simulator, office, version, clock, drain):
    wrong = filed(office, publish(code="1.000009"))
    right = filed(office, version)
    receive(wrong, by=office.clerk, at=at("2024-04-15 10:00"))
    drain()
    [first, behind] = Message.objects.order_by("pk")
    assert (first.dossier, first.attempts, first.error, first.given_up_at) == (
        wrong,
        1,
        "Hồ sơ không hợp lệ: MaLinhVuc không được để trống.",
        None,
    )
    assert (behind.attempts, behind.error) == (0, "")
    assert (simulator.statuses(right.code), simulator.statuses(wrong.code)) == (["1"], [])
    assert [event.announcement.says() for event in timeline(wrong)][-1] == (
        f"Cổng Dịch vụ công quốc gia từ chối hồ sơ {wrong.code}: Hồ sơ không hợp lệ: MaLinhVuc không được để trống."
    )
    moment = NOON
    for _ in range(12):
        moment += timedelta(days=2)
        send_due(at=moment)
    assert [message.given_up_at is not None for message in Message.objects.all()] == [True, True]


def test_nothing_is_kept_where_no_portal_is_set_up(settings, office, version, clock, drain):
    filed(office, version)
    drain()
    assert (Message.objects.count(), Sync.objects.count()) == (0, 0)
