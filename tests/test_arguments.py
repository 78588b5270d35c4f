"""Something of the wrong type, given to a public function, is refused by the name of the argument, before any work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import deskkit
from deskkit.arguments import LOG, POLICIES, POLICY, SCENARIO, WHOLE, WORKLOAD, Kind, expect
from deskkit.clock import SystemClock
from deskkit.errors import ArgumentError, DeskkitError, MeasureError
from deskkit.measures import whatif
from deskkit.sim import experiment

if TYPE_CHECKING:
    from collections.abc import Callable

dk: Any = deskkit  # so that wrong types can be given
study: Any = experiment
what_if: Any = whatif
S: Any = dk.load_scenario("data/scenarios/small.toml")
P: Any = dk.Policy.load("data/policies/standard.toml")
LOG_: Any = dk.open_log("memory:")
PATH: Any = "data/scenarios/small.toml"
ANY: Any = object()

CALLS: dict[str, tuple[Callable[[], object], str]] = {
    "a path for a scenario": (lambda: dk.simulate(PATH, P), "simulate: scenario is no Scenario, but a str"),
    "a path for a policy": (lambda: dk.simulate(S, PATH), "simulate: policy is no Policy, but a str"),
    "changed places": (lambda: dk.simulate(P, S), "simulate: scenario is no Scenario, but a Policy"),
    "a class": (lambda: dk.simulate(type(S), P), "scenario is no Scenario, but the class Scenario"),
    "a text for a seed": (lambda: dk.simulate(S, P, seed="7"), "seed is no whole number, but a str. Got '7'"),
    "a fraction for a seed": (lambda: dk.simulate(S, P, seed=1.5), "seed is no whole number, but a float"),
    "yes for a seed": (lambda: dk.simulate(S, P, seed=True), "seed is no whole number, but a bool"),
    "a log for a workload": (lambda: dk.simulate(S, P, workload=LOG_), "Hint: workload=workload_from(log)"),
    "a name of no engine": (lambda: dk.simulate(S, P, engine="simply"), "engine is no known engine: simpy, compiled"),
    "nothing to compare": (lambda: dk.compare({}, S),
        "compare: policies is no dict of names to one Policy or several, but an empty dict"),
    "paths to compare": (lambda: dk.compare({"a": PATH}, S), "but a dict of str. Expected"),
    "a list to compare": (lambda: dk.compare([P, P], S),
        "policies is no dict of names to one Policy or several, but a list"),
    "one policy to compare": (lambda: dk.compare(P, S), "but a Policy"),
    "numbers for names": (lambda: dk.compare({1: P}, S), "policies is no dict of names"),
    "a path to compare in": (lambda: dk.compare({"a": P}, PATH), "compare: scenario is no Scenario"),
    "a text for a number": (lambda: dk.compare({"a": P}, S, replications="5"),
        "replications is no whole number, but a str. Got '5'"),
    "no number": (lambda: dk.compare({"a": P}, S, workers=None), "workers is no whole number, but None"),
    "a text for a level": (lambda: dk.compare({"a": P}, S, level="0.95"), "level is no number, but a str"),
    "a dict to replicate": (lambda: study.replicate(S, {"a": P}),
        "replicate: policy is no Policy, but a dict of Policy"),
    "numbers for targets": (lambda: study.precise(S, P, {"reply_time": 0.1}),
        "measures['reply_time'] is no Target, but a float"),
    "no names of measures": (lambda: study.precise(S, P, 3), "measures is no name, or several, but an int"),
    "a text for a share": (lambda: study.precise(S, P, ["reply_time"], relative="5%"), "relative is no number"),
    "a sweep of nothing": (lambda: study.sweep(3, [1]), "make is no function, but an int"),
    "a sweep of one": (lambda: study.sweep(lambda _: (S, P), 3), "values is no list, but an int"),
    "a sweep of scenarios": (lambda: study.sweep(lambda _: S, [1]),
        "make(1) returned no scenario with its policy, but a Scenario"),
    "ways of policies": (lambda: next(study.alongside({"a": P})),
        "ways['a'] is no scenario with its policy, but a Policy"),
    "an address for a log": (lambda: dk.measures.report(PATH), "report: log is no log, but a str"),
    "no log": (lambda: dk.measures.report(None), "log is no log, but None"),
    "a number for a key": (lambda: dk.measures.report(LOG_, by=3), "by is no name, or several, but an int"),
    "a path for its policy": (lambda: dk.measures.report(LOG_, policy=PATH), "report: policy is no Policy"),
    "a text for an instant": (lambda: dk.measures.report(LOG_, begin="2026-06-15"),
        "begin is no datetime with its zone, but a str"),
    "a text for a time": (lambda: dk.measures.report(LOG_, within_ms="30 s"),
        "within_ms is no whole number, but a str"),
    "a number for a zone": (lambda: dk.measures.report(LOG_, zone=8), "zone is no text, but an int"),
    "a number for a measure": (lambda: dk.measures.measure(3), "measure: name is no text"),
    "customers of an address": (lambda: dk.workload_from(PATH), "workload_from: log is no log"),
    "customers from a day": (lambda: dk.workload_from(LOG_, begin="2026"), "begin is no whole number, but a str"),
    "agents of an address": (lambda: dk.scenario_from(PATH, ANY, policy=P), "scenario_from: log is no log"),
    "replay of an address": (lambda: what_if.replay(PATH, P), "replay: log is no log"),
    "replay by a path": (lambda: what_if.replay(LOG_, P, against=PATH), "replay: against is no Policy"),
    "replay from a day": (lambda: what_if.replay(LOG_, P, start="2026"), "start is no whole number"),
    "decided by a path": (lambda: list(what_if.redecide(LOG_, PATH)), "redecide: policy is no Policy"),
    "a desk of an address": (lambda: dk.views.desk(PATH, P, me="chen"), "desk: log is no log"),
    "a desk by a path": (lambda: dk.views.desk(LOG_, PATH, me="chen"), "desk: policy is no Policy"),
    "a desk for a number": (lambda: dk.views.desk(LOG_, P, me=3), "me is no text, but an int"),
    "rules by a path": (lambda: dk.views.rules(LOG_, PATH), "rules: policy is no Policy"),
    "a report of none": (lambda: dk.views.report(LOG_, PATH), "report: found is no report, but a str"),
    "a model by a path": (lambda: dk.Desk(PATH), "Desk: policy is no Policy"),
    "a driver of an address": (lambda: dk.Driver(PATH, P, clock=SystemClock()), "Driver: log is no log"),
    "one path to import": (lambda: dk.import_meiqia(PATH, LOG_, zone="UTC"), "paths is no list of paths, but a str"),
    "an import into an address": (lambda: dk.import_chatwoot(["x"], PATH), "import_chatwoot: log is no log"),
    "a number for a date": (lambda: dk.instant(3), "instant: text is no text, but an int"),
    "a text for an instant to write": (lambda: dk.moment("x"), "moment: at is no whole number"),
    "a number to mask": (lambda: dk.privacy.mask(3), "mask: text is no text"),
    "a text for changes": (lambda: P.edit("capacity"), "edit: changes is no dict of paths to values, but a str"),
    "a text to write": (lambda: dk.export.write("x", "x.csv"), "write: frame is no frame, but a str"),
}  # fmt: skip


@pytest.mark.parametrize("call", CALLS)
def test_it_is_refused_by_name(call: str) -> None:
    """With what it is, what was expected and an example; who catches TypeError or DeskkitError catches it."""
    made, said = CALLS[call]
    with pytest.raises(ArgumentError) as caught:
        made()
    assert said in str(caught.value)
    assert isinstance(caught.value, TypeError)
    assert isinstance(caught.value, DeskkitError)
    assert caught.value.expected
    assert caught.value.example


def test_a_choice_that_no_report_has_is_named() -> None:
    """With those that sound alike."""
    with pytest.raises(MeasureError, match="within_ms"):
        dk.measures.report(LOG_, within=30_000)


def test_one_name_is_as_good_as_a_list() -> None:
    """Of a measure as of a key."""
    assert list(dk.measures.report(LOG_, measures="first_response").figures) == ["first_response"]


@pytest.mark.parametrize(
    ("kind", "right"),
    [(LOG, LOG_), (POLICY, P), (SCENARIO, S), (POLICIES, {"a": P}), (WHOLE, 3)],
)  # fmt: skip
def test_what_is_right_passes(kind: Kind, right: object) -> None:
    """The real things are what the kinds take, and another is not."""
    expect(kind, "here", value=right)
    assert not kind.fits(ANY)


def test_the_customers_of_a_log_are_a_workload() -> None:
    """Also of an empty one."""
    assert WORKLOAD.fits(dk.workload_from(LOG_))
