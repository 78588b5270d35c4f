"""A wallboard in words: each number with its unit, its target, whether that is missed, and how it is defined.

What is missed is said by a sign and a word; the browser adds a colour. Knows no widget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from deskkit.measures import measure
from deskkit.measures.printing import duration, passed, shown
from deskkit.measures.wall import AT_LEAST, GROUP_TREND, GROUPS, NOBODYS, NOW, TODAY
from deskkit.text import visible
from deskkit.views.desk.labels import NOT_DONE
from deskkit.views.words import isolated, shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deskkit.measures import Measure
    from deskkit.views.words import Words

__all__ = ["axis", "listed", "spoken", "wall_labels"]

_STEPS_S: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400)
_TICKS: Final = 3  # at most so many above nothing
_MINUTE_S: Final = 60
_HOUR_MS: Final = 3_600_000
_DAY_MS: Final = 86_400_000
_HOURS: Final = 100  # beyond these a wait is told in days
_NAME: Final = 26  # half columns


def spoken(board: dict[str, Any], say: Words) -> dict[str, Any]:
    """Return what `deskkit.measures.wall.Wall.board` found as the browser shows it."""
    slots = board["slots"]
    sections = [("now", say("Now"), NOW), ("today", say("Today"), TODAY)]
    return {
        "asof": say("as of {time}", time=say.clock(board["now"])[11:19]),
        "slots": slots,
        "sections": [
            {"k": key, "title": title, "tiles": [_tile(name, board["tiles"][name], board, say) for name in names]}
            for key, title, names in sections
        ],
        "groups": _groups(board, say),
        "times": say("Time of day, by half-hour ({zone})", zone=say.zone),
        "notes": [say.translate("Note: {text}").format(text=say.translate(note)) for note in board["notes"]],
    }


def _mark(told: dict[str, Any], say: Words) -> dict[str, str]:
    """Say whether a target is met, by a sign and a word."""
    if told["value"] is None:
        return {"mark": "none", "sign": "–", "word": say("nothing yet")}
    if told["breach"] is None:
        return {"mark": "free", "sign": "", "word": ""}
    if told["breach"]:
        return {"mark": "missed", "sign": "▲", "word": say("target missed")}
    return {"mark": "met", "sign": "✓", "word": say("on target")}


def _tile(name: str, told: dict[str, Any], board: dict[str, Any], say: Words) -> dict[str, Any]:
    about = measure(name)
    value = passed(told["value"], about)
    texts = [_shown(about, one, say) for one in told["trend"]]
    is_counted = about.unit != "count" and told["n"]
    target = "" if told["target"] is None else _target(name, told["target"], say)
    brief = "" if told["target"] is None else _worded(_short(told["target"], about.unit), say)
    return {
        "k": name,
        "title": say(about.title),
        "value": _shown(about, told["value"], say),
        "parts": _parts(value, about.unit, say),
        "of": say.counted(told["n"], about.each) if is_counted else "",
        "target": target,
        "brief": say("target {sign} {value}", sign="≥" if name in AT_LEAST else "≤", value=brief) if brief else "",
        "goal": told["target"],
        "trend": told["trend"],
        "texts": texts,
        "axis": _axis([*told["trend"], told["target"]], about.unit, say),
        "unit": _unit(about.unit, say),
        "defined": _defined(name, target, board, say),
    } | _mark(told, say)


def _parts(value: float | None, unit: str, say: Words) -> list[list[str]]:
    """Return a number as large figures and, beside each, its unit in small."""
    if unit == "ms" and value is not None and value >= _HOUR_MS:
        hours, minutes = divmod(round(value) // 60_000, 60)
        if hours < _HOURS:
            return [[str(hours), say("h")], [f"{minutes:02d}", ""]]
        return [[str(hours // 24), say("d")], [str(hours % 24), say("h")]]
    text = _worded(shown(value, unit), say)
    if unit == "ms" and ":" in text:
        return [[text, say("min")]]
    number, _, beside = text.partition(" ")
    return [[number, beside]]


def _worded(text: str, say: Words) -> str:
    """Return a printed number with its unit in the language of the view; others than these read alike in each."""
    number, _, unit = text.partition(" ")
    if unit == "s":
        return say("{n} s", n=number)
    return say("{n} h", n=number) if unit == "h" else text


def _shown(about: Measure, value: float | None, say: Words) -> str:
    return _worded(shown(passed(value, about), about.unit), say)


def _target(name: str, value: float, say: Words) -> str:
    text = _worded(_short(value, measure(name).unit), say)
    return say("at least {value}", value=text) if name in AT_LEAST else say("at most {value}", value=text)


def _unit(unit: str, say: Words) -> str:
    """Return what stands at the axis of a chart."""
    return {
        "ms": say("minutes:seconds"), "share": say("percent"), "count": say("number"), "mean": say("mean"),
        "per hour": say("per hour"),
    }[unit]  # fmt: skip


def axis(values: Sequence[float | None], unit: str) -> list[dict[str, Any]]:
    """Return the marks of a chart's axis, from nothing to beyond the largest value: `at` and `text`.

    Examples
    --------
    >>> [mark["text"] for mark in axis([0.62, None], "share")]
    ['0 %', '50 %', '100 %']
    >>> [mark["text"] for mark in axis([171_000.0, None], "ms")], [mark["at"] for mark in axis([7], "count")]
    (['0', '1:00', '2:00', '3:00'], [0, 5, 10])
    """
    largest = max((value for value in values if value is not None), default=0)
    if unit == "share":
        step: float = 0.5
        largest = max(largest, 1)
    elif unit == "ms":
        days = _round(largest / _TICKS / _DAY_MS, least=1)
        step = next((one * 1_000 for one in _STEPS_S if largest <= one * 1_000 * _TICKS), days * _DAY_MS)
    else:
        step = _round(largest / _TICKS, least=1 if unit == "count" else 0.1)
    count = 1
    while step * count < largest:
        count += 1
    marks = [step * n for n in range(count + 1)]
    return [{"at": at, "text": _short(at, unit)} for at in marks]


def _axis(values: Sequence[float | None], unit: str, say: Words) -> list[dict[str, Any]]:
    return [mark | {"text": _worded(mark["text"], say)} for mark in axis(values, unit)]


def _round(value: float, *, least: float) -> float:
    """Return the next of 1, 2 and 5 times a power of ten."""
    size = least
    while True:
        for factor in (1, 2, 5):
            if size * factor >= value:
                return round(size * factor, 6)
        size *= 10


def _short(value: float, unit: str) -> str:
    """Write a round number with no more digits than it has."""
    if unit == "ms":
        seconds = value / 1_000
        if value and value % _HOUR_MS == 0:
            return f"{value / _HOUR_MS:g} h"
        return duration(value) if seconds >= _MINUTE_S else f"{seconds:g} s" if value else "0"
    return f"{100 * value:g} %" if unit == "share" else f"{value:g}"


def _defined(name: str, target: str, board: dict[str, Any], say: Words) -> list[list[str]]:
    """Return how a number is defined, in pairs of what and how."""
    about = measure(name)
    pairs = [
        [say("From"), say(about.start)], [say("To"), say(about.end)], [say("Counts"), say(about.counted)],
        [say("As"), say(about.averaged)], [say("Source"), about.source],
    ]  # fmt: skip
    pairs += [[say("X is"), _worded(duration(board["within_ms"]), say)]] if "X" in about.averaged else []
    return pairs + ([[say("Target"), target]] if target else [])


def _groups(board: dict[str, Any], say: Words) -> dict[str, Any]:
    about = measure(GROUP_TREND)
    top = [value for row in board["groups"] for value in row["trend"]]
    rows = [
        {
            "k": row["group"],
            "title": say("no group") if row["group"] == NOBODYS else shortened(visible(row["title"]), _NAME),
            "cells": [
                {"k": name, "value": _shown(measure(name), told["value"], say)} | _mark(told, say)
                for name, told in ((name, row["cells"][name]) for name in GROUPS)
            ],
            "trend": row["trend"],
            "texts": [_shown(about, value, say) for value in row["trend"]],
        }
        for row in board["groups"]
    ]
    return {
        "title": say("Groups"),
        "group": say("Group"),
        "columns": [{"k": name, "text": say(measure(name).title)} for name in GROUPS],
        "trend": say("{measure}, last 8 hours", measure=say(about.title)),
        "axis": _axis(top, about.unit, say),
        "rows": rows,
    }


def listed(found: dict[str, Any], say: Words, *, now: int, name: Callable[[str, Words], str] | None) -> dict[str, Any]:
    """Return the conversations behind a number as the browser lists them.

    Parameters
    ----------
    found : dict
        What `deskkit.measures.wall.Wall.behind` returned.
    say : Words
    now : int, milliseconds
    name : callable, optional
        What the customer of a conversation is called; without it the conversation's id stands there, and it cannot be
        opened.
    """
    rows = []
    for row in found["rows"]:
        identity = row.get("conversation")
        agent = shortened(visible(say.personal(row.get("agent") or "")), _NAME)
        title = agent if identity is None else visible(identity) if name is None else name(identity, say)
        parts = [] if identity is None else [agent]
        parts += [say.time(row["at"], now=now)] if row.get("at") is not None else []
        if row.get("ms") is not None:
            parts.append(_worded(duration(passed(row["ms"], measure(found["measure"]))), say))
        about = " · ".join(isolated(part) for part in parts if part)
        rows.append(
            {"id": identity, "opens": name is not None and identity is not None, "title": title, "about": about}
        )
    total, each = found["total"], found["each"]
    counted = say.counted(total, each)
    text = say("{counted} behind this number", counted=counted)
    if total > len(rows):
        text = say("the first {n} of {counted} behind this number", n=len(rows), counted=counted)
    empty = "" if rows else say("Nothing is behind it.")
    return {"measure": found["measure"], "group": found["group"], "text": empty or text, "rows": rows}


def wall_labels(say: Words) -> dict[str, str]:
    """Return the words that the browser fills in itself."""
    word = say.translate
    return {
        "large": word("Large, over the whole screen"), "small": word("Leave the whole screen"), "close": word("Close"),
        "open": word("Open at the desk"), "title": word("Wallboard"), "starting": word("Working out the numbers …"),
        "old": word("shows the state of {age} ago"),
        "lost": word("Connection lost: shows the state of {age} ago. Load the page again, or run the cell again"),
        "seconds": word("{n} s"), "minutes": word("{n} min"), "hours": word("{n} h"),
        "days": word("{n} d"),
        "behind": word("What is behind it"),
        "trend": word("{title}, from {from} to {to}: {values}"),
        "goal": word("target"), "defined": word("How it is defined"), "loading": word("Looking up …"),
        "not_done": word(NOT_DONE),
    }  # fmt: skip
