"""Checking the ledger: does every event still say what was sealed, in the order in which it was sealed?"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TextIO

from django.db import connection, transaction

from tinhso.kernel.ledger import FIELDS, NO_BLOCK, Ledger, leaf, merkle_root, signed_by
from tinhso.kernel.marks import mark_holds
from tinhso.kernel.models import Block
from tinhso.kernel.sealing import EVENT_COLUMNS, SEALER_LOCK, head_of

CHUNK = 20_000


@dataclass
class Report:
    """The verdict; `first_bad` is the earliest position that is not as it was sealed."""

    events: int = 0
    blocks: int = 0
    unsealed: int = 0
    witnessed: int = 0
    first_bad: int | None = None
    faults: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.faults

    def blame(self, position: int, sentence: str) -> None:
        self.first_bad = position if self.first_bad is None else min(self.first_bad, position)
        if len(self.faults) < 100:
            self.faults.append(f"vị trí {position}: {sentence}")

    def as_json(self) -> dict:
        return {"ok": self.ok, **asdict(self)}


@contextmanager
def one_moment() -> Iterator[None]:
    """See the database as it is now, until the end: what is sealed meanwhile would look like a fault."""
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        else:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [SEALER_LOCK])
        cursor.execute("SET LOCAL statement_timeout = 0")
        yield


def verify(ledger: Ledger) -> Report:
    """Compare events, seals, blocks and witness."""
    # The witness is read first: it may know less than the database, never more.
    witness = ledger.witnessed()
    with one_moment():
        return _verify(ledger, witness)


def _verify(ledger: Ledger, witness: list[dict]) -> Report:
    report, keys = Report(), ledger.public_keys()
    hashes = {entry["number"]: entry["hash"] for entry in witness}
    rows, previous, expected, number = _sealed(), NO_BLOCK, 1, 0
    row = next(rows, None)
    for block in Block.objects.order_by("number").iterator(chunk_size=2000):
        head, number = head_of(block), number + 1
        leaves: list[bytes] = []
        if block.number != number:
            report.blame(expected, f"thiếu khối {number}")
            number = block.number
        if block.first != expected:
            report.blame(min(expected, block.first), f"khối {block.number} không nối tiếp khối trước")
        if block.previous != previous:
            report.blame(block.first, f"khối {block.number} không chứa mã băm của khối trước")
        while row is not None and row[0] <= block.last:
            leaves.append(_check(report, row, block.first + len(leaves)))
            row = next(rows, None)
        if len(leaves) != block.last - block.first + 1 or merkle_root(leaves).hex() != block.root:
            report.blame(block.first, f"khối {block.number} không khớp gốc Merkle")
        if block.key_id not in keys or not signed_by(keys[block.key_id], head, block.signature):
            report.blame(block.first, f"chữ ký của khối {block.number} sai")
        if ledger.witness is not None and hashes.get(block.number, head.hash()) != head.hash():
            report.blame(block.first, f"khối {block.number} khác với khối mà nhân chứng đã thấy")
        previous, expected = head.hash(), block.last + 1
        report.blocks += 1
        report.events += len(leaves)
    if row is not None:
        report.blame(expected, "có vị trí không thuộc khối nào")
    _compare_witness(report, ledger, witness, number, expected)
    _check_unsealed(report, expected)
    _check_copies(report, expected)
    return report


def _check(report: Report, row: tuple, expected: int) -> bytes:
    """Return the leaf of the event as it is now, and blame what differs from the seal."""
    position, event_id, sealed, mark, *event = row
    if position != expected:
        report.blame(min(expected, position), "thiếu hoặc lặp vị trí")
    if event[0] is None:
        report.blame(position, f"sự kiện {event_id} đã bị xóa")
        return bytes(sealed)
    now = leaf(position, tuple(event))
    if now != bytes(sealed):
        report.blame(position, f"sự kiện {event_id} đã bị sửa")
    elif not is_ours(mark, event):
        report.blame(position, f"sự kiện {event_id} do nơi khác chèn vào, không phải chương trình ghi")
    return now


def is_ours(mark: bytes, event: list) -> bool:
    """Tell whether this program wrote the row; `event` holds the columns of `ledger.FIELDS`."""
    _id, *facts, at, _recorded_at, payload = event
    return mark_holds(bytes(mark), (*facts, at, json.loads(payload)))


def _compare_witness(report: Report, ledger: Ledger, witness: list[dict], last: int, end: int) -> None:
    report.witnessed = len(witness)
    if ledger.witness is None:
        return
    if last and not witness:
        report.blame(1, "không có sổ nhân chứng")
    for expected, entry in enumerate(witness, 1):
        if entry["number"] != expected:
            report.blame(entry["first"], f"sổ nhân chứng thiếu khối {expected}")
            break
    if witness and witness[-1]["number"] > last:
        lost = next(entry for entry in witness if entry["number"] > last)
        report.blame(min(end, lost["first"]), f"sổ bị cắt đuôi: nhân chứng đã thấy khối {witness[-1]['number']}, nay chỉ còn {last}")


def _check_unsealed(report: Report, end: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT e.mark, {EVENT_COLUMNS} FROM kernel_event e
            WHERE NOT EXISTS (SELECT 1 FROM kernel_sealedevent s WHERE s.event_id = e.id) ORDER BY e.id"""  # noqa: S608
        )
        for mark, *event in cursor:
            report.unsealed += 1
            if not is_ours(mark, event):
                report.blame(end, f"sự kiện {event[0]} do nơi khác chèn vào, chưa niêm phong")


def _check_copies(report: Report, end: int) -> None:
    """No two rows may carry one mark: the second is a copy of the first under another number."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT e.id, s.position FROM kernel_event e LEFT JOIN kernel_sealedevent s ON s.event_id = e.id
            JOIN (SELECT mark, min(id) AS first FROM kernel_event WHERE mark <> '' GROUP BY mark HAVING count(*) > 1) twice
            ON twice.mark = e.mark AND e.id > twice.first ORDER BY e.id LIMIT 100"""
        )
        for event_id, position in cursor.fetchall():
            report.blame(position or end, f"sự kiện {event_id} là bản sao của một sự kiện khác")


def _sealed() -> Iterator[tuple]:
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"""SELECT s.position, s.event_id, s.leaf, e.mark, {EVENT_COLUMNS}
                FROM kernel_sealedevent s LEFT JOIN kernel_event e ON e.id = s.event_id
                WHERE s.position > %s ORDER BY s.position LIMIT %s""",  # noqa: S608
                [after, CHUNK],
            )
            rows = cursor.fetchall()
        yield from rows
        if len(rows) < CHUNK:
            return
        after = rows[-1][0]


def export(to: TextIO) -> int:
    """Write blocks, each followed by its events, as JSON lines that `deploy/verify_export.py` reads; return how many events."""
    with one_moment():
        return _export(to)


def _export(to: TextIO) -> int:
    rows, written = _sealed(), 0
    row = next(rows, None)
    for block in Block.objects.order_by("number").iterator(chunk_size=2000):
        entry = {**asdict(head_of(block)), "signature": block.signature, "key_id": block.key_id}
        to.write(json.dumps({"block": entry}, sort_keys=True) + "\n")
        while row is not None and row[0] <= block.last:
            to.write(json.dumps({"position": row[0], "event": dict(zip(FIELDS, row[4:], strict=True))}, sort_keys=True) + "\n")
            written += 1
            row = next(rows, None)
    return written
