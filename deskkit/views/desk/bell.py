"""The bell of one person: which notices a browser is to fire, what it said came of them, and what nobody heard.

Only what is addressed to this person rings, only as it happens, and only where the desk's clock runs: on history
nothing does. Knows no widget.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final

import msgspec

from deskkit.desk import cards
from deskkit.desk.written import asked_last
from deskkit.views.desk.ringing import WAITS
from deskkit.views.words import level_mark, shortened

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from deskkit.desk.desk import Desk
    from deskkit.views.desk.fired import Entry
    from deskkit.views.words import Words

__all__ = ["OUTCOMES", "Alert", "Bell", "drawn", "is_over"]

FRESH_MS: Final = (
    60_000  # real time after which a notice comes as a quiet toast: the machine slept, or the kernel was busy
)
MISSED_MS: Final = 8 * 3_600_000  # of what nobody heard, as old as this is still said
MISSED: Final = 4
KEPT: Final = 200
_NAME: Final = 40  # half columns
_TEXT: Final = 100
_SECOND: Final = 1_000
# What comes of a channel, the better the later: where several browser tabs say something, the best is so.
OUTCOMES: Final = (
    "unsupported", "failed", "not asked", "denied", "blocked", "off", "quiet", "still", "merged", "other tab", "shown",
    "played",
)  # fmt: skip
CHANNELS: Final = frozenset({"sound", "popup", "desktop", "badge", "flash"})


class Alert(msgspec.Struct):
    """A notice that a browser was told of, by its number, and what came of each channel."""

    n: int
    entry: Entry
    came: dict[str, str] = {}


class Bell:
    """The notices to one person.

    Parameters
    ----------
    me : str

    Examples
    --------
    >>> from deskkit.views.desk.fired import Entry
    >>> bell = Bell("chen")
    >>> told = [Entry(7, 0, "c1", agent, "message", 3, channels=("sound",)) for agent in ("chen", "lin")]
    >>> loud, late = bell.rung(told, now=1_000, speed=1.0)
    >>> [one.entry.agent for one in loud], late
    (['chen'], [])
    >>> bell.said({"n": loud[0].n, "channel": "sound", "outcome": "played"})
    True
    >>> bell.of(7).came
    {'sound': 'played'}
    """

    def __init__(self, me: str) -> None:
        self._me = me
        self._alerts: deque[Alert] = deque(maxlen=KEPT)
        self._count = 0

    def rung(self, entries: Iterable[Entry], *, now: int, speed: float) -> tuple[list[Alert], list[Alert]]:
        """Return what is to ring now, and what comes too late for a noise, of notices just read.

        Parameters
        ----------
        entries : iterable of Entry
        now : int
            The desk's clock, milliseconds.
        speed : float
            How fast it runs; where it stands nothing rings.
        """
        loud: list[Alert] = []
        late: list[Alert] = []
        for entry in entries:
            if speed > 0 and not entry.held and entry.agent == self._me and CHANNELS & set(entry.channels):
                fresh = now - entry.at <= FRESH_MS * max(1.0, speed)
                (loud if fresh else late).append(self._new(entry))
        return loud, late

    def _new(self, entry: Entry) -> Alert:
        self._count += 1
        self._alerts.append(Alert(self._count, entry))
        return self._alerts[-1]

    def said(self, message: dict[str, Any]) -> bool:
        """Note what a browser says came of a channel; what it cannot say is passed over."""
        channel, outcome = message["channel"], message["outcome"]
        alert = next((one for one in self._alerts if one.n == message["n"]), None)
        if alert is None or channel not in CHANNELS or outcome not in OUTCOMES:
            return False
        before = alert.came.get(channel)
        if before is None or OUTCOMES.index(outcome) > OUTCOMES.index(before):
            alert.came[channel] = outcome
        return True

    def of(self, seq: int) -> Alert | None:
        """Return the alert of a notice by its place in the log."""
        return next((one for one in reversed(self._alerts) if one.entry.seq == seq), None)

    def standing(self, unseen: Collection[str]) -> list[Alert]:
        """Return the latest alert of each conversation that waits to be looked at."""
        return list({one.entry.conversation: one for one in self._alerts if one.entry.conversation in unseen}.values())

    def unheard(self, unseen: Collection[str], known: Sequence[Entry], *, now: int, age_ms: int = 0) -> list[Alert]:
        """Return, for each conversation that waits to be looked at, its latest notice that no browser ever heard.

        Parameters
        ----------
        unseen : collection of str
            Conversations of which a notice waits to be seen.
        known : sequence of Entry
            The notices of the log, the latest last.
        now : int
            The desk's clock, milliseconds.
        age_ms : int
            How old it is at least: what was sent just now may still be on its way.
        """
        latest = {
            one.conversation: one
            for one in known
            if one.agent == self._me and not one.held and one.conversation in unseen
            if age_ms <= now - one.at <= MISSED_MS
        }
        pairs = [(one, self.of(one.seq)) for one in latest.values()]
        return [alert or self._new(one) for one, alert in pairs if alert is None or not alert.came]


def is_over(desk: Desk, entry: Entry) -> bool:
    """Say whether a notice of a customer who waits is about a wait that was answered since, by whomever."""
    if entry.event not in WAITS or not entry.conversation:
        return False
    since = cards.conversation_card(desk, entry.conversation).unanswered_since
    return since is None or since > entry.at


def drawn(desk: Desk, alert: Alert, *, say: Words) -> dict[str, Any]:
    """Return an alert as a browser fires it, in words."""
    entry = alert.entry
    made: dict[str, Any] = {
        "n": alert.n, "notice": f"{entry.seq} {entry.at}",  # the latter is the same in all kernels
        "id": entry.conversation, "level": entry.level, "event": entry.event, "text": "",
        "mark": level_mark(entry.level), "channels": [one for one in entry.channels if one in CHANNELS],
        "sound": entry.sound, "volume": entry.volume, "name": say("Digest"), "what": "", "waits": entry.event in WAITS,
    }  # fmt: skip
    if not entry.conversation:
        return made | {"mark": "", "what": say("{n} notices were held back meanwhile", n=entry.count)}
    card = cards.conversation_card(desk, entry.conversation)
    what = say("{event} · {level}", event=say.event(entry.event), level=say.level_title(entry.level))
    if entry.after >= _SECOND:
        what = say("{what} · after {span}", what=what, span=say.span(entry.after // _SECOND * _SECOND))
    if entry.count:
        what = say("{what} · and {n} before it", what=what, n=entry.count)
    text = say.excerpt(asked_last(desk, entry.conversation), _TEXT)  # under the customer's name stand no other's words
    return made | {"name": shortened(say.customer(card), _NAME), "what": what, "text": text}
