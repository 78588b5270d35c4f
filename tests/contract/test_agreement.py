"""All back-ends in one state machine: whatever is done to them, they agree after each step."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from deskkit.errors import DeskkitError
from deskkit.log import EventLog, MemoryLog, open_log
from tests.contract.samples import AT, HOSTILE, assigned, wrote

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deskkit.desk.events import Event
    from deskkit.log.rows import Written

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 -- nothing here needs a real disk
QUICK = settings(
    max_examples=100,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,  # CI takes the same way each time; `full` looks further and prints what it finds
    suppress_health_check=list(HealthCheck),
)
FULL = settings(QUICK, max_examples=2_000, stateful_step_count=50, derandomize=False, print_blob=True)

conversations = st.sampled_from(("c1", "c2", "c3"))
messages = st.builds(
    wrote,
    st.integers(0, 40),
    conversation=conversations,
    text=st.sampled_from(HOSTILE[:3]) | st.text(max_size=9),
)
decisions = st.builds(assigned, st.integers(0, 20), conversation=conversations)
batches = st.lists(messages | decisions, max_size=6)
shifts = st.sampled_from((0, 0, 0, -1, 1))


class StopError(Exception):
    """Leaves a batch in the middle."""


class Agreement(RuleBasedStateMachine):
    """A log in memory and one in SQLite, the second looked at through two handles."""

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        folder = self.open.enter_context(tempfile.TemporaryDirectory(dir=MEMORY))
        self.url = f"sqlite:///{Path(folder, 'desk.db').as_posix()}"
        self.memory = self.first()
        self.sqlite = open_log(self.url)
        self.reader = open_log(self.url, read_only=True)

    def first(self) -> EventLog:
        """Return the log that the others are compared with."""
        return MemoryLog()

    def both(self, call: Callable[[EventLog], object]) -> None:
        """Do the same to both and compare the answers, or the kinds of refusal."""
        answers: list[object] = []
        for log in (self.memory, self.sqlite):
            try:
                answers.append(call(log))
            except (DeskkitError, StopError) as error:
                answers.append((type(error), str(error)))
        assert answers[0] == answers[1]

    @rule(events=batches, together=st.booleans(), received_at=st.integers(0, 2**40))
    def append(self, events: list[Event], *, together: bool, received_at: int) -> None:
        """Append, alone or together."""
        self.both(lambda log: log.append(events, received_at=received_at, together=together))

    @rule(events=batches, named=st.dictionaries(conversations, shifts, max_size=3))
    def append_expecting(self, events: list[Event], named: dict[str, int]) -> None:
        """Append with expectations, right or wrong."""
        expect = {conversation: self.memory.last_seq(conversation) + shift for conversation, shift in named.items()}
        self.both(lambda log: log.append(events, received_at=AT, expect=expect))

    @rule(first=batches, second=batches, seq=st.integers(0, 99), raw=st.binary(max_size=3), stop=st.booleans())
    def batch(self, first: list[Event], second: list[Event], seq: int, raw: bytes, *, stop: bool) -> None:
        """Do several things in one transaction, perhaps leaving it by an error or by a refusal."""

        def call(log: EventLog) -> object:
            with log.batch():
                done: list[Any] = [log.append(first, received_at=AT)]
                log.set_cursor("inbox", seq)
                done += [log.quarantine("meiqia", "why", raw=raw, received_at=AT), log.last_seq()]
                done.append(log.append(second, received_at=AT, together=True))
                done += [log.cursor("inbox"), log.last_seq("c1"), list(log.rows(conversation="c2"))]
                if stop:
                    raise StopError
            return done

        self.both(call)

    @rule(name=st.sampled_from(("a", "b")), seq=st.integers(0, 99))
    def set_cursor(self, name: str, seq: int) -> None:
        """Move a cursor within the log."""
        self.both(lambda log: log.set_cursor(name, min(seq, log.last_seq())))

    @rule(reason=st.text(max_size=2), raw=st.binary(max_size=2))
    def quarantine(self, reason: str, raw: bytes) -> None:
        """Set something aside."""
        self.both(lambda log: log.quarantine("meiqia", reason, raw=raw, received_at=AT))

    @rule(after=st.integers(-1, 60), until=st.integers(0, 60) | st.none(), limit=st.integers(0, 9) | st.none())
    def read(self, after: int, until: int | None, limit: int | None) -> None:
        """Read a part."""
        self.both(lambda log: list(log.read(after, until=until, conversation="c1", limit=limit)))
        self.both(lambda log: list(log.read(after, until=until, limit=limit)))

    @rule(number=st.integers(0, 40))
    def find(self, number: int) -> None:
        """Look for an identity."""
        self.both(lambda log: log.find("test", f"message:{number}"))

    @rule()
    def reopen(self) -> None:
        """Close the file and open it again."""
        self.sqlite.close()
        self.sqlite = open_log(self.url)

    @invariant()
    def agree(self) -> None:
        """Rows, numbers, cursors and quarantine are the same, seen through the other handle too."""
        rows = list(self.memory.rows())
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        for log in (self.sqlite, self.reader):
            assert list(log.rows()) == rows
            assert log.last_seq() == self.memory.last_seq() == log.count()
            assert list(log.quarantined()) == list(self.memory.quarantined())
            for name in ("a", "b", "inbox"):
                assert log.cursor(name) == self.memory.cursor(name)
            for conversation in ("c1", "c2", "c3"):
                assert log.last_seq(conversation) == self.memory.last_seq(conversation)

    def teardown(self) -> None:
        """Check the chain once, and close."""
        try:
            assert self.reader.verify().ok
            assert self.reader.digest() == self.memory.digest()
        finally:
            self.reader.close()
            self.sqlite.close()
            self.open.close()


class Forgetful(MemoryLog):
    """A log with a fault: it does not look for repetitions within one append."""

    def _fresh(self, ready: Sequence[Written], *, together: bool) -> list[bool]:
        return [fresh for row in ready for fresh in super(Forgetful, self)._fresh([row], together=together)]


class Disagreement(Agreement):
    """The state machine with a faulty log in it."""

    def first(self) -> EventLog:
        """Return the faulty log."""
        return Forgetful()


@pytest.mark.parametrize("size", [QUICK, pytest.param(FULL, marks=pytest.mark.full)], ids=["quick", "full"])
def test_back_ends_agree(size: settings) -> None:
    """No sequence of calls makes memory and SQLite differ."""
    run_state_machine_as_test(Agreement, settings=size)


def test_a_difference_is_found() -> None:
    """The state machine finds a log that stores repetitions (the control of the test above)."""
    look = settings(QUICK, phases=[Phase.generate])
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Disagreement, settings=look)
