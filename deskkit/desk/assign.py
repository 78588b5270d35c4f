"""Routing and assignment: which queue, which conversation next, which agent; time-outs, overflow, queue limits.

Only heads are compared: of lanes (conversations with the same needs, first come first served) and of pools (agents
alike, best first). After a pass nobody waits whom an agent with room could take, so a pass looks only at lanes and
pools in which something changed (`FRESH`).
"""

from typing import Any

from deskkit.desk import choosing, core, decisions, judge, rules
from deskkit.desk import columns as k
from deskkit.desk.columns import State, Tables

__all__ = [
    "advise_all",
    "assign_all",
    "gives",
    "language_asked_until",
    "overflow",
    "resume",
    "route",
    "settle_promises",
    "step_at",
    "turn_away",
    "withheld",
]


# ---------------------------------------------------------------- what time or a message undoes


def resume(s: State, p: Tables, c: int) -> None:
    """Wake what is snoozed, revive what a message came to, take back what its owner lets lie."""
    row = s.conversation[c]
    now = s.desk[k.NOW]
    stage = row[k.STAGE]
    if row[k.DIRTY] == k.SAW_LOOK:
        return  # whoever merely looks takes nothing from anybody
    if p.number[k.P_ACTS] == 0 and stage != k.SNOOZED:
        return  # where the desk only watches, the product reopens and gives back; a snooze is the desk's own
    if stage == k.SNOOZED:
        by_message = written_now(row, now)
        if by_message == 1 or row[k.UNTIL] <= now:
            rouse(s, p, c, by_message)
    elif stage >= k.RESOLVED:
        if written_now(row, now) == 1:
            decisions.decide(
                s,
                p,
                k.D_REVIVED,
                c,
                row[k.OWNER_OF],
                0,
                0,
                0,
                0,
                -1,
                now - row[k.CLOSED],
                p.number[k.P_REOPEN],
                0,
            )
    elif stage == k.ASSIGNED:
        give_back(s, p, c)


def rouse(s: State, p: Tables, c: int, by_message: int) -> None:
    """Wake a conversation; an owner who is offline or has no room for it does not get it back: it waits."""
    row = s.conversation[c]
    a = row[k.HELD_BY]
    held, limit, fits = 0, 0, 1
    if a >= 0:
        one = s.agent[a]
        held, limit = one[k.HOLDS], one[k.LIMIT]
        fits = rules.fits(held, core.weigh(p, row), limit, p.number[k.P_RESERVE], row[k.LEVEL])
    decisions.decide(s, p, k.D_WOKEN, c, a, 0, 0, 0, 0, -1, by_message, row[k.UNTIL], 0)
    if a < 0 or p.number[k.P_ACTS] == 0:  # where the desk only watches, it is the product that takes and gives
        return
    if s.agent[a][k.PRESENCE] == k.OFFLINE:
        decisions.decide(s, p, k.D_RETURNED, c, a, 0, 0, 0, 0, -1, 0, 0, 0)
    elif fits == 0:
        decisions.decide(s, p, k.D_RETURNED, c, a, 0, 0, 0, 0, -1, 0, 0, 1)
        d = s.decision[s.desk[k.DECIDED] - 1]
        d[k.B3] = held
        d[k.B4] = limit


def written_now(row: Any, now: int) -> int:
    """Say (1 or 0) whether this pass is about a message the customer just wrote."""
    return 1 if row[k.MESSAGE_AT] == now and row[k.UNANSWERED] >= 0 and row[k.DIRTY] & k.SAW_TEXT != 0 else 0


def give_back(s: State, p: Tables, c: int) -> None:
    """Return a conversation whose owner is offline, or has not answered in time while another agent could."""
    row = s.conversation[c]
    a = row[k.HELD_BY]
    number = p.number
    now = s.desk[k.NOW]
    if s.agent[a][k.PRESENCE] == k.OFFLINE and number[k.P_REDISTRIBUTE] == 1:
        decisions.decide(s, p, k.D_RETURNED, c, a, 0, 0, 0, 0, -1, 0, 0, 0)
        return
    if row[k.UNANSWERED] < 0 or number[k.P_REASSIGN] == 0 or row[k.TRIES] >= number[k.P_TRIES]:
        return
    since = max(row[k.UNANSWERED], row[k.GIVEN])
    if now - since < number[k.P_REASSIGN] or assigns_now(s, p) == 0:
        return
    units = core.weigh_handed(p, row)
    b = another(s, p, c, a, units)
    if b < 0:
        return
    decisions.decide(s, p, k.D_RETURNED, c, a, 1, 0, 0, 0, -1, now - since, number[k.P_REASSIGN], row[k.TRIES] + 1)
    d = s.decision[s.desk[k.DECIDED] - 1]
    d[k.B3] = b
    d[k.B4] = units
    core.add_load(s, p, b, units, 0)  # promised, so that the next one to be taken back finds room of its own


def settle_promises(s: State, p: Tables) -> None:
    """Free the room promised to conversations taken back in this pass: assignment decides who gets it."""
    for i in range(s.desk[k.DECIDED]):
        d = s.decision[i]
        if d[k.KIND] == k.D_RETURNED and d[k.Y0] == 1:
            core.add_load(s, p, d[k.B3], -d[k.B4], 0)


def another(s: State, p: Tables, c: int, a: int, units: int) -> int:
    """Return an agent other than `a` who could take the conversation now, or -1."""
    row = s.conversation[c]
    groups = rules.group_wide(row[k.GROUPS], s.desk[k.PEAK_ON], p.send[row[k.LEVEL]])
    language = row[k.LANGUAGE] if row[k.LANGUAGE_RULE] > 0 else -1
    return choosing.find_agent(s, p, groups, row[k.NEEDS], language, row[k.LEVEL], units, a)


def assigns_now(s: State, p: Tables) -> int:
    """Say (1 or 0) whether the desk is open, or assigns all the same."""
    if p.number[k.P_ASSIGN_CLOSED] == 1:
        return 1
    return 1 if s.desk[k.CALENDAR] & p.number[k.P_OPEN_BIT] != 0 else 0


# ---------------------------------------------------------------- into the queue


def route(s: State, p: Tables, c: int) -> None:
    """Put a conversation in the queue its rules name, once the customer has written; again when that changes."""
    row = s.conversation[c]
    if row[k.STAGE] != k.WAITING or row[k.UNANSWERED] < 0:
        return
    entered = row[k.ENTERED]
    if entered == 1 and row[k.DIRTY] & (k.SAW_TEXT | k.SAW_TAGS | k.SAW_CUSTOMER) == 0:
        return
    group = row[k.HOME]
    needs = row[k.NEEDS]
    by = -1
    if row[k.ROUTED] == 0:
        for r in range(len(p.route)):
            if judge.holds(s, p, p.route[r][k.R_START], c) == 1:
                group = p.route[r][k.R_GROUP]
                needs = p.route[r][k.R_NEEDS]
                by = r
                break
    same = group == row[k.HOME] and (needs == row[k.NEEDS] or (row[k.STEP] > 0 and needs | row[k.NEEDS] == needs))
    if entered == 1 and (by < 0 or same):  # what an overflow step dropped is not asked for again
        return
    decisions.decide(s, p, k.D_QUEUED, c, -1, group, needs, row[k.HOME], entered, by, s.desk[k.WAITING_NOW], 0, 0)


def overflow(s: State, p: Tables, c: int) -> None:
    """Let a conversation that waited long enough be taken by further groups, or without its language."""
    row = s.conversation[c]
    if row[k.LANE] < 0:
        return
    now = s.desk[k.NOW]
    if now >= language_asked_until(p, row):
        waited = now - row[k.QUEUED]
        decisions.decide(s, p, k.D_OVERFLOWED, c, -1, -1, 0, 0, 0, -1, waited, p.number[k.P_PATIENCE], 0)
    waited = now - max(row[k.QUEUED], row[k.GIVEN])
    while now >= step_at(p, row):
        number = p.group[row[k.HOME]][k.G_OVERFLOW] + row[k.STEP]
        decisions.decide(
            s,
            p,
            k.D_OVERFLOWED,
            c,
            -1,
            row[k.STEP],
            0,
            0,
            0,
            number,
            waited,
            p.overflow[number][k.V_AFTER],
            0,
        )


def language_asked_until(p: Tables, row: Any) -> int:
    """Return the instant at which a waiting conversation's language is asked for no longer, or FAR."""
    if row[k.LANGUAGE_RULE] == k.PREFERRED and row[k.LANGUAGE] >= 0:
        at: int = row[k.QUEUED] + p.number[k.P_PATIENCE]
        return at
    return k.FAR


def step_at(p: Tables, row: Any) -> int:
    """Return the instant of the next overflow step of a waiting conversation, or FAR."""
    group = p.group[row[k.HOME]]
    if row[k.STEP] >= group[k.G_STEPS]:
        return k.FAR
    at: int = max(row[k.QUEUED], row[k.GIVEN]) + p.overflow[group[k.G_OVERFLOW] + row[k.STEP]][k.V_AFTER]
    return at


def turn_away(s: State, p: Tables) -> None:
    """Ask who has just come and found no room to leave a message, where the queue is longer than its limit."""
    for i in range(s.desk[k.DECIDED]):
        d = s.decision[i]
        if d[k.KIND] != k.D_QUEUED or d[k.Y3] == 1:
            continue
        c = d[k.OF]
        row = s.conversation[c]
        if row[k.LANE] < 0:
            continue
        waiting = s.group[row[k.HOME]][k.Q_WAITING]
        limit = p.group[row[k.HOME]][k.G_LIMIT]
        if waiting > limit:
            decisions.decide(s, p, k.D_TURNED_AWAY, c, -1, row[k.HOME], 0, 0, 0, -1, waiting, limit, 0)


# ---------------------------------------------------------------- which conversation next


def candidate(s: State, p: Tables, lane: int) -> int:
    """Return the agent for the head of a lane, or -1; looks only where something changed."""
    line = s.lane[lane]
    c = line[k.LANE_ROOT]
    if line[k.LANE_FRESH] == 0:
        hope = 0
        for pool in range(s.desk[k.POOLS]):
            one = s.pool[pool]
            if one[k.POOL_FRESH] == 1 and one[k.POOL_SIZE] > 0 and rules.serves(
                line[k.LANE_GROUPS], line[k.LANE_NEEDS], line[k.LANE_LANGUAGE],
                one[k.POOL_GROUPS], one[k.POOL_SKILLS], one[k.POOL_SPEAKS],
            ) == 1:  # fmt: skip
                hope = 1
                break
        if hope == 0:
            return -1
    return choosing.choose(s, p, c)


def ahead(s: State, p: Tables, lane: int, other: int) -> int:
    """Say (1 or 0) whether the head of a lane is served before that of another."""
    one = s.lane[lane]
    two = s.lane[other]
    c = one[k.LANE_ROOT]
    d = s.conversation[two[k.LANE_ROOT]]
    now = s.desk[k.NOW]
    mine = now - s.conversation[c][k.IN_LINE]
    turn = rules.sooner(
        mine, one[k.LANE_LEVEL], one[k.LANE_TARGET],
        now - d[k.IN_LINE], two[k.LANE_LEVEL], two[k.LANE_TARGET], p.number[k.P_GUARD],
    )  # fmt: skip
    if turn != 0:
        return 1 if turn == 1 else 0
    return 1 if c < two[k.LANE_ROOT] else 0


def assign_all(s: State, p: Tables) -> None:
    """Assign, in serving order, every waiting conversation for which an agent has room."""
    desk = s.desk
    if desk[k.FRESH] == 0:
        return
    if assigns_now(s, p) == 1:
        lane = next_lane(s, p)
        while lane >= 0:
            give(s, p, lane)
            lane = next_lane(s, p)
    nothing_fresh(s)


def gives(s: State, p: Tables) -> int:
    """Say (1 or 0) whether a pass would assign somebody who waits."""
    if p.number[k.P_ACTS] == 0 or assigns_now(s, p) == 0:
        return 0
    for i in range(s.desk[k.ACTIVE_LANES]):
        if choosing.choose(s, p, s.lane[s.active_lane[i]][k.LANE_ROOT]) >= 0:
            return 1
    return 0


def withheld(s: State, p: Tables, c: int) -> int:
    """Return why nobody is given a waiting conversation though an agent could take it: ADVISED_ONLY ... NEXT_LOOK."""
    if p.number[k.P_ACTS] == 0:
        return k.ADVISED_ONLY
    if assigns_now(s, p) == 0:
        return k.CLOSED_NOW
    head = s.lane[s.conversation[c][k.LANE]][k.LANE_ROOT]
    if head != c and choosing.choose(s, p, head) < 0:  # it is heavier: only heads are compared
        return k.BEHIND
    return k.NEXT_LOOK  # what made room came after the pass had assigned, or this desk has not assigned yet


def nothing_fresh(s: State) -> None:
    """Remember that every lane and pool was looked at."""
    desk = s.desk
    desk[k.FRESH] = 0
    for i in range(desk[k.ACTIVE_LANES]):
        s.lane[s.active_lane[i]][k.LANE_FRESH] = 0
    for pool in range(desk[k.POOLS]):
        s.pool[pool][k.POOL_FRESH] = 0


def next_lane(s: State, p: Tables) -> int:
    """Return the lane whose head is served next by an agent with room, or -1."""
    best = -1
    for i in range(s.desk[k.ACTIVE_LANES]):
        lane = s.active_lane[i]
        if best >= 0 and ahead(s, p, lane, best) == 0:
            continue
        a = candidate(s, p, lane)
        if a >= 0:
            best = lane
            s.desk[k.CHOSEN] = a
    return best


def give(s: State, p: Tables, lane: int) -> None:
    """Assign the head of a lane to the agent just chosen."""
    line = s.lane[lane]
    c = line[k.LANE_ROOT]
    row = s.conversation[c]
    a = s.desk[k.CHOSEN]
    one = s.agent[a]
    known = 1 if a == choosing.known_agent(s, p, c, core.weigh(p, row)) else 0
    line[k.LANE_FRESH] = 1  # the next in the lane may fit as well
    waited = s.desk[k.NOW] - row[k.QUEUED]
    n = core.emit(s, k.D_ASSIGNED, c, a, 0, 0, 0, 0, p.number[k.P_STRATEGY], waited, one[k.HOLDS], known)
    d = s.decision[n]
    d[k.B3] = one[k.LIMIT]
    d[k.B4] = row[k.LEVEL]
    decisions.fold_decision(s, p, d)
    core.mark(s, c, k.SAW_STAGE | k.SAW_TIME)


def advise_all(s: State, p: Tables) -> None:
    """Where the desk only watches: advise on who changed, and on the heads of lanes when room came free."""
    if assigns_now(s, p) == 1:
        for i in range(s.desk[k.DIRTIED]):
            advise(s, p, s.dirty[i])
        if s.desk[k.FRESH] == 1:
            for i in range(s.desk[k.ACTIVE_LANES]):
                advise(s, p, s.lane[s.active_lane[i]][k.LANE_ROOT])
    nothing_fresh(s)


def advise(s: State, p: Tables, c: int) -> None:
    """Say to whom a waiting conversation would be given, when that changes."""
    row = s.conversation[c]
    if row[k.LANE] < 0:
        return
    a = choosing.choose(s, p, c)
    if a >= 0 and a != row[k.ADVISED]:
        known = 1 if a == choosing.known_agent(s, p, c, core.weigh(p, row)) else 0
        waited = s.desk[k.NOW] - row[k.QUEUED]
        holds = s.agent[a][k.HOLDS]
        decisions.decide(s, p, k.D_ADVISED, c, a, 0, 0, 0, 0, p.number[k.P_STRATEGY], waited, holds, known)
