"""The what-if: sliders change a desk, replications arrive from other processes, errors are words, nothing is left."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from msgspec import structs

from deskkit.desk.policy import Policy
from deskkit.errors import ScenarioError
from deskkit.sim.crew import standing
from deskkit.sim.experiment import compare
from deskkit.sim.scenariofile import load_scenario
from deskkit.sim.study import versus
from deskkit.views.experiment import HEADLINE_OF_RUN, Control, ExperimentView, experiment
from tests.patience import PATIENCE_S, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from deskkit.sim.scenario import Scenario
    from deskkit.sim.study import Study

    Opened: TypeAlias = Callable[..., ExperimentView]

STANDARD = Policy.load("data/policies/standard.toml")
SMALL = load_scenario("data/scenarios/small.toml")


def capacity(scenario: Scenario, policy: Policy, units: float) -> tuple[Scenario, Policy]:
    """Change how many an agent may hold."""
    return scenario, policy.edit({"capacity.agent": units})


@pytest.fixture(scope="module", autouse=True)
def _kept() -> Iterator[None]:
    """Keep the processes from test to test."""
    standing.enter()
    yield
    standing.leave()


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Return what opens a what-if on a small desk with one slider, and closes all that it has opened."""
    made: list[ExperimentView] = []

    def view(change: Any = capacity, **options: Any) -> ExperimentView:
        control = Control("Capacity of an agent", 1, 8, 1, 5, change, "units")
        wanted: dict[str, Any] = {"chart": "reply_time", "replications": 2} | options
        made.append(experiment(SMALL, STANDARD, [control], **wanted))
        return made[-1]

    yield view
    for one in made:
        one.close()


def settled(one: ExperimentView) -> ExperimentView:
    """Wait until all has arrived."""
    assert one.wait(PATIENCE_S)
    return one


def edited(units: float) -> str:
    """Return the fingerprint of the policy in which an agent holds so many."""
    return STANDARD.edit({"capacity.agent": units}).fingerprint if units != 5 else STANDARD.fingerprint


def shown_policy(one: ExperimentView) -> str:
    """Return the fingerprint of the policy of which results are shown."""
    return next(iter(one.studies["changed"].policies.values())).fingerprint


def classes(one: ExperimentView) -> tuple[str, ...]:
    """Return the classes of what is drawn."""
    return tuple(one.result._dom_classes)  # noqa: SLF001 - as ipywidgets names it


def test_the_desk_as_it_is_comes_by_itself(opened: Opened) -> None:
    """Opened, a view shows the base case with its interval; the desk against itself differs in nothing."""
    one = settled(opened())
    assert one.studies["now"].estimate("reply_time") == compare({"now": STANDARD}, SMALL, replications=2).estimate(
        "reply_time"
    )
    assert set(one.compared()["Verdict"]) == {"no clear difference"}
    assert "as it is" in one.difference.value
    assert "±" in one.difference.value
    (output,) = one.chart.outputs
    assert len(output["data"]["application/vnd.plotly.v1+json"]["data"]) == 3


def test_a_moved_slider_is_followed(opened: Opened) -> None:
    """What arrives is what `compare` says of the two policies; sentence, table, message and chart show it."""
    one = settled(opened())
    one.sliders[0].value = 3
    settled(one)
    known = compare({"now": STANDARD, "changed": STANDARD.edit({"capacity.agent": 3})}, SMALL, replications=2)
    for name in ("now", "changed"):
        assert one.studies[name].estimate("reply_time") == known.estimate("reply_time", name)
    assert one.compared().height == len(HEADLINE_OF_RUN)
    assert "2 of 2 replications" in one.message.value
    assert "Paired difference" in one.difference.value
    assert "(2 pairs)" in one.difference.value
    assert "Reply time" in one.table.value
    (output,) = one.chart.outputs
    assert len(output["data"]["application/vnd.plotly.v1+json"]["data"]) == 6
    assert (one.run_button.disabled, one.stop_button.disabled) == (False, True)
    one.language.value = "zh"  # what has arrived is drawn anew
    assert one.sliders[0].value == 3
    assert "回复" in one.table.value
    assert "配对" in one.difference.value


def test_what_is_drawn_of_an_older_place_is_dimmed(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the move of a slider until the first that arrives of its place; also where another language is chosen."""
    one = settled(opened())
    assert not {"dk-stale", "dk-busy"} & {*classes(one)}
    let, see = threading.Event(), one._see  # noqa: SLF001 - what arrives is held back

    def held(*heard: Any) -> None:
        assert let.wait(PATIENCE_S)
        see(*heard)

    monkeypatch.setattr(one._trying, "_showing", one._trying._showing._replace(see=held))  # noqa: SLF001 - likewise
    one.sliders[0].value = 3
    assert {"dk-result", "dk-stale", "dk-busy"} <= {*classes(one)}
    one.language.value = "zh"
    assert {"dk-stale", "dk-busy"} <= {*classes(one)}
    let.set()
    assert {*classes(settled(one))} == {"dk-result"}
    one.replications.value = 3  # more of the same place: what is drawn holds
    assert {*classes(one)} == {"dk-result"}
    assert {*classes(settled(one))} == {"dk-result"}


def test_what_stays_of_an_older_place_is_dimmed_and_nobody_is_busy(opened: Opened) -> None:
    """Where the new place cannot be; back at the old one all is as it was."""
    one = settled(opened())
    one.sliders[0].value = 1
    assert {*classes(settled(one))} == {"dk-result", "dk-stale"}
    one.take_back()
    assert {*classes(settled(one))} == {"dk-result"}


def test_only_the_newest_place_is_shown(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slider moved while replications arrive: once it is moved, nothing of an older place is drawn."""
    places = [5, 4, 6, 3]
    order = {edited(units): n for n, units in enumerate(places)}
    drawn: list[tuple[int, int]] = []
    newest = 0
    one = settled(opened(replications=6))
    put = one._put  # noqa: SLF001 - what is shown, and when

    def seen(*parts: Any) -> None:
        drawn.append((newest, order[shown_policy(one)]))
        put(*parts)

    monkeypatch.setattr(one, "_put", seen)
    for n, units in enumerate(places[1:], start=1):
        one.sliders[0].value = units
        newest = n
        one.wait(0.5 * n)
    settled(one)
    assert all(shown >= known for known, shown in drawn)
    assert drawn[-1] == (3, 3)
    assert one.studies["changed"].replications == 6


def test_a_place_between_two_steps_is_the_nearest(opened: Opened) -> None:
    """A browser's slider says 5.000000000000001 for 5: nothing is changed by it, and nothing begun anew."""
    one = settled(opened())
    one.sliders[0].value = 5.000000000000001
    assert not one.is_running
    one.sliders[0].value = 3.9999999999999996
    settled(one)
    assert shown_policy(one) == edited(4)


def test_intervals_shrink_as_more_arrive(opened: Opened) -> None:
    """More replications go on from those that are there, and the interval of the difference is narrower."""
    one = settled(opened(replications=2))
    one.sliders[0].value = 3
    first = settled(one).studies
    one.replications.value = 12
    then = settled(one).studies
    assert [one.studies[name].replications for name in ("now", "changed")] == [12, 12]
    for name in ("now", "changed"):
        assert next(iter(then[name].found.values()))[:2] == next(iter(first[name].found.values()))
    few, many = (versus(found["changed"], found["now"], ["part_attention"]) for found in (first, then))
    assert many["high"][0] - many["low"][0] < few["high"][0] - few["low"][0]


def test_what_no_policy_can_say_is_said_in_words(opened: Opened) -> None:
    """A slider that contradicts the policy says why, and can be taken back."""
    one = settled(opened())
    one.sliders[0].value = 1
    settled(one)
    assert one.faults == 1
    assert "contradicts" in one.message.value
    one.take_back()
    assert one.sliders[0].value == 5
    assert "2 of 2 replications" in settled(one).message.value


def test_stopped_it_keeps_what_arrived(opened: Opened) -> None:
    """After Stop no more arrive; both sides have the same replications; Run goes on."""
    one = opened(replications=200)
    wait_until(lambda: one.studies)
    one.stop()
    settled(one)
    assert not one.is_running
    assert (one.run_button.disabled, one.stop_button.disabled) == (False, True)
    assert "Stopped" in one.message.value
    assert all(study.replications < 200 for study in one.studies.values())


@pytest.mark.parametrize("made", [None, ("a", "b"), ValueError("no such number")])
def test_a_function_of_a_slider_that_fails_is_said(
    made: object, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a slider's function raises, or returns in place of what it should, stands in the view; others work still."""
    heard: list[object] = []
    monkeypatch.setattr(threading, "excepthook", heard.append)  # the kernel's log

    def change(scenario: Scenario, policy: Policy, value: float) -> Any:
        if value == 2:
            return scenario, policy
        if isinstance(made, Exception):
            raise made
        return made

    one = settled(opened(change, replications=1))
    one.sliders[0].value = 3
    settled(one)
    assert one.faults == 1
    assert len(heard) == isinstance(made, Exception)
    assert "no such number" in one.message.value or "must return a scenario and a policy" in one.message.value
    assert not one.run_button.disabled
    one.sliders[0].value = 2
    assert settled(one).studies["changed"].replications == 1
    assert one.faults == 1


@pytest.mark.parametrize("made", [None, "x", ZeroDivisionError("by nought")])
def test_a_chart_that_fails_is_said(made: object, opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chart's function that raises or returns no figure ends it in words; the buttons work again."""
    heard: list[object] = []
    monkeypatch.setattr(threading, "excepthook", heard.append)  # the kernel's log

    def chart(_studies: Mapping[str, Study], _language: str) -> Any:
        if isinstance(made, Exception):
            raise made
        return made

    one = settled(opened(chart=chart))
    assert not one.is_running
    assert (one.run_button.disabled, one.stop_button.disabled) == (False, True)
    assert "by nought" in one.message.value or "must return a figure" in one.message.value
    assert one.faults == 1
    assert len(heard) == isinstance(made, Exception)


def test_a_replication_that_fails_is_said(opened: Opened) -> None:
    """What goes wrong in another process arrives in words; a slider moved back works again."""

    def change(scenario: Scenario, policy: Policy, value: float) -> tuple[Scenario, Policy]:
        broken = structs.replace(scenario, days=0) if value == 3 else scenario
        return broken, policy

    one = settled(opened(change))
    one.sliders[0].value = 3
    settled(one)
    assert one.faults == 1
    assert "A replication failed under changed" in one.message.value
    one.take_back()
    assert "2 of 2 replications" in settled(one).message.value


@pytest.mark.parametrize(("low", "high", "value"), [(5, 1, 3), (1, 3, 5), (1, 3, float("nan"))])
def test_a_slider_that_cannot_stand_there_is_refused(low: float, high: float, value: float) -> None:
    """Else it would stand elsewhere, and differ from now though nobody touched it."""
    with pytest.raises(ScenarioError, match="cannot stand"):
        experiment(SMALL, STANDARD, [Control("Capacity", low, high, 1, value, capacity)])
