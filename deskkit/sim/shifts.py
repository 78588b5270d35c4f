"""When the agents of a scenario are there, and paid, as instants: shifts that touch are one, also across midnight.

For both engines and for who judges a scenario. It says nothing to the desk.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from deskkit.sim.days import DAY_MS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deskkit.sim.days import Days
    from deskkit.sim.scenario import Agent, Scenario
    from deskkit.sim.workload import Workload

    Span = tuple[int, int]

__all__ = ["days_lived", "joined", "paid_ms", "presence", "there"]


def days_lived(scenario: Scenario, workload: Workload) -> int:
    """Return on how many days the agents of a scenario come, to serve a workload.

    On each on which its customers may come, however many days the scenario itself has; hours beyond a day are those of
    one run, and do not come again.
    """
    return 1 if scenario.end_ms > DAY_MS else workload.days.count_to(workload.end)


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, those that touch or overlap as one.

    Examples
    --------
    >>> joined([(9, 12), (20, 24), (12, 18), (24, 30), (7, 7)])
    [(9, 18), (20, 30)]
    """
    found: list[Span] = []
    for begin, end in sorted(span for span in spans if span[0] < span[1]):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def there(agent: Agent, days: Days, count: int) -> list[Span]:
    """Return from when until when an agent is on duty, breaks and all; of who is always there nothing.

    Examples
    --------
    >>> from deskkit.sim.days import Days
    >>> from deskkit.sim.scenario import Agent, Shift
    >>> night = Agent(name="night", shifts=(Shift(0, 6), Shift(86_399_999, 86_400_000)))
    >>> there(night, Days(0), 2)
    [(0, 6), (86399999, 86400006), (172799999, 172800000)]
    """
    return joined(
        (days.instant(day * DAY_MS + shift.begin_ms), days.instant(day * DAY_MS + shift.end_ms))
        for day in range(count)
        for shift in agent.shifts
    )


def presence(agent: Agent, days: Days, count: int) -> list[tuple[int, str]]:
    """Return when an agent with shifts comes, takes a break, is back and goes, with the presence from then on.

    Examples
    --------
    >>> from deskkit.sim.days import Days
    >>> from deskkit.sim.scenario import Agent, Shift
    >>> presence(Agent(name="chen", shifts=(Shift(9, 12, ((10, 11),)), Shift(12, 18))), Days(0), 1)
    [(9, 'online'), (10, 'away'), (11, 'online'), (18, 'offline')]
    """
    breaks = joined(
        (days.instant(day * DAY_MS + leaves), days.instant(day * DAY_MS + returns))
        for day in range(count)
        for shift in agent.shifts
        for leaves, returns in shift.breaks
    )
    turns = chain(
        (((begin, 0, "online"), (end, 3, "offline")) for begin, end in there(agent, days, count)),
        (((leaves, 1, "away"), (returns, 2, "online")) for leaves, returns in breaks),
    )
    return [(at, what) for at, _, what in sorted(chain.from_iterable(turns))]


def paid_ms(planned: Iterable[Span], present: Iterable[Span], *, since: int | None = None) -> int:
    """Return for how long an agent is paid, milliseconds: shifts as planned, and what was worked beyond them.

    Parameters
    ----------
    planned, present : iterable of (int, int)
        From when until when an agent was to be there, and was.
    since : int, optional
        What was before is discarded with the warm-up.

    Notes
    -----
    A roster is paid whoever comes: also before the first customer may begin and after the last has gone.

    Examples
    --------
    >>> paid_ms([(8, 12), (13, 17)], [(9, 12), (13, 18)]), paid_ms([(8, 12)], [(9, 11)])
    (9, 4)
    >>> paid_ms([(8, 12)], [(9, 13)], since=10)
    3
    """
    spans = joined((*planned, *present))
    return sum(max(0, end - (begin if since is None else max(begin, since))) for begin, end in spans)
