"""A policy with other signals: what was said is searched by them bit by bit before it comes, with the same outcome."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from deskkit.desk import columns as k
from deskkit.desk import events
from deskkit.desk.desk import Desk, tagger_of
from deskkit.desk.policy import Policy
from deskkit.desk.rereading import read_ahead
from deskkit.desk.tagging import Tagger
from tests.desk.days import STANDARD, facts_with_decisions, known
from tests.desk.test_restated import OTHERS, ruled_day

if TYPE_CHECKING:
    from deskkit.desk.events import Event

OTHER = Policy.parse(STANDARD.text.replace('"投诉", "投拆", ', ""))


def ahead(desk: Desk, policy: Policy) -> int:
    """Search what stands in a desk by a policy that comes next; return in how many bits."""
    return len(list(read_ahead(desk, tagger_of(policy.schema.signals))))


def put(at: int, policy: Policy) -> Event:
    """Return a policy put live."""
    return events.PolicyChanged(at=at, source="x", source_id=str(at), fingerprint=policy.fingerprint, text=policy.text)


def asked(at: int, *texts: str, conversation: str = "c1") -> list[Event]:
    """Return what a customer wrote in a conversation that begins."""
    begun: list[Event] = [events.ConversationOpened(at=at, conversation=conversation, customer=conversation)]
    return begun + [
        events.CustomerWrote(at=at + n, conversation=conversation, message=f"{at + n}", text=text)
        for n, text in enumerate(texts)
    ]


@pytest.mark.parametrize("seed", range(8))
def test_searched_before_or_not_it_becomes_the_same(seed: int) -> None:
    """Seven policies on a random day, before each of which it and another were searched for."""
    draw = random.Random(seed)
    plain, sooner = Desk(STANDARD), Desk(STANDARD)
    bits = 0
    for part in facts_with_decisions(ruled_day(seed).log):
        if isinstance(part[0], events.PolicyChanged):
            for policy in draw.sample([Policy.parse(part[0].text), draw.choice(OTHERS)], 2):
                bits += ahead(sooner, policy)
        plain.follow(part)
        sooner.follow(part)
    assert bits > 0
    assert sooner.read_ahead == {}
    assert known(sooner) == known(plain)


def test_what_was_searched_before_is_not_searched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the policy itself searches nothing but what was said since; the control: without it, all."""
    searched: list[str] = []
    mask = Tagger.mask

    def noting(tagger: Tagger, text: str, *, by: str = "customer") -> int:
        searched.append(text)
        return mask(tagger, text, by=by)

    def signals(desk: Desk) -> list[tuple[int, int]]:
        return [(row[k.SIGNALS], row[k.SIGNALS_NOW]) for row in desk.state.conversation]

    sooner, plain = Desk(STANDARD), Desk(STANDARD)
    for desk in (sooner, plain):
        desk.follow([*asked(0, "我要投诉", "退款"), *asked(10, "快点", conversation="c2")])
    ahead(sooner, OTHER)
    for desk in (sooner, plain):
        desk.follow([events.CustomerWrote(at=20, conversation="c2", message="20", text="还没到")])
    monkeypatch.setattr(Tagger, "mask", noting)
    for desk, expected in ((sooner, ["快点", "还没到"]), (plain, ["我要投诉", "退款", "快点", "还没到"])):
        searched.clear()
        desk.follow([put(30, OTHER)])
        assert searched == expected
    assert signals(sooner) == signals(plain)


def test_the_same_signals_are_not_searched_for() -> None:
    """Most policies that are put live look for the same as before."""
    desk = Desk(STANDARD)
    desk.follow(asked(0, "我要投诉"))
    assert ahead(desk, STANDARD.edit({"capacity.complex_from": 7})) == 0
    assert ahead(desk, OTHER) > 0
