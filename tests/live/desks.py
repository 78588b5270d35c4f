"""A served desk for tests: a log, its driver under a lease without a thread, and facts that are short to write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from deskkit.clock import ManualClock
from deskkit.desk import events
from deskkit.desk.policy import Policy
from deskkit.live.inbox import Inbox, submit
from deskkit.live.served import ServedDriver
from deskkit.log import open_log

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from deskkit.live.inbox import Reader
    from deskkit.live.served import Route
    from deskkit.log import EventLog

START = 1_781_748_000_000
STANDARD = Policy.load("data/policies/standard.toml")
ROUND_THE_CLOCK = {"hours.open": ["mon-sun 00:00-24:00"], "notify.quiet": []}  # for a test by the machine's own clock
LONG_MS = 10**9


class Lease:
    """A lease that nobody renews."""

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch
        self.beats = 0

    def beat(self) -> None:
        """Count the signs of life."""
        self.beats += 1


class Served(NamedTuple):
    """A log with its driver and inbox."""

    log: EventLog
    driver: ServedDriver
    inbox: Inbox
    clock: ManualClock

    def bring(self, fact: events.Fact, *, author: str = "", saw_seq: int | None = None, work: bool = True) -> str:
        """Put a fact into the inbox and, unless told not to, let the driver take it; return what became of it."""
        submit(self.log, fact, received_at=self.clock.now(), author=author, saw_seq=saw_seq)
        if work:
            self.work()
        answer = self.log.answer(fact.source, fact.source_id)
        assert answer is not None
        return " ".join(answer).strip()

    def work(self) -> None:
        """Let the driver take whatever waits."""
        while self.inbox.drain():
            pass


def served(
    log: EventLog | None = None, *, routes: Sequence[Route] = (), readers: Mapping[str, Reader] | None = None,
    acts: bool = True,
) -> Served:  # fmt: skip
    """Return a served desk on a log, by default a new one in memory."""
    log = log or open_log("memory:")
    clock = ManualClock(START)
    epoch = log.take_lease("test", now=START, until=START + LONG_MS)
    assert epoch is not None
    driver = ServedDriver(log, STANDARD, clock=clock, lease=Lease(epoch), routes=routes, acts=acts)
    return Served(log, driver, Inbox(driver, readers=readers), clock)


def staffed(desk: Served, *, conversations: int = 1) -> Served:
    """Let two agents come online and some customers write; by default one conversation, ``c1``."""
    for agent in ("chen", "lin"):
        desk.bring(make(events.AgentSet, f"set {agent}", agent=agent, groups=("presales",), languages=("zh",)))
        desk.bring(make(events.PresenceSet, f"on {agent}", agent=agent, presence="online"))
    for n in range(1, conversations + 1):
        desk.bring(make(events.ConversationOpened, f"open c{n}", conversation=f"c{n}", customer=f"u{n}"))
        desk.bring(wrote(f"c{n} first", conversation=f"c{n}"))
    return desk


def make(kind: Any, source_id: str, *, at: int = START, source: str = "feed", **fields: Any) -> Any:
    """Return a fact."""
    return kind(at=at, source=source, source_id=source_id, **fields)


def wrote(
    source_id: str, *, at: int = START, conversation: str = "c1", text: str = "这个多少钱"
) -> events.CustomerWrote:
    """Return a message of a customer."""
    return events.CustomerWrote(
        at=at, source="feed", source_id=source_id, conversation=conversation, message=source_id, text=text
    )
