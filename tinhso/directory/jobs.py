"""What the directory does by the clock."""

from datetime import datetime

from django.utils.timezone import localdate

from tinhso.directory.actions import announce_successions, remove_old_failures
from tinhso.kernel.jobs import every


@every("3 0 * * *", "directory.announce_successions")
def tell_of_successions(moment: datetime) -> int:
    """Tell the other rooms of reorganisations whose day has come."""
    return announce_successions(today=localdate(moment), by=None, at=moment)


@every("33 3 * * *", "directory.remove_old_failures")
def forget_failed_sign_ins(moment: datetime) -> int:
    return remove_old_failures(at=moment)
