"""The nightly verdict over the ledger, and how the machinery of events stands right now."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import structlog
from django.db.models import Count

from tinhso.kernel.announcements import LISTENERS, Announcement
from tinhso.kernel.errors import Refused
from tinhso.kernel.events import record
from tinhso.kernel.ledger import Ledger, witness_entry
from tinhso.kernel.models import Block, Event, PendingDelivery, Progress, SealedEvent
from tinhso.kernel.sealing import default_ledger, head_of
from tinhso.kernel.verifying import Report, verify

log = structlog.get_logger()


@dataclass(frozen=True)
class LedgerVerified(Announcement):
    sentence: ClassVar[str] = "Kiểm tra sổ sự kiện: {verdict}, {events} sự kiện trong {blocks} khối."
    verdict: str
    events: int
    blocks: int
    faults: list[str]


def verify_and_record(*, at: datetime, ledger: Ledger | None = None) -> Report:
    """Check the ledger and keep the verdict as an event: one can show which nights it held."""
    report = verify(ledger or default_ledger())
    if not report.ok:
        log.critical("ledger_not_intact", first_bad=report.first_bad, faults=report.faults[:10])
    last = Block.objects.order_by("number").last()
    if last is not None:
        verdict = "nguyên vẹn" if report.ok else "KHÔNG nguyên vẹn"
        record(LedgerVerified(verdict, report.events, report.blocks, report.faults[:10]), on=last, by=None, at=at)
    return report


@dataclass(frozen=True)
class LedgerRestored(Announcement):
    sentence: ClassVar[str] = "Nhận lại sổ sự kiện sau khi phục hồi: nhân chứng đã thấy khối {seen}, nay còn {kept}. Lý do: {reason}"
    seen: int
    kept: int
    reason: str


def accept_restored(ledger: Ledger, *, reason: str, at: datetime) -> tuple[int, int]:
    """Go on from a database that was restored from a copy older than the witness; return the blocks seen and kept.

    What is there must be whole in itself. The old witness is kept beside the new one: it proves what was lost.
    """
    if not reason.strip():
        raise Refused("Xin ghi lý do: phục hồi từ bản sao nào, ai quyết định.", field="reason")
    report = verify(Ledger(ledger.folder, None))
    if not report.ok:
        raise Refused(f"Sổ không nguyên vẹn từ vị trí {report.first_bad}; không nhận lại được. {report.faults[0]}")
    last = Block.objects.order_by("number").last()
    seen, kept = (ledger.last_witnessed() or {"number": 0})["number"], last.number if last else 0
    if seen <= kept:
        raise Refused("Cơ sở dữ liệu không thiếu khối nào so với nhân chứng; không có gì phải nhận lại.")
    if ledger.witness is None or last is None:
        raise Refused("Không có sổ để nhận lại.")
    ledger.witness.rename(ledger.witness.with_name(f"heads-before-{at:%Y%m%dT%H%M%S}.jsonl"))
    ledger.bear_witness([witness_entry(head_of(block), block.signature, block.key_id) for block in Block.objects.order_by("number")])
    record(LedgerRestored(seen, kept, reason.strip()[:300]), on=last, by=None, at=at)
    return seen, kept


@dataclass(frozen=True)
class Hearing:
    """How one listener stands."""

    listener: str
    behind: int
    waiting: int
    given_up: int


@dataclass(frozen=True)
class Standing:
    """What an operator wants to know at a glance."""

    last_block: Block | None
    unsealed: int
    hearings: list[Hearing]
    verified: Event | None


def standing() -> Standing:
    last = Block.objects.order_by("-number").first()
    end = last.last if last else 0
    heard = dict(Progress.objects.values_list("listener", "position"))
    counted = PendingDelivery.objects.values_list("listener").annotate(all=Count("pk"), given_up=Count("given_up_at"))
    pending = {name: (total - given_up, given_up) for name, total, given_up in counted}
    hearings = [
        Hearing(name, end - heard.get(name, end), *pending.get(name, (0, 0))) for name in sorted(listener.name for listener in LISTENERS)
    ]
    sealed = SealedEvent.objects.filter(position=end).values_list("event_id", flat=True).first() or 0
    verified = Event.objects.filter(subject_kind=Block._meta.label_lower, kind=LedgerVerified.kind).order_by("-id").first()
    return Standing(last, Event.objects.filter(id__gt=sealed).count(), hearings, verified)
