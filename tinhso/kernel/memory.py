"""Answers that may be a few seconds old: what programs ask hundreds of times a second and changes a few times a year."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

_KEPT: list[dict] = []
Ask = TypeVar("Ask", bound=Callable[..., Any])


def remembered(seconds: float, *, most: int = 2000) -> Callable[[Ask], Ask]:
    """Let a function of plain values answer from memory for some seconds; None and refusals are asked again.

    Each process remembers for itself, so what was taken away may still be believed elsewhere for that long.
    """

    def wrap(ask: Ask) -> Ask:
        kept: dict[tuple, tuple[float, Any]] = {}
        _KEPT.append(kept)

        @wraps(ask)
        def asked(*key):
            moment, known = time.monotonic(), kept.get(key)
            if known and known[0] > moment:
                return known[1]
            value = ask(*key)
            if value is not None:
                if len(kept) >= most:
                    kept.clear()
                kept[key] = (moment + seconds, value)
            return value

        return asked  # type: ignore[return-value]

    return wrap


def forget() -> None:
    """Ask everything again: between tests, whose rows are not each other's."""
    for kept in _KEPT:
        kept.clear()
