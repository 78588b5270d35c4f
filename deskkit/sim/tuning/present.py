"""What a policy holds at a path: what its file says there, or the default by which a desk works where it is silent.

Defaults stand with their bounds where a file is read; here they are found by what a file without them means, so that
nobody writes them down a second time.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import msgspec

from deskkit.desk.policy import Policy
from deskkit.desk.policyfile.layout import lookup, read_path
from deskkit.desk.policyfile.quantities import read_duration, show_duration
from deskkit.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["present"]

Value = str | int | float | bool
_PLACES: Final = 9


def present(policy: Policy, path: str, *, like: Value | None = None) -> Value | None:
    """Return what holds at a path of a policy.

    Parameters
    ----------
    policy : Policy
    path : str
    like : value, optional
        One that may stand there: a default is written as it is.

    Returns
    -------
    value or None
        None where nothing stands and nothing holds without it, or no value says the same.

    Examples
    --------
    >>> standard = Policy.load("data/policies/standard.toml")
    >>> present(standard, "capacity.agent"), present(standard, "routing.overflow[0].after")
    (5, '30 s')

    A message reopens within a day where the file says nothing of it:

    >>> silent = standard.remove("life.reopen_within")
    >>> present(silent, "life.reopen_within", like="2 h"), present(silent, "life.reopen_within")
    ('24 h', None)
    """
    try:
        found: Any = lookup(tomllib.loads(policy.text), read_path(path))
    except (LookupError, TypeError, PolicyError):
        return None if like is None else _default(policy.text, path, like)
    return found if isinstance(found, str | int | float) else None


@lru_cache(maxsize=256)
def _default(text: str, path: str, like: Value) -> Value | None:
    """Return the value that changes nothing when it is written down."""
    silent = Policy.parse(text)
    try:
        other = silent.edit({path: like})
    except PolicyError:  # of a value that another knob has to make room for, nothing can be learned
        return None
    if other.schema == silent.schema:
        return like
    for now, then in _apart(msgspec.to_builtins(silent.schema), msgspec.to_builtins(other.schema)):
        found = _written(now, then, like)
        try:
            if found is not None and silent.edit({path: found}).schema == silent.schema:
                return found
        except PolicyError:  # it was another number of the policy
            continue
    return None


def _apart(now: Any, then: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - whatever msgspec makes of a schema
    """Yield what differs between two policies, side by side."""
    if isinstance(now, dict) and isinstance(then, dict):
        for key in now.keys() & then.keys():
            yield from _apart(now[key], then[key])
    elif isinstance(now, list | tuple) and isinstance(then, list | tuple) and len(now) == len(then):
        for one, other in zip(now, then, strict=True):
            yield from _apart(one, other)
    elif now != then:
        yield now, then


def _written(now: Any, then: Any, like: Value) -> Value | None:  # noqa: ANN401 - likewise
    """Write a value of a lowered policy as its file does, by how another one is written; None where that is unknown."""
    if isinstance(like, str) and isinstance(now, int) and read_duration(like) == then:
        return show_duration(now)
    if isinstance(like, str | bool):
        return now if isinstance(now, str | bool) and then == like else None
    if not isinstance(now, int | float) or not isinstance(then, int | float) or not like or not then:
        return None
    plain = round(now / (then / like), _PLACES)  # a lowered policy counts in thousandths, hundredths or ones
    return int(plain) if plain == int(plain) else plain
