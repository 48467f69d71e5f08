"""Where we call, and how a receiver knows that it was us."""

import pytest

from tinhso.kernel.errors import Refused
from tinhso.sharing.rules import Door, find_door, is_public, read_address, signature


def test_a_signature_covers_the_moment_and_the_body():
    # printf '1700000000.{}' | openssl dgst -sha256 -hmac khoa
    assert signature("khoa", 1700000000, b"{}") == "t=1700000000,v1=d642d6f695099a67a9a37b4cadc756bb3040ffe10cfc85ee0bb3b9b9508cf458"


@pytest.mark.parametrize(
    ("machine", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("::ffff:127.0.0.1", False),
        ("2002:7f00:1::", False),
    ],
)
def test_machines_inside_are_told_from_those_outside(machine, public):
    assert is_public(machine) is public


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://8.8.8.8/x", "bad-address"),
        ("ftp://8.8.8.8/x", "bad-address"),
        ("https://", "bad-address"),
        ("https://a:b@8.8.8.8/", "bad-address"),
        ("https://8.8.8.8:99999/", "bad-address"),
        ("https://8.8.8.8/ x", "bad-address"),
        ("https://8.8.8.8/#x", "bad-address"),
        ("https://127.0.0.1/", "private-address"),
        ("https://[::1]/", "private-address"),
        ("https://2130706433/", "private-address"),
        ("https://khong-co-may-nay.invalid/", "no-host"),
    ],
)
def test_addresses_that_are_refused(url, code):
    with pytest.raises(Refused) as refused:
        find_door(url, private=False)
    assert (refused.value.code, refused.value.field) == (code, "url")


def test_the_machine_is_called_by_its_number_and_the_name_it_has():
    assert find_door("https://8.8.8.8/nhan?a=1", private=False) == Door("https", "8.8.8.8", 443, "/nhan?a=1", ("8.8.8.8",))
    door = Door("https", "example.vn", 8443, "/nhan", ("2606:4700::1111", "8.8.8.8"))
    assert (door.addresses, door.host_header) == (
        ["https://[2606:4700::1111]:8443/nhan", "https://8.8.8.8:8443/nhan"],
        "example.vn:8443",
    )
    assert read_address("http://may-noi-bo/x", private=True) == ("http", "may-noi-bo", 80, "/x")
