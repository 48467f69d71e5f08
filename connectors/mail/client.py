"""E-mail over SMTP, with the server's own words as proof; or into a folder, where there is no server yet."""

import contextlib
import os
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, localtime, parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tinhso.messaging.ladders import Mail, Undeliverable

SECONDS = 10.0
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def written(mail: Mail, *, sender: str) -> EmailMessage:
    """Return the e-mail as it goes over the wire. Its number is that of the delivery: a doubled one is known."""
    name, address = parseaddr(sender)
    domain = address.rpartition("@")[2] or "localhost"
    message = EmailMessage()
    message["From"] = Address(display_name=name, addr_spec=address)
    message["To"] = Address(display_name=" ".join(mail.to_name.split()), addr_spec=mail.to)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(localtime())
    message["Message-ID"] = f"<{mail.key}@{domain}>"
    # Out-of-office programs should not answer a machine.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body, cte="quoted-printable")
    return message


@dataclass(frozen=True)
class SmtpMailer:
    """Speaks to one server. Another machine must offer TLS with a certificate that holds; we never fall back."""

    host: str
    port: int
    user: str
    password: str
    sender: str
    tls: str  # "from-start", "upgrade" or "none" (only to this machine itself)

    @classmethod
    def from_url(cls, url: str, sender: str) -> "SmtpMailer":
        """Read smtp://user:password@host:port or smtps://…"""
        parts = urlsplit(url)
        host = parts.hostname or "localhost"
        tls = "from-start" if parts.scheme == "smtps" else "none" if host in LOOPBACK else "upgrade"
        port = parts.port or (465 if parts.scheme == "smtps" else 587)
        return cls(host, port, unquote(parts.username or ""), unquote(parts.password or ""), sender, tls)

    def deliver(self, mail: Mail) -> str:
        try:
            message = written(mail, sender=self.sender)
        except (ValueError, MessageError) as fault:
            raise Undeliverable(f"địa chỉ không hợp lệ: {fault}") from fault
        try:
            with self._server() as server:
                return self._say(server, mail, message)
        except smtplib.SMTPAuthenticationError as fault:
            # Our own password is wrong: that is for the operator to mend, the mail waits.
            raise OSError(f"máy chủ thư không nhận tài khoản: {fault.smtp_code}") from fault
        except smtplib.SMTPException as fault:
            raise OSError(str(fault)) from fault

    @contextlib.contextmanager
    def _server(self) -> Iterator[smtplib.SMTP]:
        context = ssl.create_default_context()
        server = (
            smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=context)
            if self.tls == "from-start"
            else smtplib.SMTP(self.host, self.port, timeout=SECONDS)
        )
        with server:
            if self.tls == "upgrade":
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
            yield server

    def _say(self, server: smtplib.SMTP, mail: Mail, message: EmailMessage) -> str:
        server.ehlo_or_helo_if_needed()
        content = message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
        steps = (
            lambda: server.mail(parseaddr(self.sender)[1]),
            lambda: server.rcpt(mail.to),
            lambda: server.data(content),
        )
        said = ""
        for step in steps:
            code, words = step()
            said = f"{code} {words.decode(errors='replace')}"
            if 500 <= code < 600:
                raise Undeliverable(said)
            if code not in (250, 251):
                raise OSError(said)
        return said


@dataclass(frozen=True)
class FolderMailer:
    """Keeps mails as files: an installation without a mail server loses none, and a person may look."""

    folder: Path
    sender: str

    def deliver(self, mail: Mail) -> str:
        try:
            content = written(mail, sender=self.sender).as_bytes()
        except (ValueError, MessageError) as fault:
            raise Undeliverable(f"địa chỉ không hợp lệ: {fault}") from fault
        return f"tệp {keep(self.folder, mail.key, content).name}"


def keep(folder: Path, key: str, content: bytes) -> Path:
    """Write a mail down so that nobody ever reads half of one."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{key}.eml"
    temporary = path.with_suffix(f".{os.getpid()}.new")
    temporary.write_bytes(content)
    os.replace(temporary, path)
    return path
