"""A real mail server: its own process, its own port, spoken to over SMTP."""

import email
import email.policy
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@dataclass
class MailServer:
    port: int
    folder: Path
    process: subprocess.Popen

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def mails(self) -> list[EmailMessage]:
        paths = sorted(self.folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in paths]  # type: ignore[misc]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port: int, process: subprocess.Popen, seconds: float = 30.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return True
        except OSError:
            continue
    return False


@pytest.fixture
def mail_server(tmp_path):
    port = free_port()
    words = [sys.executable, "-m", "connectors.mail.simulator", "--port", str(port), "--folder", str(tmp_path / "mails")]
    process = subprocess.Popen(words, cwd=ROOT)
    try:
        assert listens(port, process)
        yield MailServer(port, tmp_path / "mails", process)
    finally:
        process.terminate()
        process.wait(10)
