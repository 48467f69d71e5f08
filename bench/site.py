"""A site of the benchmark's own: its folder, its database, its processes, and the processor time they use."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
PYTHON = sys.executable


def environment(var: Path, **more: str) -> dict[str, str]:
    """Return the surroundings of a program on a benchmark's site: nothing of the developer's own site or server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TINHSO_") and name != "DATABASE_URL"}
    own = {"TINHSO_VAR": str(var), "TINHSO_DEMO": "1", "TINHSO_LOG_LEVEL": "WARNING", "DJANGO_SETTINGS_MODULE": "config.settings"}
    if data := os.environ.get("TINHSO_TESTDATA"):
        own["TINHSO_TESTDATA"] = data
    return kept | own | more


def run(var: Path, *words: str, seconds: float = 7200, **more: str) -> str:
    """Run a program on the site's folder and return what it printed."""
    done = subprocess.run(
        [PYTHON, *words], cwd=ROOT, env=environment(var, **more), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return done.stdout


class Site:
    """The site in one folder."""

    def __init__(self, var: Path):
        self.var = var
        self.address = ""

    def wipe(self) -> None:
        self.stop()
        shutil.rmtree(self.var, ignore_errors=True)

    def collect(self) -> None:
        """Gather scripts and styles where the server looks for them, as `bin/setup` does."""
        self.manage("collectstatic", "--noinput", "--verbosity", "0")

    def start(self) -> float:
        """Start everything and return how many seconds passed until the first page answered."""
        # Any free port: another site of this machine may have the usual one.
        port = str(20_000 + secrets.randbelow(20_000))
        begun = time.perf_counter()
        self.address = run(self.var, "-m", "deploy.supervise", "start", TINHSO_PORT=port).strip().splitlines()[-1]
        return time.perf_counter() - begun

    def stop(self) -> None:
        if self.var.exists():
            run(self.var, "-m", "deploy.supervise", "stop")

    def start_database(self) -> None:
        run(self.var, "-m", "deploy.postgres", "start")

    def manage(self, *words: str) -> str:
        return run(self.var, "manage.py", *words)

    def processes(self) -> dict[str, int]:
        """Return the process number of each program of the running site."""
        state = json.loads((self.var / "processes.json").read_text())
        return {name: facts["pid"] for name, facts in state.items() if facts.get("pid")}

    def clock(self) -> "Clock":
        running = self.processes()
        return Clock({name: running[name] for name in ("web", "worker", "postgres") if name in running})


class Clock:
    """Counts the processor seconds of programs and all their processes."""

    def __init__(self, programs: dict[str, int]):
        self.programs = {name: psutil.Process(pid) for name, pid in programs.items()}
        self.before = self._now()

    def _now(self) -> dict[str, float]:
        used = {}
        for name, program in self.programs.items():
            times = program.cpu_times()
            # What ended children used is in their parent's account.
            total = times.user + times.system + times.children_user + times.children_system
            for child in program.children(recursive=True):
                try:
                    times = child.cpu_times()
                    total += times.user + times.system
                except psutil.Error:
                    continue
            used[name] = total
        return used

    def used(self) -> dict[str, float]:
        """Return the processor seconds since the clock was made, by program."""
        now = self._now()
        return {name: max(0.0, now[name] - self.before[name]) for name in now}
