"""Publishing a version, and loading our own files."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from tinhso.directory.models import Person
from tinhso.kernel.errors import Refused
from tinhso.kernel.events import record
from tinhso.procedures.definition import Definition
from tinhso.procedures.events import VersionPublished
from tinhso.procedures.models import Procedure, ProcedureVersion
from tinhso.procedures.rules import faults

OWN = "tinhso"
LONGEST_ASIDE, LONGEST_FIELD = 400, 300


def digest_of(definition: Definition) -> str:
    """Return the fingerprint by which two versions with the same content are known as one.

    Without defaults: a field that a later release adds must not make every procedure look changed.
    """
    content = definition.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def version_of(
    definition: Definition,
    procedure: Procedure,
    number: int,
    *,
    valid_from: date,
    source: str,
    state: str = ProcedureVersion.State.PUBLISHED,
    digest: str = "",
) -> ProcedureVersion:
    """Return an unsaved version of a procedure."""
    return ProcedureVersion(
        procedure=procedure,
        number=number,
        state=state,
        valid_from=valid_from,
        content=definition.model_dump(mode="json", by_alias=True),
        digest=digest or digest_of(definition),
        name=definition.name,
        field=definition.field[:LONGEST_FIELD],
        levels=[str(level) for level in definition.levels],
        service=definition.service,
        life_events=definition.life_events,
        keywords=definition.keywords,
        aside=" ".join((*(outcome.name for outcome in definition.outcomes), definition.solving_agency))[:LONGEST_ASIDE],
        has_route=bool(definition.route),
        source=source,
    )


@transaction.atomic
def publish(definition: Definition, *, valid_from: date, source: str, at: datetime, by: Person | None = None) -> ProcedureVersion:
    """Make a definition the version in force from a day and end the one before; the same content makes no new version."""
    require_sound(definition)
    Procedure.objects.bulk_create([Procedure(code=definition.code)], ignore_conflicts=True)
    # Two loaders may start together; the second must see the first's version.
    procedure = Procedure.objects.select_for_update().get(code=definition.code)
    former = newest_of(procedure)
    fresh = version_of(definition, procedure, procedure.next_number(), valid_from=valid_from, source=source)
    if former and former.digest == fresh.digest:
        return former
    end(former, procedure, valid_from)
    fresh.save(force_insert=True)
    announce(fresh, by=by, at=at)
    return fresh


def require_sound(definition: Definition) -> None:
    if wrong := faults(definition):
        raise Refused(f"Thủ tục {definition.code} chưa công khai được: {'; '.join(wrong)}.", field="content")


def newest_of(procedure: Procedure) -> ProcedureVersion | None:
    return procedure.versions.published().order_by("valid_from", "number").last()


def end(former: ProcedureVersion | None, procedure: Procedure, day: date) -> None:
    """End the version in force before a day; refuse a day before it began."""
    if former is None:
        return
    if former.valid_from > day:
        raise Refused(f"Thủ tục {procedure.code} đã có phiên bản hiệu lực từ {former.valid_from:%d/%m/%Y}.", field="valid_from")
    former.valid_to = day
    former.save(update_fields=["valid_to"])


def announce(version: ProcedureVersion, *, by: Person | None, at: datetime) -> None:
    procedure = version.procedure
    announcement = VersionPublished(procedure.code, version.number, version.valid_from.isoformat(), version.source)
    record(announcement, on=procedure, by=by, at=at)


@dataclass
class Loaded:
    """What loading our own files did; `kept` are procedures that the province has edited since, left as they are."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    unchanged: int = 0


@transaction.atomic
def load(definitions: Iterable[Definition], *, valid_from: date, at: datetime) -> Loaded:
    """Publish our own definitions that are new or changed since they were loaded last."""
    wanted = list(definitions)
    codes = [definition.code for definition in wanted]
    newest = {version.procedure.code: version for version in ProcedureVersion.objects.newest(codes)}
    loaded_before = {version.procedure.code: version.digest for version in ProcedureVersion.objects.filter(source=OWN).newest(codes)}
    outcome = Loaded()
    for definition in wanted:
        known = newest.get(definition.code)
        if loaded_before.get(definition.code) == digest_of(definition):
            outcome.unchanged += 1
        elif known and known.has_route and known.source != OWN:
            outcome.kept.append(definition.code)
        else:
            # A national text of a later day, imported before ours, is replaced on its own first day.
            publish(definition, valid_from=max(valid_from, known.valid_from) if known else valid_from, source=OWN, at=at)
            (outcome.changed if known else outcome.new).append(definition.code)
    return outcome
