"""Customers: they come, write, wait, think and write again, until all is said or patience ends.

The process of `deskkit.sim.engine.Engine.customer`, as functions that run from one wait to the next. Plain functions
over rows of integers, compiled as they stand.
"""

from deskkit.desk import columns as k
from deskkit.desk.columns import State, Tables
from deskkit.sim import luck
from deskkit.sim.compiled import columns as w
from deskkit.sim.compiled import telling, waking
from deskkit.sim.compiled.columns import Life

__all__ = ["arrive", "begin", "go_on_waiting", "is_due"]


def arrive(world: Life) -> None:
    """Let all come whose time has come, and be there for the next."""
    clock = world.clock
    while clock[w.COMING] < clock[w.CONTACTS]:
        c = clock[w.COMING]
        if world.contact[c][w.ARRIVES] > clock[w.NOW]:
            waking.wait(world, waking.row_of_arrivals(world), world.contact[c][w.ARRIVES], waking.ARRIVES)
            return
        clock[w.COMING] = c + 1
        waking.at_once(world, w.BEGINS_CUSTOMER, c)


def begin(world: Life, s: State, p: Tables, c: int) -> None:
    """Come in, with what is known of the customer, and write."""
    one = world.contact[c]
    introduce(world, s, p, c)
    number = telling.new_conversation(world, s, c)
    if number < 0:
        return
    one[w.NUMBER] = number
    language = telling.language_number(world, one[w.LANGUAGE])
    telling.state_fact(world, k.F_OPENED, number, -1, one[w.CUSTOMER], one[w.GROUP], language, one[w.NEEDS])
    telling.say(world, s, p, c, 0, 0)
    for i in range(one[w.TAG_COUNT]):
        tag = world.tag[one[w.TAGS] + i]
        telling.state_fact(world, k.F_TAG, number, -1, tag[w.G_FACET], tag[w.G_BIT], 1, 0)
        telling.say(world, s, p, c, i, 0)
    talk(world, s, p, c)


def introduce(world: Life, s: State, p: Tables, c: int) -> None:
    """Tell the desk what is known of a customer: fields and history."""
    one = world.contact[c]
    if one[w.FIELDS] >= 0:
        known = world.field[one[w.FIELDS]]
        customer = s.customer[one[w.CUSTOMER]]
        customer[k.ORDERS] = known[0]
        customer[k.SPEND] = known[1]
        customer[k.LAST_ORDER] = known[2]
        for i in range(k.OWN_MAX):
            customer[k.OWN0 + i] = known[3 + i]
        telling.state_fact(world, k.F_CUSTOMER, -1, -1, one[w.CUSTOMER], 0, 0, 0)
        telling.say(world, s, p, c, 0, 0)
    if one[w.HISTORY] >= 0:
        past = world.past[one[w.HISTORY]]
        customer = s.customer[one[w.CUSTOMER]]
        customer[k.UNRESOLVED] = past[w.P_UNRESOLVED]
        customer[k.PAST_TRANSFERS] = past[w.P_TRANSFERS]
        if past[w.P_RATED] >= 0:
            customer[k.RATING] = past[w.P_RATING]
            customer[k.RATED_AT] = past[w.P_RATED]
        if past[w.P_LAST] >= 0:
            customer[k.LAST_AGENT] = past[w.P_LAST]
        for i in range(past[w.P_COUNT]):
            customer[k.CONTACT0 + customer[k.SEEN] % k.CONTACTS_KEPT] = past[w.P_CONTACT0 + i]
            customer[k.SEEN] += 1
        telling.state_fact(world, k.F_HISTORY, -1, -1, one[w.CUSTOMER], 0, 0, 0)
        telling.say(world, s, p, c, 0, 0)


def talk(world: Life, s: State, p: Tables, c: int) -> None:
    """Write, unless an answer is owed already, and wait for a reply."""
    one = world.contact[c]
    if one[w.ASKED] < 0:
        telling.state_message(world, s, c)
        telling.say(world, s, p, c, one[w.WROTE], 0)
        one[w.WROTE] += 1
    wait_for_reply(world, s, p, c)


def wait_for_reply(world: Life, s: State, p: Tables, c: int) -> None:
    """Begin to wait for a reply."""
    one = world.contact[c]
    one[w.TURN_THEN] = one[w.TURN]
    go_on_waiting(world, s, p, c)


def go_on_waiting(world: Life, s: State, p: Tables, c: int) -> None:
    """Wait on if no reply has come yet; else go on."""
    one = world.contact[c]
    waking.cancel(world, c)
    if one[w.TURN] == one[w.TURN_THEN] and one[w.IS_OPEN] == 1:
        one[w.WAITS] = 1
        until = gives_up_at(world, c)
        if until != w.FOREVER:
            waking.wait(world, c, until, waking.LEAVES)
        return
    one[w.WAITS] = 0
    if one[w.GONE] == 1:
        after_silence(world, c)
    elif one[w.TURN] > one[w.TURN_THEN]:
        after_reply(world, s, p, c)
    else:
        end(world)


def gives_up_at(world: Life, c: int) -> int:
    """Return when a customer runs out of patience, with the queue or with an agent; -1: never."""
    one = world.contact[c]
    if one[w.GONE] == 1:
        return w.FOREVER
    if one[w.OWNER] < 0:
        patience = one[w.PATIENCE]
        since = one[w.QUEUED_AT]
    else:
        patience = telling.turn_of(world, c, one[w.TURN])[w.HOLDS_OUT]
        since = one[w.ASSIGNED_AT]
    return w.FOREVER if patience == w.FOREVER else max(one[w.ASKED], since) + patience


def after_reply(world: Life, s: State, p: Tables, c: int) -> None:
    """Rate and end if all is said, else think and write again."""
    one = world.contact[c]
    if one[w.TURN] == one[w.TURNS]:
        if one[w.RATING] != w.NO_RATING:
            telling.state_fact(world, k.F_RATED, one[w.NUMBER], -1, one[w.RATING], 0, 0, 0)
            telling.say(world, s, p, c, 0, 0)
        end(world)
        return
    think = telling.turn_of(world, c, one[w.TURN_THEN])[w.THINK]
    ms = luck.think_ms(think, world.impatience[one[w.STREAM]], one[w.REPLY_MS])
    waking.wait(world, c, world.clock[w.NOW] + ms, waking.WRITES)


def after_silence(world: Life, c: int) -> None:
    """Have nothing more to do with it; of who went without a word an agent finds out after a while."""
    one = world.contact[c]
    if one[w.IS_OPEN] == 1:
        waking.wait(world, c, world.clock[w.NOW] + world.trait[luck.T_GHOST], waking.FOUND_GONE)
    else:
        end(world)


def leave(world: Life, s: State, p: Tables, c: int) -> None:
    """Go: with a word, or without."""
    one = world.contact[c]
    one[w.WAITS] = 0
    one[w.GAVE_UP] = 1
    if one[w.SILENT] == 0:
        telling.state_fact(world, k.F_LEFT, one[w.NUMBER], -1, 0, 0, 0, 0)
        telling.say(world, s, p, c, 0, 0)
        end(world)
        return
    one[w.GONE] = 1
    wait_for_reply(world, s, p, c)


def is_due(world: Life, s: State, p: Tables, c: int, due: int) -> None:
    """Do what a customer waited for: write, leave, or be found to be gone."""
    one = world.contact[c]
    if due == waking.WRITES:
        talk(world, s, p, c)
    elif due == waking.LEAVES:
        leave(world, s, p, c)
    else:
        if one[w.IS_OPEN] == 1:
            telling.state_fact(world, k.F_LEFT, one[w.NUMBER], -1, 0, 0, 0, 0)
            telling.say(world, s, p, c, 1, 0)
        end(world)


def end(world: Life) -> None:
    """End a contact; with the last one the run is over."""
    world.clock[w.PRESENT] -= 1
    if world.clock[w.PRESENT] == 0:
        world.clock[w.OVER] = 1
