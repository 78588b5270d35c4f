"""What is due, in one heap and the one order; and before it the line of what goes on at once.

As SimPy orders them with the keys of `deskkit.sim.order`: what goes on at once first, first come first served; then by
instant, by what it is, by contact, by agent. Each contact, person and shift waits for one thing at a time, so each has
one row in the heap, and nothing else is ever pending. Plain functions over rows of integers.
"""

from deskkit.desk import heap
from deskkit.sim import luck
from deskkit.sim.compiled import columns as w
from deskkit.sim.compiled.columns import Life

__all__ = [
    "GONE", "MESSAGE", "NOTICE", "PRESENT", "PRESSING", "REMINDER", "at_once", "call", "cancel", "row_of_arrivals",
    "row_of_end", "row_of_person", "row_of_shift", "tell", "wait",
]  # fmt: skip

# What is due, as in `deskkit.sim.order.Due`.
DEADLINE, SHIFT, ARRIVES, WRITES, LEAVES, FOUND_GONE, NOTICES, TURNS, SENDS, ACTS, ENDS = range(2, 13)
# What an agent perceives.
MESSAGE, NOTICE, REMINDER, PRESENT, GONE, PRESSING = range(6)


def row_of_person(world: Life, a: int) -> int:
    """Return the row in the heap of what an agent waits for."""
    return world.clock[w.CONTACTS] + a


def row_of_shift(world: Life, a: int) -> int:
    """Return the row in the heap of an agent's coming and going."""
    return world.clock[w.CONTACTS] + world.clock[w.PEOPLE] + a


def row_of_arrivals(world: Life) -> int:
    """Return the row in the heap of the next customer to come."""
    return world.clock[w.CONTACTS] + 2 * world.clock[w.PEOPLE]


def row_of_end(world: Life) -> int:
    """Return the row in the heap of the end of the run."""
    return world.clock[w.CONTACTS] + 2 * world.clock[w.PEOPLE] + 1


def wait(world: Life, row: int, instant: int, due: int) -> None:
    """Let something be due at an instant, or at once if that is past."""
    clock = world.clock
    cancel(world, row)
    at = max(instant, clock[w.NOW])
    clock[w.ROOT] = heap.push(world.timer, 0, clock[w.ROOT], row, at * w.CLASSES + due)


def cancel(world: Life, row: int) -> None:
    """Let nothing be due in a row of the heap."""
    if world.timer[row][0] != w.FAR:
        world.clock[w.ROOT] = heap.remove(world.timer, 0, world.clock[w.ROOT], row)
        world.timer[row][0] = w.FAR


def at_once(world: Life, kind: int, who: int) -> None:
    """Let somebody begin, or be interrupted, before anything that is due."""
    clock = world.clock
    place = (clock[w.URGENT] + clock[w.URGENTS]) % len(world.urgent)
    world.urgent[place] = who * w.KINDS + kind
    clock[w.URGENTS] += 1


def tell(world: Life, c: int) -> None:
    """Wake a customer who waits."""
    one = world.contact[c]
    if one[w.WAITS] == 1:
        one[w.WAITS] = 0
        at_once(world, w.WAKES_CUSTOMER, c)


def call(world: Life, a: int, what: int, c: int, ms: int) -> None:
    """Let an agent perceive something: a message, a notice, that a customer is gone, a change of presence."""
    person = world.person[a]
    now = world.clock[w.NOW]
    if what == GONE or what == PRESSING:
        if person[w.BUSY] == 1 and (what == GONE or yields(world, a, c) == 1):
            person[w.BUSY] = 0
            at_once(world, w.WAKES_AGENT, a)
    elif person[w.IDLE] == 1:
        if what == MESSAGE:
            one = world.contact[c]
            ms = luck.glance_ms(world, one[w.KEY], one[w.TURN])
        person[w.NOTICE_AT] = now + ms
        person[w.IDLE] = 0
        wait(world, row_of_person(world, a), now, ACTS)
    elif what == NOTICE and now + ms < person[w.NOTICE_AT]:
        person[w.NOTICE_AT] = now + ms
        if person[w.NOTICING] == 1:
            person[w.NOTICING] = 0
            at_once(world, w.WAKES_AGENT, a)


def yields(world: Life, a: int, urgent: int) -> int:
    """Let a reply in the making wait for something urgent (1), unless it is urgent itself (0)."""
    node = world.person[a][w.TAB_FIRST]
    while node >= 0:
        c = node // w.HOLDERS
        if world.contact[c][w.TAKEN] == a:
            if world.contact[c][w.LEVEL] >= world.contact[urgent][w.LEVEL]:
                return 0
            world.person[a][w.FIRST_TO] = urgent
            return 1
        node = world.contact[c][w.TAB_NEXT0 + node % w.HOLDERS]
    return 0
