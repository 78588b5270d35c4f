"""Every figure: executed, serialised, not empty, harmless with hostile names, readable on white and on black."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from deskkit import figures
from deskkit.desk.events import (
    AgentSet,
    AgentWrote,
    ConversationOpened,
    CustomerLeft,
    CustomerWrote,
    Fact,
    OwnerSet,
    PresenceSet,
    Rated,
    Resolved,
    TagSet,
)
from deskkit.figures.template import INK, LEVELS, PALETTE, TEMPLATE, safe
from deskkit.log import open_log
from deskkit.log.spans import spans
from deskkit.measures import MEASURES, report
from deskkit.measures.patience import FIRST_WORD
from deskkit.measures.story import story
from deskkit.measures.tables import tags
from deskkit.measures.whatif import replay
from deskkit.sample import sample_policy
from tests.gallery.studies import drawn_studies
from tests.gallery.trials import drawn_trials

if TYPE_CHECKING:
    from collections.abc import Callable

    import plotly.graph_objects as go

HOSTILE = "<img src=x onerror=alert(1)>$x$%{y}\u202e 13800138000"
DAY = 86_400_000
LIGHT, DARK = "#ffffff", "#111111"


def facts() -> list[Fact]:
    """Return two days of conversations in which every name and every text is hostile."""
    found: list[Fact] = [AgentSet(at=0, source="t", source_id="a", agent="chen", name=HOSTILE)]
    found.append(PresenceSet(at=0, source="t", source_id="p", agent="chen", presence="online"))
    for n in range(12):
        at, one = n % 2 * DAY + n * 3_600_000 + 1, f"c{n}"
        base: dict[str, Any] = {"source": "t", "conversation": one}
        found += [
            ConversationOpened(at=at, source_id=f"{n}o", customer=HOSTILE, **base),
            CustomerWrote(at=at + 1, source_id=f"{n}w", message=f"m{n}", text=HOSTILE, **base),
            TagSet(at=at + 2, source_id=f"{n}t", facet="label", tag=HOSTILE, **base),
        ]
        if n % 3 == 0:
            found.append(CustomerLeft(at=at + 60_000 * (n + 1), source_id=f"{n}l", **base))
            continue
        found += [
            OwnerSet(at=at + 5_000, source_id=f"{n}s", agent="chen", **base),
            AgentWrote(
                at=at + 20_000 * (n + 1), source_id=f"{n}r", agent="chen", message=f"r{n}", text=HOSTILE, **base
            ),
            Resolved(at=at + 900_000, source_id=f"{n}e", **base),
            Rated(at=at + 900_001, source_id=f"{n}g", rating=n % 2, **base),
        ]
    return sorted(found, key=lambda fact: fact.at)


@pytest.fixture(scope="module")
def gallery() -> dict[str, Callable[[str], go.Figure]]:
    """Return a maker of each figure, by name, given a language."""
    log = open_log("memory:")
    log.append(facts(), received_at=2 * DAY)
    policy = sample_policy()
    found = spans(log, policy=policy)
    whole, day = report(log), report(log, measures=["reply_time", "missed"])
    tried = policy.edit({"name": "tried", "priority.rule[8].when.unanswered": ">= 1 min"})
    made = replay(log, tried, against=policy)
    return (
        drawn_trials(HOSTILE)
        | drawn_studies(HOSTILE)
        | {
            "heat_map": lambda language: figures.heat_map(whole["reply_time"], language=language),
            "heat_map of numbers": lambda language: figures.heat_map(whole["missed"], count=True, language=language),
            "trend": lambda language: figures.trend(whole["first_response"], language=language),
            "trend with interval": lambda language: figures.trend(whole["csat"], by="hour", language=language),
            "agents": lambda language: figures.agents(whole["csat"], language=language),
            "agents with median": lambda language: figures.agents(whole["reply_time"], language=language),
            "tags": lambda language: figures.tags(tags(found, whole.choices), facet="label", language=language),
            "survival": lambda language: figures.survival(FIRST_WORD.of(found), language=language),
            "timeline": lambda language: figures.timeline(story(log, found, "c1"), language=language),
            "comparison": lambda language: figures.comparison(day, day, names=(HOSTILE, "before"), language=language),
            "differences": lambda language: figures.differences(made.summary, language=language),
        }
    )


NAMES = (
    "heat_map", "heat_map of numbers", "trend", "trend with interval", "agents", "agents with median", "tags",
    "survival", "timeline", "comparison", "differences", "pareto", "concurrency", "tornado",
    "through_the_day", "parts", "effects", "load",
)  # fmt: skip


def test_every_figure_is_in_the_gallery(gallery: dict[str, Callable[[str], go.Figure]]) -> None:
    """Each public figure has an example here."""
    assert set(NAMES) == set(gallery)
    assert set(figures.__all__) == {name.split()[0] for name in gallery}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", NAMES)
def test_a_figure_is_drawn(gallery: dict[str, Callable[[str], go.Figure]], name: str, language: str) -> None:
    """A figure has a title, points, and a form that JSON can hold and plotly reads again."""
    figure = gallery[name](language)
    shown = json.loads(figure.to_json())
    assert figure.layout.title.text
    assert sum(len(trace.get("y", trace.get("z", ()))) for trace in shown["data"]) > 0
    assert shown["layout"]["template"]["layout"]["paper_bgcolor"] == "rgba(0,0,0,0)"
    assert json.loads(type(figure)(shown).to_json()) == shown


@pytest.mark.parametrize("name", NAMES)
def test_hostile_text_is_text(gallery: dict[str, Callable[[str], go.Figure]], name: str) -> None:
    """No tag, formula, template, hidden sign or telephone of a hostile name or message reaches plotly."""
    texts = list(strings(json.loads(gallery[name]("en").to_json())["data"]))
    texts += strings(
        {key: value for key, value in json.loads(gallery[name]("en").to_json())["layout"].items() if key != "template"}
    )
    for text in texts:
        assert "<img" not in text
        assert "$" not in text
        assert "\u202e" not in text
        assert "13800138000" not in text
    hovers = [text for text in texts if "hovertemplate" in text or "%{" in text]
    assert not any("alert" in text for text in hovers if "extra" in text)


def test_the_look_for_hostile_text_sees_it() -> None:
    """The names are there, escaped and masked: the search above looks where they stand."""
    shown = safe(HOSTILE)
    assert "&lt;img src=x onerror=alert(1)&gt;&#36;x&#36;" in shown
    assert "[phone]" in shown
    assert "13800138000" in safe(HOSTILE, masked=False)
    chart = figures.tags(
        pl.DataFrame({"facet": ["label"], "tag": [HOSTILE], "by_hand": [1], "by_rule": [0], "share": [1.0]}),
        facet="label",
    )
    assert any("&lt;img" in text for text in strings(json.loads(chart.to_json())["data"]))


def test_colours_can_be_seen() -> None:
    """Every colour has 3 : 1 against white and against black, text 4.3 : 1; the search sees one that has not."""
    for colour in (*PALETTE, *LEVELS):
        assert min(contrast(colour, LIGHT), contrast(colour, DARK)) >= 3, colour
    assert min(contrast(INK, LIGHT), contrast(INK, DARK)) > 4.2
    assert contrast("#f0e442", LIGHT) < 3


def test_the_first_colours_are_told_apart_by_the_colour_blind() -> None:
    """Blue, orange, green and pink stay apart for who sees no red or no green (Machado and others, 2009)."""
    deuteran = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881))
    protan = ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998))
    for matrix in (deuteran, protan):
        seen = [
            tuple(sum(m * c for m, c in zip(row, rgb(colour), strict=True)) for row in matrix) for colour in PALETTE[:3]
        ]
        apart = [distance(a, b) for n, a in enumerate(seen) for b in seen[n + 1 :]]
        assert min(apart) > 0.15


def test_the_template_is_ours() -> None:
    """Figures use the one template, which every figure shares."""
    whole = figures.heat_map(MEASURES["reply_time"].of(spans(open_log("memory:"))))
    assert whole.layout.template.layout.font.color == INK
    assert TEMPLATE == "deskkit"


@pytest.mark.parametrize("page", [LIGHT, DARK])
def test_the_heat_map_tells_the_order_by_lightness(page: str) -> None:
    """Step by step more stands out from a white page, and from a black one; the least does so too."""
    whole = figures.heat_map(MEASURES["reply_time"].of(spans(open_log("memory:"))))
    found = [contrast(painted(colour, page), page) for _place, colour in whole.data[0].colorscale]
    assert found == sorted(found)
    assert found[0] > 1.4


def painted(colour: str, page: str) -> str:
    """Return what a colour that lets the page through looks like on it."""
    *inks, opacity = (float(part) for part in re.findall(r"[\d.]+", colour))
    papers = (int(page[n : n + 2], 16) for n in (1, 3, 5))
    return "#" + "".join(
        f"{round(opacity * ink + (1 - opacity) * paper):02x}" for ink, paper in zip(inks, papers, strict=True)
    )


def strings(value: object) -> list[str]:
    """Return every text within values of JSON."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in strings(one)]


def rgb(colour: str) -> tuple[float, ...]:
    """Return red, green and blue of a colour, linear, 0 to 1."""
    parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    return tuple(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, as WCAG 2 defines it."""
    light, dark = sorted((0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (rgb(one), rgb(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def distance(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Return how far two linear colours are apart."""
    return math.dist(one, other)
