"""What a browser asks for, as facts: one deed for one conversation or for many.

Nothing from a browser is believed: names, numbers and texts are looked at here, and what is wrong is said in words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from deskkit.desk import cards
from deskkit.desk.events import FACETS, LEVELS
from deskkit.errors import DeskkitError
from deskkit.text import clean, visible
from deskkit.views import actions

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskkit.desk.cards import ConversationCard
    from deskkit.desk.desk import Desk
    from deskkit.views.actions import Deed
    from deskkit.views.words import Words

__all__ = ["DO", "MANY", "WrongError", "planned"]

MANY: Final = 500  # conversations of one deed
LONGEST: Final = 10_000  # characters of a text
LONGEST_TAG: Final = 64
LONGEST_SNOOZE_MS: Final = 90 * 86_400_000


class WrongError(DeskkitError):
    """What was asked for cannot be done, and why, in the words of the view."""


class Asked(msgspec.Struct, frozen=True):
    """A deed as a browser asks for it."""

    do: str
    ids: list[str] = []
    presence: str = ""
    on: bool = False
    text: str = ""
    pinned: bool = False
    sure: bool = False
    to: str = ""
    ms: int = 0
    facet: str = ""
    tag: str = ""
    level: int = -1
    agent: str = ""
    group: str = ""
    customer: str = ""


class Hand(msgspec.Struct, frozen=True):
    """Whose hand it is, at which desk, when (ms), in which words, under which identity of the deed."""

    desk: Desk
    me: str
    now: int
    say: Words
    act: str


def planned(asked: dict[str, Any], hand: Hand) -> list[Deed]:
    """Return what is to be done, one deed for each conversation.

    Parameters
    ----------
    asked : dict
        As it came from the browser.
    hand : Hand

    Returns
    -------
    list of Deed

    Raises
    ------
    WrongError
        It is no deed, or cannot be done; nothing is done for any of the conversations.
    """
    say = hand.say
    try:
        deed = msgspec.convert(asked, Asked)
    except msgspec.ValidationError as error:
        raise WrongError(say("This is no action: {problem}", problem=str(error))) from error
    if (of_desk := OF_DESK.get(deed.do)) is not None:
        return [of_desk(deed, hand)]
    do = DO.get(deed.do)
    if do is None:
        raise WrongError(say("This is no action: {problem}", problem=deed.do[:LONGEST_TAG]))
    names = [name for name in dict.fromkeys(deed.ids) if hand.desk.conversations.find(name) >= 0]
    if not names or len(names) > MANY:
        raise WrongError(say("Choose 1 to {n} conversations first", n=MANY))
    return [do(cards.conversation_card(hand.desk, name), deed, hand) for name in names]


def _text(deed: Asked, say: Words) -> str:
    text = clean(deed.text).strip()
    if not text:
        raise WrongError(say("Write something first"))
    if len(text) > LONGEST:
        raise WrongError(say("A text may have {n} characters; this one has {length}", n=LONGEST, length=len(text)))
    return text


def _reply(card: ConversationCard, deed: Asked, hand: Hand) -> Deed:
    if not hand.desk.acts:
        raise WrongError(
            hand.say("Not sent: this log's feed cannot send while the desk only watches; the text is kept")
        )
    text = _text(deed, hand.say)
    return actions.reply(card.name, me=hand.me, text=text, message=f"{hand.act}/{card.name}")


def _note(card: ConversationCard, deed: Asked, hand: Hand) -> Deed:
    return actions.note(card.name, me=hand.me, text=_text(deed, hand.say), pinned=deed.pinned)


def _whisper(card: ConversationCard, deed: Asked, hand: Hand) -> Deed:
    to = deed.to or card.owner
    if not to:
        raise WrongError(hand.say("Nobody has this conversation: write a note instead of a whisper"))
    return actions.whisper(card.name, me=hand.me, text=_text(deed, hand.say), to=_agent(to, hand))


def _snooze(card: ConversationCard, deed: Asked, hand: Hand) -> Deed:
    if not 0 < deed.ms <= LONGEST_SNOOZE_MS:
        raise WrongError(hand.say("A snooze lasts up to {span}", span=hand.say.span(LONGEST_SNOOZE_MS)))
    return actions.snooze(card, until=hand.now + deed.ms)


def _tag(card: ConversationCard, deed: Asked, hand: Hand) -> Deed:
    facet, name = _known_tag(deed, hand)
    return actions.tag(card, facet=facet, name=name)


def _untag(card: ConversationCard, deed: Asked, hand: Hand) -> Deed:
    """Take off the tag that is shown by this name: a browser knows it with numbers masked."""
    for tag in card.tags:
        if tag.facet == deed.facet and deed.tag in {tag.name, visible(hand.say.personal(tag.name))}:
            return actions.untag(card, facet=tag.facet, name=tag.name)
    raise WrongError(hand.say("This conversation has no such tag any more"))


def _known_tag(deed: Asked, hand: Hand) -> tuple[str, str]:
    """Return facet and spelling by which the rules know a tag; the facet chosen where that leaves a doubt."""
    name = clean(deed.tag).strip()
    if not name or len(name) > LONGEST_TAG:
        raise WrongError(hand.say("Write a tag first, of at most {n} characters", n=LONGEST_TAG))
    if deed.facet not in FACETS:
        raise WrongError(hand.say("Choose a facet first"))
    facets = sorted(hand.desk.policy.schema.facets, key=lambda facet: facet.name != deed.facet)
    known = [(facet.name, tag) for facet in facets for tag in facet.tags if tag.casefold() == name.casefold()]
    if known and (known[0][0] == deed.facet or len(known) == 1):
        return known[0]
    return deed.facet, name


def _priority(card: ConversationCard, deed: Asked, hand: Hand) -> Deed:
    if not -1 <= deed.level < len(LEVELS):
        raise WrongError(hand.say("Choose a level first"))
    return actions.set_priority(card, level=deed.level)


def _assign(card: ConversationCard, deed: Asked, hand: Hand) -> Deed:
    return actions.assign(card, agent=_agent(deed.agent, hand) if deed.agent else "")


def _move(card: ConversationCard, deed: Asked, hand: Hand) -> Deed:
    if deed.group not in {group.name for group in hand.desk.policy.schema.groups}:
        raise WrongError(hand.say("Choose a group first"))
    return actions.move(card, group=deed.group)


def _help(card: ConversationCard, deed: Asked, hand: Hand) -> Deed:
    return actions.invite(card, agent=_agent(deed.agent, hand))


def _release(card: ConversationCard, deed: Asked, hand: Hand) -> Deed:
    return actions.release(card, agent=_agent(deed.agent, hand))


def _agent(name: str, hand: Hand) -> str:
    if name not in hand.desk.profiles:
        raise WrongError(hand.say("Choose an agent first"))
    return name


def _be(deed: Asked, hand: Hand) -> Deed:
    if deed.presence not in cards.PRESENCE:
        raise WrongError(hand.say("Choose a presence first"))
    return actions.be(_agent(deed.agent, hand), presence=deed.presence)


def _peak(deed: Asked, hand: Hand) -> Deed:
    del hand
    return actions.peak(on=deed.on)


def _begin(deed: Asked, hand: Hand) -> Deed:
    """Begin a conversation with a customer found by id or whole name, or with a new one."""
    say, desk, asked = hand.say, hand.desk, clean(deed.customer).strip()
    if not asked or len(asked) > LONGEST_TAG:
        raise WrongError(say("Write a customer first, of at most {n} characters", n=LONGEST_TAG))
    if hand.me not in desk.profiles:
        raise WrongError(say("Only an agent of this desk can begin a conversation"))
    if not desk.acts:
        raise WrongError(say("Not begun: the desk only watches, and opens nothing"))
    text = clean(deed.text).strip()[:LONGEST]
    found = [asked] if asked in desk.people or desk.customers.find(asked) >= 0 else [
        one for one, person in desk.people.items() if person.name.casefold() == asked.casefold()
    ]  # fmt: skip
    if len(found) > 1:
        raise WrongError(say("{n} customers are called {name}: write the customer's number", n=len(found), name=asked))
    groups = desk.profiles[hand.me].groups
    return actions.begin(
        found[0] if found else f"new-{hand.act}", name="" if found else asked, me=hand.me,
        group=groups[0] if groups else "", conversation=f"new-{hand.act}", text=text,
    )  # fmt: skip


def _plain(do: Callable[[ConversationCard], Deed]) -> Callable[[ConversationCard, Asked, Hand], Deed]:
    return lambda card, _deed, _hand: do(card)


DO: Final[dict[str, Callable[[ConversationCard, Asked, Hand], Deed]]] = {
    "reply": _reply,
    "note": _note,
    "whisper": _whisper,
    "handled": _plain(actions.handle),
    "reopen": _plain(actions.reopen),
    "archive": _plain(actions.archive),
    "unarchive": _plain(actions.unarchive),
    "snooze": _snooze,
    "tag": _tag,
    "untag": _untag,
    "priority": _priority,
    "assign": _assign,
    "group": _move,
    "help": _help,
    "release": _release,
}
OF_DESK: Final[dict[str, Callable[[Asked, Hand], Deed]]] = {"presence": _be, "peak": _peak, "new": _begin}
