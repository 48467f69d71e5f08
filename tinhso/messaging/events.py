"""What messaging tells."""

from dataclasses import dataclass
from typing import ClassVar

from tinhso.kernel.announcements import Announcement


@dataclass(frozen=True)
class MessageUndelivered(Announcement):
    sentence: ClassVar[str] = "Không gửi được thông báo {template} qua {channel}: {error}"

    template: str
    channel: str
    error: str


@dataclass(frozen=True)
class MessageTriedAgain(Announcement):
    sentence: ClassVar[str] = "Gửi lại thông báo {template} qua {channel}."

    template: str
    channel: str


@dataclass(frozen=True)
class TemplateRevised(Announcement):
    sentence: ClassVar[str] = "Sửa mẫu thông báo {template}, áp dụng từ {valid_from}."

    template: str
    valid_from: str
