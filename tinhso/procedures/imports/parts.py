"""Parts that both kinds of records share: how levels, subjects, channels, limits, fees, results and laws are written."""

import re
from functools import lru_cache
from math import isfinite
from typing import Any

from tinhso.kernel import folding
from tinhso.kernel.folding import tidy
from tinhso.procedures.definition import Channel, Level, Subject, TimeUnit
from tinhso.procedures.imports.findings import Reading

# Channels, units and notes are the same in row after row.
fold = lru_cache(maxsize=8192)(folding.fold)
CODE = re.compile(r"\d\.\d{6}(\.[0-9A-Z.]+)?")
NOTHING = {"", "không có thông tin", "không", "không có"}
LEVELS = {
    "cap bo": Level.MINISTRY,
    "cap tinh": Level.PROVINCE,
    "cap huyen": Level.DISTRICT,
    "cap xa": Level.COMMUNE,
    "co quan khac": Level.OTHER,
}
# The longest first: "doanh nghiệp" stands inside others.
SUBJECTS = (
    ("to chuc khong bao gom doanh nghiep htx", Subject.ORGANISATION),
    ("to chuc nuoc ngoai", Subject.ORGANISATION),
    ("to chuc dang", Subject.ORGANISATION),
    ("nguoi viet nam dinh cu o nuoc ngoai", Subject.CITIZEN),
    ("nguoi nuoc ngoai", Subject.FOREIGNER),
    ("cong dan viet nam", Subject.CITIZEN),
    ("can bo cong chuc vien chuc", Subject.OFFICIAL),
    ("dang vien", Subject.OFFICIAL),
    ("ho kinh doanh", Subject.HOUSEHOLD_BUSINESS),
    ("hop tac xa", Subject.COOPERATIVE),
    ("doanh nghiep", Subject.ENTERPRISE),
    ("to chuc", Subject.ORGANISATION),
    ("ca nhan", Subject.CITIZEN),
)
CHANNELS = {
    "1": Channel.COUNTER,
    "truc tiep": Channel.COUNTER,
    "2": Channel.ONLINE,
    "truc tuyen": Channel.ONLINE,
    "nop truc tuyen": Channel.ONLINE,
    "3": Channel.POST,
    "dich vu buu chinh": Channel.POST,
    "buu chinh": Channel.POST,
}
CHANNEL_NAMES = {Channel.COUNTER: "trực tiếp", Channel.ONLINE: "trực tuyến", Channel.POST: "bưu chính"}
UNITS = {
    "gio": TimeUnit.HOUR,
    "gio lam viec": TimeUnit.HOUR,
    "ngay lam viec": TimeUnit.WORKING_DAY,
    "ngay": TimeUnit.CALENDAR_DAY,
    "thang": TimeUnit.MONTH,
}
# A limit past two years or a fee under a thousand đồng is a slip of the table, not a rule.
LONGEST = {TimeUnit.HOUR: 2000, TimeUnit.WORKING_DAY: 500, TimeUnit.CALENDAR_DAY: 730, TimeUnit.MONTH: 24}
SMALLEST_FEE = 1000
MOST_COPIES = 100
_AGENCIES = {
    Level.COMMUNE: re.compile(r"\b([Cc]ấp [Xx]ã|(UBND|[Nn]hân dân) (xã|phường)|[Pp]hường|[Tt]hị trấn)\b"),
    Level.DISTRICT: re.compile(r"\b([Cc]ấp huyện|[Hh]uyện|[Qq]uận|[Tt]hị xã)\b"),
    Level.PROVINCE: re.compile(r"\b([Cc]ấp [Tt]ỉnh|[Tt]ỉnh|Sở)\b"),
    Level.MINISTRY: re.compile(r"\b([Cc]ấp [Bb]ộ|Bộ|Ngân hàng Nhà nước Việt Nam|Thanh tra Chính phủ)\b"),
}
_MONEY_FIRST = re.compile(r"^\s*([\d.,]+)\s*(?:VNĐ|VND|Việt Nam Đồng|đồng)", re.IGNORECASE)
_SET_ELSEWHERE = re.compile(r"hoi dong nhan dan|hdnd|\d ?000 ?(?:dong|d\b|vnd)")
_SAYS_PAID = re.compile(r"theo quy dinh|thong tu")
_SAYS_FREE = re.compile(r"khong thu|khong quy dinh|khong mat|mien phi|mien le phi|khong phai nop")
_RESULT_CODE = re.compile(r"\s*(KQ[.-][A-Z]\d+[.-](?:KQ)?\d+|\d{3}(?:\.\d+)+\.[A-Z]\d+-KQ\d+)")
_ANY_CODE = re.compile(r"\s*(\S*?)(?=[A-ZĐÂÊÔƠƯÁÀ][a-zà-ỹ]|$)")
_LAW = re.compile(r"\d+(?:\.\d+)?/(?:\d{4}/)?[A-ZĐ]+\d*(?:[-–][A-ZĐ]+\d*)*")


def said(text: Any) -> str:
    """Return what a text says, "" for the many ways to say nothing."""
    tidy = str(text or "").strip()
    return "" if tidy.lower() in NOTHING else tidy


def levels(text: str) -> list[Level]:
    folded = fold(text)
    return [level for words, level in LEVELS.items() if words in folded]


def levels_of_agency(name: str) -> set[Level]:
    """Return the levels that the name of an agency speaks of."""
    # With diacritics: "quận" (district) and "quản lý" fold alike.
    return {level for level, words in _AGENCIES.items() if words.search(tidy(name))}


def subjects(text: str) -> list[Subject]:
    folded, found = fold(text), []
    for words, subject in SUBJECTS:
        if words in folded:
            folded = folded.replace(words, " ")
            found.append(subject)
    return sorted(set(found), key=list(Subject).index)


def limit(reading: Reading, channel: Channel, amount: Any, unit: Any) -> tuple[dict[str, Any] | None, str]:
    """Return a time limit, or None with the note that keeps what was written."""
    where = CHANNEL_NAMES[channel]
    number = _number(amount)
    if number is None:
        reading.incomplete("limit", f"hình thức {where} không có thời hạn")
        return None, ""
    known = UNITS.get(fold(str(unit or "")).strip())
    text = f"{number:g} {unit or ''}".strip()
    if known is None:
        reading.incomplete("limit-unit", f"hình thức {where}: thời hạn {text} không nêu đơn vị")
        return None, f"Thời hạn ghi: {text}"
    if number != int(number) or not 0 < number <= LONGEST[known]:
        reading.contradiction("limit-value", f"hình thức {where}: thời hạn {text} không thể đúng")
        return None, f"Thời hạn ghi: {text}"
    return {"amount": int(number), "unit": known}, ""


def fee(reading: Reading, channel: Channel, amount: Any, currency: str, note: str, code: str = "") -> dict[str, Any] | None:
    """Return a fee; its amount is None when it is set elsewhere or cannot be true."""
    where = CHANNEL_NAMES[channel]
    number = _number(amount)
    if number is None and (money := _MONEY_FIRST.match(note)):
        number = _number(re.sub(r"[.,](?=\d{3})", "", money[1]))
    full: dict[str, Any] = {"name": "Phí, lệ phí", "note": note.strip(), "code": code}
    if number is None:
        if not note:
            reading.incomplete("fee", f"hình thức {where} không có mức phí, lệ phí")
            return None
        return full
    if currency not in ("", "VND", "VNĐ", "Đồng", "đồng"):
        reading.say_note("fee-currency", f"hình thức {where}: phí {number:g} {currency}")
        return {**full, "note": f"{number:g} {currency}. {note}".strip()}
    if number == 0 and _says_paid(fold(note)):
        reading.contradiction("fee-zero", f"hình thức {where}: ghi 0 đồng, ghi chú: {note[:120]}")
        return full
    if 0 < number < SMALLEST_FEE or number != int(number):
        reading.contradiction("fee-value", f"hình thức {where}: mức phí {number:g} đồng không thể đúng")
        return {**full, "note": f"Mức ghi: {number:g}. {note}".strip()}
    return {**full, "amount": int(number)}


def _says_paid(note: str) -> bool:
    return bool(_SET_ELSEWHERE.search(note) or (_SAYS_PAID.search(note) and not _SAYS_FREE.search(note)))


def _number(value: Any) -> float | None:
    try:
        number = float(str(value).strip()) if value not in (None, "") else None
    except ValueError:
        return None
    return number if number is None or isfinite(number) else None


def count(reading: Reading, paper: str, value: Any) -> int:
    """Return how many copies of a paper are asked for; a number that cannot be true counts one."""
    number = int(_number(value) or 0)
    if number <= MOST_COPIES:
        return max(number, 0)
    reading.contradiction("paper-count", f"giấy tờ “{paper[:80]}”: {number} bản không thể đúng")
    return 1


def outcomes(reading: Reading, text: str) -> list[dict[str, str]]:
    """Read results written one after another with "Mã:" before each code."""
    first, *rest = text.split("Mã:")
    found, name = [], first
    for part in rest:
        known = _RESULT_CODE.match(part)
        match = known or _ANY_CODE.match(part)
        code = match[1] if match else ""
        if code and not known:
            reading.say_note("outcome-code", f"kết quả “{name.strip()[:80]}”: mã “{code[:40]}” sai dạng")
        found.append({"name": name.strip(), "code": code if known else ""})
        name = part[match.end() :] if match else ""
    if name.strip():
        found.append({"name": name.strip(), "code": ""})
    return [one for one in found if one["name"]]


def laws(text: str) -> list[dict[str, str]]:
    """Read legal bases written one after another, each title before its number."""
    found: dict[str, str] = {}
    start = 0
    for match in _LAW.finditer(text):
        title = text[start : match.start()].strip(" ;,.-–")
        found.setdefault(match[0], "")
        if len(title) > len(found[match[0]]):
            found[match[0]] = title
        start = match.end()
    return [{"number": number, "title": title} for number, title in found.items()]


def is_result_code(text: str) -> bool:
    return bool(_RESULT_CODE.fullmatch(text))
