"""What came of a deed for hundreds of conversations is heard in slices: none long, none lost, in order."""

from __future__ import annotations

from typing import Any

from deskkit.desk import events
from deskkit.live.hearing import SLICE, Hearing
from deskkit.views.desk.deeds import MANY as AT_MOST
from tests.live.desks import make, served, staffed

MANY = 130


class Counting:
    """A log that counts how often it is looked into."""

    def __init__(self, log: Any) -> None:
        self._log, self.looks = log, 0
        self.url = log.url

    def answer(self, *asked: str) -> Any:
        """Count, and answer."""
        self.looks += 1
        return self._log.answer(*asked)

    def find(self, *asked: str) -> Any:
        """Count, and find."""
        self.looks += 1
        return self._log.find(*asked)

    def read(self, *asked: Any, **more: Any) -> Any:
        """Read; it belongs to the look that found where."""
        return self._log.read(*asked, **more)


def test_many_are_heard_in_slices_and_told_when_all_are_stored() -> None:
    """Each hearing looks into the log a bounded number of times; nothing is told before all are taken, all in order."""
    desk = staffed(served(), conversations=MANY)
    facts = [make(events.PrioritySet, f"p{n}", conversation=f"c{n}", level=3) for n in range(1, MANY + 1)]
    for fact in facts[: MANY // 2]:
        desk.bring(fact)
    for fact in facts[MANY // 2 :]:
        desk.bring(fact, work=False)
    log: Any = Counting(desk.log)
    hearing = Hearing(log, facts)
    hearing.hear(20)
    assert log.looks == 20
    assert not hearing.is_taken
    for _ in range(10):
        hearing.hear(20)
    assert not hearing.is_taken  # one is waited for
    assert hearing.decided == []
    desk.work()
    slices = []
    while not hearing.is_over:
        before = log.looks
        hearing.hear(20)
        slices.append(log.looks - before)
    assert max(slices) == 20
    assert len(slices) >= MANY // 20
    about = [one.conversation for one in hearing.decided if isinstance(one, events.Prioritised)]
    whole = Hearing(desk.log, facts)
    whole.hear(10 * MANY)
    assert whole.is_over
    assert hearing.decided == whole.decided
    assert about == sorted(about, key=lambda name: int(name[1:]))
    stored = [row.event for row in desk.log.read(kinds=[events.PrioritySet])]
    assert [one.source_id for one in stored if isinstance(one, events.Fact)] == [one.source_id for one in facts]


def test_a_slice_is_much_less_than_the_largest_deed() -> None:
    """The control of the bound: a deed may be for so many conversations that one hearing would hold the kernel."""
    assert 2 * AT_MOST > 5 * SLICE
