"""A log in which everything that somebody else wrote is hostile: each field of each fact, one payload after another.

Fields are found by their types, so that one that comes later is spoilt too; `OURS` are those the desk decides by.
"""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any, Final, get_args, get_origin, get_type_hints

from msgspec import structs

from deskkit.desk import events as e
from deskkit.log import MemoryLog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.log import EventLog

__all__ = ["BEGUN", "NOW", "OURS", "hostile_log", "open_fields", "spoilt"]

BEGUN: Final = 1_781_748_000_000
NOW: Final = BEGUN + 3 * 3_600_000
_FIELDS: Final = ("orders", "spend", "last_order", "membership", "dev_client_id", "order_no")
_EVERY: Final = 20  # of so many payloads, one is also such a name
OURS: Final = {"source", "source_id", "because", "origin", "role", "presence", "facet", "content_type", "fingerprint"}
"""Fields that are one of a list of ours, or that only our own source code fills in."""
FEW: Final = {"skills", "languages", "groups", "needs", "language", "group"}
"""Fields of which a desk has room for a few dozen names only."""


def open_fields(kind: type[e.Fact]) -> dict[str, Any]:
    """Return the fields of a fact in which somebody else's text may stand, and their types."""
    hints = get_type_hints(kind, vars(e))
    return {name: hint for name, hint in hints.items() if name not in OURS and _spoilt(hint, "x") is not None}


def spoilt(kind: type[e.Fact], payload: str, *, whole: bool = False, **given: Any) -> e.Fact:
    """Return a fact in which every text and name is a payload, but for what is given; `whole`: also the few names."""
    fields = {name: _spoilt(hint, payload) for name, hint in open_fields(kind).items() if whole or name not in FEW}
    return kind(**(fields | given))


def _spoilt(hint: Any, payload: str) -> Any:
    """Return a value of a type that holds a payload; None where the type has no room for one."""
    if hint is str:
        return payload
    if get_origin(hint) in {dict, tuple}:
        first, *rest = get_args(hint)
        values = [payload for one in (first, *rest) if one is str or str in get_args(one)]
        is_map = get_origin(hint) is dict
        return ({payload: payload if len(values) > 1 else 1} if is_map else (payload,)) if values else None
    if get_origin(hint) is types.UnionType and str in get_args(hint):
        return payload
    return None


def hostile_log(payloads: Sequence[str], *, said: Sequence[str] = ()) -> EventLog:
    """Return a log of a conversation, a customer and an agent for each payload, who bear it in everything they are.

    In one more conversation, ``told``, all of `said` is said.
    """
    facts = [fact for n, payload in enumerate(_names(payloads)) for fact in _lived(n, payload)]
    facts += _told(_names(said or payloads))
    log = MemoryLog()
    ordered = sorted(facts, key=lambda fact: fact.at)
    named = [structs.replace(fact, source="test", source_id=str(n)) for n, fact in enumerate(ordered)]
    log.append(named, received_at=NOW)
    return log


def _lived(n: int, payload: str) -> list[e.Fact]:
    """Return one conversation; every fourth is over, and its customer has come again."""
    at, whole = BEGUN + n * 1_000, n % _EVERY == 0
    words: dict[str, Any] = {"conversation": f"{payload}·{n}"}
    tags = [
        spoilt(e.TagSet, payload, at=at + 5, facet=facet, on=True, **words)
        for facet in ("customer", "inquiry", "label")
    ]
    found = [
        spoilt(e.AgentSet, payload, at=at, whole=whole, capacity=5.0),
        spoilt(e.PresenceSet, payload, at=at, presence="online"),
        spoilt(e.CustomerSet, payload, at=at, fields=dict.fromkeys((payload, *_FIELDS), payload)),
        spoilt(e.ConversationOpened, payload, at=at + 1, whole=whole, **words),
        spoilt(e.CustomerWrote, payload, at=at + 2, message=f"{payload}/{n}/1", **words),
        spoilt(e.CustomerWrote, payload, at=at + 3, message=f"{payload}/{n}/2", content_type=payload, **words),
        spoilt(e.OwnerSet, payload, at=at + 4, **words),
        spoilt(e.HistorySeeded, payload, at=at + 1),
        spoilt(e.Viewed, payload, at=at + 5, **words),
        *tags,
        spoilt(e.HelperSet, payload, at=at + 6, **words),
        spoilt(e.AgentWrote, payload, at=at + 60_000, message=f"{payload}/{n}/3", **words),
        spoilt(e.AgentWrote, payload, at=at + 60_001, message=f"{payload}/{n}/4", content_type="image", **words),
        spoilt(e.SystemWrote, payload, at=at + 60_002, message=f"{payload}/{n}/5", **words),
        spoilt(e.NoteWritten, payload, at=at + 60_003, pinned=True, to="", **words),
        spoilt(e.NoteWritten, payload, at=at + 60_004, **words),
        spoilt(e.CustomerWrote, payload, at=at + 90_000, message=f"{payload}/{n}/6", **words),
    ]  # fmt: skip
    if whole:
        found.append(spoilt(e.GroupSet, payload, at=at + 95_000, whole=True, **words))
    if n % 4 == 0:
        again: dict[str, Any] = {"conversation": f"{payload}·{n} again"}
        found += [
            spoilt(e.Resolved, payload, at=at + 100_000, **words),
            spoilt(e.Rated, payload, at=at + 100_001, rating=-1, **words),
            spoilt(e.ConversationOpened, payload, at=at + 200_000, **again),
            spoilt(e.CustomerWrote, payload, at=at + 200_001, message=f"{payload}/{n}/7", **again),
        ]
    if n % 4 == 1:
        found.append(spoilt(e.CustomerLeft, payload, at=at + 100_000, **words))
    return found


def _names(payloads: Sequence[str]) -> list[str]:
    """Return what can be a name: no log takes one with a NUL."""
    return [payload.replace("\0", "\ufffd") for payload in payloads]


def _told(payloads: Sequence[str]) -> list[e.Fact]:
    """Return one conversation in which each payload is said once."""
    words: dict[str, Any] = {"conversation": "told"}
    opened = spoilt(e.ConversationOpened, payloads[0], at=BEGUN, **words)
    return [opened] + [
        spoilt(e.CustomerWrote, payload, at=BEGUN + 1 + n * 10_000, message=f"{payload}/told/{n}", **words)
        for n, payload in enumerate(payloads)
    ]
