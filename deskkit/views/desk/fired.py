"""What fired and what was held back, and whether it was acted on: read from the log as it grows.

A notice is acted on as the measures have it: its recipient views that conversation within two minutes, and had not
since the customer's last message. Knows no widget.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import TYPE_CHECKING, Final

import msgspec

from deskkit.desk import events as e
from deskkit.desk.because import ring_of
from deskkit.errors import DeskkitError
from deskkit.views.desk.tallies import Tallies

if TYPE_CHECKING:
    from deskkit.desk.desk import Desk
    from deskkit.desk.policy import Policy
    from deskkit.log import EventLog

__all__ = ["ACTED_MS", "Entry", "Fired"]

ACTED_MS: Final = 120_000
TAIL: Final = 20_000  # rows of a long log that are looked at when a view opens
KEPT: Final = 2_000  # notices
ABOUT: Final = 2_000  # conversations; a notice about one that nothing happened in since that many others is fresh
KINDS: Final = (
    e.Notified, e.NoticeHeld, e.DigestSent, e.Viewed, e.AgentWrote, e.CustomerWrote, e.PolicyChanged, e.NoticesPaused,
)  # fmt: skip


class Entry(msgspec.Struct):
    """A notice: where it stands in the log, when (ms), about what, to whom, why it was held if it was.

    `channels` are those of its ring, empty where another policy decided it or it was held; `count` of a digest.
    """

    seq: int
    at: int
    conversation: str
    agent: str
    event: str
    level: int
    held: str = ""
    count: int = 0
    channels: tuple[str, ...] = ()
    sound: str = ""
    volume: int = 0
    after: int = 0
    fresh: bool = True
    acted: bool = False


class _About(msgspec.Struct):
    """A conversation's latest message of its customer, who looked when, and the notices whose agent has not since."""

    wrote: int = -1
    viewed: dict[str, int] = msgspec.field(default_factory=dict)
    unseen: dict[str, list[Entry]] = msgspec.field(default_factory=dict)


class Fired:
    """The latest notices of a log, the newest last.

    Parameters
    ----------
    log : EventLog

    Attributes
    ----------
    entries : deque of Entry
    tallies : Tallies
        Of all notices since then.
    since : int
        The sequence number after which notices are known.
    since_at : int or None
        The instant of the first of what is known then, milliseconds; None where all of the log is.

    Examples
    --------
    >>> from deskkit.desk.desk import Desk
    >>> from deskkit.desk.policy import Policy
    >>> from deskkit.log import MemoryLog
    >>> log, desk = MemoryLog(), Desk(Policy.load("data/policies/standard.toml"))
    >>> of = {"source": "doc", "conversation": "c1", "agent": "chen"}
    >>> told = e.Notified(at=0, source_id="1", event="message", level=3, rung=1, **of)
    >>> seen = e.Viewed(at=9_000, source_id="2", **of)
    >>> _ = log.append([told, seen], received_at=0)
    >>> [(one.agent, one.acted) for one in Fired(log).read(2, desk)]
    [('chen', True)]
    """

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self.entries: deque[Entry] = deque(maxlen=KEPT)
        self.tallies = Tallies()
        self.since_at: int | None = None
        self.since = self._seen = max(0, log.last_seq() - TAIL)
        self._about: OrderedDict[str, _About] = OrderedDict()  # conversations, the one last heard of at the end
        self._paused: dict[tuple[str, int, int], str] = {}  # by whom, by event, level and until when
        self._looked_back = self.since  # the sequence number up to where pauses are not looked for yet

    def let_go(self) -> None:
        """Keep nothing in memory; the next `read` begins anew, with what a view that opens then would look at."""
        self.since = self._seen = self._looked_back = max(self.since, self._seen - TAIL)
        self.tallies, self.since_at = Tallies(), None
        for kept in (self.entries, self._about, self._paused):
            kept.clear()

    def read(self, until: int, desk: Desk) -> list[Entry]:
        """Read on up to a sequence number; return the notices that were new.

        Parameters
        ----------
        until : int
        desk : Desk
            As it stands there.
        """
        if until <= self._seen:
            return []
        rows = [(row.seq, row.event) for row in self._log.read(self._seen, until=until, kinds=KINDS)]
        if rows and self._seen == self.since > 0:
            self.since_at = rows[0][1].at
        self._seen = until
        decided = max((seq for seq, event in rows if isinstance(event, e.PolicyChanged)), default=0)
        new: list[Entry] = []
        for seq, event in rows:
            # A feed goes on calling a conversation by its old name, whatever the desk calls it since.
            name = desk.goes_on_as(getattr(event, "conversation", ""))
            self._hear(event, name)
            if (made := _entry(seq, event)) is None:
                continue
            if isinstance(event, e.Notified) and seq > decided:
                _rung(made, event, desk.policy)
            self._add(made, name)
            new.append(made)
        return new

    def _add(self, made: Entry, name: str) -> None:
        self.entries.append(made)
        self.tallies.count(made)
        if name and not made.held:
            about = self._known(name)
            made.fresh = made.agent not in about.viewed or about.viewed[made.agent] < about.wrote
            about.unseen.setdefault(made.agent, []).append(made)

    def _known(self, conversation: str) -> _About:
        about = self._about.setdefault(conversation, _About())
        self._about.move_to_end(conversation)
        if len(self._about) > ABOUT:
            self._about.popitem(last=False)
        return about

    def _hear(self, event: e.Event, name: str = "") -> None:
        match event:
            case e.CustomerWrote():
                about = self._known(name)
                about.wrote = max(event.at, about.wrote)
            case e.Viewed() | e.AgentWrote():
                about = self._known(name)
                for one in about.unseen.pop(event.agent, ()):
                    one.acted = one.fresh and event.at - one.at <= ACTED_MS
                    if one.acted:
                        self.tallies.acted(one)
                about.viewed[event.agent] = max(event.at, about.viewed.get(event.agent, event.at))
            case e.NoticesPaused():
                self._paused[event.event, event.level, event.until] = event.by

    def paused_by(self, event: str, level: int, until: int) -> str:
        """Return who paused a rule until an instant; empty where that is not known.

        A pause from before what was read when the view opened is looked for each time it is asked for, a slice further
        back, so that a long log holds nobody up.

        Examples
        --------
        >>> from deskkit.log import MemoryLog
        >>> log = MemoryLog()
        >>> fact = e.NoticesPaused(at=0, source="doc", source_id="1", by="qin", event="message", level=1, until=9)
        >>> _ = log.append([fact], received_at=0)
        >>> fired = Fired(log)
        >>> fired.paused_by("message", 1, 9), fired.paused_by("message", 2, 9)
        ('qin', '')
        """
        key = event, level, until
        if key not in self._paused:  # it may just have been done: what is new is read for what rings, and not here
            self._note_pauses(self._seen, None)
        if key not in self._paused and self._looked_back > 0:
            end, self._looked_back = self._looked_back, max(0, self._looked_back - TAIL)
            self._note_pauses(self._looked_back, end)
        return self._paused.get(key, "")

    def _note_pauses(self, after: int, until: int | None) -> None:
        for row in self._log.read(after, until=until, kinds=(e.NoticesPaused,)):
            self._hear(row.event)


def _entry(seq: int, event: e.Event) -> Entry | None:
    match event:
        case e.Notified():
            return Entry(seq, event.at, event.conversation, event.agent, event.event, event.level, count=event.merged)
        case e.NoticeHeld():
            return Entry(
                seq, event.at, event.conversation, event.agent, event.event, event.level, held=event.reason
            )  # fmt: skip
        case e.DigestSent():
            return Entry(seq, event.at, "", event.agent, "digest", 1, count=event.count, channels=("popup",))
    return None


def _rung(made: Entry, event: e.Notified, policy: Policy) -> None:
    """Note what the ring of a notice does; one of another policy keeps none."""
    try:
        ring = ring_of(policy, event)
    except DeskkitError:
        return
    made.channels, made.sound, made.volume = ring.channels, ring.sound, ring.volume
    made.after = event.because[1] if len(event.because) > 1 else 0
