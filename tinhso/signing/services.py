"""The time-stamp service as this process knows it: one client, and a pause after a failure."""

import threading
import time

from django.conf import settings

from tinhso.signing.online import Stamper

# After a failure nobody waits for the service again until this many seconds have passed.
PAUSE = 20.0

_lock = threading.Lock()
_stampers: dict[str, Stamper] = {}
_resting: dict[str, float] = {}


def stamper() -> Stamper | None:
    """Return the client of the time-stamp service; None when there is none or it has just failed."""
    url = settings.ENV.tsa_url
    if not url or time.monotonic() < _resting.get(url, 0):
        return None
    with _lock:
        # Kept: it remembers the size of an answer, which costs a question.
        return _stampers.setdefault(url, Stamper(url))


def authority_rests() -> bool:
    """Say whether the authority left a question on revocation unanswered a moment ago."""
    return time.monotonic() < _resting.get("authority", 0)


def let_authority_rest() -> None:
    _resting["authority"] = time.monotonic() + PAUSE


def configured() -> bool:
    return bool(settings.ENV.tsa_url)


def rest() -> None:
    """Remember that the service failed just now."""
    _resting[settings.ENV.tsa_url] = time.monotonic() + PAUSE


def wake() -> None:
    """Forget earlier failures: a job that exists to try again tries again."""
    _resting.clear()
