"""The loop: what goes on at once, then whatever is due next, until all is over. Compiled as it stands."""

from deskkit.desk import columns as k
from deskkit.desk.columns import State, Tables
from deskkit.sim.compiled import agents, customers, telling, waking
from deskkit.sim.compiled import columns as w
from deskkit.sim.compiled.columns import Life

__all__ = ["live"]


def live(world: Life, s: State, p: Tables) -> None:
    """Live through a run: until the last customer has gone, the time is over, or room runs out."""
    clock = world.clock
    for a in range(clock[w.PEOPLE]):
        waking.at_once(world, w.BEGINS_AGENT, a)
        waking.at_once(world, w.BEGINS_SHIFT, a)
    waking.at_once(world, w.BEGINS_ARRIVALS, 0)
    waking.wait(world, waking.row_of_end(world), clock[w.LIMIT], waking.ENDS)
    while clock[w.FULL] == 0:
        if clock[w.URGENTS] > 0:
            go_at_once(world, s, p)
        elif clock[w.OVER] == 1:
            return
        else:
            follow_time(world, s, p)


def go_at_once(world: Life, s: State, p: Tables) -> None:
    """Let the first in line begin, or be interrupted."""
    clock = world.clock
    entry = world.urgent[clock[w.URGENT]]
    clock[w.URGENT] = (clock[w.URGENT] + 1) % len(world.urgent)
    clock[w.URGENTS] -= 1
    kind = entry % w.KINDS
    who = entry // w.KINDS
    if kind == w.BEGINS_AGENT:
        agents.work(world, s, p, who)
    elif kind == w.BEGINS_SHIFT:
        agents.come_and_go(world, s, p, who)
    elif kind == w.BEGINS_ARRIVALS:
        customers.arrive(world)
    elif kind == w.BEGINS_CUSTOMER:
        customers.begin(world, s, p, who)
    elif kind == w.WAKES_CUSTOMER:
        customers.go_on_waiting(world, s, p, who)
    else:
        agents.is_interrupted(world, s, p, who)


def follow_time(world: Life, s: State, p: Tables) -> None:
    """Do what is due next: the desk's own deadline is the first of its instant."""
    clock = world.clock
    row = clock[w.ROOT]
    key = world.timer[row][0]
    at = min(key // w.CLASSES, clock[w.DUE])
    if clock[w.CONTACTS] == 0 and at >= clock[w.LIMIT]:  # where nobody comes, what is due at the very end is not done
        clock[w.OVER] = 1
        return
    clock[w.NOW] = at
    if at == clock[w.DUE]:
        telling.reach_deadline(world, s, p)
        return
    waking.cancel(world, row)
    people = clock[w.PEOPLE]
    who = row - clock[w.CONTACTS]
    if who < 0:
        customers.is_due(world, s, p, row, key % w.CLASSES)
    elif who < people:
        agents.is_due(world, s, p, who, key % w.CLASSES)
    elif who < 2 * people:
        agents.come_and_go(world, s, p, who - people)
    elif who == 2 * people:
        customers.arrive(world)
    else:
        cut(world)


def cut(world: Life) -> None:
    """End the run though somebody may still be waiting: with an agent there, or with none who could end it."""
    clock = world.clock
    clock[w.OVER] = 1
    if clock[w.DRAIN] == 0:
        return
    clock[w.LEFT_OVER] = clock[w.PRESENT]
    for a in range(clock[w.PEOPLE]):
        if clock[w.PRESENT] > 0 and world.person[a][w.PRESENCE] != k.OFFLINE:
            clock[w.TRUNCATED] = 1
