"""A feed's conversation that goes on under another name at the desk: what leaves, what comes late, what contradicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deskkit.desk import cards, events
from deskkit.feeds.feed import Can, Declared
from deskkit.live.outbox import Outbox, replies_to
from deskkit.log import MemoryLog
from tests.live.desks import make, served, staffed, wrote
from tests.live.test_outbox import Provider, Silent, replied

if TYPE_CHECKING:
    from deskkit.live.served import Route
    from deskkit.log import Outgoing
    from tests.live.desks import Served

DAYS = 10 * 86_400_000
CAN = Can(reply=True, assign=True, tag=True, close=True, open=True)


class Named(Provider):
    """A recipient that keeps of which conversation it was told."""

    def __call__(self, item: Outgoing) -> None:
        """Take something."""
        super().__call__(item)
        self.got[-1] += f" of {getattr(item.event, 'conversation', '')}"


def renewed(*routes: Route, log: MemoryLog | None = None, times: int = 1) -> Served:
    """Return a desk on which the customer of ``c1`` came back after ten days, so many times."""
    desk = staffed(served(log or MemoryLog(), routes=list(routes)))
    for n in range(times):
        desk.bring(make(events.Resolved, f"x{n}", at=desk.clock.now(), conversation="c1"))
        desk.clock.advance(DAYS)
        desk.driver.wake()
        desk.bring(wrote(f"again {n}", at=desk.clock.now(), text="还没到货"))
        desk.clock.advance(60_000)
    return desk


@pytest.mark.parametrize("times", [0, 1, 2])
def test_a_reply_goes_out_under_the_name_its_feed_knows(times: int) -> None:
    """However often it was renewed, what leaves for its feed goes there, and says the feed's own name."""
    log = MemoryLog()
    mine, other = (replies_to(Silent(Declared(name=name, can=CAN, mode="act")), log) for name in ("feed", "other"))
    desk = renewed(mine, other, log=log, times=times)
    name = f"c1~{times + 1}" if times else "c1"
    assert desk.driver.desk.goes_on_as("c1") == name
    desk.bring(replied("r", conversation=name))
    out, others = Named(), Named()
    box = Outbox(desk.driver, {"feed": out, "other": others})
    while box.deliver():
        pass
    assert "r of c1" in out.got
    assert {one.rpartition(" of ")[2] for one in out.got} == {"c1"}
    assert others.got == []


def test_a_product_that_names_its_own_so_is_told_its_own() -> None:
    """A conversation that a feed itself calls like one that goes on is no other's."""
    log = MemoryLog()
    route = replies_to(Silent(Declared(name="feed", can=CAN, mode="act")), log)
    desk = staffed(served(log, routes=[route]))
    desk.bring(make(events.ConversationOpened, "own", source="other", conversation="c1~2", customer="u9"))
    desk.bring(replied("r", conversation="c1~2"))
    out = Named()
    Outbox(desk.driver, {"feed": out}).deliver()
    assert not any(one.startswith("r ") for one in out.got)


@pytest.mark.parametrize("name", ["c1", "c1~2"])
def test_a_late_fact_is_late_under_either_name(name: str) -> None:
    """What a feed tells late of stage, owner and tags overtakes nothing newer, whatever it calls the conversation."""
    desk = renewed()
    at = desk.clock.now()
    for number, kind in enumerate((events.Resolved, events.Reopened)):
        desk.bring(make(kind, f"y{number}", at=at + 10_000 * number, source="view", conversation="c1~2", by="qin"))
        desk.clock.advance(10_000)
    desk.bring(
        make(events.TagSet, "t", at=at + 10_000, source="view", conversation="c1~2", facet="label", tag="important",
             on=False)
    )  # fmt: skip
    desk.bring(make(events.OwnerSet, "o", at=at + 10_000, source="view", conversation="c1~2", agent="lin"))
    for late in (
        make(events.Resolved, "late", at=at + 5_000, conversation=name),
        make(events.TagSet, "late tag", at=at + 5_000, conversation=name, facet="label", tag="important"),
        make(events.OwnerSet, "late owner", at=at + 5_000, conversation=name, agent="chen"),
    ):
        assert desk.bring(late) == "refused late"
    card = cards.conversation_card(desk.driver.desk, "c1~2")
    assert (card.stage, card.owner, [tag.name for tag in card.tags if tag.name == "important"]) == (
        "assigned",
        "lin",
        [],
    )
    assert desk.bring(make(events.Resolved, "new", at=desk.clock.now(), conversation=name)) == "taken"  # the control
    assert cards.conversation_card(desk.driver.desk, "c1~2").stage == "resolved"


def test_an_outdated_deed_is_seen_under_the_old_name() -> None:
    """Assigned by a hand that had not seen its feed's own assignment, told under the old name: refused."""
    desk = renewed()
    saw = desk.log.last_seq()
    desk.bring(make(events.OwnerSet, "feeds", at=desk.clock.now(), conversation="c1", agent="lin"))
    deed = make(events.OwnerSet, "view", at=0, source="view", conversation="c1~2", agent="chen", by="qin")
    assert desk.bring(deed, author="qin", saw_seq=saw) == "refused outdated"
