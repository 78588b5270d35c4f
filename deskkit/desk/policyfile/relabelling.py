"""Tags of a policy's text created, renamed, merged, recoloured and retired; comments stay, history is not touched.

Each change speaks of the old name in ``renamed`` or ``retired``; a rename puts the new one into every rule that spoke
of the old, and the rules of a retired tag rest until it is offered again. Whether the whole is a policy is asked
afterwards, as of every edit.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, Final

from deskkit.desk.events import FACETS
from deskkit.desk.policyfile import edits
from deskkit.desk.policyfile.layout import show_path
from deskkit.errors import PolicyError
from deskkit.text import visible
from deskkit.worded import worded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskkit.desk.policyfile.layout import KeyPath

__all__ = ["add_tag", "colour", "rename", "retire", "revive"]

_SPEAKS: Final = ("tag", "inquiry")  # keys of conditions
_NEVER: Final = ("facets", "signals")  # tables in which these keys mean something else


def add_tag(text: str, facet: str, tag: str) -> str:
    r"""Return the text with one more tag in a facet.

    Examples
    --------
    >>> add_tag("[facets.label]\ntags = ['a']\n", "label", "b")
    '[facets.label]\ntags = [\'a\', "b"]\n'
    """
    _check_new(text, tag)
    return edits.change(text, {_at(facet, "tags"): [*_tags(text, facet), tag]})


def rename(text: str, facet: str, old: str, new: str) -> str:
    r"""Return the text with a tag under another name; where the new name is a tag already, the two are one from now on.

    Examples
    --------
    >>> text = "[facets.label]\ntags = ['angry', 'cross']\n\n[[tag]]\ntag = 'cross'  # why\n"
    >>> print(rename(rename(text, "label", "cross", "angry"), "label", "angry", "unhappy"))
    [facets.label]
    tags = ["unhappy"]
    renamed = { cross = "unhappy", angry = "unhappy" }
    <BLANKLINE>
    [[tag]]
    tag = "unhappy"  # why
    <BLANKLINE>
    """
    tags = _tags(text, facet)
    if old not in tags:
        raise _unknown(old, tags)
    if new == old:
        return text
    if new not in tags:
        _check_new(text, new, of=old)
    text = _speak(text, old, new)
    names = list(dict.fromkeys(new if tag == old else tag for tag in tags))
    text = edits.change(text, {_at(facet, "tags"): names})
    text = _recolour(text, facet, old, new)
    before = {name: new if now == old else now for name, now in _table(text, facet, "renamed").items() if name != new}
    return edits.change(text, {_at(facet, "renamed"): before | {old: new}})


def retire(text: str, facet: str, tag: str) -> str:
    r"""Return the text with a tag that is offered no more; rules that give it rest, rules that ask for it are faults.

    Examples
    --------
    >>> print(retire("[facets.label]\ntags = ['a', 'b']\n\n[[tag]]\ntag = 'b'  # why\n", "label", "b"))
    [facets.label]
    tags = ['a']
    retired = ["b"]
    <BLANKLINE>
    [[tag]]
    tag = 'b'  # why
    <BLANKLINE>
    """
    tags, retired = _tags(text, facet), _tags(text, facet, "retired")
    if tag not in tags:
        raise _unknown(tag, tags)
    text = edits.change(text, {_at(facet, "tags"): [one for one in tags if one != tag]})
    return edits.change(text, {_at(facet, "retired"): [*retired, tag]})


def revive(text: str, facet: str, tag: str) -> str:
    r"""Return the text with a retired tag offered again, and so given by its rules again.

    Examples
    --------
    >>> print(revive("[facets.label]\ntags = ['a']\nretired = ['b']\n", "label", "b"))
    [facets.label]
    tags = ['a', "b"]
    retired = []
    <BLANKLINE>
    """
    tags, retired = _tags(text, facet), _tags(text, facet, "retired")
    if tag not in retired:
        raise _unknown(tag, retired)
    text = edits.change(text, {_at(facet, "retired"): [one for one in retired if one != tag]})
    return edits.change(text, {_at(facet, "tags"): [*tags, tag]})


def colour(text: str, facet: str, tag: str, value: str) -> str:
    r"""Return the text with another colour of a tag.

    Examples
    --------
    >>> print(colour("[facets.label]\ntags = ['a b']\n", "label", "a b", "#b91c1c"))
    [facets.label]
    tags = ['a b']
    colours = { "a b" = "#b91c1c" }
    <BLANKLINE>
    """
    return edits.change(text, {_at(facet, "colours"): _table(text, facet, "colours") | {tag: value}})


# ---------------------------------------------------------------- below


def _at(facet: str, key: str) -> str:
    return f"facets.{facet}.{key}"


def _table(text: str, facet: str, key: str) -> dict[str, Any]:
    found = tomllib.loads(text).get("facets", {}).get(facet, {}).get(key, {})
    return found if isinstance(found, dict) else {}


def _tags(text: str, facet: str, key: str = "tags") -> list[str]:
    found = tomllib.loads(text).get("facets", {}).get(facet, {}).get(key, [])
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def _check_new(text: str, tag: str, *, of: str = "") -> None:
    """Refuse a name, of the tag that was called `of`, that another tag has or that cannot be told from another one."""
    known = {one for facet in FACETS for key in ("tags", "retired") for one in _tags(text, facet, key)}
    folded = {one.casefold() for one in known if one != of}
    if not tag or tag.casefold() in folded or '"' in tag or " ".join(visible(tag).split()) != tag:
        raise PolicyError(
            worded("A new tag needs a name that no other has."), place="facets", value=tag,
            expected=worded(
                "another name, without quotes and hidden characters, and different in more than large letters"
            ),
            example='tags = ["urgent", "gift"]', line=1,
        )  # fmt: skip


def _unknown(tag: str, known: list[str]) -> PolicyError:
    return PolicyError(
        worded("There is no such tag here."), place="facets", value=tag, expected=", ".join(known) or worded("a tag"),
        example='tags = ["urgent"]', line=1,
    )  # fmt: skip


def _recolour(text: str, facet: str, old: str, new: str) -> str:
    """Let a colour go on with its tag; a tag that has one of its own keeps it."""
    colours = _table(text, facet, "colours")
    if old not in colours:
        return text
    return edits.change(text, {_at(facet, "colours"): _taken_over(colours, old, new)})


def _speak(text: str, old: str, new: str) -> str:
    """Put the new name wherever rules speak of the old one."""
    data = tomllib.loads(text)
    for path, value in _spoken(data, (), old):
        names = [new if one == old else one for one in value] if isinstance(value, list) else new
        text = edits.change(text, {show_path(path): list(dict.fromkeys(names)) if isinstance(names, list) else names})
    credit = data.get("queue", {}).get("credit", {})
    if isinstance(credit, dict) and old in credit:
        text = edits.change(text, {"queue.credit": _taken_over(credit, old, new)})
    return text


def _taken_over(values: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """Return values by name with the old name's under the new one, where that has none of its own."""
    return {new if name == old else name: one for name, one in values.items() if name != old or new not in values}


def _spoken(data: object, path: KeyPath, old: str) -> Iterator[tuple[KeyPath, object]]:
    """Yield the places at which rules speak of a tag, with what stands there."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        if not path and key in _NEVER:
            continue
        if key in _SPEAKS and (value == old or (isinstance(value, list) and old in value)):
            yield (*path, key), value
        elif isinstance(value, dict | list):
            yield from _spoken(value, (*path, key), old)
