import signal
import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils.timezone import now
from procrastinate.contrib.django.models import ProcrastinateJob

from tinhso.kernel import jobs
from tinhso.kernel.models import Counter, OnceKey

pytestmark = pytest.mark.django_db


@jobs.job("tests.count")
def count(series: str, fail: bool = False) -> None:
    from tinhso.kernel.codes import next_number

    next_number(series, "-")
    if fail:
        raise ValueError("không làm được")


def counted() -> dict[str, int]:
    return dict(Counter.objects.values_list("series", "value"))


def test_a_job_runs_after_the_transaction_that_asked_for_it():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        count.later(series="lost")
        raise ZeroDivisionError
    count.later(series="kept")
    count.later(series="tomorrow", at=now() + timedelta(days=1))
    assert (jobs.run_due(), counted()) == (1, {"kept": 1})


def test_of_an_errand_only_one_waits():
    for _ in range(3):
        count.later(series="errand", once="errand")
    jobs.run_due()
    count.later(series="errand", once="errand")
    jobs.run_due()
    assert counted() == {"errand": 2}


def test_a_job_that_fails_leaves_nothing_and_is_kept():
    count.later(series="failing", fail=True)
    jobs.run_due()
    assert counted() == {}
    assert list(ProcrastinateJob.objects.values_list("task_name", "status", "attempts")) == [("tests.count", "todo", 1)]


def test_keys_of_errands_are_forgotten_after_seven_days():
    from tinhso.kernel.schedules import forget_once_keys

    for number, days in enumerate((6, 8)):
        OnceKey.objects.create(key=f"00000000-0000-0000-0000-00000000000{number}", verb="v", digest="d", at=now() - timedelta(days=days))
    assert (forget_once_keys(now()), OnceKey.objects.count()) == (1, 1)


def test_work_once_does_what_waits(settings, tmp_path):
    settings.VAR = tmp_path
    count.later(series="once")
    call_command("work", "--once")
    assert counted() == {"once": 1}


@pytest.mark.faults
def test_the_worker_runs_jobs_and_ends_softly_when_asked(worker):
    jobs.JOBS["kernel.forget_once_keys"].task.configure(queueing_lock=None).defer(timestamp=0)
    OnceKey.objects.create(key="00000000-0000-0000-0000-000000000001", verb="v", digest="d", at=now())
    process = worker()
    until = time.monotonic() + 60
    while ProcrastinateJob.objects.filter(task_name="kernel.forget_once_keys").exists() and time.monotonic() < until:
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert not ProcrastinateJob.objects.filter(task_name="kernel.forget_once_keys").exists()
    assert OnceKey.objects.count() == 1


def test_a_job_whose_worker_was_killed_is_asked_for_again():
    from tinhso.kernel.schedules import rescue_jobs

    count.later(series="rescued")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 minutes') RETURNING id")
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [cursor.fetchone()[0]])
    assert (jobs.run_due(), rescue_jobs(now())) == (0, 1)
    assert (jobs.run_due(), counted()) == (1, {"rescued": 1})


def test_what_is_looked_for_often_fails_alone(monkeypatch):
    monkeypatch.setattr(jobs, "OFTEN", {"broken": lambda moment: 1 / 0, "well": lambda moment: 3})
    assert jobs.run_often(now()) == 3
