"""Agents: they notice, turn to a tab, look, read and answer, one tab after the other; they come and go by the roster.

The processes of `deskkit.sim.engine.Engine.agent` and `shift`, as functions that run from one wait to the next. Plain
functions over rows of integers, compiled as they stand.
"""

from deskkit.desk import columns as k
from deskkit.desk.columns import State, Tables
from deskkit.sim import luck
from deskkit.sim.compiled import columns as w
from deskkit.sim.compiled import tabs, telling, waking
from deskkit.sim.compiled.columns import Life

__all__ = ["come_and_go", "is_due", "is_interrupted", "work"]


def work(world: Life, s: State, p: Tables, a: int) -> None:
    """Turn to one tab after the other until something takes time, or nothing is left to do."""
    person = world.person[a]
    while world.clock[w.FULL] == 0:
        c = pick(world, a) if person[w.PRESENCE] == k.ONLINE else -1
        if c < 0:
            person[w.IDLE] = 1
            return
        person[w.ONE] = c
        person[w.TURNED] = world.clock[w.NOW]
        if turn_to(world, a, c) == 1 or at_tab(world, s, p, a) == 1:
            return


def turn_to(world: Life, a: int, c: int) -> int:
    """Change to a tab; say (1 or 0) whether that takes time."""
    person = world.person[a]
    person[w.SWITCHED] = 1 if person[w.FOCUS] != c else 0
    if person[w.SWITCHED] == 0:
        return 0
    one = world.contact[c]
    now = world.clock[w.NOW]
    node = tabs.look_back(world, c, a)
    away = now - world.touch[node][w.A_AT] if node >= 0 else 0
    cost = luck.switch_ms(world, one[w.KEY], one[w.TURN], away)
    if person[w.FOCUS] >= 0:
        tabs.touch(world, person[w.FOCUS], a)
        person[w.BEFORE] = person[w.FOCUS]
    if cost == 0:
        person[w.FOCUS] = c
        return 0
    waking.wait(world, waking.row_of_person(world, a), now + cost, waking.TURNS)
    return 1


def at_tab(world: Life, s: State, p: Tables, a: int) -> int:
    """Look at the tab turned to and answer, unless it went elsewhere; say (1 or 0) whether that takes time."""
    person = world.person[a]
    c = person[w.ONE]
    if tabs.holds(world, c, a) < 0:
        return 0
    tabs.touch(world, c, a)
    tabs.forget_reminder(world, c, a)
    one = world.contact[c]
    telling.state_fact(world, k.F_VIEWED, one[w.NUMBER], a, 0, 0, 0, 0)
    telling.say(world, s, p, c, 0, 0)
    if one[w.ASKED] >= 0 and one[w.TAKEN] < 0 and tabs.holds(world, c, a) >= 0:
        answer(world, a, c)
        return 1
    go_home(world, s, p, a)
    return 0


def go_home(world: Life, s: State, p: Tables, a: int) -> None:
    """Go after this reply, where the shift is over."""
    if world.person[a][w.LEAVES] == 1:
        set_presence(world, s, p, a, k.OFFLINE)


def answer(world: Life, a: int, c: int) -> None:
    """Begin to read and answer, or go on with it."""
    person = world.person[a]
    one = world.contact[c]
    now = world.clock[w.NOW]
    person[w.INTERRUPTED] = 0
    person[w.VIEWED_AT] = now
    person[w.BEGUN] = one[w.LEFT_MS]
    turned = max(person[w.TURNED], max(one[w.ASKED], one[w.ASSIGNED_AT]))
    person[w.TURNED] = turned
    if one[w.LEFT_MS] >= 0:
        person[w.INTERRUPTED] = 1
        needed = one[w.LEFT_MS] + luck.resume_ms(world, one[w.KEY], one[w.TURN])
    else:
        ms = telling.turn_of(world, c, one[w.TURN])[w.HANDLE]
        needed = luck.handle_ms(world, ms, person[w.TABS], world.speed[a])
    person[w.NEEDED] = needed
    one[w.TAKEN] = a
    person[w.BUSY] = 1
    person[w.MENDS] = 0
    if one[w.NOTICED_AT] < 0 or one[w.NOTICED_AT] > turned:
        one[w.NOTICED_AT] = turned
    person[w.GIVEN_AT] = one[w.ASSIGNED_AT]
    person[w.NOTED_AT] = one[w.NOTICED_AT]
    person[w.ASTRAY] = w.NOBODY
    waking.wait(world, waking.row_of_person(world, a), now + needed, waking.SENDS)


def is_due(world: Life, s: State, p: Tables, a: int, due: int) -> None:
    """Do what an agent waited for: begin to notice, have noticed, have turned to a tab, send."""
    person = world.person[a]
    if due == waking.ACTS or due == waking.NOTICES:
        notice(world, s, p, a)
    elif due == waking.TURNS:
        person[w.FOCUS] = person[w.ONE]
        if at_tab(world, s, p, a) == 0:
            work(world, s, p, a)
    elif person[w.MENDS] == 1:
        person[w.BUSY] = 0
        if world.contact[person[w.ONE]][w.TAKEN] == a:
            send(world, s, p, a)
        go_home(world, s, p, a)
        work(world, s, p, a)
    else:
        finish(world, s, p, a)


def is_interrupted(world: Life, s: State, p: Tables, a: int) -> None:
    """Notice sooner, or give up what is being written: for something urgent, or because it is no longer wanted."""
    person = world.person[a]
    timer = world.timer[waking.row_of_person(world, a)]
    due = timer[0] % w.CLASSES
    waking.cancel(world, waking.row_of_person(world, a))
    if due == waking.NOTICES:
        notice(world, s, p, a)
        return
    one = world.contact[person[w.ONE]]
    if one[w.TAKEN] == a:
        one[w.TAKEN] = w.NOBODY
        if person[w.MENDS] == 0:
            one[w.LEFT_MS] = max(0, person[w.NEEDED] - (world.clock[w.NOW] - person[w.VIEWED_AT]))
    person[w.BUSY] = 0
    go_home(world, s, p, a)
    work(world, s, p, a)


def notice(world: Life, s: State, p: Tables, a: int) -> None:
    """Wait until what came is noticed; then know of all that is unread, and begin to work."""
    person = world.person[a]
    now = world.clock[w.NOW]
    if now < person[w.NOTICE_AT]:
        person[w.NOTICING] = 1
        waking.wait(world, waking.row_of_person(world, a), person[w.NOTICE_AT], waking.NOTICES)
        return
    person[w.NOTICING] = 0
    node = person[w.TAB_FIRST]
    while node >= 0:
        one = world.contact[node // w.HOLDERS]
        if one[w.ASKED] >= 0 and one[w.NOTICED_AT] < 0:
            one[w.NOTICED_AT] = now
        node = one[w.TAB_NEXT0 + node % w.HOLDERS]
    work(world, s, p, a)


def finish(world: Life, s: State, p: Tables, a: int) -> None:
    """Have written: send it, or see that it went to the wrong window."""
    person = world.person[a]
    c = person[w.ONE]
    one = world.contact[c]
    person[w.BUSY] = 0
    one[w.LEFT_MS] = -1
    other = goes_astray(world, a, c)
    if other >= 0:
        person[w.ASTRAY] = other
        telling.state_fact(world, k.F_AGENT_WROTE, world.contact[other][w.NUMBER], a, 0, 0, 0, 0)
        telling.say(world, s, p, c, one[w.TURN], 1)
        person[w.BUSY] = 1
        person[w.MENDS] = 1
        ms = luck.repair_ms(world, one[w.KEY], one[w.TURN])
        waking.wait(world, waking.row_of_person(world, a), world.clock[w.NOW] + ms, waking.SENDS)
        return
    send(world, s, p, a)
    go_home(world, s, p, a)
    work(world, s, p, a)


def goes_astray(world: Life, a: int, c: int) -> int:
    """Return the tab into which a reply goes by mistake, or -1."""
    person = world.person[a]
    before = person[w.BEFORE]
    if person[w.SWITCHED] == 0 or before < 0 or before == c or tabs.holds(world, before, a) < 0:
        return -1
    one = world.contact[c]
    return before if luck.strays(world, one[w.KEY], one[w.TURN], person[w.INTERRUPTED]) == 1 else -1


def send(world: Life, s: State, p: Tables, a: int) -> None:
    """Send the reply, and do what follows from it: close, pass on, invite a helper."""
    person = world.person[a]
    c = person[w.ONE]
    one = world.contact[c]
    one[w.TAKEN] = w.NOBODY
    log_step(world, a, c)
    turn = one[w.TURN]
    telling.state_fact(world, k.F_AGENT_WROTE, one[w.NUMBER], a, 0, 0, 0, 0)
    telling.say(world, s, p, c, turn, 0)
    tabs.touch(world, c, a)
    if one[w.TURN] == one[w.TURNS]:
        telling.state_fact(world, k.F_RESOLVED, one[w.NUMBER], -1, 0, 0, 0, 0)
        telling.say(world, s, p, c, a, 0)
    elif turn == 0 and one[w.GONE] == 0:
        open_up(world, s, p, a, c)


def log_step(world: Life, a: int, c: int) -> None:
    """Write down what a reply took."""
    clock = world.clock
    if clock[w.STEPPED] >= len(world.step):
        telling.full(world, w.ROOM_STEPS, clock[w.STEPPED])
        return
    person = world.person[a]
    one = world.contact[c]
    row = world.step[clock[w.STEPPED]]
    clock[w.STEPPED] += 1
    row[w.S_NUMBER] = one[w.NUMBER]
    row[w.S_TURN] = one[w.TURN]
    row[w.S_AGENT] = a
    row[w.S_ASKED] = one[w.ASKED]
    row[w.S_ASSIGNED] = person[w.GIVEN_AT]
    row[w.S_NOTICED] = person[w.NOTED_AT]
    row[w.S_TURNED] = person[w.TURNED]
    row[w.S_VIEWED] = person[w.VIEWED_AT]
    row[w.S_REPLIED] = clock[w.NOW]
    row[w.S_AGAIN] = 1 if person[w.ASTRAY] >= 0 or person[w.BEGUN] >= 0 else 0


def open_up(world: Life, s: State, p: Tables, a: int, c: int) -> None:
    """Pass the conversation on after the first reply, or invite a colleague."""
    one = world.contact[c]
    if one[w.PASSED_TO] >= 0:
        telling.state_fact(world, k.F_GROUP, one[w.NUMBER], -1, one[w.PASSED_TO], -1, 0, 0)
        telling.say(world, s, p, c, a, 0)
    elif one[w.ASKS_HELP] == 1:
        helper = colleague(world, a, c)
        if helper >= 0:
            telling.state_fact(world, k.F_HELPER, one[w.NUMBER], helper, 1, 0, 0, 0)
            telling.say(world, s, p, c, a, 0)


def colleague(world: Life, a: int, c: int) -> int:
    """Return whom an agent asks: of the same group, there, not in the conversation yet, with the fewest tabs; or -1."""
    best = -1
    for b in range(world.clock[w.PEOPLE]):
        other = world.person[b]
        able = b != a and other[w.PRESENCE] == k.ONLINE and world.contact[c][w.HELPER] != b
        if able and other[w.TEAMS] & world.person[a][w.TEAMS] != 0:
            if best < 0 or other[w.TABS] < world.person[best][w.TABS]:
                best = b
    return best


# ---------------------------------------------------------------- which tab next


def pick(world: Life, a: int) -> int:
    """Return which tab an agent turns to, or -1 if nothing is left to do."""
    person = world.person[a]
    first = person[w.FIRST_TO]
    person[w.FIRST_TO] = w.NOBODY
    if first >= 0 and tabs.holds(world, first, a) >= 0 and is_unread(world, first) == 1:
        return first
    best = -1
    node = person[w.TAB_FIRST]
    while node >= 0:
        c = node // w.HOLDERS
        if is_unread(world, c) == 1 and (best < 0 or comes_before(world, c, best) == 1):
            best = c
        node = world.contact[c][w.TAB_NEXT0 + node % w.HOLDERS]
    return best if best >= 0 else tabs.next_reminder(world, a)


def is_unread(world: Life, c: int) -> int:
    """Say (1 or 0) whether a customer waits for an answer that nobody is writing."""
    one = world.contact[c]
    return 1 if one[w.ASKED] >= 0 and one[w.TAKEN] < 0 else 0


def comes_before(world: Life, c: int, d: int) -> int:
    """Say (1 or 0) whether an agent turns to one unread tab rather than to another."""
    one = world.contact[c]
    two = world.contact[d]
    how = world.trait[luck.T_PICK]
    if how == luck.LEVEL and one[w.LEVEL] != two[w.LEVEL]:
        return 1 if one[w.LEVEL] > two[w.LEVEL] else 0
    if one[w.ASKED] != two[w.ASKED]:
        sooner = 1 if one[w.ASKED] < two[w.ASKED] else 0
        return 1 - sooner if how == luck.NEWEST else sooner
    return 1 if c < d else 0


# ---------------------------------------------------------------- coming and going


def come_and_go(world: Life, s: State, p: Tables, a: int) -> None:
    """Come and go by the roster, as far as its time has come."""
    person = world.person[a]
    while person[w.SHIFT] < person[w.SHIFT_END]:
        shift = world.shift[person[w.SHIFT]]
        if shift[0] > world.clock[w.NOW]:
            waking.wait(world, waking.row_of_shift(world, a), shift[0], waking.SHIFT)
            return
        person[w.SHIFT] += 1
        if shift[1] == k.OFFLINE and person[w.BUSY] == 1:
            person[w.LEAVES] = 1  # after this reply
        else:
            set_presence(world, s, p, a, shift[1])


def set_presence(world: Life, s: State, p: Tables, a: int, presence: int) -> None:
    """Come, take a break, or go."""
    world.person[a][w.LEAVES] = 0
    telling.state_fact(world, k.F_PRESENCE, -1, a, presence, 0, 0, 0)
    telling.say(world, s, p, -1, 0, 0)
