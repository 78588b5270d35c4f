"""What hands do to a conversation: owners, helpers, groups, tags and levels; and the counts that follow.

The moves shared by facts and decisions; plain functions over the tables of `columns.State`.
"""

from typing import Any

from deskkit.desk import columns as k
from deskkit.desk import core, queues, rules
from deskkit.desk.columns import State, Tables

__all__ = [
    "ask_language",
    "count_tags",
    "count_up",
    "group_set",
    "helper_set",
    "level_by_reason",
    "owner_set",
    "priority_set",
    "put_back",
    "tag_set",
    "take",
]


def ask_language(p: Tables, row: Any) -> None:
    """Let a wait begin in which the language known counts as the policy says."""
    if row[k.LANGUAGE] >= 0:
        row[k.LANGUAGE_RULE] = p.number[k.P_LANGUAGE]


def count_up(s: State, p: Tables, c: int) -> None:
    """Work the complexity of a conversation out again, and what it weighs."""
    row = s.conversation[c]
    number = p.number
    row[k.COMPLEXITY] = rules.complexity(
        row[k.TURNS],
        row[k.WORDS],
        row[k.INQUIRIES],
        row[k.TRANSFERS],
        number[k.P_TURN],
        number[k.P_WORDS],
        number[k.P_INQUIRY],
        number[k.P_TRANSFER],
    )
    core.reload(s, p, c)


def take(s: State, p: Tables, c: int, a: int) -> None:
    """Give a conversation to an agent by hand, from whatever stage allows it."""
    row = s.conversation[c]
    if row[k.HELD_BY] >= 0:
        row[k.TRANSFERS] += 1 if row[k.HELD_BY] != a else 0
        count_up(s, p, c)
        core.unsettle(s, p, c)
    core.settle(s, p, c, a, s.desk[k.NOW])
    core.mark(s, c, k.SAW_STAGE | k.SAW_TIME | k.SAW_COUNTS)


def put_back(s: State, p: Tables, c: int, since: int) -> None:
    """Let a conversation wait in the queue, counted from `since`."""
    row = s.conversation[c]
    if row[k.HELD_BY] >= 0:  # counted when it leaves its owner, so that its weight is known to who takes it next
        row[k.TRANSFERS] += 1
        count_up(s, p, c)
    core.unsettle(s, p, c)
    row[k.QUEUED] = since
    if since == s.desk[k.NOW]:  # a new wait: what an earlier one opened to others is closed again
        row[k.STEP] = 0
        row[k.GROUPS] = 1 << row[k.HOME]
        ask_language(p, row)
    row[k.ENTERED] = 1
    queues.enqueue(s, p, c)
    core.mark(s, c, k.SAW_STAGE | k.SAW_TIME)


def owner_set(s: State, p: Tables, f: Any) -> int:
    """AGENT: the new owner, -1 back to the queue; X0 transfers that count after it, -1 one more."""
    c = f[k.WHO]
    row = s.conversation[c]
    if f[k.AGENT] < 0:
        if row[k.STAGE] == k.WAITING:
            return k.NO_CHANGE
        since = row[k.UNANSWERED] if row[k.UNANSWERED] >= 0 else s.desk[k.NOW]
        row[k.EXCLUDED] = row[k.HELD_BY]  # whoever gave it up gets it again only if nobody else can take it
        put_back(s, p, c, since)
        set_transfers(s, p, c, f[k.X0])
        row[k.OWNER_OF] = k.NOBODY
        return -1
    if row[k.HELD_BY] == f[k.AGENT] and row[k.STAGE] == k.ASSIGNED:
        return k.NO_CHANGE
    take(s, p, c, f[k.AGENT])
    set_transfers(s, p, c, f[k.X0])
    return -1


def set_transfers(s: State, p: Tables, c: int, count: int) -> None:
    """Let an undo count as many changes of owner as there were before what it undoes; -1: it is no undo."""
    if count >= 0:
        s.conversation[c][k.TRANSFERS] = count
        count_up(s, p, c)


def group_set(s: State, p: Tables, f: Any) -> int:
    """X0 the group: the conversation waits there, whoever held it. X1: as X0 of `owner_set`.

    The hand's word stands: further groups may take it only when it has waited there as long as an overflow asks, and
    whoever held it gets it again only if nobody else can take it.
    """
    c = f[k.WHO]
    row = s.conversation[c]
    queues.dequeue(s, c)
    row[k.HOME] = f[k.X0]
    row[k.GROUPS] = 1 << f[k.X0]
    row[k.NEEDS] = 0
    row[k.ROUTED] = 1
    row[k.STEP] = 0
    since = row[k.QUEUED]
    if since < 0:
        since = row[k.UNANSWERED] if row[k.UNANSWERED] >= 0 else s.desk[k.NOW]
    if row[k.HELD_BY] >= 0:
        row[k.EXCLUDED] = row[k.HELD_BY]
    put_back(s, p, c, since)
    if f[k.X1] < 0:  # an undo is no word of its own
        row[k.GIVEN] = s.desk[k.NOW]
    set_transfers(s, p, c, f[k.X1])
    row[k.OWNER_OF] = k.NOBODY  # opened again it waits there, and does not go back to whom it was taken from
    return -1


def helper_set(s: State, p: Tables, f: Any) -> int:
    """X0: 1 invited, 0 released."""
    c = f[k.WHO]
    row = s.conversation[c]
    a = f[k.AGENT]
    free = -1
    for slot in range(k.HELPERS_MAX):
        if row[k.HELPER0 + slot] == a:
            if f[k.X0] == 1:
                return k.NO_CHANGE
            core.release_helper(s, p, c, slot)
            return -1
        if free < 0 and row[k.HELPER0 + slot] < 0:
            free = slot
    if f[k.X0] == 0 or row[k.HELD_BY] == a:
        return k.NO_CHANGE
    if s.agent[a][k.PRESENCE] == k.OFFLINE:
        return k.NOT_ONLINE
    if free < 0:
        return k.NO_ROOM_FOR_HELPER
    core.add_helper(s, p, c, free, a)
    return -1


def tag_set(s: State, p: Tables, f: Any) -> int:
    """X0 facet, X1 bit (0: a tag no rule speaks of), X2 on, X3 undo: on by rule, or neither on nor taken off."""
    row = s.conversation[f[k.WHO]]
    facet = f[k.X0]
    bit = f[k.X1]
    row[k.RULED0 + facet] &= ~bit  # the hand's word from here on
    if f[k.X3] == 1:
        row[k.HAND0 + facet] &= ~bit
        row[k.OFF0 + facet] &= ~bit
        if f[k.X2] == 1:
            row[k.RULED0 + facet] |= bit
    elif f[k.X2] == 1:
        row[k.HAND0 + facet] |= bit
        row[k.OFF0 + facet] &= ~bit
    else:
        row[k.HAND0 + facet] &= ~bit
        row[k.OFF0 + facet] |= bit
    count_tags(row, facet)
    count_up(s, p, f[k.WHO])
    if len(p.credit) > 0:
        queues.requeue(s, p, f[k.WHO])
    core.mark(s, f[k.WHO], k.SAW_TAGS | k.SAW_COUNTS)
    return -1


def count_tags(row: Any, facet: int) -> None:
    """Work the tags of a facet out: by rule unless taken off by hand, and all by hand."""
    tags = (row[k.RULED0 + facet] & ~row[k.OFF0 + facet]) | row[k.HAND0 + facet]
    row[k.TAGS0 + facet] = tags
    if facet == 1:
        n = 0
        while tags != 0:
            tags &= tags - 1
            n += 1
        row[k.INQUIRIES] = n


def priority_set(s: State, p: Tables, f: Any) -> int:
    """X0: the level by hand, -1 cleared: then the highest active reason holds again."""
    c = f[k.WHO]
    row = s.conversation[c]
    row[k.HAND] = f[k.X0]
    queues.set_level(s, p, c, f[k.X0] if f[k.X0] >= 0 else level_by_reason(s, p, c))
    core.mark(s, c, k.SAW_STAGE)
    return -1


def level_by_reason(s: State, p: Tables, c: int) -> int:
    """Return the highest level of the active reasons, or where conversations begin; remember the reason."""
    row = s.conversation[c]
    level = p.number[k.P_START_LEVEL]
    row[k.REASON] = k.NOBODY
    for r in range(len(p.level_rule)):
        if s.reason[c][r] != 0 and p.level_rule[r][k.R_LEVEL] > level:
            level = p.level_rule[r][k.R_LEVEL]
            row[k.REASON] = r
    return level
