"""One folder from which the whole installation can be made again: `python -m deploy.backup make|restore|check FOLDER`.

The database is dumped in one snapshot; files are copied after it, and since files are only ever added, every file that
the dump names is in the copy. Again into the same folder, only what is new is copied. The secrets (`var/secrets.env`) are not
part of it: whoever finds a copy must not be able to open it. Keep them in another place; without them nothing opens.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from config.env import env
from deploy import postgres

# What lives beside the database: files by content, the ledger's keys and its witness, sealed signing keys, the demonstration's authority.
FOLDERS = ("files", "ledger", "witness", "keys", "demo_ca")
# Copied before the database: a witness that knew of later blocks than the dump would call the restored one a forgery.
BEFORE = ("ledger", "witness")
DUMP, MANIFEST = "database.dump", "manifest.json"


def _tool(name: str) -> str:
    # Ours is at least as new as any server that we run on; an older tool refuses a newer server.
    own = postgres.binaries() / name
    return str(own) if own.exists() else name


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def make(url: str, var: Path, folder: Path) -> dict[str, object]:
    """Copy everything into the folder and return what was copied."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    copied = sum(_copy(var / name, folder / name) for name in BEFORE if (var / name).is_dir())
    fresh = folder / f"{DUMP}.new"
    subprocess.run([_tool("pg_dump"), "--format=custom", "--no-owner", "--no-privileges", f"--file={fresh}", f"--dbname={url}"], check=True)
    copied += sum(_copy(var / name, folder / name) for name in FOLDERS if name not in BEFORE and (var / name).is_dir())
    fresh.replace(folder / DUMP)
    manifest: dict[str, object] = {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "dump_sha256": _digest(folder / DUMP),
        "dump_bytes": (folder / DUMP).stat().st_size,
        "files_copied": copied,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1))
    return manifest


def check(folder: Path) -> list[str]:
    """Return what is wrong with a copy: sentences, none when it can be restored."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
    except (OSError, ValueError):
        return [f"{folder} không phải bản sao lưu hoàn chỉnh (không đọc được {MANIFEST})."]
    if not (folder / DUMP).is_file() or _digest(folder / DUMP) != manifest["dump_sha256"]:
        return [f"{DUMP} thiếu hoặc đã bị thay đổi: không khôi phục từ bản này."]
    store = folder / "files"
    stored = (path for path in store.rglob("*") if path.is_file()) if store.is_dir() else iter(())
    # A file's name is its digest: each can say of itself whether it is whole.
    return [f"Tệp {path.name[:16]}… trong bản sao đã hỏng." for path in stored if len(path.name) == 64 and _digest(path) != path.name]


def restore(url: str, var: Path, folder: Path) -> None:
    """Fill an empty database and the folders beside it from a copy."""
    if wrong := check(folder):
        raise SystemExit("\n".join(wrong))
    with psycopg.connect(url, connect_timeout=10) as connection:
        row = connection.execute("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'").fetchone()
    if row and row[0]:
        raise SystemExit("Cơ sở dữ liệu đích không rỗng. Khôi phục chỉ ghi vào cơ sở dữ liệu rỗng, để không ai xóa nhầm dữ liệu đang dùng.")
    for name in FOLDERS:
        # A witness that is here already has seen more than the copy; what it saw is proof, and people decide (operating guide).
        if (folder / name).is_dir() and not (name == "witness" and (var / name / "heads.jsonl").exists()):
            _copy(folder / name, var / name)
    subprocess.run(
        [
            _tool("pg_restore"),
            "--no-owner",
            "--no-privileges",
            "--single-transaction",
            "--exit-on-error",
            f"--dbname={url}",
            str(folder / DUMP),
        ],
        check=True,
    )


def _copy(source: Path, target: Path) -> int:
    """Copy what is not there yet, or differs in size or time; each file appears whole or not at all."""
    copied = 0
    for path in sorted(source.rglob("*")):
        other = target / path.relative_to(source)
        if path.is_dir():
            other.mkdir(parents=True, exist_ok=True)
            continue
        there = other.stat() if other.exists() else None
        if there and there.st_size == path.stat().st_size and there.st_mtime_ns == path.stat().st_mtime_ns:
            continue
        other.parent.mkdir(parents=True, exist_ok=True)
        part = other.with_name(f"{other.name}.part")
        shutil.copy2(path, part)
        part.replace(other)
        copied += 1
    return copied


def main(words: list[str]) -> None:
    if len(words) != 2 or words[0] not in ("make", "restore", "check"):
        raise SystemExit("Cách dùng: python -m deploy.backup make|restore|check THƯ_MỤC")
    verb, folder = words[0], Path(words[1])
    if verb == "check":
        wrong = check(folder)
        print("\n".join(wrong) or "Bản sao lưu còn nguyên vẹn.")
        raise SystemExit(bool(wrong))
    if not env.database_url:
        postgres.start(env.var)
    url = env.database_url or postgres.embedded_url(env.var)
    if verb == "make":
        done = make(url, env.var, folder)
        size = f"{done['dump_bytes']:,}".replace(",", ".")
        print(f"Đã sao lưu vào {folder}: {size} byte dữ liệu, {done['files_copied']} tệp mới.")
        print(f"Bí mật KHÔNG nằm trong bản sao. Giữ {env.var / 'secrets.env'} ở nơi khác: thiếu nó, dữ liệu cá nhân không mở được.")
        return
    restore(url, env.var, folder)
    print("Đã khôi phục. Tiếp theo: manage.py grant_roles, verify_events, scrub_files; rồi make up.")


if __name__ == "__main__":
    main(sys.argv[1:])
