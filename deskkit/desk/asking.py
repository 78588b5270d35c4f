"""What a waiting conversation asks for: groups, skills, a language; and how time lets it ask for less."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from deskkit.desk import assign, rules
from deskkit.desk import columns as k

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deskkit.desk.desk import Desk

__all__ = ["Asks", "asked_now", "asks", "lessening", "missing"]


class Asks(NamedTuple):
    """What a conversation asks for, as `rules.serves` takes it: bits of groups and skills, a language (-1: any)."""

    groups: int
    needs: int
    language: int


def asks(desk: Desk, number: int) -> Asks:
    """Return what the rules ask for whoever gets a conversation, by its number, from whatever hand.

    Unlike its lane it asks for the language even where it has waited so long that the desk would do without: a hand
    is not in that need.
    """
    row, tables = desk.state.conversation[number], desk.tables
    groups = row[k.GROUPS] or 1 << row[k.HOME]
    groups = rules.group_wide(groups, desk.state.desk[k.PEAK_ON], tables.send[row[k.LEVEL]])
    language = row[k.LANGUAGE] if tables.number[k.P_LANGUAGE] > 0 else -1
    return Asks(groups, row[k.NEEDS], language)


def asked_now(desk: Desk, number: int) -> Asks:
    """Return what a waiting conversation asks for in its lane, by its number."""
    lane = desk.state.lane[desk.state.conversation[number][k.LANE]]
    return Asks(lane[k.LANE_GROUPS], lane[k.LANE_NEEDS], lane[k.LANE_LANGUAGE])


def lessening(desk: Desk, number: int) -> Iterator[tuple[int, str, Asks]]:
    """Yield what a waiting conversation asks for step by step, where nothing happens to it but time.

    Yields
    ------
    tuple of int, str and Asks
        From when on, milliseconds; by what, see `standing.Later`; and what it asks for then.
    """
    row, tables, asked = list(desk.state.conversation[number]), desk.tables, asked_now(desk, number)
    while True:
        step, spoken = assign.step_at(tables, row), assign.language_asked_until(tables, row)
        at, by = min((spoken, "language"), (step, "overflow"))
        if at == k.FAR:
            return
        if by == "language":
            asked, row[k.LANGUAGE_RULE] = asked._replace(language=-1), k.IGNORED
        else:
            asked = _overflowed(tables.overflow[tables.group[row[k.HOME]][k.G_OVERFLOW] + row[k.STEP]], asked)
            row[k.STEP] += 1
        yield at, by, asked


def _overflowed(step: Sequence[int], asked: Asks) -> Asks:
    """Return what is asked for after an overflow step."""
    return Asks(
        groups=asked.groups | step[k.V_TO],
        needs=0 if step[k.V_DROP] & 1 else asked.needs,
        language=-1 if step[k.V_DROP] & 2 else asked.language,
    )


def missing(asked: Asks, one: Sequence[int]) -> str:
    """Return what an agent lacks of what is asked for, empty: nothing; the desk's own question, part by part."""
    groups, skills, speaks = one[k.MEMBER] | one[k.LENT_TO], one[k.SKILLS], one[k.SPEAKS]
    if rules.serves(*asked, groups, skills, speaks) == 1:
        return ""
    if rules.serves(asked.groups, 0, -1, groups, skills, speaks) == 0:
        return "group"
    return "skill" if rules.serves(asked.groups, asked.needs, -1, groups, skills, speaks) == 0 else "language"
