"""Which agencies may solve a procedure, for a citizen to choose from."""

from collections.abc import Iterable
from datetime import date

from tinhso.directory.models import Unit
from tinhso.kernel.memory import remembered
from tinhso.procedures.definition import Definition, Level

KINDS = {Level.DISTRICT: Unit.Kind.DISTRICT, Level.COMMUNE: Unit.Kind.COMMUNE}


def solving_agencies(definition: Definition, day: date) -> list[Unit]:
    """Return the agencies of the procedure's levels that exist on a day and do its field, sorted as in a dictionary."""
    return list(_solving(tuple(definition.levels), definition.agency_field, day))


# Hundreds of units that change a few times a year, asked for at each beginning of a form. Nobody may change the rows.
@remembered(5.0)
def _solving(levels: tuple[Level, ...], field: str, day: date) -> tuple[Unit, ...]:
    found: list[Unit] = []
    for level in levels:
        if kind := KINDS.get(level):
            found += Unit.objects.on(day).filter(kind=kind).select_related("parent").order_by("parent__sort_name", "sort_name")
        elif level == Level.PROVINCE:
            doing = Unit.objects.on(day).filter(kind=Unit.Kind.DIVISION, fields__contains=[field])
            departments = Unit.objects.on(day).filter(kind=Unit.Kind.DEPARTMENT, pk__in=doing.values("agency"))
            found += departments.select_related("parent").order_by("sort_name")
    return tuple(found)


def grouped(units: Iterable[Unit]) -> list[tuple[str, list[Unit]]]:
    """Return the agencies under the name of what is above them: communes by district."""
    groups: dict[str, list[Unit]] = {}
    for unit in units:
        above = unit.parent.name if unit.kind == Unit.Kind.COMMUNE and unit.parent else Unit.Kind(unit.kind).label
        groups.setdefault(above, []).append(unit)
    return list(groups.items())


@remembered(5.0)
def whom_to_ask(agency_id: int, parent_id: int | None, day: date) -> tuple[tuple[str, str], ...]:
    """Return whom an agency may ask for an opinion, as key and name: all but communes, and the communes of its district."""
    near = Unit.objects.on(day).agencies().exclude(pk=agency_id)
    wide = near.exclude(kind=Unit.Kind.COMMUNE) | near.filter(kind=Unit.Kind.COMMUNE, parent_id__in=[parent_id or 0, agency_id])
    return tuple((str(pk), name) for pk, name in wide.order_by("kind", "sort_name").values_list("pk", "name"))
