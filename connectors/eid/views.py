"""Citizens go to the national e-ID and come back."""

from functools import lru_cache
from time import time
from urllib.parse import urlencode

import structlog
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from connectors.eid.claims import read_claims
from connectors.eid.client import Errand, Service, Unreachable, Untrusted, new_errand
from tinhso.directory.actions import signed_in_citizen
from tinhso.kernel.errors import Refused

log = structlog.get_logger("tinhso.eid")
SESSION_KEY = "eid_errands"
# A citizen may have the sign-in open in a few windows; each has ten minutes.
ERRANDS, MINUTES = 5, 10

NOT_CONNECTED = "Cổng này chưa kết nối định danh điện tử."
UNREACHABLE = "Hệ thống định danh điện tử đang không trả lời. Xin thử lại sau ít phút; hồ sơ đang làm vẫn được giữ."
UNTRUSTED = "Không xác nhận được câu trả lời của hệ thống định danh điện tử nên chưa đăng nhập. Xin đăng nhập lại từ đầu."
STALE = "Lượt đăng nhập này đã hết hạn hoặc đã dùng. Xin đăng nhập lại từ đầu."
CANCELLED = "Bạn đã dừng đăng nhập bằng định danh điện tử."


@lru_cache(maxsize=4)
def _service(issuer: str, client_id: str, client_secret: str) -> Service:
    return Service(issuer, client_id, client_secret)


def service() -> Service:
    return _service(settings.ENV.eid_issuer, settings.ENV.eid_client_id, settings.ENV.eid_client_secret)


def redirect_uri() -> str:
    """Return the address registered with the e-ID; it follows the public address of the site, never a header."""
    return settings.SITE_URL + reverse("eid_callback")


@require_safe
@never_cache
def begin(request: HttpRequest) -> HttpResponse:
    following = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(following, allowed_hosts={request.get_host()}):
        following = ""
    if not settings.ENV.eid_issuer:
        return _back(request, NOT_CONNECTED, following)
    errand = new_errand()
    try:
        address = service().authorize_address(
            errand, redirect_uri=redirect_uri(), scope=settings.ENV.eid_scope, acr_values=settings.ENV.eid_acr_values
        )
    except (Unreachable, Untrusted) as fault:
        log.warning("e-ID unreachable", why=str(fault))
        return _back(request, UNREACHABLE, following)
    open_errands = dict(list(request.session.get(SESSION_KEY, {}).items())[1 - ERRANDS :])
    open_errands[errand.state] = {"nonce": errand.nonce, "verifier": errand.verifier, "next": following, "at": time()}
    request.session[SESSION_KEY] = open_errands
    return redirect(address)


@require_safe
@never_cache
def finish(request: HttpRequest) -> HttpResponse:
    open_errands = request.session.get(SESSION_KEY, {})
    state = request.GET.get("state", "")
    kept = open_errands.pop(state, None)
    if kept is None or time() - kept["at"] > MINUTES * 60:
        return _back(request, STALE)
    # Spent before it is used: a second answer with the same state finds nothing.
    request.session[SESSION_KEY] = open_errands
    request.session.save()
    following = kept["next"]
    if request.GET.get("error"):
        return _back(request, CANCELLED if request.GET["error"] == "access_denied" else UNTRUSTED, following)
    try:
        if request.GET.get("iss", settings.ENV.eid_issuer) != settings.ENV.eid_issuer:
            raise Untrusted("the answer comes from another issuer")
        errand = Errand(state, kept["nonce"], kept["verifier"])
        claims = service().claims_for(request.GET.get("code", ""), errand, redirect_uri=redirect_uri())
        identity = read_claims(claims, settings.ENV.eid_claims, settings.ENV.eid_levels)
        person = signed_in_citizen(identity, at=now())
    except Unreachable as fault:
        log.warning("e-ID unreachable", why=str(fault))
        return _back(request, UNREACHABLE, following)
    except Untrusted as fault:
        log.warning("e-ID not believed", why=str(fault))
        return _back(request, UNTRUSTED, following)
    except Refused as refusal:
        log.warning("e-ID refused", why=refusal.code)
        return _back(request, refusal.sentence, following)
    if request.user.is_authenticated:
        logout(request)
    return perform_login(request, person, redirect_url=following or None)


def _back(request: HttpRequest, sentence: str, following: str = "") -> HttpResponse:
    messages.error(request, sentence)
    address = reverse("account_login")
    return redirect(f"{address}?{urlencode({'next': following}, safe='/')}" if following else address)
