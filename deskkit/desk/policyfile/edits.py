"""Edits of a TOML text that leave all else alone: a value replaced, a key or a table added, a rule removed.

Nothing is written anew but what changes: comments, blank lines, order and every other byte stay, and a
comment in what is removed stays too, on a line of its own. Each edit is checked: the new text must read as
the old data with the change, or it is refused. This module knows nothing of policies.
"""

from __future__ import annotations

import copy
import tomllib
from functools import lru_cache, partial
from typing import TYPE_CHECKING, cast

from deskkit.desk.policyfile.layout import literal, lookup, read_path, show_path
from deskkit.desk.policyfile.splices import add_key, cut, insert, refuse, replace, swap
from deskkit.worded import worded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from deskkit.desk.policyfile.layout import KeyPath

__all__ = ["add", "change", "remove", "swap_with_next"]


def change(text: str, changes: Mapping[str, object]) -> str:
    r"""Return the text with other values.

    Parameters
    ----------
    text : str
        Valid TOML.
    changes : mapping of path to value

    Returns
    -------
    str

    Raises
    ------
    PolicyError
        A path leads nowhere, or a value cannot stand there.

    Examples
    --------
    >>> change("[capacity]\nagent = 5  # units\n", {"capacity.agent": 6, "capacity.reserve": 1})
    '[capacity]\nagent = 6  # units\nreserve = 1\n'
    """
    for path, value in changes.items():
        steps = _steps(path)
        try:
            literal(value)
        except TypeError:
            refuse(worded("TOML has no such value."), path, value)
        text = _checked(partial(_set, text, steps, value), text, steps, value)
    return text


def add(text: str, path: str, rule: Mapping[str, object], *, at: int | None = None) -> str:
    r"""Return the text with one more table in a list of tables.

    Parameters
    ----------
    text : str
    path : str
        The list; one that is not there yet begins with this table.
    rule : mapping
    at : int, optional
        Its number, from 0; without it the last.

    Returns
    -------
    str

    Raises
    ------
    PolicyError
        What stands there is no list.

    Examples
    --------
    >>> print(add("[[tidy]]  # rules\nname = 'a'\n", "tidy", {"name": "b"}))
    [[tidy]]  # rules
    name = 'a'
    <BLANKLINE>
    [[tidy]]
    name = "b"
    <BLANKLINE>
    """
    steps = _steps(path)
    try:
        literal(dict(rule))
    except (TypeError, ValueError):
        refuse(worded("TOML has no such table."), path, rule)
    rows = _find(tomllib.loads(text), steps, missing=[])
    if not isinstance(rows, list):
        refuse(worded("This is no list of rules."), path)
    number = len(rows) if at is None else min(max(at, 0), len(rows))
    after = [*rows[:number], dict(rule), *rows[number:]]
    return _checked(partial(insert, text, steps, number, dict(rule)), text, steps, after)


def remove(text: str, path: str) -> str:
    r"""Return the text without a key, a table or an element of a list.

    Parameters
    ----------
    text : str
    path : str

    Returns
    -------
    str

    Raises
    ------
    PolicyError
        There is nothing at the path.

    Examples
    --------
    >>> remove("a = [1, 2, 3]\nb = 1 # why\n", "a[1]"), remove("a = 1\nb = 1 # why\n", "b")
    ('a = [1, 3]\nb = 1 # why\n', 'a = 1\n# why\n')
    """
    steps = _steps(path)
    if _find(tomllib.loads(text), steps, missing=None) is None:
        refuse(worded("There is nothing to remove here."), path)
    return _checked(partial(cut, text, steps), text, steps, None)


def swap_with_next(text: str, path: str) -> str:
    r"""Return the text with an element of a list and the next one in each other's place, each with its comments.

    Parameters
    ----------
    text : str
    path : str
        Of the first of the two.

    Returns
    -------
    str

    Raises
    ------
    PolicyError
        It is no element of a list, or the last one.

    Examples
    --------
    >>> print(swap_with_next("[[tidy]]\nname = 'a'  # one\n\n# two\n[[tidy]]\nname = 'b'", "tidy[0]"))
    # two
    [[tidy]]
    name = 'b'
    <BLANKLINE>
    [[tidy]]
    name = 'a'  # one
    """
    steps = _steps(path)
    data = tomllib.loads(text)
    rows, number = _find(data, steps[:-1], missing=None), steps[-1]
    if not isinstance(rows, list) or not isinstance(number, int) or number + 1 >= len(rows):
        refuse(worded("This is not followed by another one."), path)
    after = [*rows[:number], rows[number + 1], rows[number], *rows[number + 2 :]]
    return _checked(partial(swap, text, steps), text, steps[:-1], after)


# ---------------------------------------------------------------- paths and checks


def _steps(path: str) -> KeyPath:
    try:
        return read_path(path)
    except ValueError:
        refuse(worded("This is no path."), path)


def _find(data: object, path: KeyPath, *, missing: object) -> object:
    try:
        return lookup(data, path)
    except KeyError:
        return missing


def _checked(edit: Callable[[], str], old: str, path: KeyPath, value: object) -> str:
    """Return the edited text if it reads as the old data with `value` (None: nothing) at `path`, else refuse."""
    expected: object = copy.deepcopy(_loaded(old))
    try:
        new = edit()
        data: object = copy.deepcopy(_loaded(new))
    except tomllib.TOMLDecodeError:
        new, data = old, None
    else:
        _put(expected, path, None if value is None else tomllib.loads(f"x = {literal(value)}")["x"])
    if data is None or _pruned(data, path) != _pruned(expected, path):
        refuse(
            worded("This cannot be edited without rewriting more of the file; edit its text."), show_path(path), value
        )
    return new


@lru_cache(maxsize=4)
def _loaded(text: str) -> dict[str, object]:
    """Read a text, once while it is edited; what is returned is only looked at."""
    return tomllib.loads(text)


def _put(data: object, path: KeyPath, value: object) -> None:
    """Put a value into parsed data, with the tables on the way to it, or take it out where it is None."""
    for step in path[:-1]:
        data = data.setdefault(step, {}) if isinstance(data, dict) else lookup(data, (step,))
    last = path[-1]
    if not isinstance(data, dict | list):
        return  # there is no table to put it into; the comparison will show it
    if value is None:
        del data[cast("int", last)]
    else:
        data[cast("int", last)] = value


def _pruned(data: object, path: KeyPath) -> object:
    """Drop tables and lists along a path that became empty: a text has no header for them."""
    for length in range(len(path), 0, -1):
        holder, step = _find(data, path[: length - 1], missing=None), path[length - 1]
        if isinstance(holder, dict) and holder.get(cast("str", step)) in ({}, []):
            del holder[step]
    return data


# ---------------------------------------------------------------- values


def _set(text: str, path: KeyPath, value: object) -> str:
    """Change what differs between the old value at `path` and the new one."""
    data = _loaded(text)
    old = _find(data, path, missing=None)
    if old is None:
        return _set_missing(text, data, path, value)
    if isinstance(old, dict) and isinstance(value, dict):
        for key in old.keys() - value.keys():
            text = cut(text, (*path, key))
        for key, item in value.items():
            text = _set(text, (*path, key), item)
        return text
    if isinstance(old, list) and isinstance(value, list | tuple):
        return _set_list(text, path, old, value)
    if type(old) is type(value) and old == value:
        return text
    return replace(text, path, value)


def _set_missing(text: str, data: object, path: KeyPath, value: object) -> str:
    """Add what is not there yet, with the tables on the way to it."""
    known = len(path) - 1
    while known and _find(data, path[:known], missing=None) is None:
        known -= 1
    step, holder = path[known], _find(data, path[:known], missing=None)
    if isinstance(step, int) and isinstance(holder, list):
        many = worded("There is no such rule: {list} has {n}, counted from 0; policy.add(...) makes one.",
                      list=show_path(path[:known]), n=len(holder))  # fmt: skip
        refuse(many, show_path(path))
    if isinstance(step, int) or not all(isinstance(one, str) for one in path[known:]):
        refuse(worded("There is no such rule; policy.add(...) makes one."), show_path(path))
    for step_in in reversed(path[known + 1 :]):
        value = {step_in: value}
    return add_key(text, path[:known], step, value)


def _set_list(text: str, path: KeyPath, old: Sequence[object], new: Sequence[object]) -> str:
    """Change, add and remove elements between those that stay at the beginning and at the end."""
    shorter = min(len(old), len(new))
    were, are = [literal(item) for item in old], [literal(item) for item in new]
    first = next((n for n in range(shorter) if were[n] != are[n]), shorter)
    last = next((n for n in range(shorter - first) if were[-1 - n] != are[-1 - n]), shorter - first)
    both = shorter - first - last
    for number in range(first, first + both):
        text = _set(text, (*path, number), new[number])
    for number in reversed(range(first + both, len(old) - last)):
        text = cut(text, (*path, number))
    for number in range(first + both, len(new) - last):
        text = insert(text, path, number, new[number])
    return text
