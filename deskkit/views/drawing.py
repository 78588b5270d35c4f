"""A conversation that is read from a log, drawn as markup: a pure function to `SafeHtml`. Knows no widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from deskkit.views.markup import joined, markup
from deskkit.views.words import LONGEST_LINE

if TYPE_CHECKING:
    from deskkit.measures.story import Story
    from deskkit.views.markup import SafeHtml
    from deskkit.views.words import Words

__all__ = ["told"]

_SHOWN: Final = 200  # latest messages of a conversation in a page
NOTHING: Final = joined(())
_LINES = {
    "customer": markup("dk-line dk-customer"),
    "agent": markup("dk-line dk-agent"),
    "system": markup("dk-line dk-system"),
    "note": markup("dk-line dk-note"),
}


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
                text=say.personal(text, LONGEST_LINE),
            )
        )
    return markup(
        "<div class='dk-thread-box' tabindex='0'><div class='dk-thread'>{lines}</div></div>", lines=joined(parts)
    )
