"""Conversations saved from Meiqia, imported into a log as facts.

Accepted are the answers of API V2.0 (one conversation, or pages of them), bare objects and lists, JSON lines
of any of these, and webhook envelopes around a conversation. The whole is read first and laid out by time, in
bounded memory; then the facts go to the log, so that a desk which folds an empty log in sequence folds it in
time order.

The identity of a fact is built from what happened: a message is its conversation, its instant to the
microsecond, its sender, and its place among those that agree in all three. So the same export twice adds
nothing, however its times are spelt, and a later export of a conversation that was still open adds only the
news. An import writes facts, never decisions.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from deskkit.arguments import LOG, PATHS, expect
from deskkit.clock import SystemClock, instant, moment
from deskkit.desk.events import AgentSet, ConversationOpened
from deskkit.errors import FactError
from deskkit.feeds import meiqia_model as model
from deskkit.feeds import pages
from deskkit.feeds.agents import BY_NAME, Agents
from deskkit.feeds.intake import Intake, silent
from deskkit.feeds.meiqia_facts import facts_of
from deskkit.feeds.meiqia_owners import SOURCE, Owners
from deskkit.feeds.meiqia_reader import Reader
from deskkit.feeds.report import ImportReport
from deskkit.feeds.roster import agent_facts, load_roster, presence_facts
from deskkit.feeds.timeline import Timeline
from deskkit.feeds.values import Times
from deskkit.feeds.zones import check_zone, remember_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from deskkit.desk.events import Event
    from deskkit.log import EventLog

__all__ = ["check", "import_meiqia"]

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
        No zone, an unknown zone or another than in earlier imports into this log, a path that does not exist,
        or a wrong roster; nothing was stored.
    LogError
        The log cannot be written; what was stored stays, and the import can be repeated.

    Notes
    -----
    Agents that the log knows from elsewhere (a roster) are left as they are. An agent known by name only, as
    the authors of single messages are, is taken for the one of that name or nickname if log, roster and export
    together know exactly one, else for an agent of its own. If an account of that name turns up in a later
    import, what was stored stays as it is, what comes from then on is the account's, and the report says so.

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
    expect(PATHS, "import_meiqia", paths=paths)
    expect(LOG, "import_meiqia", log=log)
    times = Times(zone, expected=_EXPECTED, example=_EXAMPLE)
    report = ImportReport(SOURCE, times.zone)
    people = () if roster is None else load_roster(roster)
    check_zone(log, SOURCE, times.zone, example=lambda known: _command(paths, log, zone=known))
    received = SystemClock().now() if received_at is None else received_at
    total = pages.total_size(paths)
    show = progress or silent
    with Timeline(hold=hold) as timeline:
        intake = Intake(log, report, timeline, received)
        agents = Agents(log, SOURCE)
        for one in people:
            agents.expect(one.id, (one.name, one.nick))
        owners = Owners(log, report, agents)
        done = 0

        def advance(size: int) -> None:
            nonlocal done
            done += size
            show("read", done, total)

        def settle(fact: Event) -> Iterator[Event]:
            for news in agents.settle(fact):
                yield from owners.settle(news)

        _Pages(intake, report, Reader(times, report), agents, owners).read(
            pages.read(paths, lists=model.LISTS, advance=advance)
        )
        if timeline.first is not None and timeline.last is not None:
            midnight = instant(moment(timeline.first - 1, zone=times.zone)[:10], zone=times.zone)
            timeline.add(agent_facts(people, at=midnight))
            timeline.add(presence_facts(people, start=midnight, end=timeline.last, zone=times.zone))
        if len(timeline):
            with intake.repeatable():
                remember_zone(log, SOURCE, times.zone)
        intake.store(settle, show=show, leaving=True, transfers=False)
    for _ in agents.identified:
        report.assume("an agent whom the log knows by name only is one with an account: new facts are the account's")
    intake.remember()
    return report


def _command(paths: Sequence[str | Path], log: EventLog, *, zone: str) -> str:
    return shlex.join(["deskkit", "import", "meiqia", *map(str, paths), "--log", log.url, "--zone", zone])


class _Row(NamedTuple):
    """A conversation object and the webhook around it."""

    record: dict[str, Any]
    envelope: Mapping[str, Any]


class _Pages:
    """Reads pieces into the intake."""

    def __init__(self, intake: Intake, report: ImportReport, reader: Reader, agents: Agents, owners: Owners) -> None:
        self._intake, self._report, self._reader = intake, report, reader
        self._agents, self._owners = agents, owners
        self._seen: set[int] = set()  # hashes of names: a few bytes for each conversation

    def read(self, pieces: Iterator[pages.Piece]) -> None:
        """Turn pieces into facts on the timeline."""
        for piece, value in self._intake.values(pieces):
            for row in self._unwrap(piece, value, {}):
                self._take(piece, row)
        self._intake.flush()

    def _unwrap(self, piece: pages.Piece, value: object, envelope: Mapping[str, Any]) -> Iterator[_Row]:
        """Find the conversations in a value: bare, in a list, under `result`, or in a webhook envelope."""
        aside = self._intake.set_aside
        if value == []:
            aside(piece.place, "an empty list where a conversation should be", piece.raw)
        if isinstance(value, list):
            for element in value:
                yield from self._unwrap(piece, element, envelope)
            return
        if not isinstance(value, dict):
            aside(piece.place, "this is no object", piece.raw)
            return
        if "conv_id" in value:
            yield _Row(value, value if "event" in value else envelope)
            return
        event = value.get("event")
        inner = next((key for key in ("result", "conversation", "data") if key in value), None)
        if isinstance(event, str) and not event.startswith("conversation."):
            aside(piece.place, "a webhook about something else", piece.raw, detail=event)
        elif inner is not None and value[inner] is not None:
            yield from self._unwrap(piece, value[inner], value if event else envelope)
        elif value.get("errno"):
            aside(piece.place, "an error reply of the API", piece.raw, detail=str(value.get("errmsg")))
        elif inner is None:
            aside(piece.place, "a conversation without conv_id", piece.raw)
        else:
            aside(piece.place, "an answer without a result", piece.raw)

    def _take(self, piece: pages.Piece, row: _Row) -> None:
        def aside(reason: str, raw: bytes) -> None:
            self._intake.set_aside(piece.place, reason, raw, whole=False)

        try:
            facts = facts_of(row.record, self._reader, envelope=row.envelope, aside=aside)
        except FactError as error:
            self._intake.set_aside(piece.place, error.problem, piece.raw)
            return
        self._report.records += 1
        self._seen.update(hash(fact.conversation) for fact in facts if isinstance(fact, ConversationOpened))
        self._report.conversations = len(self._seen)
        self._owners.notice(facts)
        owner = next((fact.agent for fact in facts if isinstance(fact, AgentSet)), BY_NAME)
        if not owner.startswith(BY_NAME):
            self._agents.learn(owner, (row.record.get("agent_name"), row.record.get("agent_nick_name")))
        self._intake.take(facts)
