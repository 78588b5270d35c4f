"""A feed that tells no visitor from another gives all conversations to one customer: a desk of them is no slower."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deskkit.desk import cards
from deskkit.desk import desk as desks
from deskkit.desk import events as e
from deskkit.desk.desk import Desk
from deskkit.desk.resting import near
from deskkit.views.desk.pages import EARLIER, page
from deskkit.views.desk.watch import Watch
from deskkit.views.words import Words
from tests.views.little import STANDARD

if TYPE_CHECKING:
    from collections.abc import Iterator

PAST = 200  # conversations that are closed
GUEST = e.CustomerSet(at=0, customer="guest", name="访客")


def visits() -> Iterator[e.Fact]:
    """Yield one conversation after the other, of which the last stays open."""
    yield GUEST
    for n in range(PAST + 1):
        yield e.ConversationOpened(at=n, conversation=f"c{n}", customer="guest")
        yield e.CustomerWrote(at=n, conversation=f"c{n}", message=f"m{n}", text="在吗")
        if n < PAST:
            yield e.Resolved(at=n, conversation=f"c{n}")


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Return a desk that has put away all that is closed."""
    monkeypatch.setattr(desks, "REST_AFTER", 0)
    made = Desk(STANDARD)
    made.follow(visits())
    made.rest()
    assert near(made.state.conversation) == [PAST], "the others are away"
    return made


def test_what_is_told_of_the_customer_brings_no_conversation_back(desk: Desk) -> None:
    """Each is to be drawn anew where it is shown; none is read for that."""
    watch = Watch("chen")
    watch(desk, GUEST)
    assert watch.taken(desk)[0] == {f"c{n}" for n in range(PAST + 1)}
    assert near(desk.state.conversation) == [PAST]


def test_a_page_lists_the_latest_and_says_that_there_are_more(desk: Desk) -> None:
    """So many rows come back as are listed, and one that can be opened stands for each."""
    shown = page(desk, f"c{PAST}", say=Words("en"), me="chen", now=PAST)["earlier"]
    assert [one["k"] for one in shown] == [*(f"c{PAST - 1 - n}" for n in range(EARLIER)), ""]
    assert shown[-1]["text"] == "Older ones are found by a search"
    assert len(list(near(desk.state.conversation))) == 1 + EARLIER
    few = page(desk, f"c{EARLIER}", say=Words("en"), me="chen", now=PAST)["earlier"]
    assert [one["k"] for one in few] == [f"c{EARLIER - 1 - n}" for n in range(EARLIER)], "all that there are"


def test_all_of_them_can_be_gone_through(desk: Desk) -> None:
    """The control: whoever asks for all gets all, latest first, without an end that is not there."""
    every = [f"c{PAST - n}" for n in range(PAST + 1)]
    assert list(cards.conversations_of(desk, "guest")) == every
    assert list(cards.earlier(desk, f"c{PAST}")) == every[1:]
    assert list(cards.conversations_of(desk, "nobody")) == []
