"""What people of a demo say instead of one and the same: as little as that, to the desk, and more to who looks."""

from __future__ import annotations

import pytest
from msgspec import structs

from deskkit.desk import events as e
from deskkit.desk.desk import Desk
from deskkit.desk.policy import Policy
from deskkit.sim.said import REPLIES
from deskkit.sim.scenariofile import load_scenario
from deskkit.sim.wording import ANSWERS, FILLERS, agent_name, worded
from deskkit.sim.workload import sample
from deskkit.sim.world import World

POLICY = Policy.load("data/policies/standard.toml")
USUAL = {"zh": "嗯嗯，我看一下", "en": "Okay, I am reading it."}
FORMS = [(language, text) for language, texts in FILLERS.items() for text in texts]


def decided(language: str, text: str) -> list[e.Decision]:
    """Return what the desk decides about a conversation in which a customer says this after an answer."""
    desk = Desk(POLICY)
    facts: list[e.Fact] = [
        e.ConversationOpened(at=1, source="t", source_id="1", conversation="c", customer="u", language=language),
        e.CustomerWrote(at=2, source="t", source_id="2", conversation="c", message="m1", text="?"),
        e.AgentWrote(at=3, source="t", source_id="3", conversation="c", agent="a", message="m2", text="…"),
        e.CustomerWrote(at=4, source="t", source_id="4", conversation="c", message="m3", text=text),
    ]
    return [decision for fact in facts for decision in desk.step(fact)]


@pytest.mark.parametrize(("language", "text"), FORMS)
def test_another_filler_changes_no_decision(language: str, text: str) -> None:
    """It raises no signal, and is no courtesy that would leave nothing to answer."""
    assert not Desk(POLICY).is_courtesy(text)
    assert decided(language, text) == decided(language, USUAL[language])


def test_words_that_say_something_would_be_seen() -> None:
    """The look above can fail: a complaint and a thank-you are told apart from a filler."""
    assert decided("zh", "我要投诉") != decided("zh", USUAL["zh"])
    assert Desk(POLICY).is_courtesy("好的，谢谢")


def test_agents_can_be_told_apart() -> None:
    """Nobody of a whole weekday has another's name."""
    scenario = load_scenario("data/scenarios/weekday.toml")
    people = World(scenario, sample(structs.replace(scenario, end_ms=scenario.begin_ms + 1), seed=1), POLICY).people
    names = [agent_name(person.about.languages, person.index) for person in people]
    assert len(set(names)) == len(names) > 20


def test_a_text_is_exchanged_always_for_the_same() -> None:
    """Answers differ from message to message, not from run to run; what says something stays."""
    said = [worded(answer(n, REPLIES["zh"])) for n in range(40)]
    assert {fact.text for fact in said if isinstance(fact, e.AgentWrote)} == set(ANSWERS["zh"])
    assert said == [worded(answer(n, REPLIES["zh"])) for n in range(40)]
    assert worded(answer(1, "七天内可以退")) == answer(1, "七天内可以退")
    asked = e.CustomerWrote(at=1, conversation="c", message="m", text="有优惠券可以用吗？")
    assert worded(asked, filler="嗯嗯") == asked


def answer(number: int, text: str) -> e.AgentWrote:
    """Return what an agent wrote."""
    return e.AgentWrote(at=1, conversation="c", agent="a", message=f"1/a{number}", text=text)
