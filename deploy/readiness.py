"""Asking a site whether it answers."""

import http.client
import time
from collections.abc import Callable
from urllib.parse import urlparse

from config.env import env


def answers(host: str, port: int, path: str = "/ready", *, seconds: float = 2) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=seconds)
    try:
        connection.request("GET", path, headers={"Host": urlparse(env.site_url).hostname or host})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def wait_until_ready(host: str, port: Callable[[], int | None], ended: Callable[[], int | None], *, seconds: float) -> bool:
    """Ask until the site is ready; give up when its parent has ended or the time is over."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if ended() is not None:
            return False
        number = port()
        if number and answers(host, number):
            return True
        time.sleep(0.05)
    return False
