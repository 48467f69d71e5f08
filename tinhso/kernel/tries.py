"""How often somebody tried something lately: the brake of pages that anybody may use.

All workers see the same count. Two tries at the same moment may count as one: a brake, not a lock.
"""

from django.core.cache import caches


def too_many_tries(what: str, who: str, *, most: int) -> bool:
    return caches["shared"].get(_key(what, who), 0) >= most


def count_try(what: str, who: str, *, seconds: int) -> None:
    """Count one; all are forgotten `seconds` after the last."""
    # Not `incr`: that would shorten the memory to the cache's usual five minutes.
    caches["shared"].set(_key(what, who), caches["shared"].get(_key(what, who), 0) + 1, seconds)


def _key(what: str, who: str) -> str:
    return f"tries:{what}:{who}"
