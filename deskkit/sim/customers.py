"""The customers of a stream and what each of their messages brings, drawn by columns.

Every number is a keyed draw (`deskkit.sim.draws`): by the serial number of a conversation, and the turn.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from deskkit.sim.arrivals import begun
from deskkit.sim.days import DAY_MS
from deskkit.sim.draws import Drawn, uniforms
from deskkit.sim.laws import quantile
from deskkit.sim.scenario import FOREVER
from deskkit.sim.tables import CONVERSATIONS, TURNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from deskkit.sim.days import Days
    from deskkit.sim.draws import Key
    from deskkit.sim.scenario import Law, Scenario, Stream

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

__all__ = ["conversations_of", "turns_of"]

_DAYS: Final = 12  # bits for the number of a day, and of a conversation in it
_PART: Final = 36
_WORD_MS: Final = 60_000 / 238  # to read a word: Brysbaert 2019, silent reading
_STORED: Final = 16  # turns of an endless conversation
_DIGITS: Final = 6  # at least, of a number in a name
_MARK: Final = 987_654_321_987_654_321  # stands for an instant until it is known


# ---------------------------------------------------------------- conversations


def conversations_of(scenario: Scenario, number: int, key: Key, days: Days) -> tuple[pl.DataFrame, Ints]:
    """Return the conversations of a stream, and the serial number by which each draws."""
    stream = scenario.streams[number]
    shown, serial = _instants(scenario, stream, number, key)
    at, count = days.instants(shown), len(shown)

    def drawn(purpose: Drawn) -> Floats:
        return uniforms(key, purpose, serial)

    turns = np.full(count, float(FOREVER))
    if stream.turns is not None:
        turns = np.maximum(1.0, np.rint(quantile(stream.turns, drawn(Drawn.TURNS))))
    who, is_known = _customers(stream, key, serial)
    history = pl.Series([json.dumps(stream.history, ensure_ascii=False), "{}"])
    rows = pl.select(
        conversation=_named(f"{stream.name}-", np.arange(count)),
        at=pl.lit(at, dtype=pl.Int64),
        stream=pl.lit(np.full(count, number), dtype=pl.UInt32),
        customer=_named(f"{stream.name}-customer-", who),
        group=pl.lit(stream.group),
        language=pl.lit(stream.language),
        needs=pl.lit(pl.Series([list(stream.needs)], dtype=pl.List(pl.String())).new_from_index(0, count)),
        fields=_fields(stream, at),
        history=pl.lit(history.gather(is_known.astype(np.uint32))),
        tags=pl.lit(json.dumps(stream.tags, ensure_ascii=False)),
        queue_patience_ms=pl.lit(
            _patience(stream.patience.queue, drawn(Drawn.QUEUE_PATIENCE), stream.patience.writing), dtype=pl.Int64
        ),
        silent=pl.lit(drawn(Drawn.SILENT) < stream.patience.silent),
        first=pl.lit(np.zeros(count), dtype=pl.UInt32),
        stored=pl.lit(np.where(turns < 0, _STORED, turns), dtype=pl.UInt32),
        turns=pl.lit(turns, dtype=pl.Int32),
        rating=pl.lit(_ratings(stream.rating, drawn(Drawn.RATING))),
        transfer_to=pl.lit(_chosen(stream.transfer, drawn(Drawn.TRANSFER))),
        help=pl.lit(drawn(Drawn.HELP) < stream.help),
    )
    return rows.match_to_schema(CONVERSATIONS), serial


def _named(prefix: str, numbers: Ints) -> pl.Expr:
    """Return names that end in numbers of six digits, or of as many as there are."""
    return pl.lit(prefix) + pl.lit(numbers, dtype=pl.Int64).cast(pl.String).str.zfill(_DIGITS)


def _instants(scenario: Scenario, stream: Stream, number: int, key: Key) -> tuple[Ints, Ints]:
    """Return when the conversations of a stream begin, ms from the first midnight by the clock, and their serials."""
    found, serials = [], []
    for day in range(scenario.days):
        at, own = begun(
            stream.arrivals, key=key, stream=number, day=day, begin=scenario.begin_ms, end=scenario.end_ms,
            factor=scenario.factors.get(_date(scenario, day), 1.0),
        )  # fmt: skip
        found.append(at + day * DAY_MS)
        serials.append((((number << _DAYS) + day) << _PART) + own)
    return np.concatenate(found), np.concatenate(serials)


def _date(scenario: Scenario, day: int) -> str:
    return str(np.datetime64(scenario.day) + day) if scenario.day else str(day)


def _customers(stream: Stream, key: Key, serial: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Say who writes, by the number of the first conversation, and who wrote before: somebody new, or one who did."""
    who = np.arange(len(serial))
    back = uniforms(key, Drawn.RETURNING, serial) < stream.returning
    back[:1] = False  # the first has nobody before
    met = np.flatnonzero(~back)
    count = np.cumsum(~back)[back]  # how many were met before each who is back
    who[back] = met[(uniforms(key, Drawn.WHO, serial[back]) * count).astype(np.int64)]
    return who, back


def _fields(stream: Stream, at: Ints) -> pl.Expr:
    """Return purchase fields as JSON: the last order becomes an instant before the conversation's."""
    fields: dict[str, Any] = dict(stream.fields)
    ago = fields.get("last_order")
    if ago is None:
        return pl.lit(json.dumps(fields, ensure_ascii=False))
    before, _, after = json.dumps(fields | {"last_order": _MARK}, ensure_ascii=False).partition(str(_MARK))
    return pl.lit(before) + pl.lit(at - int(ago), dtype=pl.Int64).cast(pl.String) + pl.lit(after)


def _patience(law: Law | None, u: Floats, factor: float = 1.0) -> Ints:
    if law is None:
        return np.full(len(u), FOREVER, dtype=np.int64)
    return np.round(quantile(law, u) * factor).astype(np.int64)


def _ratings(shares: tuple[float, float, float], u: Floats) -> pl.Series:
    """Return ratings, good, neutral or bad by their shares; nothing where none is given."""
    given = pl.Series([-1, 0, 1, None], dtype=pl.Int8)
    return given.gather(np.searchsorted(np.cumsum(shares), u, side="right").astype(np.uint32))


def _chosen(shares: tuple[tuple[str, float], ...], u: Floats) -> pl.Series:
    """Return which of some names each draw chooses, or the empty one."""
    names = pl.Series([name for name, _ in shares] + [""], dtype=pl.String)
    return names.gather(np.searchsorted(np.cumsum([share for _, share in shares]), u, side="right").astype(np.uint32))


# ---------------------------------------------------------------- turns


def turns_of(streams: Sequence[Stream], stream: Ints, who: Ints, nth: Ints, key: Key) -> pl.DataFrame:
    """Return what messages bring.

    Parameters
    ----------
    streams : sequence of Stream
    stream, who, nth : array of int, one shape
        Of each message: the stream of its conversation, the conversation's serial number, the turn.
    key : Key

    Returns
    -------
    DataFrame, one row per message
        As `deskkit.sim.tables.TURNS`.
    """
    texts: list[str] = []
    text = np.zeros(len(who), dtype=np.uint32)
    needed = np.zeros((3, len(who)), dtype=np.int64)
    for number, one in enumerate(streams):
        mine = np.flatnonzero(stream == number)
        if len(mine):
            text[mine] = len(texts) + _texts(one, key, who[mine], nth[mine])
            texts += [one.text, *(line.text for line in one.lines)]
            needed[:, mine] = _needed(one, key, who[mine], nth[mine])
    said = pl.Series(texts, dtype=pl.String).gather(text)
    return pl.DataFrame(dict(zip(TURNS.names(), (said, *needed), strict=True)), schema=TURNS)


def _needed(stream: Stream, key: Key, who: Ints, nth: Ints) -> tuple[Ints, Ints, Ints]:
    """Return what answering takes, how long the customer thinks then, and how long one waits for it, ms."""
    handle = _whole(stream.handle, uniforms(key, Drawn.HANDLE, who, nth))
    if stream.words is not None:
        handle += np.round(quantile(stream.words, uniforms(key, Drawn.WORDS, who, nth)) * _WORD_MS).astype(np.int64)
    think = _whole(stream.think, uniforms(key, Drawn.THINK, who, nth))
    return handle, think, _patience(stream.patience.service, uniforms(key, Drawn.PATIENCE, who, nth))


def _whole(law: Law, u: Floats) -> Ints:
    return np.round(quantile(law, u)).astype(np.int64)


def _texts(stream: Stream, key: Key, who: Ints, nth: Ints) -> Ints:
    """Return which text is written: the first line that fits the turn and whose draw succeeds (from 1), else 0."""
    found = np.zeros(len(who), dtype=np.int64)
    for number, line in enumerate(stream.lines):
        fits = (found == 0) & ((nth == line.turn) if line.turn >= 0 else (nth > 0))
        said = fits & (uniforms(key, (Drawn.LINE << 16) + number, who, nth) < line.share)
        found[said] = number + 1
    return found
