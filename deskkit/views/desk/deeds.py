"""What a browser asks for, as facts: one deed for one conversation or for many.

Facts come without time, identity and author: whoever gives them to the driver stamps them. Nothing from a browser is
believed: names, numbers and texts are looked at here, and what is wrong is said in words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec

from deskkit.desk import cards
from deskkit.desk import columns as k
from deskkit.desk import events as e
from deskkit.desk.checks import TOPICS
from deskkit.desk.events import FACETS, LEVELS
from deskkit.desk.resting import glance
from deskkit.errors import DeskkitError
from deskkit.live.served import NEW
from deskkit.text import clean, visible
from deskkit.views.desk.whom import is_called
from deskkit.views.door import Name  # noqa: TC001 -- msgspec reads it when it first converts

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from deskkit.desk.cards import ConversationCard
    from deskkit.desk.desk import Desk
    from deskkit.views.words import Words

__all__ = ["DO", "MANY", "WrongError", "gone_on", "is_supervisor", "listener", "planned"]

MANY: Final = 500  # conversations of one deed
LONGEST: Final = 10_000  # characters of a text
LONGEST_TAG: Final = 64
_LOOKS: Final = 0.5  # as long as half a look into the log takes to make a fact of a card
_PERSON: Final = 0.05  # and a twentieth to read who somebody is
_FREEING: Final = frozenset({"handled", "archive", "snooze"})  # deeds that give agents room
LONGEST_SNOOZE_MS: Final = 90 * 86_400_000
LONGEST_PAUSE_MS: Final = 86_400_000


class WrongError(DeskkitError):
    """What was asked for cannot be done, and why, in the words of the view."""


class Asked(msgspec.Struct, frozen=True):
    """A deed as a browser asks for it."""

    do: Name
    ids: Annotated[list[Name], msgspec.Meta(max_length=10_000)] = []
    presence: Name = ""
    on: bool = False
    text: str = ""
    pinned: bool = False
    sure: bool = False
    old: bool = False  # it was asked for long ago: only what became of it is told
    saw: int | None = None  # of a text: the last line that was there when it was begun
    to: Name = ""
    ms: int = 0
    facet: Name = ""
    tag: Annotated[str, msgspec.Meta(max_length=LONGEST)] = ""
    level: int = -1
    agent: Name = ""
    group: Name = ""
    customer: str = ""
    number: int = -1  # of a customer that was chosen among those of `deskkit.views.desk.whom`
    event: Name = ""


class Hand(msgspec.Struct, frozen=True):
    """Whose hand it is, at which desk, when (ms), in which words, under which identity of the deed."""

    desk: Desk
    me: str
    now: int
    say: Words
    act: str


def planned(asked: dict[str, Any], hand: Hand) -> Generator[float, None, list[e.Fact]]:
    """Return the facts of a deed, in the order of the conversations it is for; rest after each.

    Parameters
    ----------
    asked : dict
        As it came from the browser.
    hand : Hand

    Yields
    ------
    float
        See `deskkit.views.desk.working`.

    Returns
    -------
    list of Fact

    Raises
    ------
    WrongError
        It is no deed, or cannot be done; nothing is done for any of the conversations.
    """
    say = hand.say
    try:
        deed = msgspec.convert(asked, Asked)
    except (msgspec.ValidationError, UnicodeEncodeError) as error:  # the latter of half characters
        raise WrongError(say("This is no action: {problem}", problem=str(error))) from error
    if deed.do == "new":
        return (yield from _begin(deed, hand))
    if (of_desk := OF_DESK.get(deed.do)) is not None:
        return of_desk(deed, hand)
    do = DO.get(deed.do)
    if do is None:
        raise WrongError(say("This is no action: {problem}", problem=deed.do[:LONGEST_TAG]))
    names = [name for name in dict.fromkeys(deed.ids) if hand.desk.conversations.find(name) >= 0]
    if not names or len(names) > MANY:
        raise WrongError(say("Choose 1 to {n} conversations first", n=MANY))
    gone = gone_on(asked, hand.desk)
    names = [name for name in names if name not in gone]
    if not names:
        raise WrongError(say("The customer wrote again since: it goes on as a new conversation, do this there"))
    if deed.do in _FREEING:  # who waits goes first: else the desk would give them to whoever gets room by the others
        rows = hand.desk.state.conversation
        names.sort(key=lambda name: glance(rows, hand.desk.exactly(name), k.STAGE) != k.WAITING)
    facts = []
    for name in names:
        facts.append(do(cards.conversation_card(hand.desk, name), deed, hand))
        yield _LOOKS
    return facts


def gone_on(asked: dict[str, Any], desk: Desk) -> list[str]:
    """Return the conversations a deed is asked for that go on under another name: it leaves them out."""
    names = asked.get("ids", ()) if asked.get("do") in DO else ()
    return list(dict.fromkeys(name for name in names if name in desk.going_on))


# ---------------------------------------------------------------- texts


def _text(deed: Asked, say: Words) -> str:
    text = _short(deed.text, say)
    if not text:
        raise WrongError(say("Write something first"))
    return text


def _short(text: str, say: Words) -> str:
    """Return a text as it is stored; one that is too long is not even looked at."""
    if len(text) > LONGEST:
        raise WrongError(say("A text may have {n} characters; this one has {length}", n=LONGEST, length=len(text)))
    return clean(text).strip()


def _reply(card: ConversationCard, deed: Asked, hand: Hand) -> e.Fact:
    if not hand.desk.acts:
        raise WrongError(
            hand.say("Not sent: this log's feed cannot send while the desk only watches; the text is kept")
        )
    message = f"{hand.act}/{card.name}"
    return e.AgentWrote(at=0, conversation=card.name, agent=hand.me, message=message, text=_text(deed, hand.say))


def _note(card: ConversationCard, deed: Asked, hand: Hand) -> e.Fact:
    text = _text(deed, hand.say)
    return e.NoteWritten(at=0, conversation=card.name, agent=hand.me, text=text, pinned=deed.pinned)


def listener(card: ConversationCard, me: str) -> str:
    """Return to whom a whisper goes if nobody is named: to the owner, else a helper, and never to oneself."""
    return next((one for one in (card.owner, *card.helpers) if one and one != me), "")


def _whisper(card: ConversationCard, deed: Asked, hand: Hand) -> e.Fact:
    to = deed.to or listener(card, hand.me)
    if not to:
        raise WrongError(hand.say("Nobody else has this conversation: write a note instead of a whisper"))
    text = _text(deed, hand.say)
    return e.NoteWritten(at=0, conversation=card.name, agent=hand.me, text=text, to=_agent(to, hand))


# ---------------------------------------------------------------- stage, tags, level


def _snooze(card: ConversationCard, deed: Asked, hand: Hand) -> e.Fact:
    if not 0 < deed.ms <= LONGEST_SNOOZE_MS:
        raise WrongError(hand.say("A snooze lasts up to {span}", span=hand.say.span(LONGEST_SNOOZE_MS)))
    return e.Snoozed(at=0, conversation=card.name, until=hand.now + deed.ms)


def _tag(card: ConversationCard, deed: Asked, hand: Hand) -> e.Fact:
    facet, name = _known_tag(deed, hand)
    return e.TagSet(at=0, conversation=card.name, facet=facet, tag=name)


def _untag(card: ConversationCard, deed: Asked, hand: Hand) -> e.Fact:
    """Take off the tag that is shown by this name: a browser knows it with numbers masked."""
    for tag in card.tags:
        if tag.facet == deed.facet and deed.tag in {tag.name, visible(hand.say.personal(tag.name))}:
            return e.TagSet(at=0, conversation=card.name, facet=tag.facet, tag=tag.name, on=False)
    raise WrongError(hand.say("This conversation has no such tag any more"))


def _known_tag(deed: Asked, hand: Hand) -> tuple[str, str]:
    """Return facet and spelling by which the rules know a tag; the facet chosen where that leaves a doubt."""
    name = " ".join(clean(deed.tag[:LONGEST]).split())
    if not name or len(name) > LONGEST_TAG:
        raise WrongError(hand.say("Write a tag first, of at most {n} characters", n=LONGEST_TAG))
    if visible(name) != name:
        raise WrongError(hand.say("Write a tag without hidden characters"))
    if deed.facet not in FACETS:
        raise WrongError(hand.say("Choose a facet first"))
    name = next((facet.renamed[name] for facet in hand.desk.policy.schema.facets if name in facet.renamed), name)
    if any(name in facet.retired for facet in hand.desk.policy.schema.facets):
        raise WrongError(hand.say("This tag is retired: choose another one"))
    facets = sorted(hand.desk.policy.schema.facets, key=lambda facet: facet.name != deed.facet)
    known = [(facet.name, tag) for facet in facets for tag in facet.tags if tag.casefold() == name.casefold()]
    if known and (known[0][0] == deed.facet or len(known) == 1):
        return known[0]
    return deed.facet, name


def _priority(card: ConversationCard, deed: Asked, hand: Hand) -> e.Fact:
    if not -1 <= deed.level < len(LEVELS):
        raise WrongError(hand.say("Choose a level first"))
    return e.PrioritySet(at=0, conversation=card.name, level=deed.level)


# ---------------------------------------------------------------- people


def _assign(card: ConversationCard, deed: Asked, hand: Hand) -> e.Fact:
    return e.OwnerSet(at=0, conversation=card.name, agent=_agent(deed.agent, hand) if deed.agent else "")


def _move(card: ConversationCard, deed: Asked, hand: Hand) -> e.Fact:
    if deed.group not in {group.name for group in hand.desk.policy.schema.groups}:
        raise WrongError(hand.say("Choose a group first"))
    return e.GroupSet(at=0, conversation=card.name, group=deed.group)


def _help(card: ConversationCard, deed: Asked, hand: Hand) -> e.Fact:
    return e.HelperSet(at=0, conversation=card.name, agent=_agent(deed.agent, hand))


def _release(card: ConversationCard, deed: Asked, hand: Hand) -> e.Fact:
    return e.HelperSet(at=0, conversation=card.name, agent=_agent(deed.agent, hand), on=False)


def _agent(name: str, hand: Hand) -> str:
    if name not in hand.desk.profiles:
        raise WrongError(hand.say("Choose an agent first"))
    return name


# ---------------------------------------------------------------- the desk itself


def _be(deed: Asked, hand: Hand) -> list[e.Fact]:
    if deed.presence not in cards.PRESENCE:
        raise WrongError(hand.say("Choose a presence first"))
    return [e.PresenceSet(at=0, agent=_agent(deed.agent, hand), presence=deed.presence)]


def _peak(deed: Asked, hand: Hand) -> list[e.Fact]:
    del hand
    return [e.PeakSet(at=0, on=deed.on)]


def is_supervisor(desk: Desk, me: str) -> bool:
    """Say whether somebody may change how the desk works: a supervisor, or who is none of its agents."""
    profile = desk.profiles.get(me)
    return profile is None or profile.role == "supervisor"


def _pause(deed: Asked, hand: Hand) -> list[e.Fact]:
    """Pause the ladder of an event and level for a while, or resume it."""
    if not is_supervisor(hand.desk, hand.me):
        raise WrongError(hand.say("Only a supervisor can pause a rule"))
    if deed.event not in TOPICS or not 0 <= deed.level < len(LEVELS):
        raise WrongError(hand.say("Choose a rule first"))
    if not 0 <= deed.ms <= LONGEST_PAUSE_MS:
        raise WrongError(hand.say("A pause lasts up to {span}", span=hand.say.span(LONGEST_PAUSE_MS)))
    return [
        e.NoticesPaused(at=0, event=deed.event, level=deed.level, until=hand.now + deed.ms if deed.ms else 0)
    ]  # fmt: skip


def _begin(deed: Asked, hand: Hand) -> Generator[float, None, list[e.Fact]]:
    """Begin a conversation with a customer found by id or whole name, or with a new one, and perhaps say something."""
    say, desk, asked = hand.say, hand.desk, clean(deed.customer[:LONGEST]).strip()
    if not asked or len(asked) > LONGEST_TAG:
        raise WrongError(say("Write a customer first, of at most {n} characters", n=LONGEST_TAG))
    if hand.me not in desk.profiles:
        raise WrongError(say("Only an agent of this desk can begin a conversation"))
    if not desk.acts:
        raise WrongError(say("Not begun: the desk only watches, and opens nothing"))
    text = _short(deed.text, say)
    found = [_chosen(deed, hand)] if deed.number >= 0 else (yield from _customers(desk, asked))
    if len(found) > 1:
        raise WrongError(
            say("{n} customers are called {name}: choose one, or write the number", n=len(found), name=asked)
        )
    new = NEW + hand.act
    customer = found[0] if found else new
    groups = desk.profiles[hand.me].groups
    facts: list[e.Fact] = [] if found else [e.CustomerSet(at=0, customer=customer, name=asked)]
    facts.append(
        e.ConversationOpened(
            at=0, conversation=new, customer=customer, group=groups[0] if groups else "", origin="agent", agent=hand.me,
        )
    )  # fmt: skip
    if text:
        facts.append(e.AgentWrote(at=0, conversation=new, agent=hand.me, message=f"{new}/1", text=text))
    return facts


def _chosen(deed: Asked, hand: Hand) -> str:
    """Return the customer of a number, if that is the one that was shown to who chose it."""
    if is_called(hand.desk, deed.number, deed.customer, hand.say):
        return hand.desk.customers[deed.number]
    raise WrongError(hand.say("This customer is called otherwise by now: choose again"))


def _customers(desk: Desk, asked: str) -> Generator[float, None, list[str]]:
    """Return the customer of this id, else all of this name, else of both; rest after each, who may have to be read."""
    if desk.customers.find(asked) >= 0:
        return [asked]
    found = []
    for customer, person in desk.people.items():
        if person.name.casefold() == asked.casefold():
            found.append(customer)
        yield _PERSON
    return found or _by_both(desk, asked)


def _by_both(desk: Desk, asked: str) -> list[str]:
    """Return the customers of a name and an id, in either order."""
    words, found = asked.split(), dict[str, None]()
    for place, customer in enumerate(words):
        person, name = desk.people.get(customer), " ".join([*words[:place], *words[place + 1 :]])
        if person is not None and name and " ".join(person.name.split()).casefold() == name.casefold():
            found[customer] = None
    return list(found)


def _plain(kind: type[e.ConversationFact]) -> Callable[[ConversationCard, Asked, Hand], e.Fact]:
    return lambda card, _deed, _hand: kind(at=0, conversation=card.name)


DO: Final[dict[str, Callable[[ConversationCard, Asked, Hand], e.Fact]]] = {
    "reply": _reply,
    "note": _note,
    "whisper": _whisper,
    "handled": _plain(e.Resolved),
    "reopen": _plain(e.Reopened),
    "archive": _plain(e.Archived),
    "unarchive": _plain(e.Unarchived),
    "snooze": _snooze,
    "tag": _tag,
    "untag": _untag,
    "priority": _priority,
    "assign": _assign,
    "group": _move,
    "help": _help,
    "release": _release,
}
OF_DESK: Final[dict[str, Callable[[Asked, Hand], list[e.Fact]]]] = {
    "presence": _be,
    "peak": _peak,
    "pause": _pause,
}
