"""Verbs of the catalogue."""

from tinhso.procedures.actions.drafting import add_procedure, discard_draft, publish_draft, save_draft, start_draft
from tinhso.procedures.actions.importing import import_file
from tinhso.procedures.actions.publishing import Loaded, load, publish

__all__ = [
    "Loaded",
    "add_procedure",
    "discard_draft",
    "import_file",
    "load",
    "publish",
    "publish_draft",
    "save_draft",
    "start_draft",
]
