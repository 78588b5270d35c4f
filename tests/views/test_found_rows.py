"""What a search found says what became of it: closed by whomever, and in another language."""

from __future__ import annotations

from tests.views.browser import Browser
from tests.views.living import Living


def test_what_was_found_says_how_it_was_closed() -> None:
    """Of three unanswered that were found, what is done to two stands in their rows with the next look."""
    living = Living("qin")
    for number in range(3):
        living.come(f"c{number}", "黑色有货吗")
    browser = Browser(living.view)
    living.wait(60)
    browser.open("c1")
    browser.say(type="search", query="黑色", ask=1)
    assert {"w", "u"} <= browser.found["rows"]["c0"].keys()
    assert browser.do("archive", "c0", "c1", sure=True)["ok"]
    living.wait(0.1)
    rows = browser.found["rows"]
    assert [rows[f"c{n}"].get("cl", "").split(" ")[0] for n in range(3)] == ["Archived", "Archived", ""]
    assert not {"w", "u"} & rows["c0"].keys()
    assert (browser.pages["c1"]["cl"], browser.pages["c1"]["w"]) == (rows["c1"]["cl"], None)
    living.view.hear({"type": "language", "language": "zh"})
    living.wait(1)
    assert browser.found["rows"]["c1"]["cl"].startswith("已归档")
    assert browser.take_back()["ok"]
    living.wait(0.1)
    assert "w" in browser.found["rows"]["c1"]


def test_where_nothing_happened_nothing_is_said() -> None:
    """A look at a desk on which nothing changed sends no row of what was found."""
    living = Living("qin")
    living.come("c1", "黑色有货吗")
    browser = Browser(living.view)
    browser.say(type="search", query="黑色", ask=1)
    living.wait(1)
    browser.sent.clear()
    living.wait(0.1)
    assert [one for one in browser.sent if '"type": "rows"' in one] == []


def test_two_pages_search_one_kernel() -> None:
    """Each answer says whose it is, and what either found says what became of it, until its page is closed."""
    living = Living("qin")
    for name, text in (("c1", "黑色有货吗"), ("c2", "白色有货吗")):
        living.come(name, text)
    browser = Browser(living.view)
    found = []
    for page, query in (("p", "黑色"), ("q", "白色")):
        browser.say(type="search", page=page, query=query, ask=1)
        found.append(browser.found)
    assert [(one["page"], one["ids"]) for one in found] == [("p", ["c1"]), ("q", ["c2"])]
    assert browser.do("archive", "c1", "c2", sure=True)["ok"]
    assert [browser.found["rows"][name]["cl"].split(" ")[0] for name in ("c1", "c2")] == ["Archived", "Archived"]
    browser.say(type="bye", page="p")
    browser.say(type="hello", epoch=browser.epoch, seq=browser.seq)  # as the page that is left does
    living.wait(0.1)
    browser.sent.clear()
    assert browser.take_back()["ok"]
    (rows,) = [browser.rows_of(one) for one in browser.sent if '"type": "rows"' in one]
    assert list(rows) == ["c2"]


def test_where_the_clock_stands_a_row_follows_a_deed_too() -> None:
    """Nobody looks at such a desk again: the rows came with the next search alone."""
    living = Living("qin")
    living.come("c1", "黑色有货吗")
    browser = Browser(living.view)
    living.wait(60)
    browser.say(type="search", query="黑色", ask=1)
    assert browser.do("archive", "c1")["ok"]
    assert browser.found["rows"]["c1"]["cl"].startswith("Archived")
    assert browser.take_back()["ok"]
    assert "w" in browser.found["rows"]["c1"]
