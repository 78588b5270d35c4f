"""Decisions folded into the state: what the desk did, without asking why again.

The pass folds each decision as it is made, so that the next rule sees it; replaying a log folds the same rows through
the same function. That is why a fold needs no rules.
"""

from typing import Any

from deskkit.desk import columns as k
from deskkit.desk import core, facts, hands, people, queues
from deskkit.desk.columns import State, Tables

__all__ = ["decide", "done_upto", "fold_decision", "rungs_done"]


def tagged(s: State, p: Tables, d: Any) -> None:
    """Y0 facet, Y1 bit, Y2 on."""
    c = d[k.OF]
    row = s.conversation[c]
    if d[k.Y2] == 1:
        row[k.RULED0 + d[k.Y0]] |= d[k.Y1]
    else:
        row[k.RULED0 + d[k.Y0]] &= ~d[k.Y1]
    hands.count_tags(row, d[k.Y0])
    if d[k.Y0] == 1:
        hands.count_up(s, p, c)
    if len(p.credit) > 0:
        queues.requeue(s, p, c)
    row[k.DIRTY] |= k.SAW_TAGS | k.SAW_COUNTS


def prioritised(s: State, p: Tables, d: Any) -> None:
    """Y0 rule, Y1 phase, Y2 level, Y3 level before."""
    c = d[k.OF]
    row = s.conversation[c]
    r = d[k.Y0]
    if d[k.Y1] == 1:
        s.reason[c][r] = 1
    elif d[k.Y1] == 0:
        s.reason[c][r] = s.desk[k.NOW] + p.level_rule[r][k.R_HOLD]
    else:
        s.reason[c][r] = 0
    hands.level_by_reason(s, p, c)
    if row[k.HAND] >= 0 and d[k.Y2] != row[k.HAND]:
        row[k.HAND] = -1
    queues.set_level(s, p, c, d[k.Y2])


def queued(s: State, p: Tables, d: Any) -> None:
    """Y0 group, Y1 needs, Y2 by rule: the conversation stands in the queue of a group, or of another than before."""
    c = d[k.OF]
    row = s.conversation[c]
    queues.dequeue(s, c)
    row[k.HOME] = d[k.Y0]
    row[k.GROUPS] = 1 << d[k.Y0]
    row[k.NEEDS] = d[k.Y1]
    row[k.STEP] = 0
    if row[k.QUEUED] < 0:
        hands.ask_language(p, row)
        row[k.QUEUED] = row[k.UNANSWERED] if row[k.UNANSWERED] >= 0 else s.desk[k.NOW]
    row[k.ENTERED] = 1
    queues.enqueue(s, p, c)


def assigned(s: State, p: Tables, d: Any) -> None:
    """AGENT takes the conversation."""
    core.settle(s, p, d[k.OF], d[k.ON], s.desk[k.NOW])


def returned(s: State, p: Tables, d: Any) -> None:
    """Y0: 1 by time-out, 0 the owner is offline or has no room. The wait goes on from the first unanswered message."""
    c = d[k.OF]
    row = s.conversation[c]
    since = row[k.UNANSWERED] if row[k.UNANSWERED] >= 0 else s.desk[k.NOW]
    if d[k.Y0] == 1:
        row[k.EXCLUDED] = d[k.ON]
        row[k.TRIES] += 1
    hands.put_back(s, p, c, since)
    row[k.OWNER_OF] = k.NOBODY


def overflowed(s: State, p: Tables, d: Any) -> None:
    """Y0 the step (-1: language is no longer asked for)."""
    c = d[k.OF]
    row = s.conversation[c]
    queues.dequeue(s, c)
    if d[k.Y0] < 0:
        row[k.LANGUAGE_RULE] = 0
    else:
        step = p.overflow[p.group[row[k.HOME]][k.G_OVERFLOW] + d[k.Y0]]
        row[k.GROUPS] |= step[k.V_TO]
        if step[k.V_DROP] & 1 != 0:
            row[k.NEEDS] = 0
        if step[k.V_DROP] & 2 != 0:
            row[k.LANGUAGE_RULE] = 0
        row[k.STEP] = d[k.Y0] + 1
    queues.enqueue(s, p, c)


def woken(s: State, p: Tables, d: Any) -> None:
    """End a snooze: who has it in hand has it again, and of nobody it waits; what does not fit is returned next."""
    c = d[k.OF]
    row = s.conversation[c]
    a = row[k.HELD_BY]
    row[k.UNTIL] = k.NEVER
    facts.come_back(s, c)
    if a < 0:
        hands.put_back(s, p, c, row[k.UNANSWERED] if row[k.UNANSWERED] >= 0 else s.desk[k.NOW])
        return
    core.detach(s, p, c)
    core.settle(s, p, c, a, s.desk[k.NOW])
    core.mark(s, c, k.SAW_STAGE | k.SAW_TIME)


def revived(s: State, d: Any) -> None:
    """Let a closed conversation wait again; routing sees it in this pass."""
    c = d[k.OF]
    facts.come_back(s, c)
    s.conversation[c][k.STAGE] = k.WAITING
    s.conversation[c][k.GIVEN] = k.NEVER
    s.conversation[c][k.ENTERED] = 0


def lent(s: State, p: Tables, d: Any) -> None:
    """Y0 group, Y1 on."""
    a = d[k.ON]
    one = s.agent[a]
    queues.unplace(s, a)
    if d[k.Y1] == 1:
        one[k.LENT_TO] |= 1 << d[k.Y0]
    else:
        one[k.LENT_TO] &= ~(1 << d[k.Y0])
    queues.place(s, p, a)


def rang(s: State, p: Tables, d: Any) -> None:
    """Y0 topic, Y1 level, Y2 rung: the rung is done, and for how many the notice stands (Y3)."""
    row = s.conversation[d[k.OF]]
    done_upto(p, row, d[k.Y0], d[k.Y1], d[k.Y2] + 1)
    rung = p.rung[p.ladder[d[k.Y0] * k.LEVELS + d[k.Y1]][k.LADDER_FIRST] + d[k.Y2]]
    to = rung[k.N_TO]
    if d[k.Y1] == k.URGENT:
        row[k.RANG0 + to] = s.desk[k.NOW]
        row[k.LOUD0 + to] = rung[k.N_RING]
        row[k.MERGED0 + to] = 0
        return
    limit = p.number[k.P_PER_MINUTE]
    if limit > 0:
        one = s.agent[d[k.ON]]
        s.rang[d[k.ON]][one[k.RUNG_COUNT] % limit] = s.desk[k.NOW]
        one[k.RUNG_COUNT] += 1


def rungs_done(p: Tables, row: Any, topic: int, level: int) -> int:
    """Return how many rungs of a ladder are done; levels that share a ladder share them."""
    done: int = row[k.FIRED0 + topic] >> (p.ladder[topic * k.LEVELS + level][k.LADDER_LOWEST] * 8) & 255
    return done


def done_upto(p: Tables, row: Any, topic: int, level: int, count: int) -> None:
    """Remember that the first `count` rungs of a ladder are done."""
    shift = p.ladder[topic * k.LEVELS + level][k.LADDER_LOWEST] * 8
    fired = row[k.FIRED0 + topic]
    if fired >> shift & 255 < count:
        row[k.FIRED0 + topic] = fired & ~(255 << shift) | count << shift


def held(s: State, p: Tables, d: Any) -> None:
    """Y0 topic, Y1 level, Y2 rung, Y3 why."""
    row = s.conversation[d[k.OF]]
    done_upto(p, row, d[k.Y0], d[k.Y1], d[k.Y2] + 1)
    to = p.rung[p.ladder[d[k.Y0] * k.LEVELS + d[k.Y1]][k.LADDER_FIRST] + d[k.Y2]][k.N_TO]
    if d[k.Y3] == k.BY_MERGING:
        if s.desk[k.NOW] > row[k.RANG0 + to]:  # what rang at this very instant has told of it
            row[k.MERGED0 + to] += 1
    elif d[k.Y1] == k.URGENT and d[k.Y3] != k.BY_LATER_RUNG:
        row[k.MERGED0 + to] = 0
    if (d[k.Y3] == k.BY_LIMIT or d[k.Y3] == k.BY_QUIET) and d[k.ON] >= 0:
        one = s.agent[d[k.ON]]
        if one[k.HELD] == 0 and one[k.PRESENCE] != k.OFFLINE:  # who is offline gets the digest on coming back
            core.time_agent(s, d[k.ON], s.desk[k.NOW] + p.number[k.P_DIGEST])
        one[k.HELD] += 1


def digested(s: State, d: Any) -> None:
    """Send the digest; nothing is held any more."""
    s.agent[d[k.ON]][k.HELD] = 0
    core.time_agent(s, d[k.ON], k.FAR)


def tidied(s: State, p: Tables, d: Any) -> None:
    """Y0 what is done (suggest, archive, resolve), Y1 the rule."""
    c = d[k.OF]
    row = s.conversation[c]
    row[k.TIDY_DONE] |= 1 << d[k.Y1]
    if row[k.HELD_BY] >= 0 and d[k.Y0] != k.SUGGEST:
        s.desk[k.AGAIN] = s.desk[k.NOW] + 1  # room came free after this pass had assigned
    if d[k.Y0] == k.ARCHIVE:
        facts.end(s, p, c, k.ARCHIVED)
    elif d[k.Y0] == k.RESOLVE:
        facts.end(s, p, c, k.RESOLVED)


def fold_decision(s: State, p: Tables, d: Any) -> None:
    """Fold one decision."""
    kind = d[k.KIND]
    if kind == k.D_TAGGED:
        tagged(s, p, d)
    elif kind == k.D_PRIORITISED:
        prioritised(s, p, d)
    elif kind == k.D_QUEUED:
        queued(s, p, d)
    elif kind == k.D_ASSIGNED:
        assigned(s, p, d)
    elif kind == k.D_NOTIFIED:
        rang(s, p, d)
    elif kind == k.D_HELD:
        held(s, p, d)
    elif kind == k.D_ADVISED:
        s.conversation[d[k.OF]][k.ADVISED] = d[k.ON]
    elif kind == k.D_RETURNED:
        returned(s, p, d)
    elif kind == k.D_OVERFLOWED:
        overflowed(s, p, d)
    elif kind == k.D_TURNED_AWAY:
        facts.end(s, p, d[k.OF], k.ABANDONED)
    elif kind == k.D_WOKEN:
        woken(s, p, d)
    elif kind == k.D_REVIVED:
        revived(s, d)
    elif kind == k.D_PEAK:
        people.turn_peak(s, p, d[k.Y0], s.desk[k.NOW], 0)
        if s.desk[k.WAITING_NOW] > 0:
            s.desk[k.AGAIN] = s.desk[k.NOW] + 1  # room came after this pass had assigned
    elif kind == k.D_LENT:
        lent(s, p, d)
    elif kind == k.D_DIGEST:
        digested(s, d)
    elif kind == k.D_TIDIED:
        tidied(s, p, d)


def decide(
    s: State,
    p: Tables,
    kind: int,
    c: int,
    a: int,
    y0: int,
    y1: int,
    y2: int,
    y3: int,
    rule: int,
    b0: int,
    b1: int,
    b2: int,
) -> None:
    """Write a decision down and fold it, so that the next rule sees it."""
    n = core.emit(s, kind, c, a, y0, y1, y2, y3, rule, b0, b1, b2)
    fold_decision(s, p, s.decision[n])
