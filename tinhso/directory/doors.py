"""Who may enter a page at all: decorators for views, and the middleware that asks officials for a second factor.

What somebody may see behind the door is the business of each room's `access.py`.
"""

from functools import wraps
from time import time
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from tinhso.directory.models import Person
from tinhso.directory.second_factor import SEEN, has_second_factor

# Where somebody may go who has not shown a second factor yet: to set one up, to prove the password, to leave.
OPEN_WITHOUT = {"account_login", "account_logout", "account_reauthenticate", "account_inactive", "set_language", "health", "ready"}


# When the session was last used; written down once a minute, not at every page.
USED_AT, WRITTEN_EVERY = "used_at", 60


class PersonRequest(HttpRequest):
    """A request of somebody signed in, as the decorators below hand it to the view."""

    person: Person


def person_page(view):
    """Open a page to anyone signed in, whom the view finds as `request.person`."""
    return _page(view, set(Person.Kind))


def officer_page(view):
    """Open a page to officials; a citizen finds nothing there."""
    return _page(view, {Person.Kind.OFFICIAL})


def citizen_page(view):
    """Open a page to citizens; officials come with their own e-ID."""
    return _page(view, {Person.Kind.CITIZEN})


def password_page(view):
    """Open a page about one's password to those who have one; citizens have theirs at the e-ID."""

    @wraps(view)
    def page(request: HttpRequest, *args, **options):
        if request.user.is_authenticated and not request.user.has_usable_password():
            raise Http404
        return view(request, *args, **options)

    return page


def _page(view, kinds: set[str]):
    @wraps(view)
    def page(request: HttpRequest, *args, **options):
        if not request.user.is_authenticated:
            return to_sign_in(request)
        if request.user.kind not in kinds:
            raise Http404
        # The person, not the lazy stand-in that `request.user` is: models ask what class they are given.
        request.person = get_user(request)  # type: ignore[attr-defined]
        return view(request, *args, **options)

    return page


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in page and back to where the person was."""
    if request.method not in ("GET", "HEAD") or settings.SESSION_COOKIE_NAME in request.COOKIES:
        messages.info(request, _("Phiên làm việc đã hết. Xin đăng nhập lại, trang đang làm sẽ được mở lại."))
    return _lead(request, "account_login")


def return_address(request: HttpRequest) -> str:
    """Return the page to come back to: for a form that was sent, the page that held it."""
    fragment = request.headers.get("HX-Request") == "true"
    if request.method in ("GET", "HEAD") and not fragment:
        return request.get_full_path()
    page = urlsplit(request.headers.get("HX-Current-URL" if fragment else "Referer", ""))
    if page.netloc != request.get_host() or not page.path.startswith("/"):
        return "/"
    return page.path + (f"?{page.query}" if page.query else "")


def _lead(request: HttpRequest, name: str) -> HttpResponse:
    address = f"{reverse(name)}?{urlencode({'next': return_address(request)}, safe='/')}"
    if request.headers.get("HX-Request") == "true":
        # A fragment must not be replaced by a whole sign-in page.
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def end_idle_sessions(get_response):
    """End a session that nobody used for a while: a screen left alone in an office is open to whoever passes."""

    def middleware(request):
        return get_response(request)

    def process_view(request, view, args, options):
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return
        moment, used = time(), request.session.get(USED_AT)
        if used is not None and moment - used > settings.ENV.idle_minutes * 60:
            logout(request)
            # Pages for everybody open without the person; the others ask them to sign in and come back.
            request.user = AnonymousUser()
        elif used is None or moment - used > WRITTEN_EVERY:
            request.session[USED_AT] = moment
        return

    middleware.process_view = process_view
    return middleware


def second_factor_first(get_response):
    """Let an official do nothing before the second factor: neither without having one nor without showing it."""

    def middleware(request):
        return get_response(request)

    def process_view(request, view, args, options):
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return None
        person, page = request.user, request.resolver_match.view_name or ""
        if not person.is_official or page in OPEN_WITHOUT or page.startswith("mfa_"):
            return None
        if request.session.get(SEEN) == person.pk:
            return _own_password_first(request, page)
        if has_second_factor(person):
            # It was set up elsewhere after this session began: the session proves too little now.
            logout(request)
            return to_sign_in(request)
        request.session["after_second_factor"] = return_address(request)
        messages.info(request, _("Tài khoản cán bộ phải có xác thực hai lớp. Xin thiết lập trước khi làm việc."))
        return _lead(request, "mfa_activate_totp")

    def _own_password_first(request, page):
        """Let whoever still has the password that an administrator gave choose their own."""
        if request.user.password_given_at is None or page == "account_change_password":
            return None
        request.session["after_own_password"] = return_address(request)
        messages.info(request, _("Đây là mật khẩu tạm do quản trị cấp. Xin đặt mật khẩu của riêng mình."))
        return _lead(request, "account_change_password")

    middleware.process_view = process_view
    return middleware
