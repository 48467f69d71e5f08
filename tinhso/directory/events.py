"""What the directory announces."""

from dataclasses import dataclass
from typing import ClassVar

from tinhso.kernel.announcements import Announcement


@dataclass(frozen=True)
class PostLent(Announcement):
    sentence: ClassVar[str] = "{holder} giao {delegate} làm thay từ {first} đến {last}: {reason}"

    holder: str
    delegate: str
    first: str
    last: str
    may_sign: bool
    reason: str


@dataclass(frozen=True)
class PostTakenBack(Announcement):
    sentence: ClassVar[str] = "Thu hồi việc giao {delegate} làm thay {holder}."

    holder: str
    delegate: str


@dataclass(frozen=True)
class TokenIssued(Announcement):
    sentence: ClassVar[str] = "Cấp mã truy cập API {label} cho {system}: {scopes}."

    label: str
    system: str
    scopes: str


@dataclass(frozen=True)
class TokenRevoked(Announcement):
    sentence: ClassVar[str] = "Thu hồi mã truy cập API {label}."

    label: str


@dataclass(frozen=True)
class SessionsEnded(Announcement):
    sentence: ClassVar[str] = "Kết thúc mọi phiên làm việc của {person}."

    person: str


@dataclass(frozen=True)
class SecondFactorReset(Announcement):
    sentence: ClassVar[str] = "Xóa xác thực hai lớp của {person} để thiết lập lại."

    person: str


@dataclass(frozen=True)
class CitizenIdentified(Announcement):
    sentence: ClassVar[str] = "Định danh điện tử xác thực mức {level}."

    level: int


@dataclass(frozen=True)
class UnitsReorganised(Announcement):
    sentence: ClassVar[str] = "Sắp xếp đơn vị từ {on} ({document}): {begun} đơn vị bắt đầu, {ended} đơn vị kết thúc, {posts} vị trí chuyển."

    on: str
    document: str
    begun: int
    ended: int
    successions: int
    posts: int


@dataclass(frozen=True)
class UnitSucceeded(Announcement):
    """Told on the day of the succession or after it, once for each pair; open work goes where `takes_open_work` says."""

    sentence: ClassVar[str] = "Từ {on}, đơn vị có đơn vị kế thừa."

    predecessor_id: int
    successor_id: int
    on: str
    partly: bool
    takes_open_work: bool


@dataclass(frozen=True)
class SystemAdded(Announcement):
    sentence: ClassVar[str] = "Đăng ký hệ thống {system}."

    system: str


@dataclass(frozen=True)
class OfficialAdded(Announcement):
    sentence: ClassVar[str] = "Thêm cán bộ {person}, tên đăng nhập {username}."

    person: str
    username: str


@dataclass(frozen=True)
class PasswordGiven(Announcement):
    sentence: ClassVar[str] = "Cấp mật khẩu tạm cho {person}."

    person: str


@dataclass(frozen=True)
class OfficialStopped(Announcement):
    sentence: ClassVar[str] = "Ngừng tài khoản của {person}."

    person: str


@dataclass(frozen=True)
class OfficialResumed(Announcement):
    sentence: ClassVar[str] = "Mở lại tài khoản của {person}."

    person: str


@dataclass(frozen=True)
class PostGiven(Announcement):
    sentence: ClassVar[str] = "Giao cho {person} vị trí {role} tại {unit} từ {first}."

    person: str
    role: str
    unit: str
    first: str


@dataclass(frozen=True)
class PostEnded(Announcement):
    sentence: ClassVar[str] = "{person} thôi vị trí {role} tại {unit}, làm đến hết {last}."

    person: str
    role: str
    unit: str
    last: str
