"""The arithmetic of the ledger: leaves, Merkle roots, heads, keys and the witness. No database in here.

`deploy/verify_export.py` says the same again without this program; change both or none.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

NO_BLOCK = "0" * 64
FIELDS = ("id", "kind", "subject_kind", "subject_id", "agency_id", "actor_id", "at", "recorded_at", "payload")


def body(position: int, event: tuple) -> bytes:
    """Return the canonical JSON of an event at its position.

    Times are text with microseconds in UTC. The payload stays the text that PostgreSQL writes of a jsonb
    (one text per value), so that a change in the last digit of a number is a change.
    """
    return json.dumps({"position": position, **dict(zip(FIELDS, event, strict=True))}, sort_keys=True, separators=(",", ":")).encode()


def leaf(position: int, event: tuple) -> bytes:
    return hashlib.sha256(b"\0" + body(position, event)).digest()


def merkle_root(leaves: list[bytes]) -> bytes:
    """Return the root of RFC 6962: an odd node goes up unchanged."""
    level = leaves
    while len(level) > 1:
        paired = [hashlib.sha256(b"\1" + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)]
        level = paired + ([level[-1]] if len(level) % 2 else [])
    return level[0]


@dataclass(frozen=True)
class Head:
    """What is signed of a block, and by its hash the whole past."""

    number: int
    first: int
    last: int
    root: str
    previous: str
    sealed_at: str

    def text(self) -> bytes:
        return "\n".join(["tinhso-ledger-1", *(str(value) for value in asdict(self).values()), ""]).encode()

    def hash(self) -> str:
        return hashlib.sha256(self.text()).hexdigest()


class LedgerBroken(Exception):
    """The database and the witness tell different pasts: sealing stops until people have looked."""


class Ledger:
    """What of the ledger lies outside the database: the signing key and the witness file."""

    def __init__(self, folder: Path, witness: Path | None):
        self.folder = folder
        self.witness = witness

    def key(self) -> Ed25519PrivateKey:
        path = self.folder / "key"
        if not path.exists():
            self._make_key(path)
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text().strip()))

    def _make_key(self, path: Path) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        key = Ed25519PrivateKey.generate()
        temporary = path.with_suffix(f".{os.getpid()}")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()).hex())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)
        except FileExistsError:
            return
        finally:
            os.unlink(temporary)
        public = key.public_key()
        (self.folder / f"{key_id(public)}.pub").write_text(public.public_bytes(Encoding.Raw, PublicFormat.Raw).hex() + "\n")

    def public_keys(self) -> dict[str, Ed25519PublicKey]:
        """Return every key that ever signed, so that a new key leaves the old blocks checkable."""
        keys = [Ed25519PublicKey.from_public_bytes(bytes.fromhex(path.read_text().strip())) for path in self.folder.glob("*.pub")]
        return {key_id(key): key for key in keys}

    def witnessed(self) -> list[dict]:
        """Return the heads that the witness has seen, oldest first; a torn line is not one."""
        if self.witness is None or not self.witness.exists():
            return []
        return [json.loads(line) for line in self.witness.read_bytes().splitlines(keepends=True) if _is_whole(line)]

    def last_witnessed(self) -> dict | None:
        if self.witness is None or not self.witness.exists():
            return None
        with self.witness.open("rb") as file:
            file.seek(max(0, self.witness.stat().st_size - 4096))
            lines = [line for line in file.read().splitlines(keepends=True) if _is_whole(line)]
        return json.loads(lines[-1]) if lines else None

    def bear_witness(self, entries: list[dict]) -> None:
        """Append heads and wait until they would survive a power cut."""
        if self.witness is None or not entries:
            return
        self.witness.parent.mkdir(parents=True, exist_ok=True)
        with self.witness.open("ab") as file:
            size = file.tell()
            if size and not _ends_with_newline(self.witness):
                file.write(b"\n")
            file.write("".join(json.dumps(entry, sort_keys=True) + "\n" for entry in entries).encode())
            file.flush()
            os.fsync(file.fileno())


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _is_whole(line: bytes) -> bool:
    """Tell a line from one that a crash tore off, whatever was appended after it."""
    return line.startswith(b"{") and line.endswith(b"}\n")


def key_id(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def signed_by(key: Ed25519PublicKey, head: Head, signature: str) -> bool:
    try:
        key.verify(bytes.fromhex(signature), head.text())
    except (InvalidSignature, ValueError):
        return False
    return True


def witness_entry(head: Head, signature: str, key: str) -> dict:
    return {**asdict(head), "hash": head.hash(), "signature": signature, "key_id": key}
