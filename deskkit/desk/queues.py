"""Lanes of waiting conversations and pools of agents alike: the two queues whose heads meet.

A lane holds the conversations with the same groups, needs, language, level and target, by credited time; a pool the
agents with the same groups, skills, languages and limit, best first. Plain functions over the tables of
`columns.State`; nothing here decides.
"""

from deskkit.desk import columns as k
from deskkit.desk import heap, rules
from deskkit.desk.columns import State, Tables

__all__ = ["dequeue", "enqueue", "place", "requeue", "rerank", "set_level", "set_limit", "unplace"]


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
    groups = rules.group_wide(row[k.GROUPS], s.desk[k.PEAK_ON], p.send[level])
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
    if line[k.LANE_ROOT] == c:  # the next may weigh less and find room where this one did not
        line[k.LANE_FRESH] = 1
        s.desk[k.FRESH] = 1
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


def requeue_all(s: State, p: Tables) -> None:
    """Let all that wait change lanes; they are found by their lanes, since of all conversations few wait."""
    waiting = k.NOBODY
    while s.desk[k.ACTIVE_LANES] > 0:
        c = s.lane[s.active_lane[0]][k.LANE_ROOT]
        dequeue(s, c)
        s.conversation[c][k.IN_LINE + k.NEXT] = waiting  # free while it stands in no lane
        waiting = c
    while waiting >= 0:
        c = waiting
        waiting = s.conversation[c][k.IN_LINE + k.NEXT]
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
    if peak == 0:
        peak = number[k.P_PEAK_CAPACITY]
    if plain == 0:
        plain = number[k.P_CAPACITY]
    limit = peak if s.desk[k.PEAK_ON] == 1 else plain
    if one[k.OWN_LIMIT] >= 0:
        limit = one[k.OWN_LIMIT] + limit - plain if one[k.OWN_LIMIT] > 0 else 0
    if limit != one[k.LIMIT]:
        unplace(s, a)
        one[k.LIMIT] = limit
        place(s, p, a)
