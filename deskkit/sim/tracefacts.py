"""What a log says of each conversation beyond its messages: the way in, the customer, the past, and what followed.

`deskkit.sim.trace` makes a workload of it.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from deskkit.desk import events as e

if TYPE_CHECKING:
    from deskkit.log import EventLog
    from deskkit.log.spans import Spans

__all__ = ["Facts", "read_facts"]

_KINDS: Final = (
    e.ConversationOpened, e.Renewed, e.CustomerSet, e.HistorySeeded, e.TagSet, e.GroupSet, e.HelperSet,
)  # fmt: skip
_MONTH_MS: Final = 30 * 86_400_000
_TOLD: Final = pl.Schema({
    "group": pl.String(), "language": pl.String(), "needs": pl.List(pl.String()), "fields": pl.String(),
    "history": pl.String(), "tags": pl.String(), "transfer_to": pl.String(), "help": pl.Boolean(),
})  # fmt: skip


class _Past(NamedTuple):
    """What is known of a customer's time before."""

    contacts: list[int]
    known: dict[str, int | str]


class Facts:
    """Facts of a log, ready to be asked about single conversations; see `read_facts`."""

    def __init__(self) -> None:
        self.opened: dict[str, e.ConversationOpened] = {}
        self.fields: dict[str, list[tuple[int, dict[str, Any]]]] = {}
        self.tags: dict[str, list[e.TagSet]] = {}
        self.groups: dict[str, list[e.GroupSet]] = {}
        self.helped: set[str] = set()
        self.past: dict[str, _Past] = {}
        self._names: dict[str, str] = {}

    def take(self, event: e.Event) -> None:
        """Remember a fact; they come in order of time."""
        match event:
            case e.ConversationOpened():
                self.opened.setdefault(event.conversation, event)
            case e.Renewed():
                self._renew(event)
            case e.CustomerSet():
                states = self.fields.setdefault(event.customer, [])
                states.append((event.at, (states[-1][1] if states else {}) | event.fields))
            case e.HistorySeeded():
                self._seed(event)
            case e.TagSet():
                self.tags.setdefault(self._name(event.conversation), []).append(event)
            case e.GroupSet():
                self.groups.setdefault(self._name(event.conversation), []).append(event)
            case e.HelperSet() if event.on:
                self.helped.add(self._name(event.conversation))

    def _name(self, name: str) -> str:
        """Return the name a conversation goes on by."""
        while name in self._names:
            name = self._names[name]
        return name

    def _renew(self, event: e.Renewed) -> None:
        self._names[event.conversation] = event.renewed
        if event.conversation in self.opened:
            self.opened[event.renewed] = self.opened[event.conversation]

    def _seed(self, event: e.HistorySeeded) -> None:
        past = self.of_customer(event.customer)
        past.contacts.extend(event.contacts)
        past.known.update(unresolved=event.unresolved, transfers=event.transfers)
        if event.rating is not None:
            past.known["rating"] = event.rating
        if event.last_agent:
            past.known["last_agent"] = event.last_agent

    def of_customer(self, customer: str) -> _Past:
        """Return what is known of a customer's past, to be added to."""
        return self.past.setdefault(customer, _Past([], {}))

    def of(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return what is known of conversations: of rows of `conversation`, `customer`, `at`, `answered` in order."""
        met: set[str] = set()
        told = []
        for name, customer, at, answered in rows.iter_rows():
            opened = self.opened.get(name)
            group = opened.group if opened else ""
            history = {} if not customer or customer in met else self._history(customer, at)
            met.add(customer)
            told.append((
                group, opened.language if opened else "", list(opened.needs) if opened else [],
                _json(self._fields(customer, at)), _json(history), _json(self._tags(name, at)),
                self._passed_on(name, group, answered), name in self.helped,
            ))  # fmt: skip
        return pl.DataFrame(told, schema=_TOLD, orient="row")

    def _fields(self, customer: str, at: int) -> dict[str, Any]:
        states = self.fields.get(customer, [])
        index = bisect_right(states, at, key=lambda state: state[0])
        return states[index - 1][1] if index else {}

    def _history(self, customer: str, at: int) -> dict[str, int | str]:
        past = self.past.get(customer)
        if past is None:
            return {}
        contacts = sum(at - _MONTH_MS <= one < at for one in past.contacts)
        found = past.known | ({"contacts": contacts} if contacts else {})
        return {name: value for name, value in found.items() if value or name == "rating"}

    def _tags(self, name: str, at: int) -> list[tuple[str, str]]:
        found: dict[tuple[str, str], bool] = {}
        for event in self.tags.get(name, ()):
            if event.at <= at:
                found[event.facet, event.tag] = event.on and not event.undo
        return [tag for tag, on in found.items() if on]

    def _passed_on(self, name: str, group: str, answered: int | None) -> str:
        """Return where a conversation first went after its first reply."""
        if answered is None:
            return ""
        for event in self.groups.get(name, ()):
            if event.at < answered:
                group = event.group
            elif event.group != group:
                return event.group
        return ""


def read_facts(log: EventLog, found: Spans, names: pl.Series, begin: int) -> Facts:
    """Return the facts of a log beyond messages; what else happened before `begin` is a customer's past.

    Parameters
    ----------
    log : EventLog
    found : Spans
        Of the same log.
    names : Series
        Conversations that come themselves, and so are nobody's past.
    begin : int

    Returns
    -------
    Facts

    Examples
    --------
    >>> from deskkit.log import open_log
    >>> from deskkit.log.spans import spans
    >>> log = open_log("memory:")
    >>> fact = e.CustomerSet(at=5, source="doc", source_id="1", customer="zhang", fields={"orders": 3})
    >>> _ = log.append([fact], received_at=5)
    >>> asked = pl.DataFrame({"conversation": ["c1"], "customer": ["zhang"], "at": [9], "answered": [None]})
    >>> read_facts(log, spans(log), asked["conversation"], 0).of(asked)["fields"].to_list()
    ['{"orders": 3}']
    """
    facts = Facts()
    for stored in sorted(log.read(kinds=_KINDS), key=lambda one: (one.event.at, one.seq)):
        facts.take(stored.event)
    before = found.conversations.with_columns(pl.col("opened_at", "closed_at", "rated_at").cast(pl.Int64))
    before = before.filter((pl.col("opened_at") < begin) & ~pl.col("conversation").is_in(names.implode()))
    for row in before.sort("closed_at", nulls_last=True).iter_rows(named=True):
        if row["customer"]:
            _remember(facts.of_customer(row["customer"]), row, begin)
    return facts


def _remember(past: _Past, row: dict[str, Any], begin: int) -> None:
    """Add a conversation from before `begin` to a customer's past, as the desk counts it."""
    past.contacts.append(row["opened_at"])
    if row["closed_at"] is not None and row["closed_at"] < begin and row["closing"] != "archived":
        past.known["unresolved"] = int(past.known.get("unresolved", 0)) + 1 if row["closing"] == "customer_left" else 0
    if row["rated_at"] is not None and row["rated_at"] < begin:
        past.known["rating"] = row["rating"]
    if row["owner"]:
        past.known["last_agent"] = row["owner"]
    past.known["transfers"] = int(past.known.get("transfers", 0)) + row["transfers"]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
