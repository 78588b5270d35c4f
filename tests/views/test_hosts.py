"""Which hosts lead into one's own network, however they are written."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from deskkit.views.desk.hosts import is_public

WRITTEN = {10: "{:d}", 16: "0x{:x}", 8: "0{:o}"}
ADDRESSES = st.integers(0, 2**32 - 1) | st.integers(0, 2**24 - 1).map(lambda rest: (127 << 24) + rest)


@given(
    ADDRESSES,
    st.integers(1, 4),
    st.lists(st.sampled_from(sorted(WRITTEN)), min_size=4, max_size=4),
    st.sampled_from(["", "."]),
)
@example(0x7F000001, 1, [10] * 4, "")
@example(0x08080808, 4, [16, 8, 10, 8], ".")
def test_an_address_is_the_same_however_it_is_written(whole: int, parts: int, bases: list[int], dot: str) -> None:
    """In one to four parts, each in decimal, hexadecimal or octal, with a dot at the end: one address, one answer."""
    last = whole % 256 ** (5 - parts)
    numbers = [whole >> 8 * (3 - n) & 255 for n in range(parts - 1)] + [last]
    host = ".".join(WRITTEN[base].format(number) for number, base in zip(numbers, bases, strict=False)) + dot
    address = ipaddress.IPv4Address(whole)
    assert is_public(host) == (address.is_global and not address.is_multicast)


@given(st.ip_addresses(v=4))
def test_an_address_wrapped_in_another_leads_nowhere_public(address: ipaddress.IPv4Address) -> None:
    """Mapped, compatible and NAT64 addresses are never public; of 6to4 the inner address decides."""
    for before in ("::ffff:", "::", "64:ff9b::"):
        assert not is_public(f"{before}{address}")
    inner = f"{int(address) >> 16:x}:{int(address) & 0xFFFF:x}"
    assert is_public(f"2002:{inner}::1") == (address.is_global and not address.is_multicast)


@pytest.mark.parametrize("host", [
    "localhost", "ip6-localhost", "intranet", "nas.local", "desk.internal", "a.home.arpa", "fe80::1", "fc00::1", "::1",
    "::", "2001:db8::1", "ff02::1", "", ".", "a..example", "1.2.3.4.5", "256.1.1.1", "8.8.8.0x", "8.8.8.09", "9" * 999,
    "example.1", "300.0x1",
])  # fmt: skip
def test_what_is_no_public_host(host: str) -> None:
    """Names of one's own network, names without a dot, addresses of no net, and what no browser reads."""
    assert is_public(host) == (host == "8.8.8.0x")  # which a browser reads as 8.8.8.0


@pytest.mark.parametrize(
    "host", ["img.example", "a.b.example.", "xn--e1afmkfd.example", "1.example", "2606:4700::1111"]
)
def test_a_public_host_is_one(host: str) -> None:
    """The check is not a wall: names and addresses of the public net pass."""
    assert is_public(host)
