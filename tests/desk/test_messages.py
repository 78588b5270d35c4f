"""What was said, packed once a conversation is closed for a while: it reads as before, and takes less room."""

from __future__ import annotations

from functools import partial
from operator import eq

from hypothesis import given
from hypothesis import strategies as st

from deskkit.desk import events
from deskkit.desk.messages import Messages, Written
from tests.desk.scene import Scene

DEEDS = st.lists(
    st.tuples(st.sampled_from(["add", "take_back", "pack", "clear"]), st.integers(0, 2), st.text(max_size=9))
)


def wrote(text: str, conversation: str = "c1") -> events.CustomerWrote:
    """Return a message."""
    return events.CustomerWrote(at=0, conversation=conversation, message="m", text=text)


@given(DEEDS)
def test_packed_or_not_it_says_the_same(deeds: list[tuple[str, int, str]]) -> None:
    """Whatever is added, taken back, packed and forgotten, what is read is what plain lists would hold."""
    said = Messages(3)
    plain: list[list[Written]] = [[], [], []]
    for what, number, text in deeds:
        if what == "add":
            said.add(number, wrote(text))
            plain[number].append(wrote(text))
        elif what == "take_back" and plain[number]:
            assert said.take_back(number) == plain[number].pop()
        elif what == "pack":
            said.pack(partial(eq, number))
        elif what == "clear":
            said.clear(number)
            plain[number].clear()
        assert [list(said[one]) for one in range(len(said))] == plain
        assert [said.count(one) for one in range(len(said))] == [len(one) for one in plain]


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


def test_only_what_rests_is_packed() -> None:
    """A conversation closed for ten minutes is packed; one that is open, or was closed just now, is not."""
    scene = Scene()
    for name in ("old", "new", "open"):
        scene.open(name, customer=name)
    scene.do(events.Resolved, "old")
    scene.wait(600_000)
    scene.do(events.Resolved, "new")
    before = [scene.desk.messages[number] for number in range(3)]
    scene.desk.pack()
    after = [scene.desk.messages[number] for number in range(3)]
    assert [a is b for a, b in zip(before, after, strict=True)] == [False, True, True]
    assert list(after[0]) == list(before[0])
