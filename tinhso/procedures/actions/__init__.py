"""Verbs of the catalogue."""

from tinhso.procedures.actions.importing import import_file
from tinhso.procedures.actions.publishing import Loaded, load, publish

__all__ = ["Loaded", "import_file", "load", "publish"]
