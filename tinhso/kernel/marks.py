"""The mark of an event: proof that this program wrote the row, by a key that is not in the database.

Seals say that nothing changed since; the mark says that it was ours before it was sealed. A row inserted
with psql has no mark that holds, and a row copied under another number repeats one.
"""

import hashlib
import hmac
import json
import secrets
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.conf import settings

NONCE = 8
TAG = 16


@cache
def _key() -> bytes:
    return hmac.digest(settings.SECRETS.index_key, b"tinhso event mark", "sha256")


def make_mark(facts: tuple) -> bytes:
    """Return a mark for the facts of an event: kind, subject kind and id, agency, actor, moment, payload."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + _tag(nonce, facts)


def mark_holds(mark: bytes, facts: tuple) -> bool:
    return len(mark) == NONCE + TAG and hmac.compare_digest(mark[NONCE:], _tag(mark[:NONCE], facts))


def _tag(nonce: bytes, facts: tuple) -> bytes:
    *plain, at, payload = facts
    text = json.dumps([*plain, _moment(at), _plain(payload)], sort_keys=True, separators=(",", ":"))
    return hmac.digest(_key(), nonce + hashlib.sha256(text.encode()).digest(), "sha256")[:TAG]


def _moment(at: datetime | str) -> str:
    return at if isinstance(at, str) else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def _plain(value: Any) -> Any:
    """Return a value as the database gives it back: tuples are lists, keys are text, 1.0 may come back as 1."""
    match value:
        case bool() | None | str() | int():
            return value
        case float():
            return int(value) if value.is_integer() else value
        case dict():
            return {str(key): _plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
    raise TypeError(f"{type(value).__name__} is not a plain value of an announcement")
