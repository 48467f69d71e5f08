"""The letter box of the demonstration: every mail that the site sent, to whomever."""

import email
import email.policy
import re
from email.message import EmailMessage
from pathlib import Path
from typing import cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

SHOWN = 100
KEY = re.compile(r"^[0-9A-Za-z-]{1,64}$")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    paths = sorted(_folder().glob("*.eml"), key=lambda path: path.stat().st_mtime, reverse=True)[:SHOWN]
    return render(request, "connectors/mails.html", {"mails": [(path.stem, _read(path)) for path in paths]})


@require_safe
def detail(request: HttpRequest, key: str) -> HttpResponse:
    path = _folder() / f"{key}.eml"
    if not KEY.match(key) or not path.is_file():
        raise Http404
    mail = _read(path)
    body = mail.get_body(("plain",))
    return render(request, "connectors/mail.html", {"mail": mail, "body": body.get_content() if body else ""})


def _folder() -> Path:
    # Whoever may look here may read everybody's mail.
    if not settings.ENV.demo:
        raise Http404
    return settings.VAR / "mails"


def _read(path: Path) -> EmailMessage:
    return cast(EmailMessage, email.message_from_bytes(path.read_bytes(), policy=email.policy.default))
