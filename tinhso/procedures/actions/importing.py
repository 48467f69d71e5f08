"""Importing the procedures of others: in bulk, with every record accounted for."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from tinhso.directory.models import Person
from tinhso.kernel.errors import Refused
from tinhso.kernel.events import record
from tinhso.procedures.actions.publishing import digest_of, version_of
from tinhso.procedures.definition import Definition
from tinhso.procedures.events import CatalogueImported
from tinhso.procedures.imports.findings import Reading
from tinhso.procedures.imports.reader import UnknownFile, readings
from tinhso.procedures.models import ImportFinding, ImportRun, Procedure, ProcedureVersion
from tinhso.procedures.queries.catalogue import IMPORTED
from tinhso.procedures.rules import with_own_parts

BATCH = 500


def import_file(content: bytes, *, file_name: str, valid_from: date, at: datetime, by: Person | None = None) -> ImportRun:
    """Load a file of procedures and return what became of each record.

    The same content makes no version. Where the province has a procedure of its own (with a route), the imported text
    waits as a draft, joined with the province's parts, until a cataloguer publishes it.
    """
    try:
        found = readings(content)
    except UnknownFile as error:
        raise Refused(f"Không nhập được tệp {file_name}: {error}.", field="file") from error
    return _load(found, file_name=file_name, digest=hashlib.sha256(content).hexdigest(), valid_from=valid_from, at=at, by=by)


@transaction.atomic
def _load(found: list[Reading], *, file_name: str, digest: str, valid_from: date, at: datetime, by: Person | None) -> ImportRun:
    definitions = [reading.definition for reading in found if reading.definition]
    shelf = _Shelf(definitions, valid_from)
    fates = Counter(shelf.put(reading, reading.definition) for reading in found if reading.definition)
    shelf.write()
    run = ImportRun.objects.create(
        file_name=file_name[:200],
        file_digest=digest,
        valid_from=valid_from,
        by=by,
        at=at,
        read=len(found),
        rejected=sum(reading.rejected for reading in found),
        **{fate: fates[fate] for fate in ("new", "changed", "unchanged", "waiting")},
    )
    ImportFinding.objects.bulk_create(_rows(run, found), batch_size=2000)
    record(CatalogueImported(run.file_name, run.read, run.new, run.changed, run.waiting, run.rejected), on=run, by=by, at=at)
    return run


def _rows(run: ImportRun, found: Iterable[Reading]) -> list[ImportFinding]:
    return [
        ImportFinding(
            run=run,
            position=reading.position,
            code=reading.code[:40],
            name=reading.name,
            severity=finding.severity,
            kind=finding.kind,
            message=finding.message,
            record=reading.raw if reading.rejected else None,
        )
        for reading in found
        for finding in reading.findings
    ]


class _Shelf:
    """The procedures that an import touches, locked, and the versions it will write."""

    def __init__(self, definitions: list[Definition], valid_from: date):
        self.valid_from = valid_from
        codes = [definition.code for definition in definitions]
        Procedure.objects.bulk_create([Procedure(code=code) for code in codes], ignore_conflicts=True, batch_size=2000)
        # In the order of codes: two imports at once wait for each other instead of for both.
        locked = Procedure.objects.select_for_update().filter(code__in=codes).order_by("code")
        self.procedures = {procedure.code: procedure for procedure in locked}
        self.newest = {version.procedure.code: version for version in ProcedureVersion.objects.newest(codes)}
        own = [version.pk for version in self.newest.values() if version.has_route]
        self.own = {version.procedure_id: version.definition for version in ProcedureVersion.objects.filter(pk__in=own)}
        drafts = ProcedureVersion.objects.filter(state=ProcedureVersion.State.DRAFT, procedure__code__in=codes)
        self.drafts = set(drafts.values_list("procedure_id", "digest"))
        numbers = ProcedureVersion.objects.filter(procedure__code__in=codes).values_list("procedure_id").annotate(Max("number"))
        self.numbers: dict[int, int] = dict(numbers)
        self.fresh: list[ProcedureVersion] = []
        self.ended: list[int] = []

    def put(self, reading: Reading, definition: Definition) -> str:
        """Decide what becomes of a definition and return the word for it."""
        procedure, known = self.procedures[definition.code], self.newest.get(definition.code)
        ours = self.own.get(procedure.pk)
        definition = with_own_parts(definition, ours) if ours else definition
        digest = digest_of(definition)
        if known and known.digest == digest:
            return "unchanged"
        if known and (ours or known.valid_from > self.valid_from):
            kind, why = ("ours", "tỉnh đã có bản riêng") if ours else ("later", f"đang có phiên bản từ {known.valid_from:%d/%m/%Y}")
            if (procedure.pk, digest) in self.drafts:
                return "unchanged"
            reading.say_note(kind, f"{why}: bản nhập vào để ở bản nháp chờ xem")
            self._add(definition, procedure, ProcedureVersion.State.DRAFT, digest)
            return "waiting"
        if known:
            self.ended.append(known.pk)
        self._add(definition, procedure, ProcedureVersion.State.PUBLISHED, digest)
        return "changed" if known else "new"

    def _add(self, definition: Definition, procedure: Procedure, state: str, digest: str) -> None:
        number = self.numbers.get(procedure.pk, 0) + 1
        self.numbers[procedure.pk] = number
        version = version_of(definition, procedure, number, valid_from=self.valid_from, source=IMPORTED, state=state, digest=digest)
        self.fresh.append(version)

    def write(self) -> None:
        ProcedureVersion.objects.filter(pk__in=self.ended).update(valid_to=self.valid_from)
        ProcedureVersion.objects.bulk_create(self.fresh, batch_size=BATCH)
