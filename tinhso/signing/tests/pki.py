"""The demonstration authority for tests: its services run as a real HTTP server in a process of their own."""

import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Pki:
    url: str
    folder: Path

    @property
    def authority(self):
        from connectors.demo_ca.authority import DemoAuthority

        return DemoAuthority(self.folder, self.url)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def pki_services(tmp_path_factory):
    """The authority's OCSP, CRL and time-stamp services, running."""
    folder, port = tmp_path_factory.mktemp("demo_ca"), free_port()
    command = [sys.executable, "-m", "connectors.demo_ca.simulator", "--port", str(port), "--folder", str(folder)]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url, process, folder)
        yield Pki(url, folder)
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(url: str, process: subprocess.Popen, folder: Path) -> None:
    ends = time.monotonic() + 30
    with httpx2.Client(transport=httpx2.HTTPTransport(retries=0), trust_env=False) as client:
        while time.monotonic() < ends and process.poll() is None:
            try:
                if client.get(f"{url}/health", timeout=1).status_code == 200:
                    return
            except httpx2.HTTPError:
                select_nothing(0.05)
    raise RuntimeError((folder / "log").read_text())


def select_nothing(seconds: float) -> None:
    """Wait without a busy loop."""
    import select

    select.select([], [], [], seconds)


def _connect(settings, folder: Path, authority, **env):
    from tinhso.kernel.connectors import connect
    from tinhso.signing import keys, services
    from tinhso.signing.authority import CertificateAuthority

    settings.VAR = folder
    settings.ENV = settings.ENV.model_copy(update=env)
    services.wake()
    # Another folder, other keys under the same names.
    keys.forget_keys()
    connect(CertificateAuthority, authority)


@pytest.fixture
def pki(pki_services, settings, tmp_path):
    """Signing connected to the running authority; keys in a folder of this test's own."""
    from tinhso.kernel import connectors

    before = dict(connectors._CONNECTED)
    _connect(settings, tmp_path, pki_services.authority, tsa_url=f"{pki_services.url}/tsa", demo_ca_url=pki_services.url)
    yield pki_services
    connectors._CONNECTED.clear()
    connectors._CONNECTED.update(before)


@pytest.fixture
def pki_down(pki, settings):
    """The same, and the time-stamp service answers no more."""
    from tinhso.signing import services

    settings.ENV = settings.ENV.model_copy(update={"tsa_url": f"http://127.0.0.1:{free_port()}/tsa"})
    yield pki
    services.wake()
