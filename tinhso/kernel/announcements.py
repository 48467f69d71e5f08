"""Announcements: what an area tells whoever listens, without knowing them.

An announcement is a frozen dataclass with plain values. `record` (in `kernel.events`) writes it as one row
in the caller's transaction; that row is audit trail, timeline and outbox at once.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

KINDS: dict[str, type["Announcement"]] = {}


@dataclass(frozen=True)
class Announcement:
    """Base of all announcements; a subclass declares fields of plain JSON values.

    `sentence` is the line of the timeline: a `str.format` pattern over the fields.
    `public` lines are shown to the citizen whom the dossier belongs to.
    """

    sentence: ClassVar[str] = ""
    public: ClassVar[bool] = False
    kind: ClassVar[str] = ""

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        area = cls.__module__.split(".")[1]
        cls.kind = f"{area}.{cls.__name__}"
        if KINDS.setdefault(cls.kind, cls).__qualname__ != cls.__qualname__:
            raise TypeError(f"two announcements are called {cls.kind}")

    def payload(self) -> dict[str, Any]:
        return asdict(self)

    def says(self) -> str:
        return self.sentence.format(**asdict(self))


# Beside its facts an event may say through which outside system its actor acted.
THROUGH = "through"


def announced(kind: str, payload: dict[str, Any]) -> Announcement:
    """Return the announcement that an event's kind and payload stand for."""
    return KINDS[kind](**{name: value for name, value in payload.items() if name != THROUGH})


@dataclass
class Listener:
    """One handler of one announcement; `name` keys its progress and may never change."""

    name: str
    kind: str
    handle: Callable
    # Where a listener begins that a running installation did not have before: at "now" or at the "beginning".
    since: str = "now"


LISTENERS: list[Listener] = []


def when(announcement: type[Announcement], *, since: str = "now") -> Callable:
    """Subscribe a function to an announcement; it may be told twice, so it asks first.

    The function gets the `Event` row (with `.announcement` restored) inside a transaction. What it raises is
    kept and tried again later, and what happened to the same object after that waits its turn.
    """

    def register(handle):
        name = f"{handle.__module__.removeprefix('tinhso.')}.{handle.__name__}"
        LISTENERS.append(Listener(name=name, kind=announcement.kind, handle=handle, since=since))
        return handle

    return register
