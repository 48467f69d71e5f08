"""What may be asked of the catalogue."""

from tinhso.procedures.queries.catalogue import (
    by_field,
    current_definitions,
    current_version,
    draft_text,
    fileable,
    for_life_event,
    full_record,
    in_force,
    page,
    summary,
    versions_of,
)
from tinhso.procedures.queries.finding import index_on, search, search_summaries

__all__ = [
    "by_field",
    "current_definitions",
    "current_version",
    "draft_text",
    "fileable",
    "for_life_event",
    "full_record",
    "in_force",
    "index_on",
    "page",
    "search",
    "search_summaries",
    "summary",
    "versions_of",
]
