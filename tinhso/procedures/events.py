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


@dataclass(frozen=True)
class CatalogueImported(Announcement):
    sentence = "Nhập {file_name}: {read} bản ghi, {new} thủ tục mới, {changed} thay đổi, {waiting} chờ xem, {rejected} không nhận"

    file_name: str
    read: int
    new: int
    changed: int
    waiting: int
    rejected: int


@dataclass(frozen=True)
class DraftDiscarded(Announcement):
    sentence = "Bỏ bản nháp {number} của thủ tục {code} (nguồn: {source})"

    code: str
    number: int
    source: str
