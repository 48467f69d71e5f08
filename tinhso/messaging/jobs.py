"""What messaging does later: the table of deliveries is its own queue."""

from datetime import datetime

from tinhso.kernel.jobs import often


@often("messaging.deliver_due")
def deliver_due(moment: datetime) -> int:
    from tinhso.messaging import actions

    return actions.deliver_due(at=moment)
