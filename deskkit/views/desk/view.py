"""The desk in a notebook: the Python half of one widget, which a browser shows.

The browser holds what a hand has before it (focus, drafts, reading position); the desk and its words are here. What is
to be shown is sent as a snapshot and then as numbered differences; what a hand does comes back as a message. Nothing is
decided here. Errors are shown at the foot, counted and logged; the view stays alive.
"""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import msgspec

from deskkit.clock import ForwardClock, WallClock
from deskkit.desk import cards
from deskkit.desk.events import LEVELS
from deskkit.errors import DeskkitError
from deskkit.live.client import Client
from deskkit.locale import LANGUAGES
from deskkit.log import UnavailableError
from deskkit.views.desk.acting import Acting, Answer
from deskkit.views.desk.alerts import Alerts
from deskkit.views.desk.beside import beside
from deskkit.views.desk.closing import Closings
from deskkit.views.desk.files import opened
from deskkit.views.desk.foot import Foot
from deskkit.views.desk.fronts import Fronts, OwnTabs
from deskkit.views.desk.greeting import greeting
from deskkit.views.desk.noting import note_draft, note_look
from deskkit.views.desk.pages import LINES, wanted
from deskkit.views.desk.painter import Painter
from deskkit.views.desk.recalling import recall
from deskkit.views.desk.searching import Searching
from deskkit.views.desk.settled import unsettle
from deskkit.views.desk.shell import Shell
from deskkit.views.desk.superseded import superseded
from deskkit.views.desk.unopened import unopened
from deskkit.views.desk.wire import Wire
from deskkit.views.desk.wording import writing
from deskkit.views.door import Door
from deskkit.views.driven import driven_by
from deskkit.views.markup import bundled
from deskkit.views.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from deskkit.desk.cards import ConversationCard
    from deskkit.desk.desk import Desk
    from deskkit.desk.events import Decision
    from deskkit.desk.policy import Policy
    from deskkit.live.driver import Driver
    from deskkit.live.push import Push
    from deskkit.views.desk.watch import Watch
    from deskkit.views.desk.wire import Screen
    from deskkit.views.markup import Bundle

__all__ = ["DeskView"]

TABS: Final = 12
BEAT_MS: Final = 2_000
ORDER_MS: Final = 1_000  # how old what time alone changes may be


class DeskView:
    """What one person sees of a desk, and does; made by `deskkit.views.desk`.

    Parameters
    ----------
    driver : Driver or Client
        Which tells `watch` what it folds.
    watch : Watch
    me : str
    language : str, optional
    masked : bool, default True
    sounds : mapping of str to bytes, optional
        Sound files by the names that the policy's rings have for them.
    push : Push, optional
        Who is reached by push, and how; for a test of it.
    hosts : collection of str, optional
        Of the own network, whose files may be opened.

    Attributes
    ----------
    widget : OwnTabs
        The desk and the boards beside it, to be put into other widgets.
    shell : anywidget.AnyWidget
        The desk alone.
    sides : dict of str to Side
        What stands beside the desk, such as the queue.
    me : str
    leave : callable or None
        Lets somebody else sit down here.
    door : Door
        What a browser sends comes in there.
    """

    def __init__(
        self, driver: Driver | Client, watch: Watch, *, me: str, language: str | None = None, masked: bool = True,
        sounds: Mapping[str, bytes] | None = None, push: Push | None = None, hosts: Collection[str] = (),
    ) -> None:  # fmt: skip
        self.driver = driver
        self.sounds, self.push = dict(sounds or {}), push
        self._hosts = frozenset(host.lower() for host in hosts)
        self.me = me
        self.leave: Callable[[], None] | None = None
        self.door = Door()
        self.lock = RLock()  # which thread a callback is on depends on the kernel
        self._say = Words(language, zone=driver.desk.policy.schema.zone, masked=masked)
        self._wall, self._real = WallClock(), ForwardClock()  # what it is, and how long ago something was
        self._watch = watch
        self._begin()
        self._identity = driver.log.identity()
        self._foot, self._fronts = Foot(), Fronts()
        self._drafting: dict[str, list[str]] = {}
        self._drawn_at = self._beat_at = self._drawn_seq = 0
        self._hears = self._heard = False  # whether a browser shows it now; has ever
        self._asked_for: dict[str, Callable[[dict[str, Any]], None]] = {
            "open": self._open, "front": self._fronted, "watch": self._watched, "search": self._searched,
            "whom": self._searched, "act": self._acted, "draft": self._drafted, "more": self._more, "less": self._more,
            "file": self._filed, "language": self._spoken, "bye": self._closed,
            "leave": lambda _message: self.leave and self.leave(),
        }  # fmt: skip
        self.shell = Shell(tabs=(tabs := uuid4().hex))
        self.shell.on_msg(lambda _widget, message, _buffers: self.hear(message))
        self.alerts = Alerts(self)
        self.sides = beside(self)
        self.widget = OwnTabs([self.shell, *(side.widget for side in self.sides.values())], model_id=tabs)
        self._entitle()
        if not isinstance(driver, Client):  # nobody comes back to a desk of one's own to read on
            self._searching.look(self.desk)
        try:
            self._say_decided(self._woken())  # so that a look finds nothing overdue to set off
        except UnavailableError as error:  # as on a full disk: what stands there can be looked at all the same
            self._foot.failed_look(error, say=self._say)
        self._foot.late(self._acting.delay(say=self._say, real=0))
        self._foot.begun(superseded(driver, say=self._say), real=self._real.now())

    def _begin(self) -> None:
        """Have drawn, read and sent nothing yet."""

        def fault(error: DeskkitError) -> str:
            return self._foot.fault(error, say=self._say)

        self._painter = Painter(self._watch, me=self.me, closings=Closings(self.driver))
        self._searching = Searching(self._painter, waits=not isinstance(self.driver, Client))
        self._acting = Acting(self.driver, self._watch, me=self.me, index=self._searching.index, fault=fault)
        self._wire = Wire(uuid4().hex)

    @property
    def desk(self) -> Desk:
        """The desk as it stands."""
        return self.driver.desk

    @property
    def now(self) -> int:
        """The instant of the view, milliseconds: the clock's, and never before the desk's."""
        return max(self.driver.clock.now(), self.desk.now)

    @property
    def rests(self) -> bool:
        """Whether no browser shows it any more, as when its cell was run again."""
        return self._heard and not self._hears

    @property
    def is_needed(self) -> bool:
        """Whether a browser shows it, as far as it told, or something is still to be heard of."""
        return self._hears or self._acting.waits

    @property
    def say(self) -> Words:
        """The words it speaks in."""
        return self._say

    @property
    def ringing(self) -> Collection[str]:
        """The conversations of which a notice to this person waits to be seen."""
        return self._watch.ringing.marks

    @property
    def foot(self) -> list[dict[str, str]]:
        """What just happened, as the foot says it: whom it is about, and the text."""
        return self._foot.lines

    @property
    def faults(self) -> int:
        """Errors shown so far."""
        return self._foot.faults

    # ------------------------------------------------------------ what comes from the browser

    def hear(self, message: object) -> None:
        """Do what a browser asks; what it cannot ask for is passed over."""
        with self.lock:
            try:
                self._hear(self.door.heard(message))
            except DeskkitError as error:
                self._failed(error)

    def _hear(self, message: dict[str, Any]) -> None:
        match message.get("type"):
            case "hello" if "seq" in message:
                self._hears = self._heard = True
                self._snapshot()
            case "hello":
                self._draw_side(anyway=True)
            case str(kind) if kind in self._asked_for:
                self._asked_for[kind](message)

    def _closed(self, message: dict[str, Any]) -> None:
        """Rest where nobody shows the desk any more; another browser that does says so."""
        self._fronts.leave(message.get("page", ""))
        self._hears = False
        self._send({"type": "anybody"})

    def _watched(self, message: dict[str, Any]) -> None:
        names = [name for name in message["open"] if self.desk.conversations.find(name) >= 0]
        page, focus = message.get("page", ""), message["focus"] if message["focus"] in names[:TABS] else None
        before = self._fronts.focused(page)
        self._fronts.hear(page, real=self._real.now(), names=names[:TABS], focus=focus)
        if focus is not None and focus != before:
            at, foot, say = self.now, self._foot, self._say
            self._say_decided(note_look(self.driver, focus, me=self.me, at=at, foot=foot, say=say))
        self._patch()

    def _fronted(self, message: dict[str, Any]) -> None:
        """Draw what a page brought to the front."""
        self._fronts.hear(message["page"], real=self._real.now(), at=message["at"])
        self._draw_side(anyway=True)

    def _searched(self, message: dict[str, Any]) -> None:
        self._fronts.hear(message.get("page", ""), real=self._real.now())
        self._searching.ask(message)
        self._search()

    def _search(self) -> None:
        self._searching.keep(self._fronts.pages(real=self._real.now()))
        self._send(self._searching.answer(self.desk, say=self._say, now=self.now))

    def _acted(self, message: dict[str, Any]) -> None:
        act, deed, real = message["act"], message["deed"], self._real.now()
        answer = self._acting.act(act, deed, say=self._say, now=self.now, real=real)
        if answer is not None:
            self._answer([answer])

    def put_live(self, act: str, policy: Policy) -> None:
        """Put a policy in force by a deed of this identity; the answer comes to all that is beside the desk."""
        with self.lock:
            answer = self._acting.put_live(act, policy, say=self._say, now=self.now, real=self._real.now())
            if answer is not None:
                self._answer([answer])

    def _answer(self, answers: Sequence[Answer]) -> None:
        """Tell what came of deeds, and then once what is to be seen of all of them."""
        for answer in answers:
            self._foot.done(answer.foot, real=self._real.now())
            self._send({"type": "answer"} | msgspec.structs.asdict(answer))
            for side in self.sides.values():
                side.send({"type": "answer"} | msgspec.structs.asdict(answer))
        if answers:
            self._patch()
            self._draw_side(anyway=True)
            self._send(self._searching.renewed(self.desk, say=self._say, now=self.now))  # also where no look follows

    def _drafted(self, message: dict[str, Any]) -> None:
        number = self.desk.conversations.find(message["id"])
        if number >= 0 and not self.driver.log.is_read_only:
            note_draft(self.driver, number if message["has"] else None, me=self.me, wall=self._wall.now())

    def _open(self, message: dict[str, Any]) -> None:
        """Open a conversation that was chosen on a board, on the page where it was."""
        if self.desk.conversations.find(message["id"]) >= 0:
            self._send(message)

    def _more(self, message: dict[str, Any]) -> None:
        """Show more lines above, or let go of them where nobody reads there any more."""
        name = message["id"]
        self._fronts.read(message.get("page", ""), name, wanted(self.desk, message, before=self._painter.lines(name)))
        self._patch()

    def _filed(self, message: dict[str, Any]) -> None:
        """Tell where a file lies, to whoever wants it open."""
        self._send(message | opened(self.desk, message, hosts=self._hosts, say=self._say))

    def _spoken(self, message: dict[str, Any]) -> None:
        if (language := message["language"]) in LANGUAGES:
            self._say = Words(language, zone=self._say.zone, masked=self._say.masked)
            self._foot.clear()
            self._entitle()
            self._snapshot()

    # ------------------------------------------------------------ what goes to the browser

    def catch_up(self, *, anyway: bool = False) -> bool:
        """Look at the log, and send what is new; a view calls it some ten times a second while it is shown."""
        with self.lock:
            real = self._real.now()
            try:
                self._say_decided(self._woken())
                self._drafting = writing(self.driver.log, self.desk, me=self.me, say=self._say, wall=self._wall.now())
                if not self.rests:
                    self.alerts.follow(say=self._say, real=real)
            except DeskkitError as error:
                if self._foot.failed_look(error, say=self._say):
                    self._patch()
                return True
            is_told = self._foot.looked(say=self._say, trouble=getattr(self.driver, "unstarted", None))
            self._foot.late(self._acting.delay(say=self._say, real=real))
            self._answer(answers := self._acting.heard(say=self._say))
            self._draw_side(anyway=anyway)
            self._search()
            is_old = self._painter.is_behind or real - self._drawn_at >= ORDER_MS
            is_new = anyway or is_told or is_old or self.driver.seen != self._drawn_seq
            if is_new and not answers:  # else it was drawn for these just now
                self._patch()
            if self._hears and real - self._beat_at >= BEAT_MS:
                self._beat_at = real
                self._send(self._wire.beat())
            return is_new

    def _woken(self) -> tuple[Decision, ...]:
        decided = self.driver.wake()
        if self._watch.began_late:
            self._watch.began_late = False
            recall(self._watch.undo, self.driver)
        return decided

    def wake(self) -> None:
        """Let the desk decide what time has made due, and show what is so now."""
        self.catch_up(anyway=True)

    def _entitle(self) -> None:
        say = self._say
        self.widget.titles = [say("Desk"), *(side.title(say) for side in self.sides.values())]

    def _draw_side(self, *, anyway: bool = False) -> None:
        """Draw what some page has in front beside the desk; the others wait until one has."""
        real, speed, sides = self._real.now(), self.driver.clock.speed, list(self.sides.values())
        for at in self._fronts.shown(real=real):
            if 0 < at <= len(sides):
                sides[at - 1].draw(say=self._say, at=self.now, speed=speed, real=real, anyway=anyway)

    def _screen(self) -> Screen:
        real = self._drawn_at = self._real.now()
        self._drawn_seq, self._painter.driven = self.driver.seen, driven_by(self.driver, say=self._say)
        self._painter.unopened = unopened(self.driver, me=self.me, say=self._say)
        self._painter.looking = self._fronts.focus(real=real) if self._hears else None
        self._painter.pages_of = {name: lines or LINES for name, lines in self._fronts.lines(real=real).items()}
        return self._painter.screen(
            self.desk, say=self._say, now=self.now, real=self._drawn_at, foot=self.foot, drafting=self._drafting
        )

    def _snapshot(self) -> None:
        greets = greeting(self.driver, self._identity, me=self.me, leaves=bool(self.leave), say=self._say)
        self._send(self._wire.snapshot(self._screen()) | greets)

    def _patch(self) -> None:
        if self._hears:
            self._send(self._wire.patch(self._screen()))

    def _send(self, message: dict[str, Any] | None) -> None:
        if message is not None:
            self.shell.send(message | {"at": self.now, "speed": self.driver.clock.speed})

    # ------------------------------------------------------------ what happens

    def _say_decided(self, decisions: Sequence[Decision]) -> None:
        if not self._acting.waits:
            self._foot.decided(self.desk, decisions, say=self._say, real=self._real.now())

    def _failed(self, error: DeskkitError) -> None:
        self._foot.failed(error, say=self._say)
        self._patch()

    def close(self) -> None:
        """Take the view out of every notebook that shows it, and keep nothing in memory for it."""
        for part in (self.shell, *self.sides.values(), self.widget):
            part.close()
        self.sides, self.widget.children = {}, ()  # a notebook keeps the view, and with it whatever it refers to
        self.driver.let_go()
        self._begin()
        unsettle(self)

    def open_cards(self) -> list[ConversationCard]:
        """Return every open conversation, most urgent first."""
        return [cards.conversation_card(self.desk, name) for name in cards.open_conversations(self.desk)]

    def __repr__(self) -> str:
        if self.widget.comm is None:
            return "DeskView(closed)"
        every = self.open_cards()
        waiting = sum(card.stage == "waiting" for card in every)
        urgent = sum(card.level == len(LEVELS) - 1 for card in every)
        return f"DeskView({len(every)} open, {waiting} waiting, {urgent} urgent)"

    def _repr_mimebundle_(self, **kwargs: object) -> Bundle:
        """Return what a notebook shows: the widget, and in words its `repr`."""
        return bundled(self.widget, repr(self), **kwargs)
