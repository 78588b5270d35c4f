"""Decisions of one's own to begin from: which unread tab an agent turns to, instead of what the policy's order says.

Each is given to ``simulate(..., pick=...)``, ``compare`` or ``replicate``; write another the same way, in a file or
in a cell:

    def newest_first(agent, unread, now):
        return max(unread, key=lambda one: one.asked)
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Final

from deskkit.errors import DeskkitError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deskkit.sim.people import Conversation, Person

__all__ = ["check_pick", "newest_first", "oldest_first", "watched"]

_EXAMPLE: Final = "pick=lambda agent, unread, now: max(unread, key=lambda one: one.asked)"


def watched(
    pick: Callable[[Person, Sequence[Conversation], int], Conversation],
) -> Callable[[Person, Sequence[Conversation], int], Conversation]:
    """Return a function of one's own that is refused if it cannot be asked, and when it answers with no unread tab.

    Raises
    ------
    DeskkitError
        It does not take an agent, the unread tabs and the instant; or, when asked, fails (its error is the cause) or
        returns none of these tabs.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> one = SimpleNamespace(asked=3, index=3)
    >>> watched(oldest_first)(None, [one], 9) is one
    True
    """
    check_pick(pick, place="simulate")

    def chosen(person: Person, unread: Sequence[Conversation], now: int) -> Conversation:
        try:
            found = pick(person, unread, now)
        except Exception as error:  # SimPy would make another of its kind, which not every kind can be made like
            raise DeskkitError(
                f"pick failed with {type(error).__name__}: {error}", place="simulate",
                expected="one of the tabs it was given", example=_EXAMPLE,
            ) from error  # fmt: skip
        if not any(found is one for one in unread):
            raise _no_tab(found)
        return found

    return chosen


def check_pick(pick: object, *, place: str) -> None:
    """Refuse what cannot be asked which tab an agent turns to.

    Raises
    ------
    DeskkitError
    """
    if not _can_be_asked(pick):
        raise DeskkitError(
            "pick must take an agent, the unread tabs and the instant.", place=place, value=pick,
            expected="a function of (agent, unread, now)", example=_EXAMPLE,
        )  # fmt: skip


def _no_tab(found: object) -> DeskkitError:
    return DeskkitError(
        "pick must return one of `unread`.", place="simulate", value="None" if found is None else found,
        expected="one of the tabs it was given", example=_EXAMPLE,
    )  # fmt: skip


def _can_be_asked(pick: object) -> bool:
    if not callable(pick):
        return False
    try:
        inspect.signature(pick).bind(None, (), 0)
    except TypeError:
        return False
    except ValueError:  # what is built in may not tell what it takes
        return True
    return True


def newest_first(_agent: Person, unread: Sequence[Conversation], _now: int) -> Conversation:
    """Turn to whoever wrote last.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> newest_first(None, [SimpleNamespace(asked=n, index=n) for n in (3, 7)], 9).asked
    7
    """
    return max(unread, key=lambda one: (one.asked, -one.index))


def oldest_first(_agent: Person, unread: Sequence[Conversation], _now: int) -> Conversation:
    """Turn to whoever has waited longest, whatever their level.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> oldest_first(None, [SimpleNamespace(asked=n, index=n) for n in (3, 7)], 9).asked
    3
    """
    return min(unread, key=lambda one: (one.asked, one.index))
