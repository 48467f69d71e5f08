"""The worker: seals events, hands them over, runs jobs and schedules. One process, stopped by SIGTERM.

Several may run; sealing is done by one at a time, deliveries and jobs are shared between them.
"""

import asyncio
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import cast

import structlog
from django.db import close_old_connections, connections
from django.utils.timezone import now
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from tinhso.kernel import delivery, jobs
from tinhso.kernel.ledger import Ledger, LedgerBroken
from tinhso.kernel.sealing import Sealer, default_ledger

log = structlog.get_logger()
PAUSE = 0.2
LONGEST_WAIT = 15.0
SWEEP_EVERY = timedelta(hours=1)
JOB_CONCURRENCY = 2


def drain(ledger: Ledger | None = None, *, rounds: int = 100) -> None:
    """Seal, deliver and run due jobs until nothing is left to do: what a worker does, here and now.

    Tests call it in their own transaction; without a ledger given, the seals of a test are seen by no witness.
    """
    sealer = Sealer(ledger or default_ledger(witnessed=False))
    for _ in range(rounds):
        moment = now()
        if not sealer.seal(at=moment) + delivery.deliver(at=moment) + delivery.retry(at=moment) + jobs.run_due() + jobs.run_often(moment):
            return
    raise RuntimeError("events keep causing events")


class Worker:
    """Three loops: events in the main thread, jobs with an event loop of their own, and what is looked for often."""

    def __init__(self):
        self.stopping = threading.Event()
        self._stop_jobs: Callable[[], None] = lambda: None

    def run(self) -> None:
        others = [
            threading.Thread(target=self._keep_running, args=(name, loop), name=name)
            for name, loop in (("jobs", self._run_jobs), ("often", self._run_often))
        ]
        for thread in others:
            thread.start()
        try:
            self._keep_running("events", self._run_events)
        finally:
            self.stop()
            for thread in others:
                thread.join()

    def stop(self) -> None:
        """Finish what is in hand and end."""
        self.stopping.set()
        self._stop_jobs()

    def _keep_running(self, name: str, loop: Callable[[], None]) -> None:
        wait = PAUSE
        while not self.stopping.is_set():
            began = now()
            try:
                loop()
            except LedgerBroken:
                # Nothing is sealed over a broken past; people have to look first.
                log.critical("ledger_broken", exc_info=True)
                self.stopping.wait(60)
            except Exception:
                # The database restarts, a disk is full: come back slowly, and at once after a good while.
                wait = PAUSE if now() - began > timedelta(minutes=1) else min(wait * 2, LONGEST_WAIT)
                log.exception("worker_interrupted", loop=name, wait=wait)
                connections.close_all()
                self.stopping.wait(wait)

    def _run_events(self) -> None:
        sealer, sweep_at = Sealer(default_ledger()), now() + timedelta(minutes=1)
        while not self.stopping.is_set():
            moment = now()
            sweep = moment >= sweep_at
            done = sealer.seal(at=moment, sweep=sweep)
            if sweep and not done:
                sweep_at = moment + SWEEP_EVERY
            done += delivery.deliver(at=moment)
            done += delivery.retry(at=moment)
            if not done:
                close_old_connections()
                self.stopping.wait(PAUSE)

    def _run_often(self) -> None:
        while not self.stopping.is_set():
            if not jobs.run_often(now()):
                close_old_connections()
                self.stopping.wait(1.0)

    def _run_jobs(self) -> None:
        asyncio.run(self._run_jobs_async())

    async def _run_jobs_async(self) -> None:
        # Not `replace_connector`: jobs asked for by handlers must go through the transaction of the handler.
        jobs_app = App(connector=cast(DjangoConnector, app.connector).get_worker_connector())
        jobs_app.tasks, jobs_app.periodic_registry = app.tasks, app.periodic_registry
        async with jobs_app.open_async():
            worker = jobs_app._worker(
                concurrency=JOB_CONCURRENCY, install_signal_handlers=False, delete_jobs="successful", shutdown_graceful_timeout=20
            )
            self._stop_jobs = worker.stop
            if not self.stopping.is_set():
                await worker.run()
