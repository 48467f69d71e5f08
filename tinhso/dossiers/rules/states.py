"""Which verb may be done in which status: the one table of moves.

The ten statuses are the national portal's; money, delivery and synchronisation are states of their own.
"""

from enum import StrEnum

FILED, RECEIVED, REFUSED, PROCESSING, SUPPLEMENT, FEE, WITHDRAWN, STOPPED, FINISHED, RETURNED = range(1, 11)

BEFORE_RECEPTION = {FILED}
RUNNING = {RECEIVED, PROCESSING}


class Verb(StrEnum):
    RECEIVE = "receive"
    REFUSE = "refuse"
    ASK_SUPPLEMENT = "ask_supplement"
    SUPPLEMENT = "supplement"
    ASK_FEE = "ask_fee"
    PAY = "pay"
    WORK = "work"  # assign, finish and send back steps, draft a result
    ASK_OPINION = "ask_opinion"
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    STOP = "stop"
    WITHDRAW = "withdraw"
    SIGN = "sign"
    FINISH = "finish"
    RETURN = "return"
    RATE = "rate"


ALLOWED: dict[Verb, set[int]] = {
    Verb.RECEIVE: {FILED},
    Verb.REFUSE: {FILED, SUPPLEMENT},
    Verb.ASK_SUPPLEMENT: {FILED, RECEIVED, PROCESSING},
    Verb.SUPPLEMENT: {SUPPLEMENT},
    Verb.ASK_FEE: {FILED, RECEIVED, PROCESSING},
    Verb.PAY: {FILED, RECEIVED, PROCESSING, SUPPLEMENT, FEE, FINISHED},
    Verb.WORK: {RECEIVED, PROCESSING},
    Verb.ASK_OPINION: {RECEIVED, PROCESSING},
    Verb.PAUSE: {RECEIVED, PROCESSING},
    Verb.RESUME: {RECEIVED, PROCESSING},
    Verb.EXTEND: {RECEIVED, PROCESSING},
    Verb.STOP: {RECEIVED, PROCESSING, SUPPLEMENT, FEE},
    Verb.WITHDRAW: {FILED, RECEIVED, PROCESSING, SUPPLEMENT, FEE},
    Verb.SIGN: {RECEIVED, PROCESSING},
    Verb.FINISH: {RECEIVED, PROCESSING},
    Verb.RETURN: {FINISHED},
    Verb.RATE: {REFUSED, FINISHED, RETURNED},
}


def can(verb: Verb, status: int) -> bool:
    """Say whether a verb may be done to a dossier in a status."""
    return status in ALLOWED[verb]
