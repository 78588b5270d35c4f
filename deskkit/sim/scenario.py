"""A scenario: a day at the desk as an analyst describes it - who writes, who answers, and how people behave.

A scenario says nothing of rules: those are the policy's, the very file of the live desk. Times are milliseconds, rates
conversations per hour. Each default has its source in `deskkit.sim.defaults`, or is marked there as an assumption.
This module knows no file: `deskkit.sim.scenariofile` reads one.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

__all__ = [
    "FOREVER",
    "Agent",
    "Arrivals",
    "Attention",
    "Busyness",
    "Channel",
    "Cost",
    "Law",
    "LawKind",
    "Line",
    "Patience",
    "Point",
    "Scenario",
    "Shift",
    "Stream",
    "Wave",
]

FOREVER: Final = -1
"""A patience without end, a number of turns without end."""

LawKind = Literal["constant", "exponential", "lognormal", "gamma", "weibull", "geometric", "empirical"]


class Law(msgspec.Struct, frozen=True):
    """How a duration (milliseconds) or a count varies.

    Attributes
    ----------
    kind : str
    mean : float
        Of an empirical law that of its values.
    cv : float
        Standard deviation divided by mean; follows from the kind for constant, exponential, geometric, empirical.
    values : tuple of float
        Of an empirical law: each is as likely as any other.
    """

    kind: LawKind
    mean: float
    cv: float = 0.0
    values: tuple[float, ...] = ()


class Point(msgspec.Struct, frozen=True):
    """A rate at an instant of the day."""

    at_ms: int
    per_hour: float


class Wave(msgspec.Struct, frozen=True):
    """A sinusoidal rate: `base` + `amplitude` sin(2 pi (t - `shift_ms`) / `period_ms`), conversations per hour."""

    base: float
    amplitude: float
    period_ms: int
    shift_ms: int = 0


class Busyness(msgspec.Struct, frozen=True):
    """A random factor on a day's rates, gamma with mean 1 and this shape; `correlation` from part to part of a day.

    `part_ms` is how long one factor holds; 0: one factor holds the whole day.
    """

    shape: float
    correlation: float = 1.0
    part_ms: int = 0


class Arrivals(msgspec.Struct, frozen=True):
    """When conversations of a stream begin. Exactly one of `points`, `wave`, `counts`, `instants` is given.

    Attributes
    ----------
    points : tuple of Point
        Rates from instant to instant: each holds until the next (`steps`) or goes over into it (a straight line).
    steps : bool
    wave : Wave, optional
    counts : tuple of (int, int, int)
        Begin, end (ms of the day) and how many begin between, at uniform instants.
    instants : tuple of int
        Exactly then, ms of the day: a trace.
    busyness : Busyness, optional
    factor : float
        On all rates and counts: a promotion, a quiet Sunday.
    """

    points: tuple[Point, ...] = ()
    steps: bool = True
    wave: Wave | None = None
    counts: tuple[tuple[int, int, int], ...] = ()
    instants: tuple[int, ...] = ()
    busyness: Busyness | None = None
    factor: float = 1.0


class Patience(msgspec.Struct, frozen=True):
    """How long customers wait before they leave, and how: None waits for ever.

    Attributes
    ----------
    queue, service : Law or None
        For an agent; for the reply to a message.
    silent : float
        Share of those who leave without a word: the desk does not see it.
    writing : float
        Factor on the patience in the queue of who may write while waiting.
    """

    queue: Law | None = None
    service: Law | None = None
    silent: float = 0.0
    writing: float = 1.0


class Line(msgspec.Struct, frozen=True):
    """What a customer writes: `text` on turn `turn` (0 the first; -1 any other), with this probability.

    Of several that fit a turn the first whose draw succeeds is written; without one, the stream's `text`.
    """

    text: str
    turn: int = FOREVER
    share: float = 1.0


class Stream(msgspec.Struct, frozen=True, kw_only=True):
    """Conversations alike: where they come from, what the customer is, says, and how long everything takes.

    Attributes
    ----------
    name : str
    arrivals : Arrivals
    group : str
        Where they enter; empty: the policy's rules choose.
    language : str
    needs : tuple of str
        Skills.
    fields : dict
        Purchase fields of the customer, as in a policy's conditions (`orders`, `spend`, `membership`, own ones);
        `last_order` is milliseconds before the conversation.
    history : dict
        `unresolved` (int), `rating` (-1 to 1), `contacts` (int, in the 30 days before), `transfers`, `last_agent`.
    returning : float
        Share of customers who already wrote in this run (a customer of this stream drawn again).
    tags : tuple of (str, str)
        Facet and tag, put on by hand on arrival.
    text : str
    lines : tuple of Line
    turns : Law or None
        Agent replies until it is resolved; at least one. None: without end.
    handle : Law
        Time to read and answer one message, of an agent of speed 1.
    words : Law or None
        Words of a customer's message, whose reading comes on top of `handle`; None: `handle` holds it.
    think : Law
        From the reply to the customer's next message.
    impatience : float
        k of think-time x (1 + k x reply time / 60 s): slow replies slow the customer.
    patience : Patience
    transfer : tuple of (str, float)
        Groups an agent passes it to after the first reply, with probabilities.
    help : float
        Probability that its owner invites a helper on the first turn.
    rating : tuple of (float, float, float)
        Shares who rate it bad, neutral, good after it was resolved.
    """

    name: str
    arrivals: Arrivals
    group: str = ""
    language: str = ""
    needs: tuple[str, ...] = ()
    fields: dict[str, str | int | float] = {}
    history: dict[str, int | str] = {}
    returning: float = 0.0
    tags: tuple[tuple[str, str], ...] = ()
    text: str = "…"
    lines: tuple[Line, ...] = ()
    turns: Law | None = Law("geometric", 8.0)
    handle: Law = Law("lognormal", 20_000.0, 1.2)
    words: Law | None = None
    think: Law = Law("lognormal", 60_000.0, 1.3)
    impatience: float = 0.0
    patience: Patience = Patience()
    transfer: tuple[tuple[str, float], ...] = ()
    help: float = 0.0
    rating: tuple[float, float, float] = (0.0, 0.0, 0.0)


class Shift(msgspec.Struct, frozen=True):
    """When an agent is there, ms of the day; `breaks` are times away in it."""

    begin_ms: int
    end_ms: int
    breaks: tuple[tuple[int, int], ...] = ()


class Agent(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who answers; `count` alike are named name-1, name-2, ...

    Attributes
    ----------
    name : str
    count : int
    groups, languages : tuple of str
    skills : dict of str to int
        Levels 1 to 5.
    capacity : float or None
        Units; None: the policy's.
    speed : float
        Divides the time to handle.
    shifts : tuple of Shift
        Empty: there all the time.
    cost : float
        Per hour paid, in the scenario's currency: of the shifts of each day simulated, whoever comes, with their
        breaks, and of what was finished after them; not between two shifts. Who is always there is paid while the run
        lasts.
    role : str
        agent or supervisor.
    """

    name: str
    count: int = 1
    groups: tuple[str, ...] = ()
    skills: dict[str, int] = {}
    languages: tuple[str, ...] = ()
    capacity: float | None = None
    speed: float = 1.0
    shifts: tuple[Shift, ...] = ()
    cost: float = 0.0
    role: str = "agent"


class Channel(msgspec.Struct, frozen=True):
    """How fast an agent at the console notices a notice on a channel, and how often not at all."""

    latency: Law
    missed: float = 0.0


class Attention(msgspec.Struct, frozen=True, kw_only=True):
    """How agents notice, switch and err; the defaults of this class disturb nobody, those of a file are sourced.

    Attributes
    ----------
    glance : Law or None
        Time until an idle agent sees an unread message without any notice; None: at once.
    channels : dict of str to Channel
        By channel of the policy's rings (badge, popup, sound, desktop, flash, push).
    unfocused : float
        Share of idle spells in which the agent is not at the console when a message comes.
    unfocused_latency : Law or None
        Then it takes this long in place of the glance and the channels.
    habituation : float
        Exponent: missed^(1 / (1 + habituation x notices to this agent in the last hour)).
    switch : Law or None
        Cost of changing the tab, right away; None: nothing.
    switch_away_ms : float
        What is added at most when the tab was not looked at for long.
    switch_recover_ms : float
        Time away in which 63 % of that is reached.
    per_tab : float
        What each further tab in hand adds to the time to handle, as a share.
    interrupts : tuple of str
        Channels whose notices of an urgent conversation interrupt a reply in the making.
    resume : Law or None
        Cost of going on with an interrupted reply.
    wrong_window : float
        Probability per reply after a change of tab that it goes to the tab before.
    wrong_after_interruption : float
        Factor on it after an interruption.
    repair : Law or None
        Time to notice and mend it.
    ghost_ms : int
        After this silence an agent closes a conversation whose customer left without a word.
    pick : str
        Which unread tab is taken first: ``oldest`` (waits longest), ``level`` (highest first, then oldest), ``newest``.
    """

    glance: Law | None = None
    channels: dict[str, Channel] = {}
    unfocused: float = 0.0
    unfocused_latency: Law | None = None
    habituation: float = 0.0
    switch: Law | None = None
    switch_away_ms: float = 0.0
    switch_recover_ms: float = 60_000.0
    per_tab: float = 0.0
    interrupts: tuple[str, ...] = ()
    resume: Law | None = None
    wrong_window: float = 0.0
    wrong_after_interruption: float = 1.0
    repair: Law | None = None
    ghost_ms: int = 180_000
    pick: Literal["oldest", "level", "newest"] = "level"


class Cost(msgspec.Struct, frozen=True):
    """What is paid: `currency`, and per lost conversation, whose customer gave up, left or was turned away."""

    currency: str = "CNY"
    per_lost: float = 0.0


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """A day (or several) at the desk.

    Attributes
    ----------
    name : str
    day : str
        ISO date of the first day in the policy's zone; empty: the run begins at instant 0, and hours do not matter.
    begin_ms, end_ms : int
        Of each day: when customers may begin.
    days : int
    factors : dict of str to float
        Factor on all arrivals of an ISO date: a promotion.
    warm_up_ms : int
        Discarded start.
    drain : bool
        Whether what is open at the end is served to its end (else the run stops there).
    streams : tuple of Stream
    agents : tuple of Agent
    attention : Attention
    cost : Cost
    assumptions : tuple of str
        Paths of numbers that are assumptions, for the sheet and the tornado.
    """

    name: str
    streams: tuple[Stream, ...]
    agents: tuple[Agent, ...]
    day: str = ""
    begin_ms: int = 0
    end_ms: int = 86_400_000
    days: int = 1
    factors: dict[str, float] = {}
    warm_up_ms: int = 0
    drain: bool = True
    attention: Attention = Attention()
    cost: Cost = Cost()
    assumptions: tuple[str, ...] = ()
