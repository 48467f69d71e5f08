"""What a citizen answered against what the form asks: every problem at its field, in words that help."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from tinhso.directory.rules import read_personal_number, read_phone, read_tax_code
from tinhso.kernel.errors import Refused
from tinhso.kernel.folding import tidy
from tinhso.procedures.definition import Case, Definition, FormField, FormPage

LONGEST = {"text": 300, "long_text": 4000, "address": 300, "land_parcel": 120, "email": 254}


def asked(page: FormPage, answers: Mapping[str, Any]) -> list[FormField]:
    """Return the fields of a page that apply, given the answers so far."""
    return [field for field in page.fields if applies(field, answers)]


def applies(field: FormField, answers: Mapping[str, Any]) -> bool:
    """Say whether a field is asked: each field it depends on has one of the values named."""
    for other, values in field.when.items():
        given = answers.get(other)
        if not (set(given) & set(values) if isinstance(given, list) else str(given if given is not None else "") in values):
            return False
    return True


def read_page(page: FormPage, typed: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the clean answers of a page and the problems by field; what could not be read is kept as typed."""
    clean: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for field in page.fields:
        if not applies(field, {**(before or {}), **typed, **clean}):
            continue
        value = typed.get(field.key, "")
        try:
            clean[field.key] = read_answer(field, value)
        except Refused as refusal:
            clean[field.key], problems[field.key] = value, refusal.sentence
    return clean, problems


def read_answer(field: FormField, value: Any) -> Any:
    """Return one answer in its kept form (JSON), or refuse with the sentence for the field."""
    if field.kind == "choices":
        chosen = [one for one in (value if isinstance(value, list) else [value]) if one]
        if field.required and not chosen:
            raise Refused(f"Xin chọn ít nhất một mục cho “{field.label}”.")
        if unknown := [one for one in chosen if one not in field.choices]:
            raise Refused(f"“{unknown[0]}” không có trong danh sách lựa chọn.")
        return chosen
    text = _text(value)
    if not text:
        if field.required:
            raise Refused(f"Xin {'chọn' if field.kind in ('choice', 'yes_no', 'commune') else 'điền'} “{field.label}”.")
        return ""
    return _READERS.get(field.kind, _read_text)(field, text)


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    text = str(value if value is not None else "").replace("\x00", "")
    return "\n".join(tidy(line) for line in text.splitlines()).strip()


def _read_text(field: FormField, text: str) -> str:
    limit = field.maximum or LONGEST.get(field.kind, 300)
    if len(text) > limit:
        raise Refused(f"“{field.label}” dài quá {limit} ký tự (đang có {len(text)}). Xin viết ngắn lại.")
    return text


def _read_number(field: FormField, text: str) -> int | float:
    bare = text.replace(" ", "")
    # A dot groups thousands, a comma parts the fraction, as Vietnamese writes numbers.
    bare = bare.replace(".", "").replace(",", ".") if "," in bare or bare.count(".") > 1 or _grouped(bare) else bare
    try:
        number = float(bare)
    except ValueError:
        raise Refused(f"“{field.label}” phải là số, ví dụ 1250 hoặc 12,5.") from None
    if not abs(number) < 1e15:
        raise Refused(f"“{field.label}” quá lớn. Xin kiểm tra lại.")
    if field.minimum is not None and number < field.minimum:
        raise Refused(f"“{field.label}” phải từ {field.minimum} trở lên.")
    if field.maximum is not None and number > field.maximum:
        raise Refused(f"“{field.label}” không được quá {field.maximum}.")
    return int(number) if number == int(number) else number


def _grouped(bare: str) -> bool:
    whole, dot, rest = bare.partition(".")
    return bool(dot) and len(rest) == 3 and whole.isdigit() and rest.isdigit() and whole != "0"


def _read_money(field: FormField, text: str) -> int | float:
    return _read_number(field, text.lower().replace("đồng", "").replace("vnđ", "").replace("đ", ""))


def read_day(text: str) -> date | None:
    """Return a day as browsers send it or as people write it; None when there is no such day."""
    parts = text.strip().replace("-", "/").replace(".", "/").split("/")
    try:
        numbers = [int(part) for part in parts]
        return date(*numbers) if len(parts[0]) == 4 else date(numbers[2], numbers[1], numbers[0])
    except (ValueError, TypeError, IndexError):
        return None


def _read_date(field: FormField, text: str) -> str:
    """Return an ISO date."""
    day = read_day(text)
    if day is None:
        raise Refused(f"“{field.label}” phải là ngày có thật, ví dụ 20/11/1990.")
    if not 1900 <= day.year <= 2100:
        raise Refused(f"Năm của “{field.label}” phải từ 1900 đến 2100.")
    return day.isoformat()


def _read_choice(field: FormField, text: str) -> str:
    if text not in field.choices:
        raise Refused(f"“{text}” không có trong danh sách lựa chọn của “{field.label}”.")
    return text


def _read_yes_no(field: FormField, text: str) -> str:
    if text not in ("có", "không"):
        raise Refused(f"Xin chọn Có hoặc Không cho “{field.label}”.")
    return text


def _read_email(field: FormField, text: str) -> str:
    name, at, host = text.partition("@")
    if not (name and at and "." in host) or " " in text or len(text) > LONGEST["email"]:
        raise Refused("Thư điện tử không đúng dạng. Ví dụ: ten@example.com.")
    return text


_READERS = {
    "number": _read_number,
    "area": _read_number,
    "money": _read_money,
    "date": _read_date,
    "choice": _read_choice,
    "yes_no": _read_yes_no,
    "email": _read_email,
    "phone": lambda field, text: read_phone(text, field=None),
    "personal_number": lambda field, text: read_personal_number(text, field=None).number,
    "tax_code": lambda field, text: read_tax_code(text, field=None),
}


def read_answers(definition: Definition, typed: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return all clean answers and all problems, page after page; answers that no page asks are left out."""
    answers: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for page in definition.forms:
        clean, wrong = read_page(page, typed, answers)
        answers |= clean
        problems |= wrong
    return answers, problems


def case_of(definition: Definition, key: str) -> Case:
    """Return the case named, else the first; a procedure without papers has one empty case."""
    return next((case for case in definition.cases if case.key == key), definition.cases[0] if definition.cases else Case())


def missing_papers(case: Case, given: Iterable[str]) -> list[str]:
    """Return the names of required papers that were not handed in; what a register has, or is only shown, is not asked for."""
    have = set(given)
    return [
        paper.name for paper in case.papers if paper.required and not paper.register_ and not paper.shown_only and paper.key not in have
    ]
