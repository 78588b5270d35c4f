"""The log of a compiled run as the frames that spans are derived from, without writing a log.

Each row becomes what `deskkit.log.scan` reads of the event it stands for; a test holds the two against each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from deskkit.desk import columns as k
from deskkit.desk import events as e
from deskkit.desk import rows as border
from deskkit.desk.checks import PRESENCE
from deskkit.log.scan import AUTHORS, INSTANT, KIND, NAME, SHORT, Events
from deskkit.sim.compiled import columns as w

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from deskkit.sim.compiled.reading import Reader

    Ints = NDArray[np.int64]

__all__ = ["Families"]

_TEXT: Final = pl.String()
_BITS: Final = 64
_KINDS: Final = 256  # more than there are kinds of rows


class Families:
    """Frames of a run.

    Parameters
    ----------
    reader : Reader
        Who knows the names.
    """

    def __init__(self, reader: Reader) -> None:
        life = reader.made.life
        self.reader, self.life = reader, life
        self.log: Ints = life.log[: int(life.clock[w.LOGGED])]
        self.kinds = self.log[:, w.L_KIND].astype(np.uint8)  # looked through again and again
        self._first = len(reader.made.opening) + 1
        self._names = pl.Series(reader.names, dtype=NAME)
        self._agents = pl.Series([*reader.desk.agents, ""], dtype=NAME)  # -1: nobody
        self._groups = pl.Series(list(reader.desk.names.groups), dtype=_TEXT)
        self._columns = reader.workload.conversations

    def events(self) -> Events:
        """Return the frames of all families."""
        return Events(
            opened=self._opened(), messages=self._messages(), moves=self._moves(), helpers=self._helpers(),
            tags=self._tags(), levels=self._levels(), views=self._views(), notices=self._notices(),
            presences=self._presences(), agents=self._agents_known(), ratings=self._ratings(),
            renewals=self._renewals(), peaks=self._peaks(), languages=self._languages(),
        )  # fmt: skip

    # ------------------------------------------------------------ what a run tells beside the spans

    def levels(self) -> pl.DataFrame:
        """Return the levels said of conversations, in their order."""
        rows = self._of(w.DECIDED + k.D_PRIORITISED)[1]
        return pl.DataFrame({
            "conversation": self._named(rows[:, 2]).cast(_TEXT), "at": rows[:, w.L_AT], "level": rows[:, _y(k.Y2)]
        })  # fmt: skip

    def astray(self) -> pl.Series:
        """Return the instants of replies in a wrong window."""
        return pl.Series(self.log[(self.kinds == k.F_AGENT_WROTE) & (self.log[:, w.L_ASTRAY] == 1), w.L_AT])

    def rings(self) -> pl.DataFrame:
        """Return the instants of notices that went out, and the ring of each."""
        rows = self._of(w.DECIDED + k.D_NOTIFIED)[1]
        return pl.DataFrame({"at": rows[:, w.L_AT], "ring": rows[:, _y(k.B2)]})

    # ------------------------------------------------------------ the families

    def _of(self, *kinds: int) -> tuple[Ints, Ints]:
        is_one = np.zeros(_KINDS, dtype=bool)
        is_one[list(kinds)] = True
        at = np.flatnonzero(is_one[self.kinds])
        return at, self.log[at]

    def _named(self, numbers: Ints) -> pl.Series:
        return self._names.gather(numbers)

    def _agent(self, numbers: Ints) -> pl.Series:
        return self._agents.gather(np.where(numbers < 0, len(self._agents) - 1, numbers))

    def _frame(self, at: Ints, rows: Ints, *, named: bool = True, **columns: Any) -> pl.DataFrame:
        """Return rows as a frame that begins as all of them do."""
        names = self._named(rows[:, w.L_WHO]) if named else _nulls(len(at), NAME)
        return pl.DataFrame({
            "seq": pl.Series(at + self._first, dtype=pl.UInt32),
            "at": pl.Series(rows[:, w.L_AT]).cast(INSTANT),
            "conversation": names,
        } | {
            name: (column.cast(NAME) if column.dtype == pl.String else column) for name, column in columns.items()
        })  # fmt: skip

    def _opened(self) -> pl.DataFrame:
        at, rows = self._of(k.F_OPENED)
        about = self._columns[rows[:, w.L_CONTACT]]
        nothing = _nulls(len(at), _TEXT)
        return self._frame(
            at, rows, customer=about["customer"], group=_known(about["group"]), origin=nothing, agent=nothing,
            channel=nothing, language=_known(about["language"]),
        )  # fmt: skip

    def _messages(self) -> pl.DataFrame:
        at, rows = self._of(k.F_CUSTOMER_WROTE, k.F_AGENT_WROTE)
        customer = rows[:, w.L_KIND] == k.F_CUSTOMER_WROTE
        author = _WROTE.gather(np.where(customer, 0, 1))
        courtesy = np.zeros(len(at), dtype=bool)
        place = self._turn(rows[customer])
        short = (self.reader.workload.turns["text"].str.len_chars() <= SHORT).to_numpy()
        courtesy[customer] = (self.life.turn[place, w.COURTESY] == 1) & short[place]
        agent = self._agent(rows[:, w.L_AGENT]).set(pl.Series(customer), None)
        return self._frame(at, rows, agent=agent, author=author, courtesy=pl.Series(courtesy))

    def _turn(self, rows: Ints) -> Ints:
        """Return the rows of the table of turns that messages of customers stand in."""
        contact = self.life.contact[rows[:, w.L_CONTACT]]
        found: Ints = contact[:, w.FIRST] + np.minimum(rows[:, w.L_DETAIL], contact[:, w.STORED] - 1)
        return found

    def _moves(self) -> pl.DataFrame:
        at, rows = self._of(*_MOVES)
        kinds = rows[:, w.L_KIND]
        with_agent = np.isin(kinds, (w.DECIDED + k.D_ASSIGNED, w.DECIDED + k.D_RETURNED))
        agent = self._agent(rows[:, w.L_AGENT]).set(pl.Series(~with_agent), None)
        group = _nulls(len(at), _TEXT)
        moved = np.isin(kinds, (w.DECIDED + k.D_QUEUED, w.DECIDED + k.D_TURNED_AWAY))
        passed = kinds == k.F_GROUP
        group = group.scatter(np.flatnonzero(moved), self._groups.gather(rows[moved, _y(k.Y0)]))
        group = group.scatter(np.flatnonzero(passed), self._columns["transfer_to"].gather(rows[passed, w.L_CONTACT]))
        silent = pl.Series(np.where((kinds == k.F_LEFT) & (rows[:, w.L_DETAIL] == 1), 1, 0)).cast(pl.Boolean)
        tidied = kinds == w.DECIDED + k.D_TIDIED
        action = _nulls(len(at), _TEXT)
        action = action.scatter(
            np.flatnonzero(tidied), pl.Series(border.DOES, dtype=_TEXT).gather(rows[tidied, _y(k.Y0)])
        )
        nothing = _nulls(len(at), _TEXT)
        return self._frame(
            at, rows, kind=_WORD_OF.gather(kinds), agent=agent, group=group, silent=silent.set(~silent, None),
            reason=nothing, action=action, undo=nothing.cast(pl.Boolean), transfers=nothing.cast(pl.Int64),
        )  # fmt: skip

    def _helpers(self) -> pl.DataFrame:
        at, rows = self._of(k.F_HELPER)
        return self._frame(at, rows, agent=self._agent(rows[:, w.L_AGENT]), on=_nulls(len(at), pl.Boolean()))

    def _tags(self) -> pl.DataFrame:
        at, rows = self._of(k.F_TAG, w.DECIDED + k.D_TAGGED)
        by_hand = rows[:, w.L_KIND] == k.F_TAG
        facets = self.reader.desk.policy.schema.facets
        said = [self.reader.hand_tag(row) for row in rows[by_hand].tolist()]
        bit = np.log2(rows[~by_hand, _y(k.Y1)]).astype(np.int64)  # exact: each is a power of two
        tags, place_of = np.unique(rows[~by_hand, _y(k.Y0)] * _BITS + bit, return_inverse=True)
        place = np.arange(len(at))
        place[by_hand], place[~by_hand] = np.arange(len(said)), len(said) + place_of
        said += [(e.FACETS[tag // _BITS], facets[tag // _BITS].tags[tag % _BITS]) for tag in tags.tolist()]
        facet, tag = (pl.Series([one[n] for one in said], dtype=NAME).gather(place) for n in range(2))
        off = ~by_hand & (rows[:, _y(k.Y2)] == 0)
        on = _nulls(len(at), pl.Boolean()).set(pl.Series(off), value=False)
        return self._frame(
            at, rows, kind=_WORD_OF.gather(rows[:, w.L_KIND]), facet=facet, tag=tag, on=on,
            undo=_nulls(len(at), pl.Boolean()),
        )  # fmt: skip

    def _levels(self) -> pl.DataFrame:
        at, rows = self._of(w.DECIDED + k.D_PRIORITISED)
        return self._frame(at, rows, kind=_WORD_OF.gather(rows[:, w.L_KIND]), level=pl.Series(rows[:, _y(k.Y2)]))

    def _views(self) -> pl.DataFrame:
        at, rows = self._of(k.F_VIEWED)
        return self._frame(at, rows, agent=self._agent(rows[:, w.L_AGENT]))

    def _notices(self) -> pl.DataFrame:
        at, rows = self._of(w.DECIDED + k.D_NOTIFIED, w.DECIDED + k.D_HELD)
        held = rows[:, w.L_KIND] == w.DECIDED + k.D_HELD
        merged = pl.Series(np.where(held, 0, rows[:, _y(k.Y3)]))
        reason = _nulls(len(at), _TEXT).scatter(
            np.flatnonzero(held), pl.Series(border.HELD, dtype=_TEXT).gather(rows[held, _y(k.Y3)])
        )
        return self._frame(
            at, rows, kind=_WORD_OF.gather(rows[:, w.L_KIND]), agent=self._agent(rows[:, w.L_AGENT]),
            event=pl.Series(border.TOPICS, dtype=NAME).gather(rows[:, _y(k.Y0)]), level=pl.Series(rows[:, _y(k.Y1)]),
            rung=pl.Series(rows[:, _y(k.Y2)]), merged=merged.set(merged == 0, None), reason=reason,
        )  # fmt: skip

    def _presences(self) -> pl.DataFrame:
        at, rows = self._of(k.F_PRESENCE)
        presence = pl.Series(PRESENCE, dtype=NAME).gather(rows[:, w.L_X])
        return self._frame(at, rows, named=False, agent=self._agent(rows[:, w.L_AGENT]), presence=presence)

    def _peaks(self) -> pl.DataFrame:
        at, rows = self._of(w.DECIDED + k.D_PEAK)
        return self._frame(at, rows, named=False, on=pl.Series(rows[:, _y(k.Y0)] == 1))

    def _agents_known(self) -> pl.DataFrame:
        said = [(n, one) for n, one in enumerate(self.reader.made.opening) if isinstance(one, e.AgentSet)]
        return pl.DataFrame(
            [
                (n + 1, one.at, None, one.agent, one.name or None, one.role if one.role != "agent" else None,
                 list(one.groups) or None, one.capacity)
                for n, one in said
            ],
            schema={
                "seq": pl.UInt32(), "at": pl.Int64(), "conversation": NAME, "agent": NAME, "name": NAME, "role": NAME,
                "groups": pl.List(NAME), "capacity": pl.Float64(),
            }, orient="row",
        ).with_columns(pl.col("at").cast(INSTANT))  # fmt: skip

    def _ratings(self) -> pl.DataFrame:
        at, rows = self._of(k.F_RATED)
        return self._frame(at, rows, rating=pl.Series(rows[:, w.L_X]))

    def _renewals(self) -> pl.DataFrame:
        at, rows = self._of(w.DECIDED + k.D_RENEWED)
        begun = self._of(k.F_OPENED, w.DECIDED + k.D_RENEWED)[0]
        return self._frame(at, rows, renewed=self._named(np.searchsorted(begun, at)))

    def _languages(self) -> pl.DataFrame:
        at, rows = self._of(k.F_CUSTOMER_WROTE)
        spoken = self.life.turn[self._turn(rows), w.SPOKEN]
        told = spoken >= 0
        at, rows, spoken = at[told], rows[told], spoken[told]
        _, first = np.unique(rows[:, w.L_WHO], return_index=True)
        first = np.sort(first)
        words = pl.Series(self.reader.made.languages, dtype=NAME)
        return self._frame(at[first], rows[first], language=words.gather(spoken[first]))


def _y(column: int) -> int:
    """Return where a column of a decision stands in a row of the log."""
    return column + 1


def _nulls(count: int, kind: pl.DataType) -> pl.Series:
    return pl.Series([None], dtype=kind).new_from_index(0, count)


def _known(names: pl.Series) -> pl.Series:
    """Return names, nulls for the empty ones, which no log says."""
    return names.set(names == "", None)


_MOVES: Final = (
    k.F_GROUP, k.F_LEFT, k.F_RESOLVED, w.DECIDED + k.D_ASSIGNED, w.DECIDED + k.D_RETURNED, w.DECIDED + k.D_QUEUED,
    w.DECIDED + k.D_TURNED_AWAY, w.DECIDED + k.D_TIDIED, w.DECIDED + k.D_WOKEN, w.DECIDED + k.D_REVIVED,
)  # fmt: skip


def _word(kind: type[e.Event]) -> str:
    return str(kind.__struct_config__.tag)


_WORDS: Final[dict[int, str]] = {
    k.F_GROUP: _word(e.GroupSet), k.F_LEFT: _word(e.CustomerLeft), k.F_RESOLVED: _word(e.Resolved),
    k.F_TAG: _word(e.TagSet), w.DECIDED + k.D_TAGGED: _word(e.Tagged),
    w.DECIDED + k.D_ASSIGNED: _word(e.Assigned), w.DECIDED + k.D_RETURNED: _word(e.Returned),
    w.DECIDED + k.D_QUEUED: _word(e.Queued), w.DECIDED + k.D_TURNED_AWAY: _word(e.TurnedAway),
    w.DECIDED + k.D_TIDIED: _word(e.Tidied), w.DECIDED + k.D_WOKEN: _word(e.Woken),
    w.DECIDED + k.D_REVIVED: _word(e.Revived), w.DECIDED + k.D_PRIORITISED: _word(e.Prioritised),
    w.DECIDED + k.D_NOTIFIED: _word(e.Notified), w.DECIDED + k.D_HELD: _word(e.NoticeHeld),
}  # fmt: skip
_WORD_OF: Final = pl.Series([_WORDS.get(kind) for kind in range(_KINDS)], dtype=KIND)
_WROTE: Final = pl.Series(["customer", "agent"], dtype=AUTHORS)
