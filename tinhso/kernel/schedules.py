"""What the kernel does by the clock."""

from datetime import datetime, timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.utils.timezone import now
from procrastinate.contrib.django import app

from tinhso.kernel import audit, calendars, file_care
from tinhso.kernel.jobs import every
from tinhso.kernel.models import OnceKey

ONCE_KEY_DAYS = 7


@every("17 2 * * *", "kernel.scrub_files")
def scrub_files(moment: datetime) -> dict:
    return file_care.scrub(share=moment.toordinal())


@every("47 2 * * *", "kernel.collect_orphans")
def collect_orphans(moment: datetime) -> dict:
    return file_care.collect_orphans(before=file_care.orphan_limit(moment))


@every("7 3 * * *", "kernel.forget_once_keys")
def forget_once_keys(moment: datetime) -> int:
    """Forget keys of errands after seven days: nobody sends a form again later than that."""
    return OnceKey.objects.filter(at__lt=moment - timedelta(days=ONCE_KEY_DAYS)).delete()[0]


@every("33 1 * * *", "kernel.verify_events")
def verify_events(moment: datetime) -> bool:
    """Check the whole ledger each night and write the verdict into it."""
    return audit.verify_and_record(at=now()).ok


@every("13 4 1 * *", "kernel.seed_calendar")
def seed_calendar(moment: datetime) -> dict:
    """Keep the working calendar five years ahead."""
    return calendars.seed(range(moment.year, moment.year + 6))


@every("27 3 * * *", "kernel.clear_sessions")
def clear_sessions(moment: datetime) -> None:
    SessionStore.clear_expired()


@every("*/2 * * * *", "kernel.rescue_jobs")
def rescue_jobs(moment: datetime) -> int:
    """Ask again for jobs whose worker was killed in the middle."""
    from asgiref.sync import async_to_sync

    manager = app.job_manager
    stalled = list(async_to_sync(manager.get_stalled_jobs)())
    for job in stalled:
        if job.id is not None:
            manager.retry_job_by_id(job.id, moment)
    return len(stalled)


@every("37 3 * * *", "kernel.delete_old_jobs")
def delete_old_jobs(moment: datetime) -> None:
    """Keep failed jobs for a month, for whoever asks why."""
    from asgiref.sync import async_to_sync

    async_to_sync(app.job_manager.delete_old_jobs)(nb_hours=30 * 24, include_failed=True, include_cancelled=True)
