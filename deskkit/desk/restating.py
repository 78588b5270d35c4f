"""Another policy in force: the whole state follows it, without a decision.

Names lead from the old policy to the new one: a reason goes on, and a tidying stays done, where a rule of the same name
is there; a tag, a signal and a field stand where the new policy counts them. A row that is put away follows when it
comes back: of thousands of closed conversations a desk is asked for a few. This module knows no file and no clock.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, NamedTuple

from deskkit.desk import columns as k
from deskkit.desk import core, hands, queues
from deskkit.desk.rereading import signals
from deskkit.desk.resting import Reasons, Rows, near
from deskkit.desk.rows import bit, put_fields, quieten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.desk.desk import Desk
    from deskkit.desk.lower import Lowered

__all__ = ["at_rest", "restate"]


class _Moves(NamedTuple):
    """For each number under the new policy the one under the old, -1 if it is new there."""

    reasons: list[int]
    tidyings: list[int]
    signals: list[int]
    same_signals: bool
    language: tuple[int, int]  # how a language counted under the old policy, and counts under the new


def restate(desk: Desk, before: Lowered) -> None:
    """Let the whole state follow a policy just lowered: bits, reasons, loads, limits, lanes.

    Parameters
    ----------
    desk : Desk
        Its policy and tables are the new ones already.
    before : Lowered
        The old policy.
    """
    s, p = desk.state, desk.tables
    moves = _moves(desk, before)
    desk.tags.call_anew(desk.policy.schema.facets)
    for number in near(s.conversation):
        _conversation(desk, number, moves)
    for number in near(s.customer):
        _customer(desk, number)
    for a in range(s.desk[k.AGENTS]):
        queues.unplace(s, a)
        one = s.agent[a]
        one[k.HOLDS] = one[k.ACTIVE] = 0
    for number in near(s.conversation):
        row = s.conversation[number]
        row[k.LOAD] = row[k.BUSY] = 0
        core.reload(s, p, number)
        for slot in range(k.HELPERS_MAX):
            if row[k.HELPER0 + slot] >= 0:
                core.add_load(s, p, row[k.HELPER0 + slot], p.number[k.P_HELPER], 0)
    for a in range(s.desk[k.AGENTS]):
        queues.set_limit(s, p, a)
        queues.place(s, p, a)
    for number in near(s.conversation):
        queues.requeue(s, p, number)
    desk.read_ahead.clear()
    if isinstance(s.conversation, Rows):
        _later(desk, moves)


def _moves(desk: Desk, before: Lowered) -> _Moves:
    old, new = before.schema, desk.policy.schema
    return _Moves(
        _sources(old.priority, new.priority),
        _sources(old.tidy, new.tidy),
        _sources(old.signals, new.signals),
        same_signals=old.signals == new.signals,
        language=(before.tables.number[k.P_LANGUAGE], desk.tables.number[k.P_LANGUAGE]),
    )


def _sources(old: Sequence[Any], new: Sequence[Any]) -> list[int]:
    """Return where each of the new ones stood among the old ones, by name; -1: nowhere."""
    numbers = {one.name: number for number, one in enumerate(old)}
    return [numbers.get(one.name, -1) for one in new]


# ---------------------------------------------------------------- one conversation, one customer


def _conversation(desk: Desk, number: int, moves: _Moves) -> None:
    row = desk.state.conversation[number]
    _move(row, desk.state.reason[number], moves)
    if not moves.same_signals and row[k.STAGE] < k.RESOLVED:  # of a closed one the signals keep their names
        _read_again(desk, number)
    _count(desk, number)


def _move(row: list[int], reasons: list[int], moves: _Moves) -> None:
    """Let what is known by number be known by the numbers of another policy."""
    reasons[:] = [reasons[i] if i >= 0 else 0 for i in moves.reasons]
    row[k.TIDY_DONE] = _moved(row[k.TIDY_DONE], moves.tidyings)
    if not moves.same_signals:
        for column in (k.SIGNALS, k.SIGNALS_NOW, k.OWED_SIGNALS):
            row[column] = _moved(row[column], moves.signals)
    counted, counts = moves.language
    if row[k.LANGUAGE] >= 0 and row[k.LANGUAGE_RULE] == counted:  # unless an overflow has dropped it
        row[k.LANGUAGE_RULE] = counts


def _moved(bits: int, sources: list[int]) -> int:
    """Return bits in their new places."""
    return sum(1 << new for new, old in enumerate(sources) if old >= 0 and bits >> old & 1)


def _count(desk: Desk, number: int) -> None:
    """Work out anew what the policy in force counts: tags, complexity, level."""
    s, p = desk.state, desk.tables
    row = s.conversation[number]
    _tags(desk, number, row)
    hands.count_up(s, p, number)
    level = hands.level_by_reason(s, p, number)
    queues.set_level(s, p, number, row[k.HAND] if row[k.HAND] >= 0 else level)


def _tags(desk: Desk, number: int, row: list[int]) -> None:
    """Count the tags, which are kept by name, as the new policy does."""
    for facet, tags in enumerate(desk.tags[number]):
        masks = {"rule": 0, "hand": 0, "off": 0}
        for tag, how in tags.items():
            masks[how] |= bit(desk, facet, tag)
        row[k.RULED0 + facet], row[k.HAND0 + facet] = masks["rule"], masks["hand"]
        row[k.OFF0 + facet] = masks["off"]
        hands.count_tags(row, facet)


def _read_again(desk: Desk, number: int) -> None:
    """Read what the customer of an open conversation wrote anew."""
    row = desk.state.conversation[number]
    row[k.SIGNALS], now = signals(desk, number)
    row[k.SIGNALS_NOW] = now if row[k.UNANSWERED] >= 0 else 0


def _customer(desk: Desk, number: int) -> None:
    person = desk.people.get(desk.customers[number])
    if person is not None:
        put_fields(desk, desk.state.customer[number], person.fields)


# ---------------------------------------------------------------- rows that are put away


def at_rest(desk: Desk) -> k.State:
    """Return the state of a desk with tables whose rows can be put away; those follow a policy when they come back.

    Parameters
    ----------
    desk : Desk
        With all rows in memory.
    """
    held = weakref.proxy(desk)  # else what an old view had in memory would wait for the collector
    s = desk.state

    def conversation(number: int, missed: list[_Moves]) -> None:
        row, reasons = held.state.conversation[number], held.state.reason[number]
        for moves in missed:
            _move(row, reasons, moves)
        quieten(row)
        _count(held, number)

    keeps = (k.STAGE, k.LEVEL, k.HAND, k.HOME, k.CUSTOMER, k.OWNER_OF, k.TOUCHED, k.EARLIER)
    return s._replace(
        conversation=Rows(s.conversation, keeps=keeps, returned=conversation),
        reason=Reasons(s.reason, returned=lambda number, _: held.state.conversation[number]),  # which brings both
        customer=Rows(s.customer, keeps=(k.OPEN_NOW, k.LATEST), returned=lambda number, _: _customer(held, number)),
    )


def _later(desk: Desk, moves: _Moves) -> None:
    """Let the rows that are away follow when they come back, and at once their levels, which are looked up there."""
    s, p = desk.state, desk.tables
    rows, reasons = s.conversation, s.reason
    hands_set, levels = rows.kept[k.HAND], rows.kept[k.LEVEL]
    known: dict[int, tuple[int, int]] = {}
    for number in rows.away():
        lasting = reasons.lasting[number]
        if lasting not in known:
            moved = _moved(lasting, moves.reasons)
            known[lasting] = moved, _level(p, moved)
        reasons.lasting[number], level = known[lasting]
        levels[number] = hands_set[number] if hands_set[number] >= 0 else level
    for table, change in ((rows, moves), (reasons, moves), (s.customer, None)):
        table.change(change)


def _level(p: k.Tables, lasting: int) -> int:
    """Return the level of a conversation for which these reasons last on; see `hands.level_by_reason`."""
    levels = (rule[k.R_LEVEL] for number, rule in enumerate(p.level_rule) if lasting >> number & 1)
    return int(max([p.number[k.P_START_LEVEL], *levels]))
