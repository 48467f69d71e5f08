"""Sending by the clock and as soon as something happened."""

from datetime import datetime

from django.utils.timezone import now

from tinhso.kernel.jobs import every, job

ROUNDS = 200


@job("sharing.send")
def send_notices() -> int:
    """Send until nothing is due; what failed comes back with its wait."""
    from tinhso.sharing.sending import send_due

    sent = 0
    for _ in range(ROUNDS):
        tried = send_due(at=now())
        sent += tried
        if not tried:
            return sent
    # More than a job should hold its place for: the rest goes on behind the others.
    send_notices.later(once="sharing.send")
    return sent


@every("* * * * *", "sharing.send_again")
def send_again(moment: datetime) -> int:
    return send_notices()
