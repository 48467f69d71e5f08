"""Announcements and helpers of the kernel's own tests."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from django.db import connection

from tinhso.kernel.announcements import Announcement
from tinhso.kernel.events import draft, record
from tinhso.kernel.models import Counter, Event

MOMENT = datetime(2026, 4, 23, 3, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Counted(Announcement):
    sentence: ClassVar[str] = "Đếm {number}."
    number: int


@dataclass(frozen=True)
class Weighed(Announcement):
    sentence: ClassVar[str] = "Cân {grams}."
    grams: float
    notes: dict


def happen(*numbers: int, on: int = 1, at: datetime = MOMENT) -> list[Event]:
    """Record one event per number on the thing of that id."""
    return [record(Counted(number), on=Counter(pk=on), by=None, at=at) for number in numbers]


def drafted(*numbers: int) -> list[Event]:
    return Event.objects.bulk_create([draft(Counted(number), on=Counter(pk=1), by=None, at=MOMENT) for number in numbers])


def tamper(statement: str, *values) -> None:
    """Change rows as somebody would who owns the tables: no trigger stands in the way."""
    tables = ("kernel_event", "kernel_sealedevent", "kernel_block")
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
