"""What messaging does later."""

from datetime import datetime, timedelta

from django.utils.timezone import now

from tinhso.kernel.jobs import every, job

LATE = timedelta(minutes=5)


@job("messaging.deliver")
def deliver(dispatch_id: int) -> None:
    from tinhso.messaging import actions

    actions.deliver(dispatch_id, at=now())


@every("*/5 * * * *", "messaging.sweep")
def sweep(moment: datetime) -> int:
    from tinhso.messaging import actions

    return actions.sweep(at=now())
