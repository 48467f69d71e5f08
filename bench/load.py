"""Clients that ask as fast as they are answered, and how long they waited."""

import http.client
import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

CLIENTS = 8


class Unexpected(Exception):
    """The site answered something else than the benchmark needs."""


class Browser:
    """One client with a connection that it keeps, and its cookies or token."""

    def __init__(self, address: str, headers: dict[str, str] | None = None):
        place = urlsplit(address)
        self.host = place.netloc
        self.headers = {"Host": self.host, **(headers or {})}
        self.connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)

    def ask(self, method: str, path: str, body: bytes | None = None, expect: tuple[int, ...] = (200,), **headers: str):
        """Return status, headers and body; ask once more when the server closed a connection that rested."""
        for again in (False, True):
            try:
                self.connection.request(method, path, body, self.headers | headers)
                answer = self.connection.getresponse()
                content = answer.read()
                break
            except (http.client.RemoteDisconnected, ConnectionError, http.client.CannotSendRequest):
                self.connection.close()
                if again:
                    raise
        if answer.status not in expect:
            raise Unexpected(f"{method} {path}: {answer.status} {content[:600].decode(errors='replace')}")
        return answer, content


@dataclass
class Run:
    """What a run of clients did."""

    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    fault: Exception | None = None

    @property
    def per_second(self) -> float:
        return len(self.waits) / self.seconds if self.seconds else 0.0

    def quantile(self, share: float) -> float:
        """Return the wait in milliseconds that a share of the asks stayed below."""
        ordered = sorted(self.waits)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def drive(make: Callable[[int], Callable[[], None]], *, seconds: float, clients: int = CLIENTS, warm_up: float = 1.0) -> Run:
    """Let clients work for some seconds. `make(number)` gives each its errand, which returns when it has been answered."""
    run, lock = Run(), threading.Lock()
    begin = time.perf_counter() + warm_up
    end = begin + seconds

    def work(number: int) -> None:
        waits = []
        try:
            errand = make(number)
            for _ in itertools.count():
                before = time.perf_counter()
                if before >= end:
                    break
                errand()
                if before >= begin:
                    waits.append(time.perf_counter() - before)
        except StopIteration:
            pass
        except Exception as fault:  # told by the caller
            with lock:
                run.fault = run.fault or fault
        with lock:
            run.waits += waits

    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.seconds = max(time.perf_counter() - begin, 0.001)
    if run.fault:
        raise run.fault
    return run
