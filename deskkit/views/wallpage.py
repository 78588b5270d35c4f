"""The wallboard as a page of its own, for people who only look: it starts no driver, and nothing is written."""

from __future__ import annotations

import logging
from threading import RLock
from typing import TYPE_CHECKING, Any, Final

from deskkit.clock import ForwardClock, ManualClock, WallClock
from deskkit.errors import DeskkitError
from deskkit.feeds.zones import declared_zone
from deskkit.live.lease import clock_of, is_alive
from deskkit.locale import LANGUAGES
from deskkit.log.in_force import policy_in_force
from deskkit.views.desk.wallboard import Wallboard
from deskkit.views.driven import ahead, driven
from deskkit.views.following import follow
from deskkit.views.markup import bundled
from deskkit.views.words import Words

if TYPE_CHECKING:
    from deskkit.clock import Clock
    from deskkit.log import EventLog, Lease
    from deskkit.views.markup import Bundle

__all__ = ["WallView", "wallboard"]

LOOK_MS: Final = 1_000  # how often the driver's clock is asked for
_logger = logging.getLogger(__name__)


def wallboard(
    log: EventLog,
    *,
    clock: Clock | None = None,
    large: bool = False,
    language: str | None = None,
    masked: bool = True,
) -> WallView:
    """Show the wallboard of a log, and nothing to act with.

    Parameters
    ----------
    log : EventLog
        Only read; open it with ``read_only=True``.
    clock : Clock, optional
        By default that of the log's driver; where none decides, the wallboard stands where the log ends.
    large : bool, default False
        Whether it is as large as a wall needs it from the beginning.
    language : {"en", "zh"}, optional
        By default that of DESKKIT_LANG, else English; a switch in the view changes it.
    masked : bool, default True
        Whether telephones, identity and bank cards and e-mail addresses in names are shown as tokens.

    Returns
    -------
    WallView
        A notebook shows it where a cell ends in it.

    Raises
    ------
    DeskkitError
        deskkit does not speak the language, or the log cannot be read.
    """
    view = WallView(log, clock=clock, large=large, language=language, masked=masked)
    follow(view)
    return view


class WallView:
    """A wallboard that follows its log; made by `deskkit.views.wallboard`.

    Attributes
    ----------
    widget : anywidget.AnyWidget
        The whole, to be put into other widgets.
    board : Wallboard
    rests : bool
        Never: it is made for a wall that nobody looks away from.
    """

    rests = False

    def __init__(self, log: EventLog, *, clock: Clock | None, large: bool, language: str | None, masked: bool) -> None:
        self._log, self._own_clock = log, clock
        self._lock = RLock()  # which thread a callback is on depends on the kernel
        self._wall, self._real = WallClock(), ForwardClock()  # what it is, and how long ago something was
        policy = policy_in_force(log)
        zone = policy.schema.zone if policy else declared_zone(log) or "UTC"
        self._say = Words(language, zone=zone, masked=masked)
        self._clock: Clock = clock or ManualClock(0)
        self._looked_at = -LOOK_MS
        self._end_at = 0
        self._lease: Lease | None = None
        self.board = Wallboard(log, hear=self._hear, driven=self._driven, large=large, speaks=tuple(LANGUAGES))
        self.widget = self.board.widget
        self._look()

    @property
    def language(self) -> str:
        """In which it speaks: ``en`` or ``zh``."""
        return self._say.language

    def _look(self) -> None:
        """Go by the clock of the driver, or stand where the log ends."""
        real = self._real.now()
        if self._own_clock is not None or real - self._looked_at < LOOK_MS:
            return
        self._looked_at = real
        self._lease = lease = self._log.lease()
        last = self._log.last()
        self._end_at = (
            self._end_at if last is None else max(self._end_at, last.event.at)
        )  # the last one may be a late one
        if is_alive(lease, now=self._wall.now()):
            self._clock = clock_of(lease)
        else:
            self._clock = ManualClock(0 if last is None else last.event.at)

    def _driven(self, say: Words) -> str:
        if self._lease is None:
            return ""
        parts = driven(self._log, self._lease, say=say), ahead(self._end_at, self._clock, say=say)
        return " · ".join(part for part in parts if part)

    def _hear(self, message: dict[str, Any]) -> None:
        with self._lock:
            language = message.get("language", "")
            if language in LANGUAGES:
                self._say = Words(language, zone=self._say.zone, masked=self._say.masked)
            self.catch_up()

    def catch_up(self) -> bool:
        """Show what was worked out since; some ten times a second while it is shown."""
        with self._lock:
            try:
                self._look()
            except DeskkitError as error:  # the log is moved or locked: the numbers, asked for next, say so
                _logger.warning("%s: %s", type(error).__name__, error)
            now, speed = self._clock.now(), getattr(self._clock, "speed", 1.0)
            self.board.draw(say=self._say, at=now, speed=speed, real=self._real.now())
            return True

    def close(self) -> None:
        """Take it off every page, and give back the process that works for it."""
        self.board.close()

    def __repr__(self) -> str:
        return f"WallView({self._log.last_seq():,} events)"

    def _repr_mimebundle_(self, **kwargs: object) -> Bundle:
        """Return what a notebook shows: the widget, and in words its `repr`."""
        return bundled(self.widget, repr(self), **kwargs)
