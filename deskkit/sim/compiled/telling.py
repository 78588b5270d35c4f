"""Telling the desk: a fact, what it decides, and what everybody sees of both; and when time itself has to be told.

The desk's own functions fold and decide. Plain functions over rows of integers, compiled as they stand.
"""

from typing import Any

from deskkit.desk import columns as k
from deskkit.desk import facts, turn
from deskkit.desk.columns import State, Tables
from deskkit.sim.compiled import columns as w
from deskkit.sim.compiled import seeing
from deskkit.sim.compiled.columns import Life

__all__ = ["language_number", "new_conversation", "reach_deadline", "say", "state_fact"]


def state_fact(world: Life, kind: int, who: int, agent: int, x0: int, x1: int, x2: int, x3: int) -> None:
    """Write the fact that is to be said next."""
    f = world.fact
    f[k.KIND] = kind
    f[k.AT] = world.clock[w.NOW]
    f[k.WHO] = who
    f[k.AGENT] = agent
    f[k.X0] = x0
    f[k.X1] = x1
    f[k.X2] = x2
    f[k.X3] = x3


def full(world: Life, what: int, at: int) -> None:
    """Remember what there was no room for: the run ends, and is lived through again with more."""
    if world.clock[w.FULL] == 0:
        world.clock[w.FULL] = what
        world.clock[w.FULL_AT] = at


def language_number(world: Life, spoken: int) -> int:
    """Return the desk's number of a language, a new one on first sight; -1 if none is spoken, or left."""
    if spoken < 0:
        return -1
    clock = world.clock
    number = world.language[spoken]
    if number < 0 and clock[w.LANGUAGES] < clock[w.LANGUAGE_LIMIT]:
        number = clock[w.LANGUAGES]
        world.language[spoken] = number
        clock[w.LANGUAGES] = number + 1
    return number


def new_conversation(world: Life, s: State, c: int) -> int:
    """Return the number of a conversation that begins for a contact, or -1 without room."""
    number = s.desk[k.CONVERSATIONS]
    if number >= len(world.whose):
        full(world, w.ROOM_CONVERSATIONS, number)
        return -1
    s.desk[k.CONVERSATIONS] = number + 1
    world.whose[number] = c
    return number


def say(world: Life, s: State, p: Tables, contact: int, detail: int, astray: int) -> None:
    """Tell the desk the fact just stated; all see it, and what was decided. `contact`, `detail`, `astray` name it."""
    clock = world.clock
    if clock[w.FULL] != 0:
        return
    f = world.fact
    clock[w.AT_ONCE] = clock[w.AT_ONCE] + 1 if clock[w.LAST] == clock[w.NOW] else 1
    clock[w.LAST] = clock[w.NOW]
    if clock[w.AT_ONCE] > clock[w.MOST_AT_ONCE]:
        full(world, w.STUCK, clock[w.NOW])
        return
    turn.step(s, p, f)
    made = s.desk[k.DECIDED]
    if made > 0 or f[k.KIND] != k.F_DEADLINE:
        if clock[w.LOGGED] + made >= len(world.log):
            full(world, w.ROOM_LOG, clock[w.LOGGED])
            return
        log_fact(world, contact, detail, astray)
        seeing.see_fact(world, contact, astray)
        renewed = see_decisions(world, s, made)
        if renewed >= 0:
            go_on(world, s, p, contact, renewed)
    plan(world, s, p)


def log_fact(world: Life, contact: int, detail: int, astray: int) -> None:
    """Write the fact down."""
    clock = world.clock
    f = world.fact
    row = world.log[clock[w.LOGGED]]
    clock[w.LOGGED] += 1
    row[w.L_KIND] = f[k.KIND]
    row[w.L_AT] = f[k.AT]
    row[w.L_WHO] = f[k.WHO]
    row[w.L_AGENT] = f[k.AGENT]
    row[w.L_X] = f[k.X0]
    row[w.L_CONTACT] = contact
    row[w.L_DETAIL] = detail
    row[w.L_ASTRAY] = astray


def see_decisions(world: Life, s: State, made: int) -> int:
    """Write down what was decided and let everybody see it; return the conversation that goes on as a new one, or -1.

    Its number is the next one of the desk.
    """
    clock = world.clock
    renewed = -1
    for i in range(made):
        d = s.decision[i]
        row = world.log[clock[w.LOGGED]]
        clock[w.LOGGED] += 1
        row[w.L_KIND] = w.DECIDED + d[k.KIND]
        row[w.L_AT] = clock[w.NOW]
        for j in range(k.OF, k.DECISION_WIDTH):
            row[j + 1] = d[j]
        if d[k.KIND] == k.D_RENEWED:
            renewed = d[k.OF]
            world.contact[world.whose[renewed]][w.IS_OPEN] = 1
        else:
            seeing.see_decision(world, d)
    return renewed


def go_on(world: Life, s: State, p: Tables, contact: int, before: int) -> None:
    """Open the conversation as which a closed one goes on, give it the message, and decide about that one."""
    number = new_conversation(world, s, contact)
    if number < 0:
        return
    world.contact[contact][w.NUMBER] = number
    old = s.conversation[before]
    state_fact(world, k.F_OPENED, number, -1, old[k.CUSTOMER], -1, old[k.LANGUAGE], 0)
    world.fact[k.X4] = 0
    facts.fold_fact(s, p, world.fact)
    state_message(world, s, contact)
    turn.step(s, p, world.fact)
    made = s.desk[k.DECIDED]
    if world.clock[w.LOGGED] + made > len(world.log):
        full(world, w.ROOM_LOG, world.clock[w.LOGGED])
        return
    see_decisions(world, s, made)


def state_message(world: Life, s: State, c: int) -> None:
    """State that a customer writes the message of this turn."""
    one = world.contact[c]
    said = turn_of(world, c, one[w.TURN])
    number = one[w.NUMBER]
    spoken = -1
    if s.conversation[number][k.LANGUAGE] < 0:
        spoken = language_number(world, said[w.SPOKEN])
    state_fact(world, k.F_CUSTOMER_WROTE, number, -1, said[w.SIGNALS], said[w.WORDS], spoken, said[w.COURTESY])


def turn_of(world: Life, c: int, n: int) -> Any:
    """Return what the n-th message of a contact brings; beyond what is stored it must be drawn, or is the last one."""
    one = world.contact[c]
    stored = one[w.STORED]
    if n >= stored and world.clock[w.DRAWN] == 1:
        full(world, w.ROOM_TURNS, c)
    return world.turn[one[w.FIRST] + min(n, stored - 1)]


def plan(world: Life, s: State, p: Tables) -> None:
    """Be there when the desk has something to decide though nothing happens."""
    at = turn.next_instant(s, p)
    world.clock[w.DUE] = w.FAR if at >= k.FAR else max(at, world.clock[w.NOW])


def reach_deadline(world: Life, s: State, p: Tables) -> None:
    """Tell the desk what time it is."""
    state_fact(world, k.F_DEADLINE, -1, -1, 0, 0, 0, 0)
    say(world, s, p, -1, 0, 0)
