"""Putting payments right: what came in and does not fit, and what is to go back."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tinhso.directory.doors import PersonRequest, officer_page
from tinhso.kernel.errors import Refused
from tinhso.payments.access import can_reconcile, payments_to_reconcile, sees_reconciliation, visible_refunds
from tinhso.payments.actions import attach_payment, complete_refund, refuse_refund, settle_payment
from tinhso.payments.models import PaymentRequest, Refund
from tinhso.payments.rules import key_of

ON_A_PAGE = 50


@require_safe
@officer_page
def index(request: PersonRequest) -> HttpResponse:
    if not sees_reconciliation(request.person):
        raise Http404
    page = Paginator(payments_to_reconcile(request.person).order_by("at", "pk"), ON_A_PAGE).get_page(request.GET.get("trang"))
    context = {
        "page": page,
        "may_attach": can_reconcile(request.person),
        "refunds": visible_refunds(request.person).filter(state=Refund.State.ASKED).order_by("asked_at"),
        "next": f"?trang={page.next_page_number()}" if page.has_next() else "",
        "previous": f"?trang={page.previous_page_number()}" if page.has_previous() else "",
    }
    return render(request, "payments/reconciliation.html", context)


@require_POST
@officer_page
def settle(request: PersonRequest, number: int) -> HttpResponse:
    payment = get_object_or_404(payments_to_reconcile(request.person), pk=number)
    note = request.POST.get("note", "")
    return _do(request, lambda: settle_payment(payment, note=note, by=request.person, at=now()), _("Đã ghi cách xử lý."))


@require_POST
@officer_page
def attach(request: PersonRequest, number: int) -> HttpResponse:
    payment = get_object_or_404(payments_to_reconcile(request.person), pk=number)

    def find_and_attach():
        asked = PaymentRequest.objects.filter(key=key_of(request.POST.get("purpose", ""))).first()
        if asked is None:
            raise Refused(_("Không có khoản nộp nào mang nội dung này."), field="purpose")
        attach_payment(payment, asked, by=request.person, at=now())

    return _do(request, find_and_attach, _("Đã gắn giao dịch với khoản nộp."))


@require_POST
@officer_page
def end_refund(request: PersonRequest, number: int) -> HttpResponse:
    refund = get_object_or_404(visible_refunds(request.person), pk=number)
    words = request.POST.get("words", "")
    if request.POST.get("verb") == "refuse":
        return _do(request, lambda: refuse_refund(refund, note=words, by=request.person, at=now()), _("Đã ghi không hoàn tiền."))
    return _do(request, lambda: complete_refund(refund, bank_reference=words, by=request.person, at=now()), _("Đã ghi hoàn tiền."))


def _do(request: PersonRequest, verb: Callable[[], object], done: str) -> HttpResponse:
    try:
        verb()
        messages.success(request, done)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return redirect("reconciliation")
