"""What the desk's view says in words of conversations, customers and deeds. Knows no widget and no markup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskkit.desk import cards, events
from deskkit.desk import columns as k
from deskkit.live.drafting import drafting
from deskkit.views.words import LONGEST_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from deskkit.desk.cards import ConversationCard
    from deskkit.desk.desk import Desk
    from deskkit.log import EventLog
    from deskkit.views.desk.levels import Moved
    from deskkit.views.words import Words

__all__ = ["customer", "done", "kept", "left_out", "whole_minute", "why", "writing"]

_MINUTE: Final = 60_000  # milliseconds
_NAMED: Final = 3  # conversations left out of a deed; the rest is counted


def done(desk: Desk, fact: events.Fact, *, say: Words, now: int) -> str:
    """Say what a hand did: the deed, and to whom, what or until when."""
    what = _what(fact, say)
    match fact:
        case events.OwnerSet(agent=agent) | events.HelperSet(agent=agent) if agent:
            detail = say.agent(desk, agent)
        case events.PresenceSet(agent=agent, presence=presence):
            detail = f"{say.agent(desk, agent)}, {say.presence(presence)}"
        case events.GroupSet(group=group):
            detail = say.group(desk, group)
        case events.TagSet(tag=tag):
            detail = say.tag(tag)
        case events.PrioritySet(level=level):
            detail = say.level(level) if level >= 0 else say("By rule")
        case events.NoticesPaused(event=event, level=level):
            detail = say("{event} · {level}", event=say.event(event), level=say.level_title(level))
        case events.Snoozed(until=until):
            detail = say("until {time}", time=say.time(until, now=now))
        case _:
            return what
    return say("{what}: {detail}", what=what, detail=detail)


def _what(fact: events.Fact, say: Words) -> str:
    """Return what a deed is called, by the fact that it begins with."""
    match fact:
        case events.TagSet(on=on):
            return say("Tagged") if on else say("Tag taken off")
        case events.HelperSet(on=on):
            return say("Helper invited") if on else say("Helper released")
        case events.OwnerSet(agent=agent):
            return say("Assigned") if agent else say("Sent to the queue")
        case events.PeakSet(on=on):
            return say("Peak mode entered") if on else say("Peak mode left")
        case events.NoteWritten(pinned=pinned, to=to):
            return say("Whispered") if to else say("Note pinned") if pinned else say("Note written")
    names: dict[type[events.Fact], str] = {
        events.Resolved: say("Marked handled"), events.Archived: say("Archived"), events.Reopened: say("Reopened"),
        events.Unarchived: say("Taken out of the archive"), events.Snoozed: say("Snoozed"),
        events.PrioritySet: say("Priority set"), events.GroupSet: say("Moved"), events.AgentWrote: say("Replied"),
        events.PresenceSet: say("Presence set"), events.CustomerSet: say("Conversation begun"),
        events.ConversationOpened: say("Conversation begun"),
        events.PolicyChanged: say("Policy put live"),
        events.NoticesPaused: say("Rule paused") if getattr(fact, "until", 0) else say("Rule resumed"),
    }  # fmt: skip
    return names[type(fact)]


def left_out(desk: Desk, names: Sequence[str], *, say: Words, now: int) -> str:
    """Say which conversations a deed leaves out since they go on under another name; empty where there are none."""
    if not names:
        return ""
    newer = [cards.conversation_card(desk, desk.goes_on_as(name)) for name in names[:_NAMED]]
    parts = [
        say("{customer} since {time}", customer=say.customer(one), time=say.time(one.opened, now=now)) for one in newer
    ]
    named = ", ".join(parts)
    if (more := len(names) - _NAMED) > 0:
        named = say("{names} and {n} more", names=named, n=more)
    if len(names) == 1:
        return say("1 left out: it goes on as a new conversation: {parts}", parts=named)
    return say("{n} left out: they go on as new conversations: {parts}", n=len(names), parts=named)


def moved(levels: Moved | None, *, say: Words) -> list[dict[str, str]]:
    """Say how many open conversations have another priority by a policy, if any has; None: it is not known.

    Examples
    --------
    >>> from deskkit.views.desk.levels import Moved
    >>> from deskkit.views.words import Words
    >>> moved(Moved(5, 7), say=Words("en"))
    [{'about': '', 'text': 'Open conversations with another priority: 12 (5 up, 7 down)'}]
    """
    if levels is None or not any(levels):
        return []
    up, down = levels
    text = say("Open conversations with another priority: {n} ({up} up, {down} down)", n=up + down, up=up, down=down)
    return [{"about": "", "text": text}]


def summed(decisions: Iterable[events.Decision], *, without: Moved | None = None, say: Words) -> list[dict[str, str]]:
    """Say of how many conversations the desk decided what, a line for each sort of decision.

    One that was taken from an agent and given to another is assigned, and does not stand in the queue. Where it was
    said already how many levels `moved`, decisions about them, of which many move none, are left out.
    """
    given, queued = say("Assignment"), say("To the queue")
    sorts = {
        say("Priority"): (events.Prioritised,), say("Tags"): (events.Tagged,),
        given: (events.Assigned, events.Advised), queued: (events.Queued, events.Returned, events.Overflowed),
        say("Notices"): (events.Notified, events.NoticeHeld), say("Tidying"): (events.Tidied,),
    }  # fmt: skip
    if without is not None:
        del sorts[say("Priority")]
    found: dict[str, set[str]] = {what: set() for what in sorts}
    for one in decisions:
        for what, kinds in sorts.items():
            if isinstance(one, kinds):
                found[what].add(one.conversation)
                if what in {given, queued}:
                    found[queued if what == given else given].discard(one.conversation)
    word = say.translate
    single, many = word("{what}: 1 conversation"), word("{what}: {n} conversations")
    counts = {what: len(names) for what, names in found.items() if names}
    return [{"about": "", "text": (single if n == 1 else many).format(what=what, n=n)} for what, n in counts.items()]


def kept(card: ConversationCard, *, say: Words, now: int) -> str:
    """Say of a level whose reason ended until when it is kept all the same; empty where the reason still holds."""
    if card.kept_until is None:
        return ""
    time = whole_minute(card.kept_until, say=say, now=now)
    if card.turns and card.unanswered_since is None:
        return say("answered; priority kept until {time}", time=time)
    return say("kept until {time}: {rule}", rule=say.rule(card.why), time=time)


def whole_minute(at: int, *, say: Words, now: int) -> str:
    """Say a minute by which something has ended or begun for sure: a begun one as whole.

    Parameters
    ----------
    at : int
        Milliseconds.
    say : Words
    now : int
    """
    return say.time(-(-at // _MINUTE) * _MINUTE, now=now)


def why(desk: Desk, card: ConversationCard, *, say: Words, now: int) -> list[str]:
    """Say in words why a conversation has its level, and what else speaks for its place."""
    level = say.level(card.level)
    active = cards.reasons(desk, card.name)
    others = [one.rule for one in active if one.until is None and (one.rule != card.why or card.by_hand)]
    if card.by_hand:
        parts = [say("Priority {level}: by hand", level=level)]
    elif card.kept_until is not None:
        time, rule = whole_minute(card.kept_until, say=say, now=now), say.rule(card.why)
        parts = [say("Priority {level}, kept until {time}; this ended: {rule}", level=level, time=time, rule=rule)]
    elif card.why:
        parts = [say("Priority {level}: {rule}", level=level, rule=say.rule(card.why))]
    else:
        parts = [say("Priority {level}: where every conversation begins", level=level)]
    if others:
        parts.append(say("also: {rules}", rules=", ".join(map(say.rule, others))))
    if card.too_long:  # first, for it is what decides
        guard = say.span(desk.tables.number[k.P_GUARD])
        parts.insert(0, say("waits too long: for {span} or longer, so it goes before every level", span=guard))
    if card.advised:
        parts.append(say("advice: {agent}", agent=say.agent(desk, card.advised)))
    return parts


def customer(desk: Desk, card: ConversationCard, *, say: Words, now: int) -> list[tuple[str, str]]:
    """Return what is known of the customer, each with its name, in words."""
    known = cards.customer_card(desk, card.customer)
    rating = {-1: say("bad"), 0: say("neutral"), 1: say("good")}
    rows = [(_field_name(name, say), _field(name, value, say, now)) for name, value in sorted(known.fields.items())]
    rows.append((say("Conversations"), str(known.conversations)))
    if known.unresolved:
        rows.append((say("Unresolved"), str(known.unresolved)))
    if known.rating is not None:
        rows.append((say("Last rating"), rating[known.rating]))
    if known.last_agent:
        rows.append((say("Last agent"), say.agent(desk, known.last_agent)))
    if card.language:
        rows.append((say("Language"), say.spoken(card.language)))
    rows.append((say("Customer no."), say.personal(card.customer, LONGEST_NAME)))
    rows.append((say("Conversation no."), card.name))
    return rows


def _field_name(name: str, say: Words) -> str:
    known = {
        "orders": say("Orders"),
        "spend": say("Spent"),
        "last_order": say("Last order"),
        "membership": say("Membership"),
        "dev_client_id": say("Account"),
    }
    return known.get(name) or say.personal(name, LONGEST_NAME)


def _field(name: str, value: str | float, say: Words, now: int) -> str:
    if name == "membership":
        known = {"none": say("none"), "silver": say("silver"), "gold": say("gold"), "platinum": say("platinum")}
        if value in known:  # any other goes the way of all fields
            return known[str(value)]
    if name == "last_order" and isinstance(value, int):
        return f"{say.day(value)} ({say.ago(now - value)})"
    if name == "spend" and isinstance(value, int | float):
        return f"{value:,.2f}"
    shown = say.field(name, value)
    return f"{value:,}" if isinstance(value, int) and shown == str(value) else shown


def writing(log: EventLog, desk: Desk, *, me: str, say: Words, wall: int) -> dict[str, list[str]]:
    """Return who else drafts something just now, by conversation; `wall` is the wall clock, milliseconds."""
    names = desk.conversations
    return {
        names[number]: [say.agent(desk, agent) for agent in agents if agent != me]
        for number, agents in drafting(log, wall=wall).items()
        if number < len(names)
    }
