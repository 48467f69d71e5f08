"""One line for one paper, fee, question, step: how our data files and the cataloguers' pages write them, read and written.

A line is cut at " | ". Papers: `name | 1 bản chính, 2 bản sao | option…`; questions: `key | label | kind | option…`;
fees: `name | amount | option…`; steps: `key | name | unit | role | share | does | → next…`. The README has examples.
"""

import re
from functools import lru_cache
from typing import Any

from tinhso.kernel.folding import fold
from tinhso.procedures.definition import Fee, FeeTiming, FormField, LegalBasis, Limit, Outcome, Paper, RouteStep, TimeUnit

UNITS = {"giờ": TimeUnit.HOUR, "ngày làm việc": TimeUnit.WORKING_DAY, "ngày": TimeUnit.CALENDAR_DAY, "tháng": TimeUnit.MONTH}
_UNIT_NAMES = {unit: name for name, unit in UNITS.items()}
_LIMIT = re.compile(r"(\d+) (giờ|ngày làm việc|ngày|tháng)")
_COUNT = re.compile(r"(\d+) bản (chính|sao)")
_NOT_IN_KEYS = re.compile(r"[^a-z0-9]+")
LONGEST_KEY = 60
ELSEWHERE = "-"


def cut(line: str) -> list[str]:
    return [part.strip() for part in line.split(" | ")]


def join(*parts: str) -> str:
    """Return a line of parts; a part never holds the sign that cuts, or the end of a line."""
    return " | ".join(re.sub(r"\s+", " ", part).replace(" | ", " / ").strip() for part in parts)


def options(parts: list[str]) -> dict[str, str]:
    """Return "optional" as {"optional": ""} and "min=3" as {"min": "3"}."""
    return {name.strip(): value.strip() for name, _, value in (part.partition("=") for part in parts if part)}


def _said(**chosen: Any) -> list[str]:
    """Write options: True as the bare word, what is empty not at all."""
    return [name if value is True else f"{name}={value}" for name, value in chosen.items() if not (value in ("", None) or value is False)]


def _only(known: set[str], chosen: dict[str, str], what: str) -> None:
    if unknown := sorted(set(chosen) - known):
        raise ValueError(f"{what}: không hiểu {', '.join(unknown)}")


@lru_cache(maxsize=8192)
def slug(text: str, length: int = LONGEST_KEY) -> str:
    """Return a key made of a name ("Tờ khai đăng ký" → "to-khai-dang-ky")."""
    # Names run to a thousand letters: only the beginning is folded.
    words = _NOT_IN_KEYS.sub("-", fold(text[: 2 * length])).strip("-")
    return words if len(words) <= length else words[:length].rpartition("-")[0]


def limit(text: str) -> Limit:
    found = _LIMIT.fullmatch(text.strip())
    if not found:
        raise ValueError(f"không hiểu thời hạn “{text.strip()}”: ghi như 8 giờ, 5 ngày làm việc, 10 ngày hoặc 2 tháng")
    return Limit(amount=int(found[1]), unit=UNITS[found[2]])


def limit_text(one: Limit | None) -> str:
    return f"{one.amount} {_UNIT_NAMES[one.unit]}" if one else ELSEWHERE


def paper(line: str) -> dict[str, Any]:
    name, count, *rest = cut(line) if " | " in line else [line.strip(), ""]
    chosen = options(rest)
    counts = {kind: int(number) for number, kind in _COUNT.findall(count)}
    _only({"optional", "shown", "form", "register", "note", "code", "key"}, chosen, f"giấy tờ “{name}”")
    if count and not counts:
        raise ValueError(f"giấy tờ “{name}”: không hiểu số lượng “{count}”")
    return {
        "name": name,
        "originals": counts.get("chính", 0),
        "copies": counts.get("sao", 0),
        "required": "optional" not in chosen,
        "shown_only": "shown" in chosen,
        **{key: chosen[key] for key in ("form", "register", "note", "code", "key") if key in chosen},
    }


def keyed(papers: list[dict[str, Any]], length: int = LONGEST_KEY) -> list[dict[str, Any]]:
    """Give each paper a key of its own, made of its name."""
    taken: dict[str, int] = {}
    for one in papers:
        key = one.get("key") or slug(one["name"], length) or "giay-to"
        taken[key] = taken.get(key, 0) + 1
        one["key"] = key if taken[key] == 1 else f"{key}-{taken[key]}"
    return papers


def paper_line(one: Paper) -> str:
    counts = [f"{number} bản {kind}" for number, kind in ((one.originals, "chính"), (one.copies, "sao")) if number]
    chosen = _said(
        optional=not one.required,
        shown=one.shown_only,
        form=one.form,
        register=one.register_,
        code=one.code,
        note=one.note,
        key="" if one.key == slug(one.name) else one.key,
    )
    return join(one.name, ", ".join(counts), *chosen) if counts or chosen else join(one.name)


def question(line: str) -> dict[str, Any]:
    key, label, *rest = cut(line)
    kind, chosen = (rest[0], options(rest[1:])) if rest else ("text", {})
    _only({"optional", "choices", "when", "min", "max", "help", "prefill"}, chosen, f"câu hỏi {key}")
    full: dict[str, Any] = {"key": key, "label": label, "kind": kind, "required": "optional" not in chosen}
    for name, value in chosen.items():
        match name:
            case "choices":
                full["choices"] = [choice.strip() for choice in value.split(";")]
            case "when":
                asked, _, values = value.partition(":")
                full["when"] = {asked.strip(): [one.strip() for one in values.split(";")]}
            case "min" | "max":
                full["minimum" if name == "min" else "maximum"] = int(value)
            case "help" | "prefill":
                full[name] = value
    return full


def question_line(one: FormField) -> str:
    when = "; ".join(f"{key}:{'; '.join(values)}" for key, values in one.when.items())
    chosen = _said(
        optional=not one.required,
        choices="; ".join(one.choices),
        when=when,
        min=one.minimum,
        max=one.maximum,
        prefill=one.prefill,
        help=one.help,
    )
    return join(one.key, one.label, one.kind, *chosen)


def fee(line: str) -> dict[str, Any]:
    name, amount, *rest = cut(line)
    chosen = options(rest)
    _only({"online", "note", "timing", "code", "kind"}, chosen, f"phí “{name}”")
    if amount != ELSEWHERE and not amount.isdecimal():
        raise ValueError(f"phí “{name}”: số tiền “{amount}” phải là số đồng, hoặc {ELSEWHERE} khi do văn bản khác quy định")
    full: dict[str, Any] = {"name": name, "amount": None if amount == ELSEWHERE else int(amount)}
    full["kind"] = chosen.get("kind") or _kind_of_fee(name)
    if "online" in chosen:
        full["online_percent"] = int(chosen["online"])
    return full | {key: chosen[key] for key in ("note", "timing", "code") if key in chosen}


def _kind_of_fee(name: str) -> str:
    return "phi" if name.startswith("Phí") else "le_phi"


def fee_line(one: Fee) -> str:
    chosen = _said(
        online="" if one.online_percent == 100 else one.online_percent,
        timing="" if one.timing == FeeTiming.FILING else one.timing,
        code=one.code,
        kind="" if one.kind == _kind_of_fee(one.name) else one.kind,
        note=one.note,
    )
    return join(one.name, ELSEWHERE if one.amount is None else str(one.amount), *chosen)


def legal_basis(line: str) -> dict[str, str]:
    number, title, issued = (*cut(line), "", "")[:3]
    return {"number": number, "title": title, "issued": issued}


def legal_basis_line(one: LegalBasis) -> str:
    return join(*(part for part in (one.number, one.title or (one.issued and ELSEWHERE), one.issued) if part))


def outcome(line: str) -> dict[str, Any]:
    name, code = (*cut(line), "")[:2]
    return {"name": name, "code": code}


def outcome_line(one: Outcome) -> str:
    return join(*(part for part in (one.name, one.code) if part))


def step(line: str) -> dict[str, Any]:
    parts = cut(line)
    if not 6 <= len(parts) <= 7 or not parts[4].isdecimal():
        raise ValueError(f"bước “{parts[0]}”: cần mã | tên | đơn vị | vai trò | % thời gian | việc | → bước sau")
    key, name, unit, role, share, does, *after = parts
    names = after[0].removeprefix("→").strip() if after else ""
    return {
        "key": key,
        "name": name,
        "unit": unit,
        "role": role,
        "share": int(share),
        "does": does,
        "parallel": " + " in names,
        "next": [one.strip() for one in re.split(r" \+ |,", names) if one.strip()],
    }


def step_line(one: RouteStep) -> str:
    after = [f"→ {(' + ' if one.parallel else ', ').join(one.next)}"] if one.next else []
    return join(one.key, one.name, one.unit, one.role, str(one.share), one.does, *after)
