"""Outside systems and their keys, for the province's administrators."""

from datetime import datetime, time, timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import get_current_timezone, localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tinhso.directory.access import can_administer_province
from tinhso.directory.actions import SCOPES, add_system, issue_token, revoke_token
from tinhso.directory.doors import PersonRequest, officer_page
from tinhso.directory.models import Person, Token, Unit, UnitCode
from tinhso.directory.views.forms import SystemForm, TokenForm, attempt


def province_page(view):
    """Open a page to the administrators of the province; others find nothing."""

    @officer_page
    def page(request: PersonRequest, *args, **options):
        if not can_administer_province(request.person):
            raise Http404
        return view(request, *args, **options)

    return page


def _systems():
    return Person.objects.filter(kind=Person.Kind.SYSTEM)


@province_page
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: PersonRequest) -> HttpResponse:
    form = SystemForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        system = attempt(form, lambda: add_system(form.cleaned_data["name"], by=request.person, at=now()))
        if system is not None:
            messages.success(request, _("Đã đăng ký hệ thống. Hãy cấp mã truy cập cho hệ thống."))
            return redirect("system", pk=system.pk)
    systems = _systems().prefetch_related("tokens").order_by("folded_name", "pk")
    rows = [{"system": system, "live": sum(1 for token in system.tokens.all() if token.is_live(now()))} for system in systems]
    return render(request, "directory/systems.html", {"form": form, "rows": rows}, status=422 if form.errors else 200)


@province_page
@require_safe
def detail(request: PersonRequest, pk: int) -> HttpResponse:
    return _detail(request, get_object_or_404(_systems(), pk=pk), TokenForm(scopes=SCOPES))


def _detail(request: PersonRequest, system: Person, form: TokenForm) -> HttpResponse:
    tokens = system.tokens.select_related("created_by").prefetch_related("agencies").order_by("-pk")
    rows = [
        {"token": token, "live": token.is_live(now()), "scopes": [SCOPES.get(scope, scope) for scope in token.scopes]} for token in tokens
    ]
    return render(request, "directory/system.html", {"system": system, "rows": rows, "form": form}, status=422 if form.errors else 200)


@province_page
@require_POST
def issue(request: PersonRequest, pk: int) -> HttpResponse:
    system = get_object_or_404(_systems(), pk=pk)
    form = TokenForm(request.POST, scopes=SCOPES)
    agencies = _agencies(form) if form.is_valid() else []
    if form.is_valid():
        issued = attempt(
            form,
            lambda: issue_token(
                system,
                label=form.cleaned_data["label"],
                scopes=form.cleaned_data["scopes"],
                agencies=agencies,
                by=request.person,
                at=now(),
                expires_at=_end_of(form.cleaned_data["expires_on"]),
            ),
        )
        if issued is not None:
            return render(request, "directory/shown_once.html", {"system": system, "token": issued[0], "secret": issued[1], "kind": "key"})
    return _detail(request, system, form)


def _agencies(form: TokenForm) -> list[Unit]:
    """Return the agencies of the codes typed; say at the field which are unknown."""
    codes = [word.strip() for word in form.cleaned_data["agencies"].replace("\n", ",").split(",") if word.strip()]
    held = {
        row.code: row.unit for row in UnitCode.objects.held_on(localdate()).filter(system="qd20", code__in=codes).select_related("unit")
    }
    if unknown := [code for code in codes if code not in held]:
        form.add_error("agencies", _("Không có cơ quan mang mã %(codes)s.") % {"codes": ", ".join(unknown)})
    return [held[code] for code in codes if code in held]


def _end_of(day) -> datetime | None:
    return datetime.combine(day + timedelta(days=1), time(), get_current_timezone()) if day else None


@province_page
@require_POST
def revoke(request: PersonRequest, pk: int, token_pk: int) -> HttpResponse:
    token = get_object_or_404(Token, pk=token_pk, system__pk=pk, system__kind=Person.Kind.SYSTEM)
    revoke_token(token, by=request.person, at=now())
    messages.success(request, _("Đã thu hồi mã truy cập."))
    return redirect("system", pk=pk)
