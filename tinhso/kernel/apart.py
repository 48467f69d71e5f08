"""A helper process of one's own for work that meets hostile bytes: asked by lines, answered by lines, ended with us."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Helper:
    """Our end of a helper: `python -m <module>`, started at its first question."""

    def __init__(self, module: str):
        self.module = module
        self.process: subprocess.Popen | None = None

    def ask(self, question: str) -> str:
        """Return the helper's line, or "" when it gave none twice: it may have been killed since the last question."""
        return self._ask(question) or self._ask(question)

    def _ask(self, question: str) -> str:
        process = self.process
        if process is None or process.poll() is not None:
            process = self.process = subprocess.Popen(
                [sys.executable, "-m", self.module], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True
            )
        question_end, answer_end = process.stdin, process.stdout
        if question_end is None or answer_end is None:
            raise RuntimeError("the helper was started without its two pipes")
        try:
            question_end.write(question)
            question_end.flush()
            return answer_end.readline()
        except OSError:
            process.kill()
            process.wait()
            return ""
