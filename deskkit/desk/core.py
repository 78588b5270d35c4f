"""The state as integer columns and the moves all transitions are made of: owners, loads, ladders, timers.

Plain functions over the tables of `columns.State` and the numbers of a policy (`columns.Tables`); no imports but the
rules, the queues, the heap and the layout. Nothing here decides: a transition may read a policy *number* (a weight, a
limit), never a rule. The life cycle of a conversation is the table `LIFE`, one row per stage, one column per fact.
"""

from typing import Any

from deskkit.desk import columns as k
from deskkit.desk import heap, queues, rules
from deskkit.desk.columns import State, Tables

__all__ = [
    "add_helper",
    "add_load",
    "attach",
    "close",
    "detach",
    "emit",
    "mark",
    "release_helper",
    "reload",
    "settle",
    "start_ladder",
    "start_neglect",
    "stop_ladder",
    "time_agent",
    "time_conversation",
    "unsettle",
    "weigh",
]

W, A, S, R, B, X = range(6)  # waiting, assigned, snoozed, resolved, abandoned, archived
BACK = 6  # an archiving undone: the stage before it
KEEP = 7  # assigned if its owner is not offline, else waiting
NO = -1  # refused
# Facts about one conversation, in the order of columns.F_OPENED ... F_RATED.
# opened customer agent system note viewed left resolved reopened snoozed archived unarchived tag level owner group ...
LIFE = (
    (NO, W, A, W, W, W, B, R, NO, S, X, NO, W, W, A, W, W, W),  # waiting
    (NO, A, A, A, A, A, B, R, NO, S, X, NO, A, A, A, W, A, A),  # assigned
    (NO, S, S, S, S, S, B, R, KEEP, S, X, NO, S, S, A, W, S, S),  # snoozed
    (NO, R, R, R, R, R, NO, NO, KEEP, NO, X, NO, R, R, NO, NO, NO, R),  # resolved
    (NO, B, B, B, B, B, NO, R, KEEP, NO, X, NO, B, B, NO, NO, NO, B),  # abandoned
    (NO, X, X, X, X, X, NO, NO, KEEP, NO, NO, BACK, X, X, NO, NO, NO, X),  # archived
)


# ---------------------------------------------------------------- what changed, what was decided


def mark(s: State, c: int, seen: int) -> None:
    """Put a conversation on the list of this pass and say what changed about it."""
    row = s.conversation[c]
    row[k.DIRTY] |= seen if seen == k.SAW_LOOK else seen | k.SAW_ANYWAY
    if row[k.MARKED] == 0:
        row[k.MARKED] = 1
        s.dirty[s.desk[k.DIRTIED]] = c
        s.desk[k.DIRTIED] += 1


def emit(
    s: State,
    kind: int,
    c: int,
    a: int,
    y0: int,
    y1: int,
    y2: int,
    y3: int,
    rule: int,
    b0: int,
    b1: int,
    b2: int,
) -> int:
    """Write a decision down; return the number of its row."""
    n = s.desk[k.DECIDED]
    d = s.decision[n]
    d[k.KIND] = kind
    d[k.OF] = c
    d[k.ON] = a
    d[k.Y0] = y0
    d[k.Y1] = y1
    d[k.Y2] = y2
    d[k.Y3] = y3
    d[k.RULE] = rule
    d[k.B0] = b0
    d[k.B1] = b1
    d[k.B2] = b2
    d[k.B3] = 0
    d[k.B4] = 0
    s.desk[k.DECIDED] = n + 1
    return n


# ---------------------------------------------------------------- owners, helpers, load


def add_load(s: State, p: Tables, a: int, units: int, active: int) -> None:
    """Add units (may be negative) and conversations to answer to what an agent holds."""
    one = s.agent[a]
    if units == 0 and active == 0:
        return
    one[k.HOLDS] += units
    if one[k.POOL] >= 0:
        s.desk[k.LOAD_NOW] += units
        if units < 0:  # room came free, though the rank may stay the same
            s.pool[one[k.POOL]][k.POOL_FRESH] = 1
            s.desk[k.FRESH] = 1
    if active != 0:
        one[k.ACTIVE] += active
        if one[k.ACTIVE] == 0:
            s.desk[k.SERIAL] += 1
            one[k.IDLE_SINCE] = s.desk[k.SERIAL]
    queues.rerank(s, p, a)


def weigh(p: Tables, row: Any, more: int = 0) -> int:
    """Return what a conversation weighs on the agent who has it in hand, or takes it, with so many points more."""
    number = p.number
    return rules.weight(
        1 if row[k.UNANSWERED] >= 0 else 0,
        row[k.COMPLEXITY] + more,
        number[k.P_WEIGHT_AGENT],
        number[k.P_WEIGHT_CUSTOMER],
        number[k.P_COMPLEX_FROM],
        number[k.P_COMPLEX_FACTOR],
    )


def weigh_handed(p: Tables, row: Any) -> int:
    """Return what a conversation weighs on whoever takes it over: a change of owner makes it more complex."""
    return weigh(p, row, p.number[k.P_TRANSFER] if row[k.HELD_BY] >= 0 else 0)


def taken(p: Tables, row: Any, a: int) -> int:
    """Return the units by which an agent's load grows whom a hand gives a conversation."""
    if row[k.HELD_BY] == a:
        return weigh(p, row) - int(row[k.LOAD])
    helps = a in row[k.HELPER0 : k.HELPER0 + k.HELPERS_MAX]  # who takes it helps in it no more
    return weigh_handed(p, row) - (p.number[k.P_HELPER] if helps else 0)


def reload(s: State, p: Tables, c: int) -> None:
    """Let the owner's load follow the conversation."""
    row = s.conversation[c]
    a = row[k.OWNER_OF]
    if a < 0 or row[k.HELD_BY] < 0:
        return
    units = weigh(p, row) if row[k.STAGE] == k.ASSIGNED else 0
    busy = 1 if row[k.STAGE] == k.ASSIGNED and row[k.UNANSWERED] >= 0 else 0
    more = units - row[k.LOAD]
    was = row[k.BUSY]
    row[k.LOAD] = units
    row[k.BUSY] = busy
    add_load(s, p, a, more, busy - was)


def attach(s: State, p: Tables, c: int, a: int) -> None:
    """Make an agent the owner; the conversation joins what the agent holds."""
    row = s.conversation[c]
    one = s.agent[a]
    row[k.OWNER_OF] = a
    row[k.HELD_BY] = a
    first = one[k.FIRST_OWN]
    row[k.OWN_PREV] = -1
    row[k.OWN_NEXT] = first
    if first >= 0:
        s.conversation[first][k.OWN_PREV] = c
    one[k.FIRST_OWN] = c
    one[k.OPEN] += 1
    row[k.LOAD] = 0
    row[k.BUSY] = 0
    reload(s, p, c)


def detach(s: State, p: Tables, c: int) -> None:
    """Take a conversation from what its owner holds; the name of the last owner stays."""
    row = s.conversation[c]
    a = row[k.HELD_BY]
    if a < 0:
        return
    before = row[k.OWN_PREV]
    after = row[k.OWN_NEXT]
    if before >= 0:
        s.conversation[before][k.OWN_NEXT] = after
    else:
        s.agent[a][k.FIRST_OWN] = after
    if after >= 0:
        s.conversation[after][k.OWN_PREV] = before
    s.agent[a][k.OPEN] -= 1
    row[k.HELD_BY] = -1
    units = row[k.LOAD]
    busy = row[k.BUSY]
    row[k.LOAD] = 0
    row[k.BUSY] = 0
    add_load(s, p, a, -units, -busy)


def add_helper(s: State, p: Tables, c: int, slot: int, a: int) -> None:
    """Let an agent help; what it weighs is the policy's."""
    row = s.conversation[c]
    row[k.HELPER0 + slot] = a
    node = c * k.HELPERS_MAX + slot
    first = s.agent[a][k.FIRST_HELP]
    row[k.HELP_PREV0 + slot] = -1
    row[k.HELP_NEXT0 + slot] = first
    if first >= 0:
        s.conversation[first // k.HELPERS_MAX][k.HELP_PREV0 + first % k.HELPERS_MAX] = node
    s.agent[a][k.FIRST_HELP] = node
    add_load(s, p, a, p.number[k.P_HELPER], 0)


def release_helper(s: State, p: Tables, c: int, slot: int) -> None:
    """Let the helper in a slot go."""
    row = s.conversation[c]
    a = row[k.HELPER0 + slot]
    if a < 0:
        return
    before = row[k.HELP_PREV0 + slot]
    after = row[k.HELP_NEXT0 + slot]
    if before >= 0:
        s.conversation[before // k.HELPERS_MAX][k.HELP_NEXT0 + before % k.HELPERS_MAX] = after
    else:
        s.agent[a][k.FIRST_HELP] = after
    if after >= 0:
        s.conversation[after // k.HELPERS_MAX][k.HELP_PREV0 + after % k.HELPERS_MAX] = before
    row[k.HELPER0 + slot] = -1
    add_load(s, p, a, -p.number[k.P_HELPER], 0)


# ---------------------------------------------------------------- ladders and the end of a conversation


def start_ladder(s: State, c: int, topic: int, at: int) -> None:
    """Begin a breach: nothing of its ladders has rung yet."""
    row = s.conversation[c]
    row[k.LADDER0 + topic] = at
    row[k.FIRED0 + topic] = 0


def stop_ladder(s: State, c: int, topic: int) -> None:
    """End a breach."""
    s.conversation[c][k.LADDER0 + topic] = k.NEVER


def start_neglect(s: State, c: int, now: int) -> None:
    """Count from here on how long the owner has not looked at a conversation; not while it is looked at."""
    if s.agent[s.conversation[c][k.HELD_BY]][k.FOCUS] == c:
        stop_ladder(s, c, k.NEGLECTED)
    else:
        start_ladder(s, c, k.NEGLECTED, now)


def settle(s: State, p: Tables, c: int, a: int, now: int) -> None:
    """Let a conversation stand with its owner: the ladders of assignment, message and neglect begin."""
    row = s.conversation[c]
    queues.dequeue(s, c)
    row[k.STAGE] = k.ASSIGNED
    row[k.QUEUED] = k.NEVER
    row[k.GIVEN] = now
    row[k.VIEWED] = k.NEVER
    row[k.EXCLUDED] = k.NOBODY
    row[k.ADVISED] = k.NOBODY
    row[k.MERGED0] = 0
    row[k.RANG0] = k.NEVER  # what rang for the owner before is not merged with what rings for this one
    for slot in range(k.HELPERS_MAX):
        if row[k.HELPER0 + slot] == a:
            release_helper(s, p, c, slot)
    attach(s, p, c, a)
    one = s.agent[a]
    s.desk[k.SERIAL] += 1
    one[k.LAST_GIVEN] = s.desk[k.SERIAL]
    queues.rerank(s, p, a)
    if row[k.CUSTOMER] >= 0:
        s.customer[row[k.CUSTOMER]][k.LAST_AGENT] = a
    start_ladder(s, c, k.ASSIGNMENT, now)
    start_neglect(s, c, now)
    if row[k.UNANSWERED] >= 0:
        start_ladder(s, c, k.MESSAGE, now)


def unsettle(s: State, p: Tables, c: int) -> None:
    """Take a conversation from its owner: back to waiting, without ladders that are the owner's."""
    row = s.conversation[c]
    detach(s, p, c)
    row[k.STAGE] = k.WAITING
    row[k.GIVEN] = k.NEVER
    stop_ladder(s, c, k.ASSIGNMENT)
    stop_ladder(s, c, k.MESSAGE)
    stop_ladder(s, c, k.NEGLECTED)


def close(s: State, p: Tables, c: int, stage: int, now: int) -> None:
    """End a conversation: out of the queue, off the owner's hands, no ladder runs on."""
    row = s.conversation[c]
    queues.dequeue(s, c)
    detach(s, p, c)
    for slot in range(k.HELPERS_MAX):
        release_helper(s, p, c, slot)
    if stage != k.ARCHIVED:
        row[k.OWED] = row[k.UNANSWERED]
        row[k.OWED_SIGNALS] = row[k.SIGNALS_NOW]
        row[k.OWED_LADDER] = row[k.LADDER0 + k.WAIT]
    for topic in range(k.TOPICS):
        stop_ladder(s, c, topic)
        row[k.MERGED0 + topic] = 0
    row[k.QUEUED] = k.NEVER
    if stage != k.ARCHIVED:
        row[k.UNANSWERED] = k.NEVER  # whoever handles a conversation decides that nothing is owed
        row[k.SIGNALS_NOW] = 0
    if row[k.STAGE] < k.RESOLVED or row[k.CLOSED] < 0:
        row[k.CLOSED] = now
    row[k.STAGE] = stage


# ---------------------------------------------------------------- timers


def time_conversation(s: State, c: int, at: int) -> None:
    """Set the one next instant of a conversation (FAR: none)."""
    row = s.conversation[c]
    root = s.desk[k.TIMER_ROOT]
    if row[k.IN_TIME] == at:
        return
    if row[k.IN_TIME] != k.FAR:
        root = heap.remove(s.conversation, k.IN_TIME, root, c)
    row[k.IN_TIME] = at
    if at != k.FAR:
        root = heap.push(s.conversation, k.IN_TIME, root, c, at)
    s.desk[k.TIMER_ROOT] = root


def time_agent(s: State, a: int, at: int) -> None:
    """Set the instant of an agent's digest (FAR: none)."""
    one = s.agent[a]
    root = s.desk[k.AGENT_TIMER_ROOT]
    if one[k.IN_TIME] != k.FAR:
        root = heap.remove(s.agent, k.IN_TIME, root, a)
    one[k.IN_TIME] = at
    if at != k.FAR:
        root = heap.push(s.agent, k.IN_TIME, root, a, at)
    s.desk[k.AGENT_TIMER_ROOT] = root
