"""Conditions, tags and priority: what a conversation is and how urgent.

Plain functions over the tables; each decides by the rules of the policy, writes its decision down and folds it.
"""

from deskkit.desk import columns as k
from deskkit.desk import decisions, rules
from deskkit.desk.columns import State, Tables

__all__ = ["holds", "judge"]


def holds(s: State, p: Tables, start: int, c: int) -> int:
    """Say (1 or 0) whether a condition holds for a conversation; the term that settles it is kept as evidence."""
    row = s.conversation[c]
    desk = s.desk
    now = desk[k.NOW]
    i = start
    while i >= 0:
        term = p.term[i]
        table = term[k.T_TABLE]
        column = term[k.T_COLUMN]
        if table == k.OF_CONVERSATION:
            value = row[column]
        elif table == k.OF_CUSTOMER:
            value = s.customer[row[k.CUSTOMER]][column] if row[k.CUSTOMER] >= 0 else k.UNKNOWN
        elif table == k.OF_DESK:
            value = desk[column]
        elif table == k.OF_GROUP:
            value = s.group[row[k.HOME]][column]
        else:
            value = s.agent[row[k.HELD_BY]][column] if row[k.HELD_BY] >= 0 else k.UNKNOWN
        desk[k.SEEN_TERM] = i
        desk[k.SEEN_VALUE] = value
        met = rules.compare(term[k.T_OP], value, term[k.T_VALUE], now)
        i = term[k.T_YES] if met == 1 else term[k.T_NO]
    return 1 if i == k.YES else 0


def tag_exclusive(s: State, p: Tables, c: int, facet: int) -> None:
    """Give the tag of the first rule that holds; one tag by rule in the facet, none beside a hand-made one."""
    row = s.conversation[c]
    by_hand = row[k.HAND0 + facet] != 0
    for r in range(len(p.tag_rule)):
        rule = p.tag_rule[r]
        if by_hand and rule[k.R_FACET] == facet and row[k.RULED0 + facet] & rule[k.R_BIT] != 0:
            decisions.decide(s, p, k.D_TAGGED, c, -1, facet, rule[k.R_BIT], 0, 0, r, -1, 0, 0)
        if by_hand or rule[k.R_FACET] != facet or row[k.OFF0 + facet] & rule[k.R_BIT] != 0:
            continue
        if holds(s, p, rule[k.R_START], c) == 1:
            others = row[k.RULED0 + facet] & ~rule[k.R_BIT]  # two, where an undo brought one back
            while others != 0:
                decisions.decide(s, p, k.D_TAGGED, c, -1, facet, others & -others, 0, 0, r, -1, 0, 0)
                others &= others - 1
            if row[k.RULED0 + facet] & rule[k.R_BIT] == 0:
                give_tag(s, p, c, r)
            return


def give_tag(s: State, p: Tables, c: int, r: int) -> None:
    """Put the tag of a rule on."""
    rule = p.tag_rule[r]
    desk = s.desk
    decisions.decide(
        s,
        p,
        k.D_TAGGED,
        c,
        -1,
        rule[k.R_FACET],
        rule[k.R_BIT],
        1,
        0,
        r,
        desk[k.SEEN_TERM],
        desk[k.SEEN_VALUE],
        0,
    )


def tag(s: State, p: Tables, c: int) -> None:
    """Run the tag rules that depend on what changed."""
    row = s.conversation[c]
    seen = row[k.DIRTY]
    done = 0
    for r in range(len(p.tag_rule)):
        rule = p.tag_rule[r]
        if rule[k.R_WATCHES] & seen == 0:
            continue
        facet = rule[k.R_FACET]
        if rule[k.R_EXCLUSIVE] == 1:
            if done >> facet & 1 == 0:
                done |= 1 << facet
                tag_exclusive(s, p, c, facet)
        else:
            known = row[k.RULED0 + facet] | row[k.OFF0 + facet] | row[k.HAND0 + facet]
            if known & rule[k.R_BIT] == 0 and holds(s, p, rule[k.R_START], c) == 1:
                give_tag(s, p, c, r)


def prioritise(s: State, p: Tables, c: int) -> None:
    """Move the reasons on and let the level follow the highest active one."""
    row = s.conversation[c]
    reasons = s.reason[c]
    seen = row[k.DIRTY]
    now = s.desk[k.NOW]
    for r in range(len(p.level_rule)):
        was = reasons[r]
        rule = p.level_rule[r]
        if rule[k.R_WATCHES] & seen == 0 and (was <= 1 or now < was):
            continue
        step = rules.phase(holds(s, p, rule[k.R_START], c), was, now, rule[k.R_HOLD])
        if step == 2:
            continue
        move_reason(s, p, c, r, step)


def move_reason(s: State, p: Tables, c: int, r: int, step: int) -> None:
    """Write down that a reason begins, ends or runs out, with the level that follows."""
    row = s.conversation[c]
    rule = p.level_rule[r]
    term = s.desk[k.SEEN_TERM] if step == 1 else -1
    value = s.desk[k.SEEN_VALUE] if step == 1 else 0
    level = p.number[k.P_START_LEVEL]
    for other in range(len(p.level_rule)):
        active = s.reason[c][other] != 0
        if other == r:
            active = step >= 0
        if active and p.level_rule[other][k.R_LEVEL] > level:
            level = p.level_rule[other][k.R_LEVEL]
    overrides = step == 1 and rules.higher(row[k.HAND], rule[k.R_LEVEL], rule[k.R_SIGNAL]) == 1
    if row[k.HAND] >= 0 and not overrides:
        level = row[k.HAND]
    decisions.decide(s, p, k.D_PRIORITISED, c, -1, r, step, level, row[k.LEVEL], r, term, value, 0)


def judge(s: State, p: Tables, c: int) -> None:
    """Tag and prioritise one conversation, unless it is put away."""
    row = s.conversation[c]
    if row[k.STAGE] == k.ARCHIVED:
        return
    tag(s, p, c)
    prioritise(s, p, c)
