"""How precise a study is to be, as the command line says it: --precise, --most, --replications.

`deskkit.sim.experiment.precise` refuses in the words of Python; who types options is answered in options.
"""

from __future__ import annotations

import math
import re
import shlex
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from deskkit.desk.policyfile.quantities import guess_duration, read_duration
from deskkit.errors import ScenarioError
from deskkit.sim.draws import check_luck
from deskkit.sim.estimates import Target
from deskkit.sim.outcomes import MEASURED, OF_RUN
from deskkit.sim.study import named
from deskkit.sim.terms import LOOK_AHEAD, MOST

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["check_days", "check_measures", "check_seed", "counted", "in_options", "target", "targets"]

FEWEST: Final = 2  # days that an interval is made from
USUAL: Final = 1_000
OPTIONS: Final = {
    name: f"--{name}"
    for name in ("replications", "workers", "level", "seed", "candidates", "most", "fresh", "kept", "vary")
} | {"goals": "--goal", "limits": "--limit"}
OFTEN: Final = ("reply_time", "abandonment", "service_level")
FITTING: Final = {
    "ms": ("a time with its unit, '5 s', or a share of the mean, 5%", "5s"),
    "share": ("an amount below 1, 0.01, or a share of the mean, 1%", "0.01"),
}
"""By unit of a measure: what is expected, and an example; of all others it is a plain number."""
NUMBER: Final = ("a plain number, 2, or a share of the mean, 5%", "2")


def targets(wishes: Sequence[str]) -> dict[str, Target]:
    """Read how precise measures are to be.

    Examples
    --------
    >>> targets(["reply_time=5%", "abandonment=0.01"])["abandonment"]
    Target(relative=0.0, absolute=0.01)
    """
    return dict(target(wish) for wish in wishes)


def target(wish: str) -> tuple[str, Target]:
    """Read how precise a measure is to be.

    Raises
    ------
    ScenarioError

    Examples
    --------
    >>> target("reply_time=5%")
    ('reply_time', Target(relative=0.05, absolute=0.0))
    >>> target("reply_p90=20 s")
    ('reply_p90', Target(relative=0.0, absolute=20000.0))
    """
    name, _, within = (part.strip() for part in wish.partition("="))
    if name not in MEASURED and name not in OF_RUN:
        raise _unknown(wish, name, within)
    unit = named(name)[1]
    if within.endswith("%"):
        found = Target(relative=_number(within[:-1]) / 100)
    elif unit == "ms":
        found = Target(absolute=float(read_duration(within) or math.nan))
    else:
        found = Target(absolute=_number(within))
    bound = max(found, key=abs) if not any(map(math.isnan, found)) else math.nan
    if not 0 < bound < math.inf or (unit == "share" and found.absolute >= 1):
        raise _refused(wish, name, within, unit)
    return name, found


def check_days(least: int, most: int) -> None:
    """Refuse numbers of days between which the rule cannot look.

    Raises
    ------
    ScenarioError

    Examples
    --------
    >>> check_days(10, 4)
    Traceback (most recent call last):
        ...
    deskkit.errors.ScenarioError: --most: This number is out of range. Got 4. Expected 10 (...) to 100,000. ...
    """
    if not FEWEST <= least <= MOST:
        raise ScenarioError(
            "This number is out of range.", place="--replications", value=least,
            expected=f"with --precise {FEWEST} to {MOST:,}", example="--replications 10",
        )  # fmt: skip
    low, why = max((least, "as many as --replications"), (LOOK_AHEAD, "for so many more it must stay so"))
    if not low <= most <= MOST:
        raise ScenarioError(
            "This number is out of range.", place="--most", value=most, expected=f"{low} ({why}) to {MOST:,}",
            example=f"--most {min(MOST, max(USUAL, 2 * low))}",
        )  # fmt: skip


def check_measures(names: Sequence[str]) -> None:
    """Refuse measures that a run does not have.

    Raises
    ------
    ScenarioError

    Examples
    --------
    >>> check_measures(["reply_tim"])
    Traceback (most recent call last):
        ...
    deskkit.errors.ScenarioError: --measure: A run has no such measure. Got 'reply_tim'. Expected ... such as reply_...
    """
    for name in names:
        if name not in MEASURED and name not in OF_RUN:
            near = get_close_matches(name, (*MEASURED, *OF_RUN)) or list(OFTEN)
            raise ScenarioError(
                "A run has no such measure.", place="--measure", value=name,
                expected=f"a measure such as {', '.join(near)}", example=f"--measure {near[0]}",
            )  # fmt: skip


def check_seed(seed: int | None) -> None:
    """Refuse what is no seed, before anything is read for it.

    Raises
    ------
    ScenarioError

    Examples
    --------
    >>> check_seed(-1)
    Traceback (most recent call last):
        ...
    deskkit.errors.ScenarioError: --seed: This is no seed. Got -1. Expected 0 to 2,147,483,647. Hint: --seed 7
    """
    try:
        check_luck(seed=seed)
    except ScenarioError as error:
        raise in_options(error) from error


def counted(many: int, noun: str) -> str:
    """Write how many there are of something.

    Examples
    --------
    >>> counted(1, "agent"), counted(1_200, "agent")
    ('1 agent', '1,200 agents')
    """
    return f"{many:,} {noun}{'' if many == 1 else 's'}"


def in_options(error: ScenarioError) -> ScenarioError:
    """Say of an option, also of one that may be repeated, what was said of the argument.

    Examples
    --------
    >>> print(in_options(ScenarioError("No.", place="workers", value=0, example="workers=2")))
    --workers: No. Got 0. Hint: --workers 2
    >>> print(in_options(ScenarioError("No.", place="vary capacity.agent", example='"1..100 by 5"')))
    --vary capacity.agent: No. Hint: --vary 'capacity.agent=1..100 by 5'
    """
    place, _, path = error.place.partition(" ")
    option = OPTIONS.get(place)
    if option is None:
        return error
    texts = re.findall(r'"([^"]+)"', error.example) or [error.example.removeprefix(f"{place}=")]
    fitting = (shlex.quote(f"{path}={text}" if path else text) for text in texts)
    return ScenarioError(
        error.problem, place=f"{option} {path}".rstrip(), value=error.value, expected=error.expected,
        example=" ".join(f"{option} {text}" for text in fitting), line=error.line,
    )  # fmt: skip


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _unknown(wish: str, name: str, within: str) -> ScenarioError:
    """Return the refusal of a measure that is none; the example keeps what fits it of what was typed."""
    near = get_close_matches(name, (*MEASURED, *OF_RUN)) or list(OFTEN)
    kept = within if within.endswith("%") and _number(within[:-1]) > 0 else "5%"
    return ScenarioError(
        "A run has no such measure.", place="--precise", value=wish, expected=f"a measure such as {', '.join(near)}",
        example=f"--precise {near[0]}={kept}",
    )  # fmt: skip


def _refused(wish: str, name: str, within: str, unit: str) -> ScenarioError:
    """Return the refusal of a width, by what was probably meant."""
    expected, fitting = FITTING.get(unit, NUMBER)
    number = _number(within)
    problem = "This is no precision."
    if unit == "ms" and math.isfinite(number):
        problem = "A time needs a unit."
        fitting = guess_duration(within, unit="s").replace(" ", "") if number > 0 else fitting
    elif unit == "share" and 1 <= number < 100:  # noqa: PLR2004 - per cent
        problem, fitting = "No share is so large.", f"{number / 100:g}"
    elif unit != "ms" and guess_duration(within, unit=""):
        problem = "This measure is a share, no time." if unit == "share" else "This measure is no time."
    return ScenarioError(
        problem, place="--precise", value=wish, expected=expected, example=f"--precise {name}={fitting or '5s'}"
    )
