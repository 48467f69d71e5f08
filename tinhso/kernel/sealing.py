"""Sealing: giving committed events their positions, block by block.

Events get their numbers before they are committed, so a lower number may appear after a higher one.
The sealer reads forward, remembers the numbers it missed and looks for them again; what turns up later
still is found by a sweep. Nobody ever waits for a lock of the sealer.

The worker asks five times a second instead of being notified: NOTIFY takes a lock of the whole
database while a transaction commits, so writers would queue one behind the other.
"""

from contextlib import closing
from datetime import UTC, datetime
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection, transaction

from tinhso.kernel.ledger import NO_BLOCK, Head, Ledger, LedgerBroken, key_id, leaf, merkle_root, witness_entry
from tinhso.kernel.models import Block

SEALER_LOCK = 7102
BATCH = 5000
# No transaction lives as long: statements end after 15 seconds, idle transactions after 60.
SETTLED = "10 minutes"
TIME = '\'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\''
# The columns of `ledger.FIELDS`, as text that means the same everywhere.
EVENT_COLUMNS = f"""e.id, e.kind, e.subject_kind, e.subject_id, e.agency_id, e.actor_id,
    to_char(e.at AT TIME ZONE 'UTC', {TIME}), to_char(e.recorded_at AT TIME ZONE 'UTC', {TIME}), e.payload::text"""


class Gap(NamedTuple):
    """Numbers that were not there when their neighbours were: still in flight, or rolled back."""

    first: int
    last: int
    seen_at: datetime


def default_ledger(*, witnessed: bool = True) -> Ledger:
    return Ledger(settings.VAR / "ledger", settings.VAR / "witness" / "heads.jsonl" if witnessed else None)


class Sealer:
    """One at a time in the whole installation; several may try, so that one is always there."""

    def __init__(self, ledger: Ledger):
        self.ledger = ledger
        self.read_to = -1
        self.gaps: list[Gap] = []
        self._key: Ed25519PrivateKey | None = None
        self._seen: list[int] = []

    def seal(self, *, at: datetime, sweep: bool = False) -> int:
        """Seal what is new (`sweep`: whatever is unsealed, however old) and return how many events."""
        with transaction.atomic(), closing(connection.cursor()) as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALER_LOCK])
            if not cursor.fetchone()[0]:
                return 0
            if self.read_to < 0:
                self.read_to = self._where_to_begin(cursor)
            last = Block.objects.order_by("-number").first()
            self._compare_with_witness(last)
            fresh, read_to = self._swept(cursor) if sweep else self._fresh(cursor)
            while not fresh and len(self._seen) == BATCH:
                # Sealed before we started: read past it.
                self._moved_to(read_to, [], at)
                fresh, read_to = self._fresh(cursor)
            if not fresh:
                self._moved_to(read_to, [], at)
                return 0
            entry = self._seal_block(cursor, last, fresh, at)
        # Only what is committed is witnessed; a crash just here is healed at the next block.
        self.ledger.bear_witness([entry])
        self._moved_to(read_to, fresh, at)
        return len(fresh)

    def _where_to_begin(self, cursor) -> int:
        cursor.execute(
            f"""SELECT least(
                (SELECT coalesce(max(event_id), 0) FROM kernel_sealedevent),
                (SELECT coalesce((SELECT id FROM kernel_event WHERE recorded_at < now() - interval '{SETTLED}' ORDER BY id DESC LIMIT 1), 0)))"""  # noqa: S608
        )
        return cursor.fetchone()[0]

    def _fresh(self, cursor) -> tuple[list[tuple], int]:
        found: list[tuple] = []
        if self.gaps:
            cursor.execute(
                f"""SELECT {EVENT_COLUMNS}
                FROM unnest(%s::bigint[], %s::bigint[]) AS gap(first, last)
                JOIN kernel_event e ON e.id BETWEEN gap.first AND gap.last
                LEFT JOIN kernel_sealedevent s ON s.event_id = e.id
                WHERE s.event_id IS NULL ORDER BY e.id LIMIT %s""",  # noqa: S608
                [[gap.first for gap in self.gaps], [gap.last for gap in self.gaps], BATCH],
            )
            found = cursor.fetchall()
        cursor.execute(
            f"""SELECT {EVENT_COLUMNS}, s.event_id IS NULL FROM kernel_event e LEFT JOIN kernel_sealedevent s ON s.event_id = e.id
            WHERE e.id > %s ORDER BY e.id LIMIT %s""",  # noqa: S608
            [self.read_to, BATCH],
        )
        rows = cursor.fetchall()
        self._seen = [row[0] for row in rows]
        found += [row[:-1] for row in rows if row[-1]]
        return found, rows[-1][0] if rows else self.read_to

    def _swept(self, cursor) -> tuple[list[tuple], int]:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(
            f"""SELECT {EVENT_COLUMNS} FROM kernel_event e
            WHERE NOT EXISTS (SELECT 1 FROM kernel_sealedevent s WHERE s.event_id = e.id) ORDER BY e.id LIMIT %s""",  # noqa: S608
            [BATCH],
        )
        self._seen = []
        return cursor.fetchall(), self.read_to

    def _seal_block(self, cursor, last: Block | None, events: list[tuple], at: datetime) -> dict:
        first = last.last + 1 if last else 1
        leaves = [leaf(first + offset, event) for offset, event in enumerate(events)]
        head = Head(
            number=last.number + 1 if last else 1,
            first=first,
            last=first + len(events) - 1,
            root=merkle_root(leaves).hex(),
            previous=head_of(last).hash() if last else NO_BLOCK,
            sealed_at=f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z",
        )
        key = self._key = self._key or self.ledger.key()
        name, signature = key_id(key.public_key()), key.sign(head.text()).hex()
        cursor.execute(
            "INSERT INTO kernel_sealedevent (position, event_id, leaf) SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[])",
            [list(range(first, first + len(events))), [event[0] for event in events], leaves],
        )
        Block(**vars(head), key_id=name, signature=signature).save(force_insert=True)
        return witness_entry(head, signature, name)

    def _compare_with_witness(self, last: Block | None) -> None:
        """Stop where the witness knows another past; tell it of a block whose witnessing a crash cut off."""
        seen = self.ledger.last_witnessed()
        if seen is None:
            missing = Block.objects.order_by("number") if self.ledger.witness else []
        elif last is None or seen["number"] > last.number:
            raise LedgerBroken(f"the witness saw block {seen['number']}, the database ends with {last.number if last else 0}")
        else:
            same = Block.objects.filter(number=seen["number"]).first()
            if same is None or head_of(same).hash() != seen["hash"]:
                raise LedgerBroken(f"block {seen['number']} is not the one that the witness saw")
            missing = Block.objects.filter(number__gt=seen["number"]).order_by("number") if last.number > seen["number"] else []
        self.ledger.bear_witness([witness_entry(head_of(block), block.signature, block.key_id) for block in missing])

    def _moved_to(self, read_to: int, sealed: list[tuple], at: datetime) -> None:
        """Remember the numbers that were missing, and forget those that never came."""
        gaps = []
        expected = self.read_to + 1
        for number in self._seen:
            if number > expected:
                gaps.append(Gap(expected, number - 1, at))
            expected = number + 1
        self.read_to = read_to
        done = {event[0] for event in sealed}
        self.gaps = [
            gap for gap in self.gaps if (at - gap.seen_at).total_seconds() < 600 and not (gap.first == gap.last and gap.first in done)
        ]
        self.gaps += gaps


def head_of(block: Block) -> Head:
    return Head(block.number, block.first, block.last, block.root, block.previous, block.sealed_at)
