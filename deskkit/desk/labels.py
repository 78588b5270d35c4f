"""What tags are called by now: history keeps the names it was written with, and is read by the names of the policy.

A policy may rename a tag, merge it into another, or retire it. None of that changes what was logged: an old name is
read as the new one wherever a tag is kept, shown, searched or counted; of a name taken up twice a hand's word stands
before a rule's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskkit.desk.schema import Facet

__all__ = ["called_now", "current"]

_STRONGER: Final = ("off", "rule", "hand")


def current(facet: Facet, tag: str) -> str:
    """Return what a tag is called by now.

    Examples
    --------
    >>> from deskkit.desk.schema import Facet
    >>> facet = Facet("label", ("unhappy",), exclusive=False, renamed={"angry": "unhappy"})
    >>> current(facet, "angry"), current(facet, "by hand")
    ('unhappy', 'by hand')
    """
    return facet.renamed.get(tag, tag)


def called_now(facet: Facet, tags: Mapping[str, str]) -> dict[str, str]:
    """Return the tags of a conversation, each with who put it on or took it off, by their names of now.

    Examples
    --------
    >>> from deskkit.desk.schema import Facet
    >>> facet = Facet("label", ("unhappy",), exclusive=False, renamed={"angry": "unhappy", "cross": "unhappy"})
    >>> called_now(facet, {"angry": "hand", "new": "rule", "cross": "off"})
    {'unhappy': 'hand', 'new': 'rule'}
    """
    found: dict[str, str] = {}
    for tag, how in tags.items():
        name = current(facet, tag)
        before = found.get(name, "off")
        found[name] = max(how, before, key=_STRONGER.index) if name in found else how
    return found
