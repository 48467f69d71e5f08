"""A real e-ID simulator: its own process, its own port, spoken to over HTTP."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from django.conf import settings as django_settings

from connectors.eid.simulator import CALLBACK, SETTINGS

ROOT = Path(__file__).resolve().parents[3]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(address: str, process: subprocess.Popen, seconds: float = 30.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        try:
            return httpx2.get(address, timeout=1).status_code == 200
        except httpx2.HTTPError:
            continue
    return False


@contextmanager
def running(port: int, site: str = django_settings.SITE_URL):
    """Run a simulator on a port as a process of its own."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("TINHSO_EID")}
    process = subprocess.Popen(
        [sys.executable, "-m", "connectors.eid.simulator", "--port", str(port), "--redirect-uri", site + CALLBACK],
        cwd=ROOT,
        env=environment,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        assert answers(f"{url}/.well-known/openid-configuration", process)
        yield url
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="session")
def simulator():
    with running(free_port()) as url:
        yield url


@pytest.fixture
def eid(simulator, monkeypatch):
    """The site, connected to the simulator."""
    monkeypatch.setattr(django_settings.ENV, "eid_issuer", simulator)
    monkeypatch.setattr(django_settings.ENV, "eid_client_secret", SETTINGS["TINHSO_EID_CLIENT_SECRET"])
    return simulator
