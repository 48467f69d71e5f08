"""Judging strangers' files apart: a helper process that forks a child for each, with little memory and time to live.

The public may upload anything; the parsers of PDF and ASN.1 then meet hostile bytes. Whatever such a file does,
it does to a child that holds no database and no key.
"""

import json
import os
import queue
import resource
import select
import signal
import sys
import tempfile
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from tinhso.kernel.apart import Helper
from tinhso.signing.paths import Anchors
from tinhso.signing.rules import Report

MEMORY = 900 * 2**20
CPU_SECONDS = 10
# Authorities are asked over the network, three seconds each.
SECONDS = 25
HELPERS = 2
PATIENCE = 10


class Busy(Exception):
    """All helpers are at work."""


_helpers: queue.LifoQueue[Helper] = queue.LifoQueue()
for _ in range(HELPERS):
    _helpers.put(Helper("tinhso.signing.examiner"))


def examine_apart(pdf: bytes, *, anchors: Anchors, at: datetime, online: bool) -> Report:
    """Return the verdict on a stranger's file; raise Busy when too many are being judged."""
    try:
        helper = _helpers.get(timeout=PATIENCE)
    except queue.Empty:
        raise Busy from None
    try:
        with tempfile.NamedTemporaryFile(prefix="xac-minh-") as file:
            file.write(pdf)
            file.flush()
            asked = {"path": file.name, "signing": anchors.signing, "stamping": anchors.stamping, "at": at.isoformat(), "online": online}
            answer = helper.ask(json.dumps(asked) + "\n")
    finally:
        _helpers.put(helper)
    return Report.from_facts(json.loads(answer)) if answer else _costly(len(pdf))


def _costly(size: int) -> Report:
    return Report(sha256="", size=size, problem="costly")


def _in_child(asked: dict, out: int) -> None:
    from tinhso.signing.verification import examine

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pdf = Path(asked["path"]).read_bytes()
    trusted = Anchors(tuple(asked["signing"]), tuple(asked["stamping"]))
    try:
        report = examine(pdf, anchors=trusted, at=datetime.fromisoformat(asked["at"]), online=asked["online"])
    except MemoryError:
        report = _costly(len(pdf))
    with os.fdopen(out, "w") as end:
        end.write(json.dumps(report.facts()))


def _examine_in_child(question: str) -> str:
    asked = json.loads(question)
    into, out = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(into)
            _in_child(asked, out)
        finally:
            os._exit(0)
    os.close(out)
    answer, ends, whole = bytearray(), time.monotonic() + SECONDS, False
    try:
        while (left := ends - time.monotonic()) > 0 and select.select([into], [], [], left)[0]:
            if not (part := os.read(into, 65536)):
                whole = True
                break
            answer += part
    finally:
        os.close(into)
        if not whole:
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return answer.decode() if whole and answer else json.dumps(_costly(Path(asked["path"]).stat().st_size).facts())


def serve() -> None:
    """Answer questions from standard input until it closes: a dead web process takes us along."""
    # Loaded once, shared by every child.
    from tinhso.signing import verification  # noqa: F401
    from tinhso.signing.online import tls

    tls()

    # Ctrl-C is for the web process; it closes our input when it goes.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in sys.stdin:
        with suppress(BrokenPipeError):
            sys.stdout.write(_examine_in_child(line) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    serve()
