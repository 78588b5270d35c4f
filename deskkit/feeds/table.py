"""Any table, imported into a log as facts by a column map: calls, conversations or messages, a row each.

A path to a CSV (perhaps gzipped) or parquet file, a polars frame or a pandas frame; see `columnmap` for the map
and ``data/maps/`` for examples. `table_preview` shows what the first rows would become, `table_suggestion` guesses
a map by the names of the columns.
"""

from __future__ import annotations

import shlex
from collections import OrderedDict
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskkit.arguments import LOG, expect
from deskkit.clock import SystemClock, moment
from deskkit.desk.events import AgentSet, ConversationFact, ConversationOpened
from deskkit.errors import FactError, FeedError
from deskkit.feeds import encoding
from deskkit.feeds.agents import Agents
from deskkit.feeds.columnmap import ColumnMap
from deskkit.feeds.intake import Intake, silent
from deskkit.feeds.report import ImportReport
from deskkit.feeds.standing import Standing
from deskkit.feeds.table_facts import TableFacts
from deskkit.feeds.table_known import Known, remember_map
from deskkit.feeds.table_openers import BY_AGENT
from deskkit.feeds.table_reader import TableReader
from deskkit.feeds.table_rows import Rows, rows_of
from deskkit.feeds.table_values import EARLIEST
from deskkit.feeds.timeline import Timeline
from deskkit.feeds.values import Times
from deskkit.feeds.zones import check_zone, remember_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from deskkit.desk.events import Event, Fact
    from deskkit.log import EventLog

__all__ = ["check", "import_table", "open_table", "times_of"]

_EXPECTED: Final = "an IANA zone, in the map or with the call"
_EXAMPLE: Final = "import_table('calls.csv', log, map='calls.toml', zone='Asia/Shanghai')"
_SAID: Final = 50_000  # facts of which a repetition is noticed before it is laid out


def check(table: str | Path, *, map: ColumnMap, zone: str | None = None, example: str = _EXAMPLE) -> None:  # noqa: A002
    """Refuse at once what `import_table` would refuse; `example` is the corrected call for the error.

    Raises
    ------
    FeedError
        No zone, an unknown zone, no such table, or a column of the map that it does not have.
    """
    times_of(map, zone, example)
    open_table(table, map).close()


def import_table(
    table: object,
    log: EventLog,
    *,
    map: ColumnMap | str | Path,  # noqa: A002 - it is what a map is called
    zone: str | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    received_at: int | None = None,
    hold: int = 50_000,
) -> ImportReport:
    """Import a table; what cannot be read is set aside in the log's quarantine, the rest goes in.

    Parameters
    ----------
    table : path, polars frame or pandas frame
    log : EventLog
    map : ColumnMap or path
        Which column means what.
    zone : str, optional
        IANA zone of times without an offset; goes before the map's.
    progress : callable, optional
        Called as ``progress("read", done, total)`` in bytes (of a frame: rows), then with ``"store"`` in facts.
    received_at : int, optional
        When the facts reached us, milliseconds UTC; by default now.
    hold : int
        Facts held in memory; more are laid out on disk.

    Returns
    -------
    ImportReport

    Raises
    ------
    FeedError
        A wrong map, a column it names that the table does not have, no zone, no such table, one that is damaged
        throughout; rows that the log holds with other values by another map; nothing was stored.
    LogError
        The log cannot be written; what was stored stays, and the import can be repeated.

    Notes
    -----
    A fact is told by what happened, not by where its row stands: the same table twice adds nothing, a grown one
    only what is new. Where a known row says something else than it did, that is counted as a conflict, and the log
    stays as it is.

    Examples
    --------
    >>> import polars as pl
    >>> from deskkit.log import open_log
    >>> frame = pl.DataFrame({"call": [1], "came": ["2026-06-18 10:30:00"], "gone": ["2026-06-18 10:31:30"]})
    >>> calls = ColumnMap.parse('''
    ... rows = "conversation"
    ... zone = "Asia/Shanghai"
    ... conversation.id = "call"
    ... times = { opened = "came", left = "gone" }
    ... ''')
    >>> with open_log("memory:") as log:
    ...     report = import_table(frame, log, map=calls, received_at=0)
    ...     [type(stored.event).__name__ for stored in log.read()]
    ['ConversationOpened', 'CustomerWrote', 'CustomerLeft']
    """
    expect(LOG, "import_table", log=log)
    columns = map if isinstance(map, ColumnMap) else ColumnMap.load(map)
    times = times_of(columns, zone)
    opened = open_table(table, columns)
    source = columns.spec.source
    check_zone(
        log, source, times.zone,
        example=lambda known: f"deskkit import table calls.csv --map calls.toml --log {log.url} --zone {known}",
    )  # fmt: skip
    report = ImportReport(source, times.zone)
    show = progress or silent
    agents, standing = Agents(log, source), Standing(log, source)
    with closing(opened), Timeline(hold=hold, rank=_rank) as timeline:
        intake = Intake(log, report, timeline, SystemClock().now() if received_at is None else received_at)
        reader = TableReader(times, report, columns.spec, opened.columns)
        known = Known(log, columns.spec, agents, report)
        maker = TableFacts(columns.spec, reader)
        _read(opened, intake, maker, report, known, show)
        known.refuse(_again(table, map, zone))

        def settle(fact: Event) -> Iterator[Event]:
            begun = _begun(fact, maker, known, report) if isinstance(fact, ConversationOpened) else fact
            for named in agents.settle(begun):
                news = list(standing.settle(named))
                if isinstance(named, ConversationOpened) and not news:
                    _two_beginnings(named, standing, reader)
                yield from news

        if len(timeline):
            with intake.repeatable():
                remember_zone(log, source, times.zone)
                remember_map(log, columns.spec)
        intake.store(settle, show=show, leaving=columns.spec.tells_leaving, transfers=False, assignment=False)
        intake.remember()
    return report


def times_of(columns: ColumnMap, zone: str | None, example: str = _EXAMPLE) -> Times:
    """Return what reads the times of a table; refuses a missing zone with the corrected call."""
    return Times(zone or columns.spec.zone, earliest=EARLIEST, expected=_EXPECTED, example=example)


def open_table(table: object, columns: ColumnMap) -> Rows:
    """Open a table and refuse a map that names columns it does not have."""
    opened = rows_of(table, encoding=columns.spec.encoding, delimiter=columns.spec.delimiter)
    try:
        columns.check(opened.columns)
    except FeedError:
        opened.close()
        raise
    return opened


def _again(table: object, columns: ColumnMap | str | Path, zone: str | None) -> str:
    """Return the command that imports a table into a new log."""
    named = columns.place if isinstance(columns, ColumnMap) else str(columns)
    words = ["deskkit", "import", "table", str(table) if isinstance(table, str | Path) else "TABLE", "--map", named]
    return shlex.join([*words, *([] if zone is None else ["--zone", zone]), "--log", "sqlite:///new.db"])


def _rank(event: Event) -> int:
    """Let conversations begin before anything happens in them."""
    return 0 if isinstance(event, ConversationOpened) else 1


def _begun(fact: ConversationOpened, maker: TableFacts, known: Known, report: ImportReport) -> ConversationOpened:
    """Return a beginning with who began it; where the log holds it already, it was who the log says."""
    begun = maker.openers.settle(fact)
    if begun.origin != "agent":
        return begun
    before = known.beginning(fact)
    if before is not None and before.origin != "agent":
        return fact
    report.assume(BY_AGENT)
    return begun


def _two_beginnings(fact: ConversationOpened, standing: Standing, reader: TableReader) -> None:
    """Count rows of one conversation that begin it at different times: its id may not tell calls apart."""
    if reader.spec.rows == "conversation" and fact.at not in standing.times_of(fact.conversation, "opened"):
        reader.report.place = f"conversation {fact.conversation}"
        begun = (
            moment(at, zone=reader.times.zone) for at in (fact.at, *standing.times_of(fact.conversation, "opened"))
        )
        said = list(islice(begun, 2))
        for column in reader.spec.conversation:
            reader.report.conflict(column, *said)


def _read(
    opened: Rows,
    intake: Intake,
    maker: TableFacts,
    report: ImportReport,
    known: Known,
    show: Callable[[str, int, int], None],
) -> None:
    for _ in range(opened.mended):
        intake.mended(encoding.HALVES)
    said: OrderedDict[str, None] = OrderedDict()
    names: OrderedDict[str, None] = OrderedDict()
    for row, done in opened.rows:
        show("read", done, opened.total)
        report.rows += 1
        report.place = row.place
        if row.problem:
            intake.set_aside(row.place, row.problem, row.raw)
            continue
        try:
            rule = maker.skipped(row.cells)
            facts = [] if rule else maker.of(row.cells)
        except FactError as error:
            intake.set_aside(row.place, error.problem, row.raw)
            continue
        if rule:
            report.skip(rule)
        known.compare(facts)
        report.conversations += _is_new(names, facts)
        news = [fact for fact in facts if not _is_repeated(said, fact)]
        intake.take(news)
        report.facts += len(facts) - len(news)
        report.repeated += len(facts) - len(news)
    show("read", opened.total, opened.total)
    intake.flush()


def _is_new(names: OrderedDict[str, None], facts: Sequence[Fact]) -> bool:
    """Tell whether a row is of another conversation than those before it."""
    name = next((fact.conversation for fact in facts if isinstance(fact, ConversationFact)), "")
    if not name or name in names:
        return False
    names[name] = None
    if len(names) > _SAID:
        names.popitem(last=False)
    return True


def _is_repeated(said: OrderedDict[str, None], fact: Fact) -> bool:
    """Tell whether a row said the very same just before, as rows of one conversation's messages do."""
    if isinstance(fact, AgentSet):
        return False
    if fact.source_id in said:
        return not isinstance(fact, ConversationOpened)
    said[fact.source_id] = None
    if len(said) > _SAID:
        said.popitem(last=False)
    return False
