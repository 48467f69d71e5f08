"""What payments do by the clock."""

from datetime import datetime, timedelta

from django.utils.timezone import localdate, now

from tinhso.kernel.connectors import NotConnected
from tinhso.kernel.jobs import every


@every("*/10 * * * *", "payments.expire_due")
def expire_due(moment: datetime) -> int:
    from tinhso.payments import actions

    return actions.expire_due(at=now())


@every("23 * * * *", "payments.fetch_statement")
def fetch_statement(moment: datetime) -> dict[str, int]:
    """Read yesterday's and today's statement: what the bank's calls did not bring is found within the hour."""
    from tinhso.payments import actions

    found = {"transfers": 0, "new": 0, "refused": 0}
    try:
        for day in (localdate(moment) - timedelta(days=1), localdate(moment)):
            for name, number in actions.fetch_statement(day).items():
                found[name] += number
    except NotConnected:
        return found
    return found
