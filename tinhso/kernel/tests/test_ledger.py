import io
import json
import subprocess
import sys
import time
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils.timezone import now

from config.env import ROOT
from deploy import verify_export
from tinhso.kernel.audit import accept_restored
from tinhso.kernel.errors import Refused
from tinhso.kernel.events import record, restore
from tinhso.kernel.ledger import Ledger, LedgerBroken, key_id, leaf, merkle_root
from tinhso.kernel.models import Block, Counter, Event, SealedEvent
from tinhso.kernel.sealing import Sealer, head_of
from tinhso.kernel.tests.happenings import MOMENT, Weighed, drafted, happen, tamper
from tinhso.kernel.verifying import _sealed, export, verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "ledger", tmp_path / "witness" / "heads.jsonl")


@pytest.fixture
def sealed(ledger):
    """Nine events in three blocks of three."""
    sealer = Sealer(ledger)
    for first in (1, 4, 7):
        happen(first, first + 1, first + 2)
        assert sealer.seal(at=now()) == 3
    return ledger


def verdict(ledger) -> tuple[int | None, list[str]]:
    report = verify(ledger)
    return report.first_bad, report.faults


def event_at(position: int) -> int:
    return SealedEvent.objects.get(position=position).event_id


def outside_verdict(ledger, tmp_path) -> tuple[int | None, int]:
    """What the checker says that knows nothing of our program or database."""
    text = io.StringIO()
    export(text)
    keys = verify_export.load_keys(ledger.folder.glob("*.pub"))
    checked = verify_export.verify(text.getvalue().splitlines(), keys, verify_export.load_witness(ledger.witness))
    return checked.first_bad, checked.events


def test_what_nobody_touched_is_intact(sealed, tmp_path):
    assert verify(sealed).as_json() == {
        "ok": True, "events": 9, "blocks": 3, "unsealed": 0, "witnessed": 3, "first_bad": None, "faults": [],
    }  # fmt: skip
    assert outside_verdict(sealed, tmp_path) == (None, 9)


def test_blocks_are_chained_and_dense(sealed):
    blocks = list(Block.objects.order_by("number"))
    assert [(block.number, block.first, block.last) for block in blocks] == [(1, 1, 3), (2, 4, 6), (3, 7, 9)]
    assert [block.previous for block in blocks] == ["0" * 64, head_of(blocks[0]).hash(), head_of(blocks[1]).hash()]


def test_drafted_events_and_rich_payloads_are_ours(ledger):
    drafted(1, 2)
    notes = {"lời": 'Bố mẹ "A" & con\n', "số": [1.0, 1e22, 1e-7, -0.0, 12345678901234567890], "không": None, "đúng": True}
    record(Weighed(2.50, notes), on=Counter(pk=1), by=None, at=MOMENT)
    Sealer(ledger).seal(at=now())
    assert verdict(ledger) == (None, [])


@pytest.mark.parametrize(
    "edit",
    [
        """payload = '{"number": 50}'""",
        """payload = '{"number": 5.0}'""",
        "at = at - interval '1 microsecond'",
        "recorded_at = recorded_at - interval '1 day'",
        "actor_id = 7",
        "agency_id = 7",
        "subject_id = 2",
        "kind = 'kernel.Weighed'",
    ],
)
def test_an_edited_event_is_found(sealed, tmp_path, edit):
    tamper(f"UPDATE kernel_event SET {edit} WHERE id = %s", event_at(5))  # noqa: S608
    assert verdict(sealed) == (4, [f"vị trí 5: sự kiện {event_at(5)} đã bị sửa", "vị trí 4: khối 2 không khớp gốc Merkle"])
    assert outside_verdict(sealed, tmp_path) == (4, 9)


def test_an_edit_with_its_seal_forged_is_found(sealed):
    tamper("""UPDATE kernel_event SET payload = '{"number": 50}' WHERE id = %s""", event_at(5))
    forge_leaf(5)
    assert verdict(sealed) == (
        4,
        [f"vị trí 5: sự kiện {event_at(5)} do nơi khác chèn vào, không phải chương trình ghi", "vị trí 4: khối 2 không khớp gốc Merkle"],
    )


def test_a_rewritten_chain_with_a_stolen_key_is_found_by_mark_and_witness(sealed):
    """The intruder owns the database and the signing key, edits event 5 and seals everything anew."""
    tamper("""UPDATE kernel_event SET payload = '{"number": 50}' WHERE id = %s""", event_at(5))
    tamper("DELETE FROM kernel_sealedevent WHERE position >= 4")
    tamper("DELETE FROM kernel_block WHERE number >= 2")
    Sealer(Ledger(sealed.folder, None)).seal(at=now(), sweep=True)
    assert verdict(sealed) == (
        4,
        [
            f"vị trí 5: sự kiện {event_at(5)} do nơi khác chèn vào, không phải chương trình ghi",
            "vị trí 4: khối 2 khác với khối mà nhân chứng đã thấy",
            "vị trí 7: sổ bị cắt đuôi: nhân chứng đã thấy khối 3, nay chỉ còn 2",
        ],
    )


def test_a_block_signed_by_a_strange_key_is_found(sealed):
    block = Block.objects.get(number=2)
    strange = Ed25519PrivateKey.generate()
    signature = strange.sign(head_of(block).text()).hex()
    tamper("UPDATE kernel_block SET key_id = %s, signature = %s WHERE number = 2", key_id(strange.public_key()), signature)
    assert verdict(sealed) == (4, ["vị trí 4: chữ ký của khối 2 sai"])


def test_a_deleted_event_is_found(sealed, tmp_path):
    gone = event_at(5)
    tamper("DELETE FROM kernel_event WHERE id = %s", gone)
    assert verdict(sealed) == (5, [f"vị trí 5: sự kiện {gone} đã bị xóa"])
    assert outside_verdict(sealed, tmp_path) == (4, 9)


def test_an_event_deleted_with_its_seal_is_found(sealed, tmp_path):
    gone = event_at(5)
    tamper("DELETE FROM kernel_event WHERE id = %s", gone)
    tamper("DELETE FROM kernel_sealedevent WHERE position = 5")
    assert verdict(sealed) == (4, ["vị trí 5: thiếu hoặc lặp vị trí", "vị trí 4: khối 2 không khớp gốc Merkle"])
    assert outside_verdict(sealed, tmp_path) == (4, 8)


def test_a_deleted_block_is_found(sealed):
    tamper("DELETE FROM kernel_sealedevent WHERE position BETWEEN 4 AND 6")
    tamper("DELETE FROM kernel_block WHERE number = 2")
    assert verdict(sealed) == (
        4,
        [
            "vị trí 4: thiếu khối 2",
            "vị trí 4: khối 3 không nối tiếp khối trước",
            "vị trí 7: khối 3 không chứa mã băm của khối trước",
        ],
    )


def test_a_tail_cut_off_is_found_and_nothing_is_sealed_over_it(sealed, tmp_path):
    tamper("DELETE FROM kernel_event WHERE id >= %s", event_at(7))
    tamper("DELETE FROM kernel_sealedevent WHERE position >= 7")
    tamper("DELETE FROM kernel_block WHERE number = 3")
    assert verdict(sealed) == (7, ["vị trí 7: sổ bị cắt đuôi: nhân chứng đã thấy khối 3, nay chỉ còn 2"])
    assert outside_verdict(sealed, tmp_path) == (7, 6)
    happen(10)
    with pytest.raises(LedgerBroken):
        Sealer(sealed).seal(at=now())


def test_after_a_restore_people_decide_to_go_on_and_the_old_witness_is_kept(sealed):
    with pytest.raises(Refused, match="không thiếu khối nào"):
        accept_restored(sealed, reason="thử", at=MOMENT)
    tamper("DELETE FROM kernel_event WHERE id >= %s", event_at(7))
    tamper("DELETE FROM kernel_sealedevent WHERE position >= 7")
    tamper("DELETE FROM kernel_block WHERE number = 3")
    with pytest.raises(Refused) as refused:
        accept_restored(sealed, reason=" ", at=MOMENT)
    assert refused.value.field == "reason"
    assert accept_restored(sealed, reason="Phục hồi bản sao 23/04", at=MOMENT) == (3, 2)
    assert Sealer(sealed).seal(at=now()) == 1
    assert verdict(sealed) == (None, [])
    assert restore(Event.objects.latest("id")).says() == (
        "Nhận lại sổ sự kiện sau khi phục hồi: nhân chứng đã thấy khối 3, nay còn 2. Lý do: Phục hồi bản sao 23/04"
    )
    assert len((sealed.witness.parent / "heads-before-20260423T030000.jsonl").read_text().splitlines()) == 3


def test_a_broken_ledger_is_not_accepted(sealed):
    tamper("DELETE FROM kernel_sealedevent WHERE position >= 7")
    tamper("DELETE FROM kernel_block WHERE number = 3")
    tamper("DELETE FROM kernel_event WHERE id = %s", event_at(2))
    with pytest.raises(Refused, match="không nguyên vẹn từ vị trí 2"):
        accept_restored(sealed, reason="x", at=MOMENT)


def test_an_event_inserted_by_hand_is_found_before_and_after_it_is_sealed(sealed):
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO kernel_event (kind, subject_kind, subject_id, at, payload, mark)
            SELECT kind, subject_kind, subject_id, at, '{"number": 10}', '' FROM kernel_event WHERE id = %s RETURNING id""",
            [event_at(9)],
        )
        inserted = cursor.fetchone()[0]
    assert verdict(sealed) == (10, [f"vị trí 10: sự kiện {inserted} do nơi khác chèn vào, chưa niêm phong"])
    Sealer(sealed).seal(at=now())
    assert verdict(sealed) == (10, [f"vị trí 10: sự kiện {inserted} do nơi khác chèn vào, không phải chương trình ghi"])


def test_a_genuine_event_inserted_again_is_found(sealed):
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO kernel_event (kind, subject_kind, subject_id, at, payload, mark)
            SELECT kind, subject_kind, subject_id, at, payload, mark FROM kernel_event WHERE id = %s RETURNING id""",
            [event_at(9)],
        )
        copied = cursor.fetchone()[0]
    Sealer(sealed).seal(at=now())
    assert verdict(sealed) == (10, [f"vị trí 10: sự kiện {copied} là bản sao của một sự kiện khác"])


def test_an_event_pushed_into_the_past_is_found(sealed, tmp_path):
    """Inserted between 5 and 6, with everything after moved up by one."""
    inserted = happen(99)[0].pk
    tamper("UPDATE kernel_sealedevent SET position = position + 100 WHERE position >= 6")
    tamper("UPDATE kernel_sealedevent SET position = position - 99 WHERE position > 100")
    tamper("INSERT INTO kernel_sealedevent (position, event_id, leaf) VALUES (6, %s, %s)", inserted, b"\0" * 32)
    forge_leaf(6)
    first_bad, _faults = verdict(sealed)
    assert first_bad == 4
    assert outside_verdict(sealed, tmp_path)[0] == 4


def test_two_events_that_changed_places_are_found(sealed, tmp_path):
    fifth, sixth = event_at(5), event_at(6)
    tamper("UPDATE kernel_sealedevent SET event_id = -event_id WHERE position IN (5, 6)")
    tamper("UPDATE kernel_sealedevent SET event_id = CASE position WHEN 5 THEN %s ELSE %s END WHERE position IN (5, 6)", sixth, fifth)
    assert verdict(sealed) == (
        4,
        [
            f"vị trí 5: sự kiện {sixth} đã bị sửa",
            f"vị trí 6: sự kiện {fifth} đã bị sửa",
            "vị trí 4: khối 2 không khớp gốc Merkle",
        ],
    )
    assert outside_verdict(sealed, tmp_path) == (4, 9)


def test_two_blocks_that_changed_places_are_found(sealed):
    tamper("UPDATE kernel_block SET number = CASE number WHEN 2 THEN 30 ELSE 20 END WHERE number > 1")
    tamper("UPDATE kernel_block SET number = number / 10 WHERE number > 3")
    assert verdict(sealed)[0] == 4


def test_a_lost_witness_is_not_a_clean_bill(sealed):
    sealed.witness.unlink()
    assert verdict(sealed) == (1, ["vị trí 1: không có sổ nhân chứng"])


@pytest.mark.parametrize("table", ["kernel_event", "kernel_sealedevent", "kernel_block"])
@pytest.mark.parametrize("verb", ["DELETE FROM {}", "UPDATE {} SET {} = {}"])
def test_the_database_refuses_to_change_what_happened(sealed, table, verb):
    column = {"kernel_event": "kind", "kernel_sealedevent": "leaf", "kernel_block": "root"}[table]
    with pytest.raises(DatabaseError, match=f"rows of {table} are written once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb.format(table, column, column))


def test_numbers_that_come_late_are_sealed_and_rolled_back_ones_are_not_missed(ledger):
    """A lower number may be committed after a higher one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('kernel_event', 'id')) FROM generate_series(1, 3)")
        early, _never, _never_either = [row[0] for row in cursor.fetchall()]
    sealer = Sealer(ledger)
    (after,) = happen(1)
    assert sealer.seal(at=now()) == 1
    late = happen(2)[0]
    tamper("UPDATE kernel_event SET id = %s WHERE id = %s", early, late.pk)
    assert sealer.seal(at=now()) == 1
    assert list(SealedEvent.objects.order_by("position").values_list("event_id", flat=True)) == [after.pk, early]
    assert verdict(ledger) == (None, [])


def test_a_sealer_that_dies_before_it_commits_seals_nothing_and_the_next_one_does(sealed, monkeypatch):
    happen(10)
    broken = Sealer(sealed)
    monkeypatch.setattr(broken, "_seal_block", lambda *given: (Sealer._seal_block(broken, *given), 1 / 0))
    with pytest.raises(ZeroDivisionError):
        broken.seal(at=now())
    assert SealedEvent.objects.count() == 9
    assert Sealer(sealed).seal(at=now()) == 1
    assert verdict(sealed) == (None, [])


def test_a_sealer_that_dies_after_it_commits_is_witnessed_later(sealed, monkeypatch):
    happen(10)
    dying = Sealer(sealed)
    monkeypatch.setattr(sealed, "bear_witness", lambda entries: 1 / 0 if entries else None)
    with pytest.raises(ZeroDivisionError):
        dying.seal(at=now())
    monkeypatch.undo()
    sealed.witness.write_bytes(sealed.witness.read_bytes() + b'{"number": 4, "fir')
    assert (SealedEvent.objects.count(), len(sealed.witnessed())) == (10, 3)
    assert Sealer(sealed).seal(at=now()) == 0
    assert [entry["number"] for entry in sealed.witnessed()] == [1, 2, 3, 4]
    assert verdict(sealed) == (None, [])


@pytest.mark.faults
def test_a_worker_killed_again_and_again_seals_everything_once(tmp_path, worker):
    recorded = 0
    for wait in (0.0, 0.05, 0.2):
        process = worker()
        sealed, until = SealedEvent.objects.count(), time.monotonic() + 30
        recorded += len(drafted(*range(300)))
        while SealedEvent.objects.count() == sealed and time.monotonic() < until:
            recorded += len(drafted(1))
        assert SealedEvent.objects.count() > sealed
        moment = time.monotonic() + wait
        while time.monotonic() < moment:
            recorded += len(drafted(1))
        process.kill()
        process.wait()
    ledger = Ledger(tmp_path / "ledger", tmp_path / "witness" / "heads.jsonl")
    sealer = Sealer(ledger)
    while sealer.seal(at=now()):
        pass
    report = verify(ledger)
    assert (report.faults, report.events, report.unsealed) == ([], recorded, 0)


def test_the_command_prints_json_and_fails_when_something_is_wrong(sealed, settings, capsys):
    settings.VAR = sealed.folder.parent
    call_command("verify_events", "--json")
    assert json.loads(capsys.readouterr().out) == verify(sealed).as_json()
    tamper("DELETE FROM kernel_event WHERE id = %s", event_at(2))
    with pytest.raises(SystemExit) as ended:
        call_command("verify_events", "--json")
    said = json.loads(capsys.readouterr().out)
    assert (ended.value.code, said["ok"], said["first_bad"]) == (1, False, 2)


def test_the_export_is_checked_without_our_program(sealed, settings, tmp_path):
    settings.VAR = sealed.folder.parent
    file = tmp_path / "export.jsonl"
    call_command("export_events", str(file))
    words = [sys.executable, "deploy/verify_export.py", str(file), "--witness", str(sealed.witness), "--json"]
    for key in sealed.folder.glob("*.pub"):
        words += ["--key", str(key)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, json.loads(done.stdout)) == (0, {"ok": True, "events": 9, "blocks": 3, "first_bad": None, "faults": []})
    file.write_text(file.read_text().replace('\\"number\\": 5', '\\"number\\": 6'))
    assert subprocess.run(words, cwd=ROOT, capture_output=True).returncode == 1


def test_merkle_roots_are_those_of_rfc_6962():
    leaves = [leaf(position, (position,) * 9) for position in range(1, 4)]
    pair = sha256(b"\1" + leaves[0] + leaves[1]).digest()
    assert [merkle_root(leaves[:1]), merkle_root(leaves)] == [leaves[0], sha256(b"\1" + pair + leaves[2]).digest()]


def forge_leaf(position: int) -> None:
    """Write the leaf that the event has now into its seal."""
    row = next(row for row in _sealed() if row[0] == position)
    tamper("UPDATE kernel_sealedevent SET leaf = %s WHERE position = %s", leaf(position, tuple(row[4:])), position)
