"""Compile `.po` catalogues to `.mo` without gettext's tools, which a bare machine does not have."""

import ast
import struct
import sys
from pathlib import Path


def entries(text: str) -> dict[str, str]:
    """Return the translated messages of a catalogue, in the key form of `.mo` files."""
    found: dict[str, str] = {}
    for paragraph in text.split("\n\n"):
        words: dict[str, str] = {}
        part, fuzzy = "", False
        for line in map(str.strip, paragraph.splitlines()):
            if line.startswith("#"):
                fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
            elif line.startswith('"'):
                words[part] += ast.literal_eval(line)
            elif line:
                part, value = line.split(None, 1)
                words[part] = ast.literal_eval(value)
        if fuzzy or "msgid" not in words:
            continue
        key = words["msgid"]
        if "msgctxt" in words:
            key = f"{words['msgctxt']}\x04{key}"
        if "msgid_plural" in words:
            key = f"{key}\0{words['msgid_plural']}"
            value = "\0".join(words[name] for name in sorted(words) if name.startswith("msgstr["))
        else:
            value = words.get("msgstr", "")
        if value.strip("\0"):
            found[key] = value
    return found


def compiled(messages: dict[str, str]) -> bytes:
    """Return the bytes of a `.mo` file (GNU gettext manual, "The Format of GNU MO Files")."""
    pairs = sorted((key.encode(), value.encode()) for key, value in messages.items())
    head = 7 * 4
    keys, values = b"", b""
    key_table, value_table = [], []
    texts = head + 16 * len(pairs)
    for key, _ in pairs:
        key_table += [len(key), texts + len(keys)]
        keys += key + b"\0"
    for _, value in pairs:
        value_table += [len(value), texts + len(keys) + len(values)]
        values += value + b"\0"
    header = struct.pack("<7I", 0x950412DE, 0, len(pairs), head, head + 8 * len(pairs), 0, head + 16 * len(pairs))
    return header + struct.pack(f"<{4 * len(pairs)}I", *key_table, *value_table) + keys + values


def main(folders: list[str]) -> None:
    for folder in folders:
        for path in sorted(Path(folder).rglob("*.po")):
            path.with_suffix(".mo").write_bytes(compiled(entries(path.read_text(encoding="utf-8"))))


if __name__ == "__main__":
    main(sys.argv[1:])
