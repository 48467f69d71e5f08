"""From a file to readings: every record of it, understood or not, in its order."""

import gzip
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Any

from pydantic import ValidationError

from tinhso.kernel.folding import tidy
from tinhso.procedures.complaints import complaint
from tinhso.procedures.definition import Definition, Level
from tinhso.procedures.imports import lines, national, parts
from tinhso.procedures.imports.findings import Reading, Severity

_OWN_CODE = re.compile(r"\s*\(\s*(\d\.\d{6})\s*\)")
_GZIP = b"\x1f\x8b"
# A small file must not unfold into more than the memory of the machine.
LONGEST_CODE = 40
_UNREADABLE = object()
_STRANGE = re.compile(r"\x00|\\u0000|\\u[dD][89a-fA-F]|\d[eE]\+?\d{3}")
_ZERO = re.compile(r"[\x00\ud800-\udfff]")
LARGEST = 300 * 1024 * 1024


class UnknownFile(ValueError):
    """Neither of the two kinds of files that can be imported."""


def records(content: bytes) -> Iterator[Any]:
    """Yield the records of a file: JSON with the portal's answer, or one JSON object a line; unreadable lines as text."""
    if content[:2] == _GZIP:
        content = _unfold(content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnknownFile("tệp không phải văn bản UTF-8") from error
    # Letters that no database keeps are rare: only then every record is gone through.
    strange = bool(_STRANGE.search(text))
    whole = _parsed(text, strange)
    if whole is _UNREADABLE:
        # Only at line feeds: other separators of lines may stand inside texts.
        for line in text.split("\n"):
            if line.strip():
                found = _parsed(line, strange)
                yield plain(line) if found is _UNREADABLE else found
        return
    if isinstance(whole, dict) and "result" in whole:
        whole = whole["result"]
    yield from whole if isinstance(whole, list) else [whole]


def _parsed(text: str, strange: bool) -> Any:
    try:
        # NaN and Infinity are no JSON: they say nothing.
        found = json.loads(text, parse_constant=lambda word: None)
    except (ValueError, RecursionError):
        return _UNREADABLE
    return plain(found) if strange else found


def plain(value: Any) -> Any:
    """Return a value as the database can keep it: no zero letters, no half letters, no endless numbers."""
    if isinstance(value, str):
        return _ZERO.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {plain(key): plain(one) for key, one in value.items()}
    return None if isinstance(value, float) and not isfinite(value) else value


def _unfold(content: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as file:
            unfolded = file.read(LARGEST + 1)
    except (OSError, EOFError) as error:
        raise UnknownFile("tệp nén bị hỏng") from error
    if len(unfolded) > LARGEST:
        raise UnknownFile("tệp nén giải ra quá lớn")
    return unfolded


def readings(content: bytes) -> list[Reading]:
    """Return one reading for each record of a file."""
    found = [_read(position, record) for position, record in enumerate(records(content), start=1)]
    if not found or not any(reading.code for reading in found):
        raise UnknownFile("tệp không có bản ghi thủ tục nào theo khuôn dạng LayThuTuc hoặc danh mục JSON")
    _compare(found)
    return found


def _read(position: int, record: Any) -> Reading:
    reading = Reading(position, raw=record)
    shape = next((shape for shape in (national, lines) if shape.understands(record)), None)
    if shape is None:
        return reading.reject("unreadable", "bản ghi không theo khuôn dạng LayThuTuc hay danh mục JSON")
    reading.code = str(record.get("MATTHC") or record.get("MATTHCDP") or record.get("ma_thu_tuc") or "").strip()
    reading.name = tidy(str(record.get("TENTTHC") or record.get("ten_thu_tuc") or ""))
    if not parts.CODE.fullmatch(reading.code) or len(reading.code) > LONGEST_CODE:
        return reading.reject("code", f"mã thủ tục “{reading.code[:40]}” sai dạng")
    if not reading.name:
        return reading.reject("name", "không có tên thủ tục")
    try:
        content = shape.read(record, reading)
        _judge(reading, content)
        reading.definition = Definition.model_validate({"code": reading.code, "name": reading.name, **content})
    except ValidationError as error:
        return reading.reject("shape", f"nội dung sai khuôn dạng: {complaint(error)[:300]}")
    except (AttributeError, TypeError, ValueError, LookupError, ArithmeticError):
        return reading.reject("shape", "nội dung sai khuôn dạng: có mục không phải danh sách, nhóm giá trị hay chữ như phải có")
    return reading


def _judge(reading: Reading, content: dict[str, Any]) -> None:
    """Say what the whole record lacks or gets wrong, and mend the name."""
    if named := _OWN_CODE.search(reading.name):
        if named[1] != reading.code[: len(named[1])]:
            reading.contradiction("name-code", f"tên mang mã {named[1]}, mã của bản ghi là {reading.code}")
        reading.name = tidy(_OWN_CODE.sub("", reading.name)) or reading.name
    for kind, part, message in (
        ("channels", content["channels"], "không có hình thức nộp nào"),
        ("papers", any(case["papers"] for case in content["cases"]), "không có thành phần hồ sơ"),
        ("legal-bases", content["legal_bases"], "không có căn cứ pháp lý"),
        ("outcome", content["outcomes"], "không có kết quả thực hiện"),
        ("field", content["field"], "không có lĩnh vực"),
        ("agency", content["solving_agency"], "không có cơ quan thực hiện"),
        ("level", content["levels"], "không rõ cấp thực hiện"),
    ):
        if not part:
            reading.incomplete(kind, message)
    content["field"] = content["field"] or "Chưa xếp lĩnh vực"
    spoken = parts.levels_of_agency(content["solving_agency"])
    if content["levels"] and spoken and Level.OTHER not in content["levels"] and not spoken & set(content["levels"]):
        named_levels = ", ".join(content["levels"])
        reading.contradiction("level-agency", f"cấp thực hiện {named_levels} nhưng cơ quan thực hiện là {content['solving_agency'][:120]}")
    content["levels"] = content["levels"] or [Level.OTHER]


def _compare(found: Iterable[Reading]) -> None:
    """Say what shows only beside the other records: codes met before, pages that several codes share."""
    first: dict[str, Reading] = {}
    pages: defaultdict[str, list[Reading]] = defaultdict(list)
    for reading in found:
        if reading.rejected:
            continue
        before = first.setdefault(reading.code, reading)
        if before is not reading:
            same = "giống hệt" if before.definition == reading.definition else "khác nội dung"
            reading.reject("repeated", f"mã đã có ở bản ghi thứ {before.position} ({same})")
        elif reading.definition and reading.definition.source_url:
            pages[reading.definition.source_url].append(reading)
    for sharing in pages.values():
        for reading in sharing if len(sharing) > 1 else ():
            others = ", ".join(one.code for one in sharing if one is not reading)
            reading.say(Severity.CONTRADICTION, "same-page", f"cùng một trang với {others}: nội dung có thể là của thủ tục khác")
