"""Random tampering: whatever an intruder does to the tables, the ledger tells, and names nothing before the place.

TINHSO_TAMPERINGS chooses how many are tried (1,000 in a nightly run), TINHSO_SEED which.
"""

import os
import random

import pytest
from django.db import connection, transaction
from django.utils.timezone import now

from tinhso.kernel.ledger import Ledger, leaf
from tinhso.kernel.marks import make_mark
from tinhso.kernel.models import Event
from tinhso.kernel.sealing import Sealer
from tinhso.kernel.tests.happenings import happen, tamper
from tinhso.kernel.verifying import _sealed, verify

pytestmark = pytest.mark.django_db
TIMES = int(os.environ.get("TINHSO_TAMPERINGS", "100"))
SEED = int(os.environ.get("TINHSO_SEED", "2026"))
BLOCKS = (3, 1, 5, 2, 4, 1, 6, 3)
END = sum(BLOCKS)


@pytest.fixture
def ledger(tmp_path) -> Ledger:
    found = Ledger(tmp_path / "ledger", tmp_path / "witness" / "heads.jsonl")
    sealer, number = Sealer(found), 0
    for size in BLOCKS:
        happen(*range(number, number + size))
        number += size
        sealer.seal(at=now())
    return found


def first_of_block(position: int) -> int:
    first = 1
    for size in BLOCKS:
        if position < first + size:
            return first
        first += size
    return first


def reseal_from(ledger: Ledger, position: int) -> None:
    """Forget the seals from the block of a position on and seal anew, with the stolen key and out of the witness's sight."""
    first = first_of_block(position)
    tamper("DELETE FROM kernel_sealedevent WHERE position >= %s", first)
    tamper("DELETE FROM kernel_block WHERE first >= %s", first)
    Sealer(Ledger(ledger.folder, None)).seal(at=now(), sweep=True)


def id_at(position: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT event_id FROM kernel_sealedevent WHERE position = %s", [position])
        return cursor.fetchone()[0]


def edit(dice, ledger, place):
    column = dice.choice(["actor_id = 9", "agency_id = 9", "subject_id = 99", "kind = 'kernel.X'", "at = at - interval '1 day'"])
    column = dice.choice([column, """payload = '{"number": -1}'"""])
    tamper(f"UPDATE kernel_event SET {column} WHERE id = %s", id_at(place))  # noqa: S608


def edit_and_forge(dice, ledger, place):
    edit(dice, ledger, place)
    row = next(row for row in _sealed() if row[0] == place)
    tamper("UPDATE kernel_sealedevent SET leaf = %s WHERE position = %s", leaf(place, tuple(row[4:])), place)


def edit_and_reseal(dice, ledger, place):
    edit(dice, ledger, place)
    reseal_from(ledger, place)


def delete(dice, ledger, place):
    tamper("DELETE FROM kernel_event WHERE id = %s", id_at(place))


def delete_with_seal(dice, ledger, place):
    delete(dice, ledger, place)
    tamper("DELETE FROM kernel_sealedevent WHERE position = %s", place)


def delete_and_reseal(dice, ledger, place):
    delete(dice, ledger, place)
    reseal_from(ledger, place)


def cut_tail(dice, ledger, place):
    first = first_of_block(place)
    tamper("DELETE FROM kernel_event WHERE id IN (SELECT event_id FROM kernel_sealedevent WHERE position >= %s)", first)
    tamper("DELETE FROM kernel_sealedevent WHERE position >= %s", first)
    tamper("DELETE FROM kernel_block WHERE first >= %s", first)


def swap(dice, ledger, place):
    other = dice.choice([position for position in range(1, END + 1) if position != place])
    tamper(
        """UPDATE kernel_event a SET payload = b.payload, mark = b.mark, at = b.at, subject_id = b.subject_id
        FROM kernel_event b WHERE (a.id, b.id) IN ((%s, %s), (%s, %s))""",
        *(id_at(place), id_at(other), id_at(other), id_at(place)),
    )
    return min(place, other)


def duplicate(dice, ledger, place):
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO kernel_event (kind, subject_kind, subject_id, at, payload, mark)
            SELECT kind, subject_kind, subject_id, at, payload, mark FROM kernel_event WHERE id = %s""",
            [id_at(place)],
        )
    Sealer(ledger).seal(at=now())
    return END + 1


def insert(dice, ledger, place):
    mark = dice.choice([b"", dice.randbytes(24)])
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO kernel_event (kind, subject_kind, subject_id, at, payload, mark)
            VALUES ('kernel.Counted', 'kernel.counter', 1, now() - interval '1 month', '{"number": 1}', %s)""",
            [mark],
        )
    if dice.random() < 0.5:
        Sealer(ledger).seal(at=now())
    return END + 1


def lose_block(dice, ledger, place):
    tamper("DELETE FROM kernel_block WHERE first = %s", first_of_block(place))


def forge_head(dice, ledger, place):
    column = dice.choice(
        ["root = repeat('0', 64)", "previous = repeat('1', 64)", "sealed_at = '2020-01-01'", "signature = repeat('a', 128)"]
    )
    tamper(f"UPDATE kernel_block SET {column} WHERE first = %s", first_of_block(place))  # noqa: S608


WAYS = [
    *(edit, edit_and_forge, edit_and_reseal, delete, delete_with_seal, delete_and_reseal, cut_tail, swap, duplicate, insert),
    *(lose_block, forge_head),
]


class Undone(Exception):
    pass


def test_every_tampering_is_found_and_placed(ledger):
    dice = random.Random(SEED)
    missed, misplaced, first_bad = [], [], None
    for number in range(TIMES):
        way, place = dice.choice(WAYS), dice.randint(1, END)
        witness = ledger.witness.read_bytes()
        with pytest.raises(Undone), transaction.atomic():
            touched = way(dice, ledger, place) or place
            first_bad = verify(ledger).first_bad
            raise Undone
        ledger.witness.write_bytes(witness)
        if first_bad is None:
            missed.append((number, way.__name__, place))
        elif not (touched if touched > END else first_of_block(touched)) <= first_bad <= touched:
            misplaced.append((number, way.__name__, place, first_bad))
    assert (missed, misplaced) == ([], []), f"seed {SEED}"
    assert verify(ledger).as_json() == {
        "ok": True, "events": END, "blocks": len(BLOCKS), "unsealed": 0, "witnessed": len(BLOCKS), "first_bad": None, "faults": [],
    }  # fmt: skip


def mark_anew(place: int) -> None:
    """Write the mark that fits an altered event: what a thief could do who also has the key that is not in the database."""
    event = Event.objects.get(pk=id_at(place))
    facts = (event.kind, event.subject_kind, event.subject_id, event.agency_id, event.actor_id, event.at, event.payload)
    tamper("UPDATE kernel_event SET mark = %s WHERE id = %s", make_mark(facts), event.pk)


def test_a_rewrite_with_every_stolen_key_passes_for_all_but_the_witness(ledger):
    """The control: with the marks' key and the seals' key a rewrite to the end is perfect; it is the witness that tells, not luck."""
    tamper("UPDATE kernel_event SET actor_id = 9 WHERE id = %s", id_at(4))
    reseal_from(ledger, 4)
    assert not verify(Ledger(ledger.folder, None)).ok
    mark_anew(4)
    reseal_from(ledger, 4)
    assert verify(Ledger(ledger.folder, None)).ok
    assert not verify(ledger).ok
