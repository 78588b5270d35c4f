"""Conversations narrowed down by what they are: level, stage, group, agent, tags. Rows that are put away stay there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from deskkit.desk import columns as k
from deskkit.desk.cards import STAGES
from deskkit.desk.resting import glance

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from deskkit.desk.desk import Desk

__all__ = ["Wanted", "narrowed"]


class Wanted(NamedTuple):
    """What conversations have to be; None: anything.

    `agent` owns them, "" stands for nobody; `tags` are by the number of their facet, of which one has to be there.
    """

    level: int | None = None
    stage: str | None = None
    group: str | None = None
    agent: str | None = None
    tags: tuple[tuple[int, Collection[str]], ...] = ()


def narrowed(desk: Desk, names: Iterable[str], wanted: Wanted) -> tuple[str, ...]:
    """Return those of some conversations that are what is wanted, in their order.

    Examples
    --------
    >>> from deskkit.desk.desk import Desk
    >>> from deskkit.desk.events import ConversationOpened, Resolved
    >>> from deskkit.desk.policy import Policy
    >>> desk = Desk(Policy.load("data/policies/standard.toml"))
    >>> for name in ("c1", "c2"):
    ...     _ = desk.step(ConversationOpened(at=0, conversation=name, customer="zhang"))
    >>> _ = desk.step(Resolved(at=0, conversation="c2"))
    >>> narrowed(desk, ["c1", "c2"], Wanted(stage="resolved")), narrowed(desk, ["c1", "c2"], Wanted(agent="chen"))
    (('c2',), ())
    """
    rows = desk.state.conversation
    stage = STAGES.index(wanted.stage) if wanted.stage in STAGES else None
    group = desk.names.groups.find(wanted.group or "")
    agent = desk.agents.find(wanted.agent) if wanted.agent else k.NOBODY

    def passes(c: int) -> bool:
        now = glance(rows, c, k.STAGE)
        if wanted.stage is not None and now != stage:
            return False
        if wanted.level is not None and glance(rows, c, k.LEVEL) != wanted.level:
            return False
        if wanted.group is not None and glance(rows, c, k.HOME) != group:
            return False
        owner = k.NOBODY if now == k.WAITING else glance(rows, c, k.OWNER_OF)
        if wanted.agent is not None and (owner != agent or (wanted.agent and agent < 0)):
            return False
        return all(desk.tags.bears(c, facet, tags) for facet, tags in wanted.tags)

    return tuple(name for name in names if passes(desk.exactly(name)))
