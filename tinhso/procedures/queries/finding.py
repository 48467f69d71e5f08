"""Finding procedures. The index lives in the memory of each process and is built anew when the catalogue changes."""

from datetime import date
from threading import Lock
from typing import Any, NamedTuple

from django.db.models import Count, Max
from django.utils.timezone import localdate

from tinhso.procedures.models import ProcedureVersion
from tinhso.procedures.queries.catalogue import summary
from tinhso.procedures.search.index import Entry, Hit, Index


class _Mark(NamedTuple):
    """What tells that an index is out of date: another day, another newest version, one more that is public."""

    day: date
    newest: int | None
    public: int


_lock = Lock()
_kept: list[tuple[_Mark, Index]] = []
# Today's, and the days that a test or a report asks for.
_KEPT_DAYS = 2


def index_on(day: date) -> Index:
    """Return the index of the procedures in force on a day."""
    found = ProcedureVersion.objects.published().aggregate(newest=Max("pk"), public=Count("pk"))
    mark = _Mark(day, found["newest"], found["public"])
    kept = next((index for known, index in _kept if known == mark), None)
    if kept is not None:
        return kept
    with _lock:
        # Another thread may have built it meanwhile.
        kept = next((index for known, index in _kept if known == mark), None)
        if kept is None:
            kept = Index(_entries(day))
            _kept[:] = [(mark, kept), *(one for one in _kept if one[0].day != day)][:_KEPT_DAYS]
    return kept


def _entries(day: date) -> list[Entry]:
    columns = ("pk", "procedure__code", "name", "field", "aside", "keywords", "life_events", "has_route", "levels")
    rows = ProcedureVersion.objects.on(day).order_by("procedure__code").values_list(*columns)
    return [
        Entry(key, code, name, field, aside, tuple(keywords), tuple(events), fileable, tuple(levels))
        for key, code, name, field, aside, keywords, events, fileable, levels in rows
    ]


def search(text: str, *, day: date | None = None, limit: int = 20, level: str = "", fileable: bool = False) -> list[Hit]:
    """Return the procedures that fit what somebody typed: without diacritics, with typing errors, in words of life."""
    return index_on(day or localdate()).search(text, limit=limit, level=level, fileable=fileable)


def search_summaries(text: str, **narrowing: Any) -> list[dict[str, Any]]:
    """Return what was found in plain values, the best first."""
    hits = search(text, **narrowing)
    versions = ProcedureVersion.objects.select_related("procedure").defer("content").in_bulk([hit.key for hit in hits])
    return [summary(versions[hit.key]) | {"score": hit.score} for hit in hits if hit.key in versions]
