"""One conversation open as a tab: what is known of it, and the widgets of what a hand may do.

The panel draws cards and turns a press of a button into a deed, which it hands on; it writes to no log. A
draft stays in its panel as long as the tab is open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import ipywidgets

from deskkit.desk import cards
from deskkit.desk.events import FACETS, LEVELS
from deskkit.text import clean
from deskkit.views import actions, drawing
from deskkit.views.markup import markup, show, shown
from deskkit.views.words import isolated, level_letter, shortened

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskkit.desk.cards import ConversationCard
    from deskkit.desk.desk import Desk
    from deskkit.views.actions import Deed
    from deskkit.views.words import Words

__all__ = ["Panel"]

_TEN_MINUTES, _HOUR = 600_000, 3_600_000
_TITLE: Final = 10  # half columns
_LONGEST_TAG: Final = 64  # characters
_BY_RULE: Final = -1
_NOBODY: Final = ("", "")


class Panel:
    """A conversation's tab.

    Parameters
    ----------
    name : str
        The conversation.
    say : Words
    me : str
        The agent who looks.
    on_deed : callable
        Takes a deed and says whether it was accepted.
    on_open, on_close : callable
        Told the name of another conversation to open; that this one is to be closed.
    on_hint : callable
        Told in words what is missing before something can be done.
    """

    def __init__(
        self,
        name: str,
        *,
        say: Words,
        me: str,
        on_deed: Callable[[Deed], bool],
        on_open: Callable[[str], None],
        on_close: Callable[[str], None],
        on_hint: Callable[[str], None],
    ) -> None:
        self.name = name
        self._say, self._me = say, me
        self._on_deed, self._on_open, self._on_close, self._hint = on_deed, on_open, on_close, on_hint
        self._quiet = False
        self._card: ConversationCard | None = None
        self._now = 0
        self._head, self._recap, self._thread, self._customer = (shown(markup("")) for _ in range(4))
        self._make_hands()
        self._make_talk()
        self._make_side()
        body = ipywidgets.HBox([self._talk, self._side])
        body.add_class("dk-panel")
        self.widget = ipywidgets.VBox([self._head, self._hands, body])

    # ------------------------------------------------------------ making

    def _button(self, text: str, press: Callable[[], Any], *, icon: str = "", style: str = "") -> ipywidgets.Button:
        button = ipywidgets.Button(description=text, tooltip=text, icon=icon, button_style=style)
        button.on_click(lambda _button: press())
        return button

    def _make_hands(self) -> None:
        say = self._say
        self.handled = self._button(say("Mark handled"), self._handle, icon="check", style="primary")
        self.archive = self._button(say("Archive"), lambda: self._do(actions.archive(self.card)), icon="archive")
        self.snooze = self._button(
            say("Snooze {span}", span=say.span(_TEN_MINUTES)),
            lambda: self._snooze(_TEN_MINUTES),
            icon="clock-o",
        )
        self.snooze_long = self._button(
            say("Snooze {span}", span=say.span(_HOUR)), lambda: self._snooze(_HOUR), icon="clock-o"
        )
        self.reopen = self._button(say("Reopen"), lambda: self._do(actions.reopen(self.card)), icon="undo")
        self.close = self._button(say("Close tab"), lambda: self._on_close(self.name), icon="times")
        hands = [self.handled, self.reopen, self.snooze, self.snooze_long, self.archive, self.close]
        self._hands = ipywidgets.HBox(hands)
        self._hands.add_class("dk-hands")

    def _make_talk(self) -> None:
        say = self._say
        self.draft = ipywidgets.Textarea(
            description=say("Draft"), placeholder=say("Write to the customer, or a note for the team")
        )
        self.draft.add_class("dk-draft")
        self.send = self._button(say("Send"), self._reply, icon="paper-plane", style="primary")
        self.note = self._button(say("Note"), lambda: self._note(pinned=False), icon="sticky-note-o")
        self.pin = self._button(say("Pin note"), lambda: self._note(pinned=True), icon="thumb-tack")
        send = ipywidgets.HBox([self.send, self.note, self.pin])
        send.add_class("dk-send")
        self._talk = ipywidgets.VBox([self._recap, self._thread, self.draft, send])
        self._talk.add_class("dk-talk")

    def _make_side(self) -> None:
        say = self._say
        self.priority = ipywidgets.ToggleButtons(
            description=say("Priority"),
            options=[(say("By rule"), _BY_RULE), *((say.level_title(level), level) for level in range(len(LEVELS)))],
        )
        self.priority.observe(self._set_priority, names="value")
        self.to = ipywidgets.Dropdown(description=say("Assign to"))
        self.assign = self._button(say("Assign"), self._assign)
        self.facet = ipywidgets.Dropdown(
            description=say("Facet"),
            options=[(say.facet(facet), facet) for facet in FACETS],
            value=FACETS[-1],
        )
        self.facet.observe(lambda _change: self._offer_tags(), names="value")
        self.tag = ipywidgets.Combobox(description=say("Tag"), placeholder=say("tag"))
        self.add_tag = self._button(say("Add"), self._tag)
        self.worn = ipywidgets.Dropdown(description=say("Tags"))
        self.remove_tag = self._button(say("Remove"), self._untag)
        self.earlier = ipywidgets.Select(description=say("Earlier"), rows=4)
        self.earlier.add_class("dk-earlier")
        self.earlier.observe(self._open_earlier, names="value")
        self._earlier_title = _heading(say("Earlier conversations"))
        self._side = ipywidgets.VBox([
            _heading(say("Priority")), _row(self.priority),
            _heading(say("Assign")), _row(self.to, self.assign),
            _heading(say("Tags")), _row(self.facet, self.tag, self.add_tag), _row(self.worn, self.remove_tag),
            self._customer, self._earlier_title, self.earlier,
        ])  # fmt: skip
        self._side.add_class("dk-side")

    # ------------------------------------------------------------ hands

    @property
    def card(self) -> ConversationCard:
        """What was last drawn.

        Raises
        ------
        RuntimeError
            Nothing was drawn yet.
        """
        if self._card is None:
            raise RuntimeError("draw() comes first")
        return self._card

    @property
    def has_draft(self) -> bool:
        """Whether something is written and not sent."""
        return bool(self.draft.value.strip())

    def _do(self, deed: Deed) -> bool:
        return self._on_deed(deed)

    def _handle(self) -> None:
        self._do(actions.handle(self.card))

    def _snooze(self, ms: int) -> None:
        self._do(actions.snooze(self.card, until=self._now + ms))

    def _set_priority(self, change: dict[str, Any]) -> None:
        if self._quiet:
            return
        level = change["new"]
        deed = actions.clear_priority if level == _BY_RULE else None
        self._do(deed(self.card) if deed else actions.set_priority(self.card, level=level))

    def _assign(self) -> None:
        kind, name = self.to.value or _NOBODY
        if kind == "group":
            self._do(actions.move(self.card, group=name))
        elif kind == "agent":
            self._do(actions.assign(self.card, agent=name))
        else:
            self._hint(self._say("Choose first whom to assign it to"))

    def _tag(self) -> None:
        name = clean(self.tag.value).strip()
        if not name or len(name) > _LONGEST_TAG:
            self._hint(self._say("Write a tag first, of at most {n} characters", n=_LONGEST_TAG))
            return
        facet, name = self._known_tag(name)
        if self._do(actions.tag(self.card, facet=facet, name=name)):
            self.tag.value = ""

    def _known_tag(self, name: str) -> tuple[str, str]:
        """Return facet and spelling by which the rules know a tag; the facet chosen where that leaves a doubt."""
        facets = [self.facet.value, *(facet for facet in FACETS if facet != self.facet.value)]
        known = [(facet, tag) for facet in facets for tag in self._known[facet] if tag.casefold() == name.casefold()]
        if known and (known[0][0] == self.facet.value or len(known) == 1):
            return known[0]
        return self.facet.value, name

    def _untag(self) -> None:
        facet, name = self.worn.value or _NOBODY
        if facet:
            self._do(actions.untag(self.card, facet=facet, name=name))

    def _reply(self) -> None:
        text = clean(self.draft.value).strip()
        if not text:
            self._hint(self._say("Write something first"))
        elif self._do(actions.reply(self.name, me=self._me, text=text, message=uuid4().hex)):
            self.draft.value = ""

    def _note(self, *, pinned: bool) -> None:
        text = clean(self.draft.value).strip()
        if not text:
            self._hint(self._say("Write something first"))
        elif self._do(actions.note(self.name, me=self._me, text=text, pinned=pinned)):
            self.draft.value = ""

    def _open_earlier(self, change: dict[str, Any]) -> None:
        if not self._quiet and change["new"] is not None:
            self._on_open(change["new"])

    # ------------------------------------------------------------ drawing

    def title(self, card: ConversationCard) -> str:
        """Return the title of the tab: level, customer, unread; plain text."""
        unread = f"+{card.unread}" if card.unread else ""
        return f"{level_letter(card.level)}{unread} {isolated(shortened(self._say.customer(card), _TITLE))}"

    def draw(self, desk: Desk, *, now: int) -> None:
        """Draw the conversation as the desk knows it; waits are counted up to `now`, milliseconds."""
        say = self._say
        card = cards.conversation_card(desk, self.name)
        self._card, self._now = card, now
        show(self._head, drawing.head(desk, card, say=say, now=now))
        show(self._recap, drawing.recap(desk, self.name, say=say, now=now))
        show(self._thread, drawing.thread(desk, self.name, say=say))
        show(self._customer, drawing.customer(desk, card, say=say, now=now))
        self._quiet = True
        try:
            self._draw_hands(desk, card)
        finally:
            self._quiet = False

    def _draw_hands(self, desk: Desk, card: ConversationCard) -> None:
        may = cards.allowed(desk, self.name)
        for hand, widgets in {
            "handled": [self.handled],
            "archive": [self.archive],
            "reopen": [self.reopen],
            "snooze": [self.snooze, self.snooze_long],
            "assign": [self.assign, self.to],
            "reply": [self.send],
            "tag": [self.add_tag],
            "priority": [self.priority],
        }.items():
            for widget in widgets:
                widget.disabled = hand not in may
        self.priority.value = card.level if card.by_hand else _BY_RULE
        self._offer_places(desk, card)
        self._offer_tags(desk)
        self._offer_worn(card)
        self._offer_earlier(desk)

    def _offer_places(self, desk: Desk, card: ConversationCard) -> None:
        """Offer who may have it: the queue, agents who are there with their load, groups."""
        say = self._say
        options: list[tuple[str, Any]] = [(say("choose …"), _NOBODY)]
        if card.owner:
            options.append((say("→ back to the queue"), ("agent", "")))
        people = [one for one in cards.agents(desk) if one.presence != "offline" and one.agent in desk.profiles]
        for one in sorted(people, key=lambda one: (one.presence != "online", one.load / max(one.capacity, 0.001))):
            mark = f" ({say.presence(one.presence)})" if one.presence != "online" else ""
            label = say(
                "{agent} {load} of {capacity}",
                agent=say.agent(desk, one.agent),
                load=f"{one.load:g}",
                capacity=f"{one.capacity:g}",
            )
            options.append((f"{isolated(label)}{mark}", ("agent", one.agent)))
        options += [
            (say("→ group {group}", group=say.group(desk, group.name)), ("group", group.name))
            for group in desk.policy.schema.groups
        ]
        before = self.to.value
        if tuple(options) != tuple(self.to.options):
            self.to.options = options
        wanted = ("agent", card.advised) if card.advised else before
        self.to.value = wanted if wanted in [value for _label, value in options] else _NOBODY

    def _offer_tags(self, desk: Desk | None = None) -> None:
        if desk is not None:
            self._known = {facet.name: facet.tags for facet in desk.policy.schema.facets}
        self.tag.options = self._known[self.facet.value]

    def _offer_worn(self, card: ConversationCard) -> None:
        options: list[tuple[str, Any]] = [
            (isolated(self._say.personal(tag.name)), (tag.facet, tag.name)) for tag in card.tags
        ]
        self.worn.options = options or [(self._say("no tag"), _NOBODY)]
        self.worn.index = 0
        self.remove_tag.disabled = not options

    def _offer_earlier(self, desk: Desk) -> None:
        say = self._say
        options = []
        for name in cards.earlier(desk, self.name):
            card = cards.conversation_card(desk, name)
            label = f"{say.time(card.opened, now=self._now)} · {say.stage(card.stage)}"
            options.append((f"{label} · {isolated(say.agent(desk, card.owner) if card.owner else '–')}", name))
        with self.earlier.hold_sync():
            if tuple(options) != tuple(self.earlier.options):
                self.earlier.options = options
            self.earlier.index = None
        shows = "" if options else "none"
        self.earlier.layout.display = shows
        self._earlier_title.layout.display = shows


def _row(*parts: ipywidgets.Widget) -> ipywidgets.HBox:
    box = ipywidgets.HBox(list(parts))
    box.add_class("dk-row")
    return box


def _heading(text: str) -> ipywidgets.Widget:
    return shown(markup("<div class='dk-heading'>{text}</div>", text=text))
