"""A copy from which everything comes back, and which says when it would not."""

import pytest
from django.db import connection
from psycopg import sql

from deploy import backup
from tinhso.dossiers.testing import build_office, filed, publish


def url_of(name: str) -> str:
    facts = connection.settings_dict
    return f"postgresql://{facts['USER']}:{facts['PASSWORD']}@/{name}?host={facts['HOST']}&port={facts['PORT'] or 5432}"


@pytest.fixture
def copied(transactional_db, tmp_path, settings):
    """A copy of a database with one dossier and of a file beside it."""
    var = tmp_path / "var"
    dossier = filed(build_office(), publish())
    paper = dossier.papers.get().file
    stored = var / "files" / paper.sha256[:2] / paper.sha256
    stored.parent.mkdir(parents=True)
    stored.write_bytes(b"%PDF-1.4 sample")
    backup.make(url_of(connection.settings_dict["NAME"]), var, tmp_path / "copy")
    return tmp_path / "copy", dossier


@pytest.fixture
def empty(transactional_db):
    """An empty database beside the test's own."""
    name = f"{connection.settings_dict['NAME']}_restored"
    with connection._nodb_cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield url_of(name)
    with connection._nodb_cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def test_everything_comes_back(copied, empty, tmp_path):
    import psycopg

    folder, dossier = copied
    backup.restore(empty, tmp_path / "elsewhere", folder)
    with psycopg.connect(empty) as there:
        assert there.execute("SELECT code, status FROM dossiers_dossier").fetchall() == [(dossier.code, dossier.status)]
    paper = dossier.papers.get().file.sha256
    assert (tmp_path / "elsewhere" / "files" / paper[:2] / paper).read_bytes() == b"%PDF-1.4 sample"
    with pytest.raises(SystemExit, match="không rỗng"):
        backup.restore(empty, tmp_path / "elsewhere", folder)


def test_a_damaged_copy_says_so(copied):
    folder, dossier = copied
    assert backup.check(folder) == []
    paper = dossier.papers.get().file.sha256
    (folder / "files" / paper[:2] / paper).write_bytes(b"%PDF-1.4 altered")
    assert backup.check(folder) == [f"Tệp {paper[:16]}… trong bản sao đã hỏng."]
    (folder / backup.DUMP).write_bytes(b"cut off")
    assert backup.check(folder) == ["database.dump thiếu hoặc đã bị thay đổi: không khôi phục từ bản này."]


def test_what_is_sealed_while_the_copy_is_made_is_healed_after_the_restore(transactional_db, empty, tmp_path, monkeypatch):
    """The sealer works on during the dump: the copy's witness may know less than the dump, never more."""
    from django.utils.timezone import now

    from tinhso.kernel.ledger import Ledger
    from tinhso.kernel.sealing import Sealer
    from tinhso.kernel.tests.happenings import drafted

    var, folder = tmp_path / "var", tmp_path / "copy"
    ledger = Ledger(var / "ledger", var / "witness" / "heads.jsonl")
    sealer, run = Sealer(ledger), backup.subprocess.run

    def dump(words, **options):
        drafted(2)
        sealer.seal(at=now())
        done = run(words, **options)
        drafted(3)
        sealer.seal(at=now())
        return done

    drafted(1)
    sealer.seal(at=now())
    monkeypatch.setattr(backup.subprocess, "run", dump)
    backup.make(url_of(connection.settings_dict["NAME"]), var, folder)
    monkeypatch.undo()
    assert len((folder / "witness" / "heads.jsonl").read_text().splitlines()) == 1
    backup.restore(empty, tmp_path / "elsewhere", folder)
    # On the machine whose witness has seen more, that is kept: people decide.
    seen = (var / "witness" / "heads.jsonl").read_text()
    with connection._nodb_cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(empty.split("@/")[1].split("?")[0])))
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(empty.split("@/")[1].split("?")[0])))
    backup.restore(empty, var, folder)
    assert (var / "witness" / "heads.jsonl").read_text() == seen
    assert (tmp_path / "elsewhere" / "witness" / "heads.jsonl").read_text().count("\n") == 1
