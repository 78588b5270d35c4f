"""One pass: fold the fact, then life, tags, priority, queue, assignment, peak, notices, tidying, each once.

Each family sees what the earlier ones decided; nothing decided wakes a rule again in the same pass. Then every
conversation touched gets its one next instant.
"""

from typing import Any

from deskkit.desk import assign, core, decisions, facts, judge, notices, peak
from deskkit.desk import columns as k
from deskkit.desk.columns import State, Tables

__all__ = ["follow_calendar", "next_instant", "rearm", "step", "tidies", "wake"]


def wake(s: State, p: Tables) -> None:
    """Put every conversation whose instant has come on the list of this pass; follow the calendar."""
    desk = s.desk
    now = desk[k.NOW]
    root = desk[k.TIMER_ROOT]
    while root >= 0 and s.conversation[root][k.IN_TIME] <= now:
        core.time_conversation(s, root, k.FAR)
        core.mark(s, root, k.SAW_TIME)
        root = desk[k.TIMER_ROOT]
    if follow_calendar(s, p) == 1:
        desk[k.FRESH] = 1
        for i in range(desk[k.ACTIVE_LANES]):
            s.lane[s.active_lane[i]][k.LANE_FRESH] = 1
        last = k.SNOOZED
        for r in range(len(p.tidy_rule)):
            if p.tidy_rule[r][k.R_WATCHES] & k.READS_CALENDAR != 0:
                last = k.ABANDONED
        for c in range(desk[k.CONVERSATIONS]):
            if s.conversation[c][k.STAGE] <= last:
                core.mark(s, c, k.SAW_DESK)


def follow_calendar(s: State, p: Tables) -> int:
    """Let the open windows follow the time; say (1 or 0) whether they changed."""
    desk = s.desk
    moved = 0
    while desk[k.CALENDAR_AT] < len(p.calendar) and p.calendar[desk[k.CALENDAR_AT]][0] <= desk[k.NOW]:
        desk[k.CALENDAR] = p.calendar[desk[k.CALENDAR_AT]][1]
        desk[k.CALENDAR_AT] += 1
        moved = 1
    return moved


def tidies(s: State, p: Tables, c: int, r: int) -> int:
    """Say (1 or 0) whether a tidying rule has something to do about a conversation that is not archived."""
    row = s.conversation[c]
    rule = p.tidy_rule[r]
    if row[k.TIDY_DONE] >> r & 1 == 1 or (p.number[k.P_ACTS] == 0 and rule[k.R_DO] != k.SUGGEST):
        return 0
    if judge.holds(s, p, rule[k.R_START], c) == 0:
        return 0
    return 0 if rule[k.R_DO] == k.RESOLVE and row[k.STAGE] >= k.RESOLVED else 1


def tidy(s: State, p: Tables, c: int) -> None:
    """Archive, resolve or suggest, each rule at most once until the customer writes again."""
    desk = s.desk
    for r in range(len(p.tidy_rule)):
        if s.conversation[c][k.STAGE] == k.ARCHIVED:  # by the rule before
            return
        if tidies(s, p, c, r) == 1:
            do = p.tidy_rule[r][k.R_DO]
            decisions.decide(s, p, k.D_TIDIED, c, -1, do, r, 0, 0, r, desk[k.SEEN_TERM], desk[k.SEEN_VALUE], 0)


def rearm(s: State, p: Tables, c: int) -> None:
    """Set the next instant at which something about a conversation may change though nothing happens."""
    row = s.conversation[c]
    now = s.desk[k.NOW]
    at = k.FAR
    stage = row[k.STAGE]
    if stage == k.ARCHIVED:
        core.time_conversation(s, c, at)
        return
    closed = 1 if stage >= k.RESOLVED else 0
    for i in range(len(p.alarm)):
        alarm = p.alarm[i]
        if closed == 1 and alarm[k.M_CLOSED] == 0:
            continue
        since = row[alarm[k.M_COLUMN]]
        if since >= 0:
            then = since + alarm[k.M_MS]
            if now < then < at:
                at = then
    reasons = s.reason[c]
    for r in range(len(p.level_rule)):
        if now < reasons[r] < at and reasons[r] > 1:
            at = reasons[r]
    if closed == 0:
        at = min(at, next_move(p, row, now))
        if stage <= k.ASSIGNED and s.desk[k.QUIETLY] == 0:
            at = min(at, max(notices.next_ring(s, p, c), now + 1))
    core.time_conversation(s, c, at)


def next_move(p: Tables, row: Any, now: int) -> int:
    """Return the next instant of snooze, overflow, patience for the language or time-out; FAR if none."""
    at = k.FAR
    number = p.number
    if row[k.STAGE] == k.SNOOZED:
        return row[k.UNTIL]
    if number[k.P_ACTS] == 0:
        return at
    if row[k.LANE] >= 0:
        at = min(at, assign.step_at(p, row), assign.language_asked_until(p, row))
    owed = row[k.STAGE] == k.ASSIGNED and row[k.UNANSWERED] >= 0
    if owed and number[k.P_REASSIGN] > 0 and row[k.TRIES] < number[k.P_TRIES]:
        since = max(row[k.UNANSWERED], row[k.GIVEN])
        tries = max(0, now - since) // number[k.P_REASSIGN] + 1  # where nobody else could, it is tried again
        at = min(at, since + tries * number[k.P_REASSIGN])
    return max(at, now + 1)


def step(s: State, p: Tables, f: Any) -> int:
    """Fold one fact and decide; the decisions are the first DECIDED rows of `s.decision`. Returns -1 or the refusal."""
    desk = s.desk
    desk[k.DECIDED] = 0
    refused = facts.fold_fact(s, p, f)
    if refused >= 0:
        core.emit(s, k.D_REFUSED, f[k.WHO], f[k.AGENT], refused, 0, 0, 0, -1, 0, 0, 0)
    wake(s, p)
    run(s, p, 1 if f[k.KIND] == k.F_PEAK and refused < 0 else 0)
    return refused


def run(s: State, p: Tables, turned: int) -> None:
    """Run every family of rules once over what changed."""
    desk = s.desk
    acts = p.number[k.P_ACTS]
    if acts == 1 and turned == 1:
        peak.lend(s, p)  # before anything is promised to, or taken from, who is lent
    for i in range(desk[k.DIRTIED]):
        assign.resume(s, p, s.dirty[i])
    assign.settle_promises(s, p)
    for i in range(desk[k.DIRTIED]):
        judge.judge(s, p, s.dirty[i])
    for i in range(desk[k.DIRTIED]):
        assign.route(s, p, s.dirty[i])
        if acts == 1:
            assign.overflow(s, p, s.dirty[i])
    if acts == 1:
        assign.assign_all(s, p)
        assign.turn_away(s, p)
        peak.turn(s, p)  # by the queue that is left; what it changes is assigned by in the next pass
    else:
        assign.advise_all(s, p)
    if desk[k.QUIETLY] == 0:
        for i in range(desk[k.DIRTIED]):
            notices.ring(s, p, s.dirty[i])
        notices.digests(s, p)
    for i in range(desk[k.DIRTIED]):
        tidy(s, p, s.dirty[i])
    for i in range(desk[k.DIRTIED]):
        c = s.dirty[i]
        s.conversation[c][k.DIRTY] = 0
        s.conversation[c][k.MARKED] = 0
        rearm(s, p, c)
    desk[k.DIRTIED] = 0
    if acts == 1:
        peak.plan(s, p)


def next_instant(s: State, p: Tables) -> int:
    """Return the instant at which the desk has something to do though nothing happens, or FAR."""
    desk = s.desk
    at = min(desk[k.PEAK_NEXT], desk[k.AGAIN])
    if desk[k.TIMER_ROOT] >= 0:
        at = min(at, s.conversation[desk[k.TIMER_ROOT]][k.IN_TIME])
    if desk[k.AGENT_TIMER_ROOT] >= 0 and desk[k.CALENDAR] & p.number[k.P_QUIET_BIT] == 0:
        at = min(at, s.agent[desk[k.AGENT_TIMER_ROOT]][k.IN_TIME])
    if desk[k.CALENDAR_AT] < len(p.calendar):
        at = min(at, p.calendar[desk[k.CALENDAR_AT]][0])
    return at
