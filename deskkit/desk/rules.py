"""The deciding functions: integers in, integers out, no imports.

Every function here is compiled exactly as it stands. Times are milliseconds, loads and factors thousandths of a unit.
Policy validation bounds every number so that no product below passes 2**62.
"""

__all__ = [
    "agent_key",
    "compare",
    "complexity",
    "draw",
    "fits",
    "group_wide",
    "higher",
    "peak_turn",
    "phase",
    "room_tier",
    "serves",
    "sooner",
    "weight",
]

UNKNOWN = -(1 << 40)


def compare(op: int, value: int, wanted: int, now: int) -> int:
    """Say (1 or 0) whether a value meets a term: 0 equal, 1 >=, 2 <=, 3 any bit, 4 since >=, 5 since <=, 6 never."""
    if op == 3:
        return 1 if value & wanted != 0 else 0
    if op == 4:
        return 1 if value >= 0 and now - value >= wanted else 0
    if op == 6:
        return 1 if value < 0 else 0
    if value == UNKNOWN:
        return 0
    if op == 0:
        return 1 if value == wanted else 0
    if op == 1:
        return 1 if value >= wanted else 0
    if op == 2:
        return 1 if value <= wanted else 0
    return 1 if value >= 0 and now - value <= wanted else 0


def phase(holds: int, was: int, now: int, hold: int) -> int:
    """Move one reason on: 2 nothing changes, 1 it begins, 0 its condition ended but it lasts on, -1 it runs out.

    `was` is 0 (off), 1 (on) or the instant until which it lasts on.
    """
    if holds == 1:
        return 2 if was == 1 else 1
    if was == 0:
        return 2
    if was == 1:
        return 0 if hold > 0 else -1
    return -1 if now >= was else 2


def higher(hand: int, level: int, by_signal: int) -> int:
    """Say (1 or 0) whether a reason that begins overrides a level set by hand: only a strictly higher signal."""
    return 1 if hand >= 0 and by_signal == 1 and level > hand else 0


def complexity(
    turns: int,
    words: int,
    inquiries: int,
    transfers: int,
    by_turn: int,
    by_words: int,
    by_inquiry: int,
    by_transfer: int,
) -> int:
    """Return the points that make a conversation complex."""
    return turns * by_turn + words // 100 * by_words + inquiries * by_inquiry + transfers * by_transfer


def weight(for_agent: int, points: int, agent_weight: int, customer_weight: int, complex_from: int, factor: int) -> int:
    """Return the units (thousandths) a conversation takes: less while the customer is to answer, more if complex."""
    units = agent_weight if for_agent == 1 else customer_weight
    if points >= complex_from:
        units = units * factor // 1000
    return units


def room_tier(load: int, limit: int, reserve: int, unit: int) -> int:
    """Return 0 if one more unit fits below the reserve, 1 if only with it, 2 if not at all."""
    if load + unit <= limit - reserve:
        return 0
    return 1 if load + unit <= limit else 2


def fits(load: int, units: int, limit: int, reserve: int, level: int) -> int:
    """Say (1 or 0) whether a conversation fits; the reserve is open to levels 2 and 3, a limit of 0 to nobody."""
    room = limit if level >= 2 else limit - reserve
    return 1 if limit > 0 and load + units <= room else 0


def agent_key(strategy: int, tier: int, load: int, active: int, given: int, idle: int) -> int:
    """Return the rank of an agent among equals in skill and language; the smallest takes the next conversation.

    0 least load, then longest since the last conversation; 1 round robin: longest since the last conversation;
    2 longest idle: without anything to answer, longest first, else least busy; 3 best skill: as least load.
    `given` and `idle` are serial numbers, so there are no ties.
    """
    if strategy == 1:
        return tier * (1 << 60) + given
    if strategy == 2:
        return tier * (1 << 60) + active * (1 << 40) + idle
    return tier * (1 << 60) + load * (1 << 36) + given


def serves(lane_groups: int, lane_needs: int, lane_language: int, groups: int, skills: int, speaks: int) -> int:
    """Say (1 or 0) whether agents of these groups, skills and languages may take a lane; language -1 asks nothing."""
    if lane_groups & groups == 0 or lane_needs & skills != lane_needs:
        return 0
    return 1 if lane_language < 0 or speaks >> lane_language & 1 == 1 else 0


def sooner(
    waited: int, level: int, target: int, other_waited: int, other_level: int, other_target: int, guard: int
) -> int:
    """Compare two heads of lanes: 1 the first is served sooner, 0 equal, -1 the second.

    Who waits too long first (`guard` or more outranks every level, longest first), then the level, then the share of
    the target that has passed.
    """
    long = waited >= guard
    other_long = other_waited >= guard
    if long or other_long:
        if long and other_long:
            return 0 if waited == other_waited else (1 if waited > other_waited else -1)
        return 1 if long else -1
    if level != other_level:
        return 1 if level > other_level else -1
    mine = waited * other_target
    theirs = other_waited * target
    return 0 if mine == theirs else (1 if mine > theirs else -1)


def group_wide(groups: int, peak: int, sent: int) -> int:
    """Return the groups that may take a conversation: in peak mode also those its level is sent to."""
    return groups | sent if peak == 1 else groups


def peak_turn(on: int, enter: int, leave: int, since: int, now: int, stay: int, by_hand: int) -> int:
    """Say what peak mode does: 1 enter, -1 leave, 0 neither; at least `stay` passes between turns made or told."""
    if on == 1:
        return -1 if leave == 1 and now - since >= stay else 0
    if enter == 1 and (by_hand == 0 or now - since >= stay):
        return 1
    return 0


def draw(key: int, n: int) -> int:
    """Return the n-th draw of a key, 0 to 2**31 - 1: an integer hash that never passes 2**62 on its way."""
    x = (key ^ (n * 40503)) & 0x7FFFFFFF
    x = (x ^ (x >> 16)) * 0x45D9F3B & 0x7FFFFFFF
    x = (x ^ (x >> 15)) * 0x3335B369 & 0x7FFFFFFF
    return x ^ (x >> 16)
