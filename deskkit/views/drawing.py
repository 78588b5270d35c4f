"""Cards drawn as markup: pure functions from what the desk knows to `SafeHtml`.

Knows no widget, keeps nothing and decides nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from deskkit.desk import cards, events
from deskkit.desk import columns as k
from deskkit.desk.events import FACETS
from deskkit.views.markup import joined, markup
from deskkit.views.words import level_mark, waiting_clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from deskkit.desk.cards import ConversationCard, Said
    from deskkit.desk.desk import Desk
    from deskkit.measures.story import Story
    from deskkit.views.actions import Deed
    from deskkit.views.markup import SafeHtml
    from deskkit.views.words import Words

__all__ = ["bar", "customer", "done", "empty", "happened", "head", "recap", "sentence", "thread", "told"]

NOTHING = joined(())
_URGENT = 3
_TOO_LONG = 600_000  # a wait of ten minutes is drawn as an alarm
_SHOWN = 200  # latest messages of a conversation in a page
_SENTENCES = 3  # of what just happened; the rest is counted


def _chip(text: str) -> SafeHtml:
    return markup("<span class='dk-chip'>{text}</span> ", text=text)


def _level(level: int, say: Words) -> SafeHtml:
    return markup(
        "<span class='dk-level dk-level-{level}'>{mark} {word}</span> ",
        level=level,
        mark=level_mark(level),
        word=say.level_title(level),
    )


# ---------------------------------------------------------------- the desk as a whole


def bar(desk: Desk, shown: Sequence[ConversationCard], *, say: Words, me: str, now: int) -> SafeHtml:
    """Draw the line at the top: how many are open, in the queue, urgent, unanswered; when, and for whom."""
    waits = [now - card.unanswered_since for card in shown if card.unanswered_since is not None]
    longest = max(waits, default=0)
    parts = [
        markup("<span class='dk-title'>{text}</span>", text=say("Desk")),
        _count(len(shown), say("open")),
        _count(sum(card.stage == "waiting" for card in shown), say("in the queue")),
        _count(sum(card.level == _URGENT for card in shown), say("urgent")),
        _count(len(waits), say("unanswered")),
        markup(
            "<span class='{alarm}'><b>{wait}</b>{text}</span>",
            alarm=markup("dk-alarm") if longest > _TOO_LONG else NOTHING,
            wait=waiting_clock(longest),
            text=say("longest wait"),
        ),
        markup("<span class='dk-faint'>{text}</span>", text=f"{say.clock(now)} · {say.agent(desk, me)}"),
    ]
    if desk.state.desk[k.PEAK_ON] == 1:
        parts.append(_chip(say("peak mode")))
    if not desk.acts:
        parts.append(_chip(say("watching: the desk only advises")))
    return markup("<div class='dk-bar'>{parts}</div>", parts=joined(parts))


def _count(number: int, text: str) -> SafeHtml:
    return markup("<span><b>{number}</b>{text}</span>", number=number, text=text)


def sentence(text: str, *, about: str = "") -> SafeHtml:
    """Draw one sentence on what happened, after the name of whom it is about."""
    if about:
        return markup("<span><b>{about}</b> {text}</span>", about=about, text=text)
    return markup("<span>{text}</span>", text=text)


def done(desk: Desk, deed: Deed, *, say: Words, now: int) -> str:
    """Say what a hand did: the deed, and to whom, what or until when."""
    what = say(deed.what)
    match deed.facts[0]:
        case events.OwnerSet(agent=agent) if agent:
            detail = say.agent(desk, agent)
        case events.GroupSet(group=group):
            detail = say.group(desk, group)
        case events.TagSet(tag=tag):
            detail = say.personal(tag)
        case events.PrioritySet(level=level):
            detail = say.level(level) if level >= 0 else say("By rule")
        case events.Snoozed(until=until):
            detail = say("until {time}", time=say.time(until, now=now))
        case _:
            return what
    return say("{what}: {detail}", what=what, detail=detail)


def happened(sentences: Sequence[SafeHtml], *, say: Words) -> SafeHtml:
    """Draw what just happened; a screen reader says it aloud."""
    rest = len(sentences) - _SENTENCES
    shown = [*sentences[:_SENTENCES], *([sentence(say("and {n} more", n=rest))] if rest > 0 else [])]
    return markup("<div class='dk-happened' role='status'>{text}</div>", text=joined(shown))


def empty(say: Words) -> SafeHtml:
    """Draw what stands where no conversation is open."""
    return markup(
        "<div class='dk-empty'><div class='dk-empty-mark'>☰</div><div>{one}</div><div>{two}</div></div>",
        one=say("Choose a conversation in the list: it opens here as a tab."),
        two=say("The most urgent stands first; up to {n} can be open at once.", n=8),
    )


# ---------------------------------------------------------------- one conversation


def head(desk: Desk, card: ConversationCard, *, say: Words, now: int) -> SafeHtml:
    """Draw who it is, the level and its reason, stage, owner, wait, tags."""
    owner = say.agent(desk, card.owner) if card.owner else say("no owner")
    chips = [
        _level(card.level, say),
        _chip(say.stage(card.stage)),
        _chip(say.group(desk, card.group)),
        _chip(owner),
    ]
    chips += [_chip(say("helps: {agent}", agent=say.agent(desk, agent))) for agent in card.helpers]
    if card.snoozed_until is not None:
        chips.append(_chip(say("until {time}", time=say.time(card.snoozed_until, now=now))))
    chips.append(_wait(card, say, now))
    return markup(
        "<div class='dk-who'><span class='dk-name'>{name}</span>{chips}</div>"
        "<div class='dk-why'>{why}</div><div class='dk-why'>{tags}</div>",
        name=say.customer(card),
        chips=joined(chips),
        why=" · ".join(why(desk, card, say=say)),
        tags=_tags(card.tags, say),
    )


def _wait(card: ConversationCard, say: Words, now: int) -> SafeHtml:
    if card.unanswered_since is None or card.closed_at is not None:
        return NOTHING
    wait = now - card.unanswered_since
    return markup(
        "<span class='{alarm}'>{text}</span>",
        alarm=markup("dk-alarm") if wait > card.target_ms else NOTHING,
        text=say("waits {wait}, target {target}", wait=waiting_clock(wait), target=waiting_clock(card.target_ms)),
    )


def why(desk: Desk, card: ConversationCard, *, say: Words) -> list[str]:
    """Say in words why a conversation has its level, and what else speaks for its place."""
    level = say.level(card.level)
    others = [reason.rule for reason in cards.reasons(desk, card.name) if reason.rule != card.why or card.by_hand]
    if card.by_hand:
        parts = [say("Priority {level}: by hand", level=level)]
    elif card.why:
        parts = [say("Priority {level}: {rule}", level=level, rule=card.why)]
    else:
        parts = [say("Priority {level}: where every conversation begins", level=level)]
    if others:
        parts.append(say("also: {rules}", rules=", ".join(others)))
    if card.overdue:
        guard = say.span(desk.tables.number[k.P_GUARD])
        parts.append(say("overdue: waits for {span} or longer, so it goes before every level", span=guard))
    if card.advised:
        parts.append(say("advice: {agent}", agent=say.agent(desk, card.advised)))
    return parts


def _tags(tags: Iterable[cards.Tag], say: Words) -> SafeHtml:
    ordered = sorted(tags, key=lambda tag: (FACETS.index(tag.facet), tag.name))
    return joined(
        markup(
            "<span class='dk-chip dk-tag'><i>{facet}</i>{name}{hand}</span> ",
            facet=say.facet(tag.facet),
            name=say.personal(tag.name),
            hand=markup(" <i>{text}</i>", text=say("by hand")) if tag.by_hand else NOTHING,
        )
        for tag in ordered
    )


def thread(desk: Desk, name: str, *, say: Words) -> SafeHtml:
    """Draw the messages and notes, the latest at the end; each day begins with its date."""
    said = cards.said(desk, name)
    parts = []
    if len(said) > _SHOWN:
        parts.append(markup("<div class='dk-day'>{text}</div>", text=say("the latest {n} messages", n=_SHOWN)))
    day = ""
    for line in said[-_SHOWN:]:
        if (date := say.day(line.at)) != day:
            day = date
            parts.append(markup("<div class='dk-day'>{date}</div>", date=date))
        parts.append(_line(desk, line, say))
    return markup(
        "<div class='dk-thread-box' tabindex='0'><div class='dk-thread'>{lines}</div></div>", lines=joined(parts)
    )


_LINES = {
    "customer": markup("dk-line dk-customer"),
    "agent": markup("dk-line dk-agent"),
    "system": markup("dk-line dk-system"),
    "note": markup("dk-line dk-note"),
}


def _line(desk: Desk, line: Said, say: Words) -> SafeHtml:
    author = say.agent(desk, line.author) if line.who in {"agent", "note"} else ""
    meta = [say.clock(line.at)[11:16], author]
    meta += [say("pinned note") if line.pinned else say("note")] if line.who == "note" else []
    meta += [say("automatic")] if line.automatic else []
    meta += [say("file")] if line.content_type != "text" else []
    return markup(
        "<div class='{kind}{auto}'><div class='dk-meta'>{meta}</div><p>{text}</p></div>",
        kind=_LINES[line.who],
        auto=markup(" dk-automatic") if line.automatic else NOTHING,
        meta=" · ".join(part for part in meta if part),
        text=say.personal(line.text),
    )


def told(story: Story, *, say: Words) -> SafeHtml:
    """Draw the messages of a conversation that is read from a log, without a desk."""
    zone = ZoneInfo(say.zone)
    parts, day = [], ""
    for at, author, agent, text in story.messages.tail(_SHOWN).rows():
        local = at.astimezone(zone)
        if (date := f"{local:%Y-%m-%d}") != day:
            day = date
            parts.append(markup("<div class='dk-day'>{date}</div>", date=date))
        meta = [f"{local:%H:%M}", say.personal(story.agents.get(agent, agent))]
        meta += [say("note")] if author == "note" else [say("automatic")] if author == "automatic" else []
        parts.append(
            markup(
                "<div class='{kind}{auto}'><div class='dk-meta'>{meta}</div><p>{text}</p></div>",
                kind=_LINES["agent" if author == "automatic" else author],
                auto=markup(" dk-automatic") if author == "automatic" else NOTHING,
                meta=" · ".join(part for part in meta if part),
                text=say.personal(text),
            )
        )
    return markup(
        "<div class='dk-thread-box' tabindex='0'><div class='dk-thread'>{lines}</div></div>", lines=joined(parts)
    )


def recap(desk: Desk, name: str, *, say: Words, now: int) -> SafeHtml:
    """Draw what one needs on switching back: the matter, what is unanswered, the promise, pinned notes."""
    known = cards.recap(desk, name)
    rows = [(say("Matter"), say.personal(known.first))]
    if known.unanswered:
        rows.append((say("Unanswered"), " / ".join(map(say.personal, known.unanswered))))
    if known.promised_at is not None:
        rows.append((say("Promised"), f"{say.personal(known.promise)} ({say.ago(now - known.promised_at)})"))
    rows += [(say("Pinned"), say.personal(line.text)) for line in cards.said(desk, name) if line.pinned]
    return markup("<div class='dk-recap'><dl>{rows}</dl></div>", rows=_rows((k, v) for k, v in rows if v))


def _rows(pairs: Iterable[tuple[str, str]]) -> SafeHtml:
    return joined(markup("<dt>{name}</dt><dd>{value}</dd>", name=name, value=value) for name, value in pairs)


def customer(desk: Desk, card: ConversationCard, *, say: Words, now: int) -> SafeHtml:
    """Draw what is known of the customer: purchases, membership, history, own fields."""
    return markup(
        "<div class='dk-card'><div class='dk-heading'>{title}</div><dl>{rows}</dl></div>",
        title=say("Customer card"),
        rows=_rows(customer_rows(desk, card, say=say, now=now)),
    )


def customer_rows(desk: Desk, card: ConversationCard, *, say: Words, now: int) -> list[tuple[str, str]]:
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
        languages = {"zh": say("Chinese"), "en": say("English")}
        rows.append((say("Language"), languages.get(card.language, card.language)))
    rows.append((say("Customer no."), say.personal(card.customer)))
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
    return known.get(name) or say.personal(name)


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
