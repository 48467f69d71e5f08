"""Check an export of the event ledger without the program that wrote it.

    python verify_export.py EXPORT --key KEY.pub [--key …] [--witness heads.jsonl] [--json]

One file, standard library and `cryptography` only: for courts, auditors and other agencies. EXPORT comes from
`manage.py export_events`; the keys and the witness must come by another way than the export, else it
vouches for itself. Exit code 0: intact. 1: not.
"""

import argparse
import hashlib
import json
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FIELDS = ("id", "kind", "subject_kind", "subject_id", "agency_id", "actor_id", "at", "recorded_at", "payload")
HEAD = ("number", "first", "last", "root", "previous", "sealed_at")


class Verdict:
    def __init__(self):
        self.events = self.blocks = 0
        self.first_bad = None
        self.faults = []

    def blame(self, position, sentence):
        self.first_bad = position if self.first_bad is None else min(self.first_bad, position)
        if len(self.faults) < 100:
            self.faults.append(f"position {position}: {sentence}")


def leaf(position, event):
    """SHA-256(0x00 ‖ canonical JSON); the export may hold no more and no fewer fields than were sealed."""
    sealed = {"position": position, **{name: event[name] for name in FIELDS}}
    return hashlib.sha256(b"\0" + json.dumps(sealed, sort_keys=True, separators=(",", ":")).encode()).digest()


def merkle_root(leaves):
    """The tree of RFC 6962: SHA-256(0x01 ‖ left ‖ right), an odd node goes up unchanged."""
    level = leaves or [b""]
    while len(level) > 1:
        paired = [hashlib.sha256(b"\1" + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)]
        level = paired + ([level[-1]] if len(level) % 2 else [])
    return level[0]


def head_text(block):
    return "\n".join(["tinhso-ledger-1", *(str(block[name]) for name in HEAD), ""]).encode()


def head_hash(block):
    return hashlib.sha256(head_text(block)).hexdigest()


def load_keys(paths):
    keys = {}
    for path in paths:
        with open(path) as file:
            raw = bytes.fromhex(file.read().strip())
        keys[hashlib.sha256(raw).hexdigest()[:16]] = Ed25519PublicKey.from_public_bytes(raw)
    return keys


def signature_holds(block, keys):
    key = keys.get(block["key_id"])
    if key is None:
        return False
    try:
        key.verify(bytes.fromhex(block["signature"]), head_text(block))
    except (InvalidSignature, ValueError):
        return False
    return True


def load_witness(path):
    if not path:
        return None
    with open(path) as file:
        return {entry["number"]: entry for entry in map(json.loads, (line for line in file if line.endswith("}\n")))}


def read_blocks(lines):
    """Yield each block with its (position, event) pairs."""
    block, pairs = None, []
    for line in lines:
        entry = json.loads(line)
        if "block" in entry:
            if block is not None:
                yield block, pairs
            block, pairs = entry["block"], []
        elif block is None:
            raise ValueError("an event before the first block")
        else:
            pairs.append((entry["position"], entry["event"]))
    if block is not None:
        yield block, pairs


def verify(lines, keys, witness):
    verdict, previous, expected, number = Verdict(), "0" * 64, 1, 0
    for block, pairs in read_blocks(lines):
        number += 1
        if block["number"] != number:
            verdict.blame(expected, f"block {number} is missing")
            number = block["number"]
        if block["first"] != expected:
            verdict.blame(expected, f"block {number} does not follow the one before")
        if block["previous"] != previous:
            verdict.blame(block["first"], f"block {number} does not hold the hash of the one before")
        for offset, (position, _event) in enumerate(pairs):
            if position != block["first"] + offset:
                verdict.blame(block["first"] + offset, "missing, repeated or moved")
        leaves = [leaf(position, event) for position, event in pairs]
        if len(leaves) != block["last"] - block["first"] + 1 or merkle_root(leaves).hex() != block["root"]:
            verdict.blame(block["first"], f"block {number} does not give its Merkle root")
        if not signature_holds(block, keys):
            verdict.blame(block["first"], f"the signature of block {number} is wrong or its key unknown")
        if witness is not None and number in witness and witness[number]["hash"] != head_hash(block):
            verdict.blame(block["first"], f"block {number} is not the one that the witness saw")
        previous, expected = head_hash(block), block["last"] + 1
        verdict.blocks += 1
        verdict.events += len(pairs)
    if witness and max(witness) > number:
        verdict.blame(expected, f"cut off: the witness saw block {max(witness)}, the export ends with {number}")
    if number == 0 and not witness:
        verdict.blame(1, "the export is empty")
    return verdict


def main():
    words = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    words.add_argument("export")
    words.add_argument("--key", action="append", default=[], required=True, help="public key (hex), may be repeated")
    words.add_argument("--witness", help="heads.jsonl")
    words.add_argument("--json", action="store_true")
    given = words.parse_args()
    with open(given.export) as lines:
        try:
            verdict = verify(lines, load_keys(given.key), load_witness(given.witness))
        except (ValueError, KeyError, TypeError) as fault:
            verdict = Verdict()
            verdict.blame(1, f"not an export of the ledger: {fault!r}")
    if given.json:
        print(json.dumps({"ok": not verdict.faults, **vars(verdict)}))
    else:
        print(f"{verdict.events} events in {verdict.blocks} blocks: {'NOT INTACT' if verdict.faults else 'intact'}")
        print("\n".join(verdict.faults))
    sys.exit(1 if verdict.faults else 0)


if __name__ == "__main__":
    main()
