"""Events as bytes, and back: the canonical row of a log."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Final

import msgspec

from deskkit.desk.events import DECISIONS, FACTS

if TYPE_CHECKING:
    from deskkit.desk.events import Event

__all__ = ["decode", "encode"]

_encoder = msgspec.json.Encoder(order="deterministic")
_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(reduce(or_, FACTS + DECISIONS))


_WORDS: Final[dict[type, tuple[tuple[str, str], ...]]] = {
    kind: tuple(
        (field.name, field.default)
        for field in msgspec.structs.fields(kind)
        if isinstance(field.default, str) and field.default
    )
    for kind in FACTS + DECISIONS
}
"""Defaults that are words: msgspec leaves them out only if they are the very object, not if they say the same."""


def encode(event: Event) -> bytes:
    """Write an event as UTF-8 JSON with its kind; the canonical row of a log: equal events are equal bytes.

    Examples
    --------
    >>> from deskkit.desk.events import Viewed
    >>> encode(Viewed(at=5, conversation="c1", agent="chen"))
    b'{"kind":"viewed","at":5,"conversation":"c1","agent":"chen"}'
    """
    for name, default in _WORDS.get(type(event), ()):
        said = getattr(event, name)
        if said is not default and said == default:
            event = msgspec.structs.replace(event, **{name: default})
    return _encoder.encode(event)


def decode(body: bytes) -> Event:
    """Read an event back.

    Raises
    ------
    msgspec.DecodeError
        Truncated JSON, an unknown kind, a wrong type, or too deep nesting.

    Examples
    --------
    >>> decode(b'{"kind":"viewed","at":5,"conversation":"c1","agent":"chen"}').agent
    'chen'
    """
    return _decoder.decode(body)
