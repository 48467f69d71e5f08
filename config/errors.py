"""Pages for what went wrong, and the same as JSON for programs."""

from http import HTTPStatus

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import TemplateDoesNotExist, loader
from django.utils.html import format_html
from django.utils.translation import gettext as _

PLAIN = (
    '<!doctype html><html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    '<title>{title}</title></head><body><main><h1>{title}</h1><p>{sentence}</p><p><a href="/">{home}</a></p></main></body></html>'
)


def bad_request(request, exception=None):
    return _page(request, 400, _("Yêu cầu không hợp lệ"), _("Trình duyệt đã gửi một yêu cầu mà hệ thống không đọc được."))


def forbidden(request, exception=None):
    return _page(request, 403, _("Không được phép"), _("Tài khoản của bạn không có quyền làm việc này."))


def csrf_failure(request, reason=""):
    return _page(
        request,
        403,
        _("Trang đã hết hạn"),
        _("Vì an toàn, trang này không còn dùng được. Hãy quay lại, tải lại trang rồi gửi lần nữa; nội dung đã lưu nháp không mất."),
    )


def not_found(request, exception=None):
    return _page(request, 404, _("Không tìm thấy"), _("Địa chỉ này không có, hoặc nội dung không thuộc về bạn."))


def server_error(request):
    return _page(
        request, 500, _("Hệ thống gặp lỗi"), _("Việc của bạn chưa được ghi nhận. Lỗi đã được báo cho người vận hành; hãy thử lại.")
    )


def _page(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    number = structlog.contextvars.get_contextvars().get("request", "")
    if request.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": sentence, "request": number}
        return JsonResponse(problem, status=status, content_type="application/problem+json")
    words = {"title": title, "sentence": sentence, "status": status, "number": number}
    try:
        # No context processors in a failure: they would ask the database that may have failed.
        template = loader.get_template(f"{status}.html")
        html = template.render(words, None if status == HTTPStatus.INTERNAL_SERVER_ERROR else request)
    except TemplateDoesNotExist:
        html = format_html(PLAIN, title=title, sentence=sentence, home=_("Về trang chủ"))
    return HttpResponse(html, status=status)
