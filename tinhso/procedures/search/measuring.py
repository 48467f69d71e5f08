"""How well the search finds: questions with the procedures they belong to, asked in three ways."""

import random
import time
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

from tinhso.kernel.folding import fold
from tinhso.procedures.search.index import Hit

Search = Callable[[str], Sequence[Hit]]
# One typing error in so many letters.
LETTERS_PER_ERROR = 14
SEED = 4904
_LETTERS = "abcdeghiklmnopqrstuvxy"


@dataclass(frozen=True)
class Question:
    text: str
    codes: frozenset[str]

    @property
    def held_out(self) -> bool:
        """Half of the procedures are set aside: whoever changes weights looks at the other half."""
        return zlib.crc32(min(self.codes).encode()) % 2 == 1


def questions(records: Iterable[dict[str, Any]], known: Callable[[str], bool]) -> tuple[list[Question], int]:
    """Return the questions whose procedures the catalogue has, and how many it lacks."""
    found, missing = [], 0
    for record in records:
        codes = frozenset(code for code in record.get("codes_in_catalogue", ()) if known(code))
        if codes:
            found.append(Question(str(record["question"]), codes))
        else:
            missing += 1
    return found, missing


def with_errors(text: str, dice: random.Random) -> str:
    """Return a text as typed in a hurry: without diacritics, letters lost, swapped or wrong."""
    letters = list(fold(text))
    for _ in range(max(1, len(letters) // LETTERS_PER_ERROR)):
        at, kind = dice.randrange(len(letters)), dice.random()
        if letters[at] == " ":
            continue
        if kind < 0.35:
            letters[at] = ""
        elif kind < 0.7 and at + 1 < len(letters):
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
        else:
            letters[at] = dice.choice(_LETTERS)
    return "".join(letters)


def measure(asked: Sequence[Question], search: Search) -> dict[str, Any]:
    """Return recall and times for the questions as written, without diacritics and with typing errors."""
    dice = random.Random(SEED)  # noqa: S311 - not a secret: the same errors in every run
    ways = {
        "as_written": [(question.text, question) for question in asked],
        "without_diacritics": [(fold(question.text), question) for question in asked],
        "with_typing_errors": [(with_errors(question.text, dice), question) for question in asked],
    }
    halves = {
        "held_out": [pair for pair in ways["as_written"] if pair[1].held_out],
        "looked_at": [pair for pair in ways["as_written"] if not pair[1].held_out],
    }
    return {name: _ask(pairs, search) for name, pairs in (ways | halves).items()}


def _ask(pairs: Sequence[tuple[str, Question]], search: Search) -> dict[str, Any]:
    first = five = 0
    times, missed = [], []
    for text, question in pairs:
        before = time.perf_counter()
        hits = [hit.code for hit in search(text)][:5]
        times.append((time.perf_counter() - before) * 1000)
        first += hits[:1] != [] and hits[0] in question.codes
        five += any(code in question.codes for code in hits)
        if not hits or hits[0] not in question.codes:
            missed.append({"question": text, "expected": sorted(question.codes), "found": hits})
    count = max(len(pairs), 1)
    return {
        "questions": len(pairs),
        "recall_1": round(first / count, 4),
        "recall_5": round(five / count, 4),
        "p50_ms": round(quantile(times, 50), 2),
        "p95_ms": round(quantile(times, 95), 2),
        "missed": missed,
    }


def quantile(times: Sequence[float], percent: int) -> float:
    if len(times) < 2:
        return times[0] if times else 0.0
    return quantiles(times, n=100, method="inclusive")[percent - 1]
