"""A catalogue of one JSON object a line, with Vietnamese field names (ma_thu_tuc, ten_thu_tuc, …)."""

import re
from collections.abc import Iterator
from typing import Any

from tinhso.procedures.definition import Channel, Service
from tinhso.procedures.imports import parts
from tinhso.procedures.imports.findings import Reading
from tinhso.procedures.notation import keyed, slug

_LAW_HEAD = re.compile(r"^Tên văn bản pháp lý\s*Mã văn bản")


def understands(record: Any) -> bool:
    return isinstance(record, dict) and "ma_thu_tuc" in record


def read(record: dict[str, Any], reading: Reading) -> dict[str, Any]:
    """Return the record in the shape of `Definition`; what is missing or wrong is said on the reading."""
    agency = parts.said(record.get("co_quan_thuc_hien"))
    laws = parts.laws(_LAW_HEAD.sub("", parts.said(record.get("can_cu_phap_ly"))))
    channels = _channels(reading, record.get("_channels") or [])
    online = any(channel["channel"] == Channel.ONLINE for channel in channels)
    return {
        "field": parts.said(record.get("linh_vuc")),
        "levels": parts.levels(str(record.get("cap_thuc_hien") or "")),
        "service": Service.PARTIAL if online else Service.INFORMATION,
        "subjects": parts.subjects(str(record.get("doi_tuong_thuc_hien") or "")),
        "solving_agency": agency or parts.said(record.get("co_quan_co_tham_quyen")),
        "steps_text": parts.said(record.get("trinh_tu_thuc_hien")),
        "channels": channels,
        "cases": list(_cases(reading, record.get("_papers") or [])),
        "legal_bases": laws,
        "conditions": parts.said(record.get("yeu_cau_dieu_kien")),
        "outcomes": parts.outcomes(reading, parts.said(record.get("ket_qua"))),
        "decision": parts.said(record.get("so_quyet_dinh")),
        "publisher": parts.said(record.get("bo_nganh")),
        "source_url": parts.said(record.get("detail_url")),
    }


def _channels(reading: Reading, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one entry a channel; several rows of a channel are its phases."""
    found: dict[Channel, dict[str, Any]] = {}
    for row in rows:
        channel = parts.CHANNELS.get(parts.fold(str(row.get("channel") or "")))
        if channel is None:
            reading.contradiction("channels", f"không hiểu hình thức nộp “{row.get('channel')}”")
            continue
        terms = found.setdefault(channel, {"channel": channel, "phases": [], "fees": []})
        note = str(row.get("note") or "").strip()
        limit, written = parts.limit(reading, channel, row.get("duration"), row.get("unit"))
        terms["phases"].append({"limit": limit, "note": written})
        fee = parts.fee(reading, channel, row.get("fee"), str(row.get("currency") or ""), note)
        if fee and fee not in terms["fees"]:
            terms["fees"].append(fee)
    return list(found.values())


def _cases(reading: Reading, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    by_case: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        name = str(row.get("name") or "").strip(" -+*\n")
        if not name:
            continue
        originals, copies = parts.count(reading, name, row.get("originals")), parts.count(reading, name, row.get("copies"))
        by_case.setdefault(str(row.get("case") or "").strip(), []).append({"name": name, "originals": originals, "copies": copies})
    taken: set[str] = set()
    for name, papers in by_case.items():
        key = slug(name, 40) or "chung"
        while key in taken:
            key += "-"
        taken.add(key)
        yield {"key": key, "name": name, "papers": keyed(papers)}
