"""What a hand asks of a form, as a change of the text: a value, a rule more, a rule less, another order.

Nothing from a browser is believed: paths are looked up among the fields that the forms have.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from deskkit.desk.events import FACETS
from deskkit.desk.policyfile import edits, relabelling
from deskkit.desk.policyfile.layout import read_path, show_path
from deskkit.views.workshop.draft import Fault
from deskkit.views.workshop.families import Field, Part, family_of
from deskkit.views.workshop.forms import Form, fresh, value_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskkit.views.words import Words

__all__ = ["EDITS", "Edit", "asked_for"]


LONGEST: Final = 20_000  # characters of a value


class Edit(NamedTuple):
    """A change of a text, which item is chosen after it (None: the same as before), and what is said of it."""

    change: Callable[[str], str]
    chosen: str | None = None
    said: str = ""


class Asked(NamedTuple):
    """What a browser asked for, of which form, with which item chosen, in which words."""

    message: dict[str, Any]
    form: Form
    chosen: str
    say: Words


def _edit(asked: Asked) -> Edit | Fault | None:
    path = asked.message["path"]
    field = _field(path, asked.chosen)
    if field is None:
        return None
    try:
        value = value_of(field, _short(asked.message["v"]))
    except ValueError as error:
        return Fault(1, asked.say("This is no value of the file."), str(error)[:200], "", "")
    if value is not None:
        return Edit(partial(_put, path=path, value=value))
    known = asked.form.at(read_path(path)) is not None
    return Edit(partial(edits.remove, path=path)) if known else None


def _short(value: object) -> object:
    """Return a value as a browser sent it; one longer than any that a form makes is a ValueError."""
    if len(repr(value)) > LONGEST:
        raise ValueError(repr(value)[:200])
    return value


def _put(text: str, *, path: str, value: object) -> str:
    return edits.change(text, {path: value})


def _field(path: str, chosen: str) -> Field | None:
    """Return the field of a path in the item that is chosen, or was when somebody began to type in it."""
    for item in (chosen, *_above(path)):
        part = _part_of(item)
        inner = path.removeprefix(f"{item}.") if item else path
        if part and (found := next((one for one in part.fields if one.key == inner), None)):
            return found
    return None


def _above(path: str) -> list[str]:
    try:
        steps = read_path(path)
    except ValueError:
        return []
    return [show_path(steps[:n]) for n in range(len(steps) - 1, 0, -1)]


def _part_of(path: str) -> Part | None:
    found = family_of(path)
    if found is None and path:
        try:
            found = family_of(show_path(read_path(path)[:-1]))
        except ValueError:
            return None
    return found[1] if found else None


def _add(asked: Asked) -> Edit | Fault | None:
    found = family_of(asked.message["part"])
    if found is None or found[1].new is None:
        return None
    part, say = found[1], asked.say
    new = fresh(part, asked.form, say=say)
    if part.shape == "list":
        count = len(asked.form.at(read_path(part.path)) or [])
        return Edit(partial(edits.add, path=part.path, rule=new), f"{part.path}[{count}]")
    name = asked.message.get("name", "").strip().replace('"', "")
    path = show_path((*read_path(part.path), name))
    if not name or asked.form.at(read_path(path)) is not None:
        return Fault(1, say("Write a name that is not there yet."), name, "", "")
    return Edit(partial(_put, path=path, value=new), path)


def _remove(asked: Asked) -> Edit | None:
    path = asked.message["path"]
    part = _part_of(path)
    is_one = part is None or part.shape == "one" or path == part.path
    return None if is_one else Edit(partial(edits.remove, path=path), "")


def _move(asked: Asked) -> Edit | None:
    path, by = asked.message["path"], -1 if asked.message["by"] == -1 else 1
    if not path or _part_of(path) is None:
        return None
    *steps, last = read_path(path)
    if not isinstance(last, int) or last + min(by, 0) < 0:
        return None
    first = show_path((*steps, last + min(by, 0)))
    return Edit(partial(edits.swap_with_next, path=first), show_path((*steps, last + by)))


def _label(asked: Asked) -> Edit | None:
    """Create, rename, merge, recolour, retire or revive a tag; to rename one to a name that is there merges the two."""
    do, facet, tag, to = (asked.message.get(key, "").strip() for key in ("do", "facet", "tag", "to"))
    if facet not in FACETS:
        return None
    changes: dict[str, Callable[[str], str]] = {
        "add": partial(relabelling.add_tag, facet=facet, tag=to),
        "rename": partial(relabelling.rename, facet=facet, old=tag, new=to),
        "colour": partial(relabelling.colour, facet=facet, tag=tag, value=to),
        "retire": partial(relabelling.retire, facet=facet, tag=tag),
        "revive": partial(relabelling.revive, facet=facet, tag=tag),
    }
    return Edit(changes[do], said=_rests(do, tag, asked)) if do in changes else None


def _rests(do: str, tag: str, asked: Asked) -> str:
    """Say which rules rest with a tag that is retired, or act again with it."""
    say, names = asked.say, ", ".join(map(asked.say.rule, asked.form.giving(tag)))
    if do == "retire":
        return say("Rests with its tag: {names}", names=names) if names else say("No rule gave this tag")
    return say("Acts again: {names}", names=names) if do == "revive" and names else ""


def asked_for(message: dict[str, Any], form: Form, chosen: str, *, say: Words) -> Edit | Fault | None:
    """Return the change a message asks for, or why there is none; None where it cannot be asked for."""
    return EDITS[message["type"]](Asked(message, form, chosen, say))


EDITS: Final[dict[str, Callable[[Asked], Edit | Fault | None]]] = {
    "edit": _edit, "add": _add, "remove": _remove, "move": _move, "label": _label,
}  # fmt: skip
