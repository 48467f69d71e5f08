"""What every answer gets, whatever room it comes from."""

import time
import uuid

import structlog

PERMISSIONS = (
    ", ".join(
        f"{feature}=()"
        for feature in (
            *("accelerometer", "autoplay", "browsing-topics", "display-capture", "encrypted-media", "gyroscope", "hid"),
            *("magnetometer", "microphone", "midi", "payment", "serial", "usb", "xr-spatial-tracking"),
        )
    )
    + ", camera=(self), geolocation=(self), publickey-credentials-get=(self), publickey-credentials-create=(self)"
)

log = structlog.get_logger("tinhso.access")


def add_headers(get_response):
    """Give every answer the headers that no page may forget."""

    def middleware(request):
        response = get_response(request)
        response.setdefault("Permissions-Policy", PERMISSIONS)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("X-Frame-Options", "DENY")
        # A page of a signed-in person must not come back from the cache of a shared computer.
        if request.COOKIES.get("sessionid") and not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def log_requests(get_response):
    """Write one line per answer: the page's name, never its address, which may hold what a citizen typed."""

    def middleware(request):
        began = time.perf_counter()
        # The proxy's number, if it gives one, ties its log to ours.
        number = request.headers.get("X-Request-Id", "")
        number = number if number.isalnum() and len(number) <= 64 else uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=number)
        response = get_response(request)
        match = request.resolver_match
        page = (match.view_name or match.route) if match else ""
        if page not in ("health", "ready"):
            log.info(
                "request",
                page=page,
                method=request.method,
                status=response.status_code,
                ms=round((time.perf_counter() - began) * 1000, 1),
            )
        response.setdefault("X-Request-Id", number)
        return response

    return middleware
