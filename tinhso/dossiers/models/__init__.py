"""Facts of a dossier: what was filed, what happened to it, what came of it."""

from tinhso.dossiers.models.dossier import (
    CLOSED,
    OPEN,
    Channel,
    Delivery,
    Dossier,
    Draft,
    DraftPaper,
    Money,
    OwnerKind,
    Paper,
    Status,
    new_reference,
)
from tinhso.dossiers.models.figures import ClosedMonth, FigureMonth
from tinhso.dossiers.models.outcome import Rating, Result, Transfer
from tinhso.dossiers.models.work import Extension, Opinion, Pause, Step, SupplementRequest

__all__ = [
    "CLOSED",
    "OPEN",
    "Channel",
    "ClosedMonth",
    "Delivery",
    "Dossier",
    "Draft",
    "DraftPaper",
    "Extension",
    "FigureMonth",
    "Money",
    "Opinion",
    "OwnerKind",
    "Paper",
    "Pause",
    "Rating",
    "Result",
    "Status",
    "Step",
    "SupplementRequest",
    "Transfer",
    "new_reference",
]
