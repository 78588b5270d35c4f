"""What public functions are given: something of the wrong type is refused by its name, before anything is done with it.

A thing is known by what it has, not by its class: so the model need not load a log, nor a measure the simulator, to
refuse what is none.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from numbers import Integral, Real
from typing import Final, NamedTuple

from deskkit.errors import ArgumentError

__all__ = [
    "CALLABLE",
    "CHANGES",
    "FRAME",
    "INSTANT",
    "LOG",
    "NAMES",
    "NUMBER",
    "PATH",
    "PATHS",
    "POLICIES",
    "POLICY",
    "SCENARIO",
    "SEVERAL",
    "TEXT",
    "WHOLE",
    "WORKLOAD",
    "Kind",
    "expect",
    "having",
]


class Kind(NamedTuple):
    """What an argument takes: in words, as an example, and how it is known."""

    words: str
    example: str
    fits: Callable[[object], bool]


def having(words: str, example: str, *names: str) -> Kind:
    """Return the kind of things that have these attributes; a class of such things is none of them.

    Examples
    --------
    >>> having("a complex number", "1j", "imag").fits(2.0), having("a text", '"a"', "upper").fits(str)
    (True, False)
    """
    return Kind(words, example, lambda value: not isinstance(value, type) and all(hasattr(value, one) for one in names))


LOG: Final = having("a log", 'open_log("sqlite:///desk.db")', "read", "append", "last_seq")
POLICY: Final = having("a Policy", 'Policy.load("data/policies/standard.toml")', "schema", "fingerprint", "text")
SCENARIO: Final = having(
    "a Scenario", 'load_scenario("data/scenarios/small.toml")', "streams", "agents", "attention", "drain"
)
WORKLOAD: Final = having("a Workload", "workload_from(log)", "conversations", "turns", "midnight")
WHOLE: Final = Kind("a whole number", "7", lambda value: isinstance(value, Integral) and not isinstance(value, bool))
NUMBER: Final = Kind("a number", "0.05", lambda value: isinstance(value, Real) and not isinstance(value, bool))
TEXT: Final = Kind("a text", '"…"', lambda value: isinstance(value, str))
PATH: Final = Kind("a path", '"data/scenarios/small.toml"', lambda value: isinstance(value, str | os.PathLike))
SEVERAL: Final = Kind("a list", "[3, 4, 5]", lambda value: isinstance(value, Iterable) and not isinstance(value, str))
NAMES: Final = Kind(
    "a name, or several", '["first_response", "reply_time"]',
    lambda value: isinstance(value, Iterable) and all(isinstance(one, str) for one in value),
)  # fmt: skip
PATHS: Final = Kind(
    "a list of paths", '["export.json"]',
    lambda value: isinstance(value, Iterable) and not isinstance(value, str) and all(map(PATH.fits, value)),
)  # fmt: skip
INSTANT: Final = having(
    "a datetime with its zone", 'datetime(2026, 6, 15, tzinfo=ZoneInfo("Asia/Shanghai"))', "tzinfo", "timestamp"
)
CHANGES: Final = Kind(
    "a dict of paths to values", '{"capacity.agent": 4}',
    lambda value: isinstance(value, Mapping) and all(isinstance(path, str) for path in value),
)  # fmt: skip
FRAME: Final = having("a frame", "study.frame", "columns", "shape")
CALLABLE: Final = Kind("a function", "lambda value: ...", callable)


def _are_policies(value: object) -> bool:
    return (
        isinstance(value, Mapping)
        and bool(value)
        and all(isinstance(name, str) and POLICY.fits(one) for name, one in value.items())
    )


POLICIES: Final = Kind(
    "a dict of names to one Policy or several", '{"today": policy, "new": policy.edit({"capacity.agent": 4})}',
    _are_policies,
)  # fmt: skip


def expect(kind: Kind, place: str, **given: object) -> None:
    """Refuse what is not of a kind.

    Parameters
    ----------
    kind : Kind
    place : str
        The function that was called.
    **given
        Arguments by name.

    Raises
    ------
    ArgumentError
        One of them is something else. It names it, what it is and what was expected.

    Examples
    --------
    >>> expect(WHOLE, "compare", replications=5)
    >>> expect(WHOLE, "compare", replications="5")
    Traceback (most recent call last):
        ...
    deskkit.errors.ArgumentError: compare: replications is no whole number, but a str. Got '5'. ... Hint: replications=7
    """
    for name, value in given.items():
        if not kind.fits(value):
            raise ArgumentError(
                f"{name} is {_no(kind.words)}, but {_kind_of(value)}.", place=place, value=_said(value),
                expected=kind.words, example=f"{name}={kind.example}",
            )  # fmt: skip


def _no(words: str) -> str:
    """Return the words for a thing that is none."""
    return "no " + words.removeprefix("a ")


def _kind_of(value: object) -> str:
    """Say what a value is; of a container also what is in it."""
    if value is None:
        return "None"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    kind = type(value).__name__
    if isinstance(value, Mapping):
        inside = sorted({type(one).__name__ for one in value.values()})
        return f"a {kind} of {', '.join(inside)}" if inside else f"an empty {kind}"
    if isinstance(value, list | tuple | set | frozenset):
        return f"a {kind}" if value else f"an empty {kind}"
    return f"{'an' if kind[0].lower() in 'aeiou' else 'a'} {kind}"


def _said(value: object) -> object:
    """Return what of a value is shown: texts and numbers as they are; of anything larger its type was said."""
    return value if isinstance(value, str | int | float | os.PathLike) else None
