"""Reading the statements of the treasury account at the bank."""

import time
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

import httpx2
import stamina
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt

from connectors.bank.signatures import HEADER, sign
from tinhso.payments.bank import Transfer

SECONDS = 10.0


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without its zone")
    return moment


class Told(BaseModel):
    """One transfer as the bank writes it; anything else in it is not ours to believe."""

    model_config = ConfigDict(extra="forbid")

    reference: str = Field(min_length=4, max_length=60, pattern=r"^[A-Za-z0-9._-]+$")
    account: str = Field(min_length=4, max_length=19, pattern=r"^[0-9A-Za-z]+$")
    amount: StrictInt = Field(gt=0, le=10**13)
    remark: str = Field(max_length=300)
    at: Annotated[datetime, AfterValidator(_aware)]

    def transfer(self) -> Transfer:
        return Transfer(self.reference, self.account, self.amount, self.remark, self.at)


class Statement(BaseModel):
    transfers: list[Told]


@dataclass(frozen=True)
class HttpBank:
    url: str
    secret: str

    @stamina.retry(on=httpx2.TransportError, attempts=3, timeout=30.0)
    def transfers(self, day: date) -> list[Transfer]:
        path = f"/statement?day={day.isoformat()}"
        signature = sign(self.secret, verb="GET", path=path, body=b"", at=int(time.time()))
        answer = httpx2.get(self.url.rstrip("/") + path, headers={HEADER: signature}, timeout=SECONDS, follow_redirects=False)
        answer.raise_for_status()
        return [told.transfer() for told in Statement.model_validate_json(answer.content).transfers]
