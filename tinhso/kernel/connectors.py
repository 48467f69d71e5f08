"""The register of outside systems: an area declares a Protocol, a folder in `connectors/` implements it."""

from typing import TypeVar

_CONNECTED: dict[type, object] = {}

P = TypeVar("P")


class NotConnected(Exception):
    """No implementation of this Protocol is configured; the caller degrades one step and says so."""


def connect(protocol: type, implementation: object) -> None:
    _CONNECTED[protocol] = implementation


def connected(protocol: type[P]) -> P:
    """Return the implementation of a Protocol, or raise NotConnected."""
    try:
        return _CONNECTED[protocol]  # type: ignore[return-value]
    except KeyError:
        raise NotConnected(protocol.__name__) from None
