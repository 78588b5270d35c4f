"""What the log behind given customers did not tell, and so what a study of them rests on and cannot show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskkit.worded import worded

if TYPE_CHECKING:
    from deskkit.sim.scenario import Attention, Scenario
    from deskkit.sim.workload import Workload

__all__ = ["ABANDONMENT", "SEEN_BY_A_LOG", "twice", "untold"]

ABANDONMENT: Final = ("abandonment", "gave_up", "abandonment_queue", "abandonment_service", "abandonment_silent")
"""What nobody knows where a log does not say how long its customers wait."""

_SEEN: Final = worded(
    "as a log sees it: who gave up without a word and was answered to the end after all is resolved there, and counted "
    "in gave_up alone"
)
SEEN_BY_A_LOG: Final = dict.fromkeys(("abandonment", "abandonment_queue", "abandonment_service"), _SEEN) | {
    "abandonment_silent": worded(
        "as a log sees it, which is those found gone because they did not go on after a reply: who gave up without a "
        "word and was answered to the end after all is resolved there, and counted in gave_up alone"
    ),
}
"""What is counted where a run knows more than its log."""

_NOTICE: Final = worded(
    "The log does not say when agents saw a message, so noticing and switching are in the times to handle already, and "
    "nothing is added: agents see at once and switch for nothing. Policies cannot be told apart by their notices here, "
    "and replications of one policy are alike."
)
_LEAVING: Final = worded(
    "The log does not say of anybody when they left (a time-out ended it, or nobody left), so all wait for ever, or "
    "until that time-out: nothing is known of abandonment, and a desk slower than that day's is shown too kindly."
)
_TWICE: Final = worded(
    "The log does not say when agents saw a message, so noticing and switching are in the times to handle already; the "
    'scenario adds them once more, and replies come too late. Without them: attention = "none" in the scenario.'
)


def untold(scenario: Scenario, workload: Workload | None) -> tuple[str, ...]:
    """Return what a log did not tell and what is done about it, each in a sentence.

    Examples
    --------
    >>> from deskkit.log import open_log
    >>> from deskkit.sim.scenario import Scenario
    >>> from deskkit.sim.trace import workload_from
    >>> nobody = workload_from(open_log("memory:"))
    >>> [said[:48] for said in untold(Scenario(name="bare", streams=(), agents=()), nobody)]
    ['The log does not say when agents saw a message, ', 'The log does not say of anybody when they left (']
    """
    unknown = frozenset() if workload is None else workload.unknown
    notice = [_NOTICE] if "notice" in unknown and not _takes_time(scenario.attention) else []
    return (*notice, *([_LEAVING] if "leaving" in unknown else []))


def twice(scenario: Scenario, workload: Workload | None) -> tuple[str, ...]:
    """Return a warning where noticing and switching are counted twice."""
    is_twice = workload is not None and "notice" in workload.unknown and _takes_time(scenario.attention)
    return (_TWICE,) if is_twice else ()


def _takes_time(attention: Attention) -> bool:
    return any(one is not None for one in (attention.glance, attention.switch, attention.unfocused_latency))
