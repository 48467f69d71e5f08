"""What signing asks of a certificate authority; who answers is a connector's affair."""

from datetime import datetime, timedelta
from typing import Protocol


class CertificateAuthority(Protocol):
    """An authority that issues certificates on request: the demonstration's own, or a province's RA."""

    # How long before the request a certificate may begin: nothing, except where days of the past are played.
    backdating: timedelta

    def issue(self, request_pem: bytes, *, start: datetime, end: datetime) -> list[str]:
        """Return the certificate of a request and its chain up to, without, the root, each as PEM."""

    def issued(self, serial: int) -> bool:
        """Say whether a certificate is one of its own."""

    def revoke(self, serial: int, *, at: datetime, reason: str) -> None:
        """Publish that a certificate is worth nothing from a moment on; asked again, change nothing."""

    @property
    def root_pem(self) -> str:
        """The certificate that verifiers trust."""
