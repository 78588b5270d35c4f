"""The facets of a policy: their tags, what those were called before, which are retired, and their colours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from deskkit.desk.events import FACETS
from deskkit.desk.policyfile.faults import listed, nearest
from deskkit.desk.schema import Facet
from deskkit.worded import worded

if TYPE_CHECKING:
    from deskkit.desk.policyfile.reading import Table

__all__ = ["read_facets"]

_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")


def read_facets(table: Table) -> tuple[Facet, Facet, Facet]:
    """Read ``[facets]``: three tables, each of which may be absent."""
    seen: dict[str, str] = {}
    found = [_facet(name, table.table(name), seen) for name in FACETS]
    table.done()
    return found[0], found[1], found[2]


def _facet(name: str, facet: Table, seen: dict[str, str]) -> Facet:
    tags, retired = facet.words("tags"), facet.words("retired")
    facet.few(facet.at("tags"), len(tags))
    for key, names in (("tags", tags), ("retired", retired)):
        for number, tag in enumerate(names):
            if tag in seen:
                problem = worded('The tag "{tag}" is in the facet "{one}" already.', tag=tag, one=seen[tag])
                path, expected = (*facet.at(key), number), worded("each tag in one facet, offered or retired")
                facet.book.note(path, problem, value=tag, expected=expected, fix=f"{tag} ({name})")
            seen[tag] = name
    made = Facet(
        name=name,
        tags=tags,
        exclusive=facet.flag("exclusive", default=name == "customer"),
        retired=retired,
        renamed=_renamed(facet.table("renamed"), (*tags, *retired)),
        colours=_colours(facet.table("colours"), (*tags, *retired)),
    )
    facet.done()
    return made


def _renamed(table: Table, known: tuple[str, ...]) -> dict[str, str]:
    """Read ``"old name" = "new name"``; a new name is one that is there, and an old one is not."""
    found: dict[str, str] = {}
    for old in table.entries():
        new = table.take(old)
        if old in known:
            problem = worded('"{old}" is a tag still; an old name is one that is no more.', old=old)
            table.book.note(
                table.at(old), problem, value=old, expected=worded("the name a tag had before"), example=f"# {old}"
            )
        if not isinstance(new, str) or new not in known:
            fix = nearest(new, known, otherwise=(*known, "")[0])
            table.book.note(table.at(old), worded("This tag is not known."), value=new, expected=listed(known), fix=fix)
        else:
            found[old] = new
    return found


def _colours(table: Table, known: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in table.keyed(known, what=worded("kind: tag")):
        colour = table.take(tag)
        if isinstance(colour, str) and _COLOUR.fullmatch(colour):
            found[tag] = colour.lower()
        else:
            expected = worded('a colour such as "#b91c1c"')
            table.book.note(table.at(tag), worded("This is no colour."), value=colour, expected=expected, fix="#b91c1c")
    return found
