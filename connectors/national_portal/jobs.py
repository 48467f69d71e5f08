"""When the portal is told and asked: at once, every minute for what failed, every night for the whole."""

from datetime import datetime

from django.utils.timezone import now

from tinhso.kernel.jobs import every, job, until_nothing_is_due

CHECKED_A_NIGHT = 5000


@job("national_portal.send")
def send_messages() -> int:
    """Send until nothing is due."""
    from connectors.national_portal.sending import send_due

    return until_nothing_is_due(send_due, send_messages, once="national_portal.send")


@every("* * * * *", "national_portal.send_again")
def send_again(moment: datetime) -> int:
    return send_messages()


@job("national_portal.compare")
def compare() -> dict:
    from connectors.national_portal.reconciling import reconcile

    return reconcile(at=now(), limit=CHECKED_A_NIGHT, repair=True)


@every("11 1 * * *", "national_portal.compare_nightly")
def compare_nightly(moment: datetime) -> dict:
    return compare()
