"""Sending by the clock and as soon as something happened."""

from datetime import datetime

from tinhso.kernel.jobs import every, job, until_nothing_is_due


@job("sharing.send")
def send_notices() -> int:
    """Send until nothing is due; what failed comes back with its wait."""
    from tinhso.sharing.sending import send_due

    return until_nothing_is_due(send_due, send_notices, once="sharing.send")


@every("* * * * *", "sharing.send_again")
def send_again(moment: datetime) -> int:
    return send_notices()
