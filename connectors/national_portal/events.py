"""What the connector announces: the trail of what people did about the synchronisation."""

from dataclasses import dataclass
from typing import ClassVar

from tinhso.kernel.announcements import Announcement


@dataclass(frozen=True)
class RecordRejected(Announcement):
    sentence: ClassVar[str] = "Cổng Dịch vụ công quốc gia từ chối hồ sơ {code}: {error}"

    code: str
    error: str


@dataclass(frozen=True)
class RecordSentAgain(Announcement):
    sentence: ClassVar[str] = "Yêu cầu gửi lại hồ sơ {code} lên Cổng Dịch vụ công quốc gia."

    code: str
