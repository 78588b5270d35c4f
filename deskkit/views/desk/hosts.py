"""Whether a host of an address is one of the public net, or leads into the network of who opens it.

A browser reads a host that ends in a number as an IPv4 address, and numbers in three bases, with one to four parts; so
does this module, after the URL standard. Nothing is looked up: what a public name leads to is seen by nobody here.

References
----------
.. [1] WHATWG, URL, sections 3.5 (host parsing) and "IPv4 parser"; RFC 6761 and 8375 for names of one's own network.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Final

__all__ = ["is_public"]

_BASES: Final = ((re.compile("0x[0-9a-f]*"), 16), (re.compile("0[0-7]*"), 8), (re.compile("[1-9][0-9]*"), 10))
_PARTS: Final = 4
_BYTE: Final = 256
_OWN: Final = frozenset(
    {"localhost", "localdomain", "local", "internal", "intranet", "lan", "home", "corp", "private", "arpa", "invalid"}
)
_GLOBAL: Final = ipaddress.ip_network("2000::/3")


def is_public(host: str) -> bool:
    """Say whether a host, in lower case and without a port, is a public name or address.

    Examples
    --------
    >>> [is_public(host) for host in ("img.example", "8.8.8.8", "2606:4700::1111")]
    [True, True, True]
    >>> [is_public(host) for host in ("intranet", "nas.local", "0x7f.1", "2130706433", "::ffff:8.8.8.8", "10.0.0.1.")]
    [False, False, False, False, False, False]
    """
    if ":" in host:
        return _is_public_six(host)
    labels = host.removesuffix(".").split(".")
    if any(not label for label in labels):
        return False
    if labels[-1].isdecimal() or _BASES[0][0].fullmatch(labels[-1]):
        return _is_public_four(labels)
    return len(labels) > 1 and labels[-1] not in _OWN


def _is_public_six(host: str) -> bool:
    try:
        address = ipaddress.IPv6Address(host)
    except ValueError:
        return False
    if address not in _GLOBAL or not address.is_global:  # what wraps an IPv4 address is elsewhere, but for one
        return False
    return address.sixtofour is None or _is_global(address.sixtofour)


def _is_public_four(labels: list[str]) -> bool:
    numbers = [_number(label) for label in labels]
    known = [number for number in numbers if number is not None]
    if len(known) < len(numbers) or len(known) > _PARTS:
        return False
    *first, last = known
    if any(number >= _BYTE for number in first) or last >= _BYTE ** (_PARTS - len(first)):
        return False
    whole = last + sum(number * _BYTE ** (_PARTS - 1 - n) for n, number in enumerate(first))
    return _is_global(ipaddress.IPv4Address(whole))


def _number(label: str) -> int | None:
    """Return a part of an IPv4 address as browsers read it: ``0x1f``, ``037`` and ``31`` are one."""
    for pattern, base in _BASES:
        if len(label) <= 2 * _BYTE and pattern.fullmatch(label):
            return int(label.removeprefix("0x") or "0", base) if base == _BASES[0][1] else int(label, base)
    return None


def _is_global(address: ipaddress.IPv4Address) -> bool:
    return address.is_global and not address.is_multicast
