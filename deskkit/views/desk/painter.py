"""From a desk to the screen: cards, rows and pages, made anew only where something happened.

What time alone changes (who waits too long, ages) is looked at in turn, a part of the rows and pages with each screen,
so that none takes long; and so is everything where another policy or language may show anywhere. Knows no widget.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from deskkit.desk import cards
from deskkit.desk.because import explain
from deskkit.desk.customers import customer_of
from deskkit.desk.events import PeakChanged, Refused
from deskkit.views.desk import wording
from deskkit.views.desk.choices import choices
from deskkit.views.desk.head import head
from deskkit.views.desk.lines import Lines
from deskkit.views.desk.looks import Looks
from deskkit.views.desk.pages import LINES, page
from deskkit.views.desk.rows import row
from deskkit.views.desk.wire import Screen
from deskkit.views.words import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from deskkit.desk.cards import ConversationCard
    from deskkit.desk.desk import Desk
    from deskkit.desk.events import Decision
    from deskkit.views.desk.closing import Closings
    from deskkit.views.desk.undo import Done
    from deskkit.views.desk.watch import Watch
    from deskkit.views.words import Words

__all__ = ["Painter", "customer", "sentences"]

TURNS: Final = 20  # screens after which every row was made anew
CHOICES_MS: Final = 2_000  # real time after which agents' room is looked at again
UNDONE: Final = 50  # of the latest deeds that may be undone, so many are shown
ROWS_AT_ONCE: Final = 250  # made anew with one screen where all are to be; the first of the list come first
PAGES_AT_ONCE: Final = 2
_NAME: Final = 16  # half columns of a customer's name in a sentence


class Painter:
    """Makes the screen of one view.

    Parameters
    ----------
    watch : Watch
        Says what happened since the last screen.
    me : str
    closings : Closings, optional
        Knows who closed a conversation.

    Attributes
    ----------
    pages_of : dict of str to int
        The open tabs, and how many lines of each.
    looking : str or None
        The conversation that is looked at now.
    """

    def __init__(self, watch: Watch, *, me: str, closings: Closings | None = None) -> None:
        self._watch, self._me, self._closings = watch, me, closings
        self._cards: dict[str, ConversationCard] = {}
        self._rows: dict[str, dict[str, Any]] = {}
        self._pages: dict[str, tuple[int, dict[str, Any]]] = {}  # with how many lines
        self._lines: dict[str, Lines] = {}  # as they were drawn
        self._order: list[str] = []
        self._drafted: set[str] = set()
        self._told_of: set[str] = set()  # what happened since somebody else asked; see `taken`
        self._all_told = False
        self._old_rows: set[str] = set()  # that are still to be made anew
        self._old_pages: set[str] = set()
        self._choices: dict[str, Any] = {}
        self._turn = self._chosen_at = 0
        self._drawn: tuple[Desk | None, Words | None] = (None, None)
        self._looks = Looks(me)
        self.pages_of: dict[str, int] = {}
        self.looking: str | None = None
        self.driven = self.unopened = ""

    @property
    def open_cards(self) -> list[ConversationCard]:
        """The open conversations as they were drawn last, most urgent first."""
        return [self._cards[name] for name in self._order]

    def lines(self, name: str) -> int:
        """Return how many lines a tab shows."""
        return self.pages_of.get(name, LINES)

    def screen(
        self, desk: Desk, *, say: Words, now: int, real: int, foot: list[dict[str, str]],
        drafting: Mapping[str, Sequence[str]],
    ) -> Screen:  # fmt: skip
        """Return what is to be shown now.

        Parameters
        ----------
        desk : Desk
        say : Words
        now, real : int
            The desk's clock and the wall's, milliseconds.
        foot : list of dict
            What just happened.
        drafting : mapping of str to sequence of str
            Who else writes, by conversation.
        """
        touched, all_is_new = self._watch.taken(desk)
        self._told_of |= touched
        self._all_told |= all_is_new or say is not self._drawn[1]
        touched |= drafting.keys() | self._drafted | self._looks.at(self.looking, now=now)
        self._drafted = set(drafting)
        if self._closings is not None:
            self._closings.forget(touched)
        self._grow_old(desk, say, all_is_new=all_is_new)
        if real - self._chosen_at >= CHOICES_MS:
            self._choices, self._chosen_at = choices(desk, say=say), real
        self._turn = (self._turn + 1) % TURNS
        self._order = list(cards.open_conversations(desk))
        self._draw_rows(desk, say, now, drafting, touched)
        self._draw_pages(desk, say, now, drafting, touched)
        return Screen(
            head=head(desk, self.open_cards, say=say, me=self._me, now=now, driven=self.driven, unopened=self.unopened),
            choices=self._choices,
            rows=self._rows,
            order=self._order,
            pages={name: shown for name, (_lines, shown) in self._pages.items()},
            foot=foot,
            undo=self._undoable(desk, say, now),
        )

    @property
    def is_behind(self) -> bool:
        """Whether some rows or pages are still to be made anew."""
        return bool(self._old_rows or self._old_pages)

    def taken(self) -> tuple[set[str], bool]:
        """Return of which conversations screens drew something new, and whether of any, since the last time."""
        touched, all_is_new = self._told_of, self._all_told
        self._told_of, self._all_told = set(), False
        return touched, all_is_new

    def _grow_old(self, desk: Desk, say: Words, *, all_is_new: bool) -> None:
        """Let what was made of another desk be nothing, and what says it otherwise by now be made anew bit by bit."""
        before, self._drawn = self._drawn, (desk, say)
        if before[0] is not desk:
            self._cards, self._rows, self._pages, self._lines = {}, {}, {}, {}
        if all_is_new or before != (desk, say):
            self._chosen_at = 0
            self._old_rows, self._old_pages = set(self._rows), set(self._pages)

    def _draw_rows(
        self, desk: Desk, say: Words, now: int, drafting: Mapping[str, Sequence[str]], touched: set[str]
    ) -> None:  # fmt: skip
        anew = touched | set(islice((name for name in self._order if name in self._old_rows), ROWS_AT_ONCE))
        known, self._cards = self._cards, {}
        rows, self._rows = self._rows, {}
        for place, name in enumerate(self._order):
            before, is_same = known.get(name), name not in anew
            is_old = before is not None and is_same and place % TURNS != self._turn
            card = before if before is not None and is_old else self._card(desk, name)
            self._cards[name] = card
            self._rows[name] = rows[name] if is_same and card == before else self._row(card, say, now, drafting)
        self._old_rows = (self._old_rows - anew) & self._rows.keys()

    def _draw_pages(
        self, desk: Desk, say: Words, now: int, drafting: Mapping[str, Sequence[str]], touched: set[str]
    ) -> None:  # fmt: skip
        anew = set(islice((name for name in self.pages_of if name in self._old_pages), PAGES_AT_ONCE))
        anew |= self._old_pages & (touched | {self.looking})
        kept = {name: lines for name, lines in self._lines.items() if name not in anew}
        self._lines = {name: kept.get(name) or Lines(desk, name, say) for name in self.pages_of}
        pages, self._pages = self._pages, {}
        for place, (name, lines) in enumerate(self.pages_of.items()):
            is_same = name in pages and pages[name][0] == lines and name not in touched and self._lines[name].is_whole
            is_old = is_same and place % TURNS != self._turn and name not in anew
            self._pages[name] = pages[name] if is_old else (lines, self._page(desk, name, say, now, drafting))
        self._old_pages = (self._old_pages - anew) & self._pages.keys()

    def _card(self, desk: Desk, name: str) -> ConversationCard:
        return self._looks.read(desk, cards.conversation_card(desk, name))

    def _row(
        self, card: ConversationCard, say: Words, now: int, drafting: Mapping[str, Sequence[str]]
    ) -> dict[str, Any]:
        mark = self._watch.ringing.marks.get(card.name)
        return row(card, say=say, now=now, mark=mark, drafting=drafting.get(card.name, ()))

    def _page(
        self, desk: Desk, name: str, say: Words, now: int, drafting: Mapping[str, Sequence[str]]
    ) -> dict[str, Any]:
        made = page(
            desk, name, say=say, me=self._me, now=now, lines=self.lines(name), drafting=drafting.get(name, ()),
            drawn=self._lines[name],
        )  # fmt: skip
        return made | {"told": self._told(desk, name, say, now)}

    def _undoable(self, desk: Desk, say: Words, now: int) -> list[dict[str, Any]]:
        """Return the latest deeds that may be undone; the latest own one also where others did many since."""
        every = self._watch.undo.latest(now=now)
        latest = next((done for done in every if done.by in {"", self._me}), None)
        shown = every[:UNDONE] + [done for done in every[UNDONE:] if done is latest]
        return [_undo(desk, done, say, now, me=self._me) for done in shown]

    def _told(self, desk: Desk, name: str, say: Words, now: int) -> str:
        """Say of one that is closed what is to be told: who drafts in it may not have seen it happen."""
        return self._closings.told(cards.conversation_card(desk, name), say=say, now=now) if self._closings else ""

    def found(self, desk: Desk, names: Iterable[str], *, say: Words, now: int) -> dict[str, dict[str, Any]]:
        """Return rows of conversations that a search found, open and closed; also as what one goes ``on``."""
        found = {name: self._row(self._card(desk, name), say, now, {}) for name in names}
        return {
            name: one | {"on": desk.goes_on_as(name)} if name in desk.going_on else one for name, one in found.items()
        }


def _undo(desk: Desk, done: Done, say: Words, now: int, *, me: str) -> dict[str, Any]:
    """Return what may be undone: its identity, what it was and for whom, by whom (``own``: by oneself) and when."""
    about = customer(desk, done.facts[0].conversation, say)
    what = wording.done(desk, done.facts[0], say=say, now=now)
    if (more := len({fact.conversation for fact in done.facts}) - 1) > 0:
        about = say("{customer} and {n} more", customer=about, n=more)
    text = say("{what} ({customer})", what=what, customer=about)
    who, is_own = say.agent(desk, done.by), done.by in {"", me}
    return {"undo": done.act, "text": text, "by": who, "own": is_own, "at": say.time(done.at, now=now)}


def customer(desk: Desk, name: str, say: Words) -> str:
    """Return what the customer of a conversation is called, in short."""
    known, called = customer_of(desk, name)
    return shortened(say.named(called, known), _NAME)


def sentences(
    desk: Desk, decisions: Iterable[Decision], *, say: Words, own: Iterable[str] = ()
) -> list[dict[str, str]]:
    """Say what the desk decided, with the customer's name where it concerns a conversation not one's own."""
    found = []
    mine = set(own)
    for decision in decisions:
        name = getattr(decision, "conversation", "")
        is_known = desk.conversations.find(name) >= 0
        is_plain = name in mine and not isinstance(decision, Refused)
        about = customer(desk, name, say) if is_known and not is_plain else ""
        line = {"about": about, "text": say.personal(explain(desk, decision, say=say.translate))}
        found.append(line | ({"kind": "mode"} if isinstance(decision, PeakChanged) else {}))
    return found
