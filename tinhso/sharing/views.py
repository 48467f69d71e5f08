"""For those who run the machines: which systems are told of events, and who does not answer."""

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tinhso.directory.doors import PersonRequest, officer_page
from tinhso.sharing.access import can_watch, visible_subscriptions
from tinhso.sharing.actions import resume, unsubscribe


@require_safe
@officer_page
def subscriptions(request: PersonRequest) -> HttpResponse:
    if not can_watch(request.person):
        raise Http404
    rows = visible_subscriptions(request.person).annotate(waiting=Count("notices")).order_by("token__system__folded_name", "pk")
    return render(request, "sharing/subscriptions.html", {"rows": rows})


@require_POST
@officer_page
def again(request: PersonRequest, number: int) -> HttpResponse:
    waiting = resume(get_object_or_404(visible_subscriptions(request.person), pk=number), by=request.person, at=now())
    messages.success(request, _("Đang gửi lại %(count)s sự kiện.") % {"count": waiting})
    return redirect("subscriptions")


@require_POST
@officer_page
def end(request: PersonRequest, number: int) -> HttpResponse:
    unsubscribe(get_object_or_404(visible_subscriptions(request.person), pk=number), by=request.person, at=now())
    messages.success(request, _("Đã kết thúc đăng ký. Hệ thống đó không nhận sự kiện nữa."))
    return redirect("subscriptions")
