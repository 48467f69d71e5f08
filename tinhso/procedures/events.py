"""What the catalogue announces."""

from dataclasses import dataclass

from tinhso.kernel.announcements import Announcement


@dataclass(frozen=True)
class VersionPublished(Announcement):
    sentence = "Công khai phiên bản {number} của thủ tục {code}, hiệu lực từ {valid_from} (nguồn: {source})"

    code: str
    number: int
    valid_from: str
    source: str
