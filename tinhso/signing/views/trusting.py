"""For operators: whose certificates are trusted when files are judged."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tinhso.directory.doors import officer_page
from tinhso.kernel.errors import Refused
from tinhso.signing.access import can_keep_certificates
from tinhso.signing.actions import add_anchor, end_anchor
from tinhso.signing.models import TrustAnchor

LARGEST = 64 * 1024


@require_http_methods(["GET", "HEAD", "POST"])
@officer_page
def anchors(request: HttpRequest) -> HttpResponse:
    """List the authorities we trust; take another one in."""
    if not can_keep_certificates(request.person):  # type: ignore[attr-defined]
        raise Http404
    problem = ""
    if request.method == "POST":
        try:
            anchor = _take_in(request)
        except Refused as refusal:
            problem = refusal.sentence
        else:
            messages.success(request, _("Đang tin cậy %(name)s.") % {"name": anchor.name})
            return redirect("trust-anchors")
    today = localdate()
    rows = [(row, row.valid_to is None or row.valid_to > today) for row in TrustAnchor.objects.order_by("-valid_from", "name")]
    purpose = request.POST.get("purpose", TrustAnchor.Purpose.BOTH)
    context = {"rows": rows, "problem": problem, "purposes": TrustAnchor.Purpose.choices, "purpose": purpose}
    return render(request, "signing/anchors.html", context, status=422 if problem else 200)


def _take_in(request: HttpRequest) -> TrustAnchor:
    upload, purpose = request.FILES.get("file"), request.POST.get("purpose", "")
    if upload is None or not upload.size:
        raise Refused(_("Vui lòng chọn tệp chứng thư."), field="file")
    if (upload.size or 0) > LARGEST or purpose not in TrustAnchor.Purpose.values:
        raise Refused(_("Tệp không phải chứng thư số (PEM hoặc DER)."), field="file")
    return add_anchor(upload.read(), by=request.person, at=now(), purpose=purpose)  # type: ignore[attr-defined]


@require_POST
@officer_page
def end(request: HttpRequest, fingerprint: str) -> HttpResponse:
    if not can_keep_certificates(request.person):  # type: ignore[attr-defined]
        raise Http404
    anchor = end_anchor(get_object_or_404(TrustAnchor, fingerprint=fingerprint), by=request.person, at=now())  # type: ignore[attr-defined]
    messages.success(request, _("Không còn tin cậy %(name)s.") % {"name": anchor.name})
    return redirect("trust-anchors")
