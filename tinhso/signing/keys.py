"""Where private keys are: sealed files in the key folder, or a PKCS#11 token. Opened once per process and kept open."""

import hashlib
import hmac
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from asn1crypto import keys
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.conf import settings

from tinhso.kernel.errors import Refused

# Signs bytes with SHA-256 and PKCS#1 v1.5: what the readers of the field verify everywhere.
Sign = Callable[[bytes], bytes]
BITS = 2048
_opening = threading.Lock()
_using_token = threading.RLock()


def key_folder() -> Path:
    return Path(settings.VAR) / "keys"


def passphrase(file_name: str) -> bytes:
    """Return the passphrase of one key file: a copied file is worth nothing without the installation's secrets."""
    return hmac.new(settings.SECRETS.data_key, b"signing key file\0" + file_name.encode(), hashlib.sha256).hexdigest().encode()


@dataclass(frozen=True)
class NewKey:
    """A key that was just made: what it shows, how it signs, and where it is found again."""

    public: rsa.RSAPublicKey
    sign: Sign
    location: str


def make_key(name: str) -> NewKey:
    """Make an RSA key in the token that the settings name, or in a sealed file when there is none."""
    return _make_token_key(name) if settings.ENV.pkcs11_module else _make_file_key(f"{name}.pem")


def _make_file_key(file_name: str) -> NewKey:
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    sealed = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(passphrase(file_name))
    )
    folder = key_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Keys are never overwritten.
    handle = os.open(folder / file_name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    return NewKey(key.public_key(), _signs(key), f"file:{file_name}")


def _make_token_key(name: str) -> NewKey:
    import pkcs11
    from pkcs11.util.rsa import encode_rsa_public_key

    try:
        with _using_token:
            shown, _ = _session(settings.ENV.pkcs11_token).generate_keypair(pkcs11.KeyType.RSA, BITS, label=name, store=True)
    except pkcs11.PKCS11Error:
        raise _no_token() from None
    spki = keys.PublicKeyInfo({"algorithm": {"algorithm": "rsa"}, "public_key": keys.RSAPublicKey.load(encode_rsa_public_key(shown))})
    public = serialization.load_der_public_key(spki.dump())
    if not isinstance(public, rsa.RSAPublicKey):
        raise TypeError("the token made no RSA key")
    location = f"pkcs11:token={quote(settings.ENV.pkcs11_token)};object={quote(name)}"
    return NewKey(public, open_key(location), location)


def note_use(serial: str, digest: str, *, person_id: int, at: datetime) -> None:
    """Write down that a key is about to be used, before it is.

    Apart from the database, so that a rollback or a crash between signing and storing leaves the line:
    a signature in the world that the register does not know would otherwise be unknown to all.
    """
    folder = key_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # By the clock of this machine as well: days of the past are played, too.
    noted = datetime.now(UTC)
    use = {"noted": noted.isoformat(), "at": at.isoformat(), "serial": serial, "digest": digest, "person": person_id}
    line = json.dumps(use) + "\n"
    handle = os.open(folder / f"uses-{noted:%Y-%m}.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)


def noted_uses() -> Iterator[dict[str, Any]]:
    """Return what was written down before each use of a key; a last line that a power cut broke is passed over."""
    for path in sorted(key_folder().glob("uses-*.jsonl")):
        with path.open() as file:
            for line in file:
                with suppress(ValueError):
                    yield json.loads(line)


def open_key(location: str) -> Sign:
    """Return the signing function of a key; opening is slow (checks, log-in), so it is done once per process."""
    with _opening:
        return _open(location)


@lru_cache(maxsize=512)
def _open(location: str) -> Sign:
    scheme, _, rest = location.partition(":")
    if scheme == "file":
        return _open_file(rest)
    if scheme == "pkcs11":
        return _open_token(rest)
    raise ValueError(f"no such kind of key location: {location}")


def _open_file(file_name: str) -> Sign:
    path = key_folder() / Path(file_name).name
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), passphrase(file_name))
    except FileNotFoundError:
        raise Refused("Không tìm thấy khóa ký của chứng thư này. Vui lòng báo quản trị hệ thống.", code="key-missing") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{file_name} does not hold an RSA key")
    return _signs(key)


def _signs(key: rsa.RSAPrivateKey) -> Sign:
    return lambda data: key.sign(data, padding.PKCS1v15(), hashes.SHA256())


@lru_cache(maxsize=4)
def _session(token: str):
    """Log in once and keep the session as long as the process lives: logging in takes longer than signing."""
    import pkcs11

    return pkcs11.lib(settings.ENV.pkcs11_module).get_token(token_label=token).open(user_pin=settings.ENV.pkcs11_pin, rw=True)


def _open_token(address: str) -> Sign:
    """Open "pkcs11:token=…;object=…" in the module that the settings name."""
    import pkcs11

    parts = {name: unquote(value) for name, _, value in (part.partition("=") for part in address.split(";"))}
    try:
        with _using_token:
            session = _session(parts.get("token") or settings.ENV.pkcs11_token)
            key = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=parts["object"])
    except pkcs11.PKCS11Error:
        raise _no_token() from None

    def sign(data: bytes) -> bytes:
        # A session of a token does one thing at a time.
        with _using_token:
            try:
                return bytes(key.sign(data, mechanism=pkcs11.Mechanism.SHA256_RSA_PKCS))
            except pkcs11.PKCS11Error:
                forget_keys()
                raise _no_token() from None

    return sign


def _no_token() -> Refused:
    return Refused("Không mở được thiết bị lưu khóa. Vui lòng kiểm tra thiết bị rồi ký lại.", code="key-missing")


def forget_keys() -> None:
    """Close what is open: after a change of secrets or token."""
    _open.cache_clear()
    if _session.cache_info().currsize:
        with suppress(Exception):
            _session(settings.ENV.pkcs11_token).close()
    _session.cache_clear()
