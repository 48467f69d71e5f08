"""Handing in: files first, then the dossier that names them."""

from collections.abc import Callable, Iterable
from datetime import date

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localdate, now
from ninja import File, Router
from ninja.files import UploadedFile

from tinhso.directory.actions import citizen_for
from tinhso.directory.api import BELIEVED_FOR, Caller, TokenAuth, official_for
from tinhso.directory.models import Unit, UnitCode
from tinhso.dossiers.actions.filing import Filing, NewPaper, Owner, file_dossier
from tinhso.dossiers.api.reading import caller_of, router
from tinhso.dossiers.api.shapes import FilingIn, PaperIn, Standing, Uploaded
from tinhso.dossiers.queries.places import desk_of
from tinhso.dossiers.queries.record import standing
from tinhso.dossiers.rules.answers import case_of
from tinhso.kernel.api import PROBLEMS, Key, answer
from tinhso.kernel.errors import Refused
from tinhso.kernel.events import acting_through
from tinhso.kernel.files import accept
from tinhso.kernel.memory import remembered
from tinhso.procedures.definition import Case
from tinhso.procedures.models import ProcedureVersion, definition_of
from tinhso.procedures.queries import current_version

WRITE: Callable = TokenAuth("dossiers:write")
files = Router(auth=WRITE)
# An id proves that this system brought the file: a digest alone would open other people's papers.
SALT, LASTS = "dossiers.api.file", 24 * 3600


@files.post("", response={201: Uploaded, **PROBLEMS}, summary="Tải tệp lên", operation_id="uploadFile")
def upload_file(request: HttpRequest, file: File[UploadedFile]) -> HttpResponse:
    """Nhận PDF, JPEG, PNG, DOCX, XLSX; nội dung được kiểm tra, ảnh được bỏ thông tin ẩn."""
    stored, name = accept(file, field="file")
    uploaded = signing.dumps([stored.sha256, name, caller_of(request).system.pk], salt=SALT)
    return answer({"id": uploaded, "name": name, "sha256": stored.sha256, "size": stored.size, "media_type": stored.media_type}, 201)


@router.post("", auth=WRITE, response={201: Standing, **PROBLEMS}, summary="Nộp hồ sơ cho công dân", operation_id="fileDossier")
def post_dossier(request: HttpRequest, given: FilingIn, key: Key = None) -> HttpResponse:
    """Gọi lại với cùng `Idempotency-Key` thì nhận lại đúng hồ sơ đã nộp."""
    caller, moment = caller_of(request), now()
    day = localdate(moment)
    version = _version(given.procedure, day)
    if version is None:
        raise Refused(f"Không có thủ tục {given.procedure} đang có hiệu lực.", field="procedure", code="no-procedure")
    agency = agency_by_code(given.agency, field="agency")
    taking = agency_by_code(given.receiving_agency, field="receiving_agency") if given.receiving_agency else agency
    if taking.pk not in caller.agencies and agency.pk not in caller.agencies:
        raise Refused("Mã truy cập này không phục vụ cơ quan đó.", field="agency", code="no-agency")
    desk = _desk(taking, day)
    if desk is None:
        raise Refused(f"{taking} chưa có Bộ phận Một cửa trên hệ thống.", field="agency", code="no-desk")
    by = caller.system if given.channel == "online" else official_for(caller, given.by)
    who = given.owner
    applicant = citizen_for(who.number, full_name=who.name, phone=who.phone, email=who.email, address=who.address, field="owner.number")
    case = case_of(definition_of(version.pk), given.case)
    filing = Filing(
        version=version,
        channel=given.channel,
        receiving_unit=desk,
        solving_agency=agency,
        owner=Owner(
            applicant.full_name,
            applicant.personal_number,
            phone=who.phone or applicant.phone,
            email=who.email or applicant.email,
            address=who.address or applicant.address,
        ),
        case=given.case,
        answers=given.answers,
        papers=papers_of(given.papers, case, caller),
        subject=given.subject,
        wants_post=given.wants_post,
    )
    with acting_through(caller.system.full_name):
        dossier = file_dossier(filing, applicant=applicant, by=by, at=moment, key=key)
    if (dossier.procedure_id, dossier.solving_agency_id, dossier.receiving_unit_id) != (version.procedure_id, agency.pk, desk.pk):
        # Another errand had the key before; what it filed is perhaps none of this system's business.
        raise Refused("Mã yêu cầu này đã dùng cho hồ sơ khác. Xin dùng một UUID mới.", code="key-reused")
    return answer(standing(dossier.pk), 201)


def papers_of(given: Iterable[PaperIn], case: Case, caller: Caller) -> list[NewPaper]:
    """Return papers as the actions take them; a file must have been uploaded by the same system."""
    names = {paper.key: paper.name for paper in case.papers}
    papers = []
    for number, paper in enumerate(given):
        sha256, file_name = None, ""
        if paper.file:
            try:
                sha256, file_name, system = signing.loads(paper.file, salt=SALT, max_age=LASTS)
            except (signing.BadSignature, ValueError, TypeError):
                system = None
            if system != caller.system.pk:
                raise Refused("Tệp không có hoặc đã quá 24 giờ. Xin tải lên lại.", field=f"papers.{number}.file", code="no-file")
        name = (paper.name or names.get(paper.component) or file_name or paper.component)[:500]
        papers.append(NewPaper(paper.component[:60], name, sha256, file_name, paper.form, paper.quantity, paper.digitised))
    return papers


def agency_by_code(code: str, *, field: str) -> Unit:
    """Return the agency that has an identifier code today."""
    found = _agency(code, localdate())
    if found is None:
        raise Refused(f"Không có cơ quan nào mang mã {code[:35]}.", field=field, code="no-agency")
    return found


@remembered(BELIEVED_FOR)
def _agency(code: str, day: date) -> Unit | None:
    held = UnitCode.objects.filter(system=UnitCode.System.QD20, code=code, valid_from__lte=day).select_related("unit")
    running = (one.unit for one in held.order_by("-valid_from") if one.unit.valid_to is None or one.unit.valid_to > day)
    return next(running, None)


@remembered(BELIEVED_FOR)
def _desk(agency: Unit, day: date) -> Unit | None:
    return desk_of(agency, day)


@remembered(BELIEVED_FOR)
def _version(code: str, day: date) -> ProcedureVersion | None:
    return current_version(code, day)
