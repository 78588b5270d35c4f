"""Conversations and messages saved from Chatwoot, imported into a log as facts.

Accepted are the API's lists (``{"data": {"payload": [...]}}``, ``{"payload": [...]}``), single conversations and
messages, and webhooks of both, as JSON or JSON lines, gzipped or in a zip archive. A message is told by its own
number, so list, webhook and conversation may all bring it; a conversation by its number within its account.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import msgspec

from deskkit.arguments import LOG, PATHS, expect
from deskkit.clock import SystemClock
from deskkit.desk.events import (
    ConversationFact,
    ConversationOpened,
    CustomerSet,
    CustomerWrote,
    OwnerSet,
    Reopened,
    Resolved,
    Snoozed,
)
from deskkit.errors import FactError
from deskkit.feeds import chatwoot_model as model
from deskkit.feeds import pages
from deskkit.feeds.agents import Agents
from deskkit.feeds.chatwoot_facts import ASSIGNED, FROM_START, conversation_facts, reopened_id
from deskkit.feeds.chatwoot_messages import SOURCE, message_facts
from deskkit.feeds.chatwoot_reader import UNRESOLVED, ChatwootReader
from deskkit.feeds.intake import Intake, silent
from deskkit.feeds.report import ImportReport
from deskkit.feeds.standing import Standing
from deskkit.feeds.timeline import Timeline
from deskkit.feeds.values import Times

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from deskkit.desk.events import Event, Fact
    from deskkit.log import EventLog

__all__ = ["import_chatwoot"]

_NO_ACCOUNT: Final = "its account is not told; account= names it"


def import_chatwoot(
    paths: Sequence[str | Path],
    log: EventLog,
    *,
    account: int | str | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    received_at: int | None = None,
    hold: int = 50_000,
) -> ImportReport:
    """Import saved conversations; what cannot be read is set aside in the log's quarantine, the rest goes in.

    Parameters
    ----------
    paths : sequence of path
        Files (JSON, JSON lines, gzip, zip) and folders.
    log : EventLog
    account : int or str, optional
        The account of records that do not tell theirs, as lists of messages do not. By default the only account
        that the other records tell, else the only one the log knows.
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
    >>> page = '{"data": {"payload": [{"id": 7, "account_id": 1, "status": "open", "created_at": 1781749800}]}}'
    >>> with tempfile.TemporaryDirectory() as folder, open_log("memory:") as log:
    ...     file = pathlib.Path(folder, "page.json")
    ...     _ = file.write_text(page)
    ...     report = import_chatwoot([file], log, received_at=0)
    ...     report.conversations, report.stored, [stored.event.conversation for stored in log.read()]
    (1, 1, ['1:7'])
    """
    expect(PATHS, "import_chatwoot", paths=paths)
    expect(LOG, "import_chatwoot", log=log)
    times = Times("UTC")
    report = ImportReport(SOURCE, times.zone)
    total = pages.total_size(paths)
    show = progress or silent
    with Timeline(hold=hold, rank=_rank) as timeline:
        intake = Intake(log, report, timeline, SystemClock().now() if received_at is None else received_at)
        work = _Records(intake, ChatwootReader(times, report), "" if account is None else str(account))
        done = 0

        def advance(size: int) -> None:
            nonlocal done
            done += size
            show("read", done, total)

        for piece, value in intake.values(pages.read(paths, lists=model.LISTS, advance=advance)):
            work.read(piece, value, "")
        intake.flush()
        settling = _Settling(log, work, report)
        intake.store(settling.settle, show=show, leaving=False, transfers=ASSIGNED not in report.assumed)
        intake.remember()
    return report


def _rank(event: Event) -> int:
    """Let a conversation's own record come before what messages say of it, then that it is open, messages, its end."""
    if isinstance(event, ConversationOpened):
        return 0 if event.by else 1
    if isinstance(event, Reopened):
        return 2  # whatever happens at that instant happens in an open conversation
    return 4 if isinstance(event, Resolved | Snoozed) else 3


class _Records:
    """Finds conversations and messages in what was saved."""

    def __init__(self, intake: Intake, reader: ChatwootReader, account: str) -> None:
        self._intake, self._reader = intake, reader
        self.account = account
        self.accounts: set[str] = set()
        self._seen: set[int] = set()  # conversations, by the hash of their name: a webhook tells of one again
        self.told: set[int] = set()  # conversations of which webhooks tell, by the hash of their name

    def read(self, piece: pages.Piece, value: object, event: str) -> None:
        """Take a value: a record, a list of them, a page or a webhook."""
        aside = self._intake.set_aside
        if value == []:
            aside(piece.place, "an empty list where a record should be", piece.raw)
        if isinstance(value, list):
            for element in value:
                self.read(piece, element, event)
            return
        if not isinstance(value, dict):
            aside(piece.place, "this is no object", piece.raw)
            return
        given = value.get("event")
        event = given if isinstance(given, str) else event
        inner = next((key for key in ("payload", "data") if isinstance(value.get(key), list | dict)), None)
        if event and event not in model.EVENTS:
            aside(piece.place, "a webhook about something else", piece.raw, detail=event)
        elif "message_type" in value:
            self._message(piece, value, event)
        elif "id" in value and ("status" in value or "meta" in value or "messages" in value):
            self._conversation(piece, value, event)
        elif inner is not None:
            self.read(piece, value[inner], event)
        elif "error" in value or "errors" in value:
            aside(piece.place, "an error reply of the API", piece.raw, detail=str(value.get("error", "")))
        else:
            aside(piece.place, "this is neither a conversation nor a message", piece.raw)

    def _message(self, piece: pages.Piece, record: dict[str, Any], event: str) -> None:
        around = record.get("conversation")
        if event and isinstance(around, dict) and "status" in around:
            inner = {"account": record.get("account"), **around}
            self._conversation(piece, {key: inner[key] for key in inner if key != "messages"}, event, whole=False)
        self._take(piece, partial(message_facts, record, self._reader, account="", parent=None))
        self._learn(record)

    def _conversation(self, piece: pages.Piece, record: dict[str, Any], event: str, *, whole: bool = True) -> None:
        reader = self._reader
        account = reader.account(record, prefix="")
        told = bool(event)
        taken = self._take(piece, partial(conversation_facts, record, reader, account=account, told=told), whole=whole)
        self._learn(record)
        if not taken:
            return
        self._seen.add(hash((account, str(record.get("id")))))
        reader.report.conversations = len(self._seen)
        if told:
            self.told.add(hash(reader.conversation(record.get("id"), account, "id")))
        messages = record.get("messages")
        for message in messages if isinstance(messages, list) else []:
            if isinstance(message, dict):
                read = partial(message_facts, message, reader, account=account, parent=record.get("id"))
                self._take(piece, read, whole=False)
            else:
                self._intake.set_aside(piece.place, "a message is no object", piece.raw, whole=False)

    def _learn(self, record: dict[str, Any]) -> None:
        account = self._reader.account(record, prefix="")
        if account:
            self.accounts.add(account)

    def _take(self, piece: pages.Piece, read: Callable[[], list[Fact]], *, whole: bool = True) -> bool:
        """Take facts in; they are those of a whole record, or of a part of one."""
        try:
            self._intake.take(read())
        except FactError as error:
            self._intake.set_aside(piece.place, error.problem, piece.raw, whole=whole)
            return False
        self._reader.report.records += whole
        return True


class _Settling:
    """Gives conversations and agents their names, and lets only news through."""

    def __init__(self, log: EventLog, records: _Records, report: ImportReport) -> None:
        self._log, self._records, self._report = log, records, report
        self._agents, self._standing = Agents(log, SOURCE), Standing(log, SOURCE)
        self._prefix: str | None = None

    def settle(self, fact: Event) -> Iterator[Event]:
        """Yield what is to be stored of a fact."""
        if isinstance(fact, ConversationFact):
            told = hash(fact.conversation) in self._records.told
            if fact.conversation.startswith(UNRESOLVED):
                fact = self._named(fact)
                told = told or hash(fact.conversation) in self._records.told
            if fact.by == FROM_START and isinstance(fact, OwnerSet):
                if told or self._standing.speaks_of(fact.conversation, "owner"):
                    return
            elif fact.by == FROM_START and isinstance(fact, ConversationOpened) and told:
                fact = msgspec.structs.replace(fact, group="")
            if fact.by == FROM_START:
                fact = msgspec.structs.replace(fact, by=SOURCE)
        if isinstance(fact, CustomerSet) and UNRESOLVED in fact.customer:
            fact = self._of_nobody_else(fact)
        if isinstance(fact, CustomerWrote):
            yield from self._opened_by(fact)
        for named in self._agents.settle(fact):
            yield from self._standing.settle(named)

    def _opened_by(self, fact: CustomerWrote) -> Iterator[Event]:
        """Yield that a customer's message opens what is over or put aside: Chatwoot does so, and may not tell when."""
        name = fact.conversation
        if self._standing.is_closed(name, fact.at):
            self._report.assume("a customer's message opened again what was over")
            again = Reopened(
                at=fact.at, source=SOURCE, by=SOURCE, conversation=name, source_id=reopened_id(name, fact.at)
            )
            yield from self._standing.settle(again)

    def _name(self, own: str) -> str:
        """Return the name of a conversation whose own record tells no account."""
        if self._prefix is None:
            self._prefix = self._account()
        return f"{self._prefix}:{own}" if self._prefix else own

    def _of_nobody_else(self, fact: CustomerSet) -> CustomerSet:
        """Call a customer who is known by the conversation alone as that one is called."""
        own = fact.customer.partition(UNRESOLVED)[2]
        source_id = fact.source_id.replace(UNRESOLVED + own, self._name(own))
        return msgspec.structs.replace(fact, customer=f"conversation:{self._name(own)}", source_id=source_id)

    def _named(self, fact: ConversationFact) -> ConversationFact:
        own = fact.conversation.removeprefix(UNRESOLVED)
        name = self._name(own)
        if not self._prefix and isinstance(fact, ConversationOpened):
            self._report.assume(_NO_ACCOUNT)
        changed: dict[str, Any] = {
            "conversation": name, "source_id": fact.source_id.replace(UNRESOLVED + own, name),
        }  # fmt: skip
        if isinstance(fact, ConversationOpened):
            changed["customer"] = fact.customer.replace(UNRESOLVED + own, name)
        return msgspec.structs.replace(fact, **changed)

    def _account(self) -> str:
        """Return the account of records that tell none: the one given, the only one told, or known to the log."""
        if self._records.account:
            return self._records.account
        if self._records.accounts:
            return next(iter(self._records.accounts)) if len(self._records.accounts) == 1 else ""
        known = {
            stored.event.conversation.partition(":")[0]
            for stored in self._log.read(kinds=[ConversationOpened])
            if isinstance(stored.event, ConversationOpened)
            and stored.event.source == SOURCE
            and ":" in stored.event.conversation
        }
        return known.pop() if len(known) == 1 else ""
