"""For operators: which certificates there are, which run out, and taking one out of use."""

from datetime import timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tinhso.directory.doors import officer_page
from tinhso.directory.models import Person
from tinhso.kernel.errors import Refused
from tinhso.kernel.folding import fold
from tinhso.signing.access import can_keep_certificates
from tinhso.signing.actions import renew_certificate, revoke_certificate
from tinhso.signing.certificates import is_ours
from tinhso.signing.models import Certificate, CertificateQuerySet, RevocationReason
from tinhso.signing.queries import visible_certificates, waiting_signatures

SOON = timedelta(days=60)
ON_A_PAGE = 50


@require_safe
@officer_page
def certificates(request: HttpRequest) -> HttpResponse:
    """List the certificates, those first that run out first."""
    moment = now()
    known = _visible(request)
    states = {
        "usable": known.usable(moment),
        "expiring": known.usable(moment).filter(valid_to__lte=moment + SOON),
        "expired": known.filter(valid_to__lte=moment, revoked_at=None),
        "revoked": known.exclude(revoked_at=None),
    }
    state = request.GET.get("state", "usable")
    words = request.GET.get("q", "").strip()
    rows = states.get(state, states["usable"]).select_related("person", "unit").order_by("valid_to", "pk")
    if words:
        rows = rows.filter(
            Q(person__folded_name__contains=fold(words)) | Q(unit__folded_name__contains=fold(words)) | Q(serial=words.lower())
        )
    labels = {"usable": _("Đang hiệu lực"), "expiring": _("Sắp hết hạn (60 ngày)"), "expired": _("Đã hết hạn"), "revoked": _("Đã thu hồi")}
    tabs = [
        {"url": f"?{urlencode({'state': key})}", "label": labels[key], "count": found.count(), "current": key == state}
        for key, found in states.items()
    ]
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("trang"))
    context = {
        "page": page,
        "tabs": tabs,
        "state": state,
        "words": words,
        "waiting": waiting_signatures().count(),
        "next": _page_url(request, page.next_page_number()) if page.has_next() else "",
        "previous": _page_url(request, page.previous_page_number()) if page.has_previous() else "",
        "place": _("Trang %(page)d trên %(pages)d") % {"page": page.number, "pages": page.paginator.num_pages},
    }
    return render(request, "signing/certificates.html", context)


@require_safe
@officer_page
def certificate(request: HttpRequest, serial: str) -> HttpResponse:
    return _show(request, _find(request, serial))


@require_POST
@officer_page
def revoke(request: HttpRequest, serial: str) -> HttpResponse:
    row = _find(request, serial)
    try:
        revoke_certificate(row, by=_keeper(request), at=now(), reason=request.POST.get("reason", ""))
    except Refused as refusal:
        return _show(request, row, refusal)
    messages.success(request, _("Đã thu hồi chứng thư của %(holder)s.") % {"holder": row.holder})
    return redirect("certificate", serial)


@require_POST
@officer_page
def renew(request: HttpRequest, serial: str) -> HttpResponse:
    row = _find(request, serial)
    try:
        fresh = renew_certificate(row, by=_keeper(request), at=now())
    except Refused as refusal:
        return _show(request, row, refusal)
    messages.success(request, _("Đã cấp chứng thư mới cho %(holder)s.") % {"holder": fresh.holder})
    return redirect("certificate", fresh.serial)


def _keeper(request: HttpRequest) -> Person:
    person: Person = request.person  # type: ignore[attr-defined]
    if not can_keep_certificates(person):
        raise Http404
    return person


def _visible(request: HttpRequest) -> CertificateQuerySet:
    return visible_certificates(_keeper(request))


def _page_url(request: HttpRequest, number: int) -> str:
    given = request.GET.copy()
    given["trang"] = str(number)
    return f"?{given.urlencode()}"


def _find(request: HttpRequest, serial: str) -> Certificate:
    rows = _visible(request).select_related("person", "unit").annotate(uses=Count("signatures"))
    return get_object_or_404(rows, serial=serial.lower())


def _show(request: HttpRequest, row: Certificate, refusal: Refused | None = None) -> HttpResponse:
    at_reason = refusal is not None and refusal.field == "reason"
    context = {
        "certificate": row,
        "reasons": RevocationReason.choices,
        "refusal": refusal,
        "from_outside": not is_ours(int(row.serial, 16)),
        "errors": [("id_reason" if at_reason else "", refusal.sentence)] if refusal else [],
        "reason_error": refusal.sentence if refusal and at_reason else "",
    }
    return render(request, "signing/certificate.html", context, status=422 if refusal else 200)
