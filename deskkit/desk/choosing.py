"""Which agent takes a conversation: the one the customer knows, else the best of all who may and can.

Only the heads of pools are compared; inside a pool whoever is full stands behind all who are not.
"""

from typing import Any

from deskkit.desk import columns as k
from deskkit.desk import core, heap, rules
from deskkit.desk.columns import State, Tables

__all__ = ["choose", "find_agent", "known_agent"]


def skill_of(row: Any, needs: int, levels_at: int) -> int:
    """Return the sum of an agent's or a pool's levels in the skills asked for."""
    total = 0
    i = 0
    while needs != 0:
        if needs & 1 == 1:
            total += row[levels_at + i]
        needs >>= 1
        i += 1
    return total


def best_of_pool(s: State, p: Tables, pool: int, units: int, level: int, without: int) -> int:
    """Return the first agent of a pool who has room, or -1; whoever is full stands behind all who are not."""
    row = s.pool[pool]
    limit = row[k.POOL_LIMIT]
    reserve = p.number[k.P_RESERVE]
    full = (2 if level >= k.HIGH else 1) << 60  # ranks from here on have no room for a whole unit
    best = -1
    at = row[k.POOL_ROOT]
    agents = s.agent
    while at >= 0:
        one = agents[at]
        ok = at != without and rules.fits(one[k.HOLDS], units, limit, reserve, level) == 1
        if ok and (best < 0 or heap.before(agents, k.IN_LINE, at, best) == 1):
            best = at
        down = -1
        hope = at == without or one[k.IN_LINE] < full or units < p.number[k.P_WEIGHT_AGENT]
        if not ok and hope and (best < 0 or heap.before(agents, k.IN_LINE, at, best) == 1):
            down = one[k.CHILD]
        if down < 0:
            down = next_node(agents, at)
        at = down
    return best


def next_node(agents: Any, at: int) -> int:
    """Return the next node of a heap after all below `at`: the next sibling, of it or of a parent."""
    while at >= 0:
        if agents[at][k.NEXT] >= 0:
            return agents[at][k.NEXT]
        while agents[at][k.PREV] >= 0 and agents[agents[at][k.PREV]][k.CHILD] != at:
            at = agents[at][k.PREV]
        at = agents[at][k.PREV]
    return -1


def find_agent(
    s: State, p: Tables, groups: int, needs: int, language: int, level: int, units: int, without: int
) -> int:
    """Return the agent who is to take such a conversation, or -1: best skill first if so decided, then by rank."""
    best = -1
    best_skill = -1
    for pool in range(s.desk[k.POOLS]):
        row = s.pool[pool]
        if row[k.POOL_SIZE] == 0:
            continue
        if rules.serves(groups, needs, language, row[k.POOL_GROUPS], row[k.POOL_SKILLS], row[k.POOL_SPEAKS]) == 0:
            continue
        skill = 0
        if p.number[k.P_STRATEGY] == k.BEST_SKILL:
            skill = skill_of(row, needs, k.POOL_SKILL0)
            if skill < best_skill:
                continue
        a = best_of_pool(s, p, pool, units, level, without)
        if a < 0:
            continue
        if best < 0 or skill > best_skill or heap.before(s.agent, k.IN_LINE, a, best) == 1:
            best = a
            best_skill = skill
    return best


def known_agent(s: State, p: Tables, c: int, units: int) -> int:
    """Return the agent the customer had last, if that one may and can take the conversation, or -1."""
    row = s.conversation[c]
    if p.number[k.P_RETURNING] == 0:
        return -1
    a = row[k.OWNER_OF]
    if a < 0 and row[k.CUSTOMER] >= 0:
        a = s.customer[row[k.CUSTOMER]][k.LAST_AGENT]
    if a < 0 or a == row[k.EXCLUDED] or s.agent[a][k.POOL] < 0:
        return -1
    lane = s.lane[row[k.LANE]]
    one = s.agent[a]
    if rules.serves(
        lane[k.LANE_GROUPS], lane[k.LANE_NEEDS], lane[k.LANE_LANGUAGE],
        one[k.MEMBER] | one[k.LENT_TO], one[k.SKILLS], one[k.SPEAKS],
    ) == 0:  # fmt: skip
        return -1
    if rules.fits(one[k.HOLDS], units, one[k.LIMIT], p.number[k.P_RESERVE], row[k.LEVEL]) == 0:
        return -1
    return a


def choose(s: State, p: Tables, c: int) -> int:
    """Return the agent who would take a waiting conversation now, or -1: the one the customer knows, else the best."""
    row = s.conversation[c]
    line = s.lane[row[k.LANE]]
    units = core.weigh(p, row)
    a = known_agent(s, p, c, units)
    if a >= 0:
        return a
    groups, needs, language = line[k.LANE_GROUPS], line[k.LANE_NEEDS], line[k.LANE_LANGUAGE]
    a = find_agent(s, p, groups, needs, language, line[k.LANE_LEVEL], units, line[k.LANE_EXCLUDED])
    if a < 0 and line[k.LANE_EXCLUDED] >= 0:  # back to the one it came from rather than to nobody
        a = find_agent(s, p, groups, needs, language, line[k.LANE_LEVEL], units, k.NOBODY)
    return a
