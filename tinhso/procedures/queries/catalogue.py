"""What may be asked of the catalogue. Codes with a province's suffix find the procedure they are a copy of."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from tinhso.kernel.folding import sort_key
from tinhso.procedures.definition import Definition
from tinhso.procedures.life_events import BY_KEY
from tinhso.procedures.models import ProcedureVersion
from tinhso.procedures.rules import with_own_parts

# "1.001193.000.00.00.H47" is 1.001193 as copied by a province.
IMPORTED = "import"
NATIONAL_LENGTH = len("1.001193")


def current_version(code: str, day: date) -> ProcedureVersion | None:
    """Return the version of a procedure in force on a day, or None."""
    versions = ProcedureVersion.objects.on(day).select_related("procedure").order_by("-valid_from", "-number")
    exact = versions.filter(procedure__code=code).first()
    if exact or len(code) <= NATIONAL_LENGTH:
        return exact
    return versions.filter(procedure__code=code[:NATIONAL_LENGTH]).first()


def in_force(day: date, *, level: str = "", field: str = "", service: str = "", fileable: bool = False) -> QuerySet[ProcedureVersion]:
    """Return the versions in force on a day, narrowed, without their long content."""
    versions = ProcedureVersion.objects.on(day).select_related("procedure").defer("content")
    if level:
        versions = versions.filter(levels__contains=[level])
    if field:
        versions = versions.filter(field=field)
    if service:
        versions = versions.filter(service=service)
    return (versions.fileable() if fileable else versions).order_by("field", "name", "pk")


def fileable(day: date, *, level: str = "") -> QuerySet[ProcedureVersion]:
    """Return the versions under which a dossier can be filed on a day."""
    return in_force(day, level=level, fileable=True)


def by_field(day: date, *, level: str = "", fileable: bool = False) -> list[dict[str, Any]]:
    """Return the fields of government with how many procedures each has, in the order of the dictionary."""
    rows = in_force(day, level=level, fileable=fileable).order_by().values("field").annotate(count=Count("pk"))
    return sorted(({"field": row["field"], "count": row["count"]} for row in rows), key=lambda row: sort_key(row["field"]))


def for_life_event(key: str, day: date, *, fileable: bool = True) -> list[ProcedureVersion]:
    """Return the procedures of an event of life, those that can be filed here unless asked otherwise."""
    if key not in BY_KEY:
        return []
    versions = in_force(day, fileable=fileable).filter(life_events__contains=[key])
    return sorted(versions, key=lambda version: sort_key(version.name))


def versions_of(code: str) -> QuerySet[ProcedureVersion]:
    """Return every version of a procedure, the newest first."""
    return ProcedureVersion.objects.filter(procedure__code=code).select_related("procedure").order_by("-number")


def draft_text(draft: ProcedureVersion) -> Definition:
    """Return what a draft would say if it were published now: an imported text with the province's present parts."""
    newest = ProcedureVersion.objects.published().filter(procedure=draft.procedure_id).order_by("valid_from", "number").last()
    if draft.source != IMPORTED or newest is None or not newest.has_route:
        return draft.definition
    return with_own_parts(draft.definition, newest.definition)


def summary(version: ProcedureVersion) -> dict[str, Any]:
    """Return a procedure in a few plain values, as lists and the API show it."""
    return {
        "code": version.procedure.code,
        "version": version.number,
        "name": version.name,
        "field": version.field,
        "levels": list(version.levels),
        "service": version.service,
        "fileable": version.has_route,
        "valid_from": version.valid_from.isoformat(),
        "valid_to": version.valid_to.isoformat() if version.valid_to else None,
    }


def full_record(version: ProcedureVersion) -> dict[str, Any]:
    """Return everything the public may know of a procedure; the internal route stays inside."""
    definition = version.definition
    content = definition.model_dump(mode="json", by_alias=True, exclude={"route"})
    return {**content, **summary(version)}


def page(day: date, *, after: str = "", limit: int = 50, level: str = "", field: str = "", fileable: bool = False) -> dict[str, Any]:
    """Return a page of summaries in the order of codes, and the code after which the next one starts."""
    versions = in_force(day, level=level, field=field, fileable=fileable).order_by("procedure__code")
    rows = list(versions.filter(procedure__code__gt=after)[: limit + 1] if after else versions[: limit + 1])
    more = len(rows) > limit
    return {"items": [summary(version) for version in rows[:limit]], "next": rows[limit - 1].procedure.code if more else None}


def current_definitions(day: date, codes: Iterable[str]) -> dict[str, Definition]:
    """Return the definitions in force of several procedures."""
    versions = ProcedureVersion.objects.on(day).filter(Q(procedure__code__in=list(codes))).select_related("procedure")
    return {version.procedure.code: version.definition for version in versions}
