"""Computing due moments again, of all that is open: the stored ones are a cache of the facts."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from tinhso.dossiers.models import OPEN, Dossier, Step
from tinhso.dossiers.queries.deadlines import deadline_of, step_due

BATCH = 1000
# What deadlines do not depend on is not unsealed for them.
SEALED = ("owner_number", "phone", "address", "answers")


@dataclass
class Rebuilt:
    """What was looked at, what was wrong (and put right, unless only checked)."""

    checked: int = 0
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def per_second(self) -> int:
        return round(self.checked / self.seconds) if self.seconds else 0


def open_dossiers() -> Iterator[list[Dossier]]:
    """Yield the open dossiers in batches, with all that their deadlines are made of."""
    after = 0
    dossiers = (
        Dossier.objects.filter(status__in=OPEN, received_at__isnull=False)
        .select_related("extension")
        .prefetch_related("pauses")
        .defer(*SEALED)
    )
    while batch := list(dossiers.filter(pk__gt=after).order_by("pk")[:BATCH]):
        yield batch
        after = batch[-1].pk


def rebuild_deadlines(*, at: datetime, check: bool = False, promises: tuple[int, int] | None = None) -> Rebuilt:
    """Compute every due moment from the facts and write those that differ.

    `promises` names dossiers of a synthetic past: their receipts get the computed moment too.
    """
    outcome = Rebuilt()
    begun = time.perf_counter()
    for batch in open_dossiers():
        _rebuild(batch, outcome, check, promises)
    outcome.seconds = time.perf_counter() - begun
    return outcome


@transaction.atomic
def _rebuild(batch: list[Dossier], outcome: Rebuilt, check: bool, promises: tuple[int, int] | None) -> None:
    if not check:
        # Whoever acts on one of them meanwhile waits for us, or we for them; then the facts are read again.
        list(Dossier.objects.select_for_update().filter(pk__in=[dossier.pk for dossier in batch]).order_by("pk").values_list("pk"))
        batch = list(
            Dossier.objects.filter(pk__in=[dossier.pk for dossier in batch], status__in=OPEN)
            .select_related("extension")
            .prefetch_related("pauses")
            .defer(*SEALED)
        )
    steps: dict[int, list[Step]] = {}
    for step in Step.objects.open().filter(dossier__in=batch):
        steps.setdefault(step.dossier_id, []).append(step)
    changed, moved = [], []
    for dossier in batch:
        due = deadline_of(dossier).due_at
        stale = [step for step in steps.get(dossier.pk, []) if step.legal_due_at != due]
        outcome.checked += 1
        if dossier.due_at == due and not stale:
            continue
        outcome.wrong.append(dossier.code)
        dossier.due_at = due
        if promises and promises[0] <= dossier.pk <= promises[1]:
            dossier.promised_at = due
        changed.append(dossier)
        for step in steps.get(dossier.pk, []):
            step.legal_due_at, step.due_at = due, step_due(dossier, step.key, step.opened_at)
            moved.append(step)
    if not check:
        Dossier.objects.bulk_update(changed, ["due_at", "promised_at"])
        Step.objects.bulk_update(moved, ["legal_due_at", "due_at"])
