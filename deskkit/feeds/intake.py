"""One import under way: rows become facts on a timeline, and the timeline goes to the log.

What cannot be read is counted, named in the report and kept in the log's quarantine. The whole is read first
and laid out by time, in bounded memory; then the facts go to the log, so that a desk which folds an empty log
in sequence folds it in time order. This module knows no product.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Final

from deskkit.desk.events import ConversationOpened
from deskkit.errors import FeedError
from deskkit.feeds import pages
from deskkit.log import UnavailableError
from deskkit.log.imports import ASSIGNMENT, LEAVING, TRANSFERS, note_assumptions, note_told
from deskkit.log.unended import Unended, first_conversation, note_ended, note_unended, unended

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from deskkit.desk.events import Event
    from deskkit.feeds.report import ImportReport
    from deskkit.feeds.timeline import Timeline
    from deskkit.log import Appended, EventLog

__all__ = ["Intake", "silent"]

_BATCH: Final = 2_000  # facts in one transaction
_QUARANTINE: Final = 200  # rows set aside in one transaction, or so many bytes of them
_QUARANTINE_BYTES: Final = 8 << 20
_KEPT: Final = 1 << 20  # bytes of a row set aside
_AGAIN: Final = "run the same import again: what is stored already is not stored twice"
_MET: Final = 200_000  # facts remembered, so that what comes again is counted as repeated


def silent(phase: str, done: int, total: int) -> None:
    """Show no progress."""


class Intake:
    """Takes the rows of one import and stores what became of them.

    Parameters
    ----------
    log : EventLog
    report : ImportReport
        Kept up to date: rows set aside, conversations, messages, facts.
    timeline : Timeline
    received_at : int
        When the rows reached us, milliseconds UTC.
    """

    def __init__(self, log: EventLog, report: ImportReport, timeline: Timeline, received_at: int) -> None:
        self._log, self._report = log, report
        self._timeline, self._received_at = timeline, received_at
        self._aside: list[tuple[str, bytes]] = []
        self._held = 0
        self._before = log.last_seq()
        self._met: OrderedDict[int, None] = OrderedDict()
        # Earlier imports of this source that were cut off, each with a conversation by which to know it again.
        self._cut = {one: first_conversation(log, one) for one in unended(log) if one.source == report.source}
        self._known_again = {one for one, name in self._cut.items() if not name}
        self._mark: Unended | None = None

    def values(self, pieces: Iterable[pages.Piece]) -> Iterator[tuple[pages.Piece, object]]:
        """Yield each piece with the JSON value in it; what is none is set aside."""
        for piece in pieces:
            self._report.place = piece.place
            if piece.problem:
                self.set_aside(piece.place, piece.problem, piece.raw)
                continue
            if piece.note:
                self.mended(piece.note)
            try:
                value = pages.decode(piece.raw, note=self.mended)
            except ValueError as error:
                self.set_aside(piece.place, "this is no JSON", piece.raw, detail=str(error))
                continue
            yield piece, value
        self.flush()

    def mended(self, note: str) -> None:
        """Count a record, or a cell, whose bytes or characters were none and had to be mended."""
        self._report.fields["(encoding)"].coerced += 1
        self._report.assume(note)

    def take(self, facts: Sequence[Event]) -> None:
        """Lay facts out, and count the messages among them.

        Raises
        ------
        FeedError
            The log holds a conversation of this name that another source began: two would become one.
        """
        for fact in facts:
            if self._before and isinstance(fact, ConversationOpened):
                self._check_own(fact)
                self._known_again |= {one for one, name in self._cut.items() if name == fact.conversation}
        self._report.messages += sum("message" in fact.__struct_fields__ for fact in facts)
        self._timeline.add(facts)

    def _check_own(self, opened: ConversationOpened) -> None:
        if self._log.find(opened.source, opened.source_id) is not None:
            return
        for stored in self._log.read(conversation=opened.conversation, limit=1):
            if stored.event.source != opened.source:
                raise FeedError(
                    "The log holds a conversation of this name from another source; nothing was stored.",
                    place=self._report.place, value=f"{opened.conversation} of {stored.event.source}",
                    expected="names that differ between sources, or a log for each",
                    example="--log sqlite:///other.db",
                )  # fmt: skip

    def remember(self) -> None:
        """Note in the log, at the end of the import, what it took for given, and that it ended."""
        mark = self._mark
        with self.repeatable(), self._log.batch():
            note_assumptions(self._log, self._report.source, self._report.assumed)
            if mark is not None and mark.stored:
                note_ended(self._log, mark)
            for one in self._known_again:
                if mark is not None and one.is_within(mark):
                    note_ended(self._log, one)

    @contextmanager
    def repeatable(self) -> Iterator[None]:
        """Say of a log that cannot be written just now what an import is to do, which may have stored a part.

        Raises
        ------
        UnavailableError
            As the log raised it, but for what is stored already and how to go on.
        """
        try:
            yield
        except UnavailableError as error:
            stored = sum(one.stored for one in self._cut) + self._report.stored
            said = "nothing of this import was" if not stored else f"{stored:,} facts of this import were"
            what = error.example.replace("do the same again", _AGAIN)
            what = what if _AGAIN in what else f"{what}; then {_AGAIN}"
            raise UnavailableError(
                error.problem.replace("nothing was stored", f"{said} stored before"), place=error.place,
                value=error.value, expected=error.expected, example=what,
            ) from error  # fmt: skip

    def set_aside(self, place: str, reason: str, raw: bytes, *, detail: str = "", whole: bool = True) -> None:
        """Keep a row that is not imported: a `whole` record, or only a part of one."""
        self._report.aside(place, reason, detail=detail)
        self._report.records += whole
        self._report.records_set_aside += whole
        # Without the folders: the same file, moved, is set aside once.
        self._aside.append((f"{place.rpartition('/')[2]}: {reason}", raw[:_KEPT]))
        self._held += len(raw[:_KEPT])
        if len(self._aside) >= _QUARANTINE or self._held >= _QUARANTINE_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what was set aside to the log's quarantine."""
        if self._aside:
            with self.repeatable(), self._log.batch():
                for reason, raw in self._aside:
                    self._log.quarantine(self._report.source, reason, raw=raw, received_at=self._received_at)
        self._aside, self._held = [], 0

    def store(
        self,
        settle: Callable[[Event], Iterable[Event]],
        *,
        show: Callable[[str, int, int], None],
        leaving: bool,
        transfers: bool,
        assignment: bool = True,
    ) -> None:
        """Append the timeline to the log.

        Parameters
        ----------
        settle : callable
            Turns a fact into what is to be stored of it: itself, another, several, or nothing if it is no news.
        show : callable
            Called as ``show("store", done, total)``, in facts.
        leaving : bool
            Whether the source tells that customers left, or the import takes it for given.
        transfers : bool
            Whether the source tells whose each conversation was and when, not only whose it is in the end.
        assignment : bool
            Whether the source tells when an agent was given a conversation, not only when the agent first wrote.
        """
        events = iter(self._timeline)
        done = 0
        self._mark = self._begun()
        while batch := list(islice(events, _BATCH)):
            facts, no_news = _settled(batch, settle)
            with self.repeatable():
                appended = self._append(facts)
            twice = [fact for fact, seq in zip(facts, appended.seqs, strict=True) if seq is None]
            known = sum(self._is_known(fact) for fact in (*twice, *no_news))
            self._report.facts += len(facts) + len(no_news)
            self._report.stored += appended.stored
            self._report.duplicates += known
            self._report.repeated += len(twice) + len(no_news) - known
            done += len(batch)
            show("store", done, len(self._timeline))
        if done:
            with self.repeatable():
                note_told(self._log, self._report.source, LEAVING, told=leaving)
                note_told(self._log, self._report.source, TRANSFERS, told=transfers)
                note_told(self._log, self._report.source, ASSIGNMENT, told=assignment)

    def _begun(self) -> Unended | None:
        """Return the mark of this import: the standing one if it was cut off before; None if it has no facts."""
        first, last = self._timeline.first, self._timeline.last
        if first is None or last is None:
            return None
        mark = Unended(self._report.source, first, last, len(self._timeline), self._log.last_seq())
        return next((one for one in self._known_again if one[:4] == mark[:4]), mark)

    def _append(self, facts: list[Event]) -> Appended:
        """Store facts and, in the same transaction, how many there are so far."""
        mark = self._mark
        if mark is None or (len(self._timeline) <= _BATCH and not mark.stored):  # all or nothing is stored at once
            return self._log.append(facts, received_at=self._received_at)
        with self._log.batch():
            appended = self._log.append(facts, received_at=self._received_at)
            mark = mark._replace(stored=mark.stored + appended.stored)
            if appended.stored:
                note_unended(self._log, mark)
        self._mark = mark
        return appended

    def _is_known(self, fact: Event) -> bool:
        """Tell whether the log held a fact before this import, which did not meet it yet."""
        one = hash((fact.source, fact.source_id))
        if self._before == 0 or one in self._met:
            return False
        seq = self._log.find(fact.source, fact.source_id)
        if seq is None or seq > self._before:
            return False
        self._met[one] = None
        if len(self._met) > _MET:
            self._met.popitem(last=False)
        return True


def _settled(batch: Iterable[Event], settle: Callable[[Event], Iterable[Event]]) -> tuple[list[Event], list[Event]]:
    """Return what is to be stored of some facts, and those of them that say nothing new."""
    facts: list[Event] = []
    no_news: list[Event] = []
    for proposed in batch:
        news = list(settle(proposed))
        facts += news
        if not news:
            no_news.append(proposed)
    return facts, no_news
