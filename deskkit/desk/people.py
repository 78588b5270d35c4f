"""Facts about agents, customers and peak mode, folded into the state."""

from typing import Any

from deskkit.desk import columns as k
from deskkit.desk import core, queues
from deskkit.desk.columns import State, Tables

__all__ = ["agent_set", "customer_set", "peak_set", "presence_set", "remember_contact", "turn_peak"]


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
    one[k.PRESENCE] = f[k.X0]
    if f[k.X0] == k.ONLINE:
        queues.place(s, p, a)
    if f[k.X0] == k.OFFLINE:
        one[k.FOCUS] = k.NOBODY
        while one[k.FIRST_HELP] >= 0:
            node = one[k.FIRST_HELP]
            core.mark(s, node // k.HELPERS_MAX, k.SAW_STAGE)
            core.release_helper(s, p, node // k.HELPERS_MAX, node % k.HELPERS_MAX)
    c = one[k.FIRST_OWN]
    while c >= 0:
        core.mark(s, c, k.SAW_STAGE | k.SAW_DESK)
        c = s.conversation[c][k.OWN_NEXT]
    return -1


def turn_peak(s: State, p: Tables, on: int, at: int, by_hand: int) -> None:
    """Enter or leave peak mode: limits change and waiting conversations are seen by other groups."""
    desk = s.desk
    desk[k.PEAK_ON] = on
    desk[k.PEAK_SINCE] = at
    desk[k.PEAK_BY_HAND] = by_hand
    for a in range(desk[k.AGENTS]):
        queues.set_limit(s, p, a)
    if desk[k.WAITING_NOW] > 0:
        for c in range(desk[k.CONVERSATIONS]):
            queues.requeue(s, p, c)


def peak_set(s: State, p: Tables, f: Any) -> int:
    """X0: on 1, off 0."""
    if s.desk[k.PEAK_ON] == f[k.X0]:
        return k.NO_CHANGE
    turn_peak(s, p, f[k.X0], s.desk[k.NOW], 1)
    return -1


def customer_set(s: State, f: Any) -> int:
    """X0 customer; the fields themselves are set outside, where text becomes numbers."""
    c = s.customer[f[k.X0]][k.LATEST]
    while c >= 0 and s.conversation[c][k.STAGE] < k.RESOLVED:
        core.mark(s, c, k.SAW_CUSTOMER)
        c = s.conversation[c][k.EARLIER]
    return -1


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
