"""A log in which everything that somebody else wrote is hostile: each field of each fact, one payload after another.

Fields are found by their types, so that one that comes later is spoilt too; `OURS` are those the desk itself decides by.
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

__all__ = ["BEGUN", "NOW", "OURS", "hostile_log", "spoilt"]

BEGUN: Final = 1_781_748_000_000
NOW: Final = BEGUN + 3 * 3_600_000
OURS: Final = {
    "at", "source", "by", "because", "origin", "role", "presence", "facet", "language", "group", "groups", "languages",
    "needs", "skills", "content_type", "fingerprint",
}  # fmt: skip
"""Fields that are checked against a list of ours, or that only our own source code fills in; see the test of it."""


def spoilt(kind: type[e.Fact], payload: str, **given: Any) -> e.Fact:
    """Return a fact in which every text and name is a payload, but for what is given."""
    hints = get_type_hints(kind, vars(e))
    fields = {name: _spoilt(hint, payload) for name, hint in hints.items() if name not in OURS}
    known = {name: value for name, value in fields.items() if value is not None}
    return kind(**(known | {"source": "test"} | given))


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


def hostile_log(payloads: Sequence[str]) -> EventLog:
    """Return a log of a conversation, a customer and an agent for each payload, who bear it in everything they are."""
    facts: list[e.Fact] = []
    kept = [payload.replace("\0", "\ufffd") for payload in payloads]  # no log takes a name with a NUL
    for n, payload in enumerate(kept):
        facts += _lived(n, payload)
    facts += _told(kept)
    log = MemoryLog()
    ordered = sorted(facts, key=lambda fact: fact.at)
    named = [structs.replace(fact, source="test", source_id=str(n)) for n, fact in enumerate(ordered)]
    log.append(named, received_at=NOW)
    return log


def _lived(n: int, payload: str) -> list[e.Fact]:
    """Return one conversation; every fourth is over, and its customer has come again."""
    at, words = BEGUN + n * 1_000, {"conversation": f"{payload}·{n}"}
    tags = [spoilt(e.TagSet, payload, at=at + 5, facet=facet, on=True, **words) for facet in ("customer", "inquiry", "label")]
    found = [
        spoilt(e.AgentSet, payload, at=at, groups=("presales",), languages=("zh",), skills={payload[:64]: 3}),
        spoilt(e.PresenceSet, payload, at=at, presence="online"),
        spoilt(e.CustomerSet, payload, at=at, fields={
            payload[:64]: payload, "membership": payload, "last_order": payload, "order_no": payload, "dev_client_id": payload,
        }),
        spoilt(e.ConversationOpened, payload, at=at + 1, **words),
        spoilt(e.CustomerWrote, payload, at=at + 2, message=f"{n}/1", **words),
        spoilt(e.CustomerWrote, payload, at=at + 3, message=f"{n}/2", content_type="file", **words),
        spoilt(e.OwnerSet, payload, at=at + 4, **words),
        *tags,
        spoilt(e.HelperSet, "", at=at + 6, agent=payload, on=False, **words),
        spoilt(e.AgentWrote, payload, at=at + 60_000, message=f"{n}/3", **words),
        spoilt(e.AgentWrote, payload, at=at + 60_001, message=f"{n}/4", content_type="image", **words),
        spoilt(e.SystemWrote, payload, at=at + 60_002, message=f"{n}/5", **words),
        spoilt(e.NoteWritten, payload, at=at + 60_003, pinned=True, to="", **words),
        spoilt(e.NoteWritten, payload, at=at + 60_004, **words),
        spoilt(e.CustomerWrote, payload, at=at + 90_000, message=f"{n}/6", **words),
    ]  # fmt: skip
    if n % 4 == 0:
        again = {"conversation": f"{payload}·{n} again"}
        found += [
            spoilt(e.Resolved, payload, at=at + 100_000, **words),
            spoilt(e.Rated, payload, at=at + 100_001, rating=-1, **words),
            spoilt(e.ConversationOpened, payload, at=at + 200_000, **again),
            spoilt(e.CustomerWrote, payload, at=at + 200_001, message=f"{n}/7", **again),
        ]
    if n % 4 == 1:
        found.append(spoilt(e.CustomerLeft, payload, at=at + 100_000, **words))
    return found


def _told(payloads: Sequence[str]) -> list[e.Fact]:
    """Return one conversation in which each payload is said once."""
    words = {"conversation": "told"}
    opened = spoilt(e.ConversationOpened, payloads[0], at=BEGUN, **words)
    return [opened] + [
        spoilt(e.CustomerWrote, payload, at=BEGUN + 1 + n * 10_000, message=f"told/{n}", **words)
        for n, payload in enumerate(payloads)
    ]
