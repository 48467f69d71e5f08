"""A whole installation of its own for tests that kill: database, web, worker, under its supervisor."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx2

ROOT = Path(__file__).resolve().parents[2]

PREPARE = """
from datetime import date
from django.utils.timezone import now
from tinhso.dossiers.testing import build_office, publish
from tinhso.dossiers.tests.api_client import System
office = build_office()
publish()
print("KEY", System("may-tram", [office.commune]).key)
"""
FIGURES = """
import json
from collections import Counter
from django.db.models import Count
from tinhso.dossiers.models import Dossier
from tinhso.kernel.models import Event, OnceKey, PendingDelivery
from tinhso.messaging.models import Message
filed = Event.objects.filter(kind="dossiers.DossierFiled")
print("FIGURES", json.dumps({
    "codes": sorted(Dossier.objects.values_list("code", flat=True)),
    "filed": sorted(Dossier.objects.filter(pk__in=filed.values("subject_id")).values_list("code", flat=True)),
    "events": filed.count(),
    "said_more_than_once": Message.objects.values("about_id", "template__key").annotate(times=Count("pk")).filter(times__gt=1).count(),
    "told": Message.objects.filter(template__key="dossier-filed").count(),
    "undelivered": PendingDelivery.objects.count(),
}))
"""


class Installation:
    """Started by `start`, looked into by `run`, hurt by `kill_something`."""

    def __init__(self) -> None:
        # The database server runs as another account, which must be able to reach the folder.
        self.var = Path(tempfile.mkdtemp(prefix="tinhso-faults-"))
        self.var.chmod(0o755)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TINHSO_", "DATABASE_", "DJANGO_", "PYTEST_"))}
        self.surroundings = {
            **kept,
            "TINHSO_VAR": str(self.var),
            "TINHSO_PORT": str(self.port),
            "TINHSO_DEMO": "0",
            "TINHSO_WEB_WORKERS": "2",
        }
        self.url = f"http://127.0.0.1:{self.port}"
        self.killed: list[str] = []

    def start(self) -> str:
        """Start everything and return the key of a system that may file."""
        self._say("-m", "deploy.supervise", "start")
        return self.run(PREPARE, "KEY")

    def stop(self) -> None:
        self._say("-m", "deploy.supervise", "stop")
        shutil.rmtree(self.var, ignore_errors=True)

    def run(self, code: str, word: str) -> str:
        """Run code inside the program and return what stands behind a word that it printed."""
        said = self._say("manage.py", "shell", "--no-imports", "-c", code)
        return next(line.removeprefix(f"{word} ") for line in said.splitlines() if line.startswith(f"{word} "))

    def figures(self) -> dict:
        return json.loads(self.run(FIGURES, "FIGURES"))

    def verify(self) -> dict:
        done = subprocess.run(
            [sys.executable, "manage.py", "verify_events", "--json"], cwd=ROOT, env=self.surroundings, capture_output=True, text=True
        )
        return json.loads(done.stdout)

    def work_to_the_end(self) -> None:
        self._say("manage.py", "work", "--once")

    def kill_something(self, dice: random.Random) -> str:
        """Kill one process without a warning: the database, the web server or one of its workers, or the worker."""
        processes = json.loads((self.var / "processes.json").read_text())
        choices = {name: processes[name]["pid"] for name in ("postgres", "web", "worker")}
        choices |= {f"web worker {place}": pid for place, pid in enumerate(processes["web"]["children"])}
        alive = sorted((name, pid) for name, pid in choices.items() if pid)
        if not alive:
            return ""
        name, pid = dice.choice(alive)
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return ""
        self.killed.append(name)
        return name

    def is_ready(self) -> bool:
        try:
            return httpx2.get(f"{self.url}/ready", timeout=5).status_code == 200
        except httpx2.HTTPError:
            return False

    def _say(self, *words: str) -> str:
        done = subprocess.run([sys.executable, *words], cwd=ROOT, env=self.surroundings, capture_output=True, text=True, timeout=240)
        assert done.returncode == 0, f"{words}: {done.stdout[-2000:]} {done.stderr[-4000:]}"
        return done.stdout
