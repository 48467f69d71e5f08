"""Paying one request. Whoever holds the address may pay: it shows what to pay for, and nobody's data."""

import io

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tinhso.directory.doors import PersonRequest, officer_page, person_page
from tinhso.directory.models import Person
from tinhso.kernel.errors import Refused
from tinhso.payments.access import can_collect, visible_requests
from tinhso.payments.actions import pay_at_counter
from tinhso.payments.models import PaymentRequest, Receipt
from tinhso.payments.printing import receipt_pdf
from tinhso.payments.queries import received_for
from tinhso.payments.rules import money_text


@require_safe
def pay(request: HttpRequest, token: str) -> HttpResponse:
    asked = _find(token)
    person = request.user
    context = _standing(asked) | {
        "lines": asked.lines.order_by("pk"),
        "may_collect": isinstance(person, Person) and person.is_official and can_collect(person, asked),
        "shell": "base_officer.html" if isinstance(person, Person) and person.is_official else "base_citizen.html",
        "bank_page": _bank_page(asked),
        "has_receipt": person.is_authenticated and visible_requests(person).filter(pk=asked.pk, receipt__isnull=False).exists(),
    }
    return render(request, "payments/pay.html", context)


@require_safe
def state(request: HttpRequest, token: str) -> HttpResponse:
    """Answer the page that asks again and again whether the money has come."""
    return render(request, "payments/_state.html", _standing(_find(token)))


@require_safe
def qr_image(request: HttpRequest, token: str) -> HttpResponse:
    """Draw the VietQR code; what is not due any more has none, so that nobody pays twice."""
    asked = _find(token)
    if asked.state != PaymentRequest.State.DUE:
        raise Http404
    picture = io.BytesIO()
    code = segno.make(asked.qr_text, error="m", micro=False)
    code.save(picture, kind="svg", scale=6, border=4, light="#fff", svgclass=None, lineclass=None, title=_("Mã VietQR"))
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml", headers={"Cache-Control": "private, max-age=300"})


@require_POST
@officer_page
def cash(request: PersonRequest, token: str) -> HttpResponse:
    asked = _find(token)
    if not can_collect(request.person, asked):
        raise Http404
    try:
        pay_at_counter(asked, by=request.person, at=now())
        messages.success(request, _("Đã thu %(sum)s và lập biên lai.") % {"sum": asked.amount_text})
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return redirect(asked)


@require_safe
@person_page
def receipt(request: PersonRequest, token: str) -> HttpResponse:
    """Give the receipt, which names the payer, to the payer and to the agency."""
    asked = get_object_or_404(visible_requests(request.person), token=token)
    written = get_object_or_404(Receipt.objects.select_related("agency", "issued_by", "request"), request=asked)
    name = f"bien-lai-{written.symbol}-{written.number:07d}.pdf"
    return HttpResponse(receipt_pdf(written), "application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _find(token: str) -> PaymentRequest:
    return get_object_or_404(PaymentRequest.objects.select_related("account", "agency"), token=token)


def _standing(asked: PaymentRequest) -> dict:
    received = received_for(asked) if asked.state == PaymentRequest.State.DUE else 0
    return {
        "asked": asked,
        "received_text": money_text(received) if received else "",
        "missing_text": money_text(asked.amount - received),
        "receipt": Receipt.objects.filter(request=asked).first(),
    }


def _bank_page(asked: PaymentRequest) -> str:
    """Return where a demonstration pays without a telephone."""
    if not settings.ENV.bank_simulator_url or asked.state != PaymentRequest.State.DUE:
        return ""
    facts = urlencode({"qr": asked.qr_text, "back": settings.SITE_URL + asked.get_absolute_url()})
    return f"{settings.ENV.bank_simulator_url}/pay?{facts}"
