"""Doing a verb from a page: once however often it is pressed, with the answer in words."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from tinhso.kernel.errors import Refused
from tinhso.kernel.once import once


def act(request: HttpRequest, verb: str, subject: str, do: Callable[[], Any], *, done: str) -> Refused | None:
    """Do a verb for the person of the request and say that it is done; return the refusal if there was one.

    The page carries a key made by the server (`once`): the same key again finds the first press's work done.
    """
    payload = {
        "verb": verb,
        "subject": subject,
        "fields": {k: v for k, v in request.POST.lists() if k not in ("once", "csrfmiddlewaretoken")},
    }

    def run() -> str:
        do()
        return done

    try:
        messages.success(request, once(request.POST.get("once") or None, verb, by_id=request.user.pk, request=payload, do=run))
    except Refused as refusal:
        return refusal
    return None
