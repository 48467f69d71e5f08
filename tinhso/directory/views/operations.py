"""For operators: is the ledger whole, does everybody hear what happens, and what could not be told."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tinhso.directory.access import can_operate
from tinhso.directory.actions.operations import deliver_again, discard_delivery
from tinhso.directory.doors import PersonRequest, officer_page
from tinhso.kernel.audit import standing
from tinhso.kernel.models import PendingDelivery

ON_A_PAGE = 50


@require_safe
@officer_page
def index(request: PersonRequest) -> HttpResponse:
    _require_operator(request)
    # Those given up come first: nothing happens to them until somebody decides.
    rows = PendingDelivery.objects.exclude(given_up_at=None, next_try_at=None).order_by("given_up_at", "next_try_at", "position")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("trang"))
    context = {
        "standing": standing(),
        "page": page,
        "next": f"?trang={page.next_page_number()}" if page.has_next() else "",
        "previous": f"?trang={page.previous_page_number()}" if page.has_previous() else "",
    }
    return render(request, "directory/events.html", context)


@require_POST
@officer_page
def decide(request: PersonRequest, pk: int) -> HttpResponse:
    _require_operator(request)
    row = get_object_or_404(PendingDelivery, pk=pk)
    if request.POST.get("verb") == "discard":
        discard_delivery(row, by=request.person, at=now())
        messages.success(request, _("Đã bỏ qua sự kiện này với nơi nhận đó."))
    else:
        deliver_again(row, by=request.person, at=now())
        messages.success(request, _("Sẽ giao lại ngay."))
    return redirect("events")


def _require_operator(request: PersonRequest) -> None:
    if not can_operate(request.person):
        raise Http404
