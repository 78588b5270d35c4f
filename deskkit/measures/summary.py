"""What came of going over a log, counted: how many conversations would be touched, by what, and before and after.

All of it is *direct*: what the rules decide otherwise about the same facts, not what would have followed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import msgspec

from deskkit.clock import moment
from deskkit.desk import events
from deskkit.measures.printing import padded

if TYPE_CHECKING:
    from collections.abc import Callable

    Say = Callable[[str], str]

__all__ = ["KINDS", "NOBODY", "ROWS", "Summary", "Totals", "word"]

KINDS: Final = ("tag", "priority", "notice", "assignment", "tidying")
LEVELS: Final = range(len(events.LEVELS))
_WIDTHS: Final = (-38, 12, 14)  # columns of the table


def word(text: str) -> str:
    """Mark a text as one to translate where it is shown."""
    return text


NOBODY: Final = word(
    "By this log no agent was on duty in the span: no notice could go to an agent, and nobody could be chosen. "
    "Whoever worked then is told to a log of facts by a roster and its days: "
    "deskkit roster FILE --log URL --from DAY --to DAY. "
    "Decisions that stand in a log stay: for these, import conversations and roster into a new log."
)
ROWS: Final = word(
    "Every difference, one a row: --out FILE (.csv, .xlsx, .parquet); this summary with ten conversations: --json."
)
_KIND_WORDS: Final = {
    "tag": word("Tags"),
    "priority": word("Priority"),
    "notice": word("Notices"),
    "assignment": word("Assignment"),
    "tidying": word("Tidying"),
}


@dataclass
class Totals:
    """What was counted on the way, before and after; durations in milliseconds."""

    names: tuple[str, str] = ("", "")
    start: int = 0
    end: int = 0
    facts: int = 0
    alive: set[str] = field(default_factory=set)
    choices: int = 0
    as_was: list[int] = field(default_factory=lambda: [0, 0])
    notices: list[int] = field(default_factory=lambda: [0, 0])
    level_ms: tuple[list[int], list[int]] = field(default_factory=lambda: ([0] * len(LEVELS), [0] * len(LEVELS)))
    present_ms: int = 0
    notes: tuple[str, ...] = ()


class Summary(msgspec.Struct, frozen=True):
    """The differences counted; `str(summary)` is a table for people.

    Attributes
    ----------
    before, after : str
        The names of what was compared.
    effect : str
        ``direct``: what the rules decide otherwise about the same facts, not what would have followed.
    start, end : int, milliseconds since the UTC epoch
    facts, conversations : int
        In the span; `conversations` counts those open in it or with a fact in it.
    touched : int
        Of these, with at least one difference.
    touched_closed : int
        Further conversations with a difference: closed before the span, and only put away otherwise in it.
    share : float in [0, 1]
        touched / conversations; 0 if there is none.
    differences, touched_by : dict of kind to int
    notices : pair of int
        Sent, before and after.
    notices_per_agent_hour : pair of float, or None
        Per hour that an agent was online or away; None where the log knows no presence.
    minutes_at_level : dict of level to pair of float
        How long open conversations stood at each level, before and after.
    assignments : int
        At how many the choice was compared.
    chosen_as_was : pair of int
        Where the agent who got it is the one chosen.
    rules : tuple of (kind, rule, count)
        What most differences come from, most first.
    notes : tuple of str
        What the log lacks, why something could not be decided, and what to do about it.
    """

    before: str
    after: str
    effect: str
    start: int
    end: int
    facts: int
    conversations: int
    touched: int
    touched_closed: int
    share: float
    differences: dict[str, int]
    touched_by: dict[str, int]
    notices: tuple[int, int]
    notices_per_agent_hour: tuple[float, float] | None
    minutes_at_level: dict[str, tuple[float, float]]
    assignments: int
    chosen_as_was: tuple[int, int]
    rules: tuple[tuple[str, str, int], ...]
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.table()

    def table(self, *, say: Say = str, zone: str = "UTC") -> str:
        """Return the summary as lines of text.

        Parameters
        ----------
        say : callable
            Gives a text in another language, for example `deskkit.locale.translator("zh")`.
        zone : str
            IANA zone of the instants shown.
        """
        lines = [
            say("Direct effects: {after} instead of {before}").format(after=self.after, before=self.before),
            f"{moment(self.start, zone=zone)} – {moment(self.end, zone=zone)} ({zone})",
            self.reach(say),
            "",
        ]
        rows: list[tuple[str, ...]] = [(say("Differences"), "", say("conversations"))]
        rows += [
            (say(_KIND_WORDS[kind]), f"{self.differences[kind]:,}", f"{self.touched_by[kind]:,}") for kind in KINDS
        ]
        rows += [("", "", ""), ("", say("before"), say("after"))]
        rows.append((say("Notices"), *(f"{n:,}" for n in self.notices)))
        if self.notices_per_agent_hour is not None:
            rows.append((say("Notices per agent-hour"), *(f"{n:.2f}" for n in self.notices_per_agent_hour)))
        rows += [
            (say("Minutes at {level}").format(level=say(level)), *(f"{n:,.0f}" for n in self.minutes_at_level[level]))
            for level in reversed(events.LEVELS)
        ]
        chosen = (f"{n:,}" for n in self.chosen_as_was)
        rows.append((say("Chose the agent who got it, of {n}").format(n=f"{self.assignments:,}"), *chosen))
        lines += ["".join(map(padded, row, _WIDTHS)).rstrip() for row in rows]
        if self.rules:
            lines += ["", say("Rules behind them")]
            lines += [f"{count:>8,}  {say(_KIND_WORDS[kind])}: {rule}" for kind, rule, count in self.rules]
        if self.notes:
            lines += ["", *(say("Note: {text}").format(text=say(note)) for note in self.notes)]
        return "\n".join(lines)

    def reach(self, say: Say) -> str:
        """Return a sentence on how many conversations would be touched."""
        told = say("{n} of {all} conversations would be touched ({share})").format(
            n=f"{self.touched:,}", all=f"{self.conversations:,}", share=f"{self.share:.1%}"
        )
        more = say("and {n} closed before").format(n=f"{self.touched_closed:,}")
        return f"{told}; {more}" if self.touched_closed else told

    def as_dict(self) -> dict[str, Any]:
        """Return the summary as values that JSON can hold."""
        made: dict[str, Any] = msgspec.to_builtins(self)
        made["rules"] = [{"kind": kind, "rule": rule, "differences": n} for kind, rule, n in self.rules]
        return made
