"""What a formula accepts: numbers that mean something, queues that do not grow without end."""

from __future__ import annotations

import math
from numbers import Integral

from deskkit.errors import FormulaError

__all__ = ["positive", "stable", "unless_negative", "whole"]


def positive(**values: float) -> None:
    """Refuse what is not a finite number above zero.

    Examples
    --------
    >>> positive(handle=0.0)
    Traceback (most recent call last):
        ...
    deskkit.errors.FormulaError: handle: This must be a finite number above 0. Got 0.0. Hint: handle=1.0
    """
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0):
            raise FormulaError("This must be a finite number above 0.", place=name, value=value, example=f"{name}=1.0")


def unless_negative(**values: float) -> None:
    """Refuse what is not a finite number of at least zero.

    Examples
    --------
    >>> unless_negative(switch=0.0)
    """
    for name, value in values.items():
        if not (math.isfinite(value) and value >= 0):
            raise FormulaError(
                "This must be a finite number of at least 0.", place=name, value=value, example=f"{name}=0.0"
            )


def whole(least: int = 1, **values: int) -> None:
    """Refuse what is not a whole number of at least `least`.

    Examples
    --------
    >>> whole(agents=2)
    """
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
            raise FormulaError(
                f"This must be a whole number of at least {least}.", place=name, value=value,
                example=f"{name}={max(least, 1)}",
            )  # fmt: skip


def stable(load: float, agents: float = 1, *, place: str = "load") -> None:
    """Refuse a load that so many agents never get through.

    Parameters
    ----------
    load : float
        Agents' worth of work that arrives.
    agents : float
        Agents, or what they can bear at most.

    Examples
    --------
    >>> stable(1.5, 1)
    Traceback (most recent call last):
        ...
    deskkit.errors.FormulaError: load: The queue would grow without end. Got 1.5. Expected a load below 1. ...
    """
    if not load < agents:
        raise FormulaError(
            "The queue would grow without end.", place=place, value=load, expected=f"a load below {agents:g}",
            example="fewer arrivals, more agents, or a formula with patience or a limit",
        )  # fmt: skip
