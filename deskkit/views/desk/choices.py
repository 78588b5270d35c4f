"""What a hand can choose among: groups, agents with their room, levels, stages, tags, quick replies; in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from deskkit.desk import cards
from deskkit.desk import columns as k
from deskkit.desk.events import LEVELS
from deskkit.views.words import level_mark

if TYPE_CHECKING:
    from deskkit.desk.desk import Desk
    from deskkit.desk.schema import Facet
    from deskkit.views.words import Words

__all__ = ["choices"]

SNOOZES: Final = (600_000, 3_600_000, 4 * 3_600_000, 86_400_000)
_THERE: Final = ("online", "away", "offline")


def choices(desk: Desk, *, say: Words) -> dict[str, Any]:
    """Return what the desk offers, each with its key ``k`` and the words to show."""
    people = sorted(cards.agents(desk), key=lambda one: (_THERE.index(one.presence), _share(one), one.agent))
    return {
        "groups": [{"k": one.name, "text": say.group(desk, one.name)} for one in desk.policy.schema.groups],
        "agents": [_agent(desk, one, say) for one in people if one.agent in desk.profiles],
        "levels": [
            {"k": level, "shape": level_mark(level)[0], "letter": level_mark(level)[1], "text": say.level_title(level)}
            for level in range(len(LEVELS))
        ],
        "stages": [{"k": stage, "text": say.stage(stage)} for stage in cards.STAGES],
        "facets": [
            {
                "k": facet.name,
                "text": say.facet(facet.name),
                "tags": [_tag(facet, tag, say) for tag in (*facet.tags, *facet.retired)],
            }
            for facet in desk.policy.schema.facets
        ],
        "groupings": [
            {"k": "", "text": say("no grouping")},
            {"k": "group", "text": say("Group")},
            {"k": "agent", "text": say("Agent")},
            {"k": "level", "text": say("Priority")},
            {"k": "customer", "text": say("Customer type")},
            {"k": "inquiry", "text": say("Inquiry")},
        ],
        "quick": [{"short": one.short, "title": one.title, "text": one.text} for one in desk.policy.quick],
        "snoozes": [{"ms": ms, "text": say.span(ms)} for ms in SNOOZES],
    }


def _tag(facet: Facet, tag: str, say: Words) -> dict[str, Any]:
    """Return a tag with its colour; a retired one is shown where it stands, and offered no more."""
    made = {"k": tag, "text": say.tag(tag), "colour": facet.colours.get(tag)}
    return made | {"retired": True} if tag in facet.retired else made


def _share(one: cards.AgentCard) -> float:
    return one.load / max(one.capacity, 0.001)


def _agent(desk: Desk, one: cards.AgentCard, say: Words) -> dict[str, Any]:
    room = say("{load} of {capacity}", load=f"{one.load:g}", capacity=f"{one.capacity:g}")
    away = "" if one.presence == "online" else say.presence(one.presence)
    unit, row = desk.tables.number[k.P_WEIGHT_AGENT], desk.state.agent[desk.agent(one.agent)]
    full = say("full") if row[k.HOLDS] + unit > row[k.LIMIT] else ""
    text = say.agent(desk, one.agent)
    return {"k": one.agent, "text": text, "presence": one.presence, "room": room, "away": away, "full": full}
