"""A mail server that keeps what it gets, for demonstration and tests: python -m connectors.mail.simulator --port 20181.

It speaks SMTP (RFC 5321) and writes each mail into var/mails; the site shows them under /mo-phong/thu/.
Addresses of a few names get the answers that real servers give: `khong-co@…` no such mailbox, `day@…` mailbox full for now.
"""

import argparse
import asyncio
import contextlib
import os
import re
import uuid
from pathlib import Path

from connectors.mail.client import keep

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {"TINHSO_EMAIL_URL": "smtp://127.0.0.1:{port}"}
LARGEST = 10 * 2**20
PATH = re.compile(r"^(?:FROM|TO):\s*<([^<>\s]*)>", re.IGNORECASE)
ANSWERS = {"khong-co": "550 5.1.1 No such mailbox", "day": "452 4.2.2 Mailbox full, try again later"}


class Conversation:
    """One client: what was said so far."""

    def __init__(self, folder: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self.folder, self.reader, self.writer = folder, reader, writer
        self.sender: str | None = None
        self.recipients: list[str] = []

    async def run(self) -> None:
        await self._say("220 mo-phong.tinhso.example ESMTP")
        while line := await self.reader.readline():
            verb, _, rest = line.decode(errors="replace").strip().partition(" ")
            if not await self._answer(verb.upper(), rest):
                return

    async def _answer(self, verb: str, rest: str) -> bool:
        match verb:
            case "EHLO":
                await self._say(f"250-mo-phong.tinhso.example\r\n250-SIZE {LARGEST}\r\n250-8BITMIME\r\n250 SMTPUTF8")
            case "HELO" | "NOOP":
                await self._say("250 Ok")
            case "RSET":
                self.sender, self.recipients = None, []
                await self._say("250 Ok")
            case "MAIL":
                found = PATH.match(rest)
                self.sender = found[1] if found else None
                await self._say("250 2.1.0 Ok" if found else "501 5.5.4 Syntax: MAIL FROM:<address>")
            case "RCPT":
                await self._say(self._recipient(rest))
            case "DATA" if self.sender is not None and self.recipients:
                await self._say("354 End data with <CR><LF>.<CR><LF>")
                await self._say(await self._receive())
            case "MAIL" | "DATA":
                await self._say("503 5.5.1 Bad sequence of commands")
            case "QUIT":
                await self._say("221 2.0.0 Bye")
                return False
            case _:
                await self._say("502 5.5.2 Command not recognized")
        return True

    def _recipient(self, rest: str) -> str:
        found = PATH.match(rest)
        if self.sender is None:
            return "503 5.5.1 Bad sequence of commands"
        if not found or "@" not in found[1]:
            return "501 5.1.3 Bad recipient address"
        if refusal := ANSWERS.get(found[1].split("@")[0]):
            return refusal
        self.recipients.append(found[1])
        return "250 2.1.5 Ok"

    async def _receive(self) -> str:
        content = bytearray()
        while (line := await self.reader.readline()) not in (b".\r\n", b".\n", b""):
            content += line[1:] if line.startswith(b".") else line
            if len(content) > LARGEST:
                return "552 5.3.4 Message too big"
        key = uuid.uuid4().hex
        keep(self.folder, key, bytes(content))
        self.sender, self.recipients = None, []
        return f"250 2.0.0 Ok: queued as {key[:12]}"

    async def _say(self, words: str) -> None:
        self.writer.write(f"{words}\r\n".encode())
        await self.writer.drain()


async def serve(port: int, folder: Path) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.LimitOverrunError):
            await Conversation(folder, reader, writer).run()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", port, limit=2**20)
    async with server:
        await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=20181)
    parser.add_argument("--folder", default="")
    options = parser.parse_args()
    folder = Path(options.folder or Path(os.environ.get("TINHSO_VAR", ROOT / "var")) / "mails")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(options.port, folder))


if __name__ == "__main__":
    main()
