"""What customers wrote in open conversations, searched anew by the signals of another policy.

Of thousands of messages that takes a second. Whoever must not wait has it done bit by bit before the policy comes, and
what was found is used where it still holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskkit.desk import columns as k
from deskkit.desk.events import AgentWrote, CustomerWrote
from deskkit.desk.resting import near
from deskkit.desk.tagging import LOOKED_AT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskkit.desk.desk import Desk
    from deskkit.desk.tagging import Tagger

__all__ = ["Found", "read_ahead", "signals"]

MESSAGE: Final = 60  # characters that take as long to search as it takes to come to a message


class Found:
    """The signals of a conversation by a policy: those `ever` found, and those found since it was answered, `now`."""

    def __init__(self, desk: Desk, number: int, tagger: Tagger) -> None:
        self._said = desk.messages[number]
        self._tagger = tagger
        self._so_much = _so_much(desk, number)
        self.ever = self.now = 0

    def holds(self, desk: Desk, number: int) -> bool:
        """Say whether a desk looks for these signals, in what was searched for them."""
        return self._tagger is desk.tagger and self._so_much == _so_much(desk, number)

    def search(self) -> Iterator[int]:
        """Yield after each message how many characters' work it was."""
        for fact in self._said:
            if isinstance(fact, CustomerWrote) and fact.content_type == "text":
                mask = self._tagger.mask(fact.text)
                self.ever, self.now = self.ever | mask, self.now | mask
            elif isinstance(fact, AgentWrote) and not fact.automatic:
                self.now = 0
            yield MESSAGE + min(len(fact.text), LOOKED_AT)


def read_ahead(desk: Desk, tagger: Tagger) -> Iterator[int]:
    """Search all open conversations by the signals of a policy that comes next, so that it need not be done then.

    Parameters
    ----------
    desk : Desk
        As it stands before that policy.
    tagger : Tagger
        Of that policy.

    Yields
    ------
    int
        After each bit of work how many characters' work it was.
    """
    rows = desk.state.conversation
    for number in sorted(near(rows)) if tagger is not desk.tagger else ():
        yield 1
        if rows[number][k.STAGE] < k.RESOLVED:
            found = Found(desk, number, tagger)
            yield from found.search()
            desk.read_ahead[number] = found


def signals(desk: Desk, number: int) -> tuple[int, int]:
    """Return the signals of a conversation by the policy in force: ever, and since it was answered."""
    found = desk.read_ahead.get(number)
    if found is None or not found.holds(desk, number):
        found = Found(desk, number, desk.tagger)
        sum(found.search())
    return found.ever, found.now


def _so_much(desk: Desk, number: int) -> tuple[int, int]:
    return desk.messages.count(number), desk.messages.taken(number)
