"""The tabs an agent has in hand, those of which a notice reminded, and when each was last looked at.

A contact has two places for agents who have a tab of it; links lead from tab to tab of an agent. Plain functions over
rows of integers.
"""

from deskkit.sim.compiled import columns as w
from deskkit.sim.compiled.columns import Life

__all__ = ["forget_reminder", "holds", "let_go", "look_back", "next_reminder", "remind", "take_in", "touch"]


def holds(world: Life, c: int, a: int) -> int:
    """Return the place of an agent among those who have a tab of a contact, or -1."""
    one = world.contact[c]
    if one[w.HOLDER0] == a:
        return 0
    return 1 if one[w.HOLDER1] == a else -1


def take_in(world: Life, c: int, a: int) -> None:
    """Let an agent have a tab of a contact."""
    if holds(world, c, a) < 0:
        one = world.contact[c]
        place = 0 if one[w.HOLDER0] < 0 else 1
        person = world.person[a]
        one[w.HOLDER0 + place] = a
        node = c * w.HOLDERS + place
        first = person[w.TAB_FIRST]
        one[w.TAB_PREV0 + place] = -1
        one[w.TAB_NEXT0 + place] = first
        if first >= 0:
            world.contact[first // w.HOLDERS][w.TAB_PREV0 + first % w.HOLDERS] = node
        person[w.TAB_FIRST] = node
        person[w.TABS] += 1
        one[w.REMINDED0 + place] = 0
    if look_back(world, c, a) < 0:
        touch(world, c, a)


def let_go(world: Life, c: int, a: int) -> None:
    """Take the tab of a contact from an agent, who may have none."""
    place = holds(world, c, a)
    if place < 0:
        return
    forget_reminder(world, c, a)
    one = world.contact[c]
    person = world.person[a]
    before = one[w.TAB_PREV0 + place]
    after = one[w.TAB_NEXT0 + place]
    if before >= 0:
        world.contact[before // w.HOLDERS][w.TAB_NEXT0 + before % w.HOLDERS] = after
    else:
        person[w.TAB_FIRST] = after
    if after >= 0:
        world.contact[after // w.HOLDERS][w.TAB_PREV0 + after % w.HOLDERS] = before
    one[w.HOLDER0 + place] = w.NOBODY
    person[w.TABS] -= 1


# ---------------------------------------------------------------- reminders, first come first served


def remind(world: Life, c: int, a: int) -> None:
    """Remember of which tab a notice reminded."""
    place = holds(world, c, a)
    one = world.contact[c]
    if one[w.REMINDED0 + place] == 1:
        return
    one[w.REMINDED0 + place] = 1
    person = world.person[a]
    node = c * w.HOLDERS + place
    last = person[w.REMIND_LAST]
    one[w.REMIND_PREV0 + place] = last
    one[w.REMIND_NEXT0 + place] = -1
    if last >= 0:
        world.contact[last // w.HOLDERS][w.REMIND_NEXT0 + last % w.HOLDERS] = node
    else:
        person[w.REMIND_FIRST] = node
    person[w.REMIND_LAST] = node


def forget_reminder(world: Life, c: int, a: int) -> None:
    """Forget that a notice reminded of a tab."""
    place = holds(world, c, a)
    if place < 0:
        return
    one = world.contact[c]
    if one[w.REMINDED0 + place] == 0:
        return
    one[w.REMINDED0 + place] = 0
    person = world.person[a]
    before = one[w.REMIND_PREV0 + place]
    after = one[w.REMIND_NEXT0 + place]
    if before >= 0:
        world.contact[before // w.HOLDERS][w.REMIND_NEXT0 + before % w.HOLDERS] = after
    else:
        person[w.REMIND_FIRST] = after
    if after >= 0:
        world.contact[after // w.HOLDERS][w.REMIND_PREV0 + after % w.HOLDERS] = before
    else:
        person[w.REMIND_LAST] = before


def next_reminder(world: Life, a: int) -> int:
    """Take and return the tab of which a notice reminded first, or -1."""
    node = world.person[a][w.REMIND_FIRST]
    if node < 0:
        return -1
    c = node // w.HOLDERS
    forget_reminder(world, c, a)
    return c


# ---------------------------------------------------------------- when a tab was last looked at


def look_back(world: Life, c: int, a: int) -> int:
    """Return the row that says when an agent last looked at a contact, or -1."""
    node = world.contact[c][w.TOUCHES]
    while node >= 0 and world.touch[node][w.A_AGENT] != a:
        node = world.touch[node][w.A_NEXT]
    return node


def touch(world: Life, c: int, a: int) -> None:
    """Remember that an agent looks at a contact now."""
    clock = world.clock
    node = look_back(world, c, a)
    if node < 0:
        node = clock[w.TOUCHED]
        if node >= len(world.touch):
            clock[w.FULL] = w.ROOM_TOUCHES if clock[w.FULL] == 0 else clock[w.FULL]
            return
        clock[w.TOUCHED] = node + 1
        world.touch[node][w.A_AGENT] = a
        world.touch[node][w.A_NEXT] = world.contact[c][w.TOUCHES]
        world.contact[c][w.TOUCHES] = node
    world.touch[node][w.A_AT] = clock[w.NOW]
