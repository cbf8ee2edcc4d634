"""Which addresses are public, and which a crawl may connect to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.crawl.guard import AddressGuard, PrivateAddressError, is_public

PUBLIC = [
    "93.184.216.34",
    "8.8.8.8",
    "2606:2800:220:1::1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::",
]
PRIVATE = [
    *("127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
    *("100.64.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1"),
    *(
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2002:c0a8:101::",
    ),
    *("", "localhost", "127.1", "0x7f000001", "1.2.3.4.5"),
]


@pytest.mark.parametrize("ip", PUBLIC)
def test_public(ip: str) -> None:
    assert is_public(ip)


@pytest.mark.parametrize("ip", PRIVATE)
def test_not_public(ip: str) -> None:
    assert not is_public(ip)


def test_only_the_named_host_may_be_private() -> None:
    guard = AddressGuard(["localhost:8000", "Intra.Example", "[::1]:81", "10.0.0.5", "Bücher.example"])
    assert guard.permits("localhost", 8000, "127.0.0.1")
    assert guard.permits("LOCALHOST.", 8000, "::1")
    assert guard.permits("intra.example", 443, "10.1.1.1")
    assert guard.permits("::1", 81, "::1")
    assert guard.permits("10.0.0.5", 80, "10.0.0.5")
    assert guard.permits("xn--bcher-kva.example", 80, "10.0.0.6")
    assert guard.permits("bücher.example", 80, "10.0.0.6")
    assert guard.permits("example.com", 1234, "93.184.216.34")
    assert not guard.permits("localhost", 8001, "127.0.0.1")
    assert not guard.permits("127.0.0.1", 8000, "127.0.0.1")
    assert not guard.permits("intra.example", 6379, "10.1.1.1")
    assert not guard.permits("evil.example", 80, "127.0.0.1")


def test_a_refusal_names_host_and_address() -> None:
    with pytest.raises(PrivateAddressError, match=r"evil\.example is at ::ffff:10\.0\.0\.1") as caught:
        AddressGuard().check("evil.example", 80, "::ffff:10.0.0.1")
    assert caught.value.hint


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_judged_alike(ip: object) -> None:
    assert is_public(f"::ffff:{ip}") == is_public(str(ip))
    assert is_public(f"64:ff9b::{ip}") == is_public(str(ip))
