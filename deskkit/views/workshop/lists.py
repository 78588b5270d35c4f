"""The items of a part of a policy, and what each is called in a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from deskkit.desk.events import LEVELS
from deskkit.desk.policyfile.layout import read_path, show_path
from deskkit.desk.policyfile.notice_sections import EVENTS

if TYPE_CHECKING:
    from deskkit.views.words import Words
    from deskkit.views.workshop.families import Part

__all__ = ["items_of", "title_of"]


_LEFT_OUT: Final = ("rungs", "drop")
_LONG: Final = 120


def items_of(data: dict[str, Any], part: Part) -> list[tuple[str, str]]:
    """Return path and name of each item of a part; a part that is one table has none.

    Examples
    --------
    >>> from deskkit.views.workshop.families import family_of
    >>> items_of({"groups": {"vip": {}, "a b": {}}}, family_of("groups")[1])
    [('groups.vip', 'vip'), ('groups."a b"', 'a b')]
    """
    found: Any = data
    steps = read_path(part.path) if part.path else ()
    for step in steps:
        found = found.get(step) if isinstance(found, dict) else None
    if part.shape == "list" and isinstance(found, list):
        return [(f"{part.path}[{number}]", "") for number in range(len(found))]
    if part.shape == "named" and isinstance(found, dict):
        return [(show_path((*steps, name)), name) for name in found if '"' not in name]
    return []


def title_of(item: object, name: str, *, say: Words) -> str:
    """Return what an item is called in a list: by its name, else by what it is about.

    Examples
    --------
    >>> from deskkit.views.words import Words
    >>> title_of({"group": "vip", "after": "30 s", "to": ["a", "b"]}, "", say=Words("en"))
    'vip · 30 s · a, b'
    >>> title_of({"levels": ["high", "urgent"], "to": ["vip"]}, "", say=Words("zh"))
    '高, 紧急 · vip'
    """
    if name:
        return name
    if not isinstance(item, dict):
        return say("not a rule")
    for key in ("name", "title"):
        if isinstance(item.get(key), str):
            return str(item[key])
    values = [(key, one) for key, one in item.items() if key not in _LEFT_OUT and not isinstance(one, dict)]
    told = [
        [_called(key, one, say) for one in (value if isinstance(value, list) else [value])] for key, value in values
    ]
    return " · ".join(", ".join(one) for one in told)[:_LONG]


def _called(key: str, value: object, say: Words) -> str:
    """Return what a level or an event is called; whatever else stands there, as it stands."""
    if key in {"level", "levels"} and value in LEVELS:
        return say.level(LEVELS.index(str(value)))
    return say.event(str(value)) if key == "event" and value in EVENTS else str(value)
