"""A search narrowed down: of all that match, however many, and of closed conversations without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deskkit.desk import events as e
from deskkit.views.desk import searching
from tests.views.browser import Browser
from tests.views.living import Living

if TYPE_CHECKING:
    from collections.abc import Mapping

NOBODY = "\0"


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Browser:
    """Return a browser at a desk of 13, of which the six oldest are handled, three by Chen, and the last waits."""
    monkeypatch.setattr(searching, "LIMIT", 4)
    living = Living("qin")
    for n in range(12):
        living.come(f"c{n}", "黑色有货吗", level=n % 4)
        living.take(e.TagSet, conversation=f"c{n}", facet="label", tag="refund" if n % 2 else "important", on=True)
        living.take(e.OwnerSet, conversation=f"c{n}", agent="chen" if n % 2 else "qin")
        living.wait(1)
        if n < 6:
            living.take(e.Resolved, conversation=f"c{n}")
    for agent in ("chen", "qin"):
        living.take(e.PresenceSet, agent=agent, presence="away")
    living.come("waits", "黑色有货吗")
    living.wait(1)
    return Browser(living.view)


def found(page: Browser, query: str, filters: Mapping[str, str]) -> list[str]:
    """Search and narrow; return what was found."""
    page.say(type="search", ask=1, query=query, filters=filters)
    return list(page.found["ids"])


@pytest.mark.parametrize("query", ["黑色", ""])
@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"stage": "resolved"}, ["c5", "c4", "c3", "c2"]),
        ({"stage": "resolved", "agent": "chen"}, ["c5", "c3", "c1"]),
        ({"stage": "resolved", "label": "refund"}, ["c5", "c3", "c1"]),
        ({"stage": "resolved", "label": "important", "level": "0"}, ["c4", "c0"]),
        ({"stage": "resolved", "level": "3"}, ["c3"]),
        ({"stage": "archived"}, []),
        ({"stage": "resolved", "group": "vip"}, []),
        ({"agent": "nobody of that name"}, []),
        ({"level": "high"}, []),
        ({"stage": "__proto__"}, []),
        ({"label": "refund", "inquiry": "complaint"}, []),
        ({"nothing": "known"}, ["waits", "c11", "c10", "c9"]),
    ],
)
def test_all_that_match_are_narrowed(page: Browser, query: str, filters: dict[str, str], names: list[str]) -> None:
    """Whether or not words are sought, the newest of all that is what was asked for stand there."""
    assert found(page, query, filters) == names


def test_who_waits_is_nobodys(page: Browser) -> None:
    """Nobody has who waits; a closed one stays its owner's."""
    assert found(page, "黑色", {"agent": NOBODY}) == found(page, "", {"stage": "waiting"}) == ["waits"]


def test_the_caption_counts_what_is_left(page: Browser) -> None:
    """How much was found is said of what is narrowed."""
    for filters, text in (
        ({"stage": "resolved"}, "the newest 4 of 6 found"),
        ({"stage": "resolved", "agent": "chen"}, "3 found, newest first"),
    ):
        found(page, "", filters)
        assert page.found["text"] == text
    for filters, text in (
        ({"agent": "chen"}, "the newest 4 of 6 found for “黑色”, open and closed"),
        ({"stage": "resolved", "agent": "chen"}, "3 found for “黑色”, newest first"),
        ({"stage": "resolved"}, "the newest 4 of 6 found for “黑色”"),
    ):
        found(page, "黑色", filters)
        assert page.found["text"] == text
    assert found(page, "", {}) == []
