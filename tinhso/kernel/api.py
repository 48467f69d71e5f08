"""The root of `/api/v1`: how all rooms answer programs.

A room puts its routes into its own `api.py` (`router = Router(…)`, then `serve("dossiers", router)`); whoever asks is known
by a token of the directory. Answers are plain dictionaries; the schemas named in `response=` describe them and are held to
by tests, not checked at every answer, because that would cost more than the answer.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import date, datetime
from http import HTTPStatus
from importlib import import_module
from importlib.util import find_spec
from typing import Annotated, Any
from uuid import UUID

import structlog
from django.apps import apps
from django.db import DataError, IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Header, NinjaAPI, Router, Schema
from ninja.errors import AuthenticationError, AuthorizationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import BaseRenderer
from pydantic import Field

from tinhso.kernel.errors import NotAllowed, Refused
from tinhso.kernel.working_time import ZONE

PAGE_SIZE, LARGEST_PAGE = 20, 200
log = structlog.get_logger()


class Unreadable(Exception):
    """A request that no room can read: broken JSON, a control character, a cursor of somewhere else."""

    def __init__(self, detail: str, code: str = "unreadable"):
        super().__init__(detail)
        self.detail, self.code = detail, code


class Problem(Schema):
    """An error as RFC 9457 describes it, with a sentence in Vietnamese that may be shown to people."""

    type: str = Field("about:blank", description="Luôn là about:blank; dùng `code` để phân biệt")
    title: str
    status: int
    code: str = Field(description="Mã lỗi ổn định cho chương trình")
    detail: str = Field(description="Câu tiếng Việt có thể hiển thị cho người dùng")
    field: str | None = Field(None, description="Trường gây ra lỗi, nếu có")
    errors: list[dict[str, str]] | None = Field(None, description="Mọi trường sai, khi có nhiều")
    request: str = Field(description="Số yêu cầu, để tra trong nhật ký")


class Readable(BaseRenderer):
    """JSON in which Vietnamese stays readable and every moment is one of Viet Nam."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> str:
        return dumps(data)


def dumps(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, default=_plain, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(ZONE).isoformat()
    if isinstance(value, date | UUID):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


class StrictParser(Parser):
    """Refuse what the database cannot keep: NUL characters and halves of surrogate pairs."""

    def parse_body(self, request: HttpRequest) -> Any:
        raw = request.body
        try:
            data = json.loads(raw)
            # Written again, a half of a surrogate pair fails and NUL shows.
            if b"\\u" in raw and b"\\u0000" in json.dumps(data, ensure_ascii=False).encode():
                raise Unreadable("Nội dung có ký tự điều khiển NUL.")
        except (ValueError, RecursionError):
            raise Unreadable("Nội dung yêu cầu không phải JSON hợp lệ.", code="not-json") from None
        return data

    def parse_querydict(self, data, list_fields, request) -> dict:
        if any("\x00" in text for _, values in data.lists() for text in values):
            raise Unreadable("Tham số có ký tự điều khiển NUL.")
        return super().parse_querydict(data, list_fields, request)


api = NinjaAPI(
    title="Tỉnh Số",
    version="1",
    description="Giao diện lập trình của nền tảng chính quyền số cấp tỉnh. Xem hướng dẫn tích hợp trong docs/integrating.md.",
    renderer=Readable(),
    parser=StrictParser(),
    docs_url=None,
    urls_namespace="api",
)
# Given by the client before it asks; asked again with it, the first answer is the answer.
Key = Annotated[UUID | None, Header(alias="Idempotency-Key", description="UUID do bên gọi đặt; gọi lại cùng khóa thì không làm hai lần")]
Cursor = Annotated[str | None, Field(description="Giá trị `next` của trang trước", max_length=300)]
Limit = Annotated[int, Field(ge=1, le=LARGEST_PAGE, description="Số dòng một trang")]
PROBLEMS: dict[int, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)
_OPENED: list[Any] = []


def serve(prefix: str, router: Router, *, tag: str) -> None:
    """Put a room's routes under a prefix."""
    api.add_router(prefix, router, tags=[tag])


def open_api() -> Any:
    """Return the addresses of the API, every room's routes in it."""
    if not _OPENED:
        for app in apps.get_app_configs():
            if app.name.startswith("tinhso.") and app.name != "tinhso.kernel" and find_spec(f"{app.name}.api"):
                import_module(f"{app.name}.api")
        _OPENED.append(api.urls)
    return _OPENED[0]


def answer(data: Any, status: int = 200) -> HttpResponse:
    """Return an answer as it is; the declared schema only describes it."""
    return HttpResponse(dumps(data), status=status, content_type="application/json; charset=utf-8", headers={"Cache-Control": "no-store"})


def problem(status: int, code: str, detail: str, *, field: str | None = None, errors: Mapping[str, str] | None = None) -> HttpResponse:
    """Return an error as problem+json."""
    said: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "request": structlog.contextvars.get_contextvars().get("request", ""),
    }
    if field:
        said["field"] = field
    if errors:
        said["errors"] = [{"field": name, "detail": sentence} for name, sentence in errors.items()]
    response = HttpResponse(dumps(said), status=status, content_type="application/problem+json", headers={"Cache-Control": "no-store"})
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="api"'
    return response


def page_of(rows: list[dict[str, Any]], limit: int, *keys: str) -> dict[str, Any]:
    """Return a page of rows that were asked for with one more than `limit`; `next` leads on, None ends."""
    more = len(rows) > limit
    rows = rows[:limit]
    return {"items": rows, "next": write_cursor([rows[-1][key] for key in keys]) if more and rows else None}


def write_cursor(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(dumps(values).encode()).decode().rstrip("=")


def read_cursor(text: str | None, *kinds: type) -> list[Any] | None:
    """Return the values of a cursor; moments come back as moments."""
    if not text:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(values, list) or len(values) != len(kinds):
            raise ValueError
        read = [datetime.fromisoformat(value) if kind is datetime else value for kind, value in zip(kinds, values, strict=True)]
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise Unreadable("Con trỏ trang không đúng. Xin bắt đầu lại từ trang đầu.", code="bad-cursor") from None
    naive = any(isinstance(value, datetime) and value.tzinfo is None for value in read)
    beyond = any(isinstance(value, int) and not 0 <= value < 2**63 for value in read)
    if naive or beyond or any(type(value) is not kind for kind, value in zip(kinds, read, strict=True)) or "\x00" in str(read):
        raise Unreadable("Con trỏ trang không đúng. Xin bắt đầu lại từ trang đầu.", code="bad-cursor")
    return read


@api.exception_handler(Refused)
def _refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    problems = getattr(refusal, "problems", None)
    # Whoever may not do a thing need not learn that it is there; what they see already, the sentence explains.
    status = 404 if isinstance(refusal, NotAllowed) else 422 if refusal.field or problems else 409
    return problem(status, refusal.code, refusal.sentence, field=refusal.field, errors=problems)


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, missing: Http404) -> HttpResponse:
    return problem(404, "not-found", "Không tìm thấy, hoặc không thuộc phạm vi của mã truy cập này.")


@api.exception_handler(Unreadable)
def _unreadable(request: HttpRequest, fault: Unreadable) -> HttpResponse:
    return problem(400, fault.code, fault.detail)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, fault: ValidationError) -> HttpResponse:
    errors = {}
    for one in fault.errors:
        # The place is (body, name of the argument, field, …): programs know the field.
        place = [str(part) for part in one["loc"]]
        inside = place[2:] if place[0] == "body" and len(place) > 2 else place[1:]
        errors[".".join(inside) or place[-1]] = _sentence(one)
    field = next(iter(errors), None)
    return problem(422, "invalid", errors[field] if field else "Yêu cầu không đúng dạng.", field=field, errors=errors)


def _sentence(error: Mapping[str, Any]) -> str:
    limits = error.get("ctx") or {}
    match error["type"]:
        case "missing":
            return "Thiếu trường bắt buộc."
        case "string_too_long":
            return f"Dài quá {limits.get('max_length')} ký tự."
        case "string_too_short":
            return "Không được để trống."
        case "too_long":
            return f"Nhiều quá {limits.get('max_length')} mục."
        case "literal_error" | "enum":
            return f"Phải là một trong: {limits.get('expected')}."
        case "greater_than_equal" | "less_than_equal":
            return f"Phải từ {limits['ge']} trở lên." if "ge" in limits else f"Không được quá {limits['le']}."
        case kind:
            return f"Giá trị không đúng kiểu hoặc không đúng dạng ({kind})."


@api.exception_handler(IntegrityError)
def _conflict(request: HttpRequest, fault: IntegrityError) -> HttpResponse:
    log.warning("api_conflict", fault=str(fault).splitlines()[0])
    return problem(409, "conflict", "Dữ liệu vừa được thay đổi bởi yêu cầu khác. Xin đọc lại rồi thử lại.")


@api.exception_handler(DataError)
def _unfit(request: HttpRequest, fault: DataError) -> HttpResponse:
    log.warning("api_unfit", fault=str(fault).splitlines()[0])
    return problem(422, "invalid", "Có giá trị quá dài hoặc ngoài khoảng cho phép.")


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, fault: AuthenticationError) -> HttpResponse:
    return problem(401, "no-token", "Cần mã truy cập còn hiệu lực: Authorization: Bearer <mã>.")


@api.exception_handler(AuthorizationError)
def _beyond(request: HttpRequest, fault: AuthorizationError) -> HttpResponse:
    return problem(403, "scope", fault.message)


@api.exception_handler(HttpError)
def _other(request: HttpRequest, fault: HttpError) -> HttpResponse:
    # Ninja's own word for a body that is not there or not JSON.
    return problem(fault.status_code, "unreadable", "Yêu cầu không đọc được.")
