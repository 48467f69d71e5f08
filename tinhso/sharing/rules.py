"""Where notices may be sent, how they are signed, when they are tried again."""

import hashlib
import hmac
import ipaddress
import socket
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from tinhso.kernel.errors import Refused

WAITS = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600))
# What says "not this one" rather than "not now".
NOT_NOW = {408, 425, 429}


@dataclass(frozen=True)
class Door:
    """An address taken apart, with the machines it stands for."""

    scheme: str
    host: str
    port: int
    path: str
    machines: tuple[str, ...]

    @property
    def addresses(self) -> list[str]:
        """Return the addresses of the machines themselves: between the check and the call no name is asked again."""
        hosts = [f"[{machine}]" if ":" in machine else machine for machine in self.machines]
        return [f"{self.scheme}://{host}:{self.port}{self.path}" for host in hosts]

    @property
    def host_header(self) -> str:
        usual = {"https": 443, "http": 80}[self.scheme]
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == usual else f"{host}:{self.port}"


def read_address(url: str, *, private: bool, field: str | None = "url") -> tuple[str, str, int, str]:
    """Return scheme, host, port and path of an address that notices may be sent to; refuse in words."""
    parts = urlsplit(url)
    try:
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError:
        raise Refused("Cổng trong địa chỉ nhận không đúng.", field=field, code="bad-address") from None
    if parts.scheme not in (("https", "http") if private else ("https",)):
        raise Refused("Địa chỉ nhận phải bắt đầu bằng https://.", field=field, code="bad-address")
    if not parts.hostname or parts.username is not None or parts.fragment or any(ord(letter) <= 32 for letter in url):
        raise Refused("Địa chỉ nhận không đúng dạng: cần tên máy, không kèm mật khẩu hay dấu #.", field=field, code="bad-address")
    return parts.scheme, parts.hostname, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def find_door(url: str, *, private: bool, field: str | None = "url") -> Door:
    """Return the machine behind an address; refuse one inside our own network unless the operator allowed it.

    A system that may name any address could make us call the database or the metadata service of the cloud.
    """
    scheme, host, port, path = read_address(url, private=private, field=field)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Refused(f"Không tìm thấy máy {host}.", field=field, code="no-host") from None
    machines = [str(entry[4][0]) for entry in found]
    if not private and not all(is_public(machine) for machine in machines):
        raise Refused("Địa chỉ nhận nằm trong mạng nội bộ nên không được phép.", field=field, code="private-address")
    return Door(scheme, host, port, path, tuple(dict.fromkeys(machines)))


def is_public(machine: str) -> bool:
    address = ipaddress.ip_address(machine.split("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inside is not None and not inside.is_global:
            return False
    return address.is_global and not address.is_multicast


def signature(secret: str, moment: int, body: bytes) -> str:
    """Return the header that proves who sent a body and when: an old one sent again shows its age."""
    proof = hmac.new(secret.encode(), str(moment).encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={proof}"
