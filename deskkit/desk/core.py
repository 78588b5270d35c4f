"""The state as integer columns and the moves all transitions are made of: lanes, pools, owners, ladders.

Plain functions over the tables of `columns.State` and the numbers of a policy (`columns.Tables`); no imports but the
rules, the heap and the layout. Nothing here decides: a transition may read a policy *number* (a weight, a limit),
never a rule. The life cycle of a conversation is the table `LIFE`, one row per stage, one column per fact.
"""

from typing import Any

from deskkit.desk import columns as k
from deskkit.desk import heap, rules
from deskkit.desk.columns import State, Tables

__all__ = [
    "attach", "close", "dequeue", "detach", "emit", "enqueue", "mark", "place", "reload", "release_helper", "requeue",
    "set_level", "set_limit", "settle", "start_ladder", "unplace",
]  # fmt: skip

W, A, S, R, B, X = range(6)  # waiting, assigned, snoozed, resolved, abandoned, archived
BACK = 6  # an archiving undone: the stage before it
KEEP = 7  # assigned if its owner is not offline, else waiting
NO = -1  # refused
# Facts about one conversation, in the order of columns.F_OPENED ... F_RATED.
#         opened customer agent system note viewed left resolved reopened snoozed archived unarch. tag prio owner group helper rated
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
    row[k.DIRTY] |= seen | k.SAW_ANYWAY
    if row[k.MARKED] == 0:
        row[k.MARKED] = 1
        s.dirty[s.desk[k.DIRTIED]] = c
        s.desk[k.DIRTIED] += 1


def emit(
    s: State, kind: int, c: int, a: int, y0: int, y1: int, y2: int, y3: int, rule: int, b0: int, b1: int, b2: int
) -> Any:
    """Write a decision down; return its row."""
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
    return d


# ---------------------------------------------------------------- lanes of waiting conversations


def lane_of(s: State, groups: int, needs: int, language: int, level: int, target: int, excluded: int) -> int:
    """Return the lane of these needs among those in use, or a free one, set up."""
    n = s.desk[k.ACTIVE_LANES]
    for i in range(n):
        lane = s.active_lane[i]
        row = s.lane[lane]
        if (
            row[k.LANE_GROUPS] == groups
            and row[k.LANE_NEEDS] == needs
            and row[k.LANE_LANGUAGE] == language
            and row[k.LANE_LEVEL] == level
            and row[k.LANE_TARGET] == target
            and row[k.LANE_EXCLUDED] == excluded
        ):
            return lane
    lane = s.active_lane[n]  # the entries from n on are the lanes not in use
    row = s.lane[lane]
    row[k.LANE_GROUPS] = groups
    row[k.LANE_NEEDS] = needs
    row[k.LANE_LANGUAGE] = language
    row[k.LANE_LEVEL] = level
    row[k.LANE_TARGET] = target
    row[k.LANE_EXCLUDED] = excluded
    row[k.LANE_ROOT] = -1
    row[k.LANE_SIZE] = 0
    row[k.LANE_FRESH] = 0
    row[k.LANE_PLACE] = n
    s.desk[k.ACTIVE_LANES] = n + 1
    return lane


def enqueue(s: State, p: Tables, c: int) -> None:
    """Let a waiting conversation stand in its lane, by its credited time."""
    row = s.conversation[c]
    level = row[k.LEVEL]
    groups = rules.group_wide(row[k.GROUPS], level, s.desk[k.PEAK_ON], p.send[level])
    language = row[k.LANGUAGE] if row[k.LANGUAGE_RULE] > 0 else -1
    target = p.target[row[k.HOME]][level]
    lane = lane_of(s, groups, row[k.NEEDS], language, level, target, row[k.EXCLUDED])
    line = s.lane[lane]
    credit = 0
    for i in range(len(p.credit)):
        if row[k.TAGS0 + p.credit[i][0]] & p.credit[i][1] != 0 and p.credit[i][2] > credit:
            credit = p.credit[i][2]
    line[k.LANE_ROOT] = heap.push(s.conversation, k.IN_LINE, line[k.LANE_ROOT], c, row[k.QUEUED] - credit)
    line[k.LANE_SIZE] += 1
    line[k.LANE_FRESH] = 1
    s.desk[k.FRESH] = 1
    row[k.LANE] = lane
    s.group[row[k.HOME]][k.Q_WAITING] += 1
    s.desk[k.WAITING_NOW] += 1


def dequeue(s: State, c: int) -> None:
    """Take a conversation out of its lane, if it stands in one."""
    row = s.conversation[c]
    lane = row[k.LANE]
    if lane < 0:
        return
    line = s.lane[lane]
    line[k.LANE_ROOT] = heap.remove(s.conversation, k.IN_LINE, line[k.LANE_ROOT], c)
    line[k.LANE_SIZE] -= 1
    row[k.LANE] = -1
    s.group[row[k.HOME]][k.Q_WAITING] -= 1
    s.desk[k.WAITING_NOW] -= 1
    if line[k.LANE_SIZE] == 0:
        last = s.desk[k.ACTIVE_LANES] - 1
        place = line[k.LANE_PLACE]
        other = s.active_lane[last]
        s.active_lane[place] = other
        s.lane[other][k.LANE_PLACE] = place
        s.active_lane[last] = lane
        s.desk[k.ACTIVE_LANES] = last


def requeue(s: State, p: Tables, c: int) -> None:
    """Let a waiting conversation change lanes after its level, groups or needs changed."""
    if s.conversation[c][k.LANE] >= 0:
        dequeue(s, c)
        enqueue(s, p, c)


def set_level(s: State, p: Tables, c: int, level: int) -> None:
    """Give a conversation its level."""
    row = s.conversation[c]
    if row[k.LEVEL] != level:
        if row[k.LANE] >= 0:
            dequeue(s, c)
            row[k.LEVEL] = level
            enqueue(s, p, c)
        else:
            row[k.LEVEL] = level


# ---------------------------------------------------------------- pools of agents alike


def alike(s: State, pool: int, a: int, groups: int) -> int:
    """Say (1 or 0) whether a pool is for agents of these groups and of the skills, languages and limit of `a`."""
    one = s.agent[a]
    row = s.pool[pool]
    if (
        row[k.POOL_GROUPS] != groups
        or row[k.POOL_SKILLS] != one[k.SKILLS]
        or row[k.POOL_SPEAKS] != one[k.SPEAKS]
        or row[k.POOL_LIMIT] != one[k.LIMIT]
    ):
        return 0
    for i in range(k.SKILLS_MAX):
        if row[k.POOL_SKILL0 + i] != one[k.SKILL0 + i]:
            return 0
    return 1


def pool_of(s: State, a: int, groups: int) -> int:
    """Return the pool of an agent's likes, a new one if there is none."""
    free = s.desk[k.POOLS]
    for pool in range(s.desk[k.POOLS]):
        if s.pool[pool][k.POOL_SIZE] == 0:
            free = min(free, pool)
        elif alike(s, pool, a, groups) == 1:
            return pool
    if free == s.desk[k.POOLS]:
        s.desk[k.POOLS] += 1
    one = s.agent[a]
    row = s.pool[free]
    row[k.POOL_GROUPS] = groups
    row[k.POOL_SKILLS] = one[k.SKILLS]
    row[k.POOL_SPEAKS] = one[k.SPEAKS]
    row[k.POOL_LIMIT] = one[k.LIMIT]
    row[k.POOL_ROOT] = -1
    row[k.POOL_SIZE] = 0
    for i in range(k.SKILLS_MAX):
        row[k.POOL_SKILL0 + i] = one[k.SKILL0 + i]
    return free


def rank(s: State, p: Tables, a: int) -> int:
    """Return the rank of an agent in its pool."""
    one = s.agent[a]
    number = p.number
    tier = rules.room_tier(one[k.HOLDS], one[k.LIMIT], number[k.P_RESERVE], number[k.P_WEIGHT_AGENT])
    return rules.agent_key(
        number[k.P_STRATEGY], tier, one[k.HOLDS], one[k.ACTIVE], one[k.LAST_GIVEN], one[k.IDLE_SINCE]
    )


def place(s: State, p: Tables, a: int) -> None:
    """Let an agent who is online stand in the pool of its likes."""
    one = s.agent[a]
    if one[k.PRESENCE] != k.ONLINE or one[k.POOL] >= 0:
        return
    pool = pool_of(s, a, one[k.MEMBER] | one[k.LENT_TO])
    row = s.pool[pool]
    row[k.POOL_ROOT] = heap.push(s.agent, k.IN_LINE, row[k.POOL_ROOT], a, rank(s, p, a))
    row[k.POOL_SIZE] += 1
    row[k.POOL_FRESH] = 1
    s.desk[k.FRESH] = 1
    one[k.POOL] = pool
    s.desk[k.LIMIT_NOW] += one[k.LIMIT]
    s.desk[k.LOAD_NOW] += one[k.HOLDS]


def unplace(s: State, a: int) -> None:
    """Take an agent out of its pool."""
    one = s.agent[a]
    pool = one[k.POOL]
    if pool < 0:
        return
    row = s.pool[pool]
    row[k.POOL_ROOT] = heap.remove(s.agent, k.IN_LINE, row[k.POOL_ROOT], a)
    row[k.POOL_SIZE] -= 1
    one[k.POOL] = -1
    s.desk[k.LIMIT_NOW] -= one[k.LIMIT]
    s.desk[k.LOAD_NOW] -= one[k.HOLDS]


def rerank(s: State, p: Tables, a: int) -> None:
    """Let an agent's rank follow its load."""
    one = s.agent[a]
    if one[k.POOL] >= 0:
        key = rank(s, p, a)
        if key != one[k.IN_LINE]:
            row = s.pool[one[k.POOL]]
            if key < one[k.IN_LINE]:
                row[k.POOL_FRESH] = 1
                s.desk[k.FRESH] = 1
            root = heap.remove(s.agent, k.IN_LINE, row[k.POOL_ROOT], a)
            row[k.POOL_ROOT] = heap.push(s.agent, k.IN_LINE, root, a, key)


def set_limit(s: State, p: Tables, a: int) -> None:
    """Work an agent's limit out: its own, its groups' or the general one; in peak mode shifted as the policy says."""
    one = s.agent[a]
    number = p.number
    plain = 0
    peak = 0
    for g in range(len(p.group)):
        if one[k.MEMBER] >> g & 1 == 1:
            plain = max(plain, p.group[g][k.G_CAPACITY])
            peak = max(peak, p.group[g][k.G_PEAK_CAPACITY])
    if plain == 0:
        plain = number[k.P_CAPACITY]
        peak = number[k.P_PEAK_CAPACITY]
    limit = peak if s.desk[k.PEAK_ON] == 1 else plain
    if one[k.OWN_LIMIT] >= 0:
        limit = one[k.OWN_LIMIT] + limit - plain if one[k.OWN_LIMIT] > 0 else 0
    if limit != one[k.LIMIT]:
        unplace(s, a)
        one[k.LIMIT] = limit
        place(s, p, a)


# ---------------------------------------------------------------- owners, helpers, load


def add_load(s: State, p: Tables, a: int, units: int, active: int) -> None:
    """Add units (may be negative) and conversations to answer to what an agent holds."""
    one = s.agent[a]
    if units == 0 and active == 0:
        return
    one[k.HOLDS] += units
    if one[k.POOL] >= 0:
        s.desk[k.LOAD_NOW] += units
    if active != 0:
        one[k.ACTIVE] += active
        if one[k.ACTIVE] == 0:
            s.desk[k.SERIAL] += 1
            one[k.IDLE_SINCE] = s.desk[k.SERIAL]
    rerank(s, p, a)


def units_of(s: State, p: Tables, c: int) -> int:
    """Return what a conversation weighs on its owner now."""
    row = s.conversation[c]
    number = p.number
    if row[k.STAGE] != k.ASSIGNED:
        return 0
    return rules.weight(
        1 if row[k.UNANSWERED] >= 0 else 0,
        row[k.COMPLEXITY],
        number[k.P_WEIGHT_AGENT],
        number[k.P_WEIGHT_CUSTOMER],
        number[k.P_COMPLEX_FROM],
        number[k.P_COMPLEX_FACTOR],
    )


def reload(s: State, p: Tables, c: int) -> None:
    """Let the owner's load follow the conversation."""
    row = s.conversation[c]
    a = row[k.OWNER_OF]
    if a < 0 or row[k.HELD_BY] < 0:
        return
    units = units_of(s, p, c)
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


def settle(s: State, p: Tables, c: int, a: int, now: int) -> None:
    """Let a conversation stand with its owner: the ladders of assignment, message and neglect begin."""
    row = s.conversation[c]
    dequeue(s, c)
    row[k.STAGE] = k.ASSIGNED
    row[k.QUEUED] = k.NEVER
    row[k.GIVEN] = now
    row[k.VIEWED] = k.NEVER
    row[k.EXCLUDED] = k.NOBODY
    row[k.ADVISED] = k.NOBODY
    row[k.MERGED0] = 0
    for slot in range(k.HELPERS_MAX):
        if row[k.HELPER0 + slot] == a:
            release_helper(s, p, c, slot)
    attach(s, p, c, a)
    one = s.agent[a]
    s.desk[k.SERIAL] += 1
    one[k.LAST_GIVEN] = s.desk[k.SERIAL]
    rerank(s, p, a)
    if row[k.CUSTOMER] >= 0:
        s.customer[row[k.CUSTOMER]][k.LAST_AGENT] = a
    start_ladder(s, c, k.ASSIGNMENT, now)
    start_ladder(s, c, k.NEGLECTED, now)
    if row[k.UNANSWERED] >= 0:
        start_ladder(s, c, k.MESSAGE, now)


def unsettle(s: State, p: Tables, c: int) -> None:
    """Take a conversation from its owner: back to waiting, without ladders that are the owner's."""
    row = s.conversation[c]
    detach(s, p, c)
    row[k.STAGE] = k.WAITING
    stop_ladder(s, c, k.ASSIGNMENT)
    stop_ladder(s, c, k.MESSAGE)
    stop_ladder(s, c, k.NEGLECTED)


def close(s: State, p: Tables, c: int, stage: int, now: int) -> None:
    """End a conversation: out of the queue, off the owner's hands, no ladder runs on."""
    row = s.conversation[c]
    dequeue(s, c)
    detach(s, p, c)
    for slot in range(k.HELPERS_MAX):
        release_helper(s, p, c, slot)
    for topic in range(k.TOPICS):
        stop_ladder(s, c, topic)
        row[k.MERGED0 + topic] = 0
    row[k.QUEUED] = k.NEVER
    row[k.SIGNALS_NOW] = 0
    if stage != k.ARCHIVED:
        row[k.UNANSWERED] = k.NEVER  # whoever handles a conversation decides that nothing is owed
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
