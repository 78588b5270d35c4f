"""Do the notices of a policy fit together? One ladder for each event and level, its rungs in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskkit.desk.events import LEVELS
from deskkit.desk.policyfile import quantities as q
from deskkit.worded import worded

if TYPE_CHECKING:
    from deskkit.desk.policyfile.faults import Book
    from deskkit.desk.policyfile.layout import KeyPath
    from deskkit.desk.schema import Ladder, Ring, Schema

__all__ = ["check_notices"]

MOST_RINGINGS: Final = 200


def check_notices(schema: Schema, book: Book) -> None:
    """Note rungs out of order, ladders given twice, rings nobody uses, and ladders that get quieter."""
    rings = {ring.name: ring for ring in schema.notify.rings}
    taken: dict[tuple[str, int], int] = {}
    for number, ladder in enumerate(schema.notify.ladders):
        path = ("notify", "ladder", number)
        for level in ladder.levels:
            first = taken.setdefault((ladder.event, level), number)
            if first != number:
                _twice(path, ladder, level, taken, book)
        _check_rungs(path, ladder, book)
    if book.clean("notify", "rings"):
        _warn_quieter(schema, taken, rings, book)
        used = {rung.ring for ladder in schema.notify.ladders for rung in ladder.rungs}
        for name in sorted(rings.keys() - used):
            book.warn(
                ("rings", name), worded('No ladder uses the ring "{name}".', name=name), example=f'ring = "{name}"'
            )


def _twice(path: KeyPath, ladder: Ladder, level: int, taken: dict[tuple[str, int], int], book: Book) -> None:
    """Note a second ladder for one event and level."""
    free = [name for number, name in enumerate(LEVELS) if (ladder.event, number) not in taken]
    rest = [LEVELS[other] for other in ladder.levels if other != level]
    fix = rest or free[:1] or None
    book.note(
        (*path, "level"),
        worded('There is a ladder for "{event}" at level "{one}" already.', event=ladder.event, one=LEVELS[level]),
        value=[LEVELS[other] for other in ladder.levels],
        expected=worded("one ladder for each event and level"),
        fix=fix,
        example=worded("# remove this ladder, or put its rungs into the other"),
    )


def _check_rungs(path: KeyPath, ladder: Ladder, book: Book) -> None:
    """Note rungs that go back in time or stand twice, and too many ringings."""
    before = 0
    seen: set[tuple[int, str, str]] = set()
    for number, rung in enumerate(ladder.rungs):
        place = (*path, "rungs", number)
        same = (rung.after_ms, rung.to, rung.ring)
        value, later = q.show_duration(rung.after_ms), q.show_duration(max(rung.after_ms, before) + 30_000)
        if rung.after_ms < before:
            problem, expected = (
                worded("This rung comes before the one above it."),
                worded('at least "{n}"', n=q.show_duration(before)),
            )
            book.note((*place, "after"), problem, value=value, expected=expected, fix=later)
        elif same in seen:
            problem = worded("This rung stands there already.")
            book.note((*place, "after"), problem, value=value, expected=worded("each rung once"), fix=later)
        seen.add(same)
        before = max(before, rung.after_ms)
    ringings = sum(1 + rung.times for rung in ladder.rungs)
    if ringings > MOST_RINGINGS:
        most = max(range(len(ladder.rungs)), key=lambda number: ladder.rungs[number].times)
        times = ladder.rungs[most].times
        right = max(1, times - (ringings - MOST_RINGINGS))
        problem = worded("This ladder rings {ringings} times.", ringings=ringings)
        place = (*path, "rungs", most, "times")
        book.note(place, problem, value=times, expected=worded("at most {n} in all", n=MOST_RINGINGS), fix=right)


def _warn_quieter(schema: Schema, taken: dict[tuple[str, int], int], rings: dict[str, Ring], book: Book) -> None:
    """Warn of a higher level that is told of with fewer channels or later than the one below it."""
    ladders = schema.notify.ladders
    for (event, level), number in taken.items():
        above = taken.get((event, level + 1), number)
        name, next_name = LEVELS[level], LEVELS[min(level + 1, len(LEVELS) - 1)]
        if (event, level + 1) not in taken and level + 1 < len(LEVELS):
            problem = worded(
                '"{name}" has a ladder for "{event}", the higher "{next_name}" has none.',
                name=name,
                event=event,
                next_name=next_name,
            )
            book.warn(("notify", "ladder", number), problem, example=f'level = ["{name}", "{next_name}"]')
        elif _strength(ladders[above], rings) < _strength(ladders[number], rings):
            problem = worded(
                'For "{event}" the ladder of "{next_name}" is quieter than that of "{name}".',
                event=event,
                next_name=next_name,
                name=name,
            )
            book.warn(("notify", "ladder", above), problem, example='ring = "alarm"')


def _strength(ladder: Ladder, rings: dict[str, Ring]) -> tuple[int, int]:
    """Return how strongly a ladder rings at its strongest: channels and volume."""
    return max((len(rings[rung.ring].channels), rings[rung.ring].volume) for rung in ladder.rungs)
