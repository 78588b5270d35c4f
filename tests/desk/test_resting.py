"""Rows that rest: a desk that puts them away says the same as one that does not, and takes far less memory."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskkit.desk import cards, events
from deskkit.desk import columns as k
from deskkit.desk import desk as desks
from deskkit.desk.customers import People
from deskkit.desk.desk import Desk
from deskkit.desk.finding import Index
from deskkit.desk.names import Registry
from deskkit.desk.policy import Policy
from deskkit.desk.resting import Rows, glance, near
from deskkit.desk.snapshot import freeze, thaw
from tests.desk.days import STANDARD, known, world
from tests.desk.scene import BARE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DEEDS = st.lists(st.tuples(st.sampled_from(["add", "away", "write", "read"]), st.integers(0, 3)), max_size=40)
LARGEST = 2**63 - 1


@given(DEEDS)
def test_rows_are_what_a_plain_list_holds(deeds: list[tuple[str, int]]) -> None:
    """Whatever is added, written, read and put away, each row is the plain list's, and a glance brings none back."""
    rows, plain = Rows([[0, 0]], keeps=(1,)), [[0, 0]]
    for turn, (what, number) in enumerate(deeds):
        if what == "add":
            rows.append([turn, LARGEST])
            plain.append([turn, LARGEST])
        elif number < len(plain) and what == "away":
            rows.put_away(number)
            assert number not in rows.near
        elif number < len(plain) and what == "write":
            rows[number][1] = plain[number][1] = -turn
        elif number < len(plain):
            assert rows[number] == plain[number]
        before = set(rows.near)
        assert [glance(rows, one, 1) for one in range(len(plain))] == [row[1] for row in plain]
        assert rows.near == before
        assert list(near(rows)) == sorted(before)
    assert len(rows) == len(plain)
    assert list(rows) == plain


def test_of_a_plain_table_every_row_is_near() -> None:
    """A table that puts nothing away is read by the same two functions."""
    assert (list(near([[1], [2]])), glance([[1], [2]], 1, 0)) == ([0, 1], 2)


def resting(desk: Desk, stored: Iterable[events.Event]) -> Iterator[events.Event]:
    """Let a desk put away all it may after each event."""
    for event in stored:
        yield event
        desk.pack()
        desk.rest()


def under_another(log: list[events.Event]) -> list[events.Event]:
    """Let another policy come into force at a log's end, with other groups, labels, rules and tidying."""
    other = Policy.load("data/policies/quiet.toml")
    said = {"fingerprint": other.fingerprint, "text": other.text}
    return [*log, events.PolicyChanged(at=log[-1].at, source="x", source_id="p", **said)]


@pytest.mark.parametrize("seed", range(12))
def test_a_desk_that_rests_says_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A random day of 300 acts and another policy at its end: all that the desk knows, shows, finds and keeps."""
    monkeypatch.setattr(desks, "REST_AFTER", 0)
    monkeypatch.setattr(desks, "PACK_AFTER", 1)
    log = under_another(world(seed, 300).log)
    plain, rests = Desk(STANDARD), Desk(STANDARD)
    plain.follow(log)
    rests.follow(resting(rests, log))
    rests.rest()
    open_ones = sorted(map(rests.conversation, cards.open_conversations(rests)))
    assert near(rests.state.conversation) == open_ones, "all others are away"
    assert 0 < len(open_ones) < len(rests.conversations)
    assert cards.open_conversations(rests) == cards.open_conversations(plain)
    assert cards.queue(rests) == cards.queue(plain)
    for word in ("c1", "a1", "vip", "refund", "退", "e"):
        assert Index(rests).all(word) == Index(plain).all(word)
    assert near(rests.state.conversation) == open_ones, "nobody who shows or searches brings them back"
    assert known(thaw(freeze(rests), STANDARD)) == known(thaw(freeze(plain), STANDARD))
    for desk in (plain, rests):
        desk.fold(())
    assert known(rests) == known(plain)


def test_a_row_that_was_lost_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the test above: a shelf that forgets what was written since makes desks differ."""
    monkeypatch.setattr(desks, "REST_AFTER", 0)
    log = world(0, 300).log
    plain, rests = Desk(STANDARD), Desk(STANDARD)
    plain.follow(log)
    first: dict[int, bytes] = {}
    rests.rest()
    put = rests.state.conversation.put_away

    def forgetful(number: int) -> None:
        put(number)
        shelf, places = rests.state.conversation._shelf, rests.state.conversation._places  # noqa: SLF001 - spoilt
        places[number] = shelf.put_record(first.setdefault(number, shelf.record(places[number])))

    monkeypatch.setattr(rests.state.conversation, "put_away", forgetful)
    rests.follow(resting(rests, log))
    assert known(rests) != known(plain)


def came_and_went(desk: Desk, begin: int, end: int) -> None:
    """Let customers come with two messages each, and be handled."""
    for c in range(begin, end):
        name = f"c{c}"
        for fact in (
            events.CustomerSet(at=c, customer=f"u{c}", name=f"张{c}", fields={"account": f"A-{c}", "orders": 3}),
            events.ConversationOpened(at=c, conversation=name, customer=f"u{c}"),
            events.CustomerWrote(at=c, conversation=name, message=f"{name}/1", text="我的快递到哪了"),
            events.Resolved(at=c, conversation=name),
        ):
            desk.step(fact)
        desk.pack()
        desk.rest()


def test_who_is_done_with_takes_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A customer who came and went takes less than 800 bytes, and without resting rows more than 1,500."""
    monkeypatch.setattr(desks, "PACK_AFTER", 100)
    taken = []
    for rests in (True, False):
        desk = Desk(BARE)
        if not rests:
            monkeypatch.setattr(desk, "rest", lambda: None)
        came_and_went(desk, 0, 1_000)
        tracemalloc.start()
        try:
            came_and_went(desk, 1_000, 3_000)
            taken.append(tracemalloc.get_traced_memory()[0] / 2_000)
        finally:
            tracemalloc.stop()
    assert taken[0] < 800, f"{taken[0]} bytes"
    assert taken[1] > 1_500, f"{taken[1]} bytes"


def test_people_come_back_as_they_were_told() -> None:
    """What was put away of a customer is read again, as often as it is asked for, and follows what is told later."""
    people = People(Registry("customer", ["zhang", "li"]))
    for name in ("李雷", "李磊"):
        fact = events.CustomerSet(at=5, customer="li", name=name, fields={"spend": 12.5, "note": "说", "orders": 7})
        people.tell(fact)
        people.put_away(lambda number: number == 0)
        assert people["li"] is fact, "who does not rest stays"
        people.put_away(lambda _: True)
        assert people["li"] == fact
        assert people["li"] is not fact
        assert people._near == {}  # noqa: SLF001 - it stays put away
    assert (people.told(1), people.told(0), len(people), list(people)) == (2, 0, 1, ["li"])
    assert "zhang" not in people
    assert people.get("nobody") is None


def test_a_closed_conversation_that_goes_on_is_back() -> None:
    """A customer who writes in a conversation that was put away is waited for as ever."""
    desk = Desk(BARE)
    came_and_went(desk, 0, desks.REST_AFTER + 1)
    assert 3 not in near(desk.state.conversation)
    desk.step(events.CustomerWrote(at=10**6, conversation="c3", message="m", text="还没到"))
    assert cards.open_conversations(desk) == ("c3",)
    assert desk.state.customer[desk.customers.find("u3")][k.OPEN_NOW] == 1
    assert cards.conversation_card(desk, "c3").customer_name == "张3"
