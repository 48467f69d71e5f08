"""A definition as texts that a cataloguer can read and change, and back. Its differences are those of the texts."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from pydantic import ValidationError

from tinhso.procedures.complaints import complaint
from tinhso.procedures.definition import Case, Channel, ChannelTerms, Definition, FormPage, Phase
from tinhso.procedures.notation import (
    ELSEWHERE,
    cut,
    fee,
    fee_line,
    join,
    keyed,
    legal_basis,
    legal_basis_line,
    limit,
    limit_text,
    outcome,
    outcome_line,
    paper,
    paper_line,
    question,
    question_line,
    step,
    step_line,
)

CHANNELS = {Channel.COUNTER: "Nộp trực tiếp", Channel.ONLINE: "Nộp trực tuyến", Channel.POST: "Nộp qua bưu chính"}
# Every text with its name on screen, in the order in which people read them.
LABELS = {
    "name": "Tên thủ tục",
    "field": "Lĩnh vực",
    "levels": "Cấp thực hiện",
    "service": "Mức độ dịch vụ",
    "subjects": "Đối tượng",
    "agency_field": "Lĩnh vực của bộ phận giải quyết",
    "solving_agency": "Cơ quan thực hiện",
    "steps_text": "Trình tự thực hiện",
    **{f"terms_{channel}": words for channel, words in CHANNELS.items()},
    "cases": "Thành phần hồ sơ",
    "forms": "Câu hỏi của biểu mẫu điện tử",
    "conditions": "Yêu cầu, điều kiện",
    "legal_bases": "Căn cứ pháp lý",
    "outcomes": "Kết quả",
    "route": "Quy trình nội bộ",
    "same_day": "Trả kết quả trong ngày",
    "convention": "Cách tính giờ hẹn trả",
    "life_events": "Sự kiện cuộc đời",
    "keywords": "Từ người dân dùng",
    "tags": "Nhãn",
    "field_code": "Mã lĩnh vực",
    "decision": "Quyết định công bố",
    "publisher": "Cơ quan công bố",
    "source_url": "Trang nguồn",
    "satisfaction_after": "Hỏi mức độ hài lòng",
}
_LISTS = {"levels", "subjects", "life_events", "keywords", "tags"}
_YES_NO = {"same_day", "satisfaction_after"}
_HEADING = re.compile(r"\[(.*)\]")
_PHASE = re.compile(r"^(?:(?P<name>.*?): )?(?P<limit>-|\d+ \S.*)$")


class WrongText(ValueError):
    """A text that cannot be read: which one, and why."""

    def __init__(self, part: str, message: str):
        super().__init__(message)
        self.part = part


def as_texts(definition: Definition) -> dict[str, str]:
    """Return every part of a definition as text, keyed as `LABELS`."""
    texts: dict[str, str] = {}
    for part in LABELS:
        if part.startswith("terms_"):
            texts[part] = "\n".join(_terms_lines(definition.terms(part.removeprefix("terms_"))))
        elif part in _WRITERS:
            texts[part] = "\n".join(_WRITERS[part](getattr(definition, part)))
        elif part in _LISTS:
            texts[part] = "\n".join(str(one) for one in getattr(definition, part))
        elif part in _YES_NO:
            texts[part] = "có" if getattr(definition, part) else "không"
        else:
            texts[part] = str(getattr(definition, part))
    return texts


def from_texts(code: str, texts: Mapping[str, str]) -> Definition:
    """Return the definition that the texts say; `WrongText` tells which cannot be read."""
    content: dict[str, Any] = {"code": code, "channels": []}
    for part in LABELS:
        text = texts.get(part, "").replace("\r\n", "\n").strip()
        try:
            if part.startswith("terms_"):
                if text:
                    content["channels"].append({"channel": part.removeprefix("terms_"), **_terms(_lines(text))})
            elif part in _READERS:
                content[part] = _READERS[part](_lines(text))
            elif part in _LISTS:
                content[part] = list(_lines(text))
            elif part in _YES_NO:
                content[part] = text == "có"
            elif text or part in ("name", "field"):
                content[part] = text
        except (ValueError, IndexError) as error:
            raise WrongText(part, str(error)) from error
    try:
        return Definition.model_validate(content)
    except ValidationError as error:
        where = error.errors(include_url=False)[0]["loc"]
        part = f"terms_{content['channels'][int(where[1])]['channel']}" if where[0] == "channels" else str(where[0])
        raise WrongText(part, complaint(error)) from error


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _terms_lines(terms: ChannelTerms | None) -> Iterator[str]:
    if terms is None:
        return
    for phase in terms.phases:
        yield join(f"{f'{phase.name}: ' if phase.name else ''}{limit_text(phase.limit)}", *([phase.note] if phase.note else []))
    yield from (f"+ {fee_line(one)}" for one in terms.fees)
    if terms.note:
        yield f"# {join(terms.note)}"
    if not terms.phases and not terms.fees and not terms.note:
        yield ELSEWHERE


def _terms(lines: Iterable[str]) -> dict[str, Any]:
    """Read a channel: lines of limits, "+" before a fee, "#" before the note."""
    terms: dict[str, Any] = {"phases": [], "fees": [], "note": ""}
    for line in lines:
        if line.startswith("+ "):
            terms["fees"].append(fee(line[2:]))
        elif line.startswith("# "):
            terms["note"] = line[2:]
        else:
            head, *note = cut(line)
            found = _PHASE.match(head)
            if not found:
                raise ValueError(f"không hiểu dòng “{line}”: ghi thời hạn như “5 ngày làm việc”, phí bắt đầu bằng “+ ”, ghi chú bằng “# ”")
            named = found["limit"]
            terms["phases"].append(
                Phase(
                    name=found["name"] or "", limit=None if named == ELSEWHERE else limit(named), note=note[0] if note else ""
                ).model_dump()
            )
    if terms["phases"] == [Phase().model_dump()] and not terms["fees"] and not terms["note"]:
        terms["phases"] = []
    return terms


def _under_headings(lines: Iterable[str], default: list[str]) -> list[tuple[list[str], list[str]]]:
    """Gather lines under their headings in square brackets."""
    found: list[tuple[list[str], list[str]]] = []
    for line in lines:
        if heading := _HEADING.fullmatch(line):
            found.append((cut(heading[1]), []))
        else:
            if not found:
                found.append((default, []))
            found[-1][1].append(line)
    return found


def _cases(lines: Iterable[str]) -> list[dict[str, Any]]:
    return [
        {"key": heading[0], "name": heading[1] if len(heading) > 1 else "", "papers": keyed([paper(line) for line in under])}
        for heading, under in _under_headings(lines, ["chung"])
    ]


def _case_lines(cases: Iterable[Case]) -> Iterator[str]:
    for position, case in enumerate(cases):
        if position or case.key != "chung" or case.name:
            yield f"[{join(case.key, case.name) if case.name else case.key}]"
        yield from (paper_line(one) for one in case.papers)


def _pages(lines: Iterable[str]) -> list[dict[str, Any]]:
    pages = []
    for heading, under in _under_headings(lines, ["trang", "Thông tin"]):
        key, title, intro = (*heading, "", "")[:3]
        pages.append({"key": key, "title": title or key, "intro": intro, "fields": [question(line) for line in under]})
    return pages


def _page_lines(pages: Iterable[FormPage]) -> Iterator[str]:
    for page in pages:
        yield f"[{join(*(part for part in (page.key, page.title, page.intro) if part))}]"
        yield from (question_line(one) for one in page.fields)


def _each(write: Callable[[Any], str]) -> Callable[[Iterable[Any]], list[str]]:
    return lambda values: [write(one) for one in values]


_WRITERS: dict[str, Callable[[Any], Iterable[str]]] = {
    "cases": _case_lines,
    "forms": _page_lines,
    "legal_bases": _each(legal_basis_line),
    "outcomes": _each(outcome_line),
    "route": _each(step_line),
}
_READERS: dict[str, Callable[[list[str]], list[Any]]] = {
    "cases": _cases,
    "forms": _pages,
    "legal_bases": lambda lines: [legal_basis(line) for line in lines],
    "outcomes": lambda lines: [outcome(line) for line in lines],
    "route": lambda lines: [step(line) for line in lines],
}


class Change(NamedTuple):
    """What a version says otherwise than the one before, in one part."""

    part: str
    label: str
    removed: list[str]
    added: list[str]


def differences(before: Definition, after: Definition) -> list[Change]:
    """Return what changed, part by part, line by line."""
    old, new = as_texts(before), as_texts(after)
    return [Change(part, label, *_changed_lines(old[part], new[part])) for part, label in LABELS.items() if old[part] != new[part]]


def _changed_lines(old: str, new: str) -> tuple[list[str], list[str]]:
    before, after = old.splitlines(), new.splitlines()
    removed: list[str] = []
    added: list[str] = []
    for kind, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            removed += before[start:end]
            added += after[new_start:new_end]
    return removed, added
