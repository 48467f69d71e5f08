"""What the simulated portal asks of a record: every field of QCVN 120:2019 as the classic adapter sends it.

Every field must be there and of its form; a field that nobody knows is refused as well, so that a misspelt name is found.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

STATUSES = frozenset(str(number) for number in range(1, 11))
FLAGS, WORDS = frozenset("01"), frozenset(("True", "False"))
TIME_UNITS = frozenset(("", "Giờ làm việc", "Ngày làm việc", "Ngày", "Tháng"))
Check = Callable[[Any], str]


class Wrong(Exception):
    """A record that the portal will not have, with the sentence it answers."""


def text(longest: int = 1000, *, needed: bool = False, form: str = "") -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str):
            return "phải là chuỗi ký tự"
        if needed and not value.strip():
            return "không được để trống"
        if len(value) > longest:
            return f"dài quá {longest} ký tự"
        return "không đúng định dạng" if form and value and not re.fullmatch(form, value) else ""

    return check


def one_of(values: frozenset[str]) -> Check:
    return lambda value: "" if isinstance(value, str) and value in values else f"không thuộc danh mục ({', '.join(sorted(values))})"


def moment(*, needed: bool = False) -> Check:
    def check(value: Any) -> str:
        if value == "" and not needed:
            return ""
        if not isinstance(value, str) or not re.fullmatch(r"\d{14}", value):
            return "phải có dạng yyyyMMddHHmmss"
        try:
            datetime.strptime(value, "%Y%m%d%H%M%S")  # noqa: DTZ007 - the portal's moments have no zone
        except ValueError:
            return "không phải thời điểm có thật"
        return ""

    return check


def number(value: Any) -> str:
    return "" if type(value) is int and value >= 0 else "phải là số nguyên không âm"


def rows(spec: Mapping[str, Check]) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, list):
            return "phải là danh sách"
        for place, row in enumerate(value, 1):
            if wrong := faults(row, spec):
                return f"dòng {place}: {wrong[0]}"
        return ""

    return check


ADDRESS = r"https?://\S+"
FEE = {
    "TenPhiLePhi": text(500, needed=True),
    "MaPhiLePhi": text(50),
    "HinhThucThu": one_of(frozenset("124")),
    "Gia": number,
    "LoaiPhiLePhi": one_of(frozenset("12")),
}
FILE = {
    "TepDinhKemId": text(50, needed=True),
    "TenTepDinhKem": text(255, needed=True),
    "IsDeleted": one_of(WORDS),
    "MaThanhPhanHoSo": text(100, needed=True),
    "DuongDanTaiTepTin": text(1000, needed=True, form=ADDRESS),
    "DuocSoHoa": one_of(FLAGS),
    "DuocLayTuKhoDMQG": one_of(FLAGS),
}
SHEET = {"TenGiayTo": text(500, needed=True), "SoLuong": number, "LoaiGiayTo": one_of(frozenset("123"))}
MISSING = {"MaThanhPhanHoSo": text(100), "TenGiayTo": text(500, needed=True), "NoiDung": text(2000)}
SUPPLEMENT = {
    "HoSoBoSungId": text(50, needed=True),
    "NguoiYeuCauBoSung": text(200, needed=True),
    "NoiDungBoSung": text(2000, needed=True),
    "NgayBoSung": moment(needed=True),
    "NguoiTiepNhanBoSung": text(200),
    "ThongTinTiepNhan": text(2000),
    "NgayTiepNhanBoSung": moment(),
    "TrangThaiBoSung": one_of(FLAGS),
    "DanhSachGiayToBoSung": rows(MISSING),
    "DanhSachLePhiBoSung": rows(FEE),
    "NgayHenTraTruoc": moment(),
    "NgayHenTraMoi": moment(),
}
OUTCOME = {
    "GiayToId": text(50, needed=True),
    "TenGiayTo": text(500, needed=True),
    "MaThanhPhanHoSo": text(100),
    "MaKetQua": text(100),
    "DuongDanTepTinKetQua": text(1000, needed=True, form=ADDRESS),
}
RECORD: dict[str, Check] = {
    "MaHoSo": text(60, needed=True, form=r"[A-Z0-9.]+-(\d{6}|\d{8})-\d{4,7}"),
    "MaTTHC": text(40, needed=True, form=r"\d\.\d{6}(\.[0-9A-Z.]+)?"),
    "TenTTHC": text(1000, needed=True),
    "MaLinhVuc": text(20, needed=True, form=r"[A-Z]\d{2}-[A-Z]{2}\d{2}"),
    "TenLinhVuc": text(200, needed=True),
    "SoBienNhan": text(60, needed=True),
    "ChuHoSo": text(200, needed=True),
    "LoaiDoiTuong": one_of(frozenset("012")),
    "MaDoiTuong": text(120),
    "ThongTinKhac": text(2000),
    "Email": text(254, form=r"[^@\s]+@[^@\s]+"),
    "Fax": text(20),
    "SoDienThoai": text(20, form=r"[+0-9 .]+"),
    "TrichYeuHoSo": text(1000, needed=True),
    "NgayTiepNhan": moment(),
    "NgayHenTra": moment(),
    "TrangThaiHoSo": one_of(STATUSES),
    "NgayTra": moment(),
    "ThongTinTra": text(500),
    "HinhThuc": one_of(FLAGS),
    "NgayKetThucXuLy": moment(),
    "DonViXuLy": text(300, needed=True),
    "GhiChu": text(2000),
    "DanhSachLePhi": rows(FEE),
    "TaiLieuNop": rows(FILE),
    "DanhSachTepDinhKemKhac": rows(SHEET),
    "DanhSachHoSoBoSung": rows(SUPPLEMENT),
    "DanhSachGiayToKetQua": rows(OUTCOME),
    "KenhThucHien": one_of(frozenset("123")),
    "DuocThanhToanTrucTuyen": one_of(frozenset("012")),
    "TaiKhoanDuocXacThucVoiVNeID": one_of(FLAGS),
    "HoSoCoThanhPhanSoHoa": one_of(FLAGS),
    "ThoiGianGiaiQuyet": text(10, form=r"\d+"),
    "DonViTinh": one_of(TIME_UNITS),
}
PROGRESS: dict[str, Check] = {
    "MaHoSo": RECORD["MaHoSo"],
    "NguoiXuLy": text(200, needed=True),
    "ChucDanh": text(200, needed=True),
    "ThoiDiemXuLy": moment(needed=True),
    "PhongBanXuLy": text(300, needed=True),
    "NoiDungXuLy": text(4000, needed=True),
    "TrangThai": one_of(STATUSES),
    "NgayBatDau": moment(needed=True),
    "NgayKetThucTheoQuyDinh": moment(),
}
# What a status cannot do without.
GOES_WITH = {
    "NgayTiepNhan": {"2", "4", "9", "10"},
    "NgayKetThucXuLy": {"3", "7", "8", "9", "10"},
    "NgayTra": {"10"},
    "DanhSachHoSoBoSung": {"5"},
    "DanhSachGiayToKetQua": {"9", "10"},
}
# From where to where a dossier may go; anything may stay what it is.
AFTER = {
    "1": {"2", "3", "4", "5", "6", "7", "8"},
    "2": {"4", "5", "6", "7", "8", "9"},
    "3": set(),
    "4": {"5", "6", "7", "8", "9"},
    "5": {"1", "2", "3", "4", "7", "8"},
    "6": {"1", "2", "4", "7", "8"},
    "7": set(),
    "8": set(),
    "9": {"10"},
    "10": set(),
}


def faults(row: Any, spec: Mapping[str, Check]) -> list[str]:
    """Return what is wrong with a row, a sentence for each field."""
    if not isinstance(row, dict):
        return ["không phải đối tượng JSON"]
    wrong = [f"thiếu trường {name}" for name in spec if name not in row]
    wrong += [f"không có trường {name} trong quy chuẩn" for name in row if name not in spec]
    return wrong + [f"{name} {said}" for name, check in spec.items() if name in row and (said := check(row[name]))]


def check_record(row: Any) -> None:
    wrong = faults(row, RECORD)
    if not wrong:
        status = row["TrangThaiHoSo"]
        wrong = [
            f"{name} bắt buộc khi trạng thái là {status}" for name, statuses in GOES_WITH.items() if status in statuses and not row[name]
        ]
        if bool(row["ThoiGianGiaiQuyet"]) != bool(row["DonViTinh"]):
            wrong.append("ThoiGianGiaiQuyet và DonViTinh phải đi cùng nhau")
        if row["NgayTiepNhan"] and row["NgayTra"] and row["NgayTra"] < row["NgayTiepNhan"]:
            wrong.append("NgayTra trước NgayTiepNhan")
    if wrong:
        raise Wrong(f"Hồ sơ không hợp lệ: {'; '.join(wrong[:10])}.")


def check_progress(row: Any) -> None:
    if wrong := faults(row, PROGRESS):
        raise Wrong(f"Tiến độ không hợp lệ: {'; '.join(wrong[:10])}.")
