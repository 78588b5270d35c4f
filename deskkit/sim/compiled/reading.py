"""The rows of a compiled run as events and steps: numbers become names again."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from msgspec import structs

from deskkit.desk import columns as k
from deskkit.desk import events as e
from deskkit.desk import rows as border
from deskkit.desk import verdicts
from deskkit.desk.checks import PRESENCE
from deskkit.desk.tags import Tags
from deskkit.errors import ScenarioError
from deskkit.sim import said
from deskkit.sim.compiled import columns as w

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deskkit.sim.compiled.rows import Prepared
    from deskkit.sim.workload import Workload

__all__ = ["Reader"]

Row = list[int]
_TOGETHER: Final = 10_000  # rows


class Reader:
    """Reads a run that was lived through; once, from its first row to its last.

    Parameters
    ----------
    made : Prepared
    workload : Workload
    """

    def __init__(self, made: Prepared, workload: Workload) -> None:
        self.made, self.desk, self.workload = made, made.desk, workload
        self.agents = [person.name for person in made.people]
        self.names = self._named()
        self._begun = iter(self.names)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The conversations of the workload."""
        return self.workload.conversations.to_dicts()

    def events(self) -> Iterator[e.Event]:
        """Yield the events in their order."""
        self.desk.tags = Tags(({}, {}, {}) for _ in self.names)
        yield from self.made.opening
        fact: e.Fact | None = None
        place, distinct = 0, said.Distinct()
        clock = self.made.life.clock
        for begin in range(0, clock[w.LOGGED], _TOGETHER):
            for row in self.made.life.log[begin : min(begin + _TOGETHER, clock[w.LOGGED])].tolist():
                if row[w.L_KIND] < w.DECIDED:
                    fact, place = distinct(_FACTS[row[w.L_KIND]](self, row[w.L_AT], row[w.L_CONTACT], row)), 0
                    yield fact
                elif fact is not None:
                    yield self._decision(row, fact, place)
                    place += 1

    def steps(self) -> pl.DataFrame:
        """Return how each reply came about."""
        rows = self.made.life.step[: self.made.life.clock[w.STEPPED]]
        names = pl.Series(self.names, dtype=pl.String)
        agents = pl.Series(self.agents, dtype=pl.String)
        columns = {
            name: rows[:, at] for name, at in (
                ("turn", w.S_TURN), ("asked", w.S_ASKED), ("assigned", w.S_ASSIGNED), ("noticed", w.S_NOTICED),
                ("turned", w.S_TURNED), ("viewed", w.S_VIEWED), ("replied", w.S_REPLIED), ("astray", w.S_AGAIN),
            )
        }  # fmt: skip
        return pl.DataFrame(columns).with_columns(
            pl.col("turn").cast(pl.Int32), pl.col("astray").cast(pl.Boolean),
            conversation=names.gather(rows[:, w.S_NUMBER]), agent=agents.gather(rows[:, w.S_AGENT]),
        )  # fmt: skip

    def gave_up(self) -> pl.Series:
        """Return the conversations whose customers ran out of patience, by the names they went on by."""
        contact = self.made.life.contact
        numbers = contact[contact[:, w.GAVE_UP] == 1, w.NUMBER]
        return pl.Series(self.names, dtype=pl.String).gather(numbers)

    def _named(self) -> list[str]:
        """Return the names of the desk's conversations, by number: as they were opened, and as they went on."""
        known, opened = self.desk.conversations, self.workload.conversations["conversation"].to_list()
        whose = self.made.life.whose[: self.made.state.desk[k.CONVERSATIONS]].tolist()
        if len(set(whose)) == len(whose):
            known.add([opened[c] for c in whose])
            return list(known)
        latest: dict[int, str] = {}  # under which name each contact goes on
        for c in whose:
            before = latest.get(c)
            name = opened[c] if before is None else border.next_name(self.desk, before)
            if known.find(name) >= 0:
                raise ScenarioError(
                    "Two conversations have one name.", place="workload", value=name, expected="each name once",
                    example=f"{name}-2",
                )  # fmt: skip
            latest[c] = name
            known.number(name)
        return list(known)

    def _decision(self, row: Row, fact: e.Fact, place: int) -> e.Decision:
        found = verdicts.event_of(self.desk, fact, [row[0] - w.DECIDED, *row[2:]], place, at=row[w.L_AT])
        return structs.replace(found, renewed=next(self._begun)) if isinstance(found, e.Renewed) else found

    def name(self, row: Row) -> str:
        """Return the name of the conversation a fact is about."""
        return self.desk.conversations[row[w.L_WHO]]

    def hand_tag(self, row: Row) -> tuple[str, str]:
        """Return facet and name of a tag that a fact puts on."""
        facet, tag = json.loads(self.rows[row[w.L_CONTACT]]["tags"])[row[w.L_DETAIL]]
        return facet, tag

    # ------------------------------------------------------------ facts, by their kind

    def customer(self, at: int, c: int, _row: Row) -> e.Fact:
        """Say who a customer is."""
        return said.is_customer(at, c, self.rows[c], json.loads(self.rows[c]["fields"]))

    def history(self, at: int, c: int, _row: Row) -> e.Fact:
        """Say what is known of a customer's past."""
        return said.has_history(at, c, self.rows[c]["customer"], json.loads(self.rows[c]["history"]))

    def opened(self, at: int, c: int, _row: Row) -> e.Fact:
        """Say that a conversation begins."""
        return said.came(at, c, next(self._begun), self.rows[c])

    def tagged(self, at: int, c: int, row: Row) -> e.Fact:
        """Say that a tag is put on."""
        facet, tag = self.hand_tag(row)
        fact = said.has_tag(at, c, self.name(row), facet, tag)
        of, number = row[w.L_WHO], e.FACETS.index(facet)
        self.desk.tags.put(of, number, {**self.desk.tags[of][number], tag: "hand"})
        return fact

    def wrote(self, at: int, c: int, row: Row) -> e.Fact:
        """Say what a customer writes."""
        number = row[w.L_DETAIL]  # of the message, and of the turn: nobody writes twice before an answer
        return said.wrote(at, c, self.name(row), number, self.workload.turn(c, number).text)

    def replied(self, at: int, c: int, row: Row) -> e.Fact:
        """Say what an agent writes."""
        text, astray = said.words(self.rows[c]["language"]), row[w.L_ASTRAY] == 1
        return said.replied(at, c, self.name(row), row[w.L_DETAIL], self.agents[row[w.L_AGENT]], text, astray=astray)

    def viewed(self, at: int, c: int, row: Row) -> e.Fact:
        """Say that an agent looks."""
        return said.viewed(at, c, self.name(row), row[w.L_AGENT], self.agents[row[w.L_AGENT]])

    def left(self, at: int, c: int, row: Row) -> e.Fact:
        """Say that a customer goes."""
        return said.left(at, c, self.name(row), silent=row[w.L_DETAIL] == 1)

    def resolved(self, at: int, c: int, row: Row) -> e.Fact:
        """Say that it is handled."""
        return said.resolved(at, c, self.name(row), self.agents[row[w.L_DETAIL]])

    def passed_on(self, at: int, c: int, row: Row) -> e.Fact:
        """Say that it is passed on."""
        return said.passed_on(at, c, self.name(row), self.rows[c]["transfer_to"], self.agents[row[w.L_DETAIL]])

    def helped(self, at: int, c: int, row: Row) -> e.Fact:
        """Say that a helper is invited."""
        helper, by = self.agents[row[w.L_AGENT]], self.agents[row[w.L_DETAIL]]
        return said.asked_for_help(at, c, self.name(row), helper, by)

    def rated(self, at: int, c: int, row: Row) -> e.Fact:
        """Say how it is rated."""
        return said.rated(at, c, self.name(row), row[w.L_X])

    def present(self, at: int, _c: int, row: Row) -> e.Fact:
        """Say that an agent comes or goes."""
        return said.was_present(at, row[w.L_AGENT], self.agents[row[w.L_AGENT]], PRESENCE[row[w.L_X]])

    def reached(self, at: int, _c: int, _row: Row) -> e.Fact:
        """Say what time it is."""
        return said.reached(at)


_FACTS: Final[dict[int, Callable[[Reader, int, int, Row], Any]]] = {
    k.F_CUSTOMER: Reader.customer, k.F_HISTORY: Reader.history, k.F_OPENED: Reader.opened, k.F_TAG: Reader.tagged,
    k.F_CUSTOMER_WROTE: Reader.wrote, k.F_AGENT_WROTE: Reader.replied, k.F_VIEWED: Reader.viewed,
    k.F_LEFT: Reader.left, k.F_RESOLVED: Reader.resolved, k.F_GROUP: Reader.passed_on, k.F_HELPER: Reader.helped,
    k.F_RATED: Reader.rated, k.F_PRESENCE: Reader.present, k.F_DEADLINE: Reader.reached,
}  # fmt: skip
