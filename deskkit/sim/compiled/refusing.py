"""What the compiled engine cannot run is refused at the door, with the reason and a way out."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Final

from msgspec import structs

from deskkit.desk.calendar import DAYS
from deskkit.desk.lower import lower
from deskkit.desk.names import BITS, Names
from deskkit.errors import NotCompilable
from deskkit.sim.picks import check_pick, newest_first, oldest_first

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskkit.desk.policy import Policy
    from deskkit.sim.scenario import Scenario
    from deskkit.sim.workload import Workload

__all__ = ["check"]

_DAY_MS: Final = 86_400_000
_WAY_OUT: Final = 'engine="simpy"'


def check(
    scenario: Scenario, workload: Workload, policy: Policy, pick: Callable[..., object] | None
) -> Scenario:  # fmt: skip
    """Return the scenario to run: of `deskkit.sim.picks` each function is a word that a scenario has too.

    Raises
    ------
    NotCompilable
        It cannot be run.
    """
    if workload.end - workload.begin > (DAYS - 3) * _DAY_MS:
        raise NotCompilable(
            "The run is longer than a policy's calendar.", place="engine", value="compiled",
            expected=f"at most {DAYS - 3} days", example=_WAY_OUT,
        )  # fmt: skip
    _check_groups(scenario, workload, policy)
    if pick is None:
        return scenario
    check_pick(pick, place="simulate")
    if pick is newest_first or pick is oldest_first:
        how = "newest" if pick is newest_first else "oldest"
        return structs.replace(scenario, attention=structs.replace(scenario.attention, pick=how))
    raise NotCompilable(
        "A decision of one's own works on people and conversations, which the compiled engine has as numbers only.",
        place=_place(pick), value=getattr(pick, "__name__", type(pick).__name__),
        expected="newest_first or oldest_first of deskkit.sim.picks, or none", example=_WAY_OUT,
    )  # fmt: skip


def _check_groups(scenario: Scenario, workload: Workload, policy: Policy) -> None:
    """Refuse a group that nobody has and the policy does not know: it would get its number in the midst of the run."""
    names = Names()
    lower(policy.schema, names, start=None)
    for agent in scenario.agents:
        for group in agent.groups:
            names.group(group)
    rows = workload.conversations
    for group in dict.fromkeys([*rows["group"].unique().to_list(), *rows["transfer_to"].unique().to_list()]):
        if group and names.groups.find(names.aliases.get(group, group)) < 0:
            raise NotCompilable(
                "The policy does not know this group, and nobody is in it.", place="engine", value=group,
                expected=", ".join(names.groups), example=_WAY_OUT,
            )  # fmt: skip
    teams = {group for agent in scenario.agents for group in agent.groups}
    if len(teams) > BITS:
        raise NotCompilable(
            "The agents are of too many groups.", place="engine", value=len(teams), expected=f"at most {BITS}",
            example=_WAY_OUT,
        )  # fmt: skip


def _place(pick: Callable[..., object]) -> str:
    """Return file and line of a function, as far as Python knows them."""
    try:
        return f"{inspect.getsourcefile(pick)}, line {inspect.getsourcelines(pick)[1]}"
    except (OSError, TypeError):
        return "pick"
