"""Another policy in force: the whole state follows it, without a decision.

Names lead from the old policy to the new one: a reason goes on, and a tidying stays done, where a rule of the same name
is there; a tag, a signal and a field stand where the new policy counts them. This module knows no file and no clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from deskkit.desk import columns as k
from deskkit.desk import core, events, hands, queues
from deskkit.desk.labels import called_now
from deskkit.desk.rows import bit, put_fields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.desk.desk import Desk
    from deskkit.desk.lower import Lowered

__all__ = ["restate"]


class _Moves(NamedTuple):
    """For each number under the new policy the one under the old, -1 if it is new there."""

    reasons: list[int]
    tidyings: list[int]
    signals: list[int]
    same_signals: bool
    language: int  # how a language counted under the old policy


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
    old, new = before.schema, desk.policy.schema
    moves = _Moves(
        _sources(old.priority, new.priority),
        _sources(old.tidy, new.tidy),
        _sources(old.signals, new.signals),
        same_signals=old.signals == new.signals,
        language=before.tables.number[k.P_LANGUAGE],
    )
    for number in range(len(desk.conversations)):
        _conversation(desk, number, moves)
    for name, fact in desk.people.items():
        put_fields(desk, desk.state.customer[desk.customers.find(name)], fact.fields)
    for a in range(s.desk[k.AGENTS]):
        queues.unplace(s, a)
        one = s.agent[a]
        one[k.HOLDS] = one[k.ACTIVE] = 0
    for number in range(len(desk.conversations)):
        row = s.conversation[number]
        row[k.LOAD] = row[k.BUSY] = 0
        core.reload(s, p, number)
        for slot in range(k.HELPERS_MAX):
            if row[k.HELPER0 + slot] >= 0:
                core.add_load(s, p, row[k.HELPER0 + slot], p.number[k.P_HELPER], 0)
    for a in range(s.desk[k.AGENTS]):
        queues.set_limit(s, p, a)
        queues.place(s, p, a)
    for number in range(len(desk.conversations)):
        queues.requeue(s, p, number)


def _sources(old: Sequence[Any], new: Sequence[Any]) -> list[int]:
    """Return where each of the new ones stood among the old ones, by name; -1: nowhere."""
    numbers = {one.name: number for number, one in enumerate(old)}
    return [numbers.get(one.name, -1) for one in new]


def _conversation(desk: Desk, number: int, moves: _Moves) -> None:
    s, p = desk.state, desk.tables
    row, reasons = s.conversation[number], s.reason[number]
    reasons[:] = [reasons[i] if i >= 0 else 0 for i in moves.reasons]
    row[k.TIDY_DONE] = _moved(row[k.TIDY_DONE], moves.tidyings)
    _tags(desk, number, row)
    if not moves.same_signals:
        _signals(desk, number, moves)
    if row[k.LANGUAGE] >= 0 and row[k.LANGUAGE_RULE] == moves.language:  # unless an overflow has dropped it
        row[k.LANGUAGE_RULE] = p.number[k.P_LANGUAGE]
    hands.count_up(s, p, number)
    level = hands.level_by_reason(s, p, number)
    queues.set_level(s, p, number, row[k.HAND] if row[k.HAND] >= 0 else level)


def _moved(bits: int, sources: list[int]) -> int:
    """Return bits in their new places."""
    return sum(1 << new for new, old in enumerate(sources) if old >= 0 and bits >> old & 1)


def _tags(desk: Desk, number: int, row: list[int]) -> None:
    """Count the tags, which are kept by name, as the new policy does."""
    for facet, said in enumerate(desk.policy.schema.facets):
        tags = desk.tags[number][facet]
        if said.renamed:
            tags = called_now(said, tags)
            desk.tags.put(number, facet, tags)
        masks = {"rule": 0, "hand": 0, "off": 0}
        for tag, how in tags.items():
            masks[how] |= bit(desk, facet, tag)
        row[k.RULED0 + facet], row[k.HAND0 + facet] = masks["rule"], masks["hand"]
        row[k.OFF0 + facet] = masks["off"]
        hands.count_tags(row, facet)


def _signals(desk: Desk, number: int, moves: _Moves) -> None:
    """Read what an open conversation's customer wrote anew; of a closed one the signals keep their names."""
    row = desk.state.conversation[number]
    if row[k.STAGE] >= k.RESOLVED:
        row[k.SIGNALS] = _moved(row[k.SIGNALS], moves.signals)
        row[k.SIGNALS_NOW] = _moved(row[k.SIGNALS_NOW], moves.signals)
        row[k.OWED_SIGNALS] = _moved(row[k.OWED_SIGNALS], moves.signals)
        return
    ever = now = 0
    for fact in desk.messages[number]:
        if isinstance(fact, events.CustomerWrote) and fact.content_type == "text":
            mask = desk.tagger.mask(fact.text)
            ever, now = ever | mask, now | mask
        elif isinstance(fact, events.AgentWrote) and not fact.automatic:
            now = 0
    row[k.SIGNALS] = ever
    row[k.SIGNALS_NOW] = now if row[k.UNANSWERED] >= 0 else 0
