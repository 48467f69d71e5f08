"""Decisions about money: what a transfer means for what was asked, what a QR code says. Amounts are whole đồng."""

import re
from dataclasses import dataclass
from enum import StrEnum

from vietnam_qr_pay import QRPay

# The purpose of a transfer: plain letters, as banks pass them on (NAPAS).
LONGEST_PURPOSE = 25
NOT_KEPT = re.compile(r"[^A-Z0-9]")


class Verdict(StrEnum):
    """What an amount of money is, measured by what was asked."""

    EXACT = "exact"
    SHORT = "short"
    OVER = "over"
    # It came when nothing was due any more: paid already, expired, or cancelled.
    LATE = "late"
    # Nobody asked for it.
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Reckoning:
    """`paid`: the request is fulfilled now; `excess`: what must go back."""

    verdict: Verdict
    paid: bool
    excess: int = 0


def reckon(asked: int, received_before: int, amount: int, *, due: bool) -> Reckoning:
    """Judge an amount that arrived for a request, after what had arrived before."""
    if not due:
        return Reckoning(Verdict.LATE, paid=False, excess=amount)
    total = received_before + amount
    if total < asked:
        return Reckoning(Verdict.SHORT, paid=False)
    if total > asked:
        return Reckoning(Verdict.OVER, paid=True, excess=total - asked)
    return Reckoning(Verdict.EXACT, paid=True)


def key_of(text: str) -> str:
    """Return a code as banks leave it: capitals and digits only."""
    return NOT_KEPT.sub("", text.upper())


def purpose_of(code: str, ordinal: int) -> str:
    """Return the purpose that a payer's transfer carries: the code of the dossier, and which payment of it."""
    purpose = code if ordinal == 1 else f"{code} L{ordinal}"
    if len(purpose) > LONGEST_PURPOSE:
        purpose = key_of(purpose)
    if len(purpose) > LONGEST_PURPOSE or not purpose.isascii():
        raise ValueError(f"{code} does not fit into the purpose of a transfer")
    return purpose


def found_in(remark: str, keys: dict[str, int]) -> int | None:
    """Return the request whose key stands in a remark that passed through several banks; the longest wins."""
    text = key_of(remark)
    return max(((len(key), number) for key, number in keys.items() if key in text), default=(0, None))[1]


def viet_qr(bank_bin: str, account: str, amount: int, purpose: str) -> str:
    """Return the text of a VietQR code for one transfer."""
    return QRPay.init_viet_qr(bank_bin=bank_bin, bank_number=account, amount=str(amount), purpose=purpose).build()


def money_text(amount: int) -> str:
    return f"{amount:,}".replace(",", ".") + " đồng"
