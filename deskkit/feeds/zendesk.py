"""Chats saved from Zendesk Chat's incremental export, imported into a log as facts.

Accepted are its pages (``{"chats": [...]}``), bare items and lists, JSON lines of any of these, gzipped or in a
zip archive. Times are UTC. The same item comes again in an export after every later change, a tag for example:
only what is new in it is stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deskkit.arguments import LOG, PATHS, expect
from deskkit.clock import SystemClock
from deskkit.desk.events import ConversationOpened
from deskkit.errors import FactError
from deskkit.feeds import pages
from deskkit.feeds import zendesk_model as model
from deskkit.feeds.agents import Agents
from deskkit.feeds.intake import Intake, silent
from deskkit.feeds.report import ImportReport
from deskkit.feeds.standing import Standing
from deskkit.feeds.timeline import Timeline
from deskkit.feeds.values import Times
from deskkit.feeds.zendesk_facts import SOURCE, facts_of
from deskkit.feeds.zendesk_hands import FIRST
from deskkit.feeds.zendesk_history import ZendeskReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from deskkit.desk.events import Event
    from deskkit.log import EventLog

__all__ = ["import_zendesk"]


def import_zendesk(
    paths: Sequence[str | Path],
    log: EventLog,
    *,
    progress: Callable[[str, int, int], None] | None = None,
    received_at: int | None = None,
    hold: int = 50_000,
) -> ImportReport:
    """Import saved chats; what cannot be read is set aside in the log's quarantine, the rest goes in.

    Parameters
    ----------
    paths : sequence of path
        Files (JSON, JSON lines, gzip, zip) and folders.
    log : EventLog
    progress : callable, optional
        Called as ``progress("read", done, total)`` in bytes, then with ``"store"`` in facts.
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
        A path does not exist; nothing was stored.
    LogError
        The log cannot be written; what was stored stays, and the import can be repeated.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from deskkit.log import open_log
    >>> page = '{"chats": [{"id": "2606.7", "type": "chat", "timestamp": "2026-06-18T02:30:00Z", "duration": 40}]}'
    >>> with tempfile.TemporaryDirectory() as folder, open_log("memory:") as log:
    ...     file = pathlib.Path(folder, "page.json")
    ...     _ = file.write_text(page)
    ...     report = import_zendesk([file], log, received_at=0)
    ...     report.conversations, report.stored, report.rows_set_aside
    (1, 2, 0)
    """
    expect(PATHS, "import_zendesk", paths=paths)
    expect(LOG, "import_zendesk", log=log)
    times = Times("UTC")
    report = ImportReport(SOURCE, times.zone)
    reader = ZendeskReader(times, report)
    total = pages.total_size(paths)
    show = progress or silent
    agents, standing = Agents(log, SOURCE), Standing(log, SOURCE)
    with Timeline(hold=hold) as timeline:
        intake = Intake(log, report, timeline, SystemClock().now() if received_at is None else received_at)
        done = 0
        seen: set[int] = set()  # an item comes again after every change of it

        def advance(size: int) -> None:
            nonlocal done
            done += size
            show("read", done, total)

        for piece, value in intake.values(pages.read(paths, lists=model.LISTS, advance=advance)):
            for record in _chats(intake, piece, value):
                name = _take(intake, piece, record, reader)
                if name is not None:
                    seen.add(name)
                    report.conversations = len(seen)
        intake.flush()

        def settle(fact: Event) -> Iterator[Event]:
            for news in agents.settle(fact):
                yield from standing.settle(news)

        intake.store(settle, show=show, leaving=True, transfers=FIRST not in report.assumed)
        intake.remember()
    return report


def _chats(intake: Intake, piece: pages.Piece, value: object) -> Iterator[dict[str, Any]]:
    """Find the chats in a value: bare, in a list, or in a page."""
    if value == []:
        intake.set_aside(piece.place, "an empty list where a chat should be", piece.raw)
    elif isinstance(value, list):
        for element in value:
            yield from _chats(intake, piece, element)
    elif not isinstance(value, dict):
        intake.set_aside(piece.place, "this is no object", piece.raw)
    elif "chats" in value and "id" not in value:
        yield from _chats(intake, piece, value["chats"])
    elif "error" in value and "id" not in value:
        intake.set_aside(piece.place, "an error reply of the API", piece.raw, detail=str(value["error"]))
    else:
        yield value


def _take(intake: Intake, piece: pages.Piece, record: dict[str, Any], reader: ZendeskReader) -> int | None:
    """Take a chat in; return the hash of its name, or None where it is set aside."""

    def aside(reason: str, raw: bytes) -> None:
        intake.set_aside(piece.place, reason, raw, whole=False)

    try:
        facts = facts_of(record, reader, aside=aside)
    except FactError as error:
        intake.set_aside(piece.place, error.problem, piece.raw)
        return None
    reader.report.records += 1
    intake.take(facts)
    return hash(next(fact.conversation for fact in facts if isinstance(fact, ConversationOpened)))
