"""Facts about agents, customers and peak mode, folded into the state."""

from typing import Any

from deskkit.desk import columns as k
from deskkit.desk import core, queues
from deskkit.desk.columns import State, Tables

__all__ = [
    "agent_set",
    "count_open",
    "customer_set",
    "look",
    "peak_set",
    "presence_set",
    "remember_contact",
    "seen",
    "turn_peak",
]


def agent_set(s: State, p: Tables, f: Any) -> int:
    """X0 groups, X1 skills, X2 languages, X3 own limit (-1: none), X4 role (1 supervisor); levels are set outside."""
    a = f[k.AGENT]
    one = s.agent[a]
    queues.unplace(s, a)
    one[k.MEMBER] = f[k.X0]
    one[k.SKILLS] = f[k.X1]
    one[k.SPEAKS] = f[k.X2]
    one[k.OWN_LIMIT] = f[k.X3]
    if f[k.X4] == 1 and one[k.ROLE] == 0:
        one[k.NEXT_SUPERVISOR] = s.desk[k.FIRST_SUPERVISOR]
        s.desk[k.FIRST_SUPERVISOR] = a
    if f[k.X4] == 0 and one[k.ROLE] == 1:
        drop_supervisor(s, a)
    one[k.ROLE] = f[k.X4]
    queues.set_limit(s, p, a)
    queues.place(s, p, a)
    return -1


def drop_supervisor(s: State, a: int) -> None:
    """Take an agent out of the chain of supervisors."""
    after = s.agent[a][k.NEXT_SUPERVISOR]
    at = s.desk[k.FIRST_SUPERVISOR]
    if at == a:
        s.desk[k.FIRST_SUPERVISOR] = after
        return
    while s.agent[at][k.NEXT_SUPERVISOR] != a:
        at = s.agent[at][k.NEXT_SUPERVISOR]
    s.agent[at][k.NEXT_SUPERVISOR] = after


def presence_set(s: State, p: Tables, f: Any) -> int:
    """X0: offline 0, away 1, online 2. Going offline lets the agent's helping go; what it owns is for the rules."""
    a = f[k.AGENT]
    one = s.agent[a]
    if one[k.PRESENCE] == f[k.X0]:
        return -1
    queues.unplace(s, a)
    if one[k.HELD] > 0 and (one[k.PRESENCE] == k.OFFLINE or f[k.X0] == k.OFFLINE):  # no digest to who is offline
        core.time_agent(s, a, s.desk[k.NOW] if one[k.PRESENCE] == k.OFFLINE else k.FAR)
    one[k.PRESENCE] = f[k.X0]
    if f[k.X0] == k.ONLINE:
        s.desk[k.SERIAL] += 1
        one[k.IDLE_SINCE] = s.desk[k.SERIAL]  # whoever comes in stands behind those who idle already
        queues.place(s, p, a)
    if f[k.X0] == k.OFFLINE:
        c = one[k.FOCUS]
        one[k.FOCUS] = k.NOBODY
        if c >= 0 and s.conversation[c][k.HELD_BY] == a and s.conversation[c][k.STAGE] == k.ASSIGNED:
            core.start_neglect(s, c, s.desk[k.NOW])
        while one[k.FIRST_HELP] >= 0:
            node = one[k.FIRST_HELP]
            core.mark(s, node // k.HELPERS_MAX, k.SAW_STAGE)
            core.release_helper(s, p, node // k.HELPERS_MAX, node % k.HELPERS_MAX)
    c = one[k.FIRST_OWN]
    while c >= 0:
        core.mark(s, c, k.SAW_STAGE | k.SAW_DESK)
        c = s.conversation[c][k.OWN_NEXT]
    return -1


def look(s: State, a: int, c: int) -> None:
    """Let an agent look at a tab from here on, and away from the one looked at until now."""
    before = s.agent[a][k.FOCUS]
    s.agent[a][k.FOCUS] = c
    if before >= 0 and before != c:
        seen(s, before, a, s.desk[k.NOW])


def seen(s: State, c: int, a: int, now: int) -> None:
    """Remember that an agent saw a conversation; the owner's or a helper's view stops what rings for them."""
    row = s.conversation[c]
    if s.agent[a][k.ROLE] == 1:
        row[k.WATCHED] = now
        row[k.MERGED0 + k.SUPERVISOR] = 0
        core.mark(s, c, k.SAW_LOOK)
    if row[k.HELD_BY] == a or row[k.HELPER0] == a or row[k.HELPER1] == a or row[k.HELPER2] == a:
        row[k.VIEWED] = now
        core.stop_ladder(s, c, k.MESSAGE)
        core.stop_ladder(s, c, k.ASSIGNMENT)
        if row[k.STAGE] == k.ASSIGNED:
            core.start_neglect(s, c, now)
        row[k.MERGED0 + k.OWNER] = 0
        row[k.MERGED0 + k.HELPERS] = 0
        if row[k.LADDER0 + k.WAIT] < 0:  # as long as the customer waits, group and supervisor are still to be told
            row[k.MERGED0 + k.GROUP] = 0
            row[k.MERGED0 + k.SUPERVISOR] = 0
        core.mark(s, c, k.SAW_LOOK)


def turn_peak(s: State, p: Tables, on: int, at: int, by_hand: int) -> None:
    """Enter or leave peak mode: limits change and waiting conversations are seen by other groups."""
    desk = s.desk
    desk[k.PEAK_ON] = on
    desk[k.PEAK_SINCE] = at
    desk[k.PEAK_BY_HAND] = by_hand
    for a in range(desk[k.AGENTS]):
        queues.set_limit(s, p, a)
    queues.requeue_all(s, p)


def peak_set(s: State, p: Tables, f: Any) -> int:
    """X0: on 1, off 0."""
    if s.desk[k.PEAK_ON] == f[k.X0]:
        return k.NO_CHANGE
    turn_peak(s, p, f[k.X0], s.desk[k.NOW], 1)
    return -1


def customer_set(s: State, who: int) -> int:
    """Look at a customer's open conversations again; the fields themselves are set outside, where text is read."""
    left = s.customer[who][k.OPEN_NOW]
    c = s.customer[who][k.LATEST]
    while left > 0 and c >= 0:
        if s.conversation[c][k.STAGE] < k.RESOLVED:
            core.mark(s, c, k.SAW_CUSTOMER)
            left -= 1
        c = s.conversation[c][k.EARLIER]
    return -1


def count_open(s: State, c: int, more: int) -> None:
    """Count a conversation among its customer's open ones (1) or among the past ones with its transfers (-1)."""
    row = s.conversation[c]
    if row[k.CUSTOMER] >= 0:
        customer = s.customer[row[k.CUSTOMER]]
        customer[k.OPEN_NOW] += more
        customer[k.PAST_TRANSFERS] = max(0, customer[k.PAST_TRANSFERS] - more * row[k.TRANSFERS])


def remember_contact(s: State, c: int, who: int, now: int) -> None:
    """Count the contacts of the last 30 days before this one, then remember this one."""
    row = s.conversation[c]
    customer = s.customer[who]
    row[k.EARLIER] = customer[k.LATEST]
    customer[k.LATEST] = c
    count = 0
    for i in range(k.CONTACTS_KEPT):
        then = customer[k.CONTACT0 + i]
        if then >= 0 and now - then <= 30 * 86_400_000:
            count += 1
    row[k.CONTACTS] = count
    row[k.RETURNING] = 1 if customer[k.SEEN] > 0 else 0
    customer[k.CONTACT0 + customer[k.SEEN] % k.CONTACTS_KEPT] = now
    customer[k.SEEN] += 1
    count_open(s, c, 1)
