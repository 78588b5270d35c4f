"""Files that came with messages: what is shown of one, and where it may be opened.

An address is a customer's, and hostile until the opposite is proven: it is nowhere in the page. It is told on a click,
with the host it leads to, and only if it is a plain web address. Nothing is fetched here.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from deskkit.desk import cards
from deskkit.text import visible
from deskkit.views.desk.hosts import is_public

if TYPE_CHECKING:
    from collections.abc import Collection

    from deskkit.desk.cards import Said
    from deskkit.desk.desk import Desk
    from deskkit.views.words import Words

__all__ = ["files", "opened"]

KINDS: Final = ("image", "voice", "audio", "video", "file")
SCHEMES: Final = ("http", "https")
_KILO: Final = 1000
_LONGEST_NAME: Final = 200


def files(line: Said, *, say: Words) -> list[dict[str, Any]]:
    """Return the files of a message: ``name``, ``size`` in words, and whether one may ask to ``open`` it."""
    kind = say.content(line.content_type) if line.content_type in KINDS else ""
    if line.files:
        return [
            {
                "name": _named(one.name, say) or say("file"),
                "size": " · ".join(filter(None, [kind, _size(one.size, say)])),
                "open": bool(one.url),
            }
            for one in line.files
        ]
    if line.content_type in KINDS or (line.content_type != "text" and not line.text.strip()):
        return [{"name": _named(line.text, say) or say("file"), "size": kind, "open": False}]
    return []


def _named(name: str, say: Words) -> str:
    return visible(say.personal(name, _LONGEST_NAME))[:_LONGEST_NAME]


def _size(size: int, say: Words) -> str:
    if size <= 0:
        return ""
    if size < _KILO:
        return say("{n} bytes", n=size)
    if size < _KILO**2:
        return say("{n} kB", n=round(size / _KILO))
    return say("{n} MB", n=f"{size / _KILO**2:,.1f}")


def opened(desk: Desk, asked: dict[str, Any], *, hosts: Collection[str] = (), say: Words) -> dict[str, Any]:
    """Return where a file is: its ``url`` and ``host``, or in ``text`` why it is not opened.

    Parameters
    ----------
    desk : Desk
    asked : dict
        ``id`` of the conversation, number of the ``line``, number of the ``file`` in it, as a browser says them.
    hosts : collection of str, optional
        Of the own network, in lower case, with their port where the address has one: their files are opened too.
    say : Words
    """
    url = _address(desk, asked)
    if not url:
        return {"text": say("This file is not there any more")}
    problem = _problem(url, hosts, say)
    return {"text": problem} if problem else {"url": url, "host": _host(url)}


def _address(desk: Desk, asked: dict[str, Any]) -> str:
    if desk.conversations.find(asked["id"]) < 0:
        return ""
    try:
        line, number = int(asked["line"]), int(asked["file"])
    except ValueError:
        return ""
    said = cards.said(desk, asked["id"])
    if not (0 <= line < len(said) and 0 <= number < len(said[line].files)):
        return ""
    return str(said[line].files[number].url)


def _host(url: str) -> str:
    """Return the host of an address as a browser has it, empty where there is none or it could be read in two ways."""
    if not (url.isascii() and url.isprintable()) or set(url) & set(' \\<>"`{}|^'):
        return ""
    with suppress(ValueError):
        parts = urlsplit(url)
        if parts.scheme in SCHEMES and parts.hostname and "@" not in parts.netloc and "%" not in parts.netloc:
            _ = parts.port  # raises where it is none
            return parts.netloc.lower()
    return ""


def _problem(url: str, hosts: Collection[str], say: Words) -> str:
    """Return in words why an address is not opened; empty where it may be."""
    scheme = url.partition(":")[0].strip().lower()
    if scheme not in SCHEMES:
        return say("Not opened: “{scheme}:” is no web address", scheme=visible(scheme)[:20])
    if not _host(url):
        return say("Not opened: it is not clear which host this address leads to")
    if _host(url) not in hosts and not is_public(urlsplit(url).hostname or ""):
        return say("Not opened: this address leads to your own machine or into your own network")
    return ""
