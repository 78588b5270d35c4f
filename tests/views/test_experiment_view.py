"""The what-if: sliders change a desk, replications arrive from other processes, errors are words."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import pytest

from deskkit.desk.policy import Policy
from deskkit.errors import ScenarioError
from deskkit.sim.experiment import compare
from deskkit.sim.scenariofile import load_scenario
from deskkit.views.experiment import Control, ExperimentView, experiment
from tests.patience import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskkit.sim.scenario import Scenario
    from deskkit.sim.study import Study

STANDARD = Policy.load("data/policies/standard.toml")
SMALL = load_scenario("data/scenarios/small.toml")


def capacity(scenario: Scenario, policy: Policy, units: float) -> tuple[Scenario, Policy]:
    """Change how many an agent may hold."""
    return scenario, policy.edit({"capacity.agent": units})


def view(*, language: str = "en", replications: int = 2) -> ExperimentView:
    """Return a what-if on a small desk with one slider."""
    control = Control("Capacity of an agent", 1, 8, 1, 5, capacity, "units")
    return experiment(SMALL, STANDARD, [control], chart="reply_time", replications=replications, language=language)


def test_a_moved_slider_is_compared() -> None:
    """What arrives is what `compare` says of the two policies; table, message and chart show it."""
    one = view()
    one.sliders[0].value = 3
    assert one.run()
    assert not one.run(), "one at a time"
    one.wait(PATIENCE_S)
    known = compare({"now": STANDARD, "changed": STANDARD.edit({"capacity.agent": 3})}, SMALL, replications=2)
    for name in ("now", "changed"):
        assert one.studies[name].estimate("reply_time") == known.estimate("reply_time", name)
    assert one.compared().height == 10
    assert "2 of 2 replications" in one.message.value
    assert "Reply time" in one.table.value
    (output,) = one.chart.outputs
    assert len(output["data"]["application/vnd.plotly.v1+json"]["data"]) == 6
    assert not one.run_button.disabled
    assert one.stop_button.disabled
    one.language.value = "zh"  # what has arrived is drawn anew
    assert one.sliders[0].value == 3
    assert "首次" in one.table.value or "回复" in one.table.value


def test_nothing_moved_nothing_differs() -> None:
    """The desk against itself: every difference is nought."""
    one = view()
    one.run()
    one.wait(PATIENCE_S)
    assert set(one.compared()["verdict"]) == {"no clear difference"}


def test_what_no_policy_can_say_is_said_in_words() -> None:
    """A slider that contradicts the policy begins nothing, says why, and can be taken back."""
    one = view()
    one.sliders[0].value = 1
    assert not one.run()
    assert one.faults == 1
    assert "contradicts" in one.message.value
    one.take_back()
    assert one.sliders[0].value == 5
    assert one.studies == {}


def test_stopped_it_keeps_what_arrived() -> None:
    """After Stop no more arrive; both sides have the same replications."""
    one = view(replications=200)
    one.run()
    one.stop()
    one.wait(PATIENCE_S)
    assert not one.is_running
    assert not one.run_button.disabled
    assert "Stopped" in one.message.value
    assert all(study.replications < 200 for study in one.studies.values())


@pytest.mark.parametrize("made", [None, ("a", "b"), ValueError("no such number")])
def test_a_function_of_a_slider_that_fails_is_said(made: object) -> None:
    """What a slider's function raises, or returns in place of what it should, stands in the view; Run works still."""

    def change(scenario: Scenario, policy: Policy, value: float) -> Any:
        if value == 2:
            return scenario, policy
        if isinstance(made, Exception):
            raise made
        return made

    one = experiment(SMALL, STANDARD, [Control("Own {slider}", 1, 3, 1, 1, change)], replications=1)
    one.sliders[0].value = 3
    with nullcontext() if not isinstance(made, Exception) else pytest.raises(ValueError, match="no such number"):
        assert not one.run()
    assert one.faults == 1
    assert "no such number" in one.message.value or "must return a scenario and a policy" in one.message.value
    assert not one.run_button.disabled
    one.sliders[0].value = 2
    assert one.run()
    one.wait(PATIENCE_S)
    assert one.studies["changed"].replications == 1


@pytest.mark.parametrize("made", [None, "x", ZeroDivisionError("by nought")])
def test_a_chart_that_fails_is_said(made: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chart's function that raises or returns no figure ends the run in words; the buttons work again."""
    heard: list[object] = []
    monkeypatch.setattr(threading, "excepthook", heard.append)  # the kernel's log

    def chart(_studies: Mapping[str, Study], _language: str) -> Any:
        if isinstance(made, Exception):
            raise made
        return made

    one = experiment(SMALL, STANDARD, [Control("Capacity", 3, 8, 1, 5, capacity)], chart=chart, replications=2)
    assert one.run()
    one.wait(PATIENCE_S)
    assert not one.is_running
    assert (one.run_button.disabled, one.stop_button.disabled) == (False, True)
    assert "by nought" in one.message.value or "must return a figure" in one.message.value
    assert one.faults == 1
    assert len(heard) == isinstance(made, Exception)


@pytest.mark.parametrize(("low", "high", "value"), [(5, 1, 3), (1, 3, 5), (1, 3, float("nan"))])
def test_a_slider_that_cannot_stand_there_is_refused(low: float, high: float, value: float) -> None:
    """Else it would stand elsewhere, and differ from now though nobody touched it."""
    with pytest.raises(ScenarioError, match="cannot stand"):
        experiment(SMALL, STANDARD, [Control("Capacity", low, high, 1, value, capacity)])
