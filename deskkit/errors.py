"""The errors deskkit raises: each names the place, the value, what was expected and a corrected example.

Everything a caller may want to catch derives from `DeskkitError`. This module knows nothing of the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "ArgumentError",
    "ConflictError",
    "DeskkitError",
    "FactError",
    "FeedError",
    "FileError",
    "FormulaError",
    "LogError",
    "PolicyError",
    "ScenarioError",
]

_SHOWN = 120


class DeskkitError(Exception):
    """Say what is wrong, where, with which value, what was expected, and how it would be right.

    Parameters
    ----------
    problem : str
        One sentence: what is wrong.
    place : str, optional
        Where: a file and line, a field, a call.
    value : object, optional
        The value met; shown by `repr`, cut at 120 characters.
    expected : str, optional
        What would have been accepted.
    example : str, optional
        A corrected example, ready to copy.

    Examples
    --------
    >>> print(DeskkitError("The zone is missing.", place="import meiqia", example="--zone Asia/Shanghai"))
    import meiqia: The zone is missing. Hint: --zone Asia/Shanghai
    """

    cover: ClassVar[Callable[[str], str]] = staticmethod(str)
    """Masks what is personal in a text; the front door sets it, for an error ends in logs and tracebacks."""

    def __init__(
        self,
        problem: str,
        *,
        place: str = "",
        value: object = None,
        expected: str = "",
        example: str = "",
    ) -> None:
        self.problem = problem
        self.place = place
        self.value = value
        self.expected = expected
        self.example = example
        super().__init__(self._message())

    def _message(self) -> str:
        said = f"{self.place}: {self.problem}" if self.place else self.problem
        parts = [DeskkitError.cover(said)]
        if self.value is not None:
            shown = _shown(self.value)
            parts.append(f"Got {shown[:_SHOWN]}{'…' if len(shown) > _SHOWN else ''}.")
        if self.expected:
            parts.append(f"Expected {self.expected}{'' if self.expected.endswith('?') else '.'}")
        if self.example:
            parts.append(f"Hint: {self.example}")
        return " ".join(parts)


def _shown(value: object) -> str:
    """Write a value as Python does; a number too long for that is only called so."""
    try:
        return repr(_covered(value))
    except ValueError:
        return f"a {type(value).__name__} with a number of more than 4,300 digits"


def _covered(value: object) -> object:
    """Mask texts before `repr` writes their invisible characters as letters and digits."""
    if isinstance(value, str):
        return DeskkitError.cover(value)
    if isinstance(value, list | tuple):
        inner = [_covered(one) for one in value]
        return inner if isinstance(value, list) else tuple(inner)
    return value


class ArgumentError(DeskkitError, TypeError):
    """A function is given something of the wrong type: it names the argument, and what it takes."""


class FileError(DeskkitError):
    """A file that people write is refused; `line` is the 1-based line of the fault (0 where none applies)."""

    def __init__(
        self,
        problem: str,
        *,
        place: str = "",
        value: object = None,
        expected: str = "",
        example: str = "",
        line: int = 0,
    ) -> None:
        self.line = line
        super().__init__(problem, place=place, value=value, expected=expected, example=example)


class PolicyError(FileError):
    """A policy file is refused."""


class ScenarioError(FileError):
    """A scenario file is refused."""


class NotCompilable(DeskkitError):  # noqa: N818 - a word of its own
    """The compiled engine cannot run this; the other one can."""


class FactError(DeskkitError):
    """A fact is malformed: it names what does not exist or holds a value out of range."""


class FeedError(DeskkitError):
    """A feed is wrongly configured or its input cannot be read at all."""


class LogError(DeskkitError):
    """A log is damaged, foreign, newer, full, locked, or opened by an unsafe library."""


class ConflictError(LogError):
    """The conversation moved on since the sequence number the caller saw; decide again."""


class MeasureError(DeskkitError):
    """A measure is asked for what it cannot mean: an unknown name or key, a period that ends before it begins."""


class FormulaError(DeskkitError):
    """A formula is asked for what has no answer: a queue that grows without end, a negative time."""
