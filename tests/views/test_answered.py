"""A reply that a colleague was faster with is asked about once; what goes to colleagues only asks nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from deskkit.desk import events as e
from deskkit.log import MemoryLog
from tests.views.browser import Browser
from tests.views.little import NOW, little_log, little_view

if TYPE_CHECKING:
    from deskkit.desk.events import Fact

LONG = "Your parcel left the house this morning and will be with you by Friday noon, I have asked the carrier myself"


def two() -> tuple[Browser, Browser]:
    """Return two who answer customers at one log, each with a conversation open."""
    log = MemoryLog()
    little_log(log=log)
    both = tuple(Browser(little_view(log=log, me=me, acts=True)) for me in ("qin", "chen"))
    for one in both:
        one.open("c4")
    both[0].view.wake()  # to know that the other looks at it too
    return both[0], both[1]


def last(browser: Browser) -> int:
    """Return the number of the last line that is seen, as a page sends it."""
    return int(browser.pages["c4"]["lines"][-1]["id"])


def replies(browser: Browser) -> list[str]:
    """Return what agents wrote in the conversation, in order."""
    browser.view.wake()
    events = [row.event for row in browser.view.driver.log.read(conversation="c4")]
    return [one.text for one in events if isinstance(one, e.AgentWrote)]


def test_a_reply_after_a_colleagues_is_asked_about_once() -> None:
    """The question has the colleague's name and first words; whoever is sure sends, and who knows is not asked."""
    one, other = two()
    saw = last(one)
    assert one.do("reply", "c4", text=LONG, saw=saw)["ok"]
    other.view.wake()
    answer = other.do("reply", "c4", text="In a moment", saw=saw)
    assert not answer["ok"]
    said, rest = answer["ask"]["text"].split("while you wrote: “")
    assert said == "秦岚 answered "
    assert LONG.startswith(rest.removesuffix("…”"))
    assert 20 < len(rest) < len(LONG)
    assert answer["ask"]["confirm"] == "Send all the same"
    assert replies(other)[1:] == [LONG]
    assert last(other) == saw + 1
    assert other.do("reply", "c4", text="In a moment", saw=saw, sure=True)["ok"]
    assert replies(other)[1:] == [LONG, "In a moment"]
    one.view.wake()
    assert one.do("reply", "c4", text="One more thing", saw=last(one))["ok"]  # begun when both stood there


@pytest.mark.parametrize("do", ["note", "whisper"])
def test_what_goes_to_colleagues_asks_nothing(do: str) -> None:
    """A note and a whisper go, whoever answered since; a reply in their place would be asked about."""
    one, other = two()
    saw = last(one)
    assert one.do("reply", "c4", text=LONG, saw=saw)["ok"]
    other.view.wake()
    assert other.do(do, "c4", text="He waits for the carrier", saw=saw)["ok"]
    assert "ask" in other.do("reply", "c4", text="In a moment", saw=saw)


def _wrote(agent: str, *, automatic: bool = False) -> Fact:
    return e.AgentWrote(at=NOW, conversation="c4", agent=agent, message="new", text="Hello", automatic=automatic)


def _note() -> Fact:
    return e.NoteWritten(at=NOW, conversation="c4", agent="qin", text="Hello")


def _asked_again() -> Fact:
    return e.CustomerWrote(at=NOW, conversation="c4", message="new", text="Hello")


NO_ANSWERS = {
    "own": _wrote("chen"), "automatic": _wrote("qin", automatic=True), "note": _note(), "asked": _asked_again(),
}  # fmt: skip


@pytest.mark.parametrize("kind", NO_ANSWERS)
def test_no_answer_of_a_colleague_is_none(kind: str) -> None:
    """One's own reply elsewhere, a greeting by itself, a note and the customer's next word are no reason to ask."""
    _one, other = two()
    saw = last(other)
    other.view.driver.act([msgspec.structs.replace(NO_ANSWERS[kind], source="test", source_id="new")])
    other.view.wake()
    assert last(other) == saw + 1
    assert other.do("reply", "c4", text="In a moment", saw=saw)["ok"]


@pytest.mark.parametrize("saw", [-1, -(10**9), 10**9, None])
def test_any_number_is_borne(saw: int | None) -> None:
    """Before the first line all are new, behind the last none is; who does not say what they saw is not asked."""
    _one, other = two()
    more: dict[str, Any] = {} if saw is None else {"saw": saw}
    answer = other.do("reply", "c4", text="In a moment", **more)
    assert answer["ok"] == (saw is None or saw > 0)
    assert ("林悦 answered" in str(answer["ask"])) == (not answer["ok"])


def test_both_doubts_are_said_in_one_question() -> None:
    """A reply that is late and names another customer is asked about once, for both."""
    _one, other = two()
    text = other.do("reply", "c4", text="您好，张伟", saw=-1)["ask"]["text"]
    assert "林悦 answered while you wrote" in text
    assert "The text names 张伟" in text
