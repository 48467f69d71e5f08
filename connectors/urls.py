"""The pages of every connector that has some."""

from importlib.util import find_spec
from pkgutil import iter_modules

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(f"connectors.{folder.name}.urls"))
    for folder in iter_modules(__import__("connectors").__path__)
    if folder.ispkg and find_spec(f"connectors.{folder.name}.urls")
]
