"""Conversations saved from Meiqia, imported into a log as facts.

Accepted are the answers of API V2.0 (one conversation, or pages of them), bare objects and lists, JSON lines
of any of these, and webhook envelopes around a conversation. The whole is read first and laid out by time, in
bounded memory; then the facts go to the log, so that a desk which folds an empty log in sequence folds it in
time order.

The identity of a fact is built from what happened: a message is its conversation, its time to the
microsecond, its sender, and its place among those that agree in all three. So the same export twice adds
nothing, and a later export of a conversation that was still open adds only the news. An import writes facts,
never decisions.
"""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from deskkit.clock import SystemClock, instant, moment
from deskkit.desk.events import AgentSet, AgentWrote, Event, OwnerSet
from deskkit.errors import FactError
from deskkit.feeds import meiqia_model as model
from deskkit.feeds import pages
from deskkit.feeds.meiqia_facts import BY_NAME, SOURCE, facts_of
from deskkit.feeds.meiqia_reader import NAME, Reader
from deskkit.feeds.report import ImportReport
from deskkit.feeds.roster import agent_facts, known_agents, load_roster, presence_facts, says_the_same
from deskkit.feeds.timeline import Timeline
from deskkit.feeds.values import Times
from deskkit.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from deskkit.log import EventLog

__all__ = ["check", "import_meiqia"]

_BATCH: Final = 2_000  # facts in one transaction
_QUARANTINE: Final = 200  # rows set aside in one transaction, or so many bytes of them
_QUARANTINE_BYTES: Final = 8 << 20
_KEPT: Final = 1 << 20  # bytes of a row set aside
_EXPECTED: Final = "an IANA zone (conversation times of API V1 and V2 are Beijing time)"
_EXAMPLE: Final = "import_meiqia(paths, log, zone='Asia/Shanghai')"


def check(
    paths: Sequence[str | Path],
    *,
    zone: str | None,
    roster: str | Path | None = None,
    example: str = _EXAMPLE,
) -> None:
    """Refuse at once what `import_meiqia` would refuse; `example` is the corrected call for the error.

    Raises
    ------
    FeedError
        No zone, an unknown zone, a path that does not exist, or a wrong roster.
    """
    Times(zone, expected=_EXPECTED, example=example)
    pages.files(paths)
    if roster is not None:
        load_roster(roster)


def import_meiqia(
    paths: Sequence[str | Path],
    log: EventLog,
    *,
    zone: str | None,
    progress: Callable[[str, int, int], None] | None = None,
    received_at: int | None = None,
    roster: str | Path | None = None,
    hold: int = 50_000,
) -> ImportReport:
    """Import saved conversations; what cannot be read is set aside in the log's quarantine, the rest goes in.

    Parameters
    ----------
    paths : sequence of path
        Files (JSON, JSON lines, gzip, zip) and folders.
    log : EventLog
    zone : str
        IANA zone of the times, which carry none: Beijing time in API V1 and V2 answers, ``Asia/Shanghai``.
    progress : callable, optional
        Called as ``progress("read", done, total)`` in bytes, then with ``"store"`` in facts.
    received_at : int, optional
        When the facts reached us, milliseconds UTC; by default now.
    roster : path, optional
        A roster file (see `feeds.roster`): its agents are known from the first day of the export on, and come
        and go by their shifts until its last instant, laid out with the other facts.
    hold : int
        Facts held in memory; more are laid out on disk.

    Returns
    -------
    ImportReport

    Raises
    ------
    FeedError
        No zone, an unknown zone, a path that does not exist, or a wrong roster; nothing was stored.
    LogError
        The log cannot be written; what was stored stays, and the import can be repeated.

    Notes
    -----
    Agents that the log knows from elsewhere (a roster) are left as they are. An agent known by name only, as
    the authors of single messages are, is taken for the one of that name if the export has exactly one, else
    for an agent of its own.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from deskkit.log import open_log
    >>> page = '{"result": [{"conv_id": 7, "client_id": 1, "conv_start_tm": "2026-06-18 10:30:00.000000"}]}'
    >>> with tempfile.TemporaryDirectory() as folder, open_log("memory:") as log:
    ...     file = pathlib.Path(folder, "page.json")
    ...     _ = file.write_text(page)
    ...     report = import_meiqia([file], log, zone="Asia/Shanghai", received_at=0)
    ...     report.conversations, report.stored, report.rows_set_aside
    (1, 1, 0)
    """
    times = Times(zone, expected=_EXPECTED, example=_EXAMPLE)
    report = ImportReport(SOURCE, times.zone)
    people = () if roster is None else load_roster(roster)
    received = SystemClock().now() if received_at is None else received_at
    total = pages.total_size(paths)
    show = progress or _silent
    with Timeline(hold=hold) as timeline:
        work = _Import(log, report, Reader(times, report), timeline, received)
        done = 0

        def advance(size: int) -> None:
            nonlocal done
            done += size
            show("read", done, total)

        work.read(pages.read(paths, lists=model.LISTS, advance=advance))
        if timeline.first is not None and timeline.last is not None:
            midnight = instant(moment(timeline.first - 1, zone=times.zone)[:10], zone=times.zone)
            timeline.add(agent_facts(people, at=midnight))
            timeline.add(presence_facts(people, start=midnight, end=timeline.last, zone=times.zone))
        for stored in work.store():
            show("store", stored, len(timeline))
    return report


def _silent(phase: str, done: int, total: int) -> None:
    """Show nothing."""


class _Row(NamedTuple):
    """A conversation object and the webhook around it."""

    record: dict[str, Any]
    envelope: Mapping[str, Any]


class _Import:
    """One run: reads pieces into the timeline, then stores it."""

    def __init__(
        self, log: EventLog, report: ImportReport, reader: Reader, timeline: Timeline, received_at: int
    ) -> None:
        self._log, self._report, self._reader = log, report, reader
        self._timeline, self._received_at = timeline, received_at
        self._aside: list[tuple[str, bytes]] = []
        self._names: dict[str, str] = {}  # of agents, to their accounts; empty where two share a name

    # ------------------------------------------------------------ reading

    def read(self, pieces: Iterator[pages.Piece]) -> None:
        """Turn pieces into facts on the timeline."""
        for piece in pieces:
            if piece.problem:
                self._set_aside(piece.place, piece.problem, piece.raw)
                continue
            try:
                value = pages.decode(piece.raw)
            except ValueError as error:
                self._set_aside(piece.place, "this is no JSON", piece.raw, detail=str(error))
                continue
            for row in self._unwrap(piece, value, {}):
                self._take(piece, row)
        self._flush()

    def _unwrap(self, piece: pages.Piece, value: object, envelope: Mapping[str, Any]) -> Iterator[_Row]:
        """Find the conversations in a value: bare, in a list, under `result`, or in a webhook envelope."""
        if isinstance(value, list):
            for element in value:
                yield from self._unwrap(piece, element, envelope)
            return
        if not isinstance(value, dict):
            self._set_aside(piece.place, "this is no object", piece.raw)
            return
        if "conv_id" in value:
            yield _Row(value, value if "event" in value else envelope)
            return
        event = value.get("event")
        inner = next((key for key in ("result", "conversation", "data") if key in value), None)
        if isinstance(event, str) and not event.startswith("conversation."):
            self._set_aside(piece.place, "a webhook about something else", piece.raw, detail=event)
        elif inner is None:
            self._set_aside(piece.place, "a conversation without conv_id", piece.raw)
        elif value[inner] is not None:
            yield from self._unwrap(piece, value[inner], value if event else envelope)
        elif value.get("errno"):
            self._set_aside(piece.place, "an error reply of the API", piece.raw, detail=str(value.get("errmsg")))
        else:
            self._set_aside(piece.place, "an answer without a result", piece.raw)

    def _take(self, piece: pages.Piece, row: _Row) -> None:
        def aside(reason: str, raw: bytes) -> None:
            self._set_aside(piece.place, reason, raw)

        try:
            facts = facts_of(row.record, self._reader, envelope=row.envelope, aside=aside)
        except FactError as error:
            self._set_aside(piece.place, error.problem, piece.raw)
            return
        self._report.conversations += 1
        self._report.messages += sum("message" in fact.__struct_fields__ for fact in facts)
        self._learn_name(row.record, facts)
        self._timeline.add(facts)

    def _learn_name(self, record: Mapping[str, Any], facts: Sequence[Event]) -> None:
        """Remember which account goes by the owner's names."""
        owner = next((fact.agent for fact in facts if isinstance(fact, AgentSet)), BY_NAME)
        if owner.startswith(BY_NAME):
            return
        for given in (record.get("agent_name"), record.get("agent_nick_name")):
            if isinstance(given, str) and (name := clean(given, limit=NAME).strip()):
                known = self._names.setdefault(name, owner)
                self._names[name] = owner if known == owner else ""

    def _set_aside(self, place: str, reason: str, raw: bytes, *, detail: str = "") -> None:
        self._report.aside(place, reason, detail=detail)
        # Without the folders: the same file, moved, is set aside once.
        self._aside.append((f"{place.rpartition('/')[2]}: {reason}", raw[:_KEPT]))
        held = sum(len(raw) for _, raw in self._aside)
        if len(self._aside) >= _QUARANTINE or held >= _QUARANTINE_BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._aside:
            with self._log.batch():
                for reason, raw in self._aside:
                    self._log.quarantine(SOURCE, reason, raw=raw, received_at=self._received_at)
        self._aside = []

    # ------------------------------------------------------------ storing

    def store(self) -> Iterator[int]:
        """Append the timeline to the log; yields how many of its facts are done."""
        agents = _Agents(self._log, self._names)
        events = iter(self._timeline)
        done = 0
        while batch := list(islice(events, _BATCH)):
            facts = [fact for fact in map(agents.settle, batch) if fact is not None]
            appended = self._log.append(facts, received_at=self._received_at)
            self._report.facts += len(facts)
            self._report.stored += appended.stored
            self._report.duplicates += appended.duplicates
            done += len(batch)
            yield done


class _Agents:
    """Gives every agent one name, and lets an agent be set only where the log learns something."""

    def __init__(self, log: EventLog, names: Mapping[str, str]) -> None:
        self._names = names
        self._known = known_agents(log)

    def settle(self, fact: Event) -> Event | None:
        """Return the fact as it is to be stored, or None if it says nothing new."""
        if not isinstance(fact, AgentSet | AgentWrote | OwnerSet):
            return fact
        if fact.agent.startswith(BY_NAME):
            name = fact.agent.removeprefix(BY_NAME)
            fact = msgspec.structs.replace(fact, agent=self._names.get(name) or name)
        return self._news(fact) if isinstance(fact, AgentSet) else fact

    def _news(self, fact: AgentSet) -> AgentSet | None:
        known = self._known.get(fact.agent)
        if fact.source != SOURCE:
            self._known[fact.agent] = fact
            return None if known is not None and says_the_same(fact, known) else fact
        if known is not None and known.source != SOURCE:
            return None
        if known is not None:
            fact = msgspec.structs.replace(
                fact,
                at=max(fact.at, known.at),  # an older export, imported late, renames nobody
                name=fact.name if fact.name and fact.at > known.at else known.name or fact.name,
                groups=tuple(dict.fromkeys((*known.groups, *fact.groups))),
            )
            if says_the_same(fact, known):
                return None
        content = json.dumps([fact.name, fact.groups], ensure_ascii=False)
        fact = msgspec.structs.replace(fact, source_id=f"agent:{fact.agent}:{content}")
        self._known[fact.agent] = fact
        return fact
