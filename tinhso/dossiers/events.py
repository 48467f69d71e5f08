"""What dossiers announce. Each line is the dossier's timeline; `public` lines are the citizen's too."""

from dataclasses import dataclass
from typing import ClassVar

from tinhso.kernel.announcements import Announcement


@dataclass(frozen=True)
class DossierFiled(Announcement):
    sentence: ClassVar[str] = "Nộp hồ sơ {code} ({channel_name}) tại {unit}."
    public: ClassVar[bool] = True

    code: str
    procedure: str
    channel: str
    channel_name: str
    unit: str


@dataclass(frozen=True)
class DossierReceived(Announcement):
    sentence: ClassVar[str] = "{unit} tiếp nhận hồ sơ đủ, hợp lệ; hẹn trả {promise}."
    public: ClassVar[bool] = True

    code: str
    unit: str
    promise: str


@dataclass(frozen=True)
class DossierRefused(Announcement):
    sentence: ClassVar[str] = "{unit} từ chối tiếp nhận hồ sơ: {reason}"
    public: ClassVar[bool] = True

    code: str
    unit: str
    reason: str


@dataclass(frozen=True)
class SupplementAsked(Announcement):
    sentence: ClassVar[str] = "Yêu cầu bổ sung {count} giấy tờ: {reason}"
    public: ClassVar[bool] = True

    code: str
    count: int
    reason: str


@dataclass(frozen=True)
class DossierSupplemented(Announcement):
    sentence: ClassVar[str] = "Người nộp đã bổ sung hồ sơ."
    public: ClassVar[bool] = True

    code: str
    count: int


@dataclass(frozen=True)
class FeeAsked(Announcement):
    sentence: ClassVar[str] = "Đề nghị nộp phí, lệ phí {amount_text}."
    public: ClassVar[bool] = True

    code: str
    amount: int
    amount_text: str


@dataclass(frozen=True)
class FeePaid(Announcement):
    sentence: ClassVar[str] = "Đã nộp phí, lệ phí {amount_text}."
    public: ClassVar[bool] = True

    code: str
    amount: int
    amount_text: str
    online: bool


@dataclass(frozen=True)
class StepOpened(Announcement):
    sentence: ClassVar[str] = "Chuyển đến {unit}: {step}."
    public: ClassVar[bool] = True

    code: str
    step: str
    unit: str


@dataclass(frozen=True)
class StepAssigned(Announcement):
    sentence: ClassVar[str] = "Giao {assignee} thụ lý bước {step}."

    code: str
    step: str
    assignee: str
    assignee_id: int


@dataclass(frozen=True)
class StepFinished(Announcement):
    sentence: ClassVar[str] = "{unit} xong bước {step}{stand_in}. {note}"

    code: str
    step: str
    unit: str
    conclusion: str
    note: str
    stand_in: str


@dataclass(frozen=True)
class StepSentBack(Announcement):
    sentence: ClassVar[str] = "{unit} trả lại bước {to}: {note}"

    code: str
    step: str
    to: str
    unit: str
    note: str


@dataclass(frozen=True)
class OpinionAsked(Announcement):
    sentence: ClassVar[str] = "Lấy ý kiến {agency}: {question}"
    public: ClassVar[bool] = True

    code: str
    agency: str
    question: str


@dataclass(frozen=True)
class OpinionGiven(Announcement):
    sentence: ClassVar[str] = "{agency} trả lời ý kiến: {verdict}."
    public: ClassVar[bool] = True

    code: str
    agency: str
    verdict: str


@dataclass(frozen=True)
class DeadlineExtended(Announcement):
    sentence: ClassVar[str] = "Xin lỗi và hẹn lại ngày trả kết quả từ {old} sang {new}: {reason}"
    public: ClassVar[bool] = True

    code: str
    old: str
    new: str
    reason: str


@dataclass(frozen=True)
class ClockPaused(Announcement):
    sentence: ClassVar[str] = "Tạm dừng tính thời hạn: {reason}."
    public: ClassVar[bool] = True

    code: str
    reason: str


@dataclass(frozen=True)
class ClockResumed(Announcement):
    sentence: ClassVar[str] = "Tiếp tục tính thời hạn; hẹn trả {due}."
    public: ClassVar[bool] = True

    code: str
    due: str


@dataclass(frozen=True)
class DossierStopped(Announcement):
    sentence: ClassVar[str] = "Dừng giải quyết hồ sơ: {reason}"
    public: ClassVar[bool] = True

    code: str
    reason: str


@dataclass(frozen=True)
class DossierWithdrawn(Announcement):
    sentence: ClassVar[str] = "Người nộp rút hồ sơ: {reason}"
    public: ClassVar[bool] = True

    code: str
    reason: str


@dataclass(frozen=True)
class ResultDrafted(Announcement):
    sentence: ClassVar[str] = "Dự thảo kết quả: {name}."

    code: str
    name: str
    grants: bool


@dataclass(frozen=True)
class ResultSigned(Announcement):
    sentence: ClassVar[str] = "Ký kết quả số {number}{stand_in}. {warning}"
    public: ClassVar[bool] = True

    code: str
    number: str
    level: str
    warning: str
    stand_in: str


@dataclass(frozen=True)
class ResultSealed(Announcement):
    sentence: ClassVar[str] = "Đóng dấu cơ quan trên kết quả số {number}. {warning}"

    code: str
    number: str
    level: str
    warning: str


@dataclass(frozen=True)
class DossierFinished(Announcement):
    sentence: ClassVar[str] = "Xử lý xong ({punctuality}); kết quả chờ trả tại {unit}."
    public: ClassVar[bool] = True

    code: str
    unit: str
    punctuality: str
    grants: bool


@dataclass(frozen=True)
class ResultReturned(Announcement):
    sentence: ClassVar[str] = "Đã trả kết quả ({how})."
    public: ClassVar[bool] = True

    code: str
    how: str


@dataclass(frozen=True)
class ServiceRated(Announcement):
    sentence: ClassVar[str] = "Người dân đánh giá: {grade_name}."
    public: ClassVar[bool] = True

    code: str
    grade: int
    grade_name: str


@dataclass(frozen=True)
class DossierTransferred(Announcement):
    sentence: ClassVar[str] = "Chuyển hồ sơ từ {from_unit} sang {to_unit} ({reason})."
    public: ClassVar[bool] = True

    code: str
    from_unit: str
    to_unit: str
    reason: str
