"""Peak mode: entered and left by rule with different thresholds and a minimum stay; loans of agents.

Conversations in hand stay where they are; limits and the groups that may take the waiting ones change at once.
"""

from deskkit.desk import columns as k
from deskkit.desk import decisions, judge, rules
from deskkit.desk.columns import State, Tables

__all__ = ["lend", "plan", "turn"]


def longest_wait(s: State) -> int:
    """Return the longest wait in the queue, milliseconds; 0 where nobody waits."""
    now = s.desk[k.NOW]
    longest = 0
    for i in range(s.desk[k.ACTIVE_LANES]):
        head = s.lane[s.active_lane[i]][k.LANE_ROOT]
        longest = max(longest, now - s.conversation[head][k.QUEUED])
    return longest


def due(s: State, p: Tables) -> int:
    """Return what peak mode would do now: 1 enter, -1 leave, 0 neither."""
    desk = s.desk
    enter = p.number[k.P_PEAK_ENTER]
    leave = p.number[k.P_PEAK_LEAVE]
    on = desk[k.PEAK_ON]
    if desk[k.CONVERSATIONS] == 0 or (on == 0 and enter == k.NO) or (on == 1 and leave == k.NO):
        return 0
    desk[k.LONGEST] = longest_wait(s)
    desk[k.USE] = desk[k.LOAD_NOW] * 1000 // desk[k.LIMIT_NOW] if desk[k.LIMIT_NOW] > 0 else 0
    return rules.peak_turn(
        on,
        judge.holds(s, p, enter, 0) if on == 0 else 0,
        judge.holds(s, p, leave, 0) if on == 1 else 0,
        desk[k.PEAK_SINCE],
        desk[k.NOW],
        p.number[k.P_PEAK_STAY],
        desk[k.PEAK_BY_HAND],
    )


def turn(s: State, p: Tables) -> None:
    """Enter or leave peak mode if it is time, by the queue as assignment left it; lend or give back agents then."""
    desk = s.desk
    step = due(s, p)
    if step != 0:
        on = 1 if step == 1 else 0
        waiting, longest, use = desk[k.WAITING_NOW], desk[k.LONGEST], desk[k.USE]
        decisions.decide(s, p, k.D_PEAK, -1, -1, on, 0, 0, 0, -1, waiting, longest, use)
        lend(s, p)


def plan(s: State, p: Tables) -> None:
    """Set the instant at which peak mode is to be looked at again though nothing happens."""
    desk = s.desk
    desk[k.PEAK_NEXT] = k.FAR
    if due(s, p) != 0:  # who came to wait, or was assigned, in this pass made it so
        desk[k.PEAK_NEXT] = desk[k.NOW] + 1
    elif desk[k.PEAK_ON] == 1 or desk[k.PEAK_BY_HAND] == 1:
        over = desk[k.PEAK_SINCE] + p.number[k.P_PEAK_STAY]
        if over > desk[k.NOW]:
            desk[k.PEAK_NEXT] = over
    if desk[k.PEAK_ON] == 0 and p.number[k.P_PEAK_WAIT] > 0 and desk[k.WAITING_NOW] > 0:
        longest = longest_wait(s)
        if longest < p.number[k.P_PEAK_WAIT]:
            desk[k.PEAK_NEXT] = min(desk[k.PEAK_NEXT], desk[k.NOW] + p.number[k.P_PEAK_WAIT] - longest)


def lend(s: State, p: Tables) -> None:
    """Lend the least loaded agents of a group while peak mode lasts; end the loans after it."""
    desk = s.desk
    for r in range(len(p.loan)):
        target = p.loan[r][k.L_TO]
        if desk[k.PEAK_ON] == 1:
            for _ in range(p.loan[r][k.L_COUNT]):
                a = least_loaded(s, p.loan[r][k.L_FROM], target)
                if a < 0:
                    break
                decisions.decide(s, p, k.D_LENT, -1, a, target, 1, 0, 0, r, s.agent[a][k.HOLDS], s.agent[a][k.LIMIT], 0)
    if desk[k.PEAK_ON] == 0:
        for a in range(desk[k.AGENTS]):
            for g in range(len(p.group)):
                if s.agent[a][k.LENT_TO] >> g & 1 == 1:
                    decisions.decide(s, p, k.D_LENT, -1, a, g, 0, 0, 0, -1, s.agent[a][k.HOLDS], s.agent[a][k.LIMIT], 0)


def least_loaded(s: State, group: int, target: int) -> int:
    """Return the online agent of a group, in neither the target group nor on loan to it, who holds least, or -1."""
    best = -1
    for a in range(s.desk[k.AGENTS]):
        one = s.agent[a]
        if one[k.PRESENCE] != k.ONLINE or one[k.MEMBER] >> group & 1 == 0:
            continue
        if (one[k.MEMBER] | one[k.LENT_TO]) >> target & 1 == 1:
            continue
        if best < 0 or one[k.HOLDS] < s.agent[best][k.HOLDS]:
            best = a
    return best
