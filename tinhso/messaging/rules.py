"""Decisions about messages: how a template is filled, when a delivery is tried again."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

PLACE = re.compile(r"\{([a-z_]+)\}")
MINUTE, HOUR = 60, 3600
WAITS = (MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR)


def fill(text: str, fields: Mapping[str, object]) -> str:
    """Return the text with its named places filled; a place without a value is a mistake of the caller."""
    return PLACE.sub(lambda place: str(fields[place[1]]), text)


def places(*texts: str) -> set[str]:
    """Return the names of the places in texts."""
    return {name for text in texts for name in PLACE.findall(text)}


def unknown_places(allowed: Iterable[str], *texts: str) -> list[str]:
    """Return the places that nobody would fill, sorted."""
    return sorted(places(*texts) - set(allowed))


def one_line(text: str) -> str:
    """Return the text fit for a subject: no line breaks, whatever a citizen typed into a field."""
    return " ".join(text.split())[:200]


def next_try(attempts: int, failed_at: datetime) -> datetime | None:
    """Return when to try again after so many attempts; None: give up and let people look."""
    return failed_at + timedelta(seconds=WAITS[attempts - 1]) if attempts <= len(WAITS) else None
