"""The register of menu entries: each area adds its own, the shells in `ui/` draw them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Entry:
    """One entry; `shown(person)` decides who sees it, `count(person)` gives a number beside it or None."""

    audience: str  # "citizen", "officer", "leader", "administrator", "operator"
    label: "str | _StrPromise"
    url_name: str
    icon: str
    order: int = 100
    shown: Callable = lambda person: True
    count: Callable = lambda person: None


ENTRIES: list[Entry] = []


def add(entry: Entry) -> None:
    ENTRIES.append(entry)


def entries(audience: str, person) -> list[Entry]:
    """Return the entries a person may see, in order."""
    return sorted((entry for entry in ENTRIES if entry.audience == audience and entry.shown(person)), key=lambda e: e.order)
