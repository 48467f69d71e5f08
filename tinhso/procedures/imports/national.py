"""The record of the national portal's service LayThuTuc (QCVN 120:2019, classic adapter)."""

from collections.abc import Iterator
from typing import Any

from tinhso.procedures.definition import Channel, Level, Service
from tinhso.procedures.imports import parts
from tinhso.procedures.imports.findings import Reading
from tinhso.procedures.notation import keyed, slug

PUBLIC = "1"


def understands(record: Any) -> bool:
    return isinstance(record, dict) and ("MATTHC" in record or "MATTHCDP" in record)


def read(record: dict[str, Any], reading: Reading) -> dict[str, Any]:
    """Return the record in the shape of `Definition`; what is missing or wrong is said on the reading."""
    if str(record.get("TRANGTHAI", PUBLIC)) != PUBLIC:
        reading.say_note("status", f"trạng thái {record['TRANGTHAI']}: không công khai trên Cổng dịch vụ công quốc gia")
    agencies = [parts.said(one.get("TENDONVI")) for one in _list(record, "COQUANTHUCHIEN")]
    field: Any = next(iter(_list(record, "LINHVUCTHUCHIEN")), {})
    channels = _channels(reading, _list(record, "CACHTHUCTHUCHIEN"))
    online = any(channel["channel"] == Channel.ONLINE for channel in channels)
    return {
        "field": parts.said(field.get("TENLINHVUC") if isinstance(field, dict) else field),
        "field_code": parts.said(field.get("MALINHVUC")) if isinstance(field, dict) else "",
        # The record names agencies, not levels.
        "levels": sorted({level for agency in agencies for level in parts.levels_of_agency(agency)}, key=list(Level).index),
        "service": Service.PARTIAL if online else Service.INFORMATION,
        "subjects": parts.subjects(", ".join(str(one.get("TENDOITUONG") or "") for one in _list(record, "DOITUONGTHUCHIEN"))),
        "solving_agency": ", ".join(agency for agency in agencies if agency),
        "steps_text": "\n".join(_steps(record)),
        "channels": channels,
        "cases": list(_cases(reading, _list(record, "THANHPHANHOSO"))),
        "legal_bases": [
            {"number": parts.said(one.get("SOVANBAN")), "title": parts.said(one.get("TENVANBAN"))} for one in _list(record, "CANCUPHAPLY")
        ],
        "conditions": parts.said(record.get("YEUCAU")),
        "outcomes": list(_outcomes(reading, record)),
        "publisher": parts.said(record.get("MACOQUANCONGBO")),
    }


def _list(record: dict[str, Any], key: str) -> list[Any]:
    """Return a list of the record; the portal sends one object instead of a list of one, or nothing."""
    value = record.get(key)
    return value if isinstance(value, list) else [value] if value else []


def _steps(record: dict[str, Any]) -> Iterator[str]:
    for case in _list(record, "TRINHTUTHUCHIEN"):
        if name := parts.said(case.get("TRUONGHOP")):
            yield name
        yield from (text for step in _list(case, "TRINHTU") if (text := parts.said(step.get("TENTRINHTU"))))


def _channels(reading: Reading, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: dict[Channel, dict[str, Any]] = {}
    for row in rows:
        channel = parts.CHANNELS.get(parts.fold(str(row.get("KENH") or "")))
        if channel is None:
            reading.contradiction("channels", f"không hiểu hình thức nộp “{row.get('KENH')}”")
            continue
        terms = found.setdefault(channel, {"channel": channel, "phases": [], "fees": []})
        for time in _list(row, "THOIGIAN"):
            limit, written = parts.limit(reading, channel, time.get("THOIGIANGIAIQUYET"), time.get("DONVITINH"))
            terms["phases"].append({"limit": limit, "note": " ".join(filter(None, [written, parts.said(time.get("MOTA"))]))})
            for fee in _list(time, "PHILEPHI"):
                currency = parts.said(fee.get("DONVI"))
                read_fee = parts.fee(
                    reading, channel, fee.get("SOTIEN"), currency, str(fee.get("MOTA") or ""), parts.said(fee.get("MAPHILEPHI"))
                )
                if read_fee and read_fee not in terms["fees"]:
                    terms["fees"].append(read_fee)
    return list(found.values())


def _cases(reading: Reading, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    taken: set[str] = set()
    for row in rows:
        name = parts.said(row.get("TRUONGHOP"))
        papers = []
        for paper in _list(row, "GIAYTO"):
            title = parts.said(paper.get("TENGIAYTO"))
            if not title:
                continue
            papers.append(
                {
                    "name": title,
                    "code": parts.said(paper.get("MAGIAYTO")),
                    "form": parts.said(paper.get("TENMAUDON")),
                    "originals": parts.count(reading, title, paper.get("SOBANCHINH", 1)),
                    "copies": parts.count(reading, title, paper.get("SOBANSAO", 0)),
                    "note": parts.said(paper.get("URL")),
                }
            )
        key = slug(name, 40) or "chung"
        while key in taken:
            key += "-"
        taken.add(key)
        yield {"key": key, "name": name, "papers": keyed(papers)}


def _outcomes(reading: Reading, record: dict[str, Any]) -> Iterator[dict[str, str]]:
    for one in _list(record, "KETQUATHUCHIEN"):
        name, code = parts.said(one.get("TENKETQUA")), parts.said(one.get("MAKETQUA"))
        if code and not parts.is_result_code(code):
            reading.say_note("outcome-code", f"kết quả “{name[:80]}”: mã “{code[:40]}” sai dạng")
            code = ""
        if name:
            yield {"name": name, "code": code}
