"""Which rules can never hold on a log so far, because nothing in it tells what they ask for.

A feed may see no ratings, a table may hold no purchases. What a log was told stands in the log alone, so that is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from deskkit.desk import events, schema
from deskkit.measures.summary import word
from deskkit.views.workshop.draft import Fault

if TYPE_CHECKING:
    from deskkit.desk.policy import Policy
    from deskkit.log import EventLog
    from deskkit.views.words import Words
    from deskkit.views.workshop.forms import Form

__all__ = ["Untold"]

_FIELDS: Final = (events.CustomerSet,)
_TOLD_BY: Final[dict[str, tuple[type[events.Event], ...]]] = {
    "rating": (events.Rated, events.HistorySeeded), "rated": (events.Rated, events.HistorySeeded),
    "agent": (events.PresenceSet,), "membership": _FIELDS, "orders": _FIELDS, "spend": _FIELDS, "last_order": _FIELDS,
}  # fmt: skip
_WHAT: Final = {
    "rating": word("how customers rated"), "rated": word("how customers rated"), "agent": word("who is online"),
}  # fmt: skip
_OF_CUSTOMERS: Final = word("what customers bought")


class Untold:
    """What a log was told, as far as rules ask for it.

    Parameters
    ----------
    log : EventLog

    Examples
    --------
    >>> from deskkit.log import open_log
    >>> Untold(open_log("memory:")).asks_in_vain(schema.Term("rating", "eq", "bad"))
    'rating'
    """

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._seen: dict[tuple[type[events.Event], ...], int] = {}  # up to where nothing was found; -1: it was told

    def warnings(self, policy: Policy, form: Form, *, say: Words) -> list[Fault]:
        """Return a warning for each rule that can never hold so far; none for a log in which nothing happened."""
        if not self._told((events.ConversationOpened,)):
            return []
        rules = policy.schema
        families: list[tuple[str, Any]] = [
            ("tag", rules.tags), ("priority.rule", rules.priority), ("routing.rule", rules.routing.rules),
            ("tidy", rules.tidy),
        ]  # fmt: skip
        found = []
        for path, every in families:
            for number, rule in enumerate(every):
                if key := self.asks_in_vain(rule.when):
                    lines = form.lines(f"{path}[{number}].when") or [1]
                    what = say(_WHAT.get(key, _OF_CUSTOMERS))
                    text = say(
                        "“{rule}” never holds so far: nothing in this log tells {what}",
                        rule=say.rule(rule.name),
                        what=what,
                    )
                    found.append(Fault(lines[0], text, "", "", ""))
        return found

    def asks_in_vain(self, when: schema.Condition) -> str:
        """Return the key that a condition asks for in vain, so that it can never hold; empty if it can."""
        match when:
            case schema.Term(key=key, op=op):
                kinds = _TOLD_BY.get(key, _FIELDS if key.startswith("own.") else ())
                return key if kinds and op != "never" and not self._told(kinds) else ""
            case schema.All(parts=parts):
                return next(filter(None, map(self.asks_in_vain, parts)), "")
            case schema.Any(parts=parts):
                every = [self.asks_in_vain(part) for part in parts]
                return every[0] if every and all(every) else ""
        return ""

    def _told(self, kinds: tuple[type[events.Event], ...]) -> bool:
        """Say whether there is an event of these kinds; looks only at what is new since it was asked last."""
        seen = self._seen.get(kinds, 0)
        if seen >= 0:
            last = self._log.last_seq()
            found = next(iter(self._log.read(seen, until=last, kinds=kinds, limit=1)), None)
            self._seen[kinds] = last if found is None else -1
        return self._seen[kinds] < 0
