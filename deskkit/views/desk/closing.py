"""Who closed a conversation, and when: an agent, the customer, a rule or a time-out. Knows no widget."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from deskkit.desk import events as e
from deskkit.desk.shown import rule_name
from deskkit.errors import LogError
from deskkit.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deskkit.desk.cards import ConversationCard
    from deskkit.desk.desk import Desk
    from deskkit.live.follower import Follower
    from deskkit.log.rows import Stored
    from deskkit.views.words import Words

__all__ = ["Closings"]

BEHIND: Final = 20_000  # rows of the log in which another policy is looked for, whose rules have other numbers
_TIDIED: Final = {"resolved": "resolve", "archived": "archive"}
_CLOSING: Final[dict[str, type[e.Event]]] = {
    "resolved": e.Resolved, "archived": e.Archived, "abandoned": e.CustomerLeft,
}  # fmt: skip


class Closings:
    """What closed the conversations of a desk, each read once from the log.

    Parameters
    ----------
    follower : Follower
    """

    def __init__(self, follower: Follower) -> None:
        self._follower = follower
        self._known: dict[str, tuple[str, Stored | None]] = {}  # with the stage it was looked for

    def forget(self, names: Iterable[str]) -> None:
        """Look anew for what closed conversations that something happened to."""
        for name in names:
            self._known.pop(name, None)

    def told(self, card: ConversationCard, *, say: Words, now: int) -> str:
        """Say since when a conversation is closed and by whom, and what a reply does now; nothing of an open one.

        Parameters
        ----------
        card : ConversationCard
        say : Words
        now : int
            Milliseconds.
        """
        if card.closed_at is None:
            return ""
        found, desk = self._closing(card), self._follower.desk
        at = card.closed_at if found is None else found.event.at
        stage, time = say.stage(card.stage), say.time(at, now=now)
        if found is None or not (who := self._who(found, desk, say)):
            return say(
                "{stage} since {time}. A reply reaches the customer, and does not open it again", stage=stage, time=time
            )
        return say(
            "{stage} since {time}, by {who}. A reply reaches the customer, and does not open it again",
            stage=stage, time=time, who=who,
        )  # fmt: skip

    def _closing(self, card: ConversationCard) -> Stored | None:
        """Return what brought a conversation into its stage; None where the log does not tell, or cannot be read."""
        known = self._known.get(card.name)
        if known is not None and known[0] == card.stage:
            return known[1]
        found: Stored | None = None
        before: Stored | None = None
        with suppress(LogError):  # of a log that cannot be read others tell; this is looked for again
            kinds = (_CLOSING[card.stage], e.Tidied, e.Refused)
            for one in self._follower.log.read(until=self._follower.seen, conversation=card.name, kinds=kinds):
                if isinstance(one.event, _CLOSING[card.stage]):
                    found, before = one, found
                elif isinstance(one.event, e.Tidied) and one.event.action == _TIDIED.get(card.stage):
                    found = one
                elif isinstance(one.event, e.Refused) and found is not None and _is_of(one.event, found.event):
                    found = before
            self._known[card.name] = card.stage, found
        return found

    def _who(self, found: Stored, desk: Desk, say: Words) -> str:
        """Return who it was; empty where a feed tells no more than that it ended."""
        match found.event:
            case e.Tidied(because=(number, *_)):
                return self._rule(number, found.seq, desk, say)
            case e.Resolved(reason="timeout") | e.CustomerLeft(reason="timeout"):
                return say("a time-out")
            case e.Resolved(reason="agent"):
                return say("an agent")
            case e.CustomerLeft(reason=""):
                return say("the customer")
            case e.Resolved(by=by) | e.Archived(by=by) if by and by != found.event.source:
                return say.agent(desk, by)
        return ""

    def _rule(self, number: int, seq: int, desk: Desk, say: Words) -> str:
        if not self._is_policy_of(seq):
            return say("a rule")
        rule = rule_name(desk.policy.schema.tidy[number].name, say=say.translate)
        return say("the rule {rule}", rule=visible(rule))

    def _is_policy_of(self, seq: int) -> bool:
        """Say whether the policy in force is known to be the one of that place in the log."""
        log, seen = self._follower.log, self._follower.seen
        return seen - seq <= BEHIND and not any(log.rows(seq, until=seen, kinds=(e.PolicyChanged,), limit=1))


def _is_of(refused: e.Refused, fact: e.Event) -> bool:
    """Say whether it is this fact that was refused."""
    return refused.source_id.rpartition("#")[0].partition(":")[2] == fact.source_id
