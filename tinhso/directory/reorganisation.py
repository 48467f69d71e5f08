"""What a reorganisation says: which units begin on a day, and from whom each takes over. Plain values, read from files.

Two kinds of file are read: our own JSON (README of this room), and the CSV in which the mergers of communes are
published (`old_code, old_name, old_district_code, …, partly, new_code, new_name, new_province_code`).
"""

import csv
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from tinhso.kernel.errors import Refused
from tinhso.kernel.folding import tidy

MAP_COLUMNS = {"old_code", "old_name", "old_district_code", "partly", "new_code", "new_name", "new_province_code"}
# Codes that the state has not published are made up here from this number on, and marked so.
FIRST_OWN_NUMBER = 100
OWN_NUMBER = "mã minh họa, không phải mã chính thức"


@dataclass(frozen=True)
class Code:
    system: str
    value: str

    @classmethod
    def read(cls, text: str) -> "Code":
        system, _, value = text.partition(":")
        if system not in ("gso", "qd20", "qcvn102") or not value:
            raise Refused(f"Mã đơn vị phải viết như gso:48 hoặc qd20:H17, không phải “{text}”.")
        return cls(system, value)

    def __str__(self):
        return f"{self.system}:{self.value}"


@dataclass(frozen=True)
class Origin:
    """A unit whose work comes here; `divisions` names those of its divisions that come when it is split by work."""

    code: Code
    partly: bool = False
    takes_open_work: bool | None = None
    divisions: tuple[str, ...] = ()
    # It gives away a share and lives on.
    stays: bool = False
    name: str = ""


@dataclass(frozen=True)
class Beginning:
    """A unit from the day on. `continues`: it existed before under this code and only takes others in."""

    code: Code
    name: str
    kind: str
    origins: tuple[Origin, ...]
    short_name: str = ""
    parent: Code | None = None
    codes: tuple[Code, ...] = ()
    # None: those of the units it comes from.
    divisions: tuple[tuple[str, tuple[str, ...]], ...] | None = None
    desk: str = ""
    continues: bool = False
    note: str = ""


@dataclass(frozen=True)
class Plan:
    on: date
    document: str
    beginnings: tuple[Beginning, ...]
    warnings: tuple[str, ...] = ()
    # Rows about units of other provinces, which this register does not hold.
    elsewhere: int = 0

    def settled(self) -> "Plan":
        """Return the plan in which exactly one unit takes the open work of each that ends."""
        claims: dict[Code, list[tuple[int, Origin]]] = defaultdict(list)
        for position, beginning in enumerate(self.beginnings):
            for origin in beginning.origins:
                claims[origin.code].append((position, origin))
        taker: dict[Code, int] = {}
        warnings = list(self.warnings)
        for code, claimed in claims.items():
            named = [position for position, origin in claimed if origin.takes_open_work]
            if len(named) > 1:
                raise Refused(f"{code}: hai đơn vị cùng nhận hồ sơ đang giải quyết.")
            whole = [position for position, origin in claimed if not origin.partly]
            if len(whole) > 1:
                warnings.append(f"{code}: chia cho nhiều đơn vị nhưng không ghi là một phần.")
            same = [position for position, _ in claimed if self.beginnings[position].code == code]
            taker[code] = (named or whole or same or [min(claimed, key=lambda claim: self.beginnings[claim[0]].code.value)[0]])[0]
            if len(claimed) > 1 and not named:
                warnings.append(f"{code} được chia: hồ sơ đang giải quyết chuyển về {self.beginnings[taker[code]].name}.")
        settled = tuple(
            replace(
                beginning,
                origins=tuple(replace(origin, takes_open_work=taker[origin.code] == position) for origin in beginning.origins),
            )
            for position, beginning in enumerate(self.beginnings)
        )
        return replace(self, beginnings=settled, warnings=tuple(warnings))


@dataclass(frozen=True)
class Register:
    """What the reader of a map must know of our register: the units of the day before, by code."""

    communes: Mapping[str, str] = field(default_factory=dict)
    districts: Mapping[str, str] = field(default_factory=dict)
    # The provinces that exist on the day, with their electronic code.
    provinces: Mapping[str, str] = field(default_factory=dict)
    divisions: tuple[tuple[str, tuple[str, ...]], ...] = ()


def read_json(text: str, *, on: date | None = None) -> Plan:
    try:
        content = json.loads(text)
        return Plan(
            on=on or date.fromisoformat(content["on"]),
            document=tidy(content.get("document", "")),
            beginnings=tuple(_beginning(entry) for entry in content["units"]),
        ).settled()
    except (KeyError, TypeError, ValueError) as fault:
        raise Refused(f"Tệp sắp xếp đơn vị không đúng mẫu ({type(fault).__name__}: {fault}). Xem README của phòng directory.") from fault


def _beginning(entry: dict[str, Any]) -> Beginning:
    divisions = entry.get("divisions")
    return Beginning(
        code=Code.read(entry["code"]),
        name=tidy(entry["name"]),
        kind=entry["kind"],
        short_name=tidy(entry.get("short_name", "")),
        parent=Code.read(entry["parent"]) if entry.get("parent") else None,
        codes=tuple(Code.read(text) for text in entry.get("codes", [])),
        divisions=None if divisions is None else tuple((tidy(name), tuple(fields)) for name, fields in divisions.items()),
        desk=tidy(entry.get("desk", "")),
        continues=bool(entry.get("continues", False)),
        note=entry.get("note", ""),
        origins=tuple(
            Origin(
                code=Code.read(origin["code"]),
                partly=bool(origin.get("partly", False)),
                takes_open_work=origin.get("takes_open_work"),
                divisions=tuple(tidy(name) for name in origin.get("divisions", [])),
                stays=bool(origin.get("stays", False)),
                name=tidy(origin.get("name", "")),
            )
            for origin in entry.get("from", [])
        ),
    )


def read_map(text: str, *, on: date, register: Register, document: str = "") -> Plan:
    """Read the published map of communes; only rows about communes of our register count."""
    rows = [
        {key: tidy(value or "") for key, value in row.items() if key} for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    ]
    if not rows or not set(rows[0]) >= MAP_COLUMNS:
        raise Refused(f"Tệp CSV phải có các cột: {', '.join(sorted(MAP_COLUMNS))}.")
    ours = [row for row in rows if row["old_code"] in register.communes]
    our_districts = {row["old_district_code"] for row in ours}
    warnings = [
        f"Dòng {row['old_code']} {row['old_name']} → {row['new_name']}: xã cũ thuộc địa bàn này nhưng không có trong hệ thống."
        for row in rows
        if row["old_code"] not in register.communes and row["old_district_code"] in our_districts
    ]
    mapped = {row["old_code"] for row in ours}
    warnings += [f"{code} {name}: tệp không nói đến, vẫn còn hiệu lực." for code, name in register.communes.items() if code not in mapped]
    warnings += [
        f"{code} {name}: tệp không nói đến, vẫn còn hiệu lực." for code, name in register.districts.items() if code not in our_districts
    ]
    by_new: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in ours:
        by_new[row["new_code"]].append(row)
    warnings += _contradictions(ours, by_new, register)
    seats = _district_takers(ours, register)
    beginnings = []
    numbers: Counter[str] = Counter()
    for code in sorted(by_new):
        first = by_new[code][0]
        province = first["new_province_code"]
        if province not in register.provinces:
            raise Refused(f"Chưa có UBND cấp tỉnh mang mã {province} vào ngày {on:%d/%m/%Y}. Xin nhập phần cấp tỉnh trước.")
        own, electronic = [], register.provinces[province]
        if electronic:
            own.append(Code("qd20", f"{electronic}.{FIRST_OWN_NUMBER + numbers[province]}"))
            numbers[province] += 1
        beginnings.append(
            Beginning(
                code=Code("gso", code),
                name=f"UBND {_lower(first['new_name'])}",
                kind="commune",
                short_name=_bare(first["new_name"]),
                parent=Code("gso", province),
                codes=tuple(own),
                divisions=register.divisions,
                desk=f"Trung tâm Phục vụ hành chính công {_lower(first['new_name'])}",
                note=OWN_NUMBER,
                origins=_origins(by_new[code], code, seats, register),
            )
        )
    elsewhere = len(rows) - len(ours) - sum(1 for warning in warnings if warning.startswith("Dòng "))
    return Plan(on, document, tuple(beginnings), tuple(warnings), elsewhere).settled()


def _origins(rows: Iterable[dict[str, str]], code: str, seats: dict[str, str], register: Register) -> tuple[Origin, ...]:
    """Return the communes that come, then a share of each district that ends with them."""
    communes = {row["old_code"]: Origin(Code("gso", row["old_code"]), partly=row["partly"] == "1", name=row["old_name"]) for row in rows}
    districts = {
        row["old_district_code"]: Origin(
            Code("gso", row["old_district_code"]), partly=True, takes_open_work=seats[row["old_district_code"]] == code
        )
        for row in rows
        if row["old_district_code"] in register.districts
    }
    return (*communes.values(), *districts.values())


def _district_takers(rows: list[dict[str, str]], register: Register) -> dict[str, str]:
    """Choose who takes the open work of each district: the new commune made of most of its communes."""
    shares: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row["old_district_code"] in register.districts:
            shares[row["old_district_code"]][row["new_code"]] += 1
    return {district: min(count, key=lambda code: (-count[code], code)) for district, count in shares.items()}


def _contradictions(rows: list[dict[str, str]], by_new: dict[str, list[dict[str, str]]], register: Register) -> list[str]:
    found = []
    for code, group in by_new.items():
        if len({(row["new_name"], row["new_province_code"]) for row in group}) > 1:
            found.append(f"{code}: mang nhiều tên hoặc thuộc nhiều tỉnh trong tệp; lấy dòng đầu.")
    pairs = Counter((row["old_code"], row["new_code"]) for row in rows)
    found += [f"{old} → {new}: lặp {count} dòng." for (old, new), count in pairs.items() if count > 1]
    times = Counter(row["old_code"] for row in rows)
    found += [
        f"{row['old_code']} {row['old_name']}: ghi là một phần nhưng tệp không nói phần còn lại về đâu."
        for row in rows
        if row["partly"] == "1" and times[row["old_code"]] == 1
    ]
    found += [
        f"{row['old_code']}: tệp gọi là {row['old_name']}, hệ thống gọi là {register.communes[row['old_code']]}."
        for row in rows
        if _lower(row["old_name"]) not in register.communes[row["old_code"]]
    ]
    return found


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _bare(name: str) -> str:
    """Return "Hội An Tây" of "Phường Hội An Tây"."""
    for kind in ("Đặc khu ", "Phường ", "Xã ", "Thị trấn "):
        if name.startswith(kind):
            return name.removeprefix(kind)
    return name
