"""The tags of each conversation, by facet: who decided each. Equal ones are one object, since most are alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from deskkit.desk.labels import called_now

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from deskkit.desk.schema import Facet

__all__ = ["Tagged", "Tags"]

Tagged: TypeAlias = tuple[Mapping[str, str], Mapping[str, str], Mapping[str, str]]
_Key: TypeAlias = tuple[tuple[tuple[str, str], ...], ...]


class Tags:
    """Tags by the number of their conversation: of each facet who decided them, "rule", "hand" or "off" by a hand.

    Parameters
    ----------
    tags : iterable, optional
        Those of the conversations that there are.

    Examples
    --------
    >>> tags = Tags()
    >>> tags.begin(), tags.begin()
    (None, None)
    >>> tags.put(0, 1, {"refund": "rule"})
    >>> tags[0], tags[1], tags.known()
    (({}, {'refund': 'rule'}, {}), ({}, {}, {}), {'refund'})
    """

    def __init__(self, tags: Iterable[Tagged] = ()) -> None:
        self._same: dict[_Key, Tagged] = {}
        self._of = [self._one(of) for of in tags]

    def _one(self, tagged: Tagged) -> Tagged:
        return self._same.setdefault(tuple(tuple(facet.items()) for facet in tagged), tagged)

    def begin(self) -> None:
        """Begin a conversation, of the next number, without tags."""
        self._of.append(self._one(({}, {}, {})))

    def put(self, number: int, facet: int, tags: Mapping[str, str]) -> None:
        """Let these be a conversation's tags of a facet."""
        first, second, third = (tags if one == facet else had for one, had in enumerate(self._of[number]))
        self._of[number] = self._one((first, second, third))

    def call_anew(self, facets: Sequence[Facet]) -> None:
        """Let all tags be called as they are by now: what is alike is looked at once."""
        if not any(facet.renamed for facet in facets):
            return
        now = {}
        for tagged in list(self._same.values()):
            called = (called_now(said, had) if said.renamed else had for said, had in zip(facets, tagged, strict=True))
            first, second, third = called
            now[id(tagged)] = self._one((first, second, third))
        self._of = [now[id(tagged)] for tagged in self._of]

    def bears(self, number: int, facet: int, tags: Collection[str]) -> bool:
        """Say whether a conversation has one of these tags in a facet; one that a hand took off it has not."""
        return any(how != "off" and tag in tags for tag, how in self._of[number][facet].items())

    def known(self) -> set[str]:
        """Return every tag that a conversation has or had."""
        return {tag for tagged in self._same.values() for facet in tagged for tag in facet}

    def __getitem__(self, number: int) -> Tagged:
        """Return a conversation's tags."""
        return self._of[number]

    def __iter__(self) -> Iterator[Tagged]:
        return iter(self._of)

    def __len__(self) -> int:
        return len(self._of)
