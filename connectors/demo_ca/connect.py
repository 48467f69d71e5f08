"""Let signing ask the demonstration authority, where there is a demonstration."""

from django.conf import settings

from connectors.demo_ca.authority import DemoAuthority
from tinhso.kernel.connectors import connect
from tinhso.signing.authority import CertificateAuthority


def connect_here() -> None:
    if settings.ENV.demo_ca_url:
        connect(CertificateAuthority, DemoAuthority(settings.VAR / "demo_ca", settings.ENV.demo_ca_url))
