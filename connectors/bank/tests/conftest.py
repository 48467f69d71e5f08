"""A real bank: its own process, its own port; the site as a real server that the bank calls."""

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from django.conf import settings as django_settings

from connectors.bank.client import HttpBank
from connectors.bank.simulator import SECRET
from connectors.mail.tests.conftest import free_port
from tinhso.kernel import connectors
from tinhso.kernel.connectors import connect
from tinhso.payments.bank import Bank
from tinhso.payments.tests.conftest import house  # noqa: F401

ROOT = Path(__file__).resolve().parents[3]


@dataclass
class RunningBank:
    url: str

    def pay(self, request, *, amount: int | None = None, tell: str = "once") -> str:
        """Pay as a person does: open the page of the code, press the button; return the words of the page."""
        page = httpx2.get(f"{self.url}/pay", params={"qr": request.qr_text})
        assert page.status_code == 200, page.text
        facts = {
            "account": request.account.number,
            "remark": request.purpose,
            "amount": str(amount or request.amount),
            "tell": tell,
            "back": "",
        }
        return httpx2.post(f"{self.url}/pay", data=facts, timeout=20).text


@pytest.fixture
def secret(monkeypatch) -> str:
    monkeypatch.setattr(django_settings.ENV, "bank_callback_secret", SECRET)
    return SECRET


@pytest.fixture
def bank(live_server, secret, tmp_path):
    port = free_port()
    words = ["--port", str(port), "--site", live_server.url, "--file", str(tmp_path / "bank.jsonl")]
    process = subprocess.Popen([sys.executable, "-m", "connectors.bank.simulator", *words], cwd=ROOT)
    url, until = f"http://127.0.0.1:{port}", time.monotonic() + 30
    before = dict(connectors._CONNECTED)
    try:
        while time.monotonic() < until and process.poll() is None:
            try:
                httpx2.get(url, timeout=1)
                break
            except httpx2.HTTPError:
                continue
        connect(Bank, HttpBank(url, secret))
        yield RunningBank(url)
    finally:
        process.terminate()
        process.wait(10)
        connectors._CONNECTED.clear()
        connectors._CONNECTED.update(before)
