"""Two ways of deciding the same facts, held against one another instant by instant.

Levels and tags are states: a difference begins where the two desks part and ends where they agree again. Notices and
tidying are events: what both did at the same instant cancels out. What is kept is the differences, and what is open.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from deskkit.desk import columns as k
from deskkit.desk import events
from deskkit.desk.labels import current
from deskkit.measures.replayed import Difference, Replay, Why
from deskkit.measures.summary import Totals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from deskkit.desk.events import Decision
    from deskkit.desk.retrace import Choice
    from deskkit.desk.schema import Facet
    from deskkit.desk.tags import Tagged
    from deskkit.measures.whatif import Recorded, Redecided, Redecider

__all__ = ["Contrast"]

_BEFORE, _AFTER = 0, 1
LEVEL: Final = ("level", "")
Key = tuple[str, str]


class _Gap(NamedTuple):
    """A state in which the two sides have been different since `at`."""

    at: int
    values: tuple[int, int]
    whys: tuple[Why, Why]


class _Seen(NamedTuple):
    """A conversation at the end of an instant: whether it is open, its two levels, and how the sides differ."""

    open: bool
    levels: tuple[int, int]
    gaps: dict[Key, tuple[tuple[int, int], tuple[Why, Why]]]


class _Happening(NamedTuple):
    """A notice that went out, or a tidying."""

    at: int
    conversation: str
    key: tuple[Any, ...]
    why: Why


class Contrast:
    """Take what two sides decided, fact by fact, and say at the end where they differ."""

    def __init__(self, before: Recorded | Redecider, after: Redecider) -> None:
        self._sides = (before, after)
        self._instant = -1
        self._pending: dict[int, _Seen] = {}
        self._gaps: dict[int, dict[Key, _Gap]] = {}
        self._tagged: tuple[dict[int, dict[Key, Why]], ...] = ({}, {})
        self._lowered: tuple[dict[int, Why], ...] = ({}, {})
        self._now: tuple[list[_Happening], ...] = ([], [])
        self._alone: tuple[list[_Happening], ...] = ([], [])
        self._held: tuple[dict[tuple[Any, ...], Why], ...] = ({}, {})
        self._open: dict[int, tuple[int, tuple[int, int]]] = {}
        self._present: dict[int, int] = {}
        self._alive: set[int] = set()  # with a fact in the span, or open in it
        self._found: list[Difference] = []
        self._facets = after.in_force.schema.facets  # by whose names tags of both sides are compared
        self.totals = Totals()

    def _called(self, facet: str, tag: str) -> str:
        return current(self._facets[events.FACETS.index(facet)], tag)

    # ------------------------------------------------------------ what was decided

    def take(self, before: list[Redecided], after: list[Redecided], *, start: int = 0) -> None:
        """Take what each side decided in one step; nothing counts from before `start`."""
        now = max(start, *(side.desk.now for side in self._sides))
        if now > self._instant:
            self._flush()
        first = self._instant < 0
        self._instant = now
        touched: set[int] = set()
        for which, steps in enumerate((before, after)):
            for step in steps:
                self._facts(step.fact, touched)
                for decision in step.decisions:
                    self._decision(which, decision, touched)
        if after and after[0].choices:
            theirs = before[0].choices if before else ()
            self._choices(theirs, after[0].choices)
        if first:
            self._watch_presence()
            touched.update(self._all_open())
        for c in touched:
            seen = self._pending[c] = self._look(c)
            if seen.open:
                self._alive.add(c)

    def _all_open(self) -> Iterator[int]:
        for c, row in enumerate(self._sides[_AFTER].desk.state.conversation):
            if row[k.STAGE] < k.RESOLVED:
                yield c

    def _facts(self, fact: events.Fact, touched: set[int]) -> None:
        if isinstance(fact, events.ConversationFact):
            c = self._sides[_AFTER].desk.conversation(fact.conversation)
            touched.add(c)
            self._alive.add(c)
        elif isinstance(fact, events.PresenceSet):
            self._watch_presence()
        elif isinstance(fact, events.PolicyChanged):
            touched.update(self._all_open())

    def _decision(self, which: int, decision: Decision, touched: set[int]) -> None:
        side = self._sides[which]
        if isinstance(decision, events.DigestSent):
            self._happened(which, "", ("digest", decision.agent, decision.count), decision)
        if not isinstance(decision, events.ConversationDecision):
            return
        c = side.desk.exactly(decision.conversation)
        touched.add(c)
        if isinstance(decision, events.Tagged):
            key = (decision.facet, self._called(decision.facet, decision.tag))
            self._tagged[which].setdefault(c, {})[key] = Why(decision, side.in_force)
        elif isinstance(decision, events.Prioritised) and decision.level < decision.old:
            self._lowered[which][c] = Why(decision, side.in_force)
        elif isinstance(decision, events.Notified):
            self.totals.notices[which] += 1
            rung = ("notice", decision.event, decision.level, decision.rung, decision.agent)
            self._happened(which, decision.conversation, rung, decision)
        elif isinstance(decision, events.NoticeHeld):
            self._hold(which, decision)
        elif isinstance(decision, events.Tidied):
            self._happened(which, decision.conversation, ("tidying", decision.action), decision)

    def _happened(self, which: int, conversation: str, key: tuple[Any, ...], decision: Decision) -> None:
        why = Why(decision, self._sides[which].in_force)
        self._now[which].append(_Happening(decision.at, conversation, key, why))

    def _hold(self, which: int, decision: events.NoticeHeld) -> None:
        """Remember why a notice did not go out, unless the other side held it too."""
        key = (decision.conversation, decision.event, decision.level, decision.rung, decision.agent)
        if self._held[1 - which].pop(key, None) is None:
            self._held[which][key] = Why(decision, self._sides[which].in_force)

    def _choices(self, before: Iterable[Choice], after: Iterable[Choice]) -> None:
        """Compare who got a conversation, or whom one policy would have chosen, with whom the other would have."""
        theirs = {(one.conversation, one.given is None): one for one in before}
        recorded = self._sides[_BEFORE].recorded
        for one in after:
            other = theirs.get((one.conversation, one.given is None))
            if recorded and one.given is None:
                continue  # by hand or by the product: no decision of the log's policy
            self.totals.choices += 1
            chosen = one.advice.agent if one.advice else ""
            first: Decision | None = one.given if recorded else other.advice if other else None
            was = one.actual if recorded else first.agent if isinstance(first, events.Advised) else ""
            self.totals.as_was[_BEFORE] += was == one.actual
            self.totals.as_was[_AFTER] += chosen == one.actual
            if was != chosen:
                whys = Why(first, self._sides[_BEFORE].in_force), Why(one.advice, self._sides[_AFTER].in_force)
                self._found.append(
                    Difference(one.conversation, one.at, None, "assignment", (one.actual,), (was, chosen), whys)
                )

    def _watch_presence(self) -> None:
        """Count how long agents are there, online or away."""
        for a, row in enumerate(self._sides[_AFTER].desk.state.agent):
            here = row[k.PRESENCE] != k.OFFLINE
            if here and a not in self._present:
                self._present[a] = self._instant
            elif not here and a in self._present:
                self.totals.present_ms += self._instant - self._present.pop(a)

    # ------------------------------------------------------------ states

    def _look(self, c: int) -> _Seen:
        """Read a conversation on both sides."""
        desks = [side.desk for side in self._sides]
        rows = [desk.state.conversation[c] for desk in desks]
        levels = (rows[0][k.LEVEL], rows[1][k.LEVEL])
        gaps: dict[Key, tuple[tuple[int, int], tuple[Why, Why]]] = {}
        if levels[0] != levels[1]:
            gaps[LEVEL] = levels, (self._why_level(_BEFORE, c), self._why_level(_AFTER, c))
        if desks[0].tags[c] != desks[1].tags[c]:
            for key, values in _tag_gaps(desks[0].tags[c], desks[1].tags[c], self._facets):
                gaps[key] = values, (self._why_tag(_BEFORE, c, key), self._why_tag(_AFTER, c, key))
        return _Seen(rows[1][k.STAGE] < k.RESOLVED, levels, gaps)

    def _why_level(self, which: int, c: int) -> Why:
        side = self._sides[which]
        row = side.desk.state.conversation[c]
        if row[k.HAND] >= 0:
            return Why(None, side.in_force, "hand")
        if row[k.REASON] >= 0:
            begun = events.Prioritised(at=0, conversation="", rule=row[k.REASON], phase=1, level=row[k.LEVEL], old=-1)
            return Why(begun, side.in_force)
        return self._lowered[which].get(c) or Why(None, side.in_force, "level")

    def _why_tag(self, which: int, c: int, key: Key) -> Why:
        return self._tagged[which].get(c, {}).get(key) or Why(None, self._sides[which].in_force, "tag")

    # ------------------------------------------------------------ the end of an instant

    def _flush(self) -> None:
        """Let an instant be over: what stands now is what the sides had."""
        if self._now[_BEFORE] or self._now[_AFTER]:
            self._cancel()
        for c, seen in self._pending.items():
            self._count_open(c, seen)
            if seen.gaps or c in self._gaps:
                self._move_gaps(c, seen)
            if not seen.open and c not in self._gaps:
                for which in (_BEFORE, _AFTER):
                    self._tagged[which].pop(c, None)
                    self._lowered[which].pop(c, None)
        self._pending.clear()

    def _cancel(self) -> None:
        """Strike out what both sides did at this instant."""
        theirs = Counter((one.conversation, one.key) for one in self._now[_BEFORE])
        ours = Counter((one.conversation, one.key) for one in self._now[_AFTER])
        both = theirs & ours
        for which in (_BEFORE, _AFTER):
            left = both.copy()
            for one in self._now[which]:
                if left[one.conversation, one.key] > 0:
                    left[one.conversation, one.key] -= 1
                else:
                    self._alone[which].append(one)
            self._now[which].clear()

    def _count_open(self, c: int, seen: _Seen) -> None:
        if c in self._open:
            since, levels = self._open.pop(c)
            for which in (_BEFORE, _AFTER):
                self.totals.level_ms[which][levels[which]] += self._instant - since
        if seen.open:
            self._open[c] = (self._instant, seen.levels)

    def _move_gaps(self, c: int, seen: _Seen) -> None:
        """Begin and end differences of state."""
        running = self._gaps.setdefault(c, {})
        for key in list(running):
            if key not in seen.gaps or seen.gaps[key][0] != running[key].values:
                self._end_gap(c, key, running.pop(key), self._instant)
        for key, (values, whys) in seen.gaps.items():
            if key not in running:
                running[key] = _Gap(self._instant, values, whys)
        if not running:
            del self._gaps[c]

    def _end_gap(self, c: int, key: Key, gap: _Gap, until: int | None) -> None:
        kind = "priority" if key == LEVEL else "tag"
        name = self._sides[_AFTER].desk.conversations[c]
        self._found.append(Difference(name, gap.at, until, kind, key, gap.values, gap.whys))

    # ------------------------------------------------------------ the end

    def finish(self, *, start: int, end: int, facts: int) -> Replay:
        """Return the differences; those that still stand at the end have no end."""
        self._flush()
        for which in (_BEFORE, _AFTER):
            for since, levels in self._open.values():
                self.totals.level_ms[which][levels[which]] += max(0, end - since)
        self.totals.present_ms += sum(max(0, end - since) for since in self._present.values())
        for c, running in self._gaps.items():
            for key, gap in running.items():
                self._end_gap(c, key, gap, None)
        self._pair()
        self.totals.start, self.totals.end, self.totals.facts = start, end, facts
        self.totals.alive = {self._sides[_AFTER].desk.conversations[c] for c in self._alive}
        self.totals.names = _told_apart(*self._sides)
        self._found.sort(key=lambda one: (one.at, one.conversation, one.kind, str(one.key), one.values))
        return Replay(self._found, self.totals, dict(self._sides[_AFTER].desk.profiles))

    def _pair(self) -> None:
        """Make one difference of what both sides did at different instants; the rest only one of them did."""
        waiting: dict[tuple[Any, ...], list[_Happening]] = {}
        for one in self._alone[_BEFORE]:
            waiting.setdefault((one.conversation, one.key), []).append(one)
        for two in self._alone[_AFTER]:
            earlier = waiting.get((two.conversation, two.key))
            if earlier:
                one = earlier.pop(0)
                first, last = sorted((one.at, two.at))
                self._event(two, first, last, (one.at, two.at), (one.why, two.why))
            else:
                self._event(two, two.at, None, (-1, two.at), (self._why_not(_BEFORE, two), two.why))
        for left in waiting.values():
            for one in left:
                self._event(one, one.at, None, (one.at, -1), (one.why, self._why_not(_AFTER, one)))

    def _event(
        self, one: _Happening, at: int, until: int | None, values: tuple[int, int], whys: tuple[Why, Why]
    ) -> None:
        kind = "tidying" if one.key[0] == "tidying" else "notice"
        self._found.append(Difference(one.conversation, at, until, kind, one.key, values, whys))

    def _why_not(self, which: int, other: _Happening) -> Why:
        """Return why a side did not notify where the other did, if it held the notice back."""
        for agent in (other.key[-1], ""):
            held = self._held[which].get((other.conversation, *other.key[1:4], agent))
            if held is not None:
                return held
        return Why(None, self._sides[which].in_force, other.key[0])


def _tag_gaps(before: Tagged, after: Tagged, facets: tuple[Facet, ...]) -> Iterator[tuple[Key, tuple[int, int]]]:
    """Yield the tags that one side has and the other has not, by the names they have now."""
    for facet, one, two in zip(facets, before, after, strict=True):
        mine = {current(facet, tag) for tag, how in one.items() if how != "off"}
        theirs = {current(facet, tag) for tag, how in two.items() if how != "off"}
        for tag in sorted(mine ^ theirs):
            yield (facet.name, tag), (int(tag in mine), int(tag in theirs))


def _told_apart(before: Recorded | Redecider, after: Redecider) -> tuple[str, str]:
    """Return what the sides are called; two of one name by their files too, or by what their rules say."""
    if before.name != after.name:
        return before.name, after.name
    one, other = before.in_force, after.in_force
    marks = (one.place, other.place) if one.place != other.place else (one.fingerprint, other.fingerprint)
    return f"{before.name} ({marks[0]})", f"{after.name} ({marks[1]})"
