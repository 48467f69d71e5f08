"""For whoever looks after the synchronisation: what the portal refused, what waits, where the two differ."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from connectors.national_portal.access import can_watch
from connectors.national_portal.actions import send_again, try_line
from connectors.national_portal.client import portal
from connectors.national_portal.jobs import compare
from connectors.national_portal.models import Line, Message, Sync
from connectors.national_portal.reconciling import figures
from tinhso.directory.doors import PersonRequest, officer_page
from tinhso.dossiers.models import Dossier

ON_A_PAGE = 50


def _rows(which: str) -> QuerySet:
    queues = Message.objects.select_related("dossier")
    return {
        "tu-choi": queues.exclude(failed_at=None).order_by("-failed_at", "-pk"),
        "cho-gui": queues.filter(given_up_at=None, failed_at=None).order_by("pk"),
        "khac-nhau": Sync.objects.exclude(difference="").select_related("dossier").order_by("-checked_at", "pk"),
    }[which]


@require_safe
@officer_page
def overview(request: PersonRequest) -> HttpResponse:
    if not can_watch(request.person):
        raise Http404
    which = request.GET.get("xem", "tu-choi")
    if which not in ("tu-choi", "cho-gui", "khac-nhau"):
        raise Http404
    stand = figures()
    page = Paginator(_rows(which), ON_A_PAGE).get_page(request.GET.get("trang"))
    tabs = [("tu-choi", _("Bị từ chối"), "rejected"), ("cho-gui", _("Chờ gửi"), "waiting"), ("khac-nhau", _("Khác nhau"), "different")]
    context = {
        "connected": portal() is not None,
        "line": Line.objects.filter(pk=1).first(),
        "figures": stand,
        "which": which,
        "page": page,
        "tabs": [(f"?xem={key}", label, stand[figure], key == which) for key, label, figure in tabs],
        "next": f"?xem={which}&trang={page.next_page_number()}" if page.has_next() else "",
        "previous": f"?xem={which}&trang={page.previous_page_number()}" if page.has_previous() else "",
    }
    return render(request, "national_portal/overview.html", context)


@require_POST
@officer_page
def again(request: PersonRequest, code: str) -> HttpResponse:
    """Send one dossier again, as it is now."""
    if not can_watch(request.person):
        raise Http404
    send_again(get_object_or_404(Dossier, code=code), by=request.person, at=now())
    messages.success(request, _("Sẽ gửi lại hồ sơ %(code)s ngay.") % {"code": code})
    return redirect("portal-sync")


@require_POST
@officer_page
def compare_now(request: PersonRequest) -> HttpResponse:
    """Call the portal now and compare with it."""
    if not can_watch(request.person):
        raise Http404
    try_line(by=request.person, at=now())
    compare.later(once="national_portal.compare")
    messages.success(request, _("Đang đối chiếu với Cổng quốc gia. Tải lại trang sau ít phút để xem kết quả."))
    return redirect("portal-sync")
