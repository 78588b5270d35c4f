"""The list on the left: every open conversation, the most urgent first, filters, and the search over all.

One widget holds all rows, as plain text: sixty or a thousand rows cost one message. The list tells who was
chosen; it opens nothing and writes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import ipywidgets
import msgspec

from deskkit.desk import cards
from deskkit.desk.events import LEVELS
from deskkit.desk.finding import LIMIT
from deskkit.views.markup import markup, row_colours, show, shown
from deskkit.views.words import columns, isolated, shortened, waiting_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deskkit.desk.cards import ConversationCard
    from deskkit.desk.desk import Desk
    from deskkit.desk.finding import Index
    from deskkit.views.words import Words

__all__ = ["Filters", "Listing", "row"]

_ROWS: Final = 24
_NAME: Final = 16  # half columns
_QUERY: Final = 40  # half columns
_ANY: Final = -1


class Filters(msgspec.Struct, frozen=True):
    """What the list is narrowed to; an empty text and -1 narrow nothing.

    Examples
    --------
    >>> Filters(group="vip").level
    -1
    """

    group: str = ""
    level: int = -1
    stage: str = ""
    agent: str = ""

    def let_through(self, card: ConversationCard) -> bool:
        """Tell whether a conversation stays in the list."""
        return (
            self.group in {"", card.group}
            and self.level in {-1, card.level}
            and self.stage in {"", card.stage}
            and self.agent in {"", card.owner}
        )


def row(desk: Desk, card: ConversationCard, *, say: Words, now: int) -> str:
    """Return a conversation as one line of plain text: level, wait, customer, unread, where it is and why.

    Of one that is closed: since when, instead of the wait.
    """
    wait = "" if card.unanswered_since is None else waiting_clock(now - card.unanswered_since)
    name = isolated(shortened(say.customer(card), _NAME))
    if card.unread and card.closed_at is None:
        name = f"{name} ({card.unread})"
    place = say.agent(desk, card.owner) if card.owner else say.group(desk, card.group)
    if card.closed_at is not None:
        place = f"{say.stage(card.stage)} {say.time(card.closed_at, now=now)} · {place}"
    elif card.stage != "assigned":
        place = f"{say.stage(card.stage)} · {place}"
    reason = "" if card.closed_at is not None else _reason(card, say)
    return f"{columns(card.level, '' if card.closed_at is not None else wait)}   {name} · {isolated(place)}{reason}"


def _reason(card: ConversationCard, say: Words) -> str:
    """Say in short why a conversation stands where it stands."""
    reasons = [say("overdue")] if card.overdue else []
    reasons += [say("by hand")] if card.by_hand else [card.why] if card.why else []
    return "".join(f" · {isolated(reason)}" for reason in reasons)


class Listing:
    """The widgets of the list.

    Parameters
    ----------
    say : Words
    view : int
        Number of the view, for its styles.
    on_open : callable
        Told the name of a conversation that was chosen.
    on_change : callable
        Told that filters or search changed, so that the list is to be drawn.
    """

    def __init__(self, *, say: Words, view: int, on_open: Callable[[str], None], on_change: Callable[[], None]) -> None:
        self._say = say
        self._view = view
        self._on_open = on_open
        self._on_change = on_change
        self._quiet = False
        self.search = ipywidgets.Text(
            description=say("Search"),
            placeholder=say("Customer, message, tag, agent, number"),
        )
        self.group = ipywidgets.Dropdown(description=say("Group"))
        self.level = ipywidgets.Dropdown(description=say("Level"))
        self.stage = ipywidgets.Dropdown(description=say("Stage"))
        self.agent = ipywidgets.Dropdown(description=say("Agent"))
        self.rows = ipywidgets.Select(description=say("List of conversations"), rows=_ROWS)
        self.rows.add_class("dk-list")
        self._caption = shown(markup(""))
        self._colours = shown(markup(""))
        filters = ipywidgets.Box([self.group, self.level, self.stage, self.agent])
        filters.add_class("dk-filters")
        self._colours.add_class("dk-hidden")
        self.widget = ipywidgets.VBox([self.search, filters, self._caption, self.rows, self._colours])
        self.widget.add_class("dk-left")
        for part in (self.search, self.group, self.level, self.stage, self.agent):
            part.observe(self._changed, names="value")
        self.rows.observe(self._chosen, names="value")

    def _changed(self, _change: dict[str, Any]) -> None:
        if not self._quiet:
            self._on_change()

    def _chosen(self, change: dict[str, Any]) -> None:
        if not self._quiet and change["new"] is not None:
            self._on_open(change["new"])

    @property
    def filters(self) -> Filters:
        """What the list is narrowed to now."""
        return Filters(
            group=self.group.value or "",
            level=_ANY if self.level.value is None else self.level.value,
            stage=self.stage.value or "",
            agent=self.agent.value or "",
        )

    def draw(
        self, desk: Desk, every: Sequence[ConversationCard], *, index: Index, selected: str | None, now: int
    ) -> None:
        """Draw the open conversations, or what the search finds among all, narrowed by the filters.

        Parameters
        ----------
        desk : Desk
        every : sequence of ConversationCard
            The open conversations, most urgent first.
        index : Index
        selected : str or None
            The conversation in the tab that is in front.
        now : int
            The instant up to which waits are counted, milliseconds.
        """
        say, query = self._say, self.search.value.strip()
        shown = say.personal(query)  # the search itself looks at what was written
        self._quiet = True
        try:
            self._offer(desk, every)
            chosen: Sequence[ConversationCard] = every
            found = index.all(query)
            if query:
                chosen = [cards.conversation_card(desk, name) for name in found[:LIMIT]]
            chosen = [card for card in chosen if self.filters.let_through(card)]
            self._fill(desk, chosen, selected, now)
        finally:
            self._quiet = False
        query = shortened(query, _QUERY)
        if query and len(found) > LIMIT:
            text = say(
                "{n} of the newest {limit}; {all} found for “{query}”, open and closed",
                n=len(chosen), limit=LIMIT, all=len(found), query=shown,
            )  # fmt: skip
        elif query:
            text = say("{n} found for “{query}”, open and closed, newest first", n=len(chosen), query=shown)
        else:
            text = say("{n} of {all} open, most urgent first", n=len(chosen), all=len(every))
        legend = say(
            "level (U urgent, H high, N normal, L low), wait in min:s, customer (unread), who has it, why; "
            "on a tab: level and unread, as in U+3"
        )
        show(
            self._caption,
            markup("<div class='dk-caption'>{text}<br>{legend}</div>", text=text, legend=legend),
        )

    def _fill(self, desk: Desk, chosen: Sequence[ConversationCard], selected: str | None, now: int) -> None:
        options = [(row(desk, card, say=self._say, now=now), card.name) for card in chosen]
        with self.rows.hold_sync():
            if tuple(options) != tuple(self.rows.options):
                self.rows.options = options
            names = [card.name for card in chosen]
            self.rows.index = names.index(selected) if selected in names else None
        levels = [card.level if card.closed_at is None else -1 for card in chosen]
        show(self._colours, row_colours(levels, view=self._view))

    def _offer(self, desk: Desk, every: Sequence[ConversationCard]) -> None:
        """Offer in the filters what there is, with how many each has; what was chosen stays chosen."""
        say = self._say

        def counted(label: str, number: int) -> str:
            return f"{isolated(label)} ({number})"

        groups = sorted({card.group for card in every})
        owners = sorted({card.owner for card in every if card.owner})
        offers: list[tuple[Any, list[tuple[str, Any]]]] = [
            (self.group, [(say.group(desk, name), name) for name in groups]),
            (self.level, [(say.level_title(level), level) for level in reversed(range(len(LEVELS)))]),
            (self.stage, [(say.stage(stage), stage) for stage in ("waiting", "assigned", "snoozed")]),
            (self.agent, [(say.agent(desk, name), name) for name in owners]),
        ]
        for (part, choices), field in zip(offers, ("group", "level", "stage", "owner"), strict=True):
            having = [getattr(card, field) for card in every]
            nothing: Any = _ANY if part is self.level else ""
            options = [(say("all"), nothing)]
            options += [(counted(label, having.count(value)), value) for label, value in choices]
            if tuple(options) == tuple(part.options):
                continue
            before = part.value
            part.options = options
            part.value = before if before in [value for _label, value in options] else nothing
