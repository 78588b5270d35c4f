"""The layout of the model: columns of the integer rows, codes of facts and decisions, policy numbers.

One source, two speeds: `rules`, `heap`, `core` and the deciding modules beside them are plain functions over rows of
integers. In the live desk a table is a list of lists, in the compiled engine an int64 array of two dimensions; the
code is the same. Times are milliseconds, loads thousandths of a unit, money hundredths. This module holds
constants and the two tuples only.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

NEVER: Final = -1  # an instant that does not exist
NOBODY: Final = -1  # no agent, no conversation, no customer, no rule
FAR: Final = 1 << 61  # later than every instant

# Stages, and what stands for "not opened".
WAITING, ASSIGNED, SNOOZED, RESOLVED, ABANDONED, ARCHIVED = range(6)
STAGES: Final = 6
LOW, NORMAL, HIGH, URGENT = range(4)
LEVELS: Final = 4
OFFLINE, AWAY, ONLINE = range(3)
MESSAGE, ASSIGNMENT, WAIT, NEGLECTED = range(4)  # what a ladder is about
TOPICS: Final = 4
OWNER, HELPERS, GROUP, SUPERVISOR = range(4)  # whom a rung is for
LEAST_LOAD, ROUND_ROBIN, LONGEST_IDLE, BEST_SKILL = range(4)
IGNORED, PREFERRED, REQUIRED = range(3)  # how language counts
SUGGEST, ARCHIVE, RESOLVE = range(3)  # what tidying does
# Why a notice was held.
BY_LIMIT, BY_QUIET, BY_VIEWING, BY_OFFLINE, BY_NOBODY, BY_MERGING, BY_LATER_RUNG, BY_PAUSE = range(8)
# Why a fact was refused.
BAD_STAGE, NO_SUCH_AGENT, NOT_ONLINE, NO_CHANGE, NO_ROOM_FOR_HELPER = range(5)
HELPERS_MAX: Final = 3
CONTACTS_KEPT: Final = 8
OWN_MAX: Final = 16
SKILLS_MAX: Final = 32

# Facts as the model sees them; text, names and reasons stay outside.
(
    F_AGENT, F_PRESENCE, F_PEAK, F_DEADLINE, F_CUSTOMER, F_HISTORY, F_OPENED, F_CUSTOMER_WROTE, F_AGENT_WROTE,
    F_SYSTEM_WROTE, F_NOTE, F_VIEWED, F_LEFT, F_RESOLVED, F_REOPENED, F_SNOOZED, F_ARCHIVED, F_UNARCHIVED, F_TAG,
    F_PRIORITY, F_OWNER, F_GROUP, F_HELPER, F_RATED, F_POLICY, F_PAUSE,
) = range(26)  # fmt: skip
# A fact is a row: kind, at, conversation, agent, and up to eight numbers.
KIND, AT, WHO, AGENT, X0, X1, X2, X3, X4, X5, X6, X7 = range(12)
FACT_WIDTH: Final = 12

(
    D_TAGGED, D_PRIORITISED, D_ASSIGNED, D_ADVISED, D_RETURNED, D_OVERFLOWED, D_TURNED_AWAY, D_WOKEN, D_REVIVED,
    D_RENEWED, D_PEAK, D_LENT, D_NOTIFIED, D_HELD, D_DIGEST, D_TIDIED, D_REFUSED, D_QUEUED,
) = range(18)  # fmt: skip
# A decision is a row: kind, conversation, agent, four numbers of its own, the rule and five integers of `because`.
OF, ON, Y0, Y1, Y2, Y3, RULE, B0, B1, B2, B3, B4 = range(1, 13)
DECISION_WIDTH: Final = 13

# Links of a heap stand at the same offsets in conversations and agents; each row is in up to two heaps.
KEY, CHILD, PREV, NEXT = range(4)
IN_LINE: Final = 0  # a conversation in its lane, an agent in its pool
IN_TIME: Final = 4  # a conversation or agent by its next instant

# ---------------------------------------------------------------- conversation
(
    STAGE, STAGE_BEFORE, CLOSED_FROM, CUSTOMER, HOME, GROUPS, NEEDS, LANGUAGE, LANGUAGE_RULE,
    OWNER_OF, HELPER0, HELPER1, HELPER2,
    OPENED, QUEUED, UNANSWERED, MESSAGE_AT, REPLY_AT, VIEWED, GIVEN, UNTIL, CLOSED, TOUCHED, ROUTED,
    LEVEL, HAND, REASON, TAGS0, TAGS1, TAGS2, RULED0, RULED1, RULED2, OFF0, OFF1, OFF2, HAND0, HAND1, HAND2,
    SIGNALS, SIGNALS_NOW, TURNS, WORDS, INQUIRIES, TRANSFERS, COMPLEXITY, TRIES, EXCLUDED, STEP, LOAD, LANE,
    OWN_NEXT, OWN_PREV, HELP_NEXT0, HELP_NEXT1, HELP_NEXT2, HELP_PREV0, HELP_PREV1, HELP_PREV2,
    LADDER0, LADDER1, LADDER2, LADDER3, FIRED0, FIRED1, FIRED2, FIRED3,
    RANG0, RANG1, RANG2, RANG3, MERGED0, MERGED1, MERGED2, MERGED3,
    LOUD0, LOUD1, LOUD2, LOUD3,
    TIDY_DONE, DIRTY, MARKED, CONTACTS, ADVISED, HELD_BY, BUSY, ENTERED, RETURNING, EARLIER, WATCHED,
    OWED, OWED_SIGNALS, OWED_LADDER, UNRESOLVED_BEFORE,  # what a closing took for settled, in case it is undone
) = range(8, 8 + 94)  # fmt: skip
CONVERSATION_WIDTH: Final = 8 + 94

# ---------------------------------------------------------------- customer
(
    ORDERS, SPEND, LAST_ORDER, MEMBERSHIP, UNRESOLVED, RATING, RATED_AT, PAST_TRANSFERS, LAST_AGENT, SEEN, LATEST,
    OPEN_NOW, CONTACT0,
) = range(13)  # fmt: skip
OWN0: Final = CONTACT0 + CONTACTS_KEPT
CUSTOMER_WIDTH: Final = OWN0 + OWN_MAX
UNKNOWN: Final = -(1 << 40)  # a field nobody told us; compares as nothing

# ---------------------------------------------------------------- agent
(
    PRESENCE, MEMBER, LENT_TO, SKILLS, SPEAKS, LIMIT, HOLDS, POOL, LAST_GIVEN, IDLE_SINCE, FIRST_OWN, FIRST_HELP,
    OPEN, ACTIVE, FOCUS, HELD, DIGEST_AT, ROLE, NEXT_SUPERVISOR, RUNG_COUNT, OWN_LIMIT,
) = range(8, 8 + 21)  # fmt: skip
SKILL0: Final = 8 + 21
AGENT_WIDTH: Final = SKILL0 + SKILLS_MAX

# ---------------------------------------------------------------- lane (of conversations) and pool (of agents)
(
    LANE_GROUPS,
    LANE_NEEDS,
    LANE_LANGUAGE,
    LANE_LEVEL,
    LANE_TARGET,
    LANE_EXCLUDED,
    LANE_ROOT,
    LANE_SIZE,
    LANE_FRESH,
    LANE_PLACE,
) = range(10)
LANE_WIDTH: Final = 10
POOL_GROUPS, POOL_SKILLS, POOL_SPEAKS, POOL_LIMIT, POOL_ROOT, POOL_SIZE, POOL_FRESH = range(7)
POOL_SKILL0: Final = 7
POOL_WIDTH: Final = POOL_SKILL0 + SKILLS_MAX

# ---------------------------------------------------------------- the desk as a whole (one row)
(
    NOW, SERIAL, CONVERSATIONS, AGENTS, LANES, POOLS, DECIDED, DIRTIED, TIMER_ROOT, AGENT_TIMER_ROOT, WAITING_NOW,
    LOAD_NOW, LIMIT_NOW, PEAK_ON, PEAK_SINCE, PEAK_BY_HAND, PEAK_NEXT, CALENDAR_AT, CALENDAR, FIRST_SUPERVISOR,
    ACTIVE_LANES, QUIETLY, LONGEST, USE, SEEN_TERM, SEEN_VALUE, FRESH, CHOSEN, AGAIN,
) = range(29)  # fmt: skip
PAUSED0: Final = 29  # topic * LEVELS + level -> until when its ladder is paused
DESK_WIDTH: Final = PAUSED0 + TOPICS * LEVELS

# ---------------------------------------------------------------- terms of conditions
T_TABLE, T_COLUMN, T_OP, T_VALUE, T_YES, T_NO = range(6)
OF_CONVERSATION, OF_CUSTOMER, OF_GROUP, OF_DESK, OF_OWNER = range(5)
EQUAL, AT_LEAST, AT_MOST, ANY_BIT, SINCE_AT_LEAST, SINCE_AT_MOST, IS_NEVER = range(7)
YES: Final = -1
NO: Final = -2

# What changed about a conversation; a rule is looked at again when something it depends on changed.
SAW_TEXT, SAW_TAGS, SAW_CUSTOMER, SAW_TIME, SAW_STAGE, SAW_COUNTS, SAW_DESK = (1 << k for k in range(7))
SAW_ALL: Final = (1 << 7) - 1
READS_CALENDAR: Final = 1 << 7  # only in what a rule watches: hours and days, which pass for closed ones as well
SAW_LOOK: Final = 1 << 8  # somebody looked at it: what rings changes, and nothing else
SAW_ANYWAY: Final = SAW_TIME | SAW_STAGE | SAW_COUNTS | SAW_DESK  # looked at in every pass

# ---------------------------------------------------------------- rules, as rows
R_START, R_WATCHES, R_FACET, R_BIT, R_EXCLUSIVE = range(5)  # a tag rule
# a priority rule: R_START, R_WATCHES, then
R_LEVEL, R_HOLD, R_SIGNAL = 2, 3, 4
# a route: R_START, R_WATCHES, then
R_GROUP, R_NEEDS = 2, 3
# a tidying rule: R_START, R_WATCHES, then
R_DO = 2
V_GROUP, V_AFTER, V_TO, V_DROP = range(4)  # an overflow step; V_DROP: 1 skills, 2 language
L_FROM, L_TO, L_COUNT = range(3)  # a loan
# A rung; N_FIRST: when its first ringing is due; N_COVERED: the rings, as bits, that are at least as strong as its own.
N_AFTER, N_TO, N_RING, N_PUSH, N_NUMBER, N_FIRST, N_COVERED = range(7)
RUNG_WIDTH: Final = 7
LADDER_FIRST, LADDER_SIZE, LADDER_LOWEST = range(3)  # LADDER_LOWEST: of the levels that share the ladder
LADDER_WIDTH: Final = 3
M_COLUMN, M_MS, M_CLOSED = range(3)  # an alarm: an instant's column, a duration, whether it matters once closed
ADVISED_ONLY, CLOSED_NOW, BEHIND, NEXT_LOOK = range(4)  # why nobody is given what an agent could take
G_LIMIT, G_CAPACITY, G_PEAK_CAPACITY, G_OVERFLOW, G_STEPS = range(5)  # a group in the policy
Q_WAITING: Final = 0  # a group in the state

# ---------------------------------------------------------------- policy numbers
(
    P_START_LEVEL, P_REOPEN, P_GUARD, P_STRATEGY, P_LANGUAGE, P_PATIENCE, P_RETURNING, P_REASSIGN, P_TRIES,
    P_REDISTRIBUTE, P_DEFAULT_GROUP, P_WEIGHT_AGENT, P_WEIGHT_CUSTOMER, P_COMPLEX_FROM, P_COMPLEX_FACTOR, P_HELPER,
    P_RESERVE, P_CAPACITY, P_PEAK_CAPACITY, P_PEAK_ENTER, P_PEAK_LEAVE, P_PEAK_STAY, P_PEAK_WAIT, P_PER_MINUTE,
    P_DIGEST, P_MERGE, P_TURN, P_WORDS, P_INQUIRY, P_TRANSFER, P_OPEN_BIT, P_QUIET_BIT, P_ASSIGN_CLOSED,
    P_ACTS,
) = range(34)  # fmt: skip
NUMBERS: Final = 34


class State(NamedTuple):
    """What the desk knows, as tables of integer rows (lists of lists live, int64 arrays compiled)."""

    desk: Any
    conversation: Any
    reason: Any  # conversation x priority rule: 0 off, 1 on, else the instant until which it lasts on
    customer: Any
    agent: Any
    rang: Any  # agent x per-minute limit: instants of the latest notices
    group: Any
    lane: Any
    active_lane: Any  # numbers of lanes that are not empty, first ACTIVE_LANES entries of one row
    pool: Any
    dirty: Any  # numbers of conversations to look at in this pass, one row
    decision: Any


class Tables(NamedTuple):
    """A policy lowered to integer tables."""

    number: Any  # one row
    group: Any
    term: Any
    tag_rule: Any
    level_rule: Any
    route: Any
    overflow: Any
    loan: Any
    send: Any  # level -> groups in peak mode, one row
    tidy_rule: Any
    target: Any  # group x level -> ms
    credit: Any  # rows facet, bit, ms
    ladder: Any  # topic * LEVELS + level -> first rung, size, lowest level that shares it
    rung: Any
    alarm: Any  # columns of instants and durations after which a condition may change
    calendar: Any  # rows instant, bits of the windows open from then on
