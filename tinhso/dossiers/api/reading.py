"""Reading: lists, one dossier whole, the content of its files. Every reading of a citizen's data is written down."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from django.db import connection
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.timezone import now
from ninja import Query, Router, Schema
from pydantic import Field

from tinhso.directory.actions import note_reading
from tinhso.directory.api import BELIEVED_FOR, Caller, TokenAuth
from tinhso.directory.models import Person, UnitCode
from tinhso.dossiers.access import dossiers_of_token
from tinhso.dossiers.api.shapes import DossierPage, DossierRecord
from tinhso.dossiers.models import Dossier, Paper, Result
from tinhso.dossiers.queries.record import record_of
from tinhso.dossiers.queries.register import Wanted, register
from tinhso.kernel import files
from tinhso.kernel.api import PAGE_SIZE, PROBLEMS, Cursor, Limit, answer, page_of, read_cursor
from tinhso.kernel.errors import Refused
from tinhso.kernel.memory import remembered

router = Router(auth=TokenAuth("dossiers:read"))
PURPOSE = "Liên thông qua API"
LONGEST_CODE = 60
# What the verbs ask of a dossier before they lock and read it whole; by hand, because each of them begins with it.
# In the order of the model, as `from_db` wants them.
NEEDED = ("id", "code", "version_id", "case", "receiving_unit_id", "solving_agency_id", "applicant_id")
FINDING = """SELECT d.id, d.code, d.version_id, d."case", d.receiving_unit_id, d.solving_agency_id, d.applicant_id, u.agency_id
 FROM dossiers_dossier d JOIN directory_unit u ON u.id = d.receiving_unit_id WHERE d.code = %s"""
READ: Callable = TokenAuth("files:read")


class Asked(Schema):
    agency: str = Field("", max_length=35, description="Mã định danh của một cơ quan trong phạm vi mã truy cập")
    side: Literal["solving", "receiving"] = Field(
        "solving", description="Hồ sơ do cơ quan giải quyết, hay do Một cửa của cơ quan tiếp nhận"
    )
    status: list[Annotated[int, Field(ge=1, le=10)]] = Field([], description="Một hay nhiều trạng thái", max_length=10)
    overdue: bool = Field(False, description="Chưa xong và đã quá hạn")
    updated_since: datetime | None = Field(None, description="Thay đổi từ lúc này; kết quả xếp theo lúc thay đổi")
    sort: Literal["newest", "due", "updated", ""] = Field("", description="Mặc định: mới nhất trước; `due`: sắp đến hạn trước")
    cursor: Cursor = None
    limit: Limit = PAGE_SIZE


@router.get("", response={200: DossierPage, **PROBLEMS}, summary="Danh sách hồ sơ", operation_id="listDossiers")
def list_dossiers(request: HttpRequest, asked: Query[Asked]) -> HttpResponse:
    """Danh sách không có dữ liệu cá nhân. Đi tiếp bằng `next` cho đến khi `next` là null."""
    caller = caller_of(request)
    sort = asked.sort or ("updated" if asked.updated_since else "due" if asked.overdue else "newest")
    if asked.updated_since and asked.updated_since.tzinfo is None:
        raise Refused("Thời điểm phải có múi giờ, ví dụ 2026-04-23T10:00:00+07:00.", field="updated_since", code="invalid")
    newest = sort == "newest"
    after = read_cursor(asked.cursor, int) if newest else read_cursor(asked.cursor, datetime, int)
    wanted = Wanted(
        agencies=[_agency(caller, asked.agency)] if asked.agency else caller.agencies,
        side=asked.side,
        statuses=asked.status,
        overdue_at=now() if asked.overdue else None,
        updated_since=asked.updated_since,
        sort=sort,  # type: ignore[arg-type]
        after_id=after[-1] if after else None,
        after_moment=after[0] if after and not newest else None,
        limit=asked.limit,
    )
    keys = ("id",) if newest else ("due_at" if sort == "due" else "updated_at", "id")
    return answer(page_of(register(wanted), asked.limit, *keys))


@router.get("/{code}", response={200: DossierRecord, **PROBLEMS}, summary="Toàn bộ một hồ sơ", operation_id="getDossier")
def get_dossier(request: HttpRequest, code: str) -> HttpResponse:
    """Trạng thái, bước xử lý, diễn biến, cách tính hạn, giấy tờ và kết quả. Lượt đọc được ghi lại cho công dân xem."""
    caller = caller_of(request)
    found = record_of(code, caller.agencies) if len(code) <= LONGEST_CODE else None
    if found is None:
        raise Http404
    applicant_id, record = found
    _note(caller, applicant_id, "Hồ sơ", code)
    return answer(record)


@router.get(
    "/{code}/papers/{int:paper_id}/content",
    auth=READ,
    response={200: bytes, **PROBLEMS},
    summary="Tệp của một giấy tờ",
    operation_id="getPaperContent",
    openapi_extra={"responses": {200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}},
)
def get_paper(request: HttpRequest, code: str, paper_id: int) -> FileResponse:
    dossier = reachable(request, code)
    paper = Paper.objects.filter(dossier=dossier, pk=paper_id).exclude(file=None).select_related("file").first()
    if paper is None or paper.file is None:
        raise Http404
    _note(caller_of(request), dossier.applicant_id, f"Giấy tờ: {paper.name}"[:120], code)
    return files.response(paper.file, paper.file_name)


@router.get(
    "/{code}/results/{int:result_id}/content",
    auth=READ,
    response={200: bytes, **PROBLEMS},
    summary="Tệp của một kết quả đã ký",
    operation_id="getResultContent",
    openapi_extra={"responses": {200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}},
)
def get_result(request: HttpRequest, code: str, result_id: int) -> FileResponse:
    dossier = reachable(request, code)
    result = Result.objects.filter(dossier=dossier, pk=result_id).exclude(signed_at=None).exclude(file=None).select_related("file").first()
    if result is None or result.file is None:
        raise Http404
    _note(caller_of(request), dossier.applicant_id, "Kết quả giải quyết", code)
    return files.response(result.file, f"{code}.pdf")


def caller_of(request: HttpRequest) -> Caller:
    return request.auth  # type: ignore[attr-defined]


def reachable(request: HttpRequest, code: str) -> Dossier:
    """Return the dossier if the caller's token reaches it, with only what the verbs need; 404 otherwise."""
    agencies = caller_of(request).agencies
    with connection.cursor() as cursor:
        cursor.execute(FINDING, [code[: LONGEST_CODE + 1]])
        row = cursor.fetchone()
    if row is None:
        raise Http404
    *values, taking = row
    # The rest of the dossier is read when an action asks for it, under its lock.
    dossier = Dossier.from_db(connection.alias, NEEDED, values)
    # Whether a step passed through an agency is asked only when nearer ties are missing.
    near = dossier.solving_agency_id in agencies or taking in agencies
    if not near and not dossiers_of_token(agencies).filter(pk=dossier.pk).exists():
        raise Http404
    return dossier


def _agency(caller: Caller, code: str) -> int:
    unit_id = _unit_of(caller.agencies, code)
    if unit_id is None:
        raise Http404
    return unit_id


@remembered(BELIEVED_FOR)
def _unit_of(agencies: frozenset[int], code: str) -> int | None:
    return UnitCode.objects.filter(code=code, unit_id__in=agencies).values_list("unit_id", flat=True).first()


def _note(caller: Caller, applicant_id: int, what: str, code: str) -> None:
    note_reading(Person(pk=applicant_id), by=caller.system, what=what, purpose=PURPOSE, at=now(), code=code)
