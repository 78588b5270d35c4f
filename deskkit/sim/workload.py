"""A workload: what customers bring, as two tables made before the run and shared by all policies.

`conversations` says who comes when and with what; `turns` what each message needs. Every number is a keyed draw, so
the same row comes out whatever else the scenario holds. A log gives the same tables: `deskkit.sim.trace`.
"""

from __future__ import annotations

import copy
import hashlib
import json
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
import numpy as np
import polars as pl

from deskkit.arguments import SCENARIO, WHOLE, expect
from deskkit.sim.arrivals import begun
from deskkit.sim.days import DAY_MS, Days
from deskkit.sim.draws import Drawn, Key, uniforms
from deskkit.sim.laws import quantile
from deskkit.sim.scenario import FOREVER
from deskkit.sim.tables import CONVERSATIONS, TURNS, check_tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from deskkit.sim.scenario import Law, Scenario, Stream

    Ints = NDArray[np.int64]

__all__ = ["CONVERSATIONS", "TURNS", "Turn", "Workload", "sample"]

_DAYS: Final = 12  # bits for the number of a day, and of a conversation in it
_PART: Final = 36
_WORD_MS: Final = 60_000 / 238  # to read a word: Brysbaert 2019, silent reading
_STORED: Final = 16  # turns of an endless conversation


class Turn(NamedTuple):
    """What one customer message brings: the text, and what answering, thinking and waiting take (milliseconds)."""

    text: str
    handle_ms: int
    think_ms: int
    patience_ms: int


class Workload:
    """Sampled input of one run; it does not change.

    Other customers are another workload, ``Workload(rows, turns, ...)``: of rows that were left out the turns may stay.

    Raises
    ------
    ScenarioError
        The tables are none of a workload.

    Attributes
    ----------
    conversations : DataFrame, one row per conversation, by (`at`, `conversation`)
        `conversation`, `at` (ms), `stream`, `customer`, `group`, `language`, `needs`, `fields`, `history` and `tags`
        (JSON), `queue_patience_ms` (-1: for ever), `silent`, `first` and `stored` (rows of `turns`), `turns` (replies
        until it is resolved; -1: endless), `rating`, `transfer_to`, `help`.
    turns : DataFrame, one row per customer message
        `text`, `handle_ms`, `think_ms` (from the reply to the next message), `patience_ms`.
    key : Key
        Which luck a run on it has beyond the tables: in noticing, missing notices, switching, erring, mending.
    begin, end : int
        When the run begins and when customers stop coming, ms.
    midnight : int
        Of the first day: from there shifts count.
    unknown : frozenset of str
        What a log did not tell (`deskkit.sim.trace`): ``notice``, when an agent saw a message; ``leaving``, how long
        customers wait before they leave.
    zone : str
        Whose clock the hours of its days are on; empty: every day has 24 hours.
    """

    def __init__(  # noqa: PLR0913 -- what came, when, and what is known of it
        self,
        conversations: pl.DataFrame,
        turns: pl.DataFrame,
        *,
        key: Key,
        begin: int,
        end: int,
        midnight: int,
        zone: str = "",
        further: Callable[[Ints, Ints], pl.DataFrame] | None = None,
        unknown: frozenset[str] = frozenset(),
    ) -> None:
        check_tables(conversations, turns, begin=begin, end=end, midnight=midnight)
        self._conversations, self._turns, self.unknown = conversations.clone(), turns.clone(), unknown
        self.key, self.begin, self.end, self.midnight, self.zone = key, begin, end, midnight, zone
        self._first: list[int] = conversations["first"].to_list()
        self._stored: list[int] = conversations["stored"].to_list()
        self._rows: list[Turn] = list(map(Turn._make, turns.rows()))
        self._further = further

    @property
    def conversations(self) -> pl.DataFrame:
        """One row per conversation; what is done to the table is not done to the workload."""
        return self._conversations.clone()

    @property
    def turns(self) -> pl.DataFrame:
        """One row per customer message; likewise."""
        return self._turns.clone()

    def turn(self, conversation: int, n: int) -> Turn:
        """Return what the n-th message of a conversation brings; beyond what is stored it is drawn on demand."""
        if n < self._stored[conversation]:
            return self._rows[self._first[conversation] + n]
        if self._further is None:
            return self._rows[self._first[conversation] + self._stored[conversation] - 1]
        return Turn._make(self._further(np.asarray([conversation]), np.asarray([n])).row(0))

    @property
    def days(self) -> Days:
        """Its days, from the first midnight on."""
        return Days(self.midnight, self.zone)

    @property
    def is_drawn(self) -> bool:
        """Whether messages beyond what is stored are drawn on demand; else the last one is repeated."""
        return self._further is not None

    def stored_to(self, least: int) -> Workload:
        """Return the same customers, with at least so many messages stored of each endless conversation.

        Examples
        --------
        >>> from deskkit.sim.scenario import Arrivals, Law, Scenario, Stream
        >>> for_ever = Stream(name="vip", arrivals=Arrivals(instants=(0, 0)), turns=None)
        >>> found = sample(Scenario(name="two", streams=(for_ever,), agents=()), seed=7)
        >>> more = found.stored_to(20)
        >>> found.turns.height, more.turns.height, more.turn(1, 19) == found.turn(1, 19)
        (32, 40, True)
        """
        rows = self.conversations
        stored = rows["stored"].to_numpy().astype(np.int64)
        many = np.where(rows["turns"].to_numpy() < 0, np.maximum(stored, least), stored)
        first = np.cumsum(many) - many
        who = np.repeat(np.arange(len(many)), many)
        nth = np.arange(len(who)) - first[who]
        new = nth >= stored[who]
        if self._further is None or not new.any():
            return self
        kept = self.turns.with_columns(place=pl.Series(np.flatnonzero(~new)))
        drawn = self._further(who[new], nth[new]).with_columns(place=pl.Series(np.flatnonzero(new)))
        rows = rows.with_columns(first=pl.Series(first, dtype=pl.UInt32), stored=pl.Series(many, dtype=pl.UInt32))
        return Workload(
            rows, pl.concat([kept, drawn]).sort("place").drop("place"), key=self.key, begin=self.begin, end=self.end,
            midnight=self.midnight, zone=self.zone, further=self._further,
        )  # fmt: skip

    def with_luck(self, key: Key) -> Workload:
        """Return the same customers with other luck in what their rows do not say.

        Examples
        --------
        >>> from deskkit.sim.scenario import Arrivals, Law, Scenario, Stream
        >>> hour = Stream(name="vip", arrivals=Arrivals(counts=((0, 3_600_000, 3),)), turns=Law("constant", 2.0))
        >>> found = sample(Scenario(name="hour", streams=(hour,), agents=()), seed=7)
        >>> other = found.with_luck(Key(8))
        >>> other.key == found.key, other.digest == found.digest
        (False, True)
        """
        other = copy.copy(self)
        other.key = key
        return other

    @cached_property
    def digest(self) -> str:
        """SHA-256 of both tables' canonical rows: what "the same workload" means."""
        found = hashlib.sha256()
        for frame in (self.conversations, self.turns):
            found.update(msgspec.json.encode((frame.columns, frame.rows())))
        return found.hexdigest()

    def __repr__(self) -> str:
        return f"Workload({self.conversations.height:,} conversations, {self.turns.height:,} turns)"


def sample(
    scenario: Scenario, *, seed: int, replication: int = 0, begin: int = 0, zone: str = "", antithetic: bool = False
) -> Workload:
    """Draw the customers of a scenario.

    Parameters
    ----------
    scenario : Scenario
    seed, replication : int
    begin : int
        Midnight of the first day, milliseconds.
    zone : str
        Whose clock the scenario's hours are on; without one every day has 24 hours.
    antithetic : bool
        Turn every draw into its opposite.

    Returns
    -------
    Workload
        The same for the same scenario, seed and replication, whatever policy it is lived through under.

    Examples
    --------
    >>> from deskkit.sim.scenario import Arrivals, Law, Scenario, Stream
    >>> hour = Stream(name="vip", arrivals=Arrivals(counts=((0, 3_600_000, 3),)), turns=Law("constant", 2.0))
    >>> found = sample(Scenario(name="hour", streams=(hour,), agents=()), seed=7)
    >>> found, found.conversations["conversation"].to_list()
    (Workload(3 conversations, 6 turns), ['vip-000000', 'vip-000001', 'vip-000002'])
    """
    expect(SCENARIO, "sample", scenario=scenario)
    expect(WHOLE, "sample", seed=seed, replication=replication, begin=begin)
    key, days = Key(seed, replication, antithetic), Days(begin, zone)
    parts = [_stream(scenario, stream, number, key, days) for number, stream in enumerate(scenario.streams)]
    rows = pl.concat([CONVERSATIONS.to_frame(), *(rows for rows, _ in parts)])
    serial = np.concatenate([np.empty(0, dtype=np.int64), *(serial for _, serial in parts)])
    order = rows.with_row_index("row").sort("at", "conversation")["row"]
    rows, serial = rows[order], serial[order.to_numpy()]
    stored = rows["stored"].to_numpy().astype(np.int64)
    rows = rows.with_columns(first=pl.Series(np.cumsum(stored) - stored, dtype=pl.UInt32))
    turns = _turns(scenario, rows, serial, key)
    further = partial(_further, [scenario.streams[n] for n in rows["stream"].to_list()], serial, key)
    return Workload(
        rows.select(CONVERSATIONS.names()), turns, key=key, begin=days.instant(scenario.begin_ms),
        end=days.instant((scenario.days - 1) * DAY_MS + scenario.end_ms), midnight=begin, zone=zone, further=further,
    )  # fmt: skip


# ---------------------------------------------------------------- conversations


def _stream(
    scenario: Scenario, stream: Stream, number: int, key: Key, days: Days
) -> tuple[pl.DataFrame, NDArray[np.int64]]:
    """Return the conversations of a stream, and the serial number by which each draws."""
    shown, serial = _instants(scenario, stream, number, key)
    at, count = days.instants(shown), len(shown)

    def drawn(purpose: Drawn) -> NDArray[np.float64]:
        return uniforms(key, purpose, serial)

    turns = np.full(count, float(FOREVER))
    if stream.turns is not None:
        turns = np.maximum(1.0, np.rint(quantile(stream.turns, drawn(Drawn.TURNS))))
    customers, known = _customers(stream, key, serial)
    history, fields = json.dumps(stream.history, ensure_ascii=False), _fields(stream)
    rows = pl.DataFrame({
        "conversation": [f"{stream.name}-{n:06d}" for n in range(count)],
        "at": at,
        "stream": np.full(count, number),
        "customer": customers,
        "group": [stream.group] * count,
        "language": [stream.language] * count,
        "needs": pl.Series([list(stream.needs)], dtype=pl.List(pl.String())).new_from_index(0, count),
        "fields": [fields(one) for one in at.tolist()],
        "history": ["{}" if before else history for before in known],
        "tags": [json.dumps(stream.tags, ensure_ascii=False)] * count,
        "queue_patience_ms": _patience(stream.patience.queue, drawn(Drawn.QUEUE_PATIENCE), stream.patience.writing),
        "silent": drawn(Drawn.SILENT) < stream.patience.silent,
        "first": np.zeros(count, dtype=np.int64),
        "stored": np.where(turns < 0, _STORED, turns).astype(np.int64),
        "turns": turns.astype(np.int64),
        "rating": _ratings(stream.rating, drawn(Drawn.RATING)),
        "transfer_to": _chosen(stream.transfer, drawn(Drawn.TRANSFER)),
        "help": drawn(Drawn.HELP) < stream.help,
    }, schema=CONVERSATIONS)  # fmt: skip
    return rows, serial


def _instants(scenario: Scenario, stream: Stream, number: int, key: Key) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
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


def _customers(stream: Stream, key: Key, serial: NDArray[np.int64]) -> tuple[list[str], list[bool]]:
    """Name who writes, and say who wrote before: somebody new, or any of those who did."""
    again = (uniforms(key, Drawn.RETURNING, serial) < stream.returning).tolist()
    which = uniforms(key, Drawn.WHO, serial).tolist()
    met: list[str] = []
    names: list[str] = []
    known: list[bool] = []
    for n, back in enumerate(again):
        known.append(back and bool(met))
        if known[n]:
            names.append(met[int(which[n] * len(met))])
        else:
            met.append(f"{stream.name}-customer-{n:06d}")
            names.append(met[-1])
    return names, known


def _fields(stream: Stream) -> Callable[[int], str]:
    """Return what writes purchase fields as JSON: the last order becomes an instant before the conversation's."""
    fields: dict[str, Any] = dict(stream.fields)
    plain = json.dumps(fields, ensure_ascii=False)
    ago = fields.get("last_order")
    if ago is None:
        return lambda _at: plain
    return lambda at: json.dumps(fields | {"last_order": at - int(ago)}, ensure_ascii=False)


def _patience(law: Law | None, u: NDArray[np.float64], factor: float = 1.0) -> NDArray[np.int64]:
    if law is None:
        return np.full(len(u), FOREVER, dtype=np.int64)
    return np.round(quantile(law, u) * factor).astype(np.int64)


def _ratings(shares: tuple[float, float, float], u: NDArray[np.float64]) -> list[int | None]:
    bad, neutral, good = np.cumsum(shares)
    return [-1 if x < bad else 0 if x < neutral else 1 if x < good else None for x in u]


def _chosen(shares: tuple[tuple[str, float], ...], u: NDArray[np.float64]) -> list[str]:
    """Return which of some names each draw chooses, or the empty one."""
    names = [name for name, _ in shares] + [""]
    index = np.searchsorted(np.cumsum([share for _, share in shares]), u, side="right") if shares else np.zeros(len(u))
    return [names[int(i)] for i in index]


# ---------------------------------------------------------------- turns


def _turns(scenario: Scenario, rows: pl.DataFrame, serial: NDArray[np.int64], key: Key) -> pl.DataFrame:
    """Return what each message brings, conversation by conversation."""
    stored = rows["stored"].to_numpy().astype(np.int64)
    first = rows["first"].to_numpy().astype(np.int64)
    conversation = np.repeat(serial, stored)
    turn = np.arange(len(conversation)) - np.repeat(first, stored)
    stream_of = np.repeat(rows["stream"].to_numpy(), stored)
    columns = {name: np.empty(len(conversation), dtype=object) for name in TURNS.names()}
    for number, stream in enumerate(scenario.streams):
        mine = stream_of == number
        if mine.any():
            for name, values in _needed(stream, key, conversation[mine], turn[mine]).items():
                columns[name][mine] = values
    return pl.DataFrame({name: values.tolist() for name, values in columns.items()}, schema=TURNS)


def _needed(stream: Stream, key: Key, who: NDArray[np.int64], nth: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """Return what the nth messages of conversations of a stream bring, by the names of `TURNS`."""
    handle = _whole(stream.handle, uniforms(key, Drawn.HANDLE, who, nth))
    if stream.words is not None:
        handle += np.round(quantile(stream.words, uniforms(key, Drawn.WORDS, who, nth)) * _WORD_MS).astype(np.int64)
    return {
        "text": _texts(stream, key, who, nth),
        "handle_ms": handle,
        "think_ms": _whole(stream.think, uniforms(key, Drawn.THINK, who, nth)),
        "patience_ms": _patience(stream.patience.service, uniforms(key, Drawn.PATIENCE, who, nth)),
    }


def _further(streams: list[Stream], serial: Ints, key: Key, who: Ints, nth: Ints) -> pl.DataFrame:
    """Return what messages bring of which nothing is stored."""
    columns = {name: np.empty(len(who), dtype=object) for name in TURNS.names()}
    of = np.asarray([streams.index(streams[c]) for c in who.tolist()])
    for number in set(of.tolist()):
        mine = of == number
        for name, values in _needed(streams[number], key, serial[who[mine]], nth[mine]).items():
            columns[name][mine] = values
    return pl.DataFrame({name: values.tolist() for name, values in columns.items()}, schema=TURNS)


def _whole(law: Law, u: NDArray[np.float64]) -> Ints:
    return np.round(quantile(law, u)).astype(np.int64)


def _texts(stream: Stream, key: Key, who: NDArray[np.int64], nth: NDArray[np.int64]) -> NDArray[np.object_]:
    """Return what is written: the first line that fits the turn and whose draw succeeds, else the stream's text."""
    found = np.full(len(who), stream.text, dtype=object)
    open_ = np.ones(len(who), dtype=bool)
    for number, line in enumerate(stream.lines):
        fits = open_ & ((nth == line.turn) if line.turn >= 0 else (nth > 0))
        said = fits & (uniforms(key, (Drawn.LINE << 16) + number, who, nth) < line.share)
        found[said] = line.text
        open_ &= ~said
    return found
