"""Decisions about numbers, names and dates of people and units: plain values in and out."""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum.vn import mst

from tinhso.kernel.errors import Refused
from tinhso.kernel.folding import fold, tidy

# The 63 provinces of 2023 by GSO code. The first three digits of a personal number are the province where the
# birth was registered and never change, so this list stays although the provinces were merged on 01/07/2025.
PROVINCES_OF_BIRTH = {
    entry[:3]: entry[4:]
    for entry in (
        "001 Hà Nội|002 Hà Giang|004 Cao Bằng|006 Bắc Kạn|008 Tuyên Quang|010 Lào Cai|011 Điện Biên|012 Lai Châu|014 Sơn La|"
        "015 Yên Bái|017 Hòa Bình|019 Thái Nguyên|020 Lạng Sơn|022 Quảng Ninh|024 Bắc Giang|025 Phú Thọ|026 Vĩnh Phúc|"
        "027 Bắc Ninh|030 Hải Dương|031 Hải Phòng|033 Hưng Yên|034 Thái Bình|035 Hà Nam|036 Nam Định|037 Ninh Bình|"
        "038 Thanh Hóa|040 Nghệ An|042 Hà Tĩnh|044 Quảng Bình|045 Quảng Trị|046 Thừa Thiên Huế|048 Đà Nẵng|049 Quảng Nam|"
        "051 Quảng Ngãi|052 Bình Định|054 Phú Yên|056 Khánh Hòa|058 Ninh Thuận|060 Bình Thuận|062 Kon Tum|064 Gia Lai|"
        "066 Đắk Lắk|067 Đắk Nông|068 Lâm Đồng|070 Bình Phước|072 Tây Ninh|074 Bình Dương|075 Đồng Nai|"
        "077 Bà Rịa - Vũng Tàu|079 Thành phố Hồ Chí Minh|080 Long An|082 Tiền Giang|083 Bến Tre|084 Trà Vinh|086 Vĩnh Long|"
        "087 Đồng Tháp|089 An Giang|091 Kiên Giang|092 Cần Thơ|093 Hậu Giang|094 Sóc Trăng|095 Bạc Liêu|096 Cà Mau"
    ).split("|")
}

_SEPARATORS = re.compile(r"[\s.\-–()]+")


@dataclass(frozen=True)
class PersonalNumber:
    """A personal number that has the right shape, taken apart; `warnings` are sentences to show, not refusals."""

    number: str
    province: str | None
    is_male: bool
    birth_year: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Identity:
    """Whom an electronic identity vouches for, and how surely (level 1 or 2)."""

    subject: str
    personal_number: str
    full_name: str
    level: int
    birth_date: date | None = None
    phone: str = ""
    email: str = ""
    address: str = ""


def read_personal_number(
    text: str, *, birth_date: date | None = None, is_male: bool | None = None, field: str | None = "personal_number"
) -> PersonalNumber:
    """Return the number taken apart, or refuse with the sentence to show at the field.

    There is no check digit. Sex, year and province only warn: civil-status corrections and births registered
    abroad make honest exceptions.
    """
    number = _SEPARATORS.sub("", tidy(text))
    if not number.isascii() or not number.isdigit():
        raise Refused("Số định danh cá nhân chỉ gồm chữ số. Xin nhập 12 chữ số in trên thẻ căn cước.", field=field, code="number-shape")
    if len(number) == 9:
        raise Refused(
            "Đây là số chứng minh nhân dân cũ (9 chữ số). Xin nhập số định danh cá nhân gồm 12 chữ số trên thẻ căn cước.",
            field=field,
            code="old-number",
        )
    if len(number) != 12:
        raise Refused(
            f"Số định danh cá nhân gồm 12 chữ số, số vừa nhập có {len(number)} chữ số. Xin kiểm tra lại trên thẻ căn cước.",
            field=field,
            code="number-length",
        )
    century_digit = int(number[3])
    year = 1900 + 100 * (century_digit // 2) + int(number[4:6])
    male = century_digit % 2 == 0
    warnings = []
    if number[:3] not in PROVINCES_OF_BIRTH:
        warnings.append(f"Ba số đầu ({number[:3]}) không phải mã tỉnh nơi đăng ký khai sinh. Xin kiểm tra lại, trừ khi sinh ở nước ngoài.")
    if birth_date and birth_date.year != year:
        warnings.append(f"Theo số định danh, năm sinh là {year}, khác ngày sinh đã khai ({birth_date:%d/%m/%Y}). Xin kiểm tra lại.")
    if is_male is not None and is_male != male:
        warnings.append(f"Theo số định danh, giới tính là {'nam' if male else 'nữ'}, khác giới tính đã khai. Xin kiểm tra lại.")
    return PersonalNumber(number, PROVINCES_OF_BIRTH.get(number[:3]), male, year, tuple(warnings))


def read_tax_code(text: str, *, field: str | None = "tax_code") -> str:
    """Return a tax code as printed (10 digits, "-NNN" for a branch, 12 for a person), or refuse with the sentence."""
    bare = _SEPARATORS.sub("", tidy(text))
    if bare.isascii() and bare.isdigit():
        # From 01/07/2025 the personal number is the tax code of people and household businesses.
        if len(bare) == 12:
            return read_personal_number(bare, field=field).number
        if len(bare) in (10, 13) and mst.is_valid(bare):
            return mst.format(bare)
        if len(bare) in (10, 13):
            raise Refused(
                "Mã số thuế không đúng số kiểm tra: có thể đã nhập nhầm một chữ số. Xin đối chiếu lại.", field=field, code="check-digit"
            )
    raise Refused(
        "Mã số thuế gồm 10 chữ số (13 chữ số với chi nhánh, 12 chữ số với cá nhân, hộ kinh doanh). Xin kiểm tra lại.",
        field=field,
        code="tax-shape",
    )


def read_phone(text: str, *, field: str | None = "phone") -> str:
    """Return a Vietnamese telephone number beginning with 0, or refuse with the sentence."""
    bare = _SEPARATORS.sub("", tidy(text))
    if bare.startswith("+84"):
        bare = "0" + bare[3:]
    elif bare.startswith("0084"):
        bare = "0" + bare[4:]
    elif bare.startswith("84") and len(bare) in (11, 12):
        bare = "0" + bare[2:]
    mobile = len(bare) == 10 and re.fullmatch(r"0(3[2-9]|5[25689]|7[06-9]|8[1-9]|9\d)\d{7}", bare)
    landline = len(bare) == 11 and re.fullmatch(r"02\d{9}", bare)
    if mobile or landline:
        return bare
    raise Refused("Số điện thoại không đúng. Ví dụ số di động: 0905 123 456; số cố định: 0235 3852 739.", field=field, code="phone-shape")


def same_name(one: str, other: str) -> bool:
    """Tell whether two spellings may be one person's name: diacritics and letter case are often lost on old papers."""
    return fold(one) == fold(other)


def wait_after(failures: Iterable, now) -> timedelta:
    """Return how long an account must still wait, given the moments of its failures in the last hour.

    Nine failures are free; from the tenth each doubles the wait, up to an hour. A stranger can slow an account
    down, never lock it for good.
    """
    moments = sorted(failures)
    if len(moments) < FREE_FAILURES:
        return timedelta(0)
    pause = timedelta(minutes=min(60, 2 ** (len(moments) - FREE_FAILURES)))
    return max(timedelta(0), moments[-1] + pause - now)


FREE_FAILURES = 10
FAILURES_COUNT_FOR = timedelta(hours=1)
# A whole office behind one address signs in at eight o'clock and some mistype: far above what honest people need.
FAILURES_PER_ADDRESS = 120


def client_address(remote: str, forwarded: str, trusted: Iterable[str]) -> str:
    """Return the address that a request came from.

    `X-Forwarded-For` counts only as far as trusted proxies wrote it: read from the right, the first address
    that is not a trusted proxy is the client. What a client wrote itself is never reached.
    """
    networks = [ipaddress.ip_network(entry.strip(), strict=False) for entry in trusted if entry.strip()]

    def is_trusted(address: str) -> bool:
        try:
            return any(ipaddress.ip_address(address) in network for network in networks)
        except ValueError:
            return False

    address = remote
    for hop in reversed([hop.strip() for hop in forwarded.split(",") if hop.strip()]):
        if not is_trusted(address):
            break
        try:
            ipaddress.ip_address(hop)
        except ValueError:
            break
        address = hop
    return address or "0.0.0.0"  # noqa: S104 (an unknown sender, not a binding)
