"""What hands did in the last ten minutes and may be undone, by whoever looks at the log.

Told event by event right before the desk changes, so that what undoes a deed is worked out of what stood there. The
facts of one deed share the first part of their identity: ``act.0``, ``act.1``; those of its undoing carry ``undo-act``,
and ``undo-act~2`` where the driver refused the first try.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from deskkit.desk import events as e
from deskkit.desk.cards import conversation_card
from deskkit.desk.undoing import KEPT_MS, undoing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.desk.desk import Desk

__all__ = ["UNDO", "VIEW", "Done", "Undo", "identified", "tried", "undone"]

VIEW: Final = "view"  # the source of what is done in a view
UNDO: Final = "undo-"
_TRY: Final = "~"  # stands in no identity that a browser gives


class Done(msgspec.Struct):
    """A deed, and what undoes it: the facts done, by whom, when (ms), and the facts back, the latest first."""

    act: str
    by: str
    at: int
    facts: list[e.ConversationFact]
    back: list[e.Fact]


def identified(facts: Sequence[e.Fact], *, act: str, by: str, at: int) -> list[e.Fact]:
    """Return the facts of one deed with its identity, author and time: the same deed twice is one.

    Examples
    --------
    >>> [fact.source_id for fact in identified([e.Archived(at=0, conversation="c1")], act="a1", by="chen", at=5)]
    ['a1.0']
    """
    return [
        msgspec.structs.replace(fact, at=at, by=by, source=VIEW, source_id=f"{act}.{n}") for n, fact in enumerate(facts)
    ]


def tried(act: str, n: int) -> str:
    """Return the identity of the nth try, from 1, to undo a deed: whoever tries, it is the same.

    Examples
    --------
    >>> tried("a1", 1), tried("a1", 2), undone(tried("a1", 2)), undone("a1")
    ('undo-a1', 'undo-a1~2', 'a1', '')
    """
    return f"{UNDO}{act}" if n == 1 else f"{UNDO}{act}{_TRY}{n}"


def undone(act: str) -> str:
    """Return the deed that a deed undoes, empty where it undoes none."""
    return act.removeprefix(UNDO).partition(_TRY)[0] if act.startswith(UNDO) else ""


class Undo:
    """The deeds that may be undone, the latest last.

    Examples
    --------
    >>> from deskkit.desk.desk import Desk
    >>> from deskkit.desk.policy import Policy
    >>> desk, undo = Desk(Policy.load("data/policies/standard.toml")), Undo()
    >>> _ = desk.step(e.ConversationOpened(at=0, conversation="c1", customer="zhang"))
    >>> for fact in identified([e.Archived(at=0, conversation="c1")], act="a1", by="chen", at=5):
    ...     undo.told(desk, fact)
    >>> [(done.by, [type(fact).__name__ for fact in done.back]) for done in undo.latest(now=10)]
    [('chen', ['Unarchived'])]
    """

    def __init__(self) -> None:
        self._done: dict[str, Done] = {}

    def forget(self) -> None:
        """Forget all: the desk begins anew."""
        self._done.clear()

    def told(self, desk: Desk, event: e.Event) -> None:
        """Hear of an event before the desk changes by it."""
        if isinstance(event, e.Refused):
            self._refused(event)
        if event.source != VIEW or not isinstance(event, e.ConversationFact):
            return
        act = event.source_id.rpartition(".")[0]
        if back_of := undone(act):
            self._done.pop(back_of, None)
            return
        if desk.conversations.find(event.conversation) < 0:
            return
        if back := undoing(event, conversation_card(desk, event.conversation)):
            done = self._done.setdefault(act, Done(act, event.by, event.at, [], []))
            done.facts.append(event)
            done.back[:0] = back

    def _refused(self, event: e.Refused) -> None:
        """Forget what was refused: it changed nothing."""
        source, _, rest = event.source_id.partition(":")
        identity, act = rest.rpartition("#")[0], rest.rpartition("#")[0].rpartition(".")[0]
        done = self._done.get(act) if source == VIEW else None
        if done is None:
            return
        if [fact.source_id for fact in done.facts] == [identity]:
            del self._done[act]
        else:
            keep = [fact for fact in done.facts if fact.source_id != identity]
            names = {fact.conversation for fact in keep}
            done.facts[:] = keep
            done.back[:] = [fact for fact in done.back if getattr(fact, "conversation", "") in names]

    def latest(self, *, now: int) -> list[Done]:
        """Return what may still be undone at an instant, milliseconds, the latest first."""
        self._done = {act: done for act, done in self._done.items() if done.at + KEPT_MS >= now}
        return list(reversed(self._done.values()))

    def get(self, act: str) -> Done | None:
        """Return a deed, None where it cannot be undone any more."""
        return self._done.get(act)
