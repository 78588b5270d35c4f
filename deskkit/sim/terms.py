"""The terms of a study: how many replications, how precise, at what level; what cannot be is refused before any run."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, cast

from deskkit.arguments import NAMES, NUMBER, POLICIES, POLICY, SCENARIO, WHOLE, WORKLOAD, Kind, expect
from deskkit.errors import ArgumentError, ScenarioError
from deskkit.sim.draws import check_luck
from deskkit.sim.estimates import Target
from deskkit.sim.outcomes import MEASURED, OF_RUN
from deskkit.sim.picks import check_pick
from deskkit.sim.processes import check_workers
from deskkit.sim.scenariofile.made import check_made
from deskkit.worded import joined, worded

if TYPE_CHECKING:
    from deskkit.desk.policy import Policy
    from deskkit.sim.engine import Pick
    from deskkit.sim.processes import Workers
    from deskkit.sim.scenario import Scenario

__all__ = [
    "LOOK_AHEAD",
    "MOST",
    "check",
    "check_once",
    "check_rule",
    "check_who",
    "pair_of",
    "picks_of",
    "targets_of",
    "told",
]

MOST: Final = 100_000
LOOK_AHEAD: Final = 5
SUREST: Final = 0.999999
TARGET: Final = Kind("a Target", "Target(relative=0.05)", lambda value: isinstance(value, Target))


def check_who(place: str, policies: object, scenario: object, workload: object, workers: Workers) -> None:
    """Refuse what are no policies by name, no scenario, or no workload; and customers who would leave this machine."""
    expect(POLICIES, place, policies=policies)
    expect(SCENARIO, place, scenario=scenario)
    check_made(cast("Scenario", scenario), is_given=workload is not None)
    if workload is None:
        return
    expect(WORKLOAD, place, workload=workload)
    if isinstance(workers, str):
        raise ScenarioError(
            "A workload holds who came and what they wrote; a cluster is sent policies and seeds alone.", place=place,
            value=workers, expected="processes of this machine, or no workload", example="workers=2",
        )  # fmt: skip


def pair_of(found: object, place: str, what: str) -> tuple[Scenario, Policy]:
    """Return what is a scenario and a policy.

    Raises
    ------
    ArgumentError
        It is something else.
    """
    if isinstance(found, tuple) and len(found) == 2 and SCENARIO.fits(found[0]) and POLICY.fits(found[1]):  # noqa: PLR2004 - a pair
        check_made(found[0])
        return found
    raise ArgumentError(
        f"{what} no scenario with its policy, but a {type(found).__name__}.", place=place,
        expected="a tuple of a Scenario and a Policy", example="(scenario, policy.edit({'capacity.agent': 4}))",
    )  # fmt: skip


def picks_of(
    policies: Mapping[str, Policy], pick: Pick | Mapping[str, Pick | None] | None, workers: Workers
) -> dict[str, Pick | None]:
    """Return by which decision of one's own agents choose their tabs, for each policy by its name.

    Raises
    ------
    DeskkitError
        It names no policy of the comparison, is no such function, or cannot be sent to another process.
    """
    if pick is None or not isinstance(pick, Mapping):
        pick = dict.fromkeys(policies, pick)
    for name, one in pick.items():
        if name not in policies:
            raise ScenarioError(
                "pick names a policy that is not compared.", place="pick", value=name, expected=", ".join(policies),
                example=f"pick={{{next(iter(policies))!r}: newest_first}}",
            )  # fmt: skip
        if one is not None:
            check_pick(one, place="pick")
            if workers != 1 and not _can_be_sent(one):
                raise ScenarioError(
                    "A function of a cell, or inside another one, is not known to further processes.", place="pick",
                    value=getattr(one, "__qualname__", None) or repr(one),
                    expected="workers=1, or a function of a file", example="workers=1",
                )  # fmt: skip
    return {name: pick.get(name) for name in policies}


def _can_be_sent(pick: Pick) -> bool:
    """Say whether a further process finds a function: one of a module, or of the script that it begins with too."""
    if getattr(pick, "__module__", "") == "__main__" and not hasattr(sys.modules["__main__"], "__file__"):
        return False
    try:
        pickle.dumps(pick)
    except (pickle.PicklingError, AttributeError, TypeError):
        return False
    return True


def targets_of(
    measures: str | Iterable[str] | Mapping[str, Target], *, relative: float, absolute: float
) -> dict[str, Target]:
    """Return how precise each measure is to be.

    Raises
    ------
    ArgumentError
        These are no names, or no targets.
    """
    expect(NAMES, "precise", measures=measures)
    expect(NUMBER, "precise", relative=relative, absolute=absolute)
    if not isinstance(measures, Mapping):
        return dict.fromkeys([measures] if isinstance(measures, str) else measures, Target(relative, absolute))
    for name, target in measures.items():
        expect(TARGET, "precise", **{f"measures[{name!r}]": target})
    return dict(measures)


def check(place: str, *, replications: int, workers: Workers, level: float, seed: int) -> None:
    """Refuse numbers that a study cannot have, and who cannot work for it."""
    check_workers(workers, place)
    expect(WHOLE, place, replications=replications, seed=seed)
    expect(NUMBER, place, level=level)
    if not 1 <= replications <= MOST:
        raise ScenarioError(
            "This number is out of range.", place="replications", value=replications, expected=f"1 to {MOST:,}",
            example="replications=2",
        )  # fmt: skip
    check_luck(seed=seed)
    if not 0 < level <= SUREST:
        raise ScenarioError(
            "This is no level.", place="level", value=level,
            expected=f"above 0, at most {SUREST}: beyond, intervals say nothing", example="level=0.95",
        )  # fmt: skip


def check_once(place: str, values: Iterable[object]) -> None:
    """Refuse values that cannot be keys of a result, or that one of them would stand for twice."""
    seen: set[object] = set()
    for value in values:
        try:
            is_known = value in seen
        except TypeError as error:
            raise ArgumentError(
                f"A {type(value).__name__} cannot be looked up by.", place=place, value=value,
                expected="numbers, texts or tuples", example="values=[3, 4, 5]",
            ) from error  # fmt: skip
        if is_known:
            raise ScenarioError(
                "This value is given twice.", place=place, value=value, expected="each once", example="values=[3, 4, 5]"
            )
        seen.add(value)


def check_rule(targets: Mapping[str, Target], least: int, look_ahead: int, most: int) -> None:
    """Refuse a rule of stopping that asks for no measure, no precision, or for numbers that do not go together."""
    expect(WHOLE, "precise", least=least, look_ahead=look_ahead, most=most)
    for name, target in targets.items():
        if name not in MEASURED and name not in OF_RUN:
            near = get_close_matches(name, (*MEASURED, *OF_RUN)) or ["reply_time", "abandonment", "service_level"]
            raise ScenarioError(
                "A run has no such measure.", place="measures", value=name,
                expected=f"a measure such as {', '.join(near)}", example=near[0],
            )  # fmt: skip
        if not (target.relative >= 0 and target.absolute >= 0 and max(target) > 0):
            raise ScenarioError(
                "This is no precision.", place=name, value=tuple(target), expected="a share or an amount above 0",
                example="relative=0.05",
            )  # fmt: skip
    for name, value, low in (("targets", len(targets), 1), ("least", least, 2), ("look_ahead", look_ahead, 0)):
        if not low <= value <= most:
            raise ScenarioError(
                "This number is out of range.", place=name, value=value, expected=f"{low} to most={most}",
                example="least=10",
            )  # fmt: skip


def told(targets: Mapping[str, Target], least: int, look_ahead: int, most: int) -> str:
    """Write a stopping rule as a sentence."""
    wishes = joined(
        worded("{measure} within {bound}", measure=name, bound=_bound(target)) for name, target in targets.items()
    )
    return worded(
        "sequential: {wishes}; looked at from {least} on, to hold for {look_ahead} more, at most {most}; the intervals "
        "looked at hold together (Bonferroni over {n})",
        wishes=wishes, least=least, look_ahead=look_ahead, most=most, n=len(targets),
    )  # fmt: skip


def _bound(target: Target) -> str:
    """Say within which share or which amount a measure is to be known."""
    share, amount = worded("{share} of its mean", share=f"{100 * target.relative:g} %"), f"{target.absolute:g}"
    if target.relative and target.absolute:
        return worded("{one} or {other}", one=share, other=amount)
    return share if target.relative else amount
