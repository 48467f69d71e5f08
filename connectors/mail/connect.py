"""Let messaging send e-mail the way the setting TINHSO_EMAIL_URL says; empty: not connected."""

from django.conf import settings

from connectors.mail.client import FolderMailer, SmtpMailer
from tinhso.kernel.connectors import connect
from tinhso.messaging.ladders import Mailer


def mailer() -> Mailer | None:
    url = settings.ENV.email_url
    if url.startswith("file:"):
        return FolderMailer(settings.VAR / "mails", settings.ENV.email_from)
    return SmtpMailer.from_url(url, settings.ENV.email_from) if url else None


def connect_here() -> None:
    if found := mailer():
        connect(Mailer, found)
