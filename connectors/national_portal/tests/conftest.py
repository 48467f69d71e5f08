"""The simulated portal as a process of its own, spoken to over HTTP."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest
import stamina

from connectors.national_portal import client
from connectors.national_portal.simulator import SETTINGS
from deploy.simulators import any_port
from tinhso.dossiers.testing import build_office, publish

ROOT = Path(__file__).resolve().parents[3]


class Simulator:
    def __init__(self, folder: Path):
        self.file, self.port = folder / "kept.json", any_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TINHSO_NATIONAL")}
        command = [sys.executable, "-m", "connectors.national_portal.simulator", "--port", str(self.port), "--keep", str(self.file)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment)
        until = time.monotonic() + 30
        while time.monotonic() < until and self.process.poll() is None:
            try:
                httpx2.get(f"{self.url}/kept", timeout=1)
                return
            except httpx2.HTTPError:
                continue
        raise AssertionError("the simulator does not start")

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()

    def control(self, **orders: Any) -> None:
        httpx2.post(f"{self.url}/control", json=orders)

    def kept(self) -> dict[str, Any]:
        return httpx2.get(f"{self.url}/kept").json()

    def statuses(self, code: str) -> list[str]:
        return [line["TrangThai"] for line in self.kept()["progress"].get(code, [])]


@pytest.fixture
def simulator(tmp_path, settings, monkeypatch):
    running = Simulator(tmp_path)
    running.start()
    for name, value in SETTINGS.items():
        monkeypatch.setattr(settings.ENV, name.removeprefix("TINHSO_").lower(), value.replace("{url}", running.url))
    client._KNOWN.clear()
    # Three tries as in life, without the pauses between them.
    with stamina.set_testing(True, attempts=3, cap=True):
        yield running
    running.stop()
    client._KNOWN.clear()


@pytest.fixture
def office(db):
    return build_office()


@pytest.fixture
def version(office):
    return publish(field_code="G15-TP01")
