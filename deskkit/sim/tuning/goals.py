"""What is wanted of a policy: measures to be small or large, and limits that no candidate may pass."""

from __future__ import annotations

import math
import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, NamedTuple

from deskkit.desk.policyfile.quantities import read_duration
from deskkit.errors import ScenarioError
from deskkit.sim.naming import bounded
from deskkit.sim.outcomes import MEASURED, OF_RUN
from deskkit.sim.speeds import SPEEDS
from deskkit.sim.study import named

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Goal", "Limit", "goals_of", "limits_of"]

_MORE: Final = {"answered_within", "service_level", "queue_service_level", "sla_first_response", "resolved"}
_EITHER: Final = {
    "occupancy_assigned", "occupancy_actionable", "concurrency_assigned", "vip_gap", "conversations",
}  # fmt: skip
_WHOLE: Final = 100  # per cent
_WAYS: Final = ("least", "most")
_LIMIT: Final = re.compile(r"\s*(\w+)\s*(<=|>=)\s*(.+?)\s*", re.ASCII)


class Goal(NamedTuple):
    """A measure that is to be small (`sign` 1) or large (-1)."""

    measure: str
    sign: int


class Limit(NamedTuple):
    """A measure that may be no more than a bound (`sign` 1), or no less (-1)."""

    measure: str
    sign: int
    bound: float
    text: str


def goals_of(texts: Iterable[str]) -> tuple[Goal, ...]:
    """Read goals: a measure, with ``:least`` or ``:most`` where its name does not say which is better.

    Raises
    ------
    ScenarioError
        There is no such measure, no goal, one twice, or it must be said which is better.

    Examples
    --------
    >>> goals_of(["reply_p90", "service_level", "vip_gap:most"])
    (Goal(measure='reply_p90', sign=1), Goal(measure='service_level', sign=-1), Goal(measure='vip_gap', sign=-1))
    """
    found = tuple(_goal(text) for text in texts)
    if not found or len({one.measure for one in found}) < len(found):
        raise ScenarioError(
            "These are no goals.", place="goals", value=", ".join(one.measure for one in found) or "none",
            expected="one measure or several, each once", example='goals=["reply_p90", "notices_per_agent_hour"]',
        )  # fmt: skip
    return found


def limits_of(texts: Iterable[str]) -> tuple[Limit, ...]:
    """Read limits: ``"abandonment <= 5%"``, ``"reply_p90 <= 2 min"``, ``"service_level >= 0.8"``.

    Raises
    ------
    ScenarioError
        There is no such measure, no bound of its unit, one where the measure cannot be, or two that contradict.

    Examples
    --------
    >>> limits_of(["reply_p90 <= 2 min"])
    (Limit(measure='reply_p90', sign=1, bound=120000.0, text='reply_p90 <= 2 min'),)
    """
    found = tuple(_limit(text) for text in texts)
    for most in (one for one in found if one.sign > 0):
        for least in (one for one in found if one.sign < 0 and one.measure == most.measure):
            if least.bound > most.bound:
                raise ScenarioError(
                    "These limits contradict one another.", place="limits", value=f"{most.text}, {least.text}",
                    expected="limits that one policy can keep", example=f'"{most.text}"',
                )  # fmt: skip
    return found


def _goal(text: str) -> Goal:
    name, _, way = (part.strip() for part in text.partition(":"))
    _check(name, "goals", text)
    if way not in ("", *_WAYS) or (not way and name in _EITHER):
        raise ScenarioError(
            "Which is better is to be said.", place="goals", value=text, expected="least or most",
            example=f"{name}:least",
        )  # fmt: skip
    is_more = way == "most" if way else name in _MORE
    return Goal(name, -1 if is_more else 1)


def _limit(text: str) -> Limit:
    found = _LIMIT.fullmatch(text)
    if found is None:
        raise ScenarioError(
            "This is no limit.", place="limits", value=text, expected="a measure, <= or >=, and a bound",
            example='"abandonment <= 5%"',
        )  # fmt: skip
    name, way, said = found.groups()
    _check(name, "limits", text)
    unit = named(name)[1]
    bound = read_duration(said) if unit == "ms" else _number(said, unit)
    if bound is None or not math.isfinite(bound):
        example = f"{name} {way} {'2 min' if unit == 'ms' else '5%' if unit == 'share' else '5'}"
        raise ScenarioError(
            "This is no bound of such a measure.", place="limits", value=text, expected=f"a number of {unit}",
            example=f'"{example}"',
        )  # fmt: skip
    _check_bound(name, unit, bound, text, said)
    return Limit(name, 1 if way == "<=" else -1, float(bound), f"{name} {way} {said}")


def _check_bound(name: str, unit: str, bound: float, text: str, said: str) -> None:
    """Refuse a bound that the measure can never reach: nobody would be held to it, or nobody could keep it."""
    if bounded(name, unit, bound, bound) == (bound, bound):
        return
    most = "from 0 to 1, or from 0% to 100%" if unit == "share" else "of 0 or more"
    meant = f"{text.replace(said, said + '%')}" if unit == "share" and 1 < bound <= _WHOLE and "%" not in said else ""
    raise ScenarioError(
        "The measure cannot be there.", place="limits", value=text, expected=f"a bound {most}",
        example=f'"{meant or (name + " <= " + ("15%" if unit == "share" else "2 min" if unit == "ms" else "5"))}"',
    )  # fmt: skip


def _number(text: str, unit: str) -> float | None:
    is_percent = unit == "share" and text.endswith("%")
    try:
        return float(text.removesuffix("%")) / 100 if is_percent else float(text)
    except ValueError:
        return None


def _check(name: str, place: str, text: str) -> None:
    known = (*MEASURED, *OF_RUN, *SPEEDS)
    if name not in known:
        near = get_close_matches(name, known) or ["reply_p90", "service_level", "abandonment"]
        raise ScenarioError(
            "A run has no such measure.", place=place, value=text, expected=f"a measure such as {', '.join(near)}",
            example=near[0],
        )  # fmt: skip
