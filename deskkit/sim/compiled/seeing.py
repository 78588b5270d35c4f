"""What everybody sees of a fact or a decision: as `deskkit.sim.world` folds the log, over rows of integers.

Nothing is decided here that is the desk's to decide. Plain functions, compiled as they stand.
"""

from typing import Any

from deskkit.desk import columns as k
from deskkit.sim import luck
from deskkit.sim.compiled import columns as w
from deskkit.sim.compiled import tabs, waking
from deskkit.sim.compiled.columns import Life

__all__ = ["see_decision", "see_fact"]

HOUR_MS = 3_600_000


def see_fact(world: Life, c: int, astray: int) -> None:
    """Let everybody see the fact just said about a contact (-1: none)."""
    f = world.fact
    kind = f[k.KIND]
    if kind == k.F_CUSTOMER_WROTE:
        asked(world, c)
    elif kind == k.F_AGENT_WROTE:
        if astray == 0:
            answered(world, c, f[k.AGENT])
    elif kind == k.F_RESOLVED or kind == k.F_LEFT:
        closed(world, c)
    elif kind == k.F_PRESENCE:
        world.person[f[k.AGENT]][w.PRESENCE] = f[k.X0]
        waking.call(world, f[k.AGENT], waking.PRESENT, -1, 0)
    elif kind == k.F_GROUP:
        taken_back(world, c)
    elif kind == k.F_HELPER:
        helped(world, c, f[k.AGENT])


def see_decision(world: Life, d: Any) -> None:
    """Let everybody see a decision."""
    kind = d[k.KIND]
    if kind == k.D_ASSIGNED:
        given(world, world.whose[d[k.OF]], d[k.ON])
    elif kind == k.D_RETURNED:
        taken_back(world, world.whose[d[k.OF]])
    elif kind == k.D_PRIORITISED:
        if d[k.Y2] >= 0:
            world.contact[world.whose[d[k.OF]]][w.LEVEL] = d[k.Y2]
    elif kind == k.D_NOTIFIED:
        alerted(world, world.whose[d[k.OF]], d[k.ON], d[k.Y1], d[k.B2])
    elif kind == k.D_TURNED_AWAY or (kind == k.D_TIDIED and d[k.Y0] != k.SUGGEST):
        closed(world, world.whose[d[k.OF]])


def given(world: Life, c: int, a: int) -> None:
    """Put a conversation into an agent's hands."""
    one = world.contact[c]
    release(world, c, one[w.OWNER])
    one[w.OWNER] = a
    now = world.clock[w.NOW]
    tabs.take_in(world, c, a)
    one[w.ASSIGNED_AT] = now
    one[w.NOTICED_AT] = -1  # whoever it was given to before
    one[w.IS_OPEN] = 1
    waking.tell(world, c)
    if one[w.ASKED] >= 0:
        waking.call(world, a, waking.MESSAGE, c, 0)


def taken_back(world: Life, c: int) -> None:
    """Take a conversation from its owner."""
    one = world.contact[c]
    if one[w.OWNER] >= 0:
        one[w.QUEUED_AT] = world.clock[w.NOW]
    release(world, c, one[w.OWNER])
    one[w.OWNER] = w.NOBODY
    waking.tell(world, c)


def helped(world: Life, c: int, a: int) -> None:
    """Let a helper have a conversation too."""
    one = world.contact[c]
    one[w.HELPER] = a
    tabs.take_in(world, c, a)
    if one[w.ASKED] >= 0:
        waking.call(world, a, waking.MESSAGE, c, 0)


def release(world: Life, c: int, a: int) -> None:
    """Take a conversation out of an agent's hands; what is being written there is given up."""
    if a < 0:
        return
    tabs.let_go(world, c, a)
    person = world.person[a]
    if person[w.FOCUS] == c:
        person[w.FOCUS] = w.NOBODY
    one = world.contact[c]
    if one[w.TAKEN] == a:
        one[w.TAKEN] = w.NOBODY
        one[w.LEFT_MS] = -1
        waking.call(world, a, waking.GONE, c, 0)


def asked(world: Life, c: int) -> None:
    """Let a message be owed an answer."""
    one = world.contact[c]
    one[w.IS_OPEN] = 1
    if one[w.ASKED] < 0:
        one[w.ASKED] = world.clock[w.NOW]
        one[w.NOTICED_AT] = -1
    if one[w.OWNER] >= 0:
        waking.call(world, one[w.OWNER], waking.MESSAGE, c, 0)
    if one[w.HELPER] >= 0:
        waking.call(world, one[w.HELPER], waking.MESSAGE, c, 0)


def answered(world: Life, c: int, a: int) -> None:
    """Let a message be answered; who else was writing is told."""
    one = world.contact[c]
    if one[w.ASKED] < 0:
        return
    one[w.REPLY_MS] = world.clock[w.NOW] - one[w.ASKED]
    one[w.ASKED] = -1
    one[w.TURN] += 1
    slower = one[w.TAKEN]
    if slower >= 0 and slower != a:  # somebody else was quicker
        one[w.TAKEN] = w.NOBODY
        one[w.LEFT_MS] = -1
        waking.call(world, slower, waking.GONE, c, 0)
    waking.tell(world, c)


def closed(world: Life, c: int) -> None:
    """Let a conversation be over."""
    one = world.contact[c]
    if one[w.IS_OPEN] == 0:
        return
    one[w.IS_OPEN] = 0
    one[w.ASKED] = -1
    release(world, c, one[w.OWNER])
    release(world, c, one[w.HELPER])
    one[w.OWNER] = w.NOBODY
    one[w.HELPER] = w.NOBODY
    waking.tell(world, c)


def alerted(world: Life, c: int, a: int, level: int, number: int) -> None:
    """Let an agent perceive a notice, or miss it."""
    person = world.person[a]
    remember_alert(world, a)
    if tabs.holds(world, c, a) < 0:
        return
    one = world.contact[c]
    ring = world.ring[number]
    soonest = -1
    for i in range(ring[w.V_COUNT]):
        ms = notice_ms(world, c, a, ring[w.V_CHANNEL0 + i])
        if ms >= 0 and (soonest < 0 or ms < soonest):
            soonest = ms
    if one[w.ASKED] < 0 or one[w.TAKEN] >= 0:
        if soonest >= 0:
            tabs.remind(world, c, a)
            waking.call(world, a, waking.REMINDER, c, soonest)
        return
    if soonest >= 0:
        waking.call(world, a, waking.NOTICE, c, soonest)
    if ring[w.V_INTERRUPTS] == 1 and level == k.URGENT and person[w.BUSY] == 1:
        waking.call(world, a, waking.PRESSING, c, 0)


def remember_alert(world: Life, a: int) -> None:
    """Count a notice among those of the last hour."""
    clock = world.clock
    node = clock[w.ALERT_FREE]
    if node >= 0:
        clock[w.ALERT_FREE] = world.alert[node][w.N_NEXT]
    else:
        node = clock[w.ALERTED]
        if node >= len(world.alert):
            clock[w.FULL] = w.ROOM_ALERTS if clock[w.FULL] == 0 else clock[w.FULL]
            return
        clock[w.ALERTED] = node + 1
    row = world.alert[node]
    row[w.N_AT] = clock[w.NOW]
    row[w.N_NEXT] = -1
    person = world.person[a]
    if person[w.ALERT_LAST] >= 0:
        world.alert[person[w.ALERT_LAST]][w.N_NEXT] = node
    else:
        person[w.ALERT_FIRST] = node
    person[w.ALERT_LAST] = node
    person[w.ALERTS] += 1


def forget_alerts(world: Life, a: int) -> None:
    """Forget the notices of more than an hour ago."""
    person = world.person[a]
    clock = world.clock
    node = person[w.ALERT_FIRST]
    while node >= 0 and world.alert[node][w.N_AT] <= clock[w.NOW] - HOUR_MS:
        after = world.alert[node][w.N_NEXT]
        world.alert[node][w.N_NEXT] = clock[w.ALERT_FREE]
        clock[w.ALERT_FREE] = node
        person[w.ALERTS] -= 1
        node = after
    person[w.ALERT_FIRST] = node
    if node < 0:
        person[w.ALERT_LAST] = -1


def notice_ms(world: Life, c: int, a: int, channel: int) -> int:
    """Return how long a notice on a channel takes to be noticed; -1: it is missed."""
    one = world.contact[c]
    nth = world.person[a][w.ALERTS]
    forget_alerts(world, a)
    if luck.is_missed(world, channel, one[w.KEY], one[w.TURN], nth, world.person[a][w.ALERTS]) == 1:
        return -1
    return luck.latency_ms(world, channel, one[w.KEY], one[w.TURN])
