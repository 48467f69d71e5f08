"""Secrets of an installation: made once, kept in `var/secrets.env`, readable by the owner only.

There is no default key anywhere: a copied installation without its secrets cannot
start by accident with a key that others know.
"""

import base64
import os
import secrets as random
from dataclasses import dataclass

from config.env import Env


@dataclass(frozen=True)
class Secrets:
    secret_key: str
    data_key: bytes
    data_keys_old: tuple[bytes, ...]
    index_key: bytes


def load_secrets(env: Env) -> Secrets:
    """Read the keys from the environment, else from `var/secrets.env`, else make them."""
    path = env.var / "secrets.env"
    kept: dict[str, str] = {}
    if path.exists():
        kept = dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
    made = {name: getattr(env, name) or kept.get(name) or _new_key() for name in ("secret_key", "data_key", "index_key")}
    if any(not getattr(env, name) and name not in kept for name in made):
        _write(path, kept | made)
    return Secrets(
        secret_key=made["secret_key"],
        data_key=base64.b64decode(made["data_key"]),
        data_keys_old=tuple(base64.b64decode(key) for key in env.data_keys_old.split(",") if key),
        index_key=base64.b64decode(made["index_key"]),
    )


def _new_key() -> str:
    return base64.b64encode(random.token_bytes(32)).decode()


def _write(path, values: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write("".join(f"{name}={value}\n" for name, value in values.items()))
        file.flush()
        os.fsync(file.fileno())
    # Two processes starting at once must agree on one set of keys.
    try:
        os.link(temporary, path)
    except FileExistsError:
        os.replace(temporary, path)
    else:
        os.unlink(temporary)
