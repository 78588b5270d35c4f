"""A desk in a few lines of plain text: what a notebook prints and its test compares.

Numbers, ids, levels and names of rules only: no message, no customer's name. English, whatever the view speaks.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from deskkit.desk import cards
from deskkit.desk.events import DECISIONS, LEVELS
from deskkit.views.words import waiting_clock

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deskkit.desk.cards import ConversationCard
    from deskkit.desk.desk import Desk
    from deskkit.log import EventLog

__all__ = ["decided", "first", "levels", "loads", "overview"]

_TOO_LONG = 600_000


def _open(desk: Desk) -> list[ConversationCard]:
    return [cards.conversation_card(desk, name) for name in cards.open_conversations(desk)]


def _table(rows: Iterable[tuple[str, str]]) -> str:
    pairs = list(rows)
    width = max((len(name) for name, _ in pairs), default=0)
    return "\n".join(f"{name:<{width}}  {value}".rstrip() for name, value in pairs)


def overview(desk: Desk) -> str:
    """Return how many conversations are open, in which stage, and how many customers have no answer yet.

    Parameters
    ----------
    desk : Desk

    Returns
    -------
    str, a line for each number
    """
    every = _open(desk)
    stages = Counter(card.stage for card in every)
    waits = [desk.now - card.unanswered_since for card in every if card.unanswered_since is not None]
    return _table([
        ("open conversations", f"{len(every):4}"),
        *((f"  {stage}", f"{stages[stage]:4}") for stage in ("waiting", "assigned", "snoozed")),
        ("customers without an answer", f"{len(waits):4}"),
        ("  for more than 10 minutes", f"{sum(wait > _TOO_LONG for wait in waits):4}"),
    ])  # fmt: skip


def levels(desk: Desk) -> str:
    """Return how many open conversations each level has, and the rules that put them there.

    Parameters
    ----------
    desk : Desk

    Returns
    -------
    str, a line for each level, and below it one for each rule
    """
    every = _open(desk)
    rows = []
    for level in reversed(range(len(LEVELS))):
        mine = [card for card in every if card.level == level]
        rows.append((LEVELS[level], f"{len(mine):4}"))
        causes = Counter("by hand" if card.by_hand else card.why or "(where it began)" for card in mine)
        rows += [(f"  {why}", f"{n:4}") for why, n in sorted(causes.items(), key=lambda pair: (-pair[1], pair[0]))]
    return _table(rows)


def loads(desk: Desk) -> str:
    """Return the busiest and the idlest agent who is online, by the share of what they may hold.

    Supervisors, who answer only now and then, are left out. An imported log knows who is online only from a
    roster's shifts.

    Parameters
    ----------
    desk : Desk

    Returns
    -------
    str, two lines; one that says so if nobody is online
    """
    online = [one for one in cards.agents(desk) if one.presence == "online" and one.role == "agent"]
    if not online:
        return "no agent is online"
    ranked = sorted(online, key=lambda one: (one.load / max(one.capacity, 0.001), one.agent))
    return _table(
        (
            f"{word} {one.agent}",
            f"{one.load:4.1f} of {one.capacity:4.1f} units, {len(one.conversations):2} conversations",
        )
        for word, one in zip(("busiest", "idlest "), (ranked[-1], ranked[0]), strict=True)
    )


def first(desk: Desk, count: int = 5) -> str:
    """Return the conversations at the head of the list and why they stand there.

    Parameters
    ----------
    desk : Desk
    count : int, default 5

    Returns
    -------
    str, a line for each: place, id, level, minutes and seconds without an answer, reason
    """
    lines = []
    for place, card in enumerate(_open(desk)[:count], 1):
        wait = "" if card.unanswered_since is None else waiting_clock(desk.now - card.unanswered_since)
        why = "by hand" if card.by_hand else card.why or "(where it began)"
        why = f"waits too long; {why}" if card.too_long else why
        lines.append(f"{place}  {card.name}  {LEVELS[card.level]:<6}  {wait:>6}  {why}")
    return "\n".join(lines)


def decided(log: EventLog) -> str:
    """Return how many decisions of each kind stand in a log.

    Parameters
    ----------
    log : EventLog

    Returns
    -------
    str, a line for each kind, the most frequent first
    """
    kinds = Counter(str(type(stored.event).__struct_config__.tag) for stored in log.read(kinds=DECISIONS))
    return _table((kind, f"{n:4}") for kind, n in sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0])))
