"""Reading our own data files: YAML in the notation of `notation.py`, one file a field of government."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from tinhso.procedures.complaints import complaint
from tinhso.procedures.definition import Definition
from tinhso.procedures.notation import fee, keyed, legal_basis, limit, outcome, paper, question, step
from tinhso.procedures.rules import faults

CATALOGUE = Path(__file__).resolve().parent / "catalogue"


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
            except ValidationError as error:
                raise WrongFile(f"{where}: {complaint(error)}") from error
            except (ValueError, KeyError) as error:
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
    full["cases"] = [{**case, "papers": keyed([paper(line) for line in case.get("papers", [])] + common)} for case in cases]
    full["forms"] = [_page(page) for page in entry.get("forms", [])]
    full["legal_bases"] = [legal_basis(line) for line in entry.get("legal_bases", [])]
    full["outcomes"] = [outcome(line) for line in entry.get("outcomes", [])]
    full["route"] = _route(entry.get("route", []), entry.get("agency_field", ""))
    return full


def _page(page: dict[str, Any]) -> dict[str, Any]:
    if "use" in page:
        page = {**_shared("pages")[page["use"]], "key": page["use"], **{k: v for k, v in page.items() if k not in ("use", "more")}} | (
            {"fields": _shared("pages")[page["use"]]["fields"] + page["more"]} if "more" in page else {}
        )
    return {**page, "fields": [question(line) for line in page["fields"]]}


def _channel(channel: str | dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    own: dict[str, Any] = {"channel": channel} if isinstance(channel, str) else dict(channel)
    fees = own.pop("fees", entry.get("fees", []))
    phases = own.pop("limit", entry.get("limit"))
    if isinstance(phases, str):
        phases = {"": phases}
    own["fees"] = [fee(line) for line in fees]
    own["phases"] = [{"name": name, "limit": limit(text)} for name, text in (phases or {}).items()]
    return own


def _route(route: str | list[str], field: str) -> list[dict[str, Any]]:
    """Return the steps of a route of our own or of a standard one ("bay-buoc"), for the division of a field."""
    lines = _shared("routes")[route] if isinstance(route, str) else route
    return [step(line.replace("{field}", field)) for line in lines]
