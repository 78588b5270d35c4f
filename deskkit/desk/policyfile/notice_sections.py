"""The notices of a policy: limits, rings and ladders, read into the structs of `schema.py`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, get_args

from deskkit.desk.schema import Ladder, Notify, Recipient, Ring, Rung, Topic
from deskkit.worded import worded

if TYPE_CHECKING:
    from deskkit.desk.policyfile.reading import Table

__all__ = ["CHANNELS", "EVENTS", "read_notify"]

CHANNELS: Final = ("badge", "popup", "sound", "desktop", "flash", "push")
EVENTS: Final[tuple[Topic, ...]] = get_args(Topic)
RECIPIENTS: Final[tuple[Recipient, ...]] = get_args(Recipient)
MOST_NOTICES: Final = 600
MOST_TIMES: Final = 199
LOUDEST: Final = 100
SOUND: Final = "soft.wav"
_SOUND: Final = re.compile(r"[\w-][\w.-]{0,60}\.(wav|mp3|ogg)")


def read_notify(root: Table) -> Notify:
    """Read ``[notify]``, its ladders, and ``[rings]``."""
    table = root.table("notify")
    rings = _rings(root.table("rings"))
    found = Notify(
        per_minute=table.number("per_minute", 6, least=1, most=MOST_NOTICES),
        quiet=table.windows("quiet"),
        digest_ms=table.duration("digest", "10 min", least="10 s"),
        merge_urgent_ms=table.duration("merge_urgent", "20 s", least="0 s", most="24 h"),
        rings=rings,
        ladders=tuple(_ladder(row, rings) for row in table.rows("ladder")),
    )
    table.done()
    return found


def _rings(table: Table) -> tuple[Ring, ...]:
    return tuple(sorted((_ring(name, table.table(name)) for name in table.entries()), key=lambda one: one.name))


def _ring(name: str, table: Table) -> Ring:
    channels = table.names("channels", CHANNELS, what=worded("kind: channel"))
    loud = "sound" in channels
    ring = Ring(
        name=name,
        channels=channels,
        sound=_sound(table) if loud else "",
        volume=table.number("volume", LOUDEST, least=0, most=LOUDEST) if loud else 0,
        icon=table.number("icon", 1, least=1, most=3),
    )
    given = [key for key in ("sound", "volume") if table.take(key) is not None]
    if given and not loud:
        problem = worded('"{one}" is given, but the ring has no channel "sound".', one=given[0])
        expected = worded('channels with "sound", or no sound and no volume')
        fix = [*channels, "sound"]
        table.book.note(table.at("channels"), problem, value=list(channels), expected=expected, fix=fix)
    table.done()
    return ring


def _sound(table: Table) -> str:
    """Return the name of a sound file: a name only, never a way to another folder."""
    value = table.take("sound")
    expected = worded('the name of a sound file, such as "soft.wav"')
    if value is None:
        table.missing("sound", expected, '"soft.wav"')
    elif isinstance(value, str) and _SOUND.fullmatch(value):
        return value
    else:
        table.book.note(
            table.at("sound"), worded("This is no sound file."), value=value, expected=expected, fix="soft.wav"
        )
    return "soft.wav"


def _ladder(row: Table, rings: tuple[Ring, ...]) -> Ladder:
    event = row.choice("event", EVENTS, what=worded("kind: event"))
    levels = row.levels("level")
    names = tuple(ring.name for ring in rings)
    rungs = tuple(_rung(rung, names) for rung in row.rows("rungs"))
    if not rungs:
        rung = {"after": "0 s", "to": "owner", "ring": (*names, "badge")[0]}
        if row.data.get("rungs") == []:
            row.book.note(
                row.at("rungs"), worded("This ladder has no rung."), value=[], expected=worded("a rung"), fix=[rung]
            )
        elif "rungs" not in row:
            row.missing("rungs", worded("a list of rungs"), '[{ after = "0 s", to = "owner", ring = "badge" }]')
    row.done()
    return Ladder(event=event, levels=levels, rungs=rungs)


def _rung(table: Table, rings: tuple[str, ...]) -> Rung:
    to = table.choice("to", RECIPIENTS, what=worded("kind: recipient"))
    after, ring = table.duration("after", least="0 s"), table.choice("ring", rings, what=worded("kind: ring"))
    repeat = times = 0
    if "repeat" in table or "times" in table:
        repeat = table.duration("repeat")
        times = table.number("times", least=1, most=MOST_TIMES)
    table.done()
    return Rung(after_ms=after, to=to, ring=ring, repeat_ms=repeat, times=times)
