"""The catalogue for programs: what one may ask of which office, and what it takes."""

from datetime import date
from typing import Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import localdate
from ninja import Query, Router, Schema
from pydantic import Field

from tinhso.directory.api import TokenAuth
from tinhso.kernel.api import LARGEST_PAGE, PAGE_SIZE, PROBLEMS, Cursor, Limit, answer, page_of, read_cursor, serve
from tinhso.procedures.definition import Definition
from tinhso.procedures.models import ProcedureVersion
from tinhso.procedures.queries import current_version, in_force
from tinhso.procedures.queries.finding import search

router = Router(auth=TokenAuth("procedures:read"))
serve("procedures", router, tag="Thủ tục")


class ProcedureLine(Schema):
    code: str
    name: str
    field: str
    levels: list[str]
    service: str
    fileable: bool = Field(description="Nộp được hồ sơ qua hệ thống này")
    version: int
    valid_from: date


class ProcedurePage(Schema):
    items: list[ProcedureLine]
    next: str | None


class ProcedureRecord(ProcedureLine):
    definition: Definition = Field(description="Toàn bộ nội dung thủ tục: thời hạn, phí, giấy tờ, mẫu đơn, quy trình")


class Asked(Schema):
    search: str = Field("", max_length=200, description="Tìm theo lời người dân, không cần dấu: một trang, khớp nhất trước")
    level: Literal["province", "district", "commune", ""] = ""
    field: str = Field("", max_length=200, description="Lĩnh vực")
    fileable: bool = False
    cursor: Cursor = None
    limit: Limit = PAGE_SIZE


@router.get("", response={200: ProcedurePage, **PROBLEMS}, summary="Danh mục thủ tục đang có hiệu lực", operation_id="listProcedures")
def list_procedures(request: HttpRequest, asked: Query[Asked]) -> HttpResponse:
    versions = in_force(localdate(), level=asked.level, field=asked.field, fileable=asked.fileable)
    if asked.search.strip():
        hits = [hit.key for hit in search(asked.search, limit=LARGEST_PAGE, level=asked.level, fileable=asked.fileable)]
        found = versions.in_bulk(hits)
        return answer({"items": [_line(found[key]) for key in hits if key in found][: asked.limit], "next": None})
    after = read_cursor(asked.cursor, str)
    if after:
        versions = versions.filter(procedure__code__gt=after[0])
    rows = [_line(version) for version in versions.order_by("procedure__code")[: asked.limit + 1]]
    return answer(page_of(rows, asked.limit, "code"))


@router.get("/{code}", response={200: ProcedureRecord, **PROBLEMS}, summary="Nội dung một thủ tục", operation_id="getProcedure")
def get_procedure(request: HttpRequest, code: str) -> HttpResponse:
    version = current_version(code, localdate())
    if version is None:
        raise Http404
    return answer({**_line(version), "definition": version.definition.model_dump(mode="json", by_alias=True)})


def _line(version: ProcedureVersion) -> dict[str, Any]:
    return {
        "code": version.procedure.code,
        "name": version.name,
        "field": version.field,
        "levels": version.levels,
        "service": version.service,
        "fileable": version.has_route,
        "version": version.number,
        "valid_from": version.valid_from,
    }
