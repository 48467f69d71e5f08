"""Vietnamese text for machines: folded for searching, keyed for sorting.

Folding is for finding only. Trà Don and Trà Dơn are two communes: identity never rests on a folded text.
"""

import re
import unicodedata

import vn_collate
import vn_text

_BLANKS = re.compile(r"\s+")


def tidy(text: str) -> str:
    """Return the text in NFC with single blanks: what we store of what people type."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", text)).strip()


def fold(text: str) -> str:
    """Return the text in lower case without diacritics ("Đà Nẵng" → "da nang")."""
    return vn_text.fold(tidy(text))


def sort_key(text: str) -> str:
    """Return a text whose byte order is the Vietnamese dictionary's ("Đà Nẵng" before "Đại Lộc").

    Built syllable by syllable, for a column with `db_collation="C"`.
    """
    return " ".join(vn_collate.collate_key(word) for word in tidy(text).split(" "))
