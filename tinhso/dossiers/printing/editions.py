"""The editions of the one-stop office's forms: number and title of each, from the day a circular took effect."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Form(StrEnum):
    """The seven papers, by what they are for; the value is their name in addresses."""

    RECEIPT = "giay-hen"
    SUPPLEMENT = "bo-sung"
    REFUSAL = "tu-choi"
    APOLOGY = "xin-loi"
    STOP = "dung-giai-quyet"
    CONTROL = "kiem-soat"
    REGISTER = "so-theo-doi"


@dataclass(frozen=True)
class Title:
    """How a circular numbers and names a form; a form without number is the office's own."""

    number: str
    text: str


@dataclass(frozen=True)
class Edition:
    basis: str
    valid_from: date
    titles: dict[Form, Title]

    def data(self, form: Form) -> dict[str, str]:
        title = self.titles[form]
        return {"title": title.text, "model": f"Mẫu số {title.number}, {self.basis}" if title.number else ""}


EDITIONS = (
    Edition(
        "Thông tư số 01/2018/TT-VPCP",
        date(2019, 1, 1),
        {
            Form.RECEIPT: Title("01", "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"),
            Form.SUPPLEMENT: Title("02", "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"),
            Form.REFUSAL: Title("03", "Phiếu từ chối tiếp nhận giải quyết hồ sơ"),
            Form.APOLOGY: Title("04", "Phiếu xin lỗi và hẹn lại ngày trả kết quả"),
            # This edition has no form for it.
            Form.STOP: Title("", "Thông báo dừng giải quyết hồ sơ"),
            Form.CONTROL: Title("05", "Phiếu kiểm soát quá trình giải quyết hồ sơ"),
            Form.REGISTER: Title("06", "Sổ theo dõi hồ sơ"),
        },
    ),
    Edition(
        "Thông tư số 03/2025/TT-VPCP",
        date(2025, 7, 1),
        {
            Form.RECEIPT: Title("01", "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"),
            Form.SUPPLEMENT: Title("02", "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"),
            Form.REFUSAL: Title("03", "Phiếu từ chối tiếp nhận giải quyết hồ sơ"),
            Form.APOLOGY: Title("04", "Văn bản xin lỗi và đề nghị gia hạn"),
            Form.STOP: Title("05", "Thông báo dừng giải quyết"),
            Form.CONTROL: Title("06", "Phiếu kiểm soát quá trình giải quyết hồ sơ"),
            Form.REGISTER: Title("07", "Sổ theo dõi hồ sơ"),
        },
    ),
)


def edition_on(day: date) -> Edition:
    """Return the edition in force on a day; before the first one there was no other to take."""
    return next((edition for edition in reversed(EDITIONS) if edition.valid_from <= day), EDITIONS[0])
