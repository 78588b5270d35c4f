"""A number that an analyst may turn: where it stands, how far it goes, and what it changes. Knows no widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from deskkit.desk.policy import Policy
from deskkit.errors import ScenarioError
from deskkit.sim.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Change = Callable[[Scenario, Policy, float], tuple[Scenario, Policy]]

__all__ = ["Control", "both", "checked", "step"]

_PLACES: Final = 9


class Control(NamedTuple):
    """A number that an analyst may turn.

    Attributes
    ----------
    title : str
        English; translated where the catalogue has it.
    low, high, step : float
    value : float
        As it is now.
    change : callable
        ``change(scenario, policy, value)`` returns both as they would be.
    unit : str
        Behind the number: ``s``, ``x``, ``units``; one that is `deskkit.worded.worded` is translated.
    """

    title: str
    low: float
    high: float
    step: float
    value: float
    change: Change
    unit: str = ""


def step(control: Control, value: float) -> float:
    """Return the place of a slider that is meant: a browser says 5.000000000000001 for 5.

    Examples
    --------
    >>> step(Control("Capacity", 1, 8, 1, 5, lambda *both: both), 5.000000000000001)
    5.0
    """
    steps = int(0.5 + (value - control.low) / control.step)
    near, own = control.low + steps * control.step, control.value
    return round(float(near if abs(near - value) < abs(own - value) else own), _PLACES)


def checked(controls: Sequence[Control]) -> tuple[Control, ...]:
    """Refuse a number that cannot stand where it is."""
    for control in controls:
        if not control.low <= control.value <= control.high or not control.step > 0:
            raise ScenarioError(
                "A slider cannot stand there.", place=control.title, value=control.value,
                expected=f"low <= value <= high ({control.low:g} to {control.high:g}) and a step above 0",
                example='Control("Customers", 0.5, 3, 0.1, 1, change)',
            )  # fmt: skip
    return tuple(controls)


def both(control: Control, made: object) -> tuple[Scenario, Policy]:
    """Return what a slider's function made, if it is a scenario and a policy."""
    if isinstance(made, tuple) and [type(one) for one in made] == [Scenario, Policy]:
        scenario, policy = made
        return scenario, policy
    raise ScenarioError(
        "A slider's function must return a scenario and a policy.", place=control.title, value=type(made).__name__,
        expected="(scenario, policy)", example="lambda scenario, policy, value: (scenario, policy)",
    )  # fmt: skip
