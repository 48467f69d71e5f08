"""How the bank and we know each other: HMAC-SHA256 over the moment, the verb, the path and every byte of the body.

The header is `X-Signature: t=<seconds>,v1=<hex>`. What was signed more than five minutes ago is not believed, so a
call that somebody recorded is worth nothing later; within those minutes the bank's reference makes it harmless.
"""

import hashlib
import hmac
import re

HEADER = "X-Signature"
BELIEVED_SECONDS = 300
FORM = re.compile(r"^t=(\d{1,12}),v1=([0-9a-f]{64})$")


class NotBelieved(Exception):
    """The signature is missing, wrong, or too old."""


def sign(secret: str, *, verb: str, path: str, body: bytes, at: int) -> str:
    return f"t={at},v1={_digest(secret, verb, path, body, at)}"


def check(secret: str, header: str, *, verb: str, path: str, body: bytes, now: int) -> None:
    """Raise NotBelieved unless the header signs exactly this call, now."""
    found = FORM.match(header)
    if not secret or not found:
        raise NotBelieved("no signature")
    at = int(found[1])
    if not hmac.compare_digest(found[2], _digest(secret, verb, path, body, at)):
        raise NotBelieved("wrong signature")
    if abs(now - at) > BELIEVED_SECONDS:
        raise NotBelieved("too old")


def _digest(secret: str, verb: str, path: str, body: bytes, at: int) -> str:
    return hmac.new(secret.encode(), f"{at}\n{verb}\n{path}\n".encode() + body, hashlib.sha256).hexdigest()
