"""Notification ladders: which notice is due, to whom, and whether it goes out or is held.

A ladder belongs to a topic (message, assignment, waiting, neglected) and a level; its breach begins at an instant
and ends by a view, a reply or an assignment. Rungs ring once in a breach, also when the level changes to and fro: the
new ladder takes over at that instant, and of rungs that are due at once only the last for each recipient rings.
"""

from typing import Any

from deskkit.desk import columns as k
from deskkit.desk import decisions
from deskkit.desk.columns import State, Tables

__all__ = ["digests", "next_ring", "ring"]


def ring(s: State, p: Tables, c: int) -> None:
    """Ring what is due for one conversation."""
    row = s.conversation[c]
    if row[k.STAGE] > k.ASSIGNED:
        return
    for topic in range(k.TOPICS):
        if row[k.LADDER0 + topic] >= 0:
            climb(s, p, c, topic)
    flush_merged(s, p, c)


def climb(s: State, p: Tables, c: int, topic: int) -> None:
    """Ring the rungs of a topic that are due and not done."""
    row = s.conversation[c]
    level = row[k.LEVEL]
    ladder = p.ladder[topic * k.LEVELS + level]
    size = ladder[k.LADDER_SIZE]
    done = decisions.rungs_done(p, row, topic, level)
    if done >= size:
        return
    first = ladder[k.LADDER_FIRST]
    elapsed = s.desk[k.NOW] - row[k.LADDER0 + topic]
    due = done
    while due < size and p.rung[first + due][k.N_AFTER] <= elapsed:
        due += 1
    for r in range(done, due):
        later = told_higher(p, row, topic, level, p.rung[first + r])
        for other in range(r + 1, due):
            if p.rung[first + other][k.N_TO] == p.rung[first + r][k.N_TO]:
                later = 1
        if later == 1:
            hold(s, p, c, -1, topic, level, r, k.BY_LATER_RUNG)
        else:
            ring_rung(s, p, c, topic, level, r)


def told_higher(p: Tables, row: Any, topic: int, level: int, rung: Any) -> int:
    """Say (1 or 0) whether a higher level has told the same recipient at least as late in this breach."""
    for higher in range(level + 1, k.LEVELS):
        first = p.ladder[topic * k.LEVELS + higher][k.LADDER_FIRST]
        for r in range(decisions.rungs_done(p, row, topic, higher)):
            if p.rung[first + r][k.N_TO] == rung[k.N_TO] and p.rung[first + r][k.N_AFTER] >= rung[k.N_AFTER]:
                return 1
    return 0


def ring_rung(s: State, p: Tables, c: int, topic: int, level: int, r: int) -> None:
    """Ring one rung for each of its recipients; say so where there is none."""
    row = s.conversation[c]
    rung = p.rung[p.ladder[topic * k.LEVELS + level][k.LADDER_FIRST] + r]
    to = rung[k.N_TO]
    merged = row[k.MERGED0 + to]
    if level == k.URGENT and absorbed(s, p, row, to, rung) == 1:
        hold(s, p, c, -1, topic, level, r, k.BY_MERGING)
        return
    rung_for = 0
    if to == k.OWNER:
        if row[k.HELD_BY] >= 0:
            rung_for = 1
            notify(s, p, c, row[k.HELD_BY], topic, level, r, rung, merged)
    elif to == k.HELPERS:
        for slot in range(k.HELPERS_MAX):
            a = row[k.HELPER0 + slot]
            if a >= 0:
                rung_for = 1
                notify(s, p, c, a, topic, level, r, rung, merged)
    elif to == k.GROUP:
        for a in range(s.desk[k.AGENTS]):
            one = s.agent[a]
            if one[k.PRESENCE] == k.ONLINE and (one[k.MEMBER] | one[k.LENT_TO]) >> row[k.HOME] & 1 == 1:
                rung_for = 1
                notify(s, p, c, a, topic, level, r, rung, merged)
    else:
        a = s.desk[k.FIRST_SUPERVISOR]
        while a >= 0:
            if s.agent[a][k.PRESENCE] != k.OFFLINE or rung[k.N_PUSH] == 1:
                rung_for = 1
                notify(s, p, c, a, topic, level, r, rung, merged)
            a = s.agent[a][k.NEXT_SUPERVISOR]
    if rung_for == 0:
        hold(s, p, c, -1, topic, level, r, k.BY_NOBODY)


def absorbed(s: State, p: Tables, row: Any, to: int, rung: Any) -> int:
    """Say (1 or 0) whether an urgent notice becomes one with what rang just now; a stronger one never waits for it."""
    loud = row[k.LOUD0 + to]
    if row[k.RANG0 + to] < 0 or loud < 0 or s.desk[k.NOW] - row[k.RANG0 + to] >= p.number[k.P_MERGE]:
        return 0
    return rung[k.N_COVERED] >> loud & 1


def notify(s: State, p: Tables, c: int, a: int, topic: int, level: int, r: int, rung: Any, merged: int) -> None:
    """Let a notice go out to an agent, or hold it and say why."""
    why = reason_to_hold(s, p, c, a, topic, level, rung)
    if why >= 0:
        hold(s, p, c, a, topic, level, r, why)
        return
    row = s.conversation[c]
    decisions.decide(
        s,
        p,
        k.D_NOTIFIED,
        c,
        a,
        topic,
        level,
        r,
        merged,
        topic * k.LEVELS + level,
        s.desk[k.NOW] - row[k.LADDER0 + topic],
        rung[k.N_AFTER],
        rung[k.N_RING],
    )


def reason_to_hold(s: State, p: Tables, c: int, a: int, topic: int, level: int, rung: Any) -> int:
    """Return why a notice is held, or -1; urgent ones are held for nobody's quiet and no limit, but for a pause."""
    one = s.agent[a]
    if one[k.PRESENCE] == k.OFFLINE and rung[k.N_PUSH] == 0:
        return k.BY_OFFLINE
    if is_seen(s, c, a, topic, rung) == 1:
        return k.BY_VIEWING
    if s.desk[k.NOW] < s.desk[k.PAUSED0 + topic * k.LEVELS + level]:
        return k.BY_PAUSE
    if level == k.URGENT:
        return -1
    if s.desk[k.CALENDAR] & p.number[k.P_QUIET_BIT] != 0:
        return k.BY_QUIET
    limit = p.number[k.P_PER_MINUTE]
    if limit == 0 or one[k.RUNG_COUNT] < limit:
        return -1
    oldest = s.rang[a][one[k.RUNG_COUNT] % limit]
    return k.BY_LIMIT if s.desk[k.NOW] - oldest < 60_000 else -1


def is_seen(s: State, c: int, a: int, topic: int, rung: Any) -> int:
    """Say (1 or 0) whether a notice would tell an agent of what is looked at, or repeat what was seen since it rang.

    Whoever looks at a conversation needs no notice of a message there, nor that it is new or neglected; that a customer
    waits is no matter of looking. Repetitions end where a recipient of this kind looked after the first ringing.
    """
    row = s.conversation[c]
    looks = s.agent[a][k.FOCUS] == c
    if rung[k.N_NUMBER] == 0 or looks:
        return 1 if looks and (topic != k.WAIT or rung[k.N_NUMBER] > 0) else 0
    saw = k.NEVER
    if rung[k.N_TO] == k.SUPERVISOR:
        saw = row[k.WATCHED]
    elif rung[k.N_TO] != k.GROUP:
        saw = row[k.VIEWED]
    return 1 if saw >= row[k.LADDER0 + topic] + rung[k.N_FIRST] else 0


def hold(s: State, p: Tables, c: int, a: int, topic: int, level: int, r: int, why: int) -> None:
    """Write down that a notice did not go out."""
    row = s.conversation[c]
    decisions.decide(
        s,
        p,
        k.D_HELD,
        c,
        a,
        topic,
        level,
        r,
        why,
        topic * k.LEVELS + level,
        s.desk[k.NOW] - row[k.LADDER0 + topic],
        0,
        0,
    )


def flush_merged(s: State, p: Tables, c: int) -> None:
    """Let the one notice go out that stands for the urgent ones merged since the last, whatever the level is now."""
    row = s.conversation[c]
    for to in range(k.TOPICS):
        if row[k.MERGED0 + to] == 0 or s.desk[k.NOW] - row[k.RANG0 + to] < p.number[k.P_MERGE]:
            continue
        topic = latest_topic(p, row, to)
        if topic < 0:
            continue
        ladder = p.ladder[topic * k.LEVELS + k.URGENT]
        r = decisions.rungs_done(p, row, topic, k.URGENT) - 1
        while r > 0 and p.rung[ladder[k.LADDER_FIRST] + r][k.N_TO] != to:
            r -= 1
        ring_rung(s, p, c, topic, k.URGENT, r)


def latest_topic(p: Tables, row: Any, to: int) -> int:
    """Return the running topic with a done urgent rung for this kind of recipient, or -1."""
    for topic in range(k.TOPICS):
        done = decisions.rungs_done(p, row, topic, k.URGENT)
        if row[k.LADDER0 + topic] < 0:
            continue
        first = p.ladder[topic * k.LEVELS + k.URGENT][k.LADDER_FIRST]
        for r in range(done):
            if p.rung[first + r][k.N_TO] == to:
                return topic
    return -1


def next_ring(s: State, p: Tables, c: int) -> int:
    """Return the next instant at which something is to ring for a conversation, or FAR."""
    row = s.conversation[c]
    level = row[k.LEVEL]
    at = k.FAR
    for topic in range(k.TOPICS):
        start = row[k.LADDER0 + topic]
        if start < 0:
            continue
        ladder = p.ladder[topic * k.LEVELS + level]
        done = decisions.rungs_done(p, row, topic, level)
        if done < ladder[k.LADDER_SIZE]:
            at = min(at, start + p.rung[ladder[k.LADDER_FIRST] + done][k.N_AFTER])
    for to in range(k.TOPICS):
        if row[k.MERGED0 + to] > 0 and latest_topic(p, row, to) >= 0:
            at = min(at, row[k.RANG0 + to] + p.number[k.P_MERGE])
    return at


def digests(s: State, p: Tables) -> None:
    """Send the digests whose time has come; in quiet hours they wait."""
    if s.desk[k.CALENDAR] & p.number[k.P_QUIET_BIT] != 0:
        return
    root = s.desk[k.AGENT_TIMER_ROOT]
    while root >= 0 and s.agent[root][k.IN_TIME] <= s.desk[k.NOW]:
        decisions.decide(s, p, k.D_DIGEST, -1, root, s.agent[root][k.HELD], 0, 0, 0, -1, p.number[k.P_DIGEST], 0, 0)
        root = s.desk[k.AGENT_TIMER_ROOT]
