"""A small process that judges uploads, each in a child of its own that may use little memory and time.

Parsers of PDF, archives and pictures have had holes and will have more. The web process hands over a
path and gets a verdict; whatever the file does, it does to a child with 5 seconds to live.
"""

import contextlib
import json
import os
import resource
import select
import signal
import sys
import threading
from pathlib import Path

from tinhso.kernel.apart import Helper
from tinhso.kernel.inspection import Unfit, Verdict, inspect

MEMORY = 700 * 2**20
SECONDS = 5


class Inspector:
    """The web process's end: one helper process, started at the first upload, ended with us."""

    def __init__(self):
        self.helper = Helper("tinhso.kernel.inspector")
        self.lock = threading.Lock()

    def judge(self, path: Path, cleaned: Path) -> Verdict:
        """Return the verdict on a file, or raise Unfit."""
        question = json.dumps([str(path), str(cleaned)]) + "\n"
        with self.lock:
            answer = self.helper.ask(question)
        if not answer:
            raise Unfit("costly")
        code, media_type, was_cleaned = json.loads(answer)
        if code:
            raise Unfit(code)
        return Verdict(media_type, was_cleaned)


inspector = Inspector()


def _in_child(path: str, cleaned: str, out: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        verdict = inspect(Path(path), Path(cleaned))
        answer = ["", verdict.media_type, verdict.cleaned]
    except Unfit as unfit:
        answer = [unfit.code, "", False]
    except MemoryError:
        answer = ["costly", "", False]
    except Exception:
        answer = ["damaged", "", False]
    os.write(out, json.dumps(answer).encode())


def _judge_in_child(path: str, cleaned: str) -> str:
    into, out = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(into)
            _in_child(path, cleaned, out)
        finally:
            os._exit(0)
    os.close(out)
    try:
        ready, _, _ = select.select([into], [], [], SECONDS + 3)
        answer = os.read(into, 4096).decode() if ready else ""
    finally:
        os.close(into)
        if not ready:
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return answer or json.dumps(["costly", "", False])


def serve() -> None:
    """Answer questions from standard input until it closes: a dead web process takes us along."""
    import pikepdf  # noqa: F401  loaded once, shared by every child
    from PIL import ImageOps, JpegImagePlugin, PngImagePlugin  # noqa: F401

    # Ctrl-C is for the web process; it closes our input when it goes.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in sys.stdin:
        with contextlib.suppress(BrokenPipeError):
            sys.stdout.write(_judge_in_child(*json.loads(line)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    serve()
