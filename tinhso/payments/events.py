"""What payments tell."""

from dataclasses import dataclass
from typing import ClassVar

from tinhso.kernel.announcements import Announcement


@dataclass(frozen=True)
class PaymentAsked(Announcement):
    sentence: ClassVar[str] = "Yêu cầu nộp {amount_text} cho {code}."

    code: str
    amount: int
    amount_text: str
    subject_kind: str
    subject_id: int


@dataclass(frozen=True)
class PaymentReceived(Announcement):
    sentence: ClassVar[str] = "Đã nhận đủ {amount_text} cho {code} ({way_name}), biên lai {receipt}."

    code: str
    amount: int
    amount_text: str
    way: str
    way_name: str
    receipt: str
    subject_kind: str
    subject_id: int


@dataclass(frozen=True)
class PaymentToReconcile(Announcement):
    sentence: ClassVar[str] = "Nhận {amount_text}, giao dịch {bank_reference}: {problem}. Cần đối soát."

    bank_reference: str
    amount: int
    amount_text: str
    problem: str


@dataclass(frozen=True)
class PaymentSettled(Announcement):
    sentence: ClassVar[str] = "Đối soát xong giao dịch {bank_reference}: {note}"

    bank_reference: str
    note: str


@dataclass(frozen=True)
class PaymentClosed(Announcement):
    sentence: ClassVar[str] = "Khoản nộp {amount_text} cho {code} {outcome}. {reason}"

    code: str
    amount_text: str
    outcome: str
    reason: str


@dataclass(frozen=True)
class RefundAsked(Announcement):
    sentence: ClassVar[str] = "Đề nghị hoàn {amount_text} cho {code}: {reason}"

    code: str
    amount_text: str
    reason: str


@dataclass(frozen=True)
class RefundEnded(Announcement):
    sentence: ClassVar[str] = "Đề nghị hoàn {amount_text} cho {code}: {outcome}. {note}"

    code: str
    amount_text: str
    outcome: str
    note: str
    subject_kind: str
    subject_id: int
