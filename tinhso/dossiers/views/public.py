"""For anybody with a receipt or a result in hand: where is it, and is it real."""

import hashlib

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tinhso.directory.sign_in import address_of
from tinhso.dossiers.models import Dossier, Result
from tinhso.dossiers.queries.tracking import find_by_receipt, tracking
from tinhso.kernel.tries import count_try, too_many_tries
from tinhso.signing.queries import forms_of

# Four digits can be tried: this many wrong pairs an hour from one address is more than honest people need.
TRIES, HOUR = 30, 3600
LARGEST_RESULT = 20 * 2**20


@require_safe
def track(request: HttpRequest, reference: str) -> HttpResponse:
    """Show where a dossier is to whoever holds its receipt; names and papers are for its owner, signed in."""
    dossier = get_object_or_404(Dossier.objects.select_related("receiving_unit", "solving_agency"), reference=reference)
    return render(request, "dossiers/track.html", {"tracking": tracking(dossier), "dossier": dossier})


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Find a dossier by the code on its receipt and four digits that its owner knows."""
    code, digits = request.POST.get("code", request.GET.get("code", "")), request.POST.get("digits", "")
    problem = ""
    if request.method == "POST":
        too_often = too_many_tries("find-dossier", address_of(request), most=TRIES)
        dossier = None if too_often else find_by_receipt(code, digits.strip())
        if dossier:
            return redirect(dossier.tracking_url())
        count_try("find-dossier", address_of(request), seconds=HOUR)
        problem = (
            _("Không tìm thấy hồ sơ có mã và bốn số này. Xin xem lại mã trên giấy hẹn và bốn số cuối của số định danh hoặc điện thoại.")
            if not too_often
            else _("Đã thử quá nhiều lần. Xin chờ một giờ rồi thử lại, hoặc quét mã QR trên giấy hẹn.")
        )
    context = {"code": code, "digits": digits, "problem": problem}
    return render(request, "dossiers/find.html", context, status=422 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def verify_result(request: HttpRequest, reference: str) -> HttpResponse:
    """Say whether a result is real: by its QR code, and whether a file is the very one that was issued."""
    result = (
        Result.objects.filter(reference=reference).exclude(signed_at=None).select_related("agency", "signed_by", "dossier", "file").first()
    )
    if result is None:
        raise Http404
    same: bool | None = None
    if request.method == "POST":
        upload = request.FILES.get("file")
        if upload is None or (upload.size or 0) > LARGEST_RESULT:
            messages.error(request, _("Xin chọn tệp PDF của kết quả (tối đa 20 MB)."))
        else:
            digest = hashlib.sha256()
            for chunk in upload.chunks():
                digest.update(chunk)
            # Issued before a late time stamp was added, it is the same document.
            same = result.file is not None and digest.hexdigest() in forms_of(result.file.sha256)
    return render(request, "dossiers/verify_result.html", {"result": result, "same": same})
