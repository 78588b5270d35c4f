r"""The door at which views hear browsers: whatever comes in is believed in nothing but its shape, and here it gets one.

A page can send anything, and so can whoever has got hold of it. What a view is told of is one of the kinds below, with
values of the right type and of a bearable size; the rest is counted, and nobody is told. Whether a name means anything
at this desk is asked where it is used.
"""

from __future__ import annotations

import logging
from typing import Annotated, Any, Final

import msgspec

__all__ = ["Door", "Name"]

_logger = logging.getLogger(__name__)

Name = Annotated[str, msgspec.Meta(max_length=1_000, pattern="^[^\ud800-\udfff]*$")]
"""A name, key or path as a browser sends it: of a bearable length, and without half characters, which no log holds."""

_Number = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]  # all that a browser counts exactly
_Names = Annotated[list[Name], msgspec.Meta(max_length=1_000)]
_Few = Annotated[dict[Name, Name], msgspec.Meta(max_length=20)]

FIELDS: Final[dict[str, Any]] = {
    "act": Name, "again": bool, "ask": _Number, "at": _Number, "begun": Name, "by": _Number, "channel": Name,
    "days": _Number, "deed": dict[Name, Any], "desktop": Name, "do": Name, "facet": Name, "family": Name,
    "file": _Number, "filters": _Few, "focus": Name | None, "group": Name | None, "has": bool, "id": Name,
    "language": Name, "line": _Number | Name, "me": Name, "measure": Name, "n": _Number, "name": Name, "open": _Names,
    "outcome": Name, "page": Name, "part": Name, "path": Name, "query": str, "saw": _Number, "seen": _Number,
    "seq": _Number | None, "shows": bool, "tag": Name, "text": str, "to": Name, "turn": _Number, "v": Any,
    "window": Name,
}  # fmt: skip
"""What each field holds, whatever it is a part of."""

KINDS: Final[dict[str, str]] = {
    # any of them
    "hello": "seq? again?",
    "language": "language",
    "open": "id page?",
    "act": "act deed",
    # a board
    "offer": "act id",
    "turn": "n",
    # the desk
    "bye": "page?",
    "front": "page at",
    "leave": "",
    "me": "me",
    "watch": "open focus page?",
    "search": "query ask page? filters?",
    "whom": "query ask n? page?",
    "draft": "id has",
    "more": "id line? page?",
    "less": "id page?",
    "file": "id line file",
    # alerts and wallboard
    "rang": "n channel outcome",
    "push": "",
    "permission": "desktop?",
    "behind": "measure group?",
    # the rules workshop
    "text": "begun? text window n turn",
    "pick": "family? path shows?",
    "line": "line",
    "back": "window n turn",
    "anew": "window n turn",
    "version": "seq",
    "versions": "",
    "restore": "seq window n turn",
    "live": "act saw? begun? seen? text window n turn",
    "save": "path begun? seen? text window n turn",
    "try": "days begun? seen? text window n turn",
    "stop": "",
    "edit": "path v window n turn",
    "add": "part name? window n turn",
    "remove": "path window n turn",
    "move": "path by window n turn",
    "label": "do facet tag? to? window n turn",
}
"""Of which fields each kind of message is made; one with a question mark may be missing."""

_ANSWERED: Final[dict[str, dict[str, Any]]] = {
    "act": {"act": "", "deed": {}},
    "live": {"act": "", "text": "", "window": "", "n": 0, "turn": -1},
}


class Door:
    """The door of one view.

    Attributes
    ----------
    refused : int
        Messages that had no shape.

    Examples
    --------
    >>> door = Door()
    >>> door.heard({"type": "more", "id": "c1", "and": 1})
    {'type': 'more', 'id': 'c1'}
    >>> door.heard({"type": "more", "id": ["c1"]}), door.heard(None), door.refused
    ({}, {}, 2)
    """

    def __init__(self) -> None:
        self.refused = 0

    def heard(self, message: object) -> dict[str, Any]:
        """Return what a browser sent, as far as it has a shape; of the rest nothing.

        Parameters
        ----------
        message : object
            Whatever came.

        Returns
        -------
        dict
            With ``type``; empty where that is none. Of a deed without shape it is left that it was one: whoever asked
            for it waits for an answer.
        """
        kind = message.get("type") if isinstance(message, dict) else None
        if isinstance(message, dict) and isinstance(kind, str) and kind in KINDS:
            try:
                return {"type": kind, **_shaped(message, KINDS[kind])}
            except (KeyError, msgspec.ValidationError, UnicodeEncodeError):  # the last of half characters
                return self._refuse() | ({"type": kind, **_ANSWERED[kind]} if kind in _ANSWERED else {})
        return self._refuse()

    def _refuse(self) -> dict[str, Any]:
        self.refused += 1
        if self.refused == 1:  # once: who sends nonsense for hours fills no disk with it
            _logger.warning("A browser sent what no page of deskkit sends; it is passed over.")
        return {}


def _shaped(message: dict[str, Any], fields: str) -> dict[str, Any]:
    names = [name.removesuffix("?") for name in fields.split() if not name.endswith("?") or name[:-1] in message]
    return {name: msgspec.convert(message[name], FIELDS[name]) for name in names}
