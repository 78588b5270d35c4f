"""What changed from one version of a policy to the next, in one line: which rules are other, new or gone.

A rule is known by its name, a group by its key, and a table of settings by what its form is called; so a rule that was
renamed is one that went and one that came.
"""

from __future__ import annotations

import tomllib
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from deskkit.desk.policyfile.layout import lookup, read_path
from deskkit.text import visible
from deskkit.views.words import shortened
from deskkit.views.workshop.families import FAMILIES
from deskkit.views.workshop.lists import items_of, title_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.views.words import Words
    from deskkit.views.workshop.families import Part
    from deskkit.views.workshop.versions import Version

__all__ = ["Changes", "summary"]

NAMED: Final = 3  # of each sort, so many are called by name
_NAME: Final = 36  # half columns

Items = dict[tuple[str, str, int], Any]
"""What the items of a policy say, by part, title, and which of those of one title it is."""


def summary(old: str, new: str, *, say: Words) -> str:
    r"""Return in one line what changed from one text of a policy to another.

    Parameters
    ----------
    old, new : str
        Valid TOML.
    say : Words

    Examples
    --------
    >>> from deskkit.views.words import Words
    >>> tag = '[[tag]]\nname = "{}"\ntag = "{}"\n'
    >>> summary(tag.format("Big", "vip"), tag.format("Big", "new") + tag.format("Small", "new"), say=Words("en"))
    '1 changed: Big · 1 new: Small'
    """
    return _told(_items(old, say), _items(new, say), is_same=tomllib.loads(old) == tomllib.loads(new), say=say)


class Changes:
    """The changes of a log's versions, each worked out once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str], str] = {}

    def rows(self, versions: Sequence[Version], *, say: Words) -> dict[int, str]:
        """Return by its place in the log what each version changed; of the oldest shown that nothing is before it.

        Parameters
        ----------
        versions : sequence of Version
            The latest first, each followed by the one before it.
        say : Words
        """
        for one, before in pairwise(versions):
            key = (one.seq, say.language)
            if key not in self._known:
                try:
                    self._known[key] = summary(before.text, one.text, say=say)
                except (tomllib.TOMLDecodeError, RecursionError):  # put into the log by another hand than ours
                    self._known[key] = say("a text that cannot be read")
        found = {one.seq: self._known[one.seq, say.language] for one in versions[:-1]}
        return found | {one.seq: say("the first version") for one in versions[-1:]}


def _items(text: str, say: Words) -> Items:
    """Return the items of a text by what they are called."""
    data = tomllib.loads(text)
    found: Items = {}
    for part in (part for family in FAMILIES for part in family.parts):
        if part.shape == "one":
            found[part.path, say(part.title), 0] = _settings(data, part)
        for path, name in items_of(data, part):
            item = _at(data, path)
            title, n = title_of(item, name, say=say), 0
            while (part.path, title, n) in found:
                n += 1
            found[part.path, title, n] = item
    return found


def _settings(data: dict[str, Any], part: Part) -> list[Any]:
    prefix = f"{part.path}." if part.path else ""
    return [_at(data, prefix + field.key) for field in part.fields]


def _at(data: dict[str, Any], path: str) -> Any:  # noqa: ANN401 -- whatever TOML holds
    try:
        return lookup(data, read_path(path))
    except (KeyError, IndexError, TypeError):
        return None


def _told(old: Items, new: Items, *, is_same: bool, say: Words) -> str:
    word = say.translate
    sorts = (
        (word("{n} changed: {names}"), [key for key in new if key in old and old[key] != new[key]]),
        (word("{n} new: {names}"), [key for key in new if key not in old]),
        (word("{n} removed: {names}"), [key for key in old if key not in new]),
    )
    told = [text.format(n=len(keys), names=_names(keys, say)) for text, keys in sorts if keys]
    if told:
        return " · ".join(told)
    return say("comments only") if is_same else say("the order of rules, or what has no form")


def _names(keys: Sequence[tuple[str, str, int]], say: Words) -> str:
    titles = [shortened(visible(say.personal(say.rule(title))), _NAME) for _part, title, _n in keys[:NAMED]]
    return ", ".join(titles) + (" …" if len(keys) > NAMED else "")
