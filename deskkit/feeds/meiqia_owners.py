"""Whose a conversation is, over all records of it: what is known goes before what is assumed.

A record says who owns the conversation as of its last instant, a webhook at which instant it was first
assigned. `meiqia_facts` proposes owners from each record by itself; here the proposals of all records, and what
the log holds of earlier imports, become facts:

* the assumed first owner is taken only where neither log nor webhook knows one;
* another proposal is news if somebody else had the conversation just then (A to B and back to A are three);
* what an older export says of instants that the log has passed changes nothing; an assignment that a webhook
  knows too late is counted in the report;
* a group that was not there at first is the group from the beginning, if one run knows both; else it is set
  where it is first known, and the owner keeps the conversation.

Records that contradict one another are counted as conflicting; what came first in time holds.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import OrderedDict
from operator import itemgetter
from typing import TYPE_CHECKING, Final

import msgspec

from deskkit.desk.events import (
    AgentWrote,
    ConversationFact,
    ConversationOpened,
    CustomerLeft,
    CustomerWrote,
    Event,
    GroupSet,
    OwnerSet,
    Resolved,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from deskkit.feeds.agents import Agents
    from deskkit.feeds.report import ImportReport
    from deskkit.log import EventLog

__all__ = ["ASSUMED", "CLAIMED", "KNOWN", "SOURCE", "Owners"]

SOURCE: Final = "meiqia"

ASSUMED, CLAIMED, KNOWN = "assumed", "claimed", "known"
"""The `source_id` of a proposed `OwnerSet`: from its start, for want of better; as of an instant; by a webhook."""

_TAKEN: Final = {
    ASSUMED: "the first owner had it from its start",
    CLAIMED: "a later owner had it from the own reply on, or as of the end",
}
_HELD: Final = 20_000  # conversations remembered
_KINDS: Final = (ConversationOpened, CustomerWrote, AgentWrote, OwnerSet, GroupSet, Resolved, CustomerLeft)
_AT: Final = itemgetter(0)


class _Standing(msgspec.Struct):
    """What is known of a conversation, from the log and from this run so far."""

    opened: ConversationOpened | None = None
    group: str = ""
    owners: list[tuple[int, str]] = []
    stored: dict[tuple[int, str], OwnerSet] = {}  # before this run, until proposed again
    ends: list[int] = []
    passed: int = -1  # the last instant that the log held before this run; -1 if it held none
    is_over: bool = False  # by what the log held before this run

    def owner(self, at: int) -> tuple[int, str]:
        """Return who owns it at an instant, and since when."""
        place = bisect_right(self.owners, at, key=_AT)
        return self.owners[place - 1] if place else (at, "")


class Owners:
    """Settles who owns the conversations of one import.

    Parameters
    ----------
    log : EventLog
    report : ImportReport
        What is assumed and what conflicts is counted here.
    agents : Agents
        Knows whom the names mean by which the log knows owners.
    """

    def __init__(self, log: EventLog, report: ImportReport, agents: Agents) -> None:
        self._log, self._report, self._agents = log, report, agents
        self._before = log.last_seq()
        self._held: OrderedDict[str, _Standing] = OrderedDict()
        self._is_forgetful = self._before > 0  # whether something must be looked up that is not held
        self._groups: dict[str, str] = {}  # of conversations that some record gives no group
        self._assigned: dict[str, int] = {}  # when webhooks of this run know that conversations were first assigned

    def notice(self, facts: Sequence[Event]) -> None:
        """Look at the facts proposed from a record, before any is settled."""
        for fact in facts:
            if isinstance(fact, ConversationOpened):
                name = fact.conversation
                if not fact.group or not self._groups.get(name, "-"):
                    self._groups[name] = self._groups.get(name) or fact.group
            elif isinstance(fact, OwnerSet) and fact.source_id == KNOWN:
                self._assigned[fact.conversation] = min(fact.at, self._assigned.get(fact.conversation, fact.at))

    def settle(self, fact: Event) -> Iterator[Event]:
        """Yield what is to be stored of a fact; agents have their names already."""
        if isinstance(fact, ConversationOpened):
            yield from self._opened(fact, self._of(fact.conversation))
        elif isinstance(fact, OwnerSet):
            yield from self._owner(fact, self._of(fact.conversation))
        else:
            if isinstance(fact, Resolved | CustomerLeft):
                self._ended(fact, self._of(fact.conversation))
            yield fact

    # ------------------------------------------------------------ single facts

    def _opened(self, fact: ConversationOpened, one: _Standing) -> Iterator[Event]:
        if one.opened is None:
            one.group = fact.group or self._groups.get(fact.conversation, "")
            one.opened = msgspec.structs.replace(fact, group=one.group)
            yield one.opened
            return
        conflict = self._at(fact)
        conflict("client_id", fact.customer, one.opened.customer, when=fact.customer != one.opened.customer)
        conflict("conv_start_tm", fact.at, one.opened.at, when=fact.at != one.opened.at)
        conflict("group_name", fact.group, one.group, when=bool(fact.group and one.group and fact.group != one.group))
        yield fact  # which the log knows by its identity
        if fact.group and not one.group:
            yield from self._grouped(fact, one)

    def _grouped(self, fact: ConversationOpened, one: _Standing) -> Iterator[Event]:
        """Set a group that was not known before; the model releases the owner then, who takes it again at once."""
        one.group = fact.group
        if one.is_over:
            self._report.assume("a group that became known after the end was imported was left out")
            return
        since, owner = one.owners[-1] if one.owners else (fact.at, "")
        at, name = max(fact.at, since), fact.conversation
        yield GroupSet(
            at=at, source=SOURCE, source_id=f"group:{name}:{fact.group}:{at}", by=SOURCE,
            conversation=name, group=fact.group,
        )  # fmt: skip
        if owner:
            yield OwnerSet(
                at=at, source=SOURCE, source_id=f"owner:{name}:{owner}:{at}:{fact.group}", by=SOURCE,
                conversation=name, agent=owner,
            )  # fmt: skip

    def _owner(self, fact: OwnerSet, one: _Standing) -> Iterator[OwnerSet]:
        how, since_owner = fact.source_id, one.owner(fact.at)
        if how == ASSUMED and fact.conversation in self._assigned:
            return
        stored = one.stored.pop((fact.at, fact.agent), None)
        if stored is not None:
            self._assume(how)
            yield stored  # which the log knows by its identity
            return
        if how == ASSUMED:
            if one.owners:
                return
        elif how == KNOWN and (since_owner[1] == fact.agent or fact.at < one.passed):
            if since_owner != (fact.at, fact.agent):
                self._report.assume("an assignment became known after its conversation was imported: left out")
            return
        elif since_owner[1] == fact.agent or fact.at < max(one.passed, self._assigned.get(fact.conversation, 0)):
            return
        self._assume(how)
        insort(one.owners, (fact.at, fact.agent), key=_AT)
        yield msgspec.structs.replace(fact, source_id=f"owner:{fact.conversation}:{fact.agent}:{fact.at}")

    def _assume(self, how: str) -> None:
        if how in _TAKEN:
            self._report.assume(_TAKEN[how])

    def _at(self, fact: ConversationFact) -> Callable[..., None]:
        """Return what counts a conflict of a fact's conversation."""
        self._report.place = f"conversation {fact.conversation}"
        return self._report.conflict

    def _ended(self, fact: Resolved | CustomerLeft, one: _Standing) -> None:
        if one.ends and fact.at not in one.ends:
            self._at(fact)("conv_end_tm", fact.at, one.ends[0])
        one.ends.append(fact.at)

    # ------------------------------------------------------------ what is known

    def _of(self, conversation: str) -> _Standing:
        held = self._held.get(conversation)
        if held is not None:
            self._held.move_to_end(conversation)
            return held
        held = self._look_up(conversation) if self._is_forgetful else _Standing()
        self._held[conversation] = held
        if len(self._held) > _HELD:
            self._held.popitem(last=False)
            self._is_forgetful = True
        return held

    def _look_up(self, conversation: str) -> _Standing:
        found = _Standing()
        for stored in self._log.read(conversation=conversation, kinds=_KINDS):
            fact = stored.event
            if not isinstance(fact, ConversationFact) or fact.source != SOURCE:
                continue
            if stored.seq <= self._before:
                found.passed = max(found.passed, fact.at)
                found.is_over |= isinstance(fact, Resolved | CustomerLeft)
            if isinstance(fact, ConversationOpened):
                found.opened, found.group = fact, fact.group
            elif isinstance(fact, GroupSet):
                found.group = fact.group
            elif isinstance(fact, OwnerSet):
                had = (fact.at, self._agents.meant(fact.agent))
                insort(found.owners, had, key=_AT)
                if stored.seq <= self._before:
                    found.stored[had] = fact
            elif isinstance(fact, Resolved | CustomerLeft):
                found.ends.append(fact.at)
        return found
