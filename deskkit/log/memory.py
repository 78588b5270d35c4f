"""A log that lives in this process: for tests, notebooks and simulated days.

It keeps bodies as bytes, as the other back-ends do, so that what is read back never shares anything with what
was appended. It knows no file.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import msgspec

from deskkit.desk.coding import decode
from deskkit.errors import LogError
from deskkit.log.beside_memory import MemoryBeside
from deskkit.log.log import EventLog
from deskkit.log.rows import (
    Appended,
    Fault,
    Quarantined,
    Report,
    Row,
    Snapshot,
    Written,
    check_time,
    kind_names,
    log_moved_on,
    moved_on,
    not_dense,
    not_empty,
    plain,
    rewritten,
    taken,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from deskkit.desk.events import Event

__all__ = ["MemoryLog"]

PAGE: Final = 1_000


class MemoryLog(MemoryBeside, EventLog):
    """An event log in memory.

    Examples
    --------
    >>> from deskkit.desk.events import Viewed
    >>> log = MemoryLog()
    >>> log.append([Viewed(at=5, source="ui", source_id="1", conversation="c1", agent="chen")], received_at=6)
    Appended(seqs=(1,), last_seq=1)
    >>> [stored.event.agent for stored in log.read()]
    ['chen']
    """

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []
        self._names: list[Written] = []  # beside each row, with an empty body
        self._seqs: dict[tuple[str, str], int] = {}
        self._conversations: dict[str, list[int]] = {}
        self._cursors: dict[str, int] = {}
        self._quarantine: dict[tuple[str, str, bytes], Quarantined] = {}
        self._snapshots: dict[str, Snapshot] = {}
        self._lock = threading.RLock()
        self._in_batch = False
        self._closed = False
        self._pid = os.getpid()
        self._identity = os.urandom(16).hex()

    @property
    def url(self) -> str:
        """Where the log is: always ``memory:``."""
        return "memory:"

    def identity(self) -> str:
        """Return what tells this log from any other; empty while the log is."""
        with self._open():
            return self._identity if self._rows else ""

    @property
    def is_read_only(self) -> bool:
        """Whether it is for reading only: a log in memory never is."""
        return False

    def check_place(self) -> None:
        """Refuse a closed log alone: one in memory has no place that it could leave."""
        with self._open():
            return

    def append(
        self,
        events: Sequence[Event],
        *,
        received_at: int,
        expect: Mapping[str, int] | None = None,
        last_seq: int | None = None,
        together: bool = False,
    ) -> Appended:
        """Store events; see `EventLog.append`."""
        ready = [written(event) for event in events]
        check_time(received_at)
        with self._open():
            fresh = self._fresh(ready, together=together)
            if any(fresh):
                self._check(expect or {}, last_seq)
            seqs = [self._store(row, received_at) if new else None for row, new in zip(ready, fresh, strict=True)]
            return Appended(tuple(seqs), len(self._rows))

    def _fresh(self, ready: Sequence[Written], *, together: bool) -> list[bool]:
        """Say of each row whether it is new."""
        seen: set[tuple[str, str]] = set()
        fresh = []
        for row in ready:
            identity = (row.source, row.source_id)
            fresh.append(identity not in self._seqs and identity not in seen)
            seen.add(identity)
        if together and fresh and not fresh[0]:
            return [False] * len(fresh)
        if together and not all(fresh):
            raise taken(ready[fresh.index(False)])
        return fresh

    def _check(self, expect: Mapping[str, int], last_seq: int | None) -> None:
        if last_seq is not None and last_seq != len(self._rows):
            raise log_moved_on(self.url, seen=last_seq, last=len(self._rows))
        for conversation, seq in expect.items():
            last = self.last_seq(conversation)
            if last != seq:
                raise moved_on(conversation, seen=seq, last=last)

    def _store(self, row: Written, received_at: int) -> int:
        seq = len(self._rows) + 1
        self._rows.append(Row(seq, received_at, row.body))
        self._names.append(row._replace(body=b""))
        self._seqs[row.source, row.source_id] = seq
        if row.conversation is not None:
            self._conversations.setdefault(row.conversation, []).append(seq)
        return seq

    @contextmanager
    def _open(self) -> Iterator[None]:
        """Hold the lock of an open log, in the process that made it."""
        if self._closed:
            raise LogError("The log is closed.", place=self.url, example="with open_log('memory:') as log: ...")
        if self._pid != os.getpid():
            raise LogError(
                "The log was opened before a fork.", place=self.url, expected="a log of this process",
                example="open_log('memory:') in the child",
            )  # fmt: skip
        with self._lock:
            yield

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Make the block one transaction; see `EventLog.batch`."""
        with self._open():
            if self._in_batch:
                raise LogError(
                    "A batch is open already.", place=self.url, expected="one batch at a time",
                    example="with log.batch(): ... and a second one after it",
                )  # fmt: skip
            self._begin()
            before = len(self._rows), dict(self._cursors), dict(self._quarantine), dict(self._snapshots)
            self._in_batch = True
            done = False
            try:
                yield
                done = True
            finally:
                self._in_batch = False
                if not done:
                    rows, self._cursors, self._quarantine, self._snapshots = before
                    self._forget_after(rows)
                    self._take_back()

    def _forget_after(self, seq: int) -> None:
        """Take back every row behind `seq`."""
        for row in reversed(self._names[seq:]):
            del self._seqs[row.source, row.source_id]
            if row.conversation is not None:
                self._conversations[row.conversation].pop()
        del self._rows[seq:]
        del self._names[seq:]

    def rows(
        self,
        after: int = 0,
        *,
        until: int | None = None,
        conversation: str | None = None,
        kinds: Collection[type[Event]] | None = None,
        limit: int | None = None,
    ) -> Iterator[Row]:
        """Yield rows in order; see `EventLog.rows`."""
        names = kind_names(kinds)
        end = self.last_seq() if until is None else until
        left = end if limit is None else limit
        while left > 0 and after < end:
            with self._open():
                last = min(after + PAGE, end, len(self._rows))
                page = [
                    self._rows[seq - 1]
                    for seq in range(max(after, 0) + 1, last + 1)
                    if (names is None or self._names[seq - 1].kind in names)
                    and (conversation is None or self._names[seq - 1].conversation == conversation)
                ]
            yield from page[:left]
            left -= len(page)
            if last <= after:
                return
            after = last

    def restore(self, rows: Iterable[Row]) -> int:
        """Fill this empty log with the rows of another; see `EventLog.restore`."""
        with self.batch():
            if self._rows:
                raise not_empty(self.url, len(self._rows))
            for row in rows:
                if row.seq != len(self._rows) + 1:
                    raise not_dense(self.url, found=row.seq, expected=len(self._rows) + 1)
                ready = rewritten(row)
                if (ready.source, ready.source_id) in self._seqs:
                    raise taken(ready)
                self._store(ready, row.received_at)
            return len(self._rows)

    def find(self, source: str, source_id: str) -> int | None:
        """Return the sequence number of the event with this identity, or None."""
        with self._open():
            return self._seqs.get((source, source_id))

    def last_seq(self, conversation: str | None = None) -> int:
        """Return the last sequence number of the log, or of one conversation; 0 if there is none."""
        with self._open():
            if conversation is None:
                return len(self._rows)
            seqs = self._conversations.get(conversation)
            return seqs[-1] if seqs else 0

    def count(self, *, conversation: str | None = None, kinds: Collection[type[Event]] | None = None) -> int:
        """Return how many events there are, of a conversation or of some kinds."""
        names = kind_names(kinds)
        with self._open():
            return sum(
                (names is None or row.kind in names) and (conversation is None or row.conversation == conversation)
                for row in self._names
            )

    def cursor(self, name: str) -> int:
        """Return how far the reader called `name` has come; 0 at first."""
        with self._open():
            return self._cursors.get(name, 0)

    def cursors(self, prefix: str) -> dict[str, int]:
        """Return the cursors whose names begin with `prefix`, by what follows it."""
        with self._open():
            found = sorted(name for name in self._cursors if name.startswith(prefix))
            return {name.removeprefix(prefix): self._cursors[name] for name in found}

    def set_cursor(self, name: str, seq: int) -> None:
        """Note that the reader called `name` has come to `seq`."""
        with self._open():
            self._cursors[name] = seq

    def quarantine(self, source: str, reason: str, *, raw: bytes, received_at: int) -> bool:
        """Set aside a delivery that could not be decoded; False if the very same is there already."""
        check_time(received_at)
        with self._open():
            key = (plain(source), plain(reason), raw)
            if key in self._quarantine:
                return False
            self._quarantine[key] = Quarantined(len(self._quarantine) + 1, received_at, *key)
            return True

    def quarantined(self) -> Iterator[Quarantined]:
        """Yield what was set aside, in order."""
        with self._open():
            kept = list(self._quarantine.values())
        yield from kept

    def save_snapshot(self, snapshot: Snapshot) -> None:
        """Keep a snapshot; see `EventLog.save_snapshot`."""
        with self._open():
            self._snapshots[snapshot.policy_hash] = snapshot

    def snapshot(self, policy_hash: str) -> Snapshot | None:
        """Return the snapshot kept under a policy, or None."""
        with self._open():
            return self._snapshots.get(policy_hash)

    def verify(self) -> Report:
        """Check that every body can be decoded; memory has no file and no chain."""
        faults = []
        for row in self.rows():
            try:
                decode(row.body)
            except msgspec.DecodeError as error:
                faults.append(Fault(row.seq, f"the body cannot be decoded: {error}"))
        return Report(self.url, self.last_seq(), 0, tuple(faults))

    def rest(self) -> None:
        """Do nothing: memory is all there is."""

    def close(self) -> None:
        """Close the log; its events are gone."""
        self._closed = True
