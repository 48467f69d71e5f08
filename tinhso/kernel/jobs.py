"""Work for later: jobs and schedules on PostgreSQL (procrastinate). Events do not go this way, they are too many.

A room declares its jobs in `jobs.py`:

    @job("messaging.send")
    def send(message_id): ...

    @every("5 3 * * *", "kernel.scrub")
    def scrub(moment): ...

    @often("messaging.deliver_due")
    def deliver_due(moment) -> int: ...

`send.later(message_id=7)` is written in the caller's transaction: rolled back with it, run after it.
A job may run twice (a worker may die after the work and before the note), so it asks first.
Where a table of the room is the queue itself and thousands wait in it, `often` looks there every second:
a job for each would cost more than the work.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any

import structlog
from django.db import OperationalError, close_old_connections, connection, transaction
from django.utils.timezone import now
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

log = structlog.get_logger()
ATTEMPTS = 8


@dataclass(frozen=True)
class Job:
    """A function that can be asked for now or later."""

    name: str
    run: Callable[..., Any]
    task: Any

    def __call__(self, *given, **arguments):
        return self.run(*given, **arguments)

    def later(self, *, at: datetime | None = None, once: str | None = None, **arguments) -> None:
        """Ask for the job with plain JSON arguments; `once` names an errand of which one may wait at a time."""
        asked = self.task.configure(schedule_at=at, queueing_lock=once)
        if once is None:
            asked.defer(**arguments)
            return
        try:
            # The refusal of a second one may not spoil the caller's transaction.
            with transaction.atomic():
                asked.defer(**arguments)
        except AlreadyEnqueued:
            return


JOBS: dict[str, Job] = {}


def job(name: str, *, attempts: int = ATTEMPTS) -> Callable[[Callable], Job]:
    """Declare a function as a job; its name is in the database and may never change."""

    def register(run: Callable) -> Job:
        task = app.task(name=name, retry=RetryStrategy(max_attempts=attempts, exponential_wait=4))(_with_fresh_connection(run))
        JOBS[name] = Job(name, run, task)
        return JOBS[name]

    return register


# More rounds than a job should hold its place for.
ROUNDS = 200


def until_nothing_is_due(send_due: Callable[..., int], again: Job, *, once: str) -> int:
    """Send in rounds until nothing is due; what is left after many goes on behind the other jobs."""
    sent = 0
    for _ in range(ROUNDS):
        tried = send_due(at=now())
        sent += tried
        if not tried:
            return sent
    again.later(once=once)
    return sent


def every(cron: str, name: str) -> Callable[[Callable[[datetime], Any]], Job]:
    """Declare a function of the planned moment as one that runs by schedule."""

    def register(run: Callable[[datetime], Any]) -> Job:
        @wraps(run)
        def at_planned_moment(timestamp: int):
            return run(datetime.fromtimestamp(timestamp, UTC))

        task = app.task(name=name, queueing_lock=name)(_with_fresh_connection(at_planned_moment))
        app.periodic(cron=cron)(task)
        JOBS[name] = Job(name, run, task)
        return JOBS[name]

    return register


# Functions of the moment that do some of what waits and return how much they did, by name.
OFTEN: dict[str, Callable[[datetime], int]] = {}


def often(name: str) -> Callable[[Callable[[datetime], int]], Callable[[datetime], int]]:
    """Declare a function that the worker calls again and again, at once after it did something, else after a second."""

    def register(run: Callable[[datetime], int]) -> Callable[[datetime], int]:
        OFTEN[name] = run
        return run

    return register


def run_often(moment: datetime) -> int:
    """Call each of them once and return how much they did together; one that fails does not keep the others from their work."""
    done = 0
    for name, run in list(OFTEN.items()):
        try:
            done += run(moment)
        except OperationalError:
            raise
        except Exception:
            log.exception("often_failed", name=name)
    return done


def _with_fresh_connection(run: Callable) -> Callable:
    """Jobs run in threads that live long: a connection that the database closed is not used again."""

    @wraps(run)
    def with_fresh_connection(*args, **options):
        if not connection.in_atomic_block:
            close_old_connections()
        try:
            return run(*args, **options)
        finally:
            if not connection.in_atomic_block:
                close_old_connections()

    return with_fresh_connection


def run_due(*, limit: int = 1000) -> int:
    """Run the jobs that are due, here and now, in this connection, and return how many; for tests and `work --once`."""
    for done in range(limit):
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    """SELECT id, task_name, args FROM procrastinate_jobs
                    WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= clock_timestamp())
                    ORDER BY priority DESC, id LIMIT 1 FOR UPDATE SKIP LOCKED"""
                )
                row = cursor.fetchone()
            if row is None:
                return done
            _run_here(*row)
    return limit


def _run_here(key: int, name: str, arguments: Any) -> None:
    given = json.loads(arguments) if isinstance(arguments, str) else arguments
    try:
        with transaction.atomic():
            app.tasks[name].func(**given)
        change = "status = 'succeeded'"
    except Exception:
        log.exception("job_failed", job=name)
        change = "scheduled_at = clock_timestamp() + interval '1 minute'"
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE procrastinate_jobs SET attempts = attempts + 1, {change} WHERE id = %s", [key])  # noqa: S608
