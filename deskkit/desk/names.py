"""Names and their numbers: groups, skills, languages, tags and signals as bits and indices.

The model counts; people and files name. A registry gives each name the next number on first sight, so the same log
gives the same numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskkit.errors import FactError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from deskkit.desk.schema import Group

__all__ = ["BITS", "Names", "Registry", "other_names"]

BITS = 62


class Registry:
    """Names in the order of first sight.

    Examples
    --------
    >>> skills = Registry("skill", ["technical"])
    >>> skills.number("billing"), skills.mask(["technical", "billing"]), skills[0]
    (1, 3, 'technical')
    """

    def __init__(self, what: str, names: Iterable[str] = (), *, limit: int = BITS) -> None:
        self.what = what
        self.limit = limit
        self._names: list[str] = []
        self._numbers: dict[str, int] = {}
        for name in names:
            self.number(name)

    def number(self, name: str) -> int:
        """Return the number of a name; a new name gets the next.

        Raises
        ------
        FactError
            There are more names than bits.
        """
        found = self._numbers.get(name)
        if found is None:
            found = len(self._names)
            if found >= self.limit:
                raise self.full(name)
            self._numbers[name] = found
            self._names.append(name)
        return found

    def add(self, names: Sequence[str]) -> None:
        """Give numbers to names of which none was seen before, and each stands there once.

        Raises
        ------
        FactError
            There are more names than bits.
        """
        begin = len(self._names)
        if begin + len(names) > self.limit:
            raise self.full(names[self.limit - begin])
        self._numbers.update(zip(names, range(begin, begin + len(names)), strict=True))
        self._names += names

    def full(self, name: str) -> FactError:
        """Return the error that says that there is no number left for a name."""
        return FactError(
            f"There are more than {self.limit} {self.what}s.",
            value=name,
            expected=f"at most {self.limit}",
            example=f"merge rarely used {self.what}s before the import",
        )

    def find(self, name: str) -> int:
        """Return the number of a name, -1 if it is unknown."""
        return self._numbers.get(name, -1)

    def mask(self, names: Iterable[str]) -> int:
        """Return the names as bits."""
        bits = 0
        for name in names:
            bits |= 1 << self.number(name)
        return bits

    def named(self, mask: int) -> tuple[str, ...]:
        """Return the names of the bits."""
        return tuple(name for i, name in enumerate(self._names) if mask >> i & 1)

    def __getitem__(self, number: int) -> str:
        return self._names[number]

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)


def other_names(groups: Iterable[Group]) -> dict[str, str]:
    """Return what each group is called too, by its title and by every word of it, with its name.

    Examples
    --------
    >>> from deskkit.desk.schema import Group
    >>> other_names([Group("vip", "VIP客服 VIP", queue_limit=20)])
    {'VIP客服 VIP': 'vip', 'VIP客服': 'vip', 'VIP': 'vip'}
    """
    found: dict[str, str] = {}
    for group in groups:
        for word in (group.title, *group.title.split()):
            found.setdefault(word, group.name)
    return found


class Names:
    """All registries of a desk; groups also answer to any word of their title."""

    def __init__(self) -> None:
        self.groups = Registry("group")
        self.skills = Registry("skill", limit=32)
        self.languages = Registry("language")
        self.aliases: dict[str, str] = {}

    def group(self, name: str) -> int:
        """Return the number of a group by its name or by a word of its title."""
        return self.groups.number(self.aliases.get(name, name))
