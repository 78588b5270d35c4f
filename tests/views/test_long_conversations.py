"""A conversation without end: a look at its tab reads and draws little of it, however long it is."""

from __future__ import annotations

import zlib
from itertools import pairwise
from typing import TYPE_CHECKING
from unittest.mock import patch

from deskkit.desk import events as e
from deskkit.desk.finding import LINE as READ_LINE
from deskkit.desk.finding import READ
from deskkit.views.desk.lines import AT_ONCE, LINE
from tests.views.browser import Browser
from tests.views.little import NOW, little_view
from tests.views.test_holds import take

if TYPE_CHECKING:
    from deskkit.views import DeskView

LONG = 10_000  # messages


def endless() -> tuple[DeskView, Browser]:
    """Return a view with a customer's words in number, and a browser that has their tab open."""
    view = little_view(acts=True)
    take(view, [e.CustomerWrote(at=NOW, conversation="c1", message=str(n), text="好的") for n in range(LONG)], "long")
    browser = Browser(view)
    browser.open("c1")
    return view, browser


def settle(view: DeskView) -> None:
    """Let the search read all that stands there, which it does bit by bit."""
    for _ in range(2 * LONG * READ_LINE // READ + 2):
        view.wake()


def test_many_short_lines_are_not_drawn_at_once() -> None:
    """Whoever reads far up among ten thousand words of two signs is shown them with some looks, each of a slice."""
    view, browser = endless()
    counts = [len(browser.pages["c1"]["lines"])]
    browser.say(type="more", id="c1", line="0")
    counts.append(len(browser.pages["c1"]["lines"]))
    while browser.pages["c1"]["more"]:
        view.wake()
        counts.append(len(browser.pages["c1"]["lines"]))
    assert max(after - before for before, after in pairwise(counts)) <= AT_ONCE // LINE
    assert counts[-1] > LONG


def test_a_look_reads_few_of_many_unanswered_messages() -> None:
    """Nobody has answered, or one has long ago: no look, reply or undo goes through all that the customer wrote."""
    view, browser = endless()
    settle(view)
    with patch.object(zlib, "decompress", wraps=zlib.decompress) as read:
        for act in (view.wake, lambda: browser.do("reply", "c1", text="在的"), view.wake):
            read.reset_mock()
            act()
            assert read.call_count <= 10
        take(view, [e.CustomerWrote(at=NOW, conversation="c1", message=f"b{n}", text="?") for n in range(LONG)], "more")
        settle(view)
        read.reset_mock()
        view.wake()
        assert read.call_count <= 10
        assert len(list(view.desk.messages[view.desk.exactly("c1")])) > 2 * LONG
        assert read.call_count > LONG // 16, "the control: what stands there is read in packs"
