"""For operators: what did not arrive. For keepers of wordings: how the province speaks."""

from datetime import date, datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tinhso.directory.doors import PersonRequest, officer_page
from tinhso.kernel.errors import Refused
from tinhso.messaging.access import can_operate, can_word, visible_dispatches
from tinhso.messaging.actions import revise_template, try_again
from tinhso.messaging.models import Dispatch, MessageTemplate
from tinhso.messaging.queries import channel_figures

ON_A_PAGE = 50
SHOWN = (Dispatch.State.GIVEN_UP, Dispatch.State.WAITING, Dispatch.State.NOT_CONNECTED)


@require_safe
@officer_page
def undelivered(request: PersonRequest) -> HttpResponse:
    """List deliveries that did not arrive. Operators see that, and not what was said."""
    if not can_operate(request.person):
        raise Http404
    state = request.GET.get("state", Dispatch.State.GIVEN_UP.value)
    if state not in SHOWN:
        raise Http404
    figures = channel_figures()
    page = Paginator(visible_dispatches(request.person).filter(state=state).order_by("-pk"), ON_A_PAGE).get_page(request.GET.get("trang"))
    context = {
        "page": page,
        "state": state,
        "tabs": [(f"?state={one.value}", one.label, figures[one.value], one.value == state) for one in SHOWN],
        "next": f"?state={state}&trang={page.next_page_number()}" if page.has_next() else "",
        "previous": f"?state={state}&trang={page.previous_page_number()}" if page.has_previous() else "",
    }
    return render(request, "messaging/undelivered.html", context)


@require_POST
@officer_page
def again(request: PersonRequest, number: int) -> HttpResponse:
    row = get_object_or_404(visible_dispatches(request.person), pk=number)
    try:
        try_again(row, by=request.person, at=now())
        messages.success(request, _("Sẽ gửi lại ngay."))
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return redirect("undelivered-notices")


@require_safe
@officer_page
def templates(request: PersonRequest) -> HttpResponse:
    _require_keeper(request)
    today = localdate()
    in_force: dict[str, MessageTemplate] = {}
    coming: dict[str, date] = {}
    for row in MessageTemplate.objects.order_by("key", "valid_from"):
        if row.valid_from <= today:
            in_force[row.key] = row
        else:
            coming.setdefault(row.key, row.valid_from)
    rows = [(row, coming.get(key)) for key, row in in_force.items()]
    return render(request, "messaging/templates.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@officer_page
def template(request: PersonRequest, key: str) -> HttpResponse:
    """Show the wording of a message through time and take a new one."""
    _require_keeper(request)
    versions = list(MessageTemplate.objects.filter(key=key).order_by("-valid_from"))
    if not versions:
        raise Http404
    typed = {name: getattr(versions[0], name) for name in ("subject", "body", "short")} | {"valid_from": ""}
    refusal: Refused | None = None
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in typed}
        try:
            wording = {name: typed[name] for name in ("subject", "body", "short")}
            revise_template(key, valid_from=_day(typed["valid_from"]), **wording, by=request.person, at=now())
        except Refused as caught:
            refusal = caught
        else:
            messages.success(request, _("Đã lưu mẫu mới."))
            return redirect("message-template", key)
    context = {
        "versions": versions,
        "current": versions[0],
        "typed": typed,
        "errors": [(f"id_{refusal.field}" if refusal.field else "", refusal.sentence)] if refusal else [],
        "error_at": {refusal.field: refusal.sentence} if refusal else {},
    }
    return render(request, "messaging/template.html", context, status=422 if refusal else 200)


def _require_keeper(request: PersonRequest) -> None:
    if not can_word(request.person):
        raise Http404


def _day(text: str) -> date:
    try:
        return datetime.strptime(text.strip(), "%d/%m/%Y").date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        raise Refused(_("Xin nhập ngày dạng ngày/tháng/năm, ví dụ 01/07/2026."), field="valid_from") from None
