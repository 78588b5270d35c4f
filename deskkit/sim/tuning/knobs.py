"""Numbers of a policy that may be turned: how each is written, how far it goes, in which steps.

A knob is said in a policy's own words: ``"3..8"``, ``"0.2..1.0 by 0.1"``, ``"30 s..5 min by 30 s"``, or a choice,
``"least_load | longest_idle"``. This module knows nothing of runs.
"""

from __future__ import annotations

import math
import tomllib
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from deskkit.desk.policyfile.edits import change
from deskkit.desk.policyfile.faults import Book, EnoughError
from deskkit.desk.policyfile.layout import read_path
from deskkit.desk.policyfile.quantities import read_duration, show_duration
from deskkit.desk.policyfile.sections import read_schema
from deskkit.errors import PolicyError, ScenarioError
from deskkit.sim.tuning.present import present
from deskkit.worded import joined, worded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from deskkit.desk.policy import Policy

__all__ = ["Knob", "is_same", "knobs_of", "notes_of", "read_knob"]

Value = str | int | float | bool
_STEPS: Final = 20  # of a range that names none
_SECOND: Final = 1_000
_PLACES: Final = 9
_LISTED: Final = 8
_MOST: Final = 1_000
_EXAMPLE: Final = '"3..8", "30 s..5 min by 30 s" or "least_load | longest_idle"'


class Knob(NamedTuple):
    """A number of a policy that may be turned.

    Attributes
    ----------
    path : str
        As of `Policy.edit`.
    values : tuple
        All that are tried, as TOML has them, in their order.
    is_choice : bool
        Whether they have no order.
    text : str
        As it was said.
    """

    path: str
    values: tuple[Value, ...]
    is_choice: bool = False
    text: str = ""


def read_knob(path: str, text: str) -> Knob:
    """Read how far a number may be turned.

    Parameters
    ----------
    path : str
        Such as ``"capacity.agent"`` or ``"routing.overflow[0].after"``.
    text : str
        ``"LOW..HIGH"``, with ``by STEP`` after it if need be, or values with ``|`` between them. Times have units.

    Returns
    -------
    Knob

    Raises
    ------
    ScenarioError
        It is neither, or has only one value.

    Examples
    --------
    >>> read_knob("capacity.agent", "3..6").values
    (3, 4, 5, 6)
    >>> read_knob("queue.guard", "5 min..10 min by 150 s").values
    ('5 min', '450 s', '10 min')
    >>> read_knob("routing.strategy", "least_load | longest_idle").values
    ('least_load', 'longest_idle')
    """
    is_choice = "|" in text
    values = tuple(_value(one.strip()) for one in text.split("|")) if is_choice else _range(path, text)
    if len(dict.fromkeys(values)) < 2:  # noqa: PLR2004 - else there is nothing to choose
        raise _refused(path, text)
    return Knob(path, tuple(dict.fromkeys(values)), is_choice, text)


def knobs_of(policy: Policy, vary: Mapping[str, str]) -> tuple[Knob, ...]:
    """Return the knobs of a policy.

    Raises
    ------
    PolicyError
        The policy has no such number, or takes none of the values.
    ScenarioError
        A range cannot be read, or there is none.
    """
    if not vary:
        raise ScenarioError(
            "Nothing may be turned.", place="vary", value="{}", expected="a number of the policy and its range",
            example='vary={"capacity.agent": "3..8"}',
        )  # fmt: skip
    found = tuple(read_knob(path, text) for path, text in vary.items())
    for one in found:
        _check(policy, one)
    return found


def notes_of(policy: Policy, knobs: Iterable[Knob]) -> tuple[str, ...]:
    """Return what may surprise in a range: that its steps pass over its end, or that it leaves out what is now.

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> standard = Policy.load("data/policies/standard.toml")
    >>> for note in notes_of(standard, [read_knob("queue.guard", "5 min..20 min by 7 min")]):
    ...     print(note)
    queue.guard: the steps of 5 min..20 min by 7 min pass over its end; tried are 5 min, 12 min, 19 min.
    queue.guard: 15 min, as it is, is not among what is tried (5 min, 12 min, 19 min): every candidate changes it.
    """
    notes = []
    for one in knobs:
        tried, now = _listed(one.values), present(policy, one.path, like=one.values[0])
        end = one.text.partition(" by ")[0].partition("..")[2].strip()
        if not one.is_choice and not is_same(one.values[-1], _value(end)):
            notes.append(
                worded(
                    "{path}: the steps of {text} pass over its end; tried are {tried}.",
                    path=one.path, text=one.text, tried=tried,
                )
            )  # fmt: skip
        if now is not None and not any(is_same(now, value) for value in one.values):
            notes.append(
                worded(
                    "{path}: {now}, as it is, is not among what is tried ({tried}): every candidate changes it.",
                    path=one.path, now=now, tried=tried,
                )
            )  # fmt: skip
    return tuple(notes)


def _listed(values: Sequence[Value]) -> str:
    """Write values; of many the first, the second and the last."""
    few = list(values) if len(values) <= _LISTED else [*values[:2], "...", values[-1]]
    return joined(map(str, few))


def is_same(one: Value | None, other: Value | None) -> bool:
    """Say whether two values say the same, as "2 min" and "120 s" do.

    Examples
    --------
    >>> is_same("2 min", "120 s"), is_same(5, 5), is_same("least_load", "best_skill"), is_same(None, 5)
    (True, True, False, False)
    """
    if isinstance(one, str) and isinstance(other, str):
        times = read_duration(one), read_duration(other)
        return one == other or (None not in times and times[0] == times[1])
    return one == other


def _check(policy: Policy, knob: Knob) -> None:
    """Refuse a knob of which the policy takes no value, with what it says of the middle one; or not each of a choice.

    Each alone: ends of a range may contradict what another knob would change with them. What of a choice no policy can
    be read with, a word that is not known, no other knob makes good.
    """
    faults = []
    if knob.is_choice:
        for value in knob.values:
            _check_readable(policy, knob.path, value)
    for at in sorted(range(len(knob.values)), key=lambda one: abs(one - len(knob.values) // 2)):
        try:
            policy.edit({knob.path: knob.values[at]})
        except PolicyError as error:
            faults.append(error)
        else:
            return
    raise faults[0]


def _check_readable(policy: Policy, path: str, value: Value) -> None:
    try:
        policy.edit({path: value})
    except PolicyError:
        book = Book()
        with suppress(EnoughError):
            read_schema(tomllib.loads(change(policy.text, {path: value})), book)
        if any(one.path == read_path(path) for one in book.problems):  # else it is read, but does not fit the rest
            raise


def _range(path: str, text: str) -> tuple[Value, ...]:
    ends, _, by = text.partition(" by ")
    low, dots, high = (part.strip() for part in ends.partition(".."))
    if not dots:
        raise _refused(path, text)
    by = by.strip()
    times = [read_duration(part) for part in (low, high, by or "1 s")]
    if None not in times:
        begin, end, each = (int(one or 0) for one in times)
        each = each if by else max(_SECOND, round((end - begin) / _STEPS / _SECOND) * _SECOND)
        steps = _stepped(path, text, begin, end, each)
        own_end = () if by or steps[-1] == end else (end,)  # who names no step means both ends
        return tuple(show_duration(ms) for ms in (*steps, *own_end))
    numbers = [_value(part) for part in (low, high, by or "1")]
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in numbers):
        raise _refused(path, text)
    if all(isinstance(one, int) for one in numbers):
        return _stepped(path, text, *numbers)
    first, last = float(numbers[0]), float(numbers[1])
    step = float(numbers[2]) if by else (last - first) / _STEPS
    if step <= 0 or not math.isfinite((last - first) / step):
        raise _refused(path, text)
    many = round((last - first) / step)
    _check_count(path, text, many + 1)
    return tuple(round(first + n * step, _PLACES) for n in range(many + 1) if first + n * step <= last + step / 1000)


def _stepped(path: str, text: str, first: Any, last: Any, step: Any) -> tuple[int, ...]:  # noqa: ANN401 - whole numbers
    if step <= 0 or last <= first:
        raise _refused(path, text)
    _check_count(path, text, (last - first) // step + 1)
    return tuple(range(first, last + 1, step))


def _check_count(path: str, text: str, count: int) -> None:
    if count > _MOST:
        raise ScenarioError(
            f"There are {count:,} values in this range.", place=f"vary {path}", value=text,
            expected=f"{_MOST:,} at most: a narrower range, or wider steps", example='"1..100 by 5"',
        )  # fmt: skip


def _value(text: str) -> Value:
    """Read a value as TOML has it; what is none is a text."""
    try:
        found = tomllib.loads(f"x = {text}")["x"]
    except tomllib.TOMLDecodeError:
        return text
    return found if isinstance(found, str | int | float) else text


def _refused(path: str, text: str) -> ScenarioError:
    return ScenarioError("This is no range.", place=f"vary {path}", value=text, expected=_EXAMPLE, example='"3..8"')
