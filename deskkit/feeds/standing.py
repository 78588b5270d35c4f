"""How a conversation stood by what a source said, so that an import says only what changed.

A snapshot (owner, group, priority, status, rating, tags as of an instant) repeats what earlier ones said, and
a later export repeats what an earlier import stored. A fact is news if the same source did not say the same of
the same conversation last, as of the fact's own time. So a snapshot that comes again adds nothing, and one
that is older than what the log holds changes nothing later.

This module knows facts and a log, and no product.
"""

from __future__ import annotations

import json
from bisect import bisect_right, insort
from collections import OrderedDict
from operator import itemgetter
from typing import TYPE_CHECKING, Final

import msgspec

from deskkit.desk.events import (
    ConversationFact,
    ConversationOpened,
    CustomerLeft,
    CustomerWrote,
    Event,
    GroupSet,
    OwnerSet,
    PrioritySet,
    Rated,
    Reopened,
    Resolved,
    Snoozed,
    TagSet,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deskkit.log import EventLog

__all__ = ["ALL_TAGS", "Standing", "all_tags"]

ALL_TAGS: Final = "\0"
"""Begins the `tag` of a fact that lists all tags of its facet; no cleaned text holds this character."""

_BACK: Final = "back"  # the customer wrote
_SECOND: Final = 1_000
_HELD: Final = 20_000  # conversations remembered
_KINDS: Final = (
    ConversationOpened, CustomerWrote, OwnerSet, GroupSet, PrioritySet, Resolved, CustomerLeft, Reopened, Snoozed,
    Rated, TagSet,
)  # fmt: skip

_Aspect = tuple[str, ...]
_Said = tuple[int, object]  # when, and what
_Stated = tuple[_Aspect, int, object]


def all_tags(fact: TagSet, tags: Sequence[str]) -> TagSet:
    """Return a proposal that a conversation has exactly these tags of the fact's facet."""
    return msgspec.structs.replace(fact, tag=ALL_TAGS + json.dumps(list(tags)))


class Standing:
    """What one source said of conversations so far: in the log, and in this import.

    Parameters
    ----------
    log : EventLog
    source : str
        Only its own facts count.

    Examples
    --------
    >>> from deskkit.log import open_log
    >>> standing = Standing(open_log("memory:"), "shop")
    >>> owner = OwnerSet(at=5, source="shop", source_id="1", conversation="c", agent="chen")
    >>> later = msgspec.structs.replace(owner, at=9, source_id="2")
    >>> len(list(standing.settle(owner))), len(list(standing.settle(later)))
    (1, 0)
    """

    def __init__(self, log: EventLog, source: str) -> None:
        self._log, self._source = log, source
        self._held: OrderedDict[str, dict[_Aspect, list[_Said]]] = OrderedDict()
        self._stored: dict[str, set[_Stated]] = {}
        self._empty = log.last_seq() == 0  # then nothing has to be looked up until something is forgotten

    def settle(self, fact: Event) -> Iterator[Event]:
        """Yield what of a fact is news; facts that say nothing of a standing pass."""
        if not isinstance(fact, ConversationFact) or not isinstance(fact, _KINDS):
            yield fact
        elif isinstance(fact, CustomerWrote):
            self._note(fact)  # whoever writes is back: what was over before can be over again, or be opened
            yield fact
        elif isinstance(fact, TagSet) and fact.tag.startswith(ALL_TAGS):
            yield from self._tags(fact)
        elif self._note(fact):
            yield fact

    def speaks_of(self, conversation: str, aspect: str) -> bool:
        """Tell whether anything was said of an aspect of a conversation, at any time."""
        return bool(self._of(conversation).get((aspect,)))

    def times_of(self, conversation: str, aspect: str) -> list[int]:
        """Return when something was said of an aspect of a conversation."""
        return [at for at, _ in self._of(conversation).get((aspect,), ())]

    def is_closed(self, conversation: str, at: int) -> bool:
        """Tell whether a conversation was over or put aside before an instant, and nothing said by then opened it.

        Sources that tell whole seconds cannot tell what came first within one: that counts as not before it.
        """
        said = self._of(conversation).get(("status",), [])
        by_then = _status_of(said[: bisect_right(said, at, key=itemgetter(0))])
        before = _status_of(said[: bisect_right(said, at - _SECOND, key=itemgetter(0))])
        return before != "open" and by_then != "open"

    def _note(self, fact: ConversationFact) -> bool:
        """Remember what a fact says; False if it was said already."""
        aspect, value = _meaning(fact)
        held = self._of(fact.conversation)
        said = held.setdefault(aspect, [])
        at = bisect_right(said, fact.at, key=itemgetter(0))
        before = said[at - 1][1] if at else _NOTHING.get(aspect[0], False)
        if _stated(fact) in self._stored.get(fact.conversation, ()):
            return False  # it is in the log, even if another statement of the same instant contradicts it
        if before == _BACK and value == "open":
            before = _status_of(said[:at])
        if before == value or (aspect == ("opened",) and said):
            return False
        said.insert(at, (fact.at, value))
        for also, implied in _implied(fact):
            insort(held.setdefault(also, []), (fact.at, implied), key=itemgetter(0))
        return True

    def _tags(self, fact: TagSet) -> Iterator[TagSet]:
        """Turn a list of all tags into those put on and those taken off."""
        listed = dict.fromkeys(json.loads(fact.tag.removeprefix(ALL_TAGS)))
        facets = self._of(fact.conversation)
        known = [tag for facet, *rest in list(facets) for tag in rest if facet == f"tag {fact.facet}"]
        for tag in dict.fromkeys((*listed, *known)):
            on = tag in listed
            one = msgspec.structs.replace(fact, tag=tag, on=on, source_id=_tag_id(fact, tag, on=on))
            if self._note(one) or self._is_stored(one):
                yield one

    def _is_stored(self, fact: TagSet) -> bool:
        """Tell whether the log holds this very fact, which it then knows by its identity."""
        stored = _stated(fact) in self._stored.get(fact.conversation, ())
        return stored and self._log.find(fact.source, fact.source_id) is not None

    def _of(self, conversation: str) -> dict[_Aspect, list[_Said]]:
        held = self._held.get(conversation)
        if held is not None:
            self._held.move_to_end(conversation)
            return held
        held = {} if self._empty else self._look_up(conversation)
        self._held[conversation] = held
        if len(self._held) > _HELD:
            forgotten, _ = self._held.popitem(last=False)
            self._stored.pop(forgotten, None)
            self._empty = False
        return held

    def _look_up(self, conversation: str) -> dict[_Aspect, list[_Said]]:
        found: dict[_Aspect, list[_Said]] = {}
        stated: set[_Stated] = set()
        for stored in self._log.read(conversation=conversation, kinds=_KINDS):
            fact = stored.event
            if isinstance(fact, ConversationFact) and fact.source == self._source:
                aspect, value = _meaning(fact)
                stated.add(_stated(fact))
                for also, said in ((aspect, value), *_implied(fact)):
                    found.setdefault(also, []).append((fact.at, said))
        for history in found.values():
            history.sort(key=itemgetter(0))
        self._stored[conversation] = stated
        return found


_NOTHING: Final[dict[str, object]] = {
    "owner": "", "group": "", "status": "open", "priority": -1, "rating": None,
}  # fmt: skip
"""What is so without anybody saying it."""


def _status_of(said: Sequence[_Said]) -> object:
    """Return the status said last: a message of the customer is none, for the source says what came of it."""
    return next((value for _, value in reversed(said) if value != _BACK), "open")


def _meaning(fact: ConversationFact) -> tuple[_Aspect, object]:
    """Return what a fact is about, and what it says of it."""
    if type(fact) in _VALUES:
        aspect, field = _VALUES[type(fact)]
        return (aspect,), getattr(fact, field)
    if isinstance(fact, ConversationOpened):
        return ("opened",), True
    if isinstance(fact, TagSet):
        return (f"tag {fact.facet}", fact.tag), fact.on
    return ("status",), _STATUS.get(type(fact), "") or f"snoozed until {getattr(fact, 'until', 0)}"


def _stated(fact: ConversationFact) -> _Stated:
    """Return what tells a statement in the log from others.

    Of a tag it is the instant alone: lists that contradict one another would put it on and take it off for ever.
    """
    aspect, value = _meaning(fact)
    return aspect, fact.at, None if isinstance(fact, TagSet) else value


def _implied(fact: ConversationFact) -> Iterator[tuple[_Aspect, object]]:
    """Yield what else a fact says: the first group; that a change of group releases the owner."""
    if isinstance(fact, ConversationOpened):
        yield ("group",), fact.group
    elif isinstance(fact, GroupSet):
        yield ("owner",), ""


_VALUES: Final[dict[type, tuple[str, str]]] = {
    OwnerSet: ("owner", "agent"), GroupSet: ("group", "group"), PrioritySet: ("priority", "level"),
    Rated: ("rating", "rating"),
}  # fmt: skip
_STATUS: Final[dict[type, str]] = {CustomerWrote: _BACK, Reopened: "open", Resolved: "over", CustomerLeft: "over"}


def _tag_id(fact: TagSet, tag: str, *, on: bool) -> str:
    return f"tag:{fact.conversation}:{fact.facet}:{tag}:{fact.at}{'' if on else ':off'}"
