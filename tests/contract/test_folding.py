"""One random day in all back-ends at once (T6; P2, P3, P9): they agree, and every fold of them is the live desk."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from deskkit.desk import snapshot
from deskkit.desk.desk import Desk, fold
from deskkit.desk.tags import Tags
from deskkit.live import snapshots
from deskkit.live.snapshots import Folded
from deskkit.log import MemoryLog, open_log
from tests.contract.test_agreement import FULL, MEMORY, QUICK
from tests.desk.days import STANDARD, known
from tests.laws.world import ACTS, World

if TYPE_CHECKING:
    from deskkit.log import EventLog

NUMBERS = st.integers(0, 10**6)
HOW: dict[str, Any] = {"acts": True, "notices": True}


class Folding(RuleBasedStateMachine):
    """A desk, and the same facts with their decisions in a log in memory and in one in SQLite.

    One desk folds SQLite's log in parts, whenever it is told to; it is put away and taken up as a snapshot.
    """

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        folder = self.open.enter_context(tempfile.TemporaryDirectory(dir=MEMORY))
        self.url = f"sqlite:///{Path(folder, 'desk.db').as_posix()}"
        self.logs: list[EventLog] = [MemoryLog(), open_log(self.url)]
        self.world = World(STANDARD, agents=3)
        self.stored = 0
        self.parts, self.seen = Desk(STANDARD), 0
        self.store()

    def store(self) -> None:
        """Append what happened since, once too often: facts with their decisions, as a driver does."""
        new = self.world.log[self.stored :]
        for again in (False, True):
            first, second = (log.append(new, received_at=self.world.at, last_seq=self.stored) for log in self.logs)
            assert first == second
            assert first.stored == (0 if again else len(new))
        self.stored += len(new)

    @rule(code=st.integers(0, len(ACTS) - 1), x=NUMBERS, y=NUMBERS, z=NUMBERS)
    def act(self, code: int, x: int, y: int, z: int) -> None:
        """Let something happen."""
        self.world.act(code, x, y, z)
        self.store()

    @rule()
    def fold_on(self) -> None:
        """Fold what came since."""
        self.parts.fold(stored.event for stored in self.logs[1].read(self.seen))
        self.seen = self.stored

    @rule()
    def put_away(self) -> None:
        """Keep the folded part as a snapshot in both logs, and go on from it in a log opened anew."""
        folded = Folded(self.parts, self.seen, "")
        for log in self.logs:
            snapshots.keep(log, folded, policy=STANDARD, **HOW)
        self.logs[1].close()
        self.logs[1] = open_log(self.url)
        one, two = (snapshots.latest(log, STANDARD, **HOW) for log in self.logs)
        if self.seen:
            assert one is not None
            assert two is not None
            assert known(one.desk) == known(two.desk) == known(self.parts)
            self.parts = two.desk

    @invariant()
    def agree(self) -> None:
        """Rows are dense and the same everywhere."""
        rows = list(self.logs[0].rows())
        assert [row.seq for row in rows] == list(range(1, self.stored + 1))
        assert list(self.logs[1].rows()) == rows

    def teardown(self) -> None:
        """At the end the fold in parts, and the fold of each log as a whole, are the live desk."""
        try:
            self.fold_on()
            live = known(self.world.desk)
            assert known(self.parts) == live, "the fold in parts differs"
            for log in self.logs:
                assert known(fold((stored.event for stored in log.read()), STANDARD)) == live, "the fold differs"
            assert self.logs[0].digest() == self.logs[1].digest()
            assert self.logs[1].verify().ok
        finally:
            self.logs[1].close()
            self.open.close()


@pytest.mark.parametrize("size", [QUICK, pytest.param(FULL, marks=pytest.mark.full)], ids=["quick", "full"])
def test_folds_agree(size: settings) -> None:
    """No sequence of acts, stores, folds in parts and snapshots makes logs and desks differ."""
    run_state_machine_as_test(Folding, settings=size)


def test_a_forgetful_fold_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The state machine finds a snapshot that loses tags (the control of the test above)."""
    thaw = snapshot.thaw

    def forgetful(*args: Any, **how: Any) -> Desk:
        desk: Desk = thaw(*args, **how)
        desk.tags = Tags(({}, {}, {}) for _ in desk.tags)
        return desk

    monkeypatch.setattr(snapshot, "thaw", forgetful)
    look = settings(QUICK, max_examples=30, phases=[Phase.generate])
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Folding, settings=look)
