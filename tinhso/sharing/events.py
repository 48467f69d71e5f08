"""What sharing announces: it stands in the audit trail who was told of what."""

from dataclasses import dataclass
from typing import ClassVar

from tinhso.kernel.announcements import Announcement


@dataclass(frozen=True)
class SubscriptionMade(Announcement):
    sentence: ClassVar[str] = "{system} đăng ký nhận sự kiện tại {url}: {kinds}."

    system: str
    url: str
    kinds: str


@dataclass(frozen=True)
class SubscriptionEnded(Announcement):
    sentence: ClassVar[str] = "{system} thôi nhận sự kiện tại {url}."

    system: str
    url: str


@dataclass(frozen=True)
class SubscriptionResumed(Announcement):
    sentence: ClassVar[str] = "Gửi lại {waiting} sự kiện chưa giao tới {url}."

    url: str
    waiting: int


@dataclass(frozen=True)
class SubscriptionSuspended(Announcement):
    sentence: ClassVar[str] = "Tạm ngừng gửi sự kiện tới {url} vì không nhận được trả lời: {error}"

    url: str
    error: str
