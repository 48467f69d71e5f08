"""The ways a message leaves the house. Connectors implement them; where none is connected, the screens say so."""

from dataclasses import dataclass
from typing import Protocol


class Undeliverable(Exception):
    """The other side refused for good (no such mailbox): trying again would change nothing."""


@dataclass(frozen=True)
class Mail:
    """One e-mail. `key` is the same at every try, so that a doubled delivery can be known."""

    key: str
    to: str
    to_name: str
    subject: str
    body: str


class Mailer(Protocol):
    """E-mail. Returns what the other server answered (the proof); raises OSError when it may be tried again."""

    def deliver(self, mail: Mail) -> str: ...


class ShortMessenger(Protocol):
    """Text messages to a telephone (SMS). Same promises as `Mailer`."""

    def deliver(self, phone: str, text: str, *, key: str) -> str: ...


class ChatMessenger(Protocol):
    """Messages to a Zalo account found by its telephone number. Same promises as `Mailer`."""

    def deliver(self, phone: str, text: str, *, key: str) -> str: ...
