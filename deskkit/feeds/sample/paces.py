"""How long people take, as tables of (share, seconds); and how often they do what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deskkit.feeds.sample.draw import Curve

# the customer
FIRST_WORD: Curve = ((0, 1), (0.5, 7), (0.9, 25), (1, 90))
NEXT_IN_BURST: Curve = ((0, 2), (0.5, 5), (0.9, 14), (1, 30))
ANSWER: Curve = ((0, 4), (0.25, 14), (0.5, 28), (0.75, 60), (0.92, 170), (1, 560))
THEN: Curve = ((0, 15), (0.5, 50), (1, 240))  # tries what the agent said, then writes again
FIRST_CHASE: Curve = ((0, 60), (0.3, 140), (0.6, 260), (1, 900))
NEXT_CHASE: Curve = ((0, 50), (0.5, 180), (1, 700))
QUEUE_PATIENCE: Curve = ((0, 40), (0.2, 120), (0.5, 330), (0.8, 900), (1, 2400))
PATIENCE: Curve = ((0, 240), (0.3, 700), (0.6, 1500), (1, 4200))
PROMISE_PATIENCE: Curve = ((0, 900), (0.4, 2400), (1, 7200))
LEAVES_PAGE: Curve = ((0, 5), (1, 90))

# the agent
NOTICE: Curve = ((0, 1), (0.5, 4), (0.9, 12), (1, 35))
SWITCH: Curve = ((0, 0.5), (0.6, 1.5), (1, 5))
THINK: Curve = ((0, 3), (0.25, 9), (0.5, 17), (0.75, 31), (0.93, 70), (1, 190))
LOOK_UP: Curve = ((0, 60), (0.3, 170), (0.6, 420), (0.85, 1300), (1, 4500))  # from a promise to its result
LOST_SIGHT: Curve = ((0, 420), (0.5, 1100), (1, 3300))
NUDGE: Curve = ((0, 200), (0.5, 300), (1, 600))
CLOSE: Curve = ((0, 8), (0.3, 45), (0.6, 180), (0.9, 500), (1, 900))
SLOWER_PER_HAND = 0.06  # for each conversation in hand beyond EASY_HAND
EASY_HAND = 3
PER_SIGN_MS = {"zh": 330, "en": 110}

# the provider
CUSTOMER_SILENT_MS = 25 * 60_000  # the conversation is closed after this
OPENED_SILENT_MS = 10 * 60_000  # and after this if the customer never wrote
AGENT_SILENT_MS = 130 * 60_000

# shares
NEVER_WRITES = 0.03
FALLS_SILENT = 0.02  # per turn
PROMISE_FORGOTTEN = 0.08
LOSES_SIGHT = 0.004  # per turn, and much more with many conversations in hand
LOSES_SIGHT_PER_PAIR = 0.0007  # of conversations that compete for the eye
CHASE_IS_SEEN = 0.4
LEAVES_WITH_A_WORD = 0.3
CLOSES_BY_HAND = 0.84
NUDGES = 0.6
RATES = 0.3
MOST_CHASES = 4
LATE_MS = 110_000  # from here on the agent begins with an apology
LONG_MS = 180_000  # from here on the customer counts the minutes
