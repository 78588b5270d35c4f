"""Another policy in force where closed conversations rest: what a desk knows is what one knows that walks them all."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from deskkit.desk import cards, events
from deskkit.desk import columns as k
from deskkit.desk import desk as desks
from deskkit.desk.desk import Desk
from deskkit.desk.narrowing import Wanted, narrowed
from deskkit.desk.policy import Policy
from deskkit.desk.policyfile.relabelling import rename
from deskkit.desk.resting import Rows, near
from deskkit.desk.shelf import Shelf
from deskkit.desk.tags import Tags
from tests.desk.days import STANDARD, facts_with_decisions, known
from tests.desk.test_resting import resting
from tests.laws.world import ACTS, START, World

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXT = STANDARD.text
OWN = """[[tag]]
name = "Many points"
facet = "label"
tag = "important"
when = { "own.points" = ">= 5", spend = ">= 1" }

"""
RULE = '[[priority.rule]]\nname = "Complaint"'
LATER = ('after = "4 min" ', 'after = "6 min" ')
OTHERS = tuple(
    Policy.parse(text)
    for text in (
        Policy.load("data/policies/quiet.toml").text,
        rename(TEXT.replace('name = "VIP customer"', 'name = "An old friend"'), "label", "urgent", "hurry"),
        TEXT.replace("[[tag]]", OWN + "[[tag]]", 1).replace('start = "normal" ', 'start = "low" ').replace(*LATER),
        TEXT.replace('language = "preferred" ', 'language = "required" ').replace("turn = 1 ", "turn = 3 "),
        TEXT.replace('"投诉", "投拆", ', "").replace(RULE, RULE.replace("Complaint", "Cross")),
        TEXT,
    )
)


def ruled_day(seed: int, *, acts: int = 40) -> World:
    """Let a random day happen on which one policy follows another, and old conversations are taken up again."""
    draw = random.Random(seed)
    made = World(STANDARD)
    for policy in draw.sample(OTHERS, len(OTHERS)):
        for _ in range(acts):
            made.act(draw.randrange(len(ACTS)), draw.randrange(10**6), draw.randrange(10**6), draw.randrange(10**6))
        put_live(made, policy)
        for name in draw.sample(list(made.desk.conversations), min(4, len(made.desk.conversations))):
            take_up(made, name, draw)
    return made


def put_live(made: World, policy: Policy) -> None:
    """Put a policy in force, and tell of a customer whom its rules ask about."""
    made.take(events.PolicyChanged, fingerprint=policy.fingerprint, text=policy.text)
    made.take(events.CustomerSet, customer="u3", fields={"points": made.at % 9, "spend": 2})


def take_up(made: World, name: str, draw: random.Random) -> None:
    """Do something to a conversation, whatever became of it."""
    match draw.randrange(4):
        case 0:
            made.take(events.TagSet, conversation=name, facet="label", tag="urgent", on=draw.random() < 0.5)
        case 1:
            text = draw.choice(("我要投诉你们", "快点", "thanks!"))
            made.take(events.CustomerWrote, conversation=name, message=f"{name}/{len(made.log)}", text=text)
        case 2:
            made.take(events.Reopened, conversation=name, undo=draw.random() < 0.5)
        case _:
            made.take(events.PrioritySet, conversation=name, level=draw.randrange(-1, 4))


def looked_up(desk: Desk) -> list[Any]:
    """Return what is known of all conversations where nobody asks for one."""
    names = list(desk.conversations)
    return [
        [narrowed(desk, names, Wanted(level=level)) for level in range(k.LEVELS)],
        [narrowed(desk, names, Wanted(tags=((2, (tag,)),))) for tag in ("urgent", "hurry", "important")],
        sorted(desk.tags.known()),
    ]


def cards_of(desk: Desk, names: Sequence[str]) -> list[Any]:
    """Return conversations as their tabs show them."""
    return [(cards.conversation_card(desk, name), cards.reasons(desk, name)) for name in names]


@pytest.mark.parametrize("seed", range(16))
def test_a_desk_that_rests_follows_every_policy(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven policies on a day: after each what is looked up and shown, at the end all, is as where nothing rests."""
    monkeypatch.setattr(desks, "REST_AFTER", 0)
    monkeypatch.setattr(desks, "PACK_AFTER", 1)
    draw = random.Random(seed)
    plain, rests = Desk(STANDARD), Desk(STANDARD)
    away = 0
    for part in facts_with_decisions(ruled_day(seed).log):
        plain.follow(part)
        rests.follow(resting(rests, part))
        if isinstance(part[0], events.PolicyChanged):
            assert looked_up(rests) == looked_up(plain)
            away += len(rests.conversations) - len(list(near(rests.state.conversation)))
            if draw.random() < 0.5:
                names = draw.sample(list(plain.conversations), len(plain.conversations) // 3)
                assert cards_of(rests, names) == cards_of(plain, names)
    assert away > 0
    assert looked_up(rests) == looked_up(plain)
    assert known(rests) == known(plain)
    for desk in (plain, rests):
        desk.fold(())
    assert known(rests) == known(plain)


@pytest.mark.parametrize("seed", range(4))
def test_a_desk_that_rests_decides_the_same_about_closed_ones(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What rests is looked at by a policy put in force while the desk decides, too."""
    monkeypatch.setattr(desks, "REST_AFTER", 0)
    made = World(STANDARD)
    draw = random.Random(seed)
    for _ in range(60):
        made.act(draw.randrange(len(ACTS)), draw.randrange(10**6), draw.randrange(10**6), draw.randrange(10**6))
    plain, rests = Desk(STANDARD), Desk(STANDARD)
    for desk in (plain, rests):
        desk.fold(made.log)
    rests.rest()
    for policy in OTHERS:
        at = max(made.at, plain.now) + 1
        fact = events.PolicyChanged(at=at, source="x", source_id="p", fingerprint=policy.fingerprint, text=policy.text)
        assert rests.step(fact) == plain.step(fact)
        rests.rest()
    assert known(rests) == known(plain)


def test_what_a_pass_notes_ends_with_it() -> None:
    """A tag that time alone gave is replayed, and nothing of that pass is left on the conversation for the next."""
    late = '[[tag]]\nname = "Late"\nfacet = "label"\ntag = "important"\nwhen = { unanswered = ">= 1 min" }\n\n[[tag]]'
    policy = Policy.parse(TEXT.replace("[[tag]]", late, 1))
    made = World(policy)
    made.take(events.ConversationOpened, conversation="c1", customer="u1")
    made.take(events.CustomerWrote, conversation="c1", message="m", text="这个多少钱")
    made.at = START + 61_000
    assert any(isinstance(one, events.Tagged) for one in made.take(events.DeadlineReached))
    desk = Desk(policy)
    desk.follow(made.log)
    assert desk.state.conversation[0][k.DIRTY] == made.desk.state.conversation[0][k.DIRTY] == 0


@pytest.mark.parametrize("closed", [100, 400])
def test_putting_a_policy_live_reads_no_closed_conversation(closed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are closed: no row is brought back, no customer is read and no message is folded for it."""
    monkeypatch.setattr(desks, "REST_AFTER", 0)
    desk = Desk(STANDARD)
    for n in range(closed + 3):
        opened = events.ConversationOpened(at=n, conversation=f"c{n}", customer=f"u{n}")
        told = events.CustomerSet(at=n, customer=f"u{n}", fields={"membership": "gold"})
        desk.follow([told, opened, *([events.Resolved(at=n, conversation=f"c{n}")] if n < closed else [])])
    for _ in range(1 + closed // desks.REST_AT_ONCE):
        desk.rest()
    desk.people.put_away(lambda number: number < closed)
    read: list[int] = []
    counted: list[int] = []
    record, walk = Shelf.record, Rows.__getitem__

    def reading(shelf: Shelf, at: int) -> bytes:
        read.append(at)
        return record(shelf, at)

    def walking(rows: Rows, number: int) -> Any:
        counted.append(number)
        return walk(rows, number)

    monkeypatch.setattr(Shelf, "record", reading)
    monkeypatch.setattr(Rows, "__getitem__", walking)
    other = OTHERS[1]
    fact = events.PolicyChanged(at=closed, source="x", source_id="p", fingerprint=other.fingerprint, text=other.text)
    desk.follow([fact])
    assert desk.policy.fingerprint == other.fingerprint
    assert read == []
    assert set(counted) <= {closed, closed + 1, closed + 2}
    assert cards.conversation_card(desk, "c0").level == k.NORMAL
    assert len(read) == 3, "the conversation, its reasons, and what its customer is called"


def test_tags_are_called_anew_by_what_is_alike() -> None:
    """A rename reaches every conversation and is worked out once for those alike; a policy without one changes none."""
    tags = Tags()
    for number in range(1_000):
        tags.begin()
        tags.put(number, 2, {"urgent": "hand"} if number % 2 else {"hurry": "off", "urgent": "rule"})
    plain = STANDARD.schema.facets
    before = list(tags)
    tags.call_anew(plain)
    assert list(tags) == before
    tags.call_anew(OTHERS[1].schema.facets)
    assert {tuple(tagged[2].items()) for tagged in tags} == {(("hurry", "hand"),), (("hurry", "rule"),)}
    assert len({id(tagged) for tagged in tags}) == 2
