"""A family of a policy's text as data for a form, and what a hand typed into it as values of the text.

The text alone is kept; a form is made anew of it each time. Nothing here knows a widget.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, Final

from deskkit.desk.events import FACETS
from deskkit.desk.policyfile.layout import Layout, literal, lookup, read_path, scan
from deskkit.text import visible
from deskkit.views.words import shortened
from deskkit.views.workshop import conditions
from deskkit.views.workshop.families import FAMILIES, FIXED
from deskkit.views.workshop.lists import items_of, title_of

if TYPE_CHECKING:
    from deskkit.desk.policyfile.layout import KeyPath
    from deskkit.views.words import Words
    from deskkit.views.workshop.families import Family, Field, Part

__all__ = ["Form", "fresh", "value_of"]

_TITLE: Final = 60  # half columns


class Form:
    r"""A policy's text as its forms see it.

    Parameters
    ----------
    text : str
        Valid TOML.

    Examples
    --------
    >>> form = Form('[[tidy]]\nname = "a"\ndo = "suggest"\nwhen = { idle = ">= 1 h" }')
    >>> form.lines("tidy[0]"), form.options()["signals"]
    ([1, 4], [])
    """

    def __init__(self, text: str) -> None:
        self.data: dict[str, Any] = tomllib.loads(text)
        self._layout: Layout = scan(text)
        self._spans: dict[KeyPath, tuple[int, int]] = {}  # of the statements below each path: from where to where
        for one in self._layout.statements:
            for depth in range(1, len(one.path) + 1):
                begin, _end = self._spans.get(one.path[:depth], (one.start, 0))
                self._spans[one.path[:depth]] = begin, one.end

    def at(self, path: KeyPath) -> Any:  # noqa: ANN401 -- whatever TOML holds
        """Return what stands at a path, None where nothing does."""
        try:
            return lookup(self.data, path)
        except KeyError:
            return None

    def lines(self, path: str) -> list[int]:
        """Return the first and last line of what stands at a path; empty where nothing does."""
        steps = read_path(path) if path else ()
        own = self._spans.get(steps)
        if not path:
            bare = [one for one in self._layout.statements if len(one.path) == 1 and not one.header]
            own = (bare[0].start, bare[-1].end) if bare else None
        if own is None and (place := self._layout.places.get(steps)) is not None and place.start >= 0:
            return [self._layout.line(place.start), self._layout.line(place.end)]
        return [self._layout.line(own[0]), self._layout.line(own[1])] if own else []

    def standing(self, line: int) -> tuple[str, str] | None:
        """Return family and path of the item in whose lines one stands, the narrowest; None where it has no form."""
        found: list[tuple[int, str, str]] = []
        for family in FAMILIES:
            for part in family.parts:
                paths = [part.path] if part.shape == "one" else [path for path, _name in items_of(self.data, part)]
                for path in paths:
                    lines = self.lines(path)
                    if lines and lines[0] <= line <= lines[1]:
                        found.append((lines[1] - lines[0], family.key, path))
        return min(found)[1:] if found else None

    def options(self) -> dict[str, list[str]]:
        """Return the names that fields take, by kind."""
        facets = self.data.get("facets")
        tags = {name: _names(lookup_in(facets, name, "tags")) for name in FACETS}
        made: dict[str, list[str]] = {name: list(values) for name, values in (FIXED | conditions.FIXED).items()}
        return made | {
            "groups": _keys(self.data.get("groups")),
            "signals": _keys(self.data.get("signals")),
            "rings": _keys(self.data.get("rings")),
            "tags": [tag for facet in FACETS for tag in tags[facet]],
            **{f"tags.{facet}": tags[facet] for facet in FACETS},
            "inquiries": tags["inquiry"],
        }

    def titles(self, say: Words) -> dict[str, str]:
        """Return what groups are called, by their names in the text."""
        groups = self.data.get("groups")
        found = {name: lookup_in(groups, name, "title") for name in _keys(groups)}
        shown = ((name, title) for name, title in found.items() if isinstance(title, str) and title.strip())
        return {name: shortened(visible(say.personal(title, _TITLE)), _TITLE) for name, title in shown}

    # ------------------------------------------------------------ what is shown

    def family(self, key: str, chosen: str, *, say: Words) -> dict[str, Any]:
        """Return a family: its parts with their items, and the fields of the one that is chosen."""
        family = next((one for one in FAMILIES if one.key == key), FAMILIES[0])
        parts = [self._part(part, say) for part in family.parts]
        paths = [item["path"] for part in parts for item in part["items"]]
        chosen = chosen if chosen in paths else next(iter(paths), "")
        return {"k": family.key, "parts": parts, "chosen": chosen, "item": self._item(family, chosen, say)}

    def _part(self, part: Part, say: Words) -> dict[str, Any]:
        items = [
            {"path": path, "text": self._called(path, name, say), "lines": self.lines(path)}
            for path, name in items_of(self.data, part)
        ]
        if part.shape == "one":
            items = [{"path": part.path, "text": say(part.title), "lines": self.lines(part.path)}]
        return {
            "path": part.path, "text": say(part.title), "shape": part.shape, "items": items,
            "lines": self.lines(part.path),
        }  # fmt: skip

    def _called(self, path: str, name: str, say: Words) -> str:
        """Return what an item is called in a list; of a rule whose tag is retired also that it rests."""
        item = self.at(read_path(path))
        title, tag = title_of(item, name, say=say), lookup_in(item, "tag")
        named = {"signals": say.signal, "rings": say.ring}.get(path.partition(".")[0], str)
        title = named(title) if name else say.rule(title)  # what has no name of its own but in the text is a rule
        return say("{name} (rests)", name=title) if path.startswith("tag[") and self._is_retired(tag) else title

    def _is_retired(self, tag: object) -> bool:
        facets = self.data.get("facets")
        return any(tag in _names(lookup_in(facets, name, "retired")) for name in FACETS)

    def giving(self, tag: str) -> list[str]:
        """Return the names of the rules that give a tag."""
        rules = self.data.get("tag")
        found = [one for one in rules if lookup_in(one, "tag") == tag] if isinstance(rules, list) else []
        return [str(one.get("name", "")) for one in found]

    def _item(self, family: Family, path: str, say: Words) -> dict[str, Any] | None:
        for part in family.parts:
            paths = [part.path] if part.shape == "one" else [one for one, _name in items_of(self.data, part)]
            if path in paths:
                item = self.at(read_path(path)) if path else self.data
                table = item if isinstance(item, dict) else {}
                fields = [self._field(path, field, table, say) for field in part.fields]
                place = paths.index(path)
                return {
                    "path": path, "part": part.path, "shape": part.shape, "fields": fields, "lines": self.lines(path),
                    "up": part.shape == "list" and place > 0,
                    "down": part.shape == "list" and place < len(paths) - 1,
                }  # fmt: skip
        return None

    def _field(self, path: str, field: Field, item: dict[str, Any], say: Words) -> dict[str, Any]:
        value = lookup_in(item, *field.key.split("."))
        where = f"{path}.{field.key}".strip(".")
        made = {
            "key": field.key, "path": where, "kind": field.kind, "text": say(field.label), "options": field.options,
            "given": value is not None, "lines": self.lines(where), "v": _shown(field, value),
        }  # fmt: skip
        if field.kind == "labels":
            made["v"] = _labels(item, say)
        if field.options == "tags" and isinstance(item.get("facet"), str):
            made["options"] = f"tags.{item['facet']}"
        return made


def lookup_in(data: object, *steps: str) -> Any:  # noqa: ANN401 -- whatever TOML holds
    """Return what stands in tables within one another, None where one of them is none."""
    for step in steps:
        data = data.get(step) if isinstance(data, dict) else None
    return data


def _keys(table: object) -> list[str]:
    return list(table) if isinstance(table, dict) else []


def _names(values: object) -> list[str]:
    return [one for one in values if isinstance(one, str)] if isinstance(values, list) else []


def _labels(facet: dict[str, Any], say: Words) -> list[dict[str, Any]]:
    """Return the tags of a facet, the retired ones last: what each is called, its colour, and its names before."""
    renamed, colours = lookup_in(facet, "renamed") or {}, lookup_in(facet, "colours") or {}
    renamed, colours = (one if isinstance(one, dict) else {} for one in (renamed, colours))
    return [
        {
            "k": tag, "text": say.tag(tag), "colour": str(colours.get(tag, "")), "retired": key == "retired",
            "was": [old for old, new in renamed.items() if new == tag],
        }
        for key in ("tags", "retired") for tag in _names(facet.get(key))
    ]  # fmt: skip


def _shown(field: Field, value: object) -> Any:  # noqa: ANN401, PLR0911 -- what the browser's field takes, one a kind
    """Return a value as its field shows it: text, a list of names, rows, or the values of a map."""
    match field.kind:
        case "flag":
            return value if isinstance(value, bool) else None
        case "names":
            return _names(value) if isinstance(value, list) else [value] if isinstance(value, str) else []
        case "condition":
            return conditions.rows_of(value)
        case "lines":
            return "\n".join(map(str, value)) if isinstance(value, list) else ""
        case "rows":
            return "\n".join(literal(one) for one in value) if isinstance(value, list) else ""
        case "map":
            return {name: str(one) for name, one in value.items()} if isinstance(value, dict) else {}
    return "" if value is None else str(value)


# ---------------------------------------------------------------- what was typed


def value_of(field: Field, typed: object) -> Any:  # noqa: ANN401, PLR0911 -- whatever TOML holds, one a kind
    """Return what was typed as a value of the text; None to leave the key out.

    Raises
    ------
    ValueError
        It is nothing that the field takes.
    """
    match field.kind, typed:
        case "flag", bool():
            return typed
        case "names", list():
            return [str(one) for one in typed]
        case "condition", list():
            return conditions.condition_of(typed)
        case "lines", str():
            return [line.strip() for line in typed.splitlines() if line.strip()]
        case "rows", str():
            return [tomllib.loads(f"x = {line}")["x"] for line in typed.splitlines() if line.strip()]
        case "map", dict():
            return {str(name): _typed(field.unit, str(one)) for name, one in typed.items() if str(one).strip()} or None
        case "long", str():
            return typed.strip() or None
        case (("text" | "time" | "number" | "choice"), str()):
            return _typed(field.kind, typed) if typed.strip() else None
        case "flag", None:
            return None
    raise ValueError(field.key)


def _typed(kind: str, text: str) -> int | float | str:
    """Return a text as TOML has it; a number only where one belongs and it can be read as one."""
    text = text.strip()
    if kind != "number":
        return text
    try:
        number = float(text)
    except ValueError:
        return text  # the policy says what it expected
    return int(number) if number.is_integer() and "." not in text else number


def fresh(part: Part, form: Form, *, say: Words) -> dict[str, Any]:
    """Return what a new item begins with: names that are there, and one that no other item has."""
    options = form.options()
    items = [form.at(read_path(path)) for path, _name in items_of(form.data, part)]

    def filled(value: Any) -> Any:  # noqa: ANN401 -- whatever TOML holds
        if isinstance(value, dict):
            return {key: filled(one) for key, one in value.items()}
        if isinstance(value, list):
            return [filled(one) for one in value]
        if not isinstance(value, str) or not value.startswith("@"):
            return value
        kind, _, place = value[1:].partition(":")
        names = options.get(kind) or options.get(f"tags.{kind}") or [""]
        return names[min(int(place or 0), len(names) - 1)]

    made: dict[str, Any] = filled(part.new or {})
    for key in [key for key in ("name", "title", "short") if key in made]:
        taken, number, called = {lookup_in(item, key) for item in items}, 1, say(str(made[key]))
        gap = "" if key == "short" else " "
        while (title := called if number == 1 else f"{called}{gap}{number}") in taken:
            number += 1
        made[key] = title
    return made
