"""What is read far up in a long conversation comes in slices, however short each line is."""

from __future__ import annotations

from itertools import pairwise

from deskkit.desk import events as e
from deskkit.views.desk.lines import AT_ONCE, LINE
from tests.views.browser import Browser
from tests.views.little import NOW, little_view
from tests.views.test_holds import take


def test_many_short_lines_are_not_drawn_at_once() -> None:
    """Whoever reads far up among ten thousand words of two signs is shown them with some looks, each of a slice."""
    view = little_view()
    take(
        view, [e.CustomerWrote(at=NOW, conversation="c1", message=str(n), text="好的") for n in range(10_000)], "short"
    )
    browser = Browser(view)
    browser.open("c1")
    counts = [len(browser.pages["c1"]["lines"])]
    browser.say(type="more", id="c1", line="0")
    counts.append(len(browser.pages["c1"]["lines"]))
    while browser.pages["c1"]["more"]:
        view.wake()
        counts.append(len(browser.pages["c1"]["lines"]))
    assert max(after - before for before, after in pairwise(counts)) <= AT_ONCE // LINE
    assert counts[-1] > 10_000
