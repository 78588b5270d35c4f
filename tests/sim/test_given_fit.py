"""Customers of a log against policy and people: whom nobody can serve is named, on the days of the log."""

from __future__ import annotations

from typing import Final

from msgspec import structs

from deskkit.clock import instant
from deskkit.desk.policy import Policy
from deskkit.sim.experiment import replicate
from deskkit.sim.scenario import Agent, Arrivals, Law, Scenario, Shift, Stream
from deskkit.sim.scenariofile import check_against
from deskkit.sim.workload import Workload, sample
from deskkit.worded import Worded

H: Final = 3_600_000
STANDARD: Final = Policy.load("data/policies/standard.toml")
ZONE: Final = STANDARD.schema.zone
CHEN: Final = Agent(name="chen", groups=("presales",), languages=("zh",), shifts=(Shift(9 * H, 18 * H),))
OWN: Final = Stream(name="own", group="nowhere", arrivals=Arrivals(instants=(10 * H,)), turns=Law("constant", 1.0))
DESK: Final = Scenario(name="desk", day="2026-11-26", streams=(OWN,), agents=(CHEN,))
MOON: Final = 'Conversations that enter the group "moon", which the policy does not have: 2.'


def came(*hours: int, days: int = 1, day: str = "2026-06-15", **about: object) -> Workload:
    """Return customers who came at these hours of each day."""
    given = {"group": "presales", "language": "zh"} | about
    arrivals = Arrivals(instants=tuple(hour * H for hour in hours))
    stream = structs.replace(OWN, arrivals=arrivals, **given)
    scenario = structs.replace(DESK, streams=(stream,), day=day, days=days)
    return sample(scenario, seed=1, begin=instant(f"{day}T00:00", zone=ZONE), zone=ZONE)


def said(workload: Workload, scenario: Scenario = DESK) -> list[str]:
    """Return what is said of customers; of the agents only, that none is a supervisor, is said of all."""
    found = check_against(scenario, STANDARD, workload=workload)
    assert all(isinstance(one, Worded) for one in found)  # so that it can be said in another language
    return [one for one in found if "supervisor" not in one and "glance" not in one]


def test_customers_who_fit_are_no_matter() -> None:
    """Nothing is said (the control of all below), and the scenario's own stream is not judged: it brings nobody."""
    assert said(came(10, 11)) == []


def test_whom_nobody_can_serve_is_named_with_how_many() -> None:
    """A group that the policy has not, one in which nobody is, a skill and a language of nobody's."""
    assert said(came(10, 11, group="moon")) == [MOON]
    assert said(came(10, group="vip")) == ['Conversations that enter the group "vip", in which nobody is: 1.']
    assert said(came(10, 11, needs=("juggling",))) == [
        'Conversations that need the skill "juggling", which no agent has: 2.'
    ]
    assert said(came(10, 11, language="eo")) == [
        'Conversations in "eo", which no agent speaks: 2. They wait 1 min for one who does (language_patience).'
    ]


def test_it_stands_in_the_study_too() -> None:
    """As a warning; of customers who fit there is none."""
    said = replicate(DESK, STANDARD, workload=came(10, 11, group="moon"), replications=1).warnings
    assert f"standard: {MOON}" in said
    assert not any(
        "enter the group" in one for one in replicate(DESK, STANDARD, workload=came(10), replications=1).warnings
    )


def test_the_days_of_the_log_are_judged() -> None:
    """Hours without an agent and hours at which the desk is closed, by the days on which they came."""
    assert said(came(10, 19, 20, days=2)) == [
        "Conversations that begin on 2026-06-15 while nobody is on duty, 19:00 to 20:00: 2.",
        "Conversations that begin on 2026-06-16 while nobody is on duty, 19:00 to 20:00: 2.",
    ]
    policy = STANDARD.edit({"hours.open": ["mon-fri 09:00-18:00"]})
    found = check_against(DESK, policy, workload=came(10, day="2026-06-14", days=2))
    assert "Conversations that begin on 2026-06-14 while the desk is closed, from 10:00 on: 1." in found
    assert not any("2026-11-26" in one or "2026-06-15" in one for one in found)


def test_far_too_many_are_said() -> None:
    """Work of five times the hours of the agents who are there then."""
    long = Law("constant", 5.0 * H)
    assert any("Replies take" in one for one in said(came(*[10] * 20, handle=long)))
    assert not any("Replies take" in one for one in said(came(*[10] * 20, handle=Law("constant", 1_000.0))))


def test_a_scenario_that_brings_nobody_says_so() -> None:
    """A rate of 0; of one that brings somebody nothing is said."""
    stream = structs.replace(OWN, group="presales", language="zh")
    for factor, is_said in ((0.0, True), (1.0, False)):
        own = structs.replace(stream, arrivals=Arrivals(counts=((9 * H, 10 * H, 5),), factor=factor))
        found = check_against(structs.replace(DESK, streams=(own,)), STANDARD)
        assert any(one.startswith("Nobody comes") for one in found) is is_said
