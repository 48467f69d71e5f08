from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    """Every connector that has a `connect.py` connects itself when the site starts."""

    name = "connectors"

    def ready(self):
        for folder in iter_modules(__import__("connectors").__path__):
            if folder.ispkg and find_spec(f"connectors.{folder.name}.connect"):
                import_module(f"connectors.{folder.name}.connect").connect_here()
