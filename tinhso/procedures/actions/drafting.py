"""What a cataloguer does: draft a version, change it, publish it from a day, or throw it away."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from tinhso.directory.models import Person
from tinhso.kernel.errors import Refused, require
from tinhso.kernel.events import record
from tinhso.procedures.access import can_keep_catalogue
from tinhso.procedures.actions.publishing import announce, end, newest_of, require_sound, version_of
from tinhso.procedures.definition import Definition, Level
from tinhso.procedures.events import DraftDiscarded
from tinhso.procedures.models import Procedure, ProcedureVersion
from tinhso.procedures.queries import draft_text

# Versions written on the cataloguers' pages; our own files never overwrite them.
SOURCE = "tinh"


@transaction.atomic
def add_procedure(code: str, *, name: str, field: str, level: str, by: Person, at: datetime) -> ProcedureVersion:
    """Begin a procedure that the catalogue lacks, as a draft."""
    require(can_keep_catalogue(by))
    if Procedure.objects.filter(code=code).exists():
        raise Refused(f"Danh mục đã có thủ tục {code}.", field="code")
    procedure = Procedure.objects.create(code=code)
    definition = Definition(code=code, name=name, field=field, levels=[Level(level)])
    draft = version_of(definition, procedure, 1, valid_from=localdate(at), source=SOURCE, state=ProcedureVersion.State.DRAFT)
    draft.save(force_insert=True)
    return draft


@transaction.atomic
def start_draft(procedure: Procedure, *, by: Person, at: datetime) -> ProcedureVersion:
    """Return a draft with what the procedure says now; asked again, the draft that was begun."""
    require(can_keep_catalogue(by))
    procedure = Procedure.objects.select_for_update().get(pk=procedure.pk)
    begun = procedure.versions.filter(state=ProcedureVersion.State.DRAFT, source=SOURCE).order_by("number").last()
    if begun:
        return begun
    newest = newest_of(procedure)
    if newest is None:
        raise Refused(f"Thủ tục {procedure.code} chưa có phiên bản nào để sửa.")
    draft = version_of(
        newest.definition,
        procedure,
        procedure.next_number(),
        valid_from=localdate(at),
        source=SOURCE,
        state=ProcedureVersion.State.DRAFT,
    )
    draft.save(force_insert=True)
    return draft


@transaction.atomic
def save_draft(draft: ProcedureVersion, definition: Definition, *, by: Person, at: datetime) -> ProcedureVersion:
    """Write what a draft says; faults are allowed until it is published."""
    require(can_keep_catalogue(by))
    draft = _locked(draft)
    written = version_of(
        definition, draft.procedure, draft.number, valid_from=localdate(at), source=SOURCE, state=ProcedureVersion.State.DRAFT
    )
    written.pk, written.recorded_at = draft.pk, draft.recorded_at
    written.save(force_update=True)
    return written


@transaction.atomic
def publish_draft(draft: ProcedureVersion, *, valid_from: date, by: Person, at: datetime) -> ProcedureVersion:
    """Make a draft the version in force from a day, today or later; dossiers filed before keep theirs."""
    require(can_keep_catalogue(by))
    draft = _locked(draft)
    if valid_from < localdate(at):
        raise Refused("Ngày hiệu lực không được trước hôm nay.", field="valid_from")
    definition = draft_text(draft)
    require_sound(definition)
    former = newest_of(draft.procedure)
    # Numbers follow the order of publication, also when another version was published while this one was drafted.
    number = draft.procedure.next_number() if former and former.number > draft.number else draft.number
    written = version_of(definition, draft.procedure, number, valid_from=valid_from, source=draft.source)
    if former and former.digest == written.digest:
        raise Refused(f"Bản nháp giống hệt phiên bản {former.number} đang công khai.", field="valid_from")
    end(former, draft.procedure, valid_from)
    written.pk, written.recorded_at = draft.pk, draft.recorded_at
    written.save(force_update=True)
    announce(written, by=by, at=at)
    return written


@transaction.atomic
def discard_draft(draft: ProcedureVersion, *, by: Person, at: datetime) -> None:
    """Throw a draft away."""
    require(can_keep_catalogue(by))
    draft = _locked(draft)
    record(DraftDiscarded(draft.procedure.code, draft.number, draft.source), on=draft.procedure, by=by, at=at)
    draft.delete()


def _locked(draft: ProcedureVersion) -> ProcedureVersion:
    """Lock a draft and its procedure; refuse when it is no draft any more."""
    procedure = Procedure.objects.select_for_update().get(pk=draft.procedure_id)
    found = ProcedureVersion.objects.select_for_update().filter(pk=draft.pk).first()
    if found is None:
        raise Refused("Bản nháp này đã được bỏ.")
    if found.state != ProcedureVersion.State.DRAFT:
        raise Refused(f"Phiên bản {found.number} đã công khai, không sửa được. Hãy tạo bản nháp mới.")
    found.procedure = procedure
    return found
