"""What was said lies in memory or put away: it reads the same, and takes no memory in the end."""

from __future__ import annotations

import tracemalloc
import zlib
from functools import partial
from operator import eq
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskkit.desk import desk as desks
from deskkit.desk import events, messages
from deskkit.desk.messages import ANYBODY, ASKED, AUTOMATIC, BY_HAND, NOTED, Messages, Said, Written
from tests.desk.scene import Scene

DEEDS = st.lists(
    st.tuples(st.sampled_from(["add", "add", "add", "take_back", "pack", "rest", "clear"]), st.integers(0, 2)),
    max_size=40,
)


WHO = (ASKED, ASKED, BY_HAND, ASKED, AUTOMATIC, NOTED, ASKED)


def wrote(text: str, *, at: int = 0, conversation: str = "c1") -> events.CustomerWrote:
    """Return a message."""
    return events.CustomerWrote(at=at, conversation=conversation, message="m", text=text)


def answered(text: str, *, at: int = 0, automatic: bool = False) -> events.AgentWrote:
    """Return an answer."""
    return events.AgentWrote(at=at, conversation="c1", agent="chen", message="m", text=text, automatic=automatic)


def written(text: str, *, at: int, who: int) -> Written:
    """Return what somebody wrote."""
    if who == NOTED:
        return events.NoteWritten(at=at, conversation="c1", agent="chen", text=text)
    return wrote(text, at=at) if who == ASKED else answered(text, at=at, automatic=who == AUTOMATIC)


@given(DEEDS, st.integers(1, 3), st.integers(0, 2))
def test_packed_or_not_it_says_the_same(deeds: list[tuple[str, int]], together: int, tail: int) -> None:
    """Whatever is added, taken back, packed and forgotten, what is read is what plain lists would hold."""
    with patch.multiple(messages, TOGETHER=together, TAIL=tail):
        said = Messages(3)
        plain: list[list[Written]] = [[], [], []]
        for turn, (what, number) in enumerate(deeds):
            _do(said, plain, what, number, turn)
            assert [list(said[one]) for one in range(len(said))] == plain
            assert [said.count(one) for one in range(len(said))] == [len(said[one]) for one in range(3)]
            _reads_as(said[number], plain[number], late=turn // 2)


def _do(said: Messages, plain: list[list[Written]], what: str, number: int, turn: int) -> None:
    if what == "add":  # late ones among them
        fact = written(f"{turn}", at=turn * 7 % 11, who=WHO[turn * 5 % 7])
        said.add(number, fact)
        plain[number].append(fact)
    elif what == "take_back" and plain[number]:
        before = said.taken(number)
        assert said.take_back(number) == plain[number].pop()
        assert said.taken(number) == before + 1
    elif what in {"pack", "rest"}:
        said.pack(partial(eq, number if what == "rest" else -1))
    elif what == "clear":
        said.clear(number)
        plain[number].clear()


def _reads_as(said: Said, plain: list[Written], *, late: int) -> None:
    """See that each way to read gives what a list gives."""
    assert list(reversed(said)) == plain[::-1]
    assert [said[at] for at in range(-len(plain), len(plain))] == plain * 2
    for begin in range(len(plain) + 1):
        assert said[begin:] == plain[begin:]
        assert said[: -begin or None] == plain[: -begin or None]
        assert list(said.forth(begin=begin)) == plain[begin:]
        assert list(said.back(begin=begin)) == plain[begin:][::-1]
        by_hand = [one for one in plain[begin:] if isinstance(one, events.AgentWrote) and not one.automatic]
        assert list(said.by_hand(begin=begin)) == by_hand[::-1]
    assert list(said.back(ANYBODY)) == [one for one in plain[::-1] if not isinstance(one, events.NoteWritten)]
    assert list(said.back(NOTED)) == [one for one in plain[::-1] if isinstance(one, events.NoteWritten)]
    with pytest.raises(IndexError):
        said[len(plain)]
    for at in (-1, late):
        later = [one for one in plain if isinstance(one, events.CustomerWrote) and one.at > at]
        assert (list(said.asked_after(at)), said.unread(at)) == (later, len(later))


def test_every_kind_comes_back() -> None:
    """Each kind of message, with files and whispers, is the same after it was packed."""
    kinds = (
        wrote("在吗"),
        events.AgentWrote(at=1, conversation="c1", agent="chen", message="n", text="在", automatic=True),
        events.SystemWrote(at=2, conversation="c1", author="bot", message="o", text="?"),
        events.NoteWritten(at=3, conversation="c1", agent="chen", text="小心", to="qin", pinned=True),
    )
    said = Messages(1)
    for one in kinds:
        said.add(0, one)
    said.pack(lambda _: True)
    assert tuple(said[0]) == kinds
    assert not any(one is old for one, old in zip(said[0], kinds, strict=True)), "read again"


def test_what_nobody_read_is_counted_without_reading_it() -> None:
    """A customer who writes on and on, unread, costs each drawing of the row no more than the packs there are."""
    said = Messages(1)
    for turn in range(1_000):
        said.add(0, wrote(f"{turn}", at=turn))
    said.pack(lambda _: True)
    with patch.object(messages, "_decode", side_effect=AssertionError("read")) as read:
        assert (said[0].unread(-1), said[0].unread(1_000)) == (1_000, 0)
        assert (said[0].unread(31), said[0].unread(999)) == (968, 0)
        with pytest.raises(AssertionError, match="read"):  # the control: a part of a pack
            said[0].unread(40)
    assert read.call_count == 1


def test_an_answer_is_looked_for_without_reading_what_was_asked() -> None:
    """However much a customer wrote since: what agents wrote by hand, and whether they did, is found unread."""
    said = Messages(2)
    for number, answers in ((0, 0), (1, 2)):
        for turn in range(1_000):
            said.add(number, answered(f"{turn}", at=turn) if turn < answers else wrote(f"{turn}", at=turn))
    said.pack(lambda _: True)
    with patch.object(zlib, "decompress", wraps=zlib.decompress) as read:
        assert (list(said[0].by_hand()), list(said[1].by_hand(begin=16)), read.call_count) == ([], [], 0)
        assert [one.text for one in said[1].by_hand()] == ["1", "0"]
        assert read.call_count == 1
        assert len(list(said[0].back(ASKED))) == 1_000  # the control: what was asked is read
    assert read.call_count > 1_000 // messages.TOGETHER


def test_of_what_is_open_the_latest_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was said in a closed conversation is put away, of an open one all but the latest; both read as before."""
    monkeypatch.setattr(desks, "PACK_AFTER", 1)
    scene = Scene()
    for name in ("closed", "open"):
        scene.open(name, customer=name)
        for turn in range(messages.TAIL + messages.TOGETHER):
            scene.say(f"{turn}", name)
    scene.do(events.Resolved, "closed")
    before = [list(said) for said in scene.desk.messages]
    scene.desk.pack()
    after = [list(said) for said in scene.desk.messages]
    assert after == before
    kept = [[a is b for a, b in zip(*pair, strict=True)] for pair in zip(before, after, strict=True)]
    assert (any(kept[0]), kept[1].count(False), kept[1][-1]) == (False, messages.TOGETHER, True)


def test_what_is_put_away_takes_no_memory() -> None:
    """Twenty thousand messages take, once packed, less than a twentieth of the memory they took before."""
    tracemalloc.start()
    try:
        said, begun = Messages(100), tracemalloc.get_traced_memory()[0]
        for turn in range(20_000):
            said.add(turn % 100, wrote(f"{turn} 我的快递到哪了，三天没动了", at=turn, conversation=f"c{turn % 100}"))
        loose = tracemalloc.get_traced_memory()[0] - begun
        said.pack(lambda _: False)
        tail = tracemalloc.get_traced_memory()[0] - begun
        said.pack(lambda _: True)
        packed = tracemalloc.get_traced_memory()[0] - begun
    finally:
        tracemalloc.stop()
    assert packed * 20 < loose, f"{packed} of {loose} bytes"
    assert packed < tail < loose / 5, "the latest of each conversation stay"
