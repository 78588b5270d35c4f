"""The layout of the compiled world: columns of its integer rows, and the tables it consists of.

As in `deskkit.desk.columns`, a table is a list of rows in Python and an array compiled. Contacts (customers'
conversations as rows of the workload) and people (agents) go by number; -1 is nobody, and for ever.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

NOBODY: Final = -1
FOREVER: Final = -1
FAR: Final = 1 << 61  # later than every instant
CLASSES: Final = 16  # an instant times this, plus what is due, orders all that is due: see `deskkit.sim.order`

# ---------------------------------------------------------------- a contact: what the workload says, then what goes on
(
    ARRIVES, KEY, CUSTOMER, GROUP, LANGUAGE, NEEDS, PATIENCE, SILENT, FIRST, STORED, TURNS, RATING, PASSED_TO,
    ASKS_HELP, STREAM, FIELDS, HISTORY, TAGS, TAG_COUNT,
    NUMBER, ASKED, ASSIGNED_AT, NOTICED_AT, LEFT_MS, TURN, REPLY_MS, QUEUED_AT, LEVEL, OWNER, HELPER, TAKEN,
    IS_OPEN, GONE, GAVE_UP, WAITS, WROTE, TURN_THEN, TOUCHES,
    HOLDER0, HOLDER1, TAB_PREV0, TAB_PREV1, TAB_NEXT0, TAB_NEXT1, REMINDED0, REMINDED1,
    REMIND_PREV0, REMIND_PREV1, REMIND_NEXT0, REMIND_NEXT1,
) = range(50)  # fmt: skip
CONTACT_WIDTH: Final = 50
HOLDERS: Final = 2  # the owner and one helper: nobody else has a tab of it
NO_RATING: Final = 9

# ---------------------------------------------------------------- a person
(
    PRESENCE, FOCUS, BEFORE, FIRST_TO, NOTICE_AT, NOTICING, BUSY, LEAVES, SWITCHED, INTERRUPTED, IDLE, MENDS, TABS,
    TAB_FIRST, REMIND_FIRST, REMIND_LAST, ALERT_FIRST, ALERT_LAST, ALERTS, ONE, TURNED, VIEWED_AT, NEEDED, BEGUN,
    GIVEN_AT, NOTED_AT, ASTRAY, TEAMS, SHIFT, SHIFT_END,
) = range(30)  # fmt: skip
PERSON_WIDTH: Final = 30

# ---------------------------------------------------------------- what one customer message brings
HANDLE, THINK, HOLDS_OUT, SIGNALS, WORDS, SPOKEN, COURTESY = range(7)
TURN_WIDTH: Final = 7

# ---------------------------------------------------------------- the world as a whole (one row)
(
    NOW, PRESENT, OVER, TRUNCATED, ROOT, URGENT, URGENTS, COMING, LOGGED, STEPPED, TOUCHED, ALERTED, ALERT_FREE,
    LANGUAGES, DUE, FULL, FULL_AT, CONTACTS, PEOPLE, DRAWN, LIMIT, DRAIN, LANGUAGE_LIMIT,
    LEFT_OVER, LAST, AT_ONCE, MOST_AT_ONCE,
) = range(27)  # fmt: skip
CLOCK_WIDTH: Final = 27

# What a run needed more of than there was room for.
ROOM_LOG, ROOM_STEPS, ROOM_CONVERSATIONS, ROOM_TURNS, ROOM_TOUCHES, ROOM_ALERTS, ROOM_DECISIONS = range(1, 8)
STUCK: Final = 8  # it does not get on: more facts of one instant than MOST_AT_ONCE

# What goes on at once, before anything that is due: a beginning, or an interruption.
BEGINS_AGENT, BEGINS_SHIFT, BEGINS_ARRIVALS, BEGINS_CUSTOMER, WAKES_CUSTOMER, WAKES_AGENT = range(6)
KINDS: Final = 8

# A row of the log: a fact, or a decision (`DECIDED` plus its kind, the instant, and the rest of its row).
L_KIND, L_AT, L_WHO, L_AGENT, L_X, L_CONTACT, L_DETAIL, L_ASTRAY = range(8)
DECIDED: Final = 64
LOG_WIDTH: Final = 14
S_NUMBER, S_TURN, S_AGENT, S_ASKED, S_ASSIGNED, S_NOTICED, S_TURNED, S_VIEWED, S_REPLIED, S_AGAIN = range(10)
STEP_WIDTH: Final = 10

KNOWN_FIELDS: Final = 19  # orders, spend, last order, and what conditions ask of membership and own fields
KNOWN_LAST_ORDER: Final = 2
# A customer's past: -1 in P_RATED says that nothing is known of a rating, P_LAST -1 of an agent; then the contacts.
P_UNRESOLVED, P_TRANSFERS, P_RATING, P_RATED, P_LAST, P_COUNT, P_CONTACT0 = range(7)
PAST_WIDTH: Final = P_CONTACT0 + 8
G_FACET, G_BIT = range(2)  # a tag put on by hand
V_COUNT, V_INTERRUPTS, V_CHANNEL0 = range(3)  # a ring
RING_WIDTH: Final = V_CHANNEL0 + 8
A_AGENT, A_AT, A_NEXT = range(3)  # when an agent last looked at a contact; the next such row of the contact
N_AT, N_NEXT = range(2)  # a notice of the last hour


class Life(NamedTuple):
    """The world, as tables of integer rows; the first five are `deskkit.sim.luck.Traits`."""

    trait: Any
    real: Any
    law: Any
    channel: Any
    missed: Any
    clock: Any  # one row
    contact: Any
    turn: Any
    person: Any
    speed: Any  # one row of real numbers: of people
    impatience: Any  # one row of real numbers: of streams
    shift: Any  # rows instant, presence
    field: Any
    past: Any
    tag: Any
    ring: Any
    timer: Any  # a row for each contact, person, shift, the arrivals and the end: key and links of the heap
    urgent: Any  # one row: what goes on at once, round and round
    touch: Any
    alert: Any
    language: Any  # one row: the number of each language, -1 before it was seen
    whose: Any  # one row: the contact of each conversation of the desk
    fact: Any  # one row: the fact that is being said
    log: Any
    step: Any
