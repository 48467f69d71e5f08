"""Personal numbers at rest: sealed with a key outside the database, found by a blind index.

A sealed value names its key, so keys can be rotated while the site runs. The context
(table and column) is bound in, so a sealed value moved to another column does not open.
"""

import base64
import hashlib
import hmac
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"key id" + key).hexdigest()[:8]


def seal(text: str, context: str) -> str:
    """Return `text` encrypted (AES-256-GCM) as printable text; empty stays empty."""
    if not text:
        return ""
    key, nonce = settings.SECRETS.data_key, os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), context.encode())
    return f"{_key_id(key)}.{base64.b64encode(nonce + sealed).decode()}"


def unseal(sealed: str, context: str) -> str:
    """Return the text again. Raises LookupError if its key is gone, ValueError if it was tampered with."""
    if not sealed:
        return ""
    name, _, body = sealed.partition(".")
    keys = {_key_id(key): key for key in (settings.SECRETS.data_key, *settings.SECRETS.data_keys_old)}
    if name not in keys:
        raise LookupError(f"no key {name} to open {context}")
    raw = base64.b64decode(body)
    try:
        return AESGCM(keys[name]).decrypt(raw[:12], raw[12:], context.encode()).decode()
    except InvalidTag as fault:
        raise ValueError(f"sealed {context} was altered") from fault


def blind_index(text: str, purpose: str) -> str:
    """Return what equal texts share and nothing tells: an HMAC for finding a sealed value, one per purpose."""
    if not text:
        return ""
    return hmac.new(settings.SECRETS.index_key, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()[:40]


def mask(text: str, shown: int = 3) -> str:
    """Return the text with all but its last characters hidden ("*********123")."""
    return "*" * max(0, len(text) - shown) + text[-shown:] if text else ""


class SealedField(models.TextField):
    """A text column that holds only sealed values; Python sees the clear text."""

    def __init__(self, *args, **options):
        options.setdefault("blank", True)
        options.setdefault("default", "")
        super().__init__(*args, **options)

    @property
    def context(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def get_prep_value(self, value):
        return seal(value or "", self.context)

    def from_db_value(self, value, expression, connection):
        return unseal(value, self.context) if value else ""

    def get_lookup(self, name):
        if name not in ("exact", "isnull"):
            raise TypeError("a sealed value is found by its blind index only")
        return super().get_lookup(name)


class SealedJSONField(SealedField):
    """A sealed column whose clear value is JSON: answers of a form hold personal data of many kinds."""

    # What the type checker sees on models.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def __init__(self, *args, **options):
        options["default"] = dict
        super().__init__(*args, **options)

    def get_prep_value(self, value):
        return seal(json.dumps(value, ensure_ascii=False), self.context)

    def from_db_value(self, value, expression, connection):
        return json.loads(unseal(value, self.context)) if value else {}

    def to_python(self, value):
        return json.loads(value) if isinstance(value, str) and value else value
