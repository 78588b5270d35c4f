"""The desk in a notebook: the list, up to eight conversations as tabs, and what just happened.

A press of a button becomes a fact; the driver takes it, the desk decides, and everything is drawn anew from
cards. Nothing is decided here. Errors are shown at the foot, counted and logged; the view stays alive.
"""

from __future__ import annotations

import logging
from itertools import count
from threading import RLock
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import ipywidgets

from deskkit.desk import cards
from deskkit.desk.because import explain
from deskkit.desk.events import LEVELS, AgentWrote, Refused
from deskkit.desk.finding import Index
from deskkit.errors import ConflictError, DeskkitError, FactError
from deskkit.live.client import Client, UnansweredError
from deskkit.locale import LANGUAGES
from deskkit.log import MovedError
from deskkit.views import actions, drawing
from deskkit.views.following import follow
from deskkit.views.listing import Listing
from deskkit.views.markup import bundled, markup, show, shown, stylesheet
from deskkit.views.panel import Panel
from deskkit.views.tabs import TABS, Tabs
from deskkit.views.words import Words, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.desk.cards import ConversationCard
    from deskkit.desk.desk import Desk
    from deskkit.desk.events import Decision
    from deskkit.live.driver import Driver
    from deskkit.views.actions import Deed, Done
    from deskkit.views.markup import Bundle, SafeHtml

__all__ = ["DeskView"]

_UNDO_MS: Final = 600_000
_NAME: Final = 16  # half columns of a name in a sentence or on a button
_UNDO: Final = 60  # half columns of what is to be undone
_LANGUAGE_NAMES: Final = {"en": "English", "zh": "中文"}
_numbers = count(1)
_logger = logging.getLogger(__name__)


class DeskView:
    """What one person sees of a desk, and does; made by `deskkit.views.desk`.

    Parameters
    ----------
    driver : Driver or Client
    me : str
    language : str, optional
    masked : bool, default True

    Attributes
    ----------
    widget : ipywidgets.Widget
        The whole, to be put into other widgets.
    faults : int
        Errors shown so far.
    """

    def __init__(self, driver: Driver | Client, *, me: str, language: str | None = None, masked: bool = True) -> None:
        self.driver = driver
        self.faults = 0
        self._me = me
        self._lock = RLock()  # which thread a callback is on depends on the kernel
        self._number = next(_numbers)
        self._index = Index(driver.desk)
        self._indexed = driver.desk
        self._undo: list[tuple[int, Deed, str]] = []
        self._said: list[SafeHtml] = []
        self._owed: list[Done] = []  # kept, and nothing heard of it yet
        self._fault = ""  # what a look said that failed, until one succeeds
        self.widget = ipywidgets.VBox()
        self.widget.add_class("dk-desk")
        self.widget.add_class(f"dk-view-{self._number}")
        self._build(Words(language, zone=driver.desk.policy.schema.zone, masked=masked))
        if decisions := driver.wake():  # so that a look finds nothing overdue to set off
            self._said = self._sentences(decisions, "")
            self._draw()
        if isinstance(driver, Client):
            follow(self)

    @property
    def desk(self) -> Desk:
        """The desk as it stands."""
        return self.driver.desk

    @property
    def is_awaiting(self) -> bool:
        """Whether a driver that is being started, or what becomes of something done, is awaited."""
        return bool(self._owed) or (isinstance(self.driver, Client) and self.driver.is_starting)

    @property
    def now(self) -> int:
        """The instant of the view, milliseconds: the clock's, and never before the desk's."""
        return max(self.driver.clock.now(), self.desk.now)

    # ------------------------------------------------------------ making

    def _build(self, say: Words) -> None:
        """Make all widgets, in the language of `say`."""
        self._say = say
        self.listing = Listing(say=say, view=self._number, on_open=self.open, on_change=self.refresh)
        self.tabs = Tabs(on_front=self._look, empty=drawing.empty(say))
        self._bar = shown(markup(""))
        self._foot = shown(markup(""))
        self.language = ipywidgets.ToggleButtons(
            options=[(_LANGUAGE_NAMES[name], name) for name in LANGUAGES], value=say.language
        )
        self.language.add_class("dk-languages")
        self.language.observe(self._speak, names="value")
        self.again = ipywidgets.Button(description=say("Refresh"), icon="refresh")
        self.again.on_click(lambda _button: self.wake())
        self.take_back = ipywidgets.Button(icon="undo")
        self.take_back.on_click(lambda _button: self.undo())
        top = ipywidgets.HBox([self._bar, self.again, self.language])
        top.add_class("dk-top")
        body = ipywidgets.HBox([self.listing.widget, self.tabs.box])
        body.add_class("dk-body")
        foot = ipywidgets.HBox([self._foot, self.take_back])
        foot.add_class("dk-foot")
        self.widget.children = (shown(stylesheet()), top, body, foot)
        self._draw()

    def _speak(self, change: dict[str, Any]) -> None:
        """Build everything anew in another language; open tabs and drafts stay."""
        with self._lock:
            front, drafts = self.tabs.front, {n: self.tabs.panels[n].draft.value for n in self.tabs.order}
            self._said = []
            self._build(Words(change["new"], zone=self._say.zone, masked=self._say.masked))
            for name, draft in drafts.items():
                panel = self._panel(name)
                panel.draft.value = draft
                self.tabs.add(panel)
            if front is not None:
                self.tabs.bring(front)
            self._draw()

    def _panel(self, name: str) -> Panel:
        return Panel(
            name,
            say=self._say,
            me=self._me,
            on_deed=self.do,
            on_open=self.open,
            on_close=self.close,
            on_hint=self._tell,
        )

    # ------------------------------------------------------------ tabs

    def open(self, name: str) -> None:
        """Open a conversation as a tab and bring it to the front; a ninth closes the one longest not there.

        Raises
        ------
        FactError
            There is no such conversation.
        """
        with self._lock:
            name = self.desk.conversations[self.desk.conversation(name)]
            if name not in self.tabs.panels:
                if self.tabs.is_full and not self._make_room():
                    return
                self.tabs.add(self._panel(name))
            told = self._said
            self._look(name)
            if told and told is not self._said:  # what a waking desk decided comes behind what the click did
                self._said = told + self._said
                self._draw_foot()

    def _make_room(self) -> bool:
        way = self.tabs.to_give_way()
        if way is None:
            self._tell(self._say("All {n} tabs hold a draft: send or clear one first", n=TABS))
        else:
            self._tell(self._say("Closed to make room: {customer}", customer=self._customer(way)))
            self.tabs.remove(way)
        return way is not None

    def _look(self, name: str) -> None:
        """Bring a tab to the front; the log learns that it is looked at."""
        with self._lock:
            self.tabs.bring(name)
            self.do(actions.view(name, me=self._me))

    def close(self, name: str) -> None:
        """Close a tab; a draft in it is lost."""
        with self._lock:
            self.tabs.remove(name)
            if self.tabs.front is None:
                self._draw()
            else:
                self._look(self.tabs.front)

    # ------------------------------------------------------------ deeds

    def do(self, deed: Deed) -> bool:
        """Do something to a conversation; say at the foot what happened. Tells whether it was accepted."""
        with self._lock:
            title = drawing.done(self.desk, deed, say=self._say, now=self.now) if deed.what else ""
            return self._done(deed, deed.undo, title)

    def undo(self) -> bool:
        """Take back the latest deed of the last ten minutes; tells whether there was one and it could be."""
        with self._lock:
            self._forget()
            if not self._undo:
                return False
            _, deed, _ = self._undo.pop()
            title = self._say("Undone: {what}", what=drawing.done(self.desk, deed, say=self._say, now=self.now))
            return self._done(actions.Deed(deed.what, deed.undo), (), title)

    def _done(self, deed: Deed, undo: tuple[Any, ...], title: str) -> bool:
        if not self.desk.acts and any(isinstance(fact, AgentWrote) for fact in deed.facts):
            self._tell(self._say("Not sent: this log's feed cannot send while the desk only watches; the text is kept"))
            return False
        facts = [actions.stamped(fact, at=self.now, by=self._me, source_id=uuid4().hex) for fact in deed.facts]
        done = actions.Done(facts, deed, undo, title)
        try:
            return self._taken(done, self.driver.act(facts))
        except UnansweredError:
            self._owed.append(done)
            if title:
                self._tell(self._say("No driver answers yet: what you did is kept, and will be done once"))
            return True
        except ConflictError:  # the driver's desk knows by now what the others wrote
            self._tell(self._say("Somebody else changed this log. What you see is new now: look, then repeat"))
        except DeskkitError as error:
            self._fail(error)
        return False

    def _taken(self, done: Done, found: Sequence[Decision]) -> bool:
        """Say what came of something done; tells whether it was accepted."""
        decisions, name = list(found), done.conversation
        if len(done.facts) > 1:  # a step of several that the desk itself had just done is done
            decisions = [one for one in decisions if not (isinstance(one, Refused) and one.reason == "no change")]
        refused = any(isinstance(decision, Refused) for decision in decisions)
        if done.title:
            said = [] if refused else [drawing.sentence(done.title, about=self._customer(name))]
            self._said = said + self._sentences(decisions, name)
            if done.undo and not refused:
                self._undo.append((self.now + _UNDO_MS, done.deed, name))
        elif decisions:
            self._said = self._sentences(decisions, "")
        self._draw()
        return not refused

    def _hear(self) -> None:
        """Say what came of what was done while no driver answered."""
        owed, self._owed = self._owed, []
        for done in owed:
            try:
                decisions = self.driver.answered(done.facts) if isinstance(self.driver, Client) else ()
            except FactError as error:
                self._fail(error)
                self._give_back(done)
                continue
            if decisions is None:
                self._owed.append(done)
            else:
                self._taken(done, decisions)

    def _give_back(self, done: Done) -> None:
        """Put a text that was not taken where it was written, unless there is another by now."""
        panel = self.tabs.panels.get(done.conversation)
        if panel is not None and not panel.has_draft:
            panel.draft.value = getattr(done.facts[0], "text", "")

    def _sentences(self, decisions: Sequence[Decision], name: str) -> list[SafeHtml]:
        """Say what the desk decided, with the customer's name where it concerns another conversation."""
        sentences = []
        for decision in decisions:
            text = self._say.personal(explain(self.desk, decision, say=self._say.translate))
            other = getattr(decision, "conversation", "")
            own = other == name and not isinstance(decision, Refused)
            about = "" if own or not other else self._customer(other)
            sentences.append(drawing.sentence(text, about=about))
        return sentences

    def _forget(self) -> None:
        """Drop what can no longer be undone."""
        self._undo = [entry for entry in self._undo if entry[0] >= self.now]

    def _fail(self, error: DeskkitError) -> None:
        self.faults += 1
        _logger.warning("%s: %s", type(error).__name__, error)
        moved = self._say("The log was deleted, moved or replaced: run this cell again. Nothing more is stored there")
        self._tell(moved if isinstance(error, MovedError) else str(error))

    def _tell(self, sentence: str) -> None:
        self._said = [drawing.sentence(sentence)]
        self._draw()

    # ------------------------------------------------------------ drawing

    def wake(self) -> None:
        """Let the desk decide what time has made due, and draw everything anew."""
        with self._lock:
            try:
                decisions = list(self.driver.wake())
            except DeskkitError as error:
                self._fail(error)
                return
            self._said = self._sentences(decisions, "") or [drawing.sentence(self._say("Nothing new"))]
            self._draw()

    def catch_up(self, *, anyway: bool = False) -> bool:
        """Draw everything anew if the log has grown, or anyway; what the foot says of one's own deeds stays."""
        with self._lock:
            seen, awaited = self.driver.seen, self.is_awaiting
            try:
                self.driver.wake()
                self._hear()
            except DeskkitError as error:
                if self._fault != str(error):  # once, however often one looks
                    self._fault = str(error)
                    self._fail(error)
                return True
            if self._fault:
                self._fault, self._said = "", []
            is_new = anyway or self.driver.seen != seen or self.is_awaiting != awaited
            if is_new:
                self._draw()
            return is_new

    def refresh(self) -> None:
        """Draw everything anew."""
        with self._lock:
            self._draw()

    def _customer(self, name: str) -> str:
        return shortened(self._say.customer(cards.conversation_card(self.desk, name)), _NAME)

    def open_cards(self) -> list[ConversationCard]:
        """Return every open conversation, most urgent first."""
        return [cards.conversation_card(self.desk, name) for name in cards.open_conversations(self.desk)]

    def _draw(self) -> None:
        if self._indexed is not self.desk:
            self._index, self._indexed = Index(self.desk), self.desk
        say, every = self._say, self.open_cards()
        show(self._bar, drawing.bar(self.desk, every, say=say, me=self._me, now=self.now))
        self.listing.draw(self.desk, every, index=self._index, selected=self.tabs.front, now=self.now)
        known = {card.name: card for card in every}
        for name in self.tabs.panels:
            if name not in known:
                known[name] = cards.conversation_card(self.desk, name)
        self.tabs.entitle({name: panel.title(known[name]) for name, panel in self.tabs.panels.items()})
        if self.tabs.front is not None:
            self.tabs.panels[self.tabs.front].draw(self.desk, now=self.now)
        self._draw_foot()

    def _draw_foot(self) -> None:
        say = self._say
        self._forget()
        said = self._said or [drawing.sentence(say("Ready"))]
        if isinstance(self.driver, Client) and self.driver.is_starting:
            said = [drawing.sentence(say("The desk is starting: what you do meanwhile is kept, and done then"))]
        show(self._foot, drawing.happened(said, say=say))
        self.take_back.disabled = not self._undo
        if self._undo:
            _, deed, name = self._undo[-1]
            what = drawing.done(self.desk, deed, say=say, now=self.now)
            text = say("Undo for {customer}: {what}", what=what, customer=self._customer(name))
        else:
            text = say("Nothing to undo")
        self.take_back.description, self.take_back.tooltip = shortened(text, _UNDO), text

    def __repr__(self) -> str:
        every = self.open_cards()
        waiting = sum(card.stage == "waiting" for card in every)
        urgent = sum(card.level == len(LEVELS) - 1 for card in every)
        return f"DeskView({len(every)} open, {waiting} waiting, {urgent} urgent)"

    def _repr_mimebundle_(self, **kwargs: object) -> Bundle:
        """Return what a notebook shows: the widget, and in words its `repr`."""
        return bundled(self.widget, repr(self), **kwargs)
