"""Reading our own data files: YAML with a short notation for the lines that people write most.

A line is cut at " | ". Papers: `name | 1 bản chính, 2 bản sao | option…`; questions: `key | label | kind | option…`;
fees: `name | amount | option…`; steps: `key | name | unit | role | share | does | → next…`. The README has examples.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from tinhso.kernel.folding import fold
from tinhso.procedures.definition import Definition, Limit, TimeUnit
from tinhso.procedures.rules import faults

CATALOGUE = Path(__file__).resolve().parent / "catalogue"
_UNITS = {"giờ": TimeUnit.HOUR, "ngày làm việc": TimeUnit.WORKING_DAY, "ngày": TimeUnit.CALENDAR_DAY, "tháng": TimeUnit.MONTH}
_LIMIT = re.compile(r"(\d+) (giờ|ngày làm việc|ngày|tháng)")
_COUNT = re.compile(r"(\d+) bản (chính|sao)")
_NOT_IN_KEYS = re.compile(r"[^a-z0-9]+")


class WrongFile(ValueError):
    """A data file that cannot be used, with where and why."""


def definitions(folder: Path = CATALOGUE) -> Iterator[Definition]:
    """Yield every procedure of the files of a folder, checked."""
    seen: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        content = _read(path)
        for entry in content["procedures"]:
            where = f"{path.name}, thủ tục {entry.get('code', '?')}"
            try:
                definition = Definition.model_validate(written_out({**content.get("defaults", {}), **entry}))
            except (ValidationError, ValueError, KeyError) as error:
                raise WrongFile(f"{where}: {error}") from error
            wrong = faults(definition)
            if definition.code in seen:
                wrong.append(f"đã có trong {seen[definition.code]}")
            if wrong:
                raise WrongFile(f"{where}: {'; '.join(wrong)}")
            seen[definition.code] = path.name
            yield definition


@cache
def _read(path: Path) -> dict[str, Any]:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def _shared(name: str) -> dict[str, Any]:
    return _read(CATALOGUE / "shared" / f"{name}.yaml")


def written_out(entry: dict[str, Any]) -> dict[str, Any]:
    """Return the entry of a data file in the full shape of `Definition`."""
    full = {key: value for key, value in entry.items() if key not in ("limit", "fees", "papers")}
    full["channels"] = [_channel(channel, entry) for channel in entry.get("channels", [])]
    common = [paper(line) for line in entry.get("papers", [])]
    cases = entry.get("cases") or [{}]
    full["cases"] = [{**case, "papers": _keyed([paper(line) for line in case.get("papers", [])] + common)} for case in cases]
    full["forms"] = [_page(page) for page in entry.get("forms", [])]
    full["legal_bases"] = [_legal_basis(line) for line in entry.get("legal_bases", [])]
    full["outcomes"] = [_outcome(line) for line in entry.get("outcomes", [])]
    full["route"] = _route(entry.get("route", []), entry.get("agency_field", ""))
    return full


def cut(line: str) -> list[str]:
    return [part.strip() for part in line.split(" | ")]


def options(parts: list[str]) -> dict[str, str]:
    """Return "optional" as {"optional": ""} and "min=3" as {"min": "3"}."""
    return {name.strip(): value.strip() for name, _, value in (part.partition("=") for part in parts)}


def limit(text: str) -> Limit:
    found = _LIMIT.fullmatch(text.strip())
    if not found:
        raise ValueError(f"không hiểu thời hạn {text!r}")
    return Limit(amount=int(found[1]), unit=_UNITS[found[2]])


@lru_cache(maxsize=8192)
def slug(text: str, length: int = 60) -> str:
    """Return a key made of a name ("Tờ khai đăng ký" → "to-khai-dang-ky")."""
    # Names run to a thousand letters: only the beginning is folded.
    words = _NOT_IN_KEYS.sub("-", fold(text[: 2 * length])).strip("-")
    return words if len(words) <= length else words[:length].rpartition("-")[0]


def paper(line: str) -> dict[str, Any]:
    name, count, *rest = [*cut(line), ""][: max(2, len(cut(line)))]
    chosen = options([part for part in rest if part])
    counts = {kind: int(number) for number, kind in _COUNT.findall(count)}
    known = {"optional", "shown", "form", "register", "note", "code"}
    if unknown := sorted(set(chosen) - known):
        raise ValueError(f"giấy tờ {name!r}: không hiểu {', '.join(unknown)}")
    if count and not counts:
        raise ValueError(f"giấy tờ {name!r}: không hiểu số lượng {count!r}")
    return {
        "name": name,
        "originals": counts.get("chính", 0),
        "copies": counts.get("sao", 0),
        "required": "optional" not in chosen,
        "shown_only": "shown" in chosen,
        **{key: chosen[key] for key in ("form", "register", "note", "code") if key in chosen},
    }


def _keyed(papers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each paper a key of its own, made of its name."""
    taken: dict[str, int] = {}
    for one in papers:
        key = slug(one["name"])
        taken[key] = taken.get(key, 0) + 1
        one["key"] = key if taken[key] == 1 else f"{key}-{taken[key]}"
    return papers


def question(line: str) -> dict[str, Any]:
    key, label, *rest = cut(line)
    kind, chosen = (rest[0], options(rest[1:])) if rest else ("text", {})
    full: dict[str, Any] = {"key": key, "label": label, "kind": kind, "required": "optional" not in chosen}
    for name, value in chosen.items():
        match name:
            case "optional":
                continue
            case "choices":
                full["choices"] = [choice.strip() for choice in value.split(";")]
            case "when":
                asked, _, values = value.partition(":")
                full["when"] = {asked.strip(): [one.strip() for one in values.split(";")]}
            case "min" | "max":
                full["minimum" if name == "min" else "maximum"] = int(value)
            case "help" | "prefill":
                full[name] = value
            case _:
                raise ValueError(f"câu hỏi {key}: không hiểu {name}")
    return full


def _page(page: dict[str, Any]) -> dict[str, Any]:
    if "use" in page:
        page = {**_shared("pages")[page["use"]], "key": page["use"], **{k: v for k, v in page.items() if k not in ("use", "more")}} | (
            {"fields": _shared("pages")[page["use"]]["fields"] + page["more"]} if "more" in page else {}
        )
    return {**page, "fields": [question(line) for line in page["fields"]]}


def fee(line: str) -> dict[str, Any]:
    name, amount, *rest = cut(line)
    chosen = options(rest)
    full: dict[str, Any] = {"name": name, "amount": None if amount == "-" else int(amount)}
    full["kind"] = "phi" if name.startswith("Phí") else "le_phi"
    if "online" in chosen:
        full["online_percent"] = int(chosen["online"])
    return full | {key: chosen[key] for key in ("note", "timing", "code") if key in chosen}


def _channel(channel: str | dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    own = {"channel": channel} if isinstance(channel, str) else dict(channel)
    fees = own.pop("fees", entry.get("fees", []))
    phases = own.pop("limit", entry.get("limit"))
    if isinstance(phases, str):
        phases = {"": phases}
    own["fees"] = [fee(line) for line in fees]
    own["phases"] = [{"name": name, "limit": limit(text)} for name, text in (phases or {}).items()]
    return own


def _legal_basis(line: str) -> dict[str, str]:
    number, title, *issued = cut(line)
    return {"number": number, "title": title, "issued": issued[0] if issued else ""}


def _outcome(line: str) -> dict[str, Any]:
    name, *code = cut(line)
    return {"name": name, "code": code[0] if code else ""}


def step(line: str) -> dict[str, Any]:
    key, name, unit, role, share, does, *after = cut(line)
    names = after[0].removeprefix("→").strip() if after else ""
    parallel = " + " in names
    return {
        "key": key,
        "name": name,
        "unit": unit,
        "role": role,
        "share": int(share),
        "does": does,
        "parallel": parallel,
        "next": [one.strip() for one in re.split(r" \+ |,", names) if one.strip()],
    }


def _route(route: str | list[str], field: str) -> list[dict[str, Any]]:
    """Return the steps of a route of our own or of a standard one ("bay-buoc"), for the division of a field."""
    lines = _shared("routes")[route] if isinstance(route, str) else route
    return [step(line.replace("{field}", field)) for line in lines]
