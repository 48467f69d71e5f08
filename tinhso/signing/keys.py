"""Where private keys are: sealed files in the key folder, or a PKCS#11 token. Opened once per process and kept open."""

import hashlib
import hmac
import json
import os
import threading
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.conf import settings

from tinhso.kernel.errors import Refused

# Signs bytes with SHA-256 and PKCS#1 v1.5: what the readers of the field verify everywhere.
Sign = Callable[[bytes], bytes]
_opening = threading.Lock()


def key_folder() -> Path:
    return Path(settings.VAR) / "keys"


def passphrase(file_name: str) -> bytes:
    """Return the passphrase of one key file: a copied file is worth nothing without the installation's secrets."""
    return hmac.new(settings.SECRETS.data_key, b"signing key file\0" + file_name.encode(), hashlib.sha256).hexdigest().encode()


def make_file_key(file_name: str) -> tuple[rsa.RSAPrivateKey, str]:
    """Make an RSA key, keep it in a sealed file that only the owner reads, return it and its location."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    sealed = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(passphrase(file_name))
    )
    folder = key_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder / file_name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    return key, f"file:{file_name}"


def note_use(serial: str, digest: str, *, person_id: int, at: datetime) -> None:
    """Write down that a key is about to be used, before it is.

    Apart from the database, so that a rollback or a crash between signing and storing leaves the line:
    a signature in the world that the register does not know would otherwise be unknown to all.
    """
    folder = key_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    line = json.dumps({"at": at.isoformat(), "serial": serial, "digest": digest, "person": person_id}) + "\n"
    handle = os.open(folder / "uses.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)


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
    return lambda data: key.sign(data, padding.PKCS1v15(), hashes.SHA256())


def _open_token(address: str) -> Sign:
    """Open "pkcs11:token=…;object=…" in the module that the settings name."""
    import pkcs11

    parts = {name: unquote(value) for name, _, value in (part.partition("=") for part in address.split(";"))}
    try:
        token = pkcs11.lib(settings.ENV.pkcs11_module).get_token(token_label=parts.get("token") or settings.ENV.pkcs11_token)
        session = token.open(user_pin=settings.ENV.pkcs11_pin)
        key = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=parts["object"])
    except pkcs11.PKCS11Error:
        raise Refused("Không mở được thiết bị lưu khóa. Vui lòng kiểm tra thiết bị rồi ký lại.", code="key-missing") from None
    using = threading.Lock()

    def sign(data: bytes) -> bytes:
        # A session of a token does one thing at a time.
        with using:
            return bytes(key.sign(data, mechanism=pkcs11.Mechanism.SHA256_RSA_PKCS))

    return sign


def forget_keys() -> None:
    """Close what is open: after a change of secrets or token."""
    _open.cache_clear()
