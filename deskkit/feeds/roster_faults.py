"""What is wrong with a roster, in a supervisor's words: the line, the value, what was expected, what would be right."""

from __future__ import annotations

import re
from typing import Final

from deskkit.errors import FeedError

__all__ = ["syntax_error", "value_error"]

_AGENT: Final = re.compile(r"\s*\[\[\s*agent\s*\]\]")
_PATH: Final = re.compile(r"`\$\.agent(?:\[(\d+)\])?(?:\.(\w+))?[^`]*`$")
_UNKNOWN: Final = re.compile(r"unknown field `([^`]*)`")
_LINE: Final = re.compile(r"at line (\d+)")
_RIGHT: Final = {  # key: what is expected, and an example
    "id": ("a text of 1 to 256 characters", 'id = "chen@shop.example"'),
    "name": ("a text in double quotes", 'name = "陈晨"'),
    "nick": ("a text in double quotes", 'nick = "小晨"'),
    "role": ("agent or supervisor", 'role = "agent"'),
    "groups": ("names of groups in brackets", 'groups = ["aftersales"]'),
    "skills": ("skills with levels 1 to 5, in braces", "skills = { order = 5 }"),
    "languages": ("codes of languages in brackets", 'languages = ["zh", "en"]'),
    "capacity": ("units, 0 to 1000, without quotes", "capacity = 6"),
    "shifts": (
        "days, and hours from 00:00 to 24:00 in double quotes",
        'shifts = [{ days = "mon-fri", from = "08:00", to = "16:00" }]',
    ),
}
_AN_AGENT: Final = "[[agent]] on a line of its own, then id = ..."


def syntax_error(said: str, text: str, *, place: str) -> FeedError:
    """Say where a file stops being TOML.

    Examples
    --------
    >>> syntax_error("Invalid value (at line 1, column 6)", "id = chen", place="agents.toml").example
    'id = "chen@shop.example"'
    """
    lines = text.splitlines()
    found = _LINE.search(said)
    number = min(int(found[1]), len(lines)) if found else len(lines)
    shown = lines[number - 1].strip() if lines else ""
    key = shown.partition("=")[0].strip()
    return FeedError(
        f"This is not TOML: {said.partition(' (at ')[0]}.",
        place=f"{place}, line {number}",
        value=shown,
        expected="key = value, with texts in double quotes and every bracket closed",
        example=_RIGHT.get(key, ("", _AN_AGENT))[1],
    )


def value_error(said: str, text: str, *, place: str) -> FeedError:
    r"""Say which line of a roster holds a value that cannot be.

    Examples
    --------
    >>> said = "Expected `float | null`, got `str` - at `$.agent[0].capacity`"
    >>> value_error(said, '[[agent]]\nid = "chen"\ncapacity = "six"', place="agents.toml").place
    'agents.toml, line 3, agent[0].capacity'
    """
    found, unknown = _PATH.search(said), _UNKNOWN.search(said)
    index = int(found[1]) if found and found[1] else -1
    key = (found[2] if found else None) or ""
    wrong = unknown[1] if unknown else key
    lines = text.splitlines()
    number = _line_of(lines, index, wrong)
    expected, example = _RIGHT.get(key, (f"one of {', '.join(_RIGHT)}", _AN_AGENT))
    problem = f'The key "{wrong}" is not known.' if unknown else "This value is not usable."
    if "missing required field" in said:
        problem = "Something is missing."
        expected, example = _RIGHT.get(key or "id", ("", _AN_AGENT)) if index >= 0 else (_AN_AGENT, "[[agent]]")
    return FeedError(
        problem,
        place=f"{place}, line {number}" + (f", agent[{index}]{f'.{key}' if key else ''}" if index >= 0 else ""),
        value=lines[number - 1].strip() if lines else "",
        expected=expected,
        example=example,
    )


def _line_of(lines: list[str], index: int, key: str) -> int:
    """Return the line of a key within the agent of this number; of its header where the key is not found."""
    headers = [number for number, line in enumerate(lines, 1) if _AGENT.match(line)]
    if not 0 <= index < len(headers):
        first, last = 1, len(lines)
    else:
        first, last = headers[index], (*headers[index + 1 :], len(lines) + 1)[0] - 1
    sought = re.compile(rf"(?:.*[\s{{,])?[\"']?{re.escape(key)}[\"']?\s*=")
    return next((n for n in range(first, last + 1) if key and sought.match(lines[n - 1])), first)
