"""A workload: what customers bring, as two tables made before the run and shared by all policies.

`conversations` says who comes when and with what; `turns` what each message needs. Every number is a keyed draw, so
the same row comes out whatever else the scenario holds. A log gives the same tables: `deskkit.sim.trace`.
"""

from __future__ import annotations

import copy
import hashlib
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import numpy as np
import polars as pl

from deskkit.arguments import SCENARIO, WHOLE, expect
from deskkit.sim.customers import conversations_of, turns_of
from deskkit.sim.days import DAY_MS, Days
from deskkit.sim.draws import Key, check_key
from deskkit.sim.tables import CONVERSATIONS, TURNS, check_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from deskkit.sim.scenario import Scenario, Stream

    Ints = NDArray[np.int64]

__all__ = ["CONVERSATIONS", "TURNS", "Turn", "Workload", "sample"]


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
        if further is None:  # who draws has made both tables itself
            check_key(key)
            check_tables(conversations, turns, begin=begin, end=end, midnight=midnight)
        self._conversations, self._turns, self.unknown = conversations.clone(), turns.clone(), unknown
        self.key, self.begin, self.end, self.midnight, self.zone = key, begin, end, midnight, zone
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
        rows, places = self._read
        first, stored = places[conversation]
        if n < stored:
            return rows[first + n]
        if self._further is None:
            return rows[first + stored - 1]
        return Turn._make(self._further(np.asarray([conversation]), np.asarray([n])).row(0))

    @cached_property
    def _read(self) -> tuple[list[Turn], list[tuple[int, int]]]:
        """Every message, and of each conversation the first of its messages and how many there are."""
        return list(map(Turn._make, self._turns.rows())), self._conversations.select("first", "stored").rows()

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
    parts = [conversations_of(scenario, number, key, days) for number in range(len(scenario.streams))]
    rows = pl.concat([CONVERSATIONS.to_frame(), *(rows for rows, _ in parts)])
    serial = np.concatenate([np.empty(0, dtype=np.int64), *(serial for _, serial in parts)])
    order = rows.with_row_index("row").sort("at", "conversation")["row"]
    rows, serial = rows[order], serial[order.to_numpy()]
    stored = rows["stored"].to_numpy().astype(np.int64)
    rows = rows.with_columns(first=pl.Series(np.cumsum(stored) - stored, dtype=pl.UInt32))
    stream = rows["stream"].to_numpy()
    nth = np.arange(stored.sum()) - np.repeat(np.cumsum(stored) - stored, stored)
    turns = turns_of(scenario.streams, np.repeat(stream, stored), np.repeat(serial, stored), nth, key)
    return Workload(
        rows.select(CONVERSATIONS.names()), turns, key=key, begin=days.instant(scenario.begin_ms),
        end=days.instant((scenario.days - 1) * DAY_MS + scenario.end_ms), midnight=begin, zone=zone,
        further=partial(_further, scenario.streams, stream, serial, key),
    )  # fmt: skip


def _further(streams: Sequence[Stream], stream: Ints, serial: Ints, key: Key, who: Ints, nth: Ints) -> pl.DataFrame:
    """Return what messages bring of which nothing is stored."""
    return turns_of(streams, stream[who], serial[who], nth, key)
