"""The events of a synthetic past: marked like all others, sealed, and heard by everybody already."""

import json
import multiprocessing
import os
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import connection, connections

from tinhso.dossiers.actions.moving import moment
from tinhso.dossiers.events import (
    DossierFiled,
    DossierFinished,
    DossierReceived,
    DossierRefused,
    DossierStopped,
    DossierWithdrawn,
    ResultReturned,
)
from tinhso.dossiers.models import Channel, Dossier, Status
from tinhso.dossiers.rules.punctuality import WORDS, punctuality
from tinhso.kernel.announcements import LISTENERS, Announcement
from tinhso.kernel.ledger import Ledger
from tinhso.kernel.marks import make_mark
from tinhso.kernel.models import Progress, SealedEvent
from tinhso.kernel.sealing import Sealer, default_ledger

COLUMNS = "kind, subject_kind, subject_id, agency_id, actor_id, at, payload, mark"
FACTS = (
    "id", "code", "status", "channel", "solving_agency_id", "applicant_id", "filed_at", "received_at", "promised_at", "due_at", "finished_at",
    "returned_at", "closed_reason", "receiving_unit__name", "version__name",
)  # fmt: skip
CHUNK = 5_000


def tell(first: int, last: int, *, processes: int = 2) -> int:
    """Write the events of a run of dossiers, each process its share, and return how many."""
    width = (last - first) // processes + 1
    shares = [(low, min(low + width - 1, last)) for low in range(first, last + 1, width)]
    if processes == 1 or last - first < CHUNK:
        return sum(_tell_share(share) for share in shares)
    connections.close_all()
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        return sum(pool.imap_unordered(_tell_share_apart, shares))


def _tell_share_apart(share: tuple[int, int]) -> int:
    """Work in a process of its own: a connection and its pool are not shared."""
    connections.close_all()
    for one in connections.all():
        one.close_pool()  # type: ignore[attr-defined]
    try:
        return _tell_share(share)
    finally:
        connections.close_all()


def _tell_share(share: tuple[int, int]) -> int:
    told = 0
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for low in range(share[0], share[1] + 1, CHUNK):
            mine = Dossier.objects.filter(pk__gte=low, pk__lte=min(low + CHUNK - 1, share[1])).order_by("pk")
            rows = list(mine.values_list(*FACTS))
            with cursor.copy(f"COPY kernel_event ({COLUMNS}) FROM STDIN") as copy:
                for row in rows:
                    for event in _events(dict(zip(FACTS, row, strict=True))):
                        copy.write_row(event)
                        told += 1
    return told


def _events(facts: dict[str, Any]) -> Iterator[tuple]:
    code, desk, by = facts["code"], facts["receiving_unit__name"], facts["applicant_id"]

    def event(announcement: Announcement, at: datetime) -> tuple:
        plain = (announcement.kind, "dossiers.dossier", facts["id"], facts["solving_agency_id"], by, at, announcement.payload())
        return (*plain[:-1], json.dumps(plain[-1], ensure_ascii=False), make_mark(plain))

    channel = Channel(facts["channel"])
    yield event(DossierFiled(code, facts["version__name"], channel.value, channel.label, desk), facts["filed_at"])
    if facts["received_at"]:
        yield event(DossierReceived(code, desk, moment(facts["promised_at"])), facts["received_at"])
    match facts["status"]:
        case Status.REFUSED:
            yield event(DossierRefused(code, desk, facts["closed_reason"]), facts["finished_at"])
        case Status.STOPPED:
            yield event(DossierStopped(code, facts["closed_reason"]), facts["finished_at"])
        case Status.WITHDRAWN:
            yield event(DossierWithdrawn(code, facts["closed_reason"]), facts["finished_at"])
        case Status.FINISHED | Status.RETURNED:
            word = WORDS[punctuality(facts["finished_at"], facts["due_at"])]
            yield event(DossierFinished(code, desk, word, True), facts["finished_at"])
    if facts["status"] == Status.RETURNED:
        yield event(ResultReturned(code, "trực tiếp"), facts["returned_at"])


def seal_and_pass(*, at: datetime, ledger: Ledger | None = None) -> int:
    """Seal what was told, and let every listener pass it: nobody is written to about a past that never was."""
    sealer, sealed = Sealer(ledger or default_ledger()), 0
    while fresh := sealer.seal(at=at):
        sealed += fresh
    last = SealedEvent.objects.order_by("-position").values_list("position", flat=True).first() or 0
    for listener in {one.name for one in LISTENERS}:
        Progress.objects.update_or_create(listener=listener, defaults={"position": last})
    return sealed


def cores() -> int:
    return len(os.sched_getaffinity(0))
