"""Which agencies may solve a procedure, for a citizen to choose from."""

from collections.abc import Iterable
from datetime import date

from tinhso.directory.models import Unit
from tinhso.procedures.definition import Definition, Level

KINDS = {Level.DISTRICT: Unit.Kind.DISTRICT, Level.COMMUNE: Unit.Kind.COMMUNE}


def solving_agencies(definition: Definition, day: date) -> list[Unit]:
    """Return the agencies of the procedure's levels that exist on a day and do its field, sorted as in a dictionary."""
    found: list[Unit] = []
    for level in definition.levels:
        if kind := KINDS.get(level):
            found += Unit.objects.on(day).filter(kind=kind).select_related("parent").order_by("parent__sort_name", "sort_name")
        elif level == Level.PROVINCE:
            doing = Unit.objects.on(day).filter(kind=Unit.Kind.DIVISION, fields__contains=[definition.agency_field])
            departments = Unit.objects.on(day).filter(kind=Unit.Kind.DEPARTMENT, pk__in=doing.values("agency"))
            found += departments.select_related("parent").order_by("sort_name")
    return found


def grouped(units: Iterable[Unit]) -> list[tuple[str, list[Unit]]]:
    """Return the agencies under the name of what is above them: communes by district."""
    groups: dict[str, list[Unit]] = {}
    for unit in units:
        above = unit.parent.name if unit.kind == Unit.Kind.COMMUNE and unit.parent else Unit.Kind(unit.kind).label
        groups.setdefault(above, []).append(unit)
    return list(groups.items())
