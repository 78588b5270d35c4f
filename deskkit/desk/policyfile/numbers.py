"""The numbers of a policy: every one that stands in its rules, with its path and the rule it belongs to.

A form lists them; `Policy.edit` takes a path and a changed number. This module decides nothing and keeps nothing.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Number", "numbers_of"]

_DURATION: Final = re.compile(r"(?:(?:>=|<=|>|<|=)\s*)?\d+(?:\.\d+)?\s*(?:ms|s|min|h|days?|d|weeks?)?")
_SKIPPED: Final = frozenset(
    {"version", "signal", "signals", "rings"}
)  # the file's form; words to look for; how a notice sounds


class Number(NamedTuple):
    """A number of a policy.

    Attributes
    ----------
    path : str
        As `Policy.edit` takes it, such as ``priority.rule[8].when.unanswered``.
    section : str
        The first name of the path.
    rule : str
        The name of the rule it stands in, else of the table.
    key : str
        The rest of the path within the rule.
    value : int, float or str
        As TOML has it: ``6``, ``">= 5 min"``.
    """

    path: str
    section: str
    rule: str
    key: str
    value: int | float | str


def numbers_of(text: str) -> list[Number]:
    r"""Return every number of a policy's text, in its order.

    Parameters
    ----------
    text : str
        Valid TOML.

    Returns
    -------
    list of Number

    Examples
    --------
    >>> numbers_of('[[priority.rule]]\nname = "Long wait"\nlevel = "high"\nwhen = { unanswered = ">= 5 min" }')
    [Number(path='priority.rule[0].when.unanswered', section='priority', rule='Long wait', key='when.unanswered',
    value='>= 5 min')]
    """
    found: list[Number] = []
    for section, value in tomllib.loads(text).items():
        if section not in _SKIPPED:
            found += _walk(value, section, section, "", "")
    return found


def _walk(value: object, path: str, section: str, rule: str, key: str) -> Iterator[Number]:
    """Go through tables and lists; a table with a name begins a rule."""
    if isinstance(value, dict):
        called = _called(value, path)
        if called:
            rule, key = called, ""
        for name, inner in value.items():
            step = name if re.fullmatch(r"[\w-]+", name) and name.isascii() else f'"{name}"'
            yield from _walk(inner, f"{path}.{step}", section, rule, f"{key}.{name}".strip("."))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _walk(inner, f"{path}[{place}]", section, rule, f"{key}[{place}]")
    elif _is_number(value):
        yield Number(path, section, rule or path.rpartition(".")[0], key, value)  # type: ignore[arg-type] # just seen


def _called(table: dict[str, object], path: str) -> str:
    """Return what a rule is called: by its name, else by what it is for; empty if a table is no rule."""
    name = table.get("name") or table.get("title")
    if isinstance(name, str):
        return name
    if not path.endswith("]"):
        return ""
    about = [table[key] for key in ("event", "level", "group", "from") if key in table]
    words = [
        ", ".join(map(str, one)) if isinstance(one, list) else str(one) for one in about if not isinstance(one, dict)
    ]
    return ", ".join(words)


def _is_number(value: object) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int | float) or (isinstance(value, str) and bool(_DURATION.fullmatch(value)))
