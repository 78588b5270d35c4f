"""Why a conversation has its level: which of the policy's reasons are active, and which of them only last on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from deskkit.desk import columns as k

if TYPE_CHECKING:
    from deskkit.desk.desk import Desk

__all__ = ["Reason", "made_by", "reasons"]


class Reason(msgspec.Struct, frozen=True):
    """A reason for a conversation's level: rule, level, and until when it lasts on (None: it holds)."""

    rule: str
    level: int
    until: int | None


def reasons(desk: Desk, name: str) -> tuple[Reason, ...]:
    """Return the active reasons of a conversation's level, highest first."""
    return tuple(sorted(_active(desk, desk.exactly(name)), key=lambda reason: -reason.level))


def _active(desk: Desk, number: int) -> list[Reason]:
    return [
        Reason(rule.name, rule.level, None if until == 1 else until)
        for rule, until in zip(desk.policy.schema.priority, desk.state.reason[number], strict=True)
        if until != 0
    ]


def made_by(desk: Desk, number: int) -> tuple[str, int | None]:
    """Return the rule that made a level, and until when the level is kept where no reason for it holds any more.

    Of several reasons for the same level, one that holds is named before one that lasts on.

    Parameters
    ----------
    desk : Desk
    number : int
        Of the conversation.

    Returns
    -------
    tuple of str and (int or None)
        An empty name where no rule made the level.
    """
    row = desk.state.conversation[number]
    if row[k.REASON] < 0:
        return "", None
    made = desk.policy.schema.priority[row[k.REASON]]
    if row[k.HAND] >= 0 or row[k.STAGE] >= k.RESOLVED or desk.state.reason[number][row[k.REASON]] == 1:
        return made.name, None
    equal = [one for one in _active(desk, number) if one.level == made.level]
    holding = next((one.rule for one in equal if one.until is None), None)
    if holding is not None:
        return holding, None
    return made.name, max((one.until for one in equal if one.until is not None), default=None)
