"""What payments want from a bank; a connector implements it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True)
class Transfer:
    """One transfer to one of our accounts, as the bank tells it."""

    reference: str
    account: str
    amount: int
    remark: str
    at: datetime


class Bank(Protocol):
    """Reads statements, so that a lost call of the bank loses no money."""

    def transfers(self, day: date) -> list[Transfer]: ...
