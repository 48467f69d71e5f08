"""What rooms offer to outside systems: each says in its `offers.py` which of its announcements others may hear.

    offer(DossierReceived, DossierReturned, describe=what_a_system_may_know)

The room decides what is told; who is told decides the token.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tinhso.kernel.announcements import Announcement, when
from tinhso.kernel.models import Event


@dataclass(frozen=True)
class Told:
    """What a notice says: its subject as the outside knows it, and its facts."""

    subject: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Offer:
    kind: str
    sentence: str
    describe: Callable[[Event], Told]


OFFERS: dict[str, Offer] = {}


def offer(*kinds: type[Announcement], describe: Callable[[Event], Told]) -> None:
    """Let outside systems hear of these announcements."""
    # Imported late: actions are above this register, which rooms read while they open.
    from tinhso.sharing.actions import tell

    for kind in kinds:
        OFFERS[kind.kind] = Offer(kind.kind, kind.sentence, describe)
        when(kind)(tell)
