"""What was said to me: the list, one message, and having read it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tinhso.directory.doors import PersonRequest, person_page
from tinhso.messaging.access import visible_messages
from tinhso.messaging.actions import mark_all_read, mark_read
from tinhso.messaging.queries import unread_count

PAGE = 30


@require_safe
@person_page
def index(request: PersonRequest) -> HttpResponse:
    before = request.GET.get("truoc", "")
    rows = visible_messages(request.person).order_by("-pk")
    if before.isdigit():
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE + 1])
    context = {
        "shell": shell_of(request),
        "notices": found[:PAGE],
        "older": f"?truoc={found[PAGE - 1].pk}" if len(found) > PAGE else "",
        "unread": unread_count(request.person),
    }
    return render(request, "messaging/notices.html", context)


@require_safe
@person_page
def detail(request: PersonRequest, number: int) -> HttpResponse:
    """Show one message; whoever opened it has read it."""
    message = get_object_or_404(visible_messages(request.person), pk=number)
    mark_read(message, by=request.person, at=now())
    dispatches = message.dispatches.order_by("pk")
    return render(request, "messaging/notice.html", {"shell": shell_of(request), "notice": message, "dispatches": dispatches})


@require_POST
@person_page
def read_all(request: PersonRequest) -> HttpResponse:
    if mark_all_read(by=request.person, at=now()):
        messages.success(request, _("Đã đánh dấu đã đọc tất cả."))
    return redirect("notices")


def shell_of(request: PersonRequest) -> str:
    return "base_officer.html" if request.person.is_official else "base_citizen.html"
