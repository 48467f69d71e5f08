"""What a room says when it opens: its announcements, its listeners, its figures."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig

# In this order: listeners and figures speak of announcements.
PARTS = ("events", "handlers", "offers", "measures", "jobs", "menu")


def open_room(room: AppConfig) -> None:
    """Import the parts of a room that register themselves, when it has them."""
    for part in PARTS:
        name = f"{room.name}.{part}"
        if room.name != "tinhso.kernel" and find_spec(name):
            import_module(name)
