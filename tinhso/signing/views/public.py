"""For anybody with a signed file in hand: who signed it, when, and is it as it was."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tinhso.directory.sign_in import address_of
from tinhso.kernel.errors import Refused
from tinhso.kernel.tries import count_try, too_many_tries
from tinhso.signing.examiner import Busy
from tinhso.signing.queries import report_on_strangers
from tinhso.signing.rules import Report

# An office that checks a pile of papers needs fewer; a program that tries our parsers needs more.
TRIES, HOUR = 120, 3600

# How a verdict looks: colour and icon, and never the colour alone.
LOOKS = {
    "valid": {"tone": "success", "icon": "circle-check"},
    "doubt": {"tone": "warning", "icon": "alert-triangle"},
    "invalid": {"tone": "danger", "icon": "circle-x"},
    "none": {"tone": "info", "icon": "info-circle"},
}


@require_http_methods(["GET", "HEAD", "POST"])
def verify_file(request: HttpRequest) -> HttpResponse:
    """Judge an uploaded file and show the verdict at once; nothing of it is kept."""
    context: dict = {"limit": settings.ENV.upload_limit_mb, "problem": "", "report": None, "name": ""}
    if request.method == "POST":
        upload = request.FILES.get("file")
        context["name"] = upload.name if upload else ""
        try:
            report = _judge(request, upload)
            looks = [(one, LOOKS[one.verdict]) for one in report.signatures]
            context |= {"report": report, "look": LOOKS[report.verdict], "cards": looks}
        except Refused as refusal:
            context["problem"] = refusal.sentence
    response = render(request, "signing/verify_file.html", context, status=422 if context["problem"] else 200)
    response["Cache-Control"] = "no-store"
    return response


def _judge(request: HttpRequest, upload) -> Report:
    if upload is None or not upload.size:
        raise Refused(_("Vui lòng chọn tệp PDF cần kiểm tra."), field="file")
    limit = settings.ENV.upload_limit_mb
    if (upload.size or 0) > limit * 2**20:
        raise Refused(_("Tệp lớn hơn %(limit)d MB nên không kiểm tra được tại đây.") % {"limit": limit}, field="file")
    if too_many_tries("verify-file", address_of(request), most=TRIES):
        raise Refused(_("Đã kiểm tra quá nhiều tệp. Vui lòng chờ một giờ rồi thử lại."), field="file")
    count_try("verify-file", address_of(request), seconds=HOUR)
    try:
        return report_on_strangers(upload.read(), at=now())
    except Busy:
        raise Refused(_("Hệ thống đang kiểm tra nhiều tệp khác. Vui lòng thử lại sau ít phút."), field="file") from None
