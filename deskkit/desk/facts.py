"""Facts folded into the state: what happened, without any rule.

`fold_fact` takes one row (columns KIND, AT, WHO, AGENT, X0 ...) and returns -1, or why the fact is refused and changed
nothing. Which stage a fact leads to stands in `core.LIFE` alone.
"""

from typing import Any

from deskkit.desk import columns as k
from deskkit.desk import core, rules
from deskkit.desk.columns import State, Tables

__all__ = ["fold_fact"]


def remember_time(s: State, at: int) -> int:
    """Let the desk's clock go forward, never back."""
    s.desk[k.NOW] = max(s.desk[k.NOW], at)
    return s.desk[k.NOW]


# ---------------------------------------------------------------- agents and the desk


def agent_set(s: State, p: Tables, f: Any) -> int:
    """X0 groups, X1 skills, X2 languages, X3 own limit (-1: none), X4 role (1 supervisor); levels are set outside."""
    a = f[k.AGENT]
    one = s.agent[a]
    core.unplace(s, a)
    one[k.MEMBER] = f[k.X0]
    one[k.SKILLS] = f[k.X1]
    one[k.SPEAKS] = f[k.X2]
    one[k.OWN_LIMIT] = f[k.X3]
    if f[k.X4] == 1 and one[k.ROLE] == 0:
        one[k.NEXT_SUPERVISOR] = s.desk[k.FIRST_SUPERVISOR]
        s.desk[k.FIRST_SUPERVISOR] = a
    if f[k.X4] == 0 and one[k.ROLE] == 1:
        drop_supervisor(s, a)
    one[k.ROLE] = f[k.X4]
    core.set_limit(s, p, a)
    core.place(s, p, a)
    return -1


def drop_supervisor(s: State, a: int) -> None:
    """Take an agent out of the chain of supervisors."""
    after = s.agent[a][k.NEXT_SUPERVISOR]
    at = s.desk[k.FIRST_SUPERVISOR]
    if at == a:
        s.desk[k.FIRST_SUPERVISOR] = after
        return
    while s.agent[at][k.NEXT_SUPERVISOR] != a:
        at = s.agent[at][k.NEXT_SUPERVISOR]
    s.agent[at][k.NEXT_SUPERVISOR] = after


def presence_set(s: State, p: Tables, f: Any) -> int:
    """X0: offline 0, away 1, online 2. Going offline lets the agent's helping go; what it owns is for the rules."""
    a = f[k.AGENT]
    one = s.agent[a]
    if one[k.PRESENCE] == f[k.X0]:
        return -1
    core.unplace(s, a)
    one[k.PRESENCE] = f[k.X0]
    if f[k.X0] == k.ONLINE:
        core.place(s, p, a)
    if f[k.X0] == k.OFFLINE:
        one[k.FOCUS] = k.NOBODY
        while one[k.FIRST_HELP] >= 0:
            node = one[k.FIRST_HELP]
            core.mark(s, node // k.HELPERS_MAX, k.SAW_STAGE)
            core.release_helper(s, p, node // k.HELPERS_MAX, node % k.HELPERS_MAX)
    c = one[k.FIRST_OWN]
    while c >= 0:
        core.mark(s, c, k.SAW_STAGE | k.SAW_DESK)
        c = s.conversation[c][k.OWN_NEXT]
    return -1


def turn_peak(s: State, p: Tables, on: int, at: int, by_hand: int) -> None:
    """Enter or leave peak mode: limits change and waiting conversations are seen by other groups."""
    desk = s.desk
    desk[k.PEAK_ON] = on
    desk[k.PEAK_SINCE] = at
    desk[k.PEAK_BY_HAND] = by_hand
    for a in range(desk[k.AGENTS]):
        core.set_limit(s, p, a)
    if desk[k.WAITING_NOW] > 0:
        for c in range(desk[k.CONVERSATIONS]):
            core.requeue(s, p, c)


def peak_set(s: State, p: Tables, f: Any) -> int:
    """X0: on 1, off 0."""
    if s.desk[k.PEAK_ON] == f[k.X0]:
        return k.NO_CHANGE
    turn_peak(s, p, f[k.X0], s.desk[k.NOW], 1)
    return -1


# ---------------------------------------------------------------- customers


def customer_set(s: State, f: Any) -> int:
    """X0 customer; the fields themselves are set outside, where text becomes numbers."""
    c = s.customer[f[k.X0]][k.LATEST]
    while c >= 0 and s.conversation[c][k.STAGE] < k.RESOLVED:
        core.mark(s, c, k.SAW_CUSTOMER)
        c = s.conversation[c][k.EARLIER]
    return -1


def opened(s: State, p: Tables, f: Any) -> int:
    """X0 customer, X1 group (-1: by rule), X2 language, X3 needs, X4 group given by hand; AGENT: begun by an agent."""
    c = f[k.WHO]
    now = s.desk[k.NOW]
    row = s.conversation[c]
    row[k.STAGE] = k.WAITING
    row[k.CUSTOMER] = f[k.X0]
    row[k.HOME] = f[k.X1] if f[k.X1] >= 0 else p.number[k.P_DEFAULT_GROUP]
    row[k.ROUTED] = 1 if f[k.X1] >= 0 else 0
    row[k.GROUPS] = 1 << row[k.HOME]
    row[k.NEEDS] = f[k.X3]
    row[k.OPENED] = now
    row[k.TOUCHED] = now
    row[k.LEVEL] = p.number[k.P_START_LEVEL]
    learn_language(p, row, f[k.X2])
    if f[k.X0] >= 0:
        remember_contact(s, c, f[k.X0], now)
    core.mark(s, c, k.SAW_ALL)
    if f[k.AGENT] >= 0:
        core.settle(s, p, c, f[k.AGENT], now)
        row[k.VIEWED] = now
        core.stop_ladder(s, c, k.ASSIGNMENT)
    return -1


def learn_language(p: Tables, row: Any, language: int) -> None:
    """Keep the first language known; whether it is asked for is the policy's number."""
    if row[k.LANGUAGE] < 0 and language >= 0:
        row[k.LANGUAGE] = language
        row[k.LANGUAGE_RULE] = p.number[k.P_LANGUAGE]


def remember_contact(s: State, c: int, who: int, now: int) -> None:
    """Count the contacts of the last 30 days before this one, then remember this one."""
    row = s.conversation[c]
    customer = s.customer[who]
    row[k.EARLIER] = customer[k.LATEST]
    customer[k.LATEST] = c
    count = 0
    for i in range(k.CONTACTS_KEPT):
        then = customer[k.CONTACT0 + i]
        if then >= 0 and now - then <= 30 * 86_400_000:
            count += 1
    row[k.CONTACTS] = count
    row[k.RETURNING] = 1 if customer[k.SEEN] > 0 else 0
    customer[k.CONTACT0 + customer[k.SEEN] % k.CONTACTS_KEPT] = now
    customer[k.SEEN] += 1


# ---------------------------------------------------------------- messages


def count_up(s: State, p: Tables, c: int) -> None:
    """Work the complexity of a conversation out again, and what it weighs."""
    row = s.conversation[c]
    number = p.number
    row[k.COMPLEXITY] = rules.complexity(
        row[k.TURNS],
        row[k.WORDS],
        row[k.INQUIRIES],
        row[k.TRANSFERS],
        number[k.P_TURN],
        number[k.P_WORDS],
        number[k.P_INQUIRY],
        number[k.P_TRANSFER],
    )
    core.reload(s, p, c)


def customer_wrote(s: State, p: Tables, f: Any) -> int:
    """X0 signals, X1 words, X2 language. To a conversation closed for too long it changes nothing: it is renewed."""
    c = f[k.WHO]
    row = s.conversation[c]
    now = s.desk[k.NOW]
    if row[k.STAGE] >= k.RESOLVED and now - row[k.CLOSED] > p.number[k.P_REOPEN]:
        core.emit(s, k.D_RENEWED, c, -1, -1, 0, 0, 0, -1, now - row[k.CLOSED], p.number[k.P_REOPEN], 0)
        return -1
    row[k.MESSAGE_AT] = now
    row[k.TOUCHED] = now
    row[k.SIGNALS] |= f[k.X0]
    row[k.SIGNALS_NOW] |= f[k.X0]
    row[k.WORDS] += f[k.X1]
    row[k.TIDY_DONE] = 0
    learn_language(p, row, f[k.X2])
    if row[k.UNANSWERED] < 0:
        row[k.UNANSWERED] = now
        row[k.TURNS] += 1
    if row[k.LADDER0 + k.WAIT] < 0:
        core.start_ladder(s, c, k.WAIT, row[k.UNANSWERED])
    if row[k.STAGE] == k.ASSIGNED and row[k.LADDER0 + k.MESSAGE] < 0:
        core.start_ladder(s, c, k.MESSAGE, now)
    count_up(s, p, c)
    core.mark(s, c, k.SAW_TEXT | k.SAW_TIME | k.SAW_COUNTS)
    return -1


def agent_wrote(s: State, p: Tables, f: Any) -> int:
    """X0: 1 automatic, which answers nobody. A reply to a waiting conversation claims it."""
    c = f[k.WHO]
    row = s.conversation[c]
    if f[k.X0] == 1:
        return -1
    now = s.desk[k.NOW]
    row[k.REPLY_AT] = now
    row[k.TOUCHED] = now
    row[k.UNANSWERED] = k.NEVER
    row[k.SIGNALS_NOW] = 0
    core.stop_ladder(s, c, k.WAIT)
    if row[k.STAGE] == k.WAITING and f[k.AGENT] >= 0:
        take(s, p, c, f[k.AGENT])
    core.reload(s, p, c)
    core.mark(s, c, k.SAW_TEXT | k.SAW_TIME | k.SAW_STAGE)
    look(s, c, f[k.AGENT], now)
    return -1


def look(s: State, c: int, a: int, now: int) -> None:
    """Let an agent look at a conversation: the owner's or a helper's look stops what rings for them."""
    if a < 0:
        return
    row = s.conversation[c]
    s.agent[a][k.FOCUS] = c
    if row[k.HELD_BY] == a or row[k.HELPER0] == a or row[k.HELPER1] == a or row[k.HELPER2] == a:
        row[k.VIEWED] = now
        core.stop_ladder(s, c, k.MESSAGE)
        core.stop_ladder(s, c, k.ASSIGNMENT)
        if row[k.STAGE] == k.ASSIGNED:
            core.start_ladder(s, c, k.NEGLECTED, now)
        for kind in range(k.TOPICS):
            row[k.MERGED0 + kind] = 0
        core.mark(s, c, k.SAW_TIME)


def rated(s: State, f: Any) -> int:
    """X0: -1 bad, 0 neutral, 1 good."""
    row = s.conversation[f[k.WHO]]
    if row[k.CUSTOMER] >= 0:
        customer = s.customer[row[k.CUSTOMER]]
        customer[k.RATING] = f[k.X0]
        customer[k.RATED_AT] = s.desk[k.NOW]
    core.mark(s, f[k.WHO], k.SAW_CUSTOMER)
    return -1


# ---------------------------------------------------------------- hands on a conversation


def take(s: State, p: Tables, c: int, a: int) -> None:
    """Give a conversation to an agent by hand, from whatever stage allows it."""
    row = s.conversation[c]
    if row[k.OWNER_OF] >= 0 and row[k.OWNER_OF] != a:
        row[k.TRANSFERS] += 1
        count_up(s, p, c)
    if row[k.HELD_BY] >= 0:
        core.unsettle(s, p, c)
    core.settle(s, p, c, a, s.desk[k.NOW])
    core.mark(s, c, k.SAW_STAGE | k.SAW_TIME | k.SAW_COUNTS)


def put_back(s: State, p: Tables, c: int, since: int) -> None:
    """Let a conversation wait in the queue, counted from `since`."""
    row = s.conversation[c]
    core.unsettle(s, p, c)
    row[k.QUEUED] = since
    row[k.ENTERED] = 1
    core.enqueue(s, p, c)
    core.mark(s, c, k.SAW_STAGE | k.SAW_TIME)


def owner_set(s: State, p: Tables, f: Any) -> int:
    """AGENT: the new owner, -1 back to the queue."""
    c = f[k.WHO]
    row = s.conversation[c]
    if f[k.AGENT] < 0:
        if row[k.STAGE] == k.WAITING:
            return k.NO_CHANGE
        since = row[k.UNANSWERED] if row[k.UNANSWERED] >= 0 else s.desk[k.NOW]
        put_back(s, p, c, since)
        return -1
    if row[k.HELD_BY] == f[k.AGENT] and row[k.STAGE] == k.ASSIGNED:
        return k.NO_CHANGE
    take(s, p, c, f[k.AGENT])
    return -1


def group_set(s: State, p: Tables, f: Any) -> int:
    """X0 the group: the conversation waits there, whoever held it."""
    c = f[k.WHO]
    row = s.conversation[c]
    core.dequeue(s, c)
    row[k.HOME] = f[k.X0]
    row[k.GROUPS] = 1 << f[k.X0]
    row[k.NEEDS] = 0
    row[k.ROUTED] = 1
    row[k.STEP] = 0
    since = row[k.UNANSWERED] if row[k.UNANSWERED] >= 0 else s.desk[k.NOW]
    put_back(s, p, c, since)
    return -1


def helper_set(s: State, p: Tables, f: Any) -> int:
    """X0: 1 invited, 0 released."""
    c = f[k.WHO]
    row = s.conversation[c]
    a = f[k.AGENT]
    free = -1
    for slot in range(k.HELPERS_MAX):
        if row[k.HELPER0 + slot] == a:
            if f[k.X0] == 1:
                return k.NO_CHANGE
            core.release_helper(s, p, c, slot)
            return -1
        if free < 0 and row[k.HELPER0 + slot] < 0:
            free = slot
    if f[k.X0] == 0 or row[k.HELD_BY] == a:
        return k.NO_CHANGE
    if s.agent[a][k.PRESENCE] == k.OFFLINE:
        return k.NOT_ONLINE
    if free < 0:
        return k.NO_ROOM_FOR_HELPER
    core.add_helper(s, p, c, free, a)
    return -1


def tag_set(s: State, f: Any) -> int:
    """X0 facet, X1 bit (0: a tag no rule speaks of), X2 on."""
    row = s.conversation[f[k.WHO]]
    facet = f[k.X0]
    bit = f[k.X1]
    if f[k.X2] == 1:
        row[k.HAND0 + facet] |= bit
        row[k.OFF0 + facet] &= ~bit
    else:
        row[k.HAND0 + facet] &= ~bit
        row[k.OFF0 + facet] |= bit
    count_tags(row, facet)
    core.mark(s, f[k.WHO], k.SAW_TAGS | k.SAW_COUNTS)
    return -1


def count_tags(row: Any, facet: int) -> None:
    """Work the tags of a facet out: by rule unless taken off by hand, and all by hand."""
    tags = (row[k.RULED0 + facet] & ~row[k.OFF0 + facet]) | row[k.HAND0 + facet]
    row[k.TAGS0 + facet] = tags
    if facet == 1:
        n = 0
        while tags != 0:
            tags &= tags - 1
            n += 1
        row[k.INQUIRIES] = n


def priority_set(s: State, p: Tables, f: Any) -> int:
    """X0: the level by hand, -1 cleared: then the highest active reason holds again."""
    c = f[k.WHO]
    row = s.conversation[c]
    row[k.HAND] = f[k.X0]
    core.set_level(s, p, c, f[k.X0] if f[k.X0] >= 0 else level_by_reason(s, p, c))
    core.mark(s, c, k.SAW_STAGE)
    return -1


def level_by_reason(s: State, p: Tables, c: int) -> int:
    """Return the highest level of the active reasons, or where conversations begin; remember the reason."""
    row = s.conversation[c]
    level = p.number[k.P_START_LEVEL]
    row[k.REASON] = k.NOBODY
    for r in range(len(p.level_rule)):
        if s.reason[c][r] != 0 and p.level_rule[r][k.R_LEVEL] > level:
            level = p.level_rule[r][k.R_LEVEL]
            row[k.REASON] = r
    return level


# ---------------------------------------------------------------- stages


def end(s: State, p: Tables, c: int, stage: int) -> int:
    """Resolve, abandon or archive; the customer's history counts what stayed unresolved."""
    row = s.conversation[c]
    was = row[k.STAGE]
    row[k.STAGE_BEFORE] = was
    core.close(s, p, c, stage, s.desk[k.NOW])
    if row[k.CUSTOMER] >= 0 and was < k.RESOLVED:
        customer = s.customer[row[k.CUSTOMER]]
        customer[k.PAST_TRANSFERS] += row[k.TRANSFERS]
        if stage == k.ABANDONED:
            customer[k.UNRESOLVED] += 1
        if stage == k.RESOLVED:
            customer[k.UNRESOLVED] = 0
    core.mark(s, c, k.SAW_STAGE | k.SAW_TIME)
    return -1


def reopen(s: State, p: Tables, c: int, stage: int) -> int:
    """Open a closed or snoozed conversation again: with its owner if that one is not offline, else in the queue."""
    row = s.conversation[c]
    a = row[k.OWNER_OF]
    row[k.UNTIL] = k.NEVER
    if stage == k.RESOLVED or stage == k.ABANDONED:
        row[k.STAGE] = stage
        core.mark(s, c, k.SAW_STAGE)
        return -1
    row[k.CLOSED] = k.NEVER
    if row[k.UNANSWERED] >= 0 and row[k.LADDER0 + k.WAIT] < 0:
        core.start_ladder(s, c, k.WAIT, s.desk[k.NOW])
    if a >= 0 and s.agent[a][k.PRESENCE] != k.OFFLINE:
        if row[k.HELD_BY] >= 0:
            core.detach(s, p, c)
        core.settle(s, p, c, a, s.desk[k.NOW])
        core.mark(s, c, k.SAW_STAGE | k.SAW_TIME)
    else:
        put_back(s, p, c, s.desk[k.NOW])
    return -1


def snooze(s: State, p: Tables, f: Any) -> int:
    """X0: until."""
    c = f[k.WHO]
    row = s.conversation[c]
    core.dequeue(s, c)
    row[k.STAGE] = k.SNOOZED
    row[k.QUEUED] = k.NEVER
    row[k.UNTIL] = f[k.X0]
    for topic in range(k.TOPICS):
        core.stop_ladder(s, c, topic)
    core.reload(s, p, c)
    core.mark(s, c, k.SAW_STAGE | k.SAW_TIME)
    return -1


def fold_conversation(s: State, p: Tables, f: Any, stage: int) -> int:
    """Fold a fact about a conversation that exists, whose stage allows it."""
    kind = f[k.KIND]
    c = f[k.WHO]
    if kind == k.F_CUSTOMER_WROTE:
        return customer_wrote(s, p, f)
    if kind == k.F_AGENT_WROTE:
        return agent_wrote(s, p, f)
    if kind == k.F_SYSTEM_WROTE or kind == k.F_NOTE:
        return -1
    if kind == k.F_VIEWED:
        look(s, c, f[k.AGENT], s.desk[k.NOW])
        return -1
    if kind == k.F_LEFT or kind == k.F_RESOLVED or kind == k.F_ARCHIVED:
        return end(s, p, c, stage)
    if kind == k.F_REOPENED:
        return reopen(s, p, c, k.ASSIGNED)
    if kind == k.F_UNARCHIVED:
        return reopen(s, p, c, s.conversation[c][k.STAGE_BEFORE])
    if kind == k.F_SNOOZED:
        return snooze(s, p, f)
    if kind == k.F_TAG:
        return tag_set(s, f)
    if kind == k.F_PRIORITY:
        return priority_set(s, p, f)
    if kind == k.F_OWNER:
        return owner_set(s, p, f)
    if kind == k.F_GROUP:
        return group_set(s, p, f)
    if kind == k.F_HELPER:
        return helper_set(s, p, f)
    return rated(s, f)


def fold_fact(s: State, p: Tables, f: Any) -> int:
    """Fold one fact; return -1, or why it is refused."""
    remember_time(s, f[k.AT])
    kind = f[k.KIND]
    if k.F_OPENED < kind <= k.F_RATED:
        stage = core.LIFE[s.conversation[f[k.WHO]][k.STAGE]][kind - k.F_OPENED]
        if stage == core.NO:
            return k.BAD_STAGE
        return fold_conversation(s, p, f, stage)
    if kind == k.F_OPENED:
        return opened(s, p, f)
    if kind == k.F_AGENT:
        return agent_set(s, p, f)
    if kind == k.F_PRESENCE:
        return presence_set(s, p, f)
    if kind == k.F_PEAK:
        return peak_set(s, p, f)
    if kind == k.F_CUSTOMER:
        return customer_set(s, f)
    return -1
