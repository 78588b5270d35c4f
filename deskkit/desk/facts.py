"""Facts folded into the state: what happened, without any rule.

`fold_fact` takes one row (columns KIND, AT, WHO, AGENT, X0 ...) and returns -1, or why the fact is refused and changed
nothing. Which stage a fact leads to stands in `core.LIFE` alone.
"""

from typing import Any

from deskkit.desk import columns as k
from deskkit.desk import core, people, queues, rules
from deskkit.desk.columns import State, Tables

__all__ = ["fold_fact"]


def remember_time(s: State, at: int) -> int:
    """Let the desk's clock go forward, never back."""
    s.desk[k.NOW] = max(s.desk[k.NOW], at)
    if s.desk[k.AGAIN] <= s.desk[k.NOW]:
        s.desk[k.AGAIN] = k.FAR
    return s.desk[k.NOW]


# ---------------------------------------------------------------- a conversation begins


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
        people.remember_contact(s, c, f[k.X0], now)
    core.mark(s, c, k.SAW_ALL)
    if f[k.AGENT] >= 0:
        core.settle(s, p, c, f[k.AGENT], now)
        row[k.VIEWED] = now
        core.stop_ladder(s, c, k.ASSIGNMENT)
    return -1


def learn_language(p: Tables, row: Any, language: int) -> None:
    """Keep the first language known."""
    if row[k.LANGUAGE] < 0 and language >= 0:
        row[k.LANGUAGE] = language
        ask_language(p, row)


def ask_language(p: Tables, row: Any) -> None:
    """Let a wait begin in which the language known counts as the policy says."""
    if row[k.LANGUAGE] >= 0:
        row[k.LANGUAGE_RULE] = p.number[k.P_LANGUAGE]


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
    """X0 signals, X1 words, X2 language, X3 a mere courtesy. Closed for too long, the conversation is renewed."""
    c = f[k.WHO]
    row = s.conversation[c]
    now = s.desk[k.NOW]
    if f[k.X3] == 1 and row[k.UNANSWERED] < 0 and row[k.TURNS] > 0:
        row[k.MESSAGE_AT] = now  # a thank-you after the answer: nobody waits, nothing reopens
        row[k.TOUCHED] = now
        row[k.WORDS] += f[k.X1]
        row[k.SIGNALS] |= f[k.X0]
        core.mark(s, c, k.SAW_TEXT | k.SAW_TIME)
        return -1
    if row[k.STAGE] >= k.RESOLVED and now - row[k.CLOSED] > p.number[k.P_REOPEN]:
        core.emit(s, k.D_RENEWED, c, -1, -1, 0, 0, 0, -1, now - row[k.CLOSED], p.number[k.P_REOPEN], 0)
        return -1
    row[k.MESSAGE_AT] = now
    row[k.TOUCHED] = now
    row[k.SIGNALS] |= f[k.X0]
    row[k.SIGNALS_NOW] |= f[k.X0]
    row[k.WORDS] += f[k.X1]
    row[k.TIDY_DONE] = 0
    if row[k.LANGUAGE] < 0 and f[k.X2] >= 0:
        learn_language(p, row, f[k.X2])
        queues.requeue(s, p, c)
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
    core.stop_ladder(s, c, k.MESSAGE)
    row[k.MERGED0 + k.GROUP] = 0
    row[k.MERGED0 + k.SUPERVISOR] = 0
    if row[k.STAGE] == k.WAITING and f[k.AGENT] >= 0:
        take(s, p, c, f[k.AGENT])
    core.reload(s, p, c)
    core.mark(s, c, k.SAW_TEXT | k.SAW_TIME | k.SAW_STAGE)
    if f[k.AGENT] >= 0:
        # Where no view of this tab is known, all that a reply tells of later is that no other tab is looked at.
        people.look(s, f[k.AGENT], c if s.agent[f[k.AGENT]][k.FOCUS] == c else k.NOBODY)
        people.seen(s, c, f[k.AGENT], now)
    return -1


def rated(s: State, f: Any) -> int:
    """X0: -1 bad, 0 neutral, 1 good."""
    row = s.conversation[f[k.WHO]]
    if row[k.CUSTOMER] >= 0:
        customer = s.customer[row[k.CUSTOMER]]
        customer[k.RATING] = f[k.X0]
        customer[k.RATED_AT] = s.desk[k.NOW]
        people.customer_set(s, row[k.CUSTOMER])
    core.mark(s, f[k.WHO], k.SAW_CUSTOMER)
    return -1


# ---------------------------------------------------------------- hands on a conversation


def take(s: State, p: Tables, c: int, a: int) -> None:
    """Give a conversation to an agent by hand, from whatever stage allows it."""
    row = s.conversation[c]
    if row[k.HELD_BY] >= 0:
        row[k.TRANSFERS] += 1 if row[k.HELD_BY] != a else 0
        count_up(s, p, c)
        core.unsettle(s, p, c)
    core.settle(s, p, c, a, s.desk[k.NOW])
    core.mark(s, c, k.SAW_STAGE | k.SAW_TIME | k.SAW_COUNTS)


def put_back(s: State, p: Tables, c: int, since: int) -> None:
    """Let a conversation wait in the queue, counted from `since`."""
    row = s.conversation[c]
    if row[k.HELD_BY] >= 0:  # counted when it leaves its owner, so that its weight is known to who takes it next
        row[k.TRANSFERS] += 1
        count_up(s, p, c)
    core.unsettle(s, p, c)
    row[k.QUEUED] = since
    if since == s.desk[k.NOW]:  # a new wait: what an earlier one opened to others is closed again
        row[k.STEP] = 0
        row[k.GROUPS] = 1 << row[k.HOME]
        ask_language(p, row)
    row[k.ENTERED] = 1
    queues.enqueue(s, p, c)
    core.mark(s, c, k.SAW_STAGE | k.SAW_TIME)


def owner_set(s: State, p: Tables, f: Any) -> int:
    """AGENT: the new owner, -1 back to the queue."""
    c = f[k.WHO]
    row = s.conversation[c]
    if f[k.AGENT] < 0:
        if row[k.STAGE] == k.WAITING:
            return k.NO_CHANGE
        since = row[k.UNANSWERED] if row[k.UNANSWERED] >= 0 else s.desk[k.NOW]
        row[k.EXCLUDED] = row[k.HELD_BY]  # whoever gave it up gets it again only if nobody else can take it
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
    queues.dequeue(s, c)
    row[k.HOME] = f[k.X0]
    row[k.GROUPS] = 1 << f[k.X0]
    row[k.NEEDS] = 0
    row[k.ROUTED] = 1
    row[k.STEP] = 0
    since = row[k.QUEUED]
    if since < 0:
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


def tag_set(s: State, p: Tables, f: Any) -> int:
    """X0 facet, X1 bit (0: a tag no rule speaks of), X2 on."""
    row = s.conversation[f[k.WHO]]
    facet = f[k.X0]
    bit = f[k.X1]
    row[k.RULED0 + facet] &= ~bit  # the hand's word from here on
    if f[k.X2] == 1:
        row[k.HAND0 + facet] |= bit
        row[k.OFF0 + facet] &= ~bit
    else:
        row[k.HAND0 + facet] &= ~bit
        row[k.OFF0 + facet] |= bit
    count_tags(row, facet)
    count_up(s, p, f[k.WHO])
    if len(p.credit) > 0:
        queues.requeue(s, p, f[k.WHO])
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
    queues.set_level(s, p, c, f[k.X0] if f[k.X0] >= 0 else level_by_reason(s, p, c))
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
    if was < k.RESOLVED:
        people.count_open(s, c, -1)
    if row[k.CUSTOMER] >= 0 and stage != k.ARCHIVED:
        customer = s.customer[row[k.CUSTOMER]]
        customer[k.UNRESOLVED] = customer[k.UNRESOLVED] + 1 if stage == k.ABANDONED else 0
        people.customer_set(s, row[k.CUSTOMER])
    core.mark(s, c, k.SAW_STAGE | k.SAW_TIME)
    return -1


def reopen(s: State, p: Tables, c: int) -> int:
    """Open a closed or snoozed conversation again: with its owner if that one is not offline, else in the queue."""
    row = s.conversation[c]
    now = s.desk[k.NOW]
    a = row[k.OWNER_OF]
    row[k.UNTIL] = k.NEVER
    come_back(s, c)
    if a >= 0 and s.agent[a][k.PRESENCE] != k.OFFLINE:
        if row[k.HELD_BY] >= 0:
            core.detach(s, p, c)
        core.settle(s, p, c, a, now)
        core.mark(s, c, k.SAW_STAGE | k.SAW_TIME)
    else:
        put_back(s, p, c, row[k.UNANSWERED] if row[k.UNANSWERED] >= 0 else now)
    return -1


def come_back(s: State, c: int) -> None:
    """Let a conversation be open again, if it was closed; what is owed to its customer is waited for."""
    row = s.conversation[c]
    if row[k.STAGE] >= k.RESOLVED:
        people.count_open(s, c, 1)
        row[k.CLOSED] = k.NEVER
    if row[k.UNANSWERED] >= 0 and row[k.LADDER0 + k.WAIT] < 0:
        core.start_ladder(s, c, k.WAIT, s.desk[k.NOW])
    core.mark(s, c, k.SAW_CUSTOMER)


def unarchive(s: State, p: Tables, c: int) -> int:
    """Undo an archiving: back to the stage before it, with the owner of that time unless offline now."""
    row = s.conversation[c]
    stage = row[k.STAGE_BEFORE]
    if stage == k.ASSIGNED:
        return reopen(s, p, c)
    if stage < k.RESOLVED:
        come_back(s, c)
    row[k.STAGE] = stage
    if stage == k.SNOOZED and row[k.OWNER_OF] >= 0:
        core.attach(s, p, c, row[k.OWNER_OF])
    if stage == k.WAITING and row[k.ENTERED] == 1:
        put_back(s, p, c, row[k.UNANSWERED] if row[k.UNANSWERED] >= 0 else s.desk[k.NOW])
    core.mark(s, c, k.SAW_STAGE | k.SAW_TIME)
    return -1


def snooze(s: State, p: Tables, f: Any) -> int:
    """X0: until."""
    c = f[k.WHO]
    row = s.conversation[c]
    queues.dequeue(s, c)
    row[k.STAGE] = k.SNOOZED
    row[k.QUEUED] = k.NEVER
    row[k.UNTIL] = f[k.X0]
    for topic in range(k.TOPICS):
        core.stop_ladder(s, c, topic)
        row[k.MERGED0 + topic] = 0
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
        people.look(s, f[k.AGENT], c)
        people.seen(s, c, f[k.AGENT], s.desk[k.NOW])
        return -1
    if kind == k.F_LEFT or kind == k.F_RESOLVED or kind == k.F_ARCHIVED:
        return end(s, p, c, stage)
    if kind == k.F_REOPENED:
        return reopen(s, p, c)
    if kind == k.F_UNARCHIVED:
        return unarchive(s, p, c)
    if kind == k.F_SNOOZED:
        return snooze(s, p, f)
    if kind == k.F_TAG:
        return tag_set(s, p, f)
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
        return people.agent_set(s, p, f)
    if kind == k.F_PRESENCE:
        return people.presence_set(s, p, f)
    if kind == k.F_PEAK:
        return people.peak_set(s, p, f)
    if kind == k.F_CUSTOMER or kind == k.F_HISTORY:
        return people.customer_set(s, f[k.X0])
    return -1
