"""What came of going over a log: the differences as a table, as a summary and as examples, in words.

All of them are *direct*: what the rules decide otherwise about the same facts. No text of a customer is in here.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from deskkit.desk import events
from deskkit.desk.because import agent_name, explain, level_word, span
from deskkit.desk.desk import Desk
from deskkit.measures.summary import KINDS, NOBODY, Summary, word

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deskkit.desk.events import AgentSet, Decision
    from deskkit.desk.policy import Policy
    from deskkit.measures.summary import Totals

    Say = Callable[[str], str]

__all__ = ["DIFFERENCES", "Difference", "Replay", "Why"]

INSTANT: Final = pl.Datetime("ms", "UTC")
DIFFERENCES: Final = pl.Schema({
    "conversation": pl.String(), "at": INSTANT, "until": INSTANT, "kind": pl.String(), "what": pl.String(),
    "before": pl.String(), "after": pl.String(), "because_before": pl.String(), "because_after": pl.String(),
    "effect": pl.String(),
})  # fmt: skip
"""One row per difference; `until` is null where it lasts to the end of the span or has no length."""

_NOT: Final = {
    "hand": word("Set by hand"),
    "level": word("No rule raises it"),
    "tag": word("No rule gives it"),
    "notice": word("No notice was due"),
    "digest": word("No digest was due"),
    "tidying": word("No rule had put it away by then"),
    "assignment": word("Nobody had room"),
}
_TOPICS: Final = {
    "message": word("new message"),
    "assignment": word("new conversation"),
    "waiting": word("long wait"),
    "neglected": word("neglected tab"),
}
_FACETS: Final = {"customer": word("customer"), "inquiry": word("inquiry"), "label": word("label")}
_ACTIONS: Final = {"suggest": word("suggest to archive"), "archive": word("archive"), "resolve": word("mark handled")}


class Why(NamedTuple):
    """Why a side has what it has: a decision under a policy, or a word where none was made."""

    decision: Decision | None
    policy: Policy
    otherwise: str = "assignment"


class Difference(NamedTuple):
    """One difference, in numbers; `Replay` puts it in words.

    `values` are the levels (priority), 1 or 0 (tag), instants or -1 (notice, tidying), agents (assignment).
    """

    conversation: str
    at: int
    until: int | None
    kind: str
    key: tuple[Any, ...]
    values: tuple[Any, Any]
    whys: tuple[Why, Why]


class Replay:
    """What a policy would have decided otherwise.

    Attributes
    ----------
    differences : DataFrame, schema `DIFFERENCES`
        In English, in order of time; `frame` gives it in another language.
    summary : Summary
    """

    def __init__(self, found: Sequence[Difference], totals: Totals, profiles: dict[str, AgentSet]) -> None:
        self._found = found
        self._totals = totals
        self._profiles = profiles
        self._desks: dict[str, Desk] = {}

    @property
    def differences(self) -> pl.DataFrame:
        """The table of differences, in English."""
        return self.frame()

    def frame(self, *, say: Say = str) -> pl.DataFrame:
        """Return the table of differences with its words in a language; schema `DIFFERENCES`."""
        rows = [self._row(one, say) for one in self._found]
        columns: list[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * len(DIFFERENCES)
        made = {
            name: pl.Series(values, dtype=pl.Int64).cast(INSTANT) if kind == INSTANT else pl.Series(values, dtype=kind)
            for (name, kind), values in zip(DIFFERENCES.items(), columns, strict=True)
        }
        return pl.DataFrame(made, schema=DIFFERENCES)

    @property
    def summary(self) -> Summary:
        """The differences counted."""
        totals = self._totals
        by_kind: dict[str, set[str]] = {kind: set() for kind in KINDS}
        for one in self._found:
            if one.conversation:
                by_kind[one.kind].add(one.conversation)
        different, alive = set().union(*by_kind.values()), totals.alive
        touched = len(different & alive)
        counts = Counter(one.kind for one in self._found)
        causes = Counter(cause for one in self._found if (cause := _cause(one)) is not None)
        hours = totals.present_ms / 3_600_000
        before, after = totals.notices
        return Summary(
            before=totals.names[0], after=totals.names[1], effect="direct", start=totals.start, end=totals.end,
            facts=totals.facts, conversations=len(alive), touched=touched, touched_closed=len(different - alive),
            share=touched / len(alive) if alive else 0.0,
            differences={kind: counts[kind] for kind in KINDS},
            touched_by={kind: len(by_kind[kind]) for kind in KINDS},
            notices=(before, after),
            notices_per_agent_hour=(before / hours, after / hours) if hours else None,
            minutes_at_level={
                name: (totals.level_ms[0][level] / 60_000, totals.level_ms[1][level] / 60_000)
                for level, name in enumerate(events.LEVELS)
            },
            assignments=totals.choices, chosen_as_was=(totals.as_was[0], totals.as_was[1]),
            rules=tuple((kind, rule, n) for (kind, rule), n in causes.most_common(10)),
            notes=(*totals.notes, *(() if totals.present_ms or not totals.facts else (NOBODY,))),
        )  # fmt: skip

    def examples(self, n: int = 10, *, say: Say = str) -> pl.DataFrame:
        """Return some conversations with what would have been different, evenly over those touched.

        Parameters
        ----------
        n : int
            How many at most.
        say : callable
            As for `frame`.

        Returns
        -------
        DataFrame with columns conversation, at (the first difference) and changes (list of sentences)
        """
        by_name: dict[str, list[Difference]] = {}
        for one in self._found:
            if one.conversation:
                by_name.setdefault(one.conversation, []).append(one)
        names = list(by_name)
        count = min(n, len(names))
        chosen = [names[i * len(names) // count] for i in range(count)]
        return pl.DataFrame(
            {
                "conversation": chosen,
                "at": pl.Series([by_name[name][0].at for name in chosen], dtype=pl.Int64).cast(INSTANT),
                "changes": [[self._sentence(one, say) for one in by_name[name]] for name in chosen],
            },
            schema={"conversation": pl.String(), "at": INSTANT, "changes": pl.List(pl.String())},
        )

    def __len__(self) -> int:
        return len(self._found)

    def __str__(self) -> str:
        return str(self.summary)

    # ------------------------------------------------------------ words

    def _row(self, one: Difference, say: Say) -> tuple[Any, ...]:
        before, after = self._values(one, say)
        whys = (self._because(why, say) for why in one.whys)
        return (
            one.conversation or None,
            one.at,
            one.until,
            one.kind,
            self._what(one, say),
            before,
            after,
            *whys,
            "direct",
        )

    def _sentence(self, one: Difference, say: Say) -> str:
        before, after = self._values(one, say)
        return say("{what}: {before} → {after} ({why})").format(
            what=self._what(one, say), before=before or "–", after=after or "–", why=self._because(one.whys[1], say)
        )

    def _what(self, one: Difference, say: Say) -> str:
        if one.kind == "tag":
            return f"{say(_FACETS[one.key[0]])}: {one.key[1]}"
        if one.kind == "notice" and one.key[0] == "notice":
            _, event, level, rung, agent = one.key
            return f"{say(_TOPICS[event])} ({level_word(level, say=say)}, {rung + 1}) → {self._name(agent, one)}"
        if one.kind == "notice":
            return say("digest → {agent}").format(agent=self._name(one.key[1], one))
        if one.kind == "tidying":
            return say(_ACTIONS[one.key[1]])
        if one.kind == "assignment":
            return say("given to {agent}").format(agent=self._name(one.key[0], one))
        return say("priority")

    def _values(self, one: Difference, say: Say) -> tuple[str, str]:
        before, after = one.values
        if one.kind == "priority":
            return level_word(before, say=say), level_word(after, say=say)
        if one.kind == "tag":
            return say("on") if before else "", say("on") if after else ""
        if one.kind == "assignment":
            return self._name(before, one), self._name(after, one)
        if before >= 0 and after >= 0:
            later = say("{span} later").format(span=span(abs(after - before), say=say))
            return (say("yes"), later) if after > before else (later, say("yes"))
        return say("yes") if before >= 0 else "", say("yes") if after >= 0 else ""

    def _name(self, agent: str, one: Difference) -> str:
        return agent_name(self._desk(one.whys[1].policy), agent)

    def _because(self, why: Why, say: Say) -> str:
        if why.decision is None:
            return say(_NOT[why.otherwise])
        return explain(self._desk(why.policy), why.decision, say=say)

    def _desk(self, policy: Policy) -> Desk:
        """Return a desk that knows a policy's names and the agents'."""
        if policy.fingerprint not in self._desks:
            desk = self._desks[policy.fingerprint] = Desk(policy)
            desk.profiles = self._profiles
        return self._desks[policy.fingerprint]


def _cause(one: Difference) -> tuple[str, str] | None:
    """Return the rule behind a difference: of the side that has more of it."""
    more = one.whys[0] if one.values[0] > one.values[1] else one.whys[1]
    for why in (more, *one.whys):
        schema = why.policy.schema
        decision = why.decision
        if isinstance(decision, events.Tagged) and decision.because:
            return one.kind, schema.tags[decision.because[0]].name
        if isinstance(decision, events.Prioritised):
            return one.kind, schema.priority[decision.rule].name
        if isinstance(decision, events.Notified):
            return one.kind, f"{decision.event}, {events.LEVELS[decision.level]}"
        if isinstance(decision, events.Tidied) and decision.because:
            return one.kind, schema.tidy[decision.because[0]].name
    return None
