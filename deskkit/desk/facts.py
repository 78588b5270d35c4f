"""Facts folded into the state: what happened, without any rule.

`fold_fact` takes one row (columns KIND, AT, WHO, AGENT, X0 ...) and returns -1, or why the fact is refused and changed
nothing. Which stage a fact leads to stands in `core.LIFE` alone.
"""

from typing import Any

from deskkit.desk import columns as k
from deskkit.desk import core, hands, people, queues
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
        hands.ask_language(p, row)


# ---------------------------------------------------------------- messages


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
    hands.count_up(s, p, c)
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
    row[k.OWED] = k.NEVER
    row[k.SIGNALS_NOW] = 0
    core.stop_ladder(s, c, k.WAIT)
    core.stop_ladder(s, c, k.MESSAGE)
    row[k.MERGED0 + k.GROUP] = 0
    row[k.MERGED0 + k.SUPERVISOR] = 0
    if row[k.STAGE] == k.WAITING and f[k.AGENT] >= 0:
        hands.take(s, p, c, f[k.AGENT])
    queues.requeue(s, p, c)  # answered by nobody known it waits on, lighter than before
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


# ---------------------------------------------------------------- stages


def end(s: State, p: Tables, c: int, stage: int) -> int:
    """Resolve, abandon or archive; the customer's history counts what stayed unresolved."""
    row = s.conversation[c]
    was = row[k.STAGE]
    row[k.STAGE_BEFORE] = was
    if stage != k.ARCHIVED:
        row[k.CLOSED_FROM] = was
    core.close(s, p, c, stage, s.desk[k.NOW])
    if was < k.RESOLVED:
        people.count_open(s, c, -1)
    if row[k.CUSTOMER] >= 0 and stage != k.ARCHIVED:
        customer = s.customer[row[k.CUSTOMER]]
        row[k.UNRESOLVED_BEFORE] = customer[k.UNRESOLVED]
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
        hands.put_back(s, p, c, row[k.UNANSWERED] if row[k.UNANSWERED] >= 0 else now)
    return -1


def undo_closing(s: State, p: Tables, c: int) -> int:
    """Undo that a conversation was handled: back to the stage before; what was owed is owed since the same instant.

    The ladder of the wait goes on where it stood, so that no rung of it rings twice. For its owner the conversation is
    given anew, as after an archiving undone.
    """
    row = s.conversation[c]
    if row[k.OWED] >= 0:
        row[k.UNANSWERED] = row[k.OWED]
        row[k.SIGNALS_NOW] |= row[k.OWED_SIGNALS]
        row[k.LADDER0 + k.WAIT] = row[k.OWED_LADDER]
    if row[k.CUSTOMER] >= 0:
        s.customer[row[k.CUSTOMER]][k.UNRESOLVED] = row[k.UNRESOLVED_BEFORE]
        people.customer_set(s, row[k.CUSTOMER])
    row[k.OWED] = k.NEVER
    row[k.STAGE_BEFORE] = row[k.CLOSED_FROM]  # it may have been archived in between, and taken out again
    return unarchive(s, p, c)


def come_back(s: State, c: int) -> None:
    """Let a conversation be open again, if it was closed; what is owed to its customer is waited for."""
    row = s.conversation[c]
    if row[k.STAGE] >= k.RESOLVED:
        people.count_open(s, c, 1)
        row[k.CLOSED] = k.NEVER
    row[k.OWED] = k.NEVER
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
        hands.put_back(s, p, c, row[k.UNANSWERED] if row[k.UNANSWERED] >= 0 else s.desk[k.NOW])
    core.mark(s, c, k.SAW_STAGE | k.SAW_TIME)
    return -1


def snooze(s: State, p: Tables, f: Any) -> int:
    """X0: until."""
    c = f[k.WHO]
    row = s.conversation[c]
    queues.dequeue(s, c)
    if row[k.HELD_BY] < 0:
        row[k.OWNER_OF] = k.NOBODY  # put aside while nobody has it, it comes back to nobody
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
        if f[k.X0] == 1 and s.conversation[c][k.STAGE] == k.RESOLVED:
            return undo_closing(s, p, c)
        s.conversation[c][k.TOUCHED] = s.desk[k.NOW]  # else a rule puts it away in the same breath
        return reopen(s, p, c)
    if kind == k.F_UNARCHIVED:
        s.conversation[c][k.TOUCHED] = s.desk[k.NOW]
        return unarchive(s, p, c)
    if kind == k.F_SNOOZED:
        return snooze(s, p, f)
    if kind == k.F_TAG:
        return hands.tag_set(s, p, f)
    if kind == k.F_PRIORITY:
        return hands.priority_set(s, p, f)
    if kind == k.F_OWNER:
        return hands.owner_set(s, p, f)
    if kind == k.F_GROUP:
        return hands.group_set(s, p, f)
    if kind == k.F_HELPER:
        return hands.helper_set(s, p, f)
    return rated(s, f)


def pause(s: State, f: Any) -> int:
    """X0 topic, X1 level, X2 until."""
    s.desk[k.PAUSED0 + f[k.X0] * k.LEVELS + f[k.X1]] = f[k.X2]
    return -1


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
    if kind == k.F_PAUSE:
        return pause(s, f)
    if kind == k.F_CUSTOMER or kind == k.F_HISTORY:
        return people.customer_set(s, f[k.X0])
    return -1
