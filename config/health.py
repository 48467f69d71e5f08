"""Whether the process lives (`/health`) and whether it can serve (`/ready`): for supervisors and load balancers."""

import os
import time

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

FREE_SHARE = 0.05
# Beyond this, deadlines and signatures would be wrong before anyone notices.
SKEW_SECONDS = 2


@never_cache
def health(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    checks = {"database": _database(), "clock": _clock(), "disk": _disk()}
    return JsonResponse({"ready": checks["database"], "checks": checks}, status=200 if checks["database"] else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def _clock() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
            return abs(float(cursor.fetchone()[0]) - time.time()) < SKEW_SECONDS
    except Error:
        return False


def _disk() -> bool:
    space = os.statvfs(settings.VAR)
    return space.f_bavail >= FREE_SHARE * space.f_blocks
