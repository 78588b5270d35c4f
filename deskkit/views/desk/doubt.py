"""What is asked once before it is done: a reply in perhaps the wrong tab, work beyond a limit, an end to who waits.

Whoever is sure does it all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from deskkit.desk import cards
from deskkit.desk import columns as k
from deskkit.desk.customers import customer_of
from deskkit.desk.events import (
    AgentWrote,
    Archived,
    ConversationOpened,
    CustomerSet,
    NoticesPaused,
    Resolved,
    Snoozed,
)
from deskkit.desk.finding import long_numbers
from deskkit.desk.resting import glance
from deskkit.desk.tagging import LOOKED_AT
from deskkit.text import fold_text, visible
from deskkit.views.desk.fits import misfit
from deskkit.views.desk.giving import given_to, leaving, offline, owners_again, too_much
from deskkit.views.desk.naming import Spoken, is_usual, name_of

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from deskkit.desk.desk import Desk
    from deskkit.desk.events import Fact
    from deskkit.desk.finding import Index
    from deskkit.views.desk.deeds import Hand
    from deskkit.views.desk.naming import Name
    from deskkit.views.words import Words

__all__ = ["answered", "asked_first", "begun_already", "doubt", "left_waiting", "undone_first", "unknown"]

MOST_NUMBERS: Final = 50  # of a text that are looked for: more stand in no reply, but in a table that was put into one
_FOLDED: Final = 3_000  # characters of messages that are folded while one would look into the log once
_FEW: Final = 20  # conversations that are looked at meanwhile
_URGENT: Final = 3
_FIRST_WORDS: Final = 60  # half columns of a colleague's answer, enough to know it by


def asked_first(
    plan: Sequence[Fact], saw: int | None, hand: Hand, index: Index
) -> Generator[float, None, dict[str, str] | None]:  # fmt: skip
    """Find what is to be asked before a deed is done: of a doubtful reply, of too much work, of many ended unanswered.

    Parameters
    ----------
    plan : sequence of Fact
        Of one deed.
    saw : int, optional
        The last event that whoever replies had seen.
    hand : Hand
    index : Index
        Of the hand's desk.

    Yields
    ------
    float
        As `doubt` does.

    Returns
    -------
    dict or None
        The question, see `begun_already`; None: nothing is to be asked.
    """
    desk, say, me = hand.desk, hand.say, hand.me
    replies = [one for one in plan if isinstance(one, AgentWrote) and desk.conversations.find(one.conversation) >= 0]
    if replies:  # of one deed, so they say the same
        names = [one.conversation for one in replies]
        wrong = yield from doubt(desk, index, names, replies[0].text, say=say)
        late = "" if saw is None else answered(desk, names[0], after=saw, me=me, say=say)
        if why := " ".join(filter(None, (late, wrong))):
            return {"text": why, "confirm": say("Send all the same")}
    if any(isinstance(fact, NoticesPaused) and fact.until and fact.level == _URGENT for fact in plan):
        text = say("This rule is for urgent conversations. Paused, it rings nobody, not even by push")
        return {"text": text, "confirm": say("Pause all the same")}
    if given := given_to(desk, plan):  # who is offline keeps nothing, so there is nothing that could be too much
        load = offline(desk, [one.agent for one in given], say=say) or too_much(desk, given, say=say)
        if why := " ".join(filter(None, (misfit(desk, given, me=me, say=say), load))):
            return {"text": why, "confirm": say("Assign all the same")}
    ended = left_waiting(desk, plan, say=say) or leaving(desk, plan, say=say)
    return ended or _begun(desk, plan, say)


def _begun(desk: Desk, plan: Sequence[Fact], say: Words) -> dict[str, str] | None:
    """Return what is asked before one is begun: with whom one is open, or who is not known, or by who is offline."""
    asked = begun_already(desk, plan, say=say) or unknown(plan, say=say)
    opened = [fact.agent for fact in plan if isinstance(fact, ConversationOpened)]
    if not (gone := offline(desk, opened, say=say)):
        return asked
    if asked is None:
        return {"text": gone, "confirm": say("Begin all the same")}
    return asked | {"text": say("{one}; {two}", one=asked["text"], two=gone)}


def undone_first(desk: Desk, back: Sequence[Fact], *, since: int, say: Words) -> dict[str, str] | None:
    """Return what is asked before a deed is undone.

    That a customer waits whom it ends or puts to sleep, or that who gets it back is offline.

    Parameters
    ----------
    desk : Desk
    back : sequence of Fact
        What undoes it.
    since : int
        When it was done, milliseconds.
    say : Words
    """
    ended = left_waiting(desk, back, say=say, least=1)
    why = "" if ended else offline(desk, owners_again(desk, back), say=say) or _put_to_sleep(desk, back, since, say)
    return {"text": why, "confirm": say("Undo all the same")} if why else ended


def _put_to_sleep(desk: Desk, back: Sequence[Fact], since: int, say: Words) -> str:
    """Return in words that customers wrote since whom an undo puts to sleep; empty where none did."""
    asleep = [desk.exactly(one.conversation) for one in back if isinstance(one, Snoozed) and one.until > desk.now]
    rows = desk.state.conversation
    n = sum(rows[number][k.UNANSWERED] >= 0 and desk.messages[number].unread(since) > 0 for number in asleep)
    if n > 1:
        return say("{n} customers wrote since and wait for an answer: undone, they sleep again", n=n)
    return say("The customer wrote since and waits for an answer: undone, it sleeps again") if n else ""


class _Other(NamedTuple):
    """An open conversation that speaks for a doubt: its customer and, where the text has them, name and numbers."""

    conversation: str
    customer: str
    named: Name | None
    numbers: tuple[str, ...]


def doubt(desk: Desk, index: Index, names: Sequence[str], text: str, *, say: Words) -> Generator[float, None, str]:
    """Find in words why a reply may not be meant for a conversation; empty where nothing speaks for it.

    Every open conversation is looked at once, however many the reply is for.

    Parameters
    ----------
    desk : Desk
    index : Index
        Of the desk.
    names : sequence of str
        The conversations the reply is to go to.
    text : str
    say : Words

    Yields
    ------
    float
        After each bit of work how much it was, in looks; see `deskkit.views.desk.working`.

    Returns
    -------
    str
    """
    folded = fold_text(text)
    numbers, spoken = long_numbers(folded)[:MOST_NUMBERS], Spoken(text)
    others: list[_Other] = []
    for place, name in enumerate(cards.open_conversations(desk)):
        if numbers and (characters := index.look(desk.exactly(name))):
            yield characters / _FOLDED
        if (other := _other(desk, index, name, spoken, numbers)) is not None:
            others.append(other)
        if place % _FEW == 0:
            yield 1
    others = yield from _without_words(desk, index, others)
    for name in names if others else ():
        yield 1 + index.look(desk.exactly(name)) / _FOLDED
        if why := _why(desk, index, name, numbers, others, say):
            return why
    return ""


def _other(desk: Desk, index: Index, name: str, spoken: Spoken, numbers: Sequence[str]) -> _Other | None:
    """Return what of an open conversation stands in a text, None where nothing does."""
    customer, called = _customer(desk, name)
    said = index.numbers(desk.exactly(name)) if numbers else ""
    found = tuple(number for number in numbers if number in said) if said else ()
    named = name_of(called)
    if named is not None and not spoken.names(named):
        named = None
    return _Other(name, customer, named, found) if named is not None or found else None


def _without_words(desk: Desk, index: Index, others: Sequence[_Other]) -> Generator[float, None, list[_Other]]:
    """Leave out names that are only words of many replies."""
    usual: dict[Name, bool] = {}
    for name in [one.named for one in others if one.named is not None]:
        if name not in usual:
            usual[name] = yield from is_usual(desk, index, name)
    kept = [one._replace(named=None) if one.named is not None and usual[one.named] else one for one in others]
    return [one for one in kept if one.named is not None or one.numbers]


def _customer(desk: Desk, name: str) -> tuple[str, str]:
    """Return the id of a conversation's customer, and the name."""
    customer, called = customer_of(desk, name)
    return customer, called[:LOOKED_AT]


def _why(desk: Desk, index: Index, name: str, numbers: Sequence[str], others: Sequence[_Other], say: Words) -> str:
    """Return what speaks against one recipient: another's name or number that never came up here."""
    number = desk.exactly(name)
    customer, called = _customer(desk, name)
    called = fold_text(called)
    here = index.said(number) if any(other.named for other in others) else ""
    known = index.numbers(number)
    strange = {one for one in numbers if one not in known and one not in called}
    for other in others:
        if other.conversation == name or (other.customer and other.customer == customer):
            continue
        if other.named and not other.named.is_within(here) and not other.named.is_within(called):
            card = cards.conversation_card(desk, other.conversation)
            return say("The text names {customer}, who has another open conversation.", customer=say.customer(card))
        if found := next((one for one in other.numbers if one in strange), ""):
            card = cards.conversation_card(desk, other.conversation)
            return say(
                "The text has the number {number}, which belongs to the conversation of {customer}.",
                number=say.personal(found), customer=say.customer(card),
            )  # fmt: skip
    return ""


def answered(desk: Desk, name: str, *, after: int, me: str, say: Words) -> str:
    """Say which colleague answered the customer behind the last line one knew; empty where nobody did.

    What nobody wrote by hand counts for no answer, nor does what is one's own.

    Parameters
    ----------
    desk : Desk
    name : str
    after : int
        The number of that line in the conversation; -1 where there was none.
    me : str
    say : Words

    Returns
    -------
    str
    """
    number = desk.exactly(name)
    for one in desk.messages[number].by_hand(begin=max(0, after + 1)):
        if one.agent not in {"", me}:
            who, words = say.agent(desk, one.agent), say.excerpt(one.text, _FIRST_WORDS)
            return say("{agent} answered while you wrote: “{words}”", agent=who, words=words)
    return ""


def begun_already(desk: Desk, facts: Sequence[Fact], *, say: Words) -> dict[str, str] | None:
    """Return what is asked before a second conversation is begun with a customer; None where no other is open.

    Parameters
    ----------
    desk : Desk
    facts : sequence of Fact
        Of one deed.
    say : Words

    Returns
    -------
    dict or None
        The question as ``text`` and ``confirm``, and what is offered instead: what to ``open``, as ``offer`` calls it.
    """
    customer = next((fact.customer for fact in facts if isinstance(fact, ConversationOpened)), "")
    every, rows = cards.conversations_of(desk, customer), desk.state.conversation
    latest = next((name for name in every if glance(rows, desk.exactly(name), k.STAGE) < k.RESOLVED), None)
    if latest is None:
        return None
    card = cards.conversation_card(desk, latest)
    if card.owner:
        text = say(
            "{customer} has an open conversation, with {agent}",
            customer=say.customer(card), agent=say.agent(desk, card.owner),
        )  # fmt: skip
    else:
        text = say("{customer} has an open conversation, which nobody has yet", customer=say.customer(card))
    return {"text": text, "confirm": say("Begin another all the same"), "open": latest, "offer": say("Open it")}


def unknown(facts: Sequence[Fact], *, say: Words) -> dict[str, str] | None:
    """Return what is asked before a customer is made of a name that may be mistyped; None where none is made.

    Parameters
    ----------
    facts : sequence of Fact
        Of one deed.
    say : Words

    Examples
    --------
    >>> from deskkit.views.words import Words
    >>> unknown([CustomerSet(at=0, customer="new-1", name="Priya")], say=Words("en"))
    {'text': 'No customer is called “Priya”, nor has that number', 'confirm': 'Begin with a new customer'}
    """
    name = next((fact.name for fact in facts if isinstance(fact, CustomerSet)), None)
    if name is None:
        return None
    text = say("No customer is called “{name}”, nor has that number", name=visible(say.personal(name)))
    return {"text": text, "confirm": say("Begin with a new customer")}


def left_waiting(desk: Desk, facts: Sequence[Fact], *, say: Words, least: int = 2) -> dict[str, str] | None:
    """Return what is asked before open conversations are ended; None where all of them were answered.

    Parameters
    ----------
    desk : Desk
    facts : sequence of Fact
        Of one deed.
    say : Words
    least : int, default 2
        How many are ended at least where one is asked: whoever ends a single one has it before them, but not whoever
        takes back that it was reopened.
    """
    rows = desk.state.conversation
    ended = [desk.exactly(one.conversation) for one in facts if isinstance(one, Resolved | Archived)]
    still_open = [number for number in ended if glance(rows, number, k.STAGE) < k.RESOLVED]
    waiting = sum(rows[number][k.UNANSWERED] >= 0 for number in still_open)
    if len(still_open) < least or waiting == 0:
        return None
    if len(still_open) == 1:
        text = say("The customer still waits for an answer")
    elif waiting == 1:
        text = say("1 of these {all} still waits for an answer", all=len(still_open))
    else:
        text = say("{n} of these {all} still wait for an answer", n=waiting, all=len(still_open))
    is_archive = any(isinstance(one, Archived) for one in facts)
    return {"text": text, "confirm": say("Archive all the same") if is_archive else say("Mark handled all the same")}
