"""What is said about a record that was read."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tinhso.procedures.definition import Definition


class Severity(StrEnum):
    REJECTED = "rejected"  # not loaded
    CONTRADICTION = "contradiction"  # loaded without the part that cannot be true
    INCOMPLETE = "incomplete"  # loaded, something is missing
    NOTE = "note"  # loaded, somebody should know


@dataclass(frozen=True)
class Finding:
    severity: Severity
    kind: str
    message: str


# Words for lists and reports; the message of each finding says what exactly.
KINDS = {
    "unreadable": "không đọc được",
    "code": "mã thủ tục sai hoặc thiếu",
    "name": "không có tên",
    "shape": "nội dung sai khuôn dạng",
    "repeated": "mã lặp lại trong tệp",
    "channels": "không có hình thức nộp",
    "limit": "không có thời hạn",
    "limit-unit": "thời hạn không có đơn vị",
    "limit-value": "thời hạn không thể đúng",
    "fee": "không có mức phí, lệ phí",
    "fee-value": "mức phí không thể đúng",
    "fee-zero": "ghi 0 đồng nhưng ghi chú nói có thu",
    "fee-currency": "phí không tính bằng đồng",
    "papers": "không có thành phần hồ sơ",
    "paper-count": "số lượng giấy tờ không thể đúng",
    "legal-bases": "không có căn cứ pháp lý",
    "outcome": "không có kết quả",
    "outcome-code": "mã kết quả sai dạng",
    "field": "không có lĩnh vực",
    "agency": "không có cơ quan thực hiện",
    "level": "không rõ cấp thực hiện",
    "level-agency": "cấp thực hiện và cơ quan thực hiện không khớp",
    "name-code": "tên mang mã của thủ tục khác",
    "same-page": "cùng một trang với thủ tục khác",
    "ours": "đã có bản của tỉnh",
    "later": "đang có phiên bản hiệu lực muộn hơn",
    "status": "không còn công khai",
}


@dataclass
class Reading:
    """One record of a file: what it says, and what is to be said about it."""

    position: int
    code: str = ""
    name: str = ""
    definition: Definition | None = None
    findings: list[Finding] = field(default_factory=list)
    raw: Any = None

    def say(self, severity: Severity, kind: str, message: str) -> None:
        self.findings.append(Finding(severity, kind, message))

    def incomplete(self, kind: str, message: str) -> None:
        self.say(Severity.INCOMPLETE, kind, message)

    def contradiction(self, kind: str, message: str) -> None:
        self.say(Severity.CONTRADICTION, kind, message)

    def say_note(self, kind: str, message: str) -> None:
        self.say(Severity.NOTE, kind, message)

    def reject(self, kind: str, message: str) -> "Reading":
        self.definition = None
        self.findings = [one for one in self.findings if one.severity != Severity.REJECTED]
        self.say(Severity.REJECTED, kind, message)
        return self

    @property
    def rejected(self) -> bool:
        return self.definition is None
