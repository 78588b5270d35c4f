"""Trials in a notebook: the tornado runs when asked for, numbers can be turned, results are printed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from deskkit.desk.policy import Policy
from deskkit.errors import ScenarioError
from deskkit.figures import concurrency
from deskkit.sim.ranges import Range
from deskkit.sim.scenariofile import check_against, load_scenario
from deskkit.sim.sensitivity import sensitivity
from deskkit.sim.stress import staffed
from deskkit.views import knobs
from deskkit.views.chart import MIME
from deskkit.views.experiment import experiment
from deskkit.views.table import drawn_table
from deskkit.views.tornado import TornadoView, tornado
from deskkit.views.trials import dependence, exactness, throughput
from deskkit.views.words import Words
from tests.patience import PATIENCE_S

if TYPE_CHECKING:
    from deskkit.sim.scenario import Scenario
    from deskkit.views.experiment import Control

STANDARD = Policy.load("data/policies/standard.toml")
SMALL, RUSH = (load_scenario(f"data/scenarios/{name}.toml") for name in ("small", "rush"))
HANDLE = Range("stream.handle", "Time to handle", "x 0.5", "x 2")
OTHER = Range("attention.glance", "Glance at a badge", "x 0.5", "x 2", is_assumed=True)


@pytest.fixture
def view() -> TornadoView:
    """Return a tornado of one number."""
    return tornado(SMALL, STANDARD, ranges=[HANDLE._replace(is_assumed=False), OTHER], replications=2, language="en")


def test_nothing_runs_before_it_is_asked_for(view: TornadoView) -> None:
    """A view has a button and no picture."""
    assert view.found is None
    assert not view.is_running
    assert (view.chart.outputs, view.run_button.disabled, view.stop_button.disabled) == ((), False, True)


def test_it_runs_in_processes_and_draws(view: TornadoView) -> None:
    """Only what is assumed, by one measure; it is the result of `sensitivity`, and stays in the other language."""
    view.only_assumed.value = True
    view.measure.value = "to_notice"
    assert view.run()
    assert not view.run()  # it is running
    view.wait(PATIENCE_S)
    assert view.found is not None
    assert view.found.frame.equals(sensitivity(SMALL, STANDARD, "to_notice", ranges=[OTHER], replications=2).frame)
    (output,) = view.chart.outputs
    assert output["data"][MIME]["layout"]["title"]["text"].startswith("What it depends on: Time to notice")
    assert "2 of 2 replications, seed 7" in view.message.value
    view.language.value = "zh"
    assert "取决于什么" in json.dumps(view.chart.outputs[0]["data"][MIME], ensure_ascii=False)
    assert (view.measure.value, view.only_assumed.value) == ("to_notice", True)


def test_what_cannot_be_is_said(view: TornadoView) -> None:
    """A value that no scenario can have is an error to read, not a view that hangs."""
    broken = tornado(SMALL, STANDARD, ranges=[Range("attention.unfocused", "", 3, 4)], language="en")
    assert broken.run()
    broken.wait(PATIENCE_S)
    assert broken.faults == 1
    assert "unfocused" in broken.message.value
    assert not broken.run_button.disabled
    assert view.faults == 0


@pytest.mark.parametrize(
    "made", [*knobs.notices(RUSH, STANDARD), *knobs.attention(RUSH, STANDARD)], ids=lambda made: made.title
)
def test_a_number_can_be_turned_from_end_to_end(made: Control) -> None:
    """At either end scenario and policy can be lived through, and one of them differs."""
    assert made.low <= made.value <= made.high
    for value in (made.low, made.high):
        scenario, policy = made.change(RUSH, STANDARD, value)
        if value != made.value:
            assert (scenario, policy.text) != (RUSH, STANDARD.text)
        assert check_against(scenario, policy) == check_against(RUSH, STANDARD)


@pytest.mark.parametrize("of", [SMALL, RUSH], ids=["small", "rush"])
def test_each_place_of_the_agents_slider_is_another_number_of_people(of: Scenario) -> None:
    """It stands on the heads there are, and each step is one person more or less of the groups there are."""
    control = knobs.room(of, STANDARD)[1]
    heads = sum(one.count for one in of.agents)
    assert (control.value, control.step) == (heads, 1)
    places = range(int(control.low), int(control.high) + 1)
    made = [control.change(of, STANDARD, value)[0].agents for value in places]
    assert [sum(one.count for one in agents) for agents in made] == [*places]
    assert control.change(of, STANDARD, control.value) == (of, STANDARD)
    assert all(one.count >= 1 for agents in made for one in agents)


@pytest.mark.parametrize(("language", "shown"), [("en", "of 6 agents"), ("zh", "人，现有 6 人")])
def test_the_agents_slider_says_of_how_many(language: str, shown: str) -> None:
    """In the language of the view."""
    view = experiment(SMALL, STANDARD, knobs.room(SMALL, STANDARD), replications=1, language=language)
    try:
        parts = [one.children for one in view.widget.children[-1].children if hasattr(one, "children")]
        rows = [one for one in parts if one[0] in view.sliders]
        assert [shown in unit.value for _, unit in rows] == [False, True, False, False]
    finally:
        view.close()


@given(st.lists(st.integers(1, 30), min_size=1, max_size=6), st.integers(0, 120))
def test_agents_are_shared_as_well_as_whole_people_allow(counts: list[int], more: int) -> None:
    """All of them, at least one in each group, and nobody a whole person from its part where no group needs one."""
    heads, whole = len(counts) + more, sum(counts)
    groups = tuple(structs.replace(SMALL.agents[0], name=str(n), count=count) for n, count in enumerate(counts))
    found = [one.count for one in staffed(structs.replace(SMALL, agents=groups), heads).agents]
    assert sum(found) == heads
    assert min(found) >= 1
    if min(counts) * heads >= whole:
        assert all(abs(count * whole - was * heads) < whole for count, was in zip(found, counts, strict=True))
    if heads == whole:
        assert found == counts


def test_fewer_agents_than_groups_are_refused() -> None:
    """Each group has somebody: what customers ask for would find nobody else."""
    with pytest.raises(ScenarioError, match="Each group of agents has somebody"):
        staffed(SMALL, len(SMALL.agents) - 1)


def test_exact_cases_are_printed_with_their_band() -> None:
    """A sum of squares beyond its band is said in capitals."""
    rows = {
        "case": ["E8"] * 2, "value": ["reply", "lost"], "exact": [37.9674834, 0.1], "simulated": [38.0, 0.1],
        "half_width": [1.0, 0.01], "z": [0.1, 0.2], "counts": [True, False],
    }  # fmt: skip
    fine = exactness(pl.DataFrame(rows))
    assert "E8 lost *" in fine
    assert "within its 99.9 % band" in fine
    assert "OUTSIDE its" in exactness(pl.DataFrame(rows | {"z": [9.0, 0.2]}))


def test_throughput_is_printed_with_where_it_is_most() -> None:
    """A line for each mechanism, and the curves beside them."""
    rows = [("a", 1, 1.0, 0.1, 4), ("a", 2, 1.9, 0.1, 4), ("b", 1, 1.0, 0.1, 4), ("b", 2, 0.9, 0.1, 4)]
    found = pl.DataFrame(rows, schema=["mechanism", "tabs", "gain", "half_width", "n"], orient="row")
    lines = throughput(found, exact=[1.0, 1.8], practice=[1.0, 1.7]).splitlines()
    assert [line.split()[-1] for line in lines] == ["2", "2", "1", "1.80", "1.70"]


def test_dependence_names_what_differs() -> None:
    """Only what excludes zero has a line; the rest is counted."""
    found = sensitivity(SMALL, STANDARD, ranges=[HANDLE], replications=4, seed=3)
    text = dependence(found)
    assert text.count("Time to handle") == 2
    assert text.endswith("0 of 1 numbers cross zero in both directions")


def test_a_table_says_yes_and_no_and_times_below_zero() -> None:
    """Not 1 and 0; and a minute less is a minute, with its sign."""
    frame = pl.DataFrame({"differs": [True, False], "difference_ms": [-83_000.0, 8_480.0]})
    shown = str(drawn_table(frame, say=Words("en")))
    assert all(f">{text}<" in shown for text in ("yes", "no", "−1:23", "8.48 s", "Difference", "Differs"))
    assert ">是<" in str(drawn_table(frame, say=Words("zh")))


def test_no_bar_of_throughput_reaches_below_none() -> None:
    """An interval that would is cut off there; one that would not is whole."""
    rows = [("a", 1, 1.0, 0.1, 4), ("a", 2, 0.2, 0.5, 4)]
    found = pl.DataFrame(rows, schema=["mechanism", "tabs", "gain", "half_width", "n"], orient="row")
    bars = concurrency(found, language="en").data[0].error_y
    assert ([*bars.array], [*bars.arrayminus]) == ([0.1, 0.5], [0.1, 0.2])
