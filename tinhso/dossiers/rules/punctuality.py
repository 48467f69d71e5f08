"""Early, on time or late: one definition for receipts, reports and indices (QĐ 766, group 2; form II.06)."""

from datetime import datetime
from enum import StrEnum

from tinhso.kernel.working_time import ZONE


class Punctuality(StrEnum):
    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"


WORDS = {Punctuality.EARLY: "trước hạn", Punctuality.ON_TIME: "đúng hạn", Punctuality.LATE: "quá hạn"}


def punctuality(finished_at: datetime, due_at: datetime | None) -> Punctuality:
    """Say how a finished dossier stands; early is finished before the day of the appointment, no appointment is on time."""
    if due_at is None:
        return Punctuality.ON_TIME
    if finished_at > due_at:
        return Punctuality.LATE
    early = finished_at.astimezone(ZONE).date() < due_at.astimezone(ZONE).date()
    return Punctuality.EARLY if early else Punctuality.ON_TIME
