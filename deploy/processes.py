"""Starting, watching and ending one program and everything it started."""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 10.0
# A tenth of the processor stays even when pages want all of it, so that nothing waits for ever.
PATIENCE = 10
# A program that lived this long is well again: its next fall counts as the first.
WELL_AFTER = 30.0

_libc = ctypes.CDLL(None, use_errno=True)


def adopt_orphans() -> None:
    """Become the parent of our children's children when those die, so that we can end them too."""
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap() -> None:
    """Bury adopted processes that ended; those that we started are buried by `Program`."""
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.Error, ChildProcessError):
            if child.status() == psutil.STATUS_ZOMBIE and child.pid not in Program.started:
                os.waitpid(child.pid, os.WNOHANG)


def _die_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def _step_back() -> None:
    """Let whatever somebody waits for go first: what runs behind the pages takes the time they leave.

    A new session is a scheduling group of its own on most kernels, and niceness counts only inside a group: the group steps back too.
    """
    _die_with_parent()
    os.nice(PATIENCE)
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(PATIENCE))


@dataclass
class Program:
    """One program of the house; its processes form one group, killed as a whole."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    # Runs behind the pages: under load it waits, and catches up after.
    patient: bool = False
    restarts: int = 0
    process: subprocess.Popen | None = None
    since: float = 0.0
    pause: float = FIRST_PAUSE
    not_before: float = 0.0

    started = set[int]()

    def start(self, log: Path, folder: Path) -> None:
        with log.open("ab") as file:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=os.environ | self.environment,
                start_new_session=True,
                preexec_fn=_step_back if self.patient else _die_with_parent,
            )
        Program.started.add(self.process.pid)
        self.since = time.monotonic()

    def lives(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def children(self) -> list[int]:
        if self.process is None:
            return []
        with contextlib.suppress(psutil.Error):
            return sorted(child.pid for child in psutil.Process(self.process.pid).children())
        return []

    def bury(self) -> None:
        """End what is left of a program that died, and say when it may start again."""
        self.kill_group()
        if time.monotonic() - self.since > WELL_AFTER:
            self.pause = FIRST_PAUSE
        self.not_before = time.monotonic() + self.pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE)
        self.restarts += 1
        self.process = None

    def ask_to_stop(self) -> None:
        if self.process is not None and self.lives():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid, signal.SIGTERM)

    def kill_group(self) -> None:
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        Program.started.discard(self.process.pid)


def stop_all(programs: list[Program], *, seconds: float) -> None:
    """Ask all to stop, wait, and kill the groups of those that did not."""
    for program in programs:
        program.ask_to_stop()
    until = time.monotonic() + seconds
    while any(program.lives() for program in programs) and time.monotonic() < until:
        time.sleep(0.02)
    for program in programs:
        program.kill_group()
        program.process = None
