"""What notebook 07 rests on: exact cases are compared rightly, tabs bring what they must, assumptions are varied."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from deskkit.desk.policy import Policy
from deskkit.errors import ScenarioError
from deskkit.sim.concurrency import CURVE, MECHANISMS, PRACTICE, exact_gains, gains
from deskkit.sim.defaults import DEFAULTS
from deskkit.sim.exact import QUICK, Size, chi_square, exact_table, tried
from deskkit.sim.ranges import RANGES, Range, assumed, ranges_of
from deskkit.sim.scenario import Law
from deskkit.sim.scenariofile import expected, load_scenario
from deskkit.sim.sensitivity import Sensitivity, refined, sensitivity
from deskkit.sim.varying import PROFILE, varied

TABLE = Path("data/exact.toml")
BARE = Policy.load("data/scenarios/validation/policies/bare.toml")
STANDARD = Policy.load("data/policies/standard.toml")
SMALL, RUSH, WEEKDAY = (load_scenario(f"data/scenarios/{name}.toml") for name in ("small", "rush", "weekday"))
ONE = {"E1.4": Size(1.0, 0.1, ("reply", "rate"))}

# ---------------------------------------------------------------- exact cases


def test_the_quick_cases_are_of_the_table() -> None:
    """Each value that is read has an exact one, from more than one chapter of the books."""
    table = exact_table(TABLE)
    assert all(set(size.values) <= set(table[case].exact) for case, size in QUICK.items())
    assert {case[0] for case in QUICK} == set("BCDEH")


def test_a_wrong_number_is_found(tmp_path: Path) -> None:
    """Seed 7, six replications: the right value is within four standard errors, one that is half too large is not."""
    found = tried(TABLE, sizes=ONE, replications=6)
    assert found.filter(found["z"].abs() >= 4).is_empty()
    assert found["counts"].to_list() == [True, False]
    (tmp_path / "scenarios").symlink_to(Path("data/scenarios").resolve())
    text = TABLE.read_text(encoding="utf-8")
    wrong = tmp_path / "exact.toml"
    wrong.write_text(text.replace("reply = 40.76923077", "reply = 61"), encoding="utf-8")
    assert tried(wrong, sizes=ONE, replications=6)["z"][0] < -3


def test_together_small_biases_show() -> None:
    """Twelve scores of 2 are outside the band, of 1 within; one that does not count is left out."""
    rows = pl.DataFrame({"z": [2.0] * 12 + [9.0], "counts": [True] * 12 + [False]})
    biased = chi_square(rows)
    assert (biased.total, biased.cases) == (48.0, 12)
    assert biased.total > biased.high
    fine = chi_square(rows.with_columns(z=pl.lit(1.0)))
    assert fine.low < fine.total < fine.high


@pytest.mark.parametrize(
    ("sizes", "replications", "said"),
    [({"Z9": Size(1, 0, ("reply",))}, 2, "no such value"), ({"E8": Size(1, 0, ("colour",))}, 2, "no such value"),
     (ONE, 1, "no error")],
)  # fmt: skip
def test_what_cannot_be_tried_is_said(sizes: dict[str, Size], replications: int, said: str) -> None:
    """A case or value there is not, one replication."""
    with pytest.raises(ScenarioError, match=said):
        tried(TABLE, sizes=sizes, replications=replications)


# ---------------------------------------------------------------- tabs


def test_the_exact_curve_is_that_of_the_table() -> None:
    """E7 to E9; near what practitioners report (root mean square error below 8 %)."""
    table = exact_table(TABLE)
    curve = exact_gains((1, 2, 3, 4, 5))
    assert [round(gain, 8) for gain in curve[1:4]] == [round(table[f"E{n}"].exact["gain"], 8) for n in (7, 8, 9)]
    off = [gain / told - 1 for gain, told in zip(curve, PRACTICE, strict=True)]
    assert (sum(one**2 for one in off) / len(off)) ** 0.5 < 0.08


def test_the_simulated_curve_is_the_exact_one() -> None:
    """Seed 7, four replications: each point within four half-widths' standard errors of the formula."""
    found = gains(BARE, {"switch 4 s": CURVE["switch 4 s"]}, tabs=(1, 3, 5), hours=0.5)
    for gain, half, exact in zip(found["gain"], found["half_width"], exact_gains((1, 3, 5)), strict=True):
        assert abs(gain - exact) < 4 * half / 3.18, (gain, exact)  # 3.18: Student's quantile with 3 degrees


def test_each_mechanism_alone_makes_more_tabs_give_less() -> None:
    """Seed 7, three replications: from 4 to 12 tabs throughput falls, and with a constant cost it does not."""
    found = gains(BARE, tabs=(1, 4, 12), replications=3, hours=0.6)
    rows = {name: found.filter(pl.col("mechanism") == name)["gain"].to_list() for name in MECHANISMS}
    constant = rows.pop("constant switch cost")
    assert constant[2] > constant[1] > constant[0]
    assert len(rows) == 3
    for name, (one, few, many) in rows.items():
        assert few > 1.3 * one, name
        assert few > 1.05 * many, name


# ---------------------------------------------------------------- other numbers


def test_every_assumption_has_a_range() -> None:
    """What no source gives is varied, in both directions wherever it can be."""
    names = {one.name: one for one in assumed()}
    assert {one.name for one in DEFAULTS if one.assumed} <= set(names)
    one_way = {name for name, one in names.items() if one.low is None or one.high is None}
    assert one_way == {"stream.impatience", "stream[complaint].help", "attention.per_tab"}  # they are 0, the least


@pytest.mark.parametrize("one", RANGES, ids=lambda one: one.name)
def test_a_range_can_be_lived_through(one: Range) -> None:
    """Either end gives a scenario that differs, of the shipped half-hour and of the shipped day."""
    for scenario in (RUSH, WEEKDAY):
        assert one in ranges_of(scenario)
        for value in (one.low, one.high):
            assert value is None or varied(scenario, {one.name: value}) != scenario


def test_a_factor_keeps_the_shape() -> None:
    """Of a law its kind and cv, of "forever" everything; of an empirical law each value."""
    made = varied(RUSH, {"stream[vip].patience.queue": "x 2", "attention.unfocused_latency": "x 0.5"})
    assert made.streams[3].patience.queue == Law("weibull", 540_000.0, 1.2)
    assert made.attention.unfocused_latency == Law("lognormal", 52_000.0, 2.9)
    assert [stream for stream in made.streams if stream.name != "vip"] == list(RUSH.streams[:3])
    empirical = varied(RUSH, {"stream.think": {"law": "empirical", "values": ["10 s", "30 s"]}})
    assert varied(empirical, {"stream.think": "x 2"}).streams[0].think.values == (20_000.0, 60_000.0)


def test_a_flatter_day_has_as_many_customers() -> None:
    """Nearer to the mean and farther from it; with a factor of 0 the rate is the same all day."""
    for factor in ("x 0.5", "x 1.5", "x 0"):
        made = varied(WEEKDAY, {PROFILE: factor})
        assert expected(made) == pytest.approx(expected(WEEKDAY))
        assert made.streams[0].arrivals.points != WEEKDAY.streams[0].arrivals.points
    assert len({point.per_hour for point in varied(WEEKDAY, {PROFILE: "x 0"}).streams[0].arrivals.points}) == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"attention.colour": 1}, "no such number"), ({"stream[nobody].think": "1 s"}, "No stream"),
     ({PROFILE: 2}, "takes a factor"), ({"attention.unfocused": 3}, "unfocused")],
)  # fmt: skip
def test_what_no_scenario_can_be_is_refused(changes: dict[str, object], said: str) -> None:
    """A name there is not, a stream there is not, a share above 1."""
    with pytest.raises(ScenarioError, match=said):
        varied(RUSH, changes)


# ---------------------------------------------------------------- sensitivity

HANDLE = Range("stream.handle", "Time to handle", "x 0.5", "x 2")
UNUSED = Range("attention.channels.push.latency", "Latency of a push", "x 0.5", "x 2")  # nobody is urgent that long


@cache
def depends() -> Sensitivity:
    """Return how reply times of the small hour depend on a number that matters and on one that is never used."""
    return sensitivity(SMALL, STANDARD, ranges=[UNUSED, HANDLE], replications=4, seed=3)


def test_what_matters_is_seen_and_comes_first() -> None:
    """Seed 3, four replications: both directions exclude zero, with the right sign; the other number crosses."""
    rows = {(row["name"], row["end"]): row for row in depends().frame.iter_rows(named=True)}
    assert depends().frame["name"][0] == HANDLE.name
    assert rows[HANDLE.name, "low"]["high"] < 0 < rows[HANDLE.name, "high"]["low"]
    assert all(rows[HANDLE.name, end]["differs"] for end in ("low", "high"))
    assert depends().crossing == [UNUSED.name]


def test_one_is_seen_to_be_alone() -> None:
    """Differences are paired and Bonferroni counts all: with twice the comparisons intervals are wider."""
    alone = sensitivity(SMALL, STANDARD, ranges=[HANDLE], replications=4, seed=3)
    wide, narrow = (
        found.frame.filter((pl.col("name") == HANDLE.name) & (pl.col("end") == "low")).row(0, named=True)
        for found in (depends(), alone)
    )
    assert wide["mean"] == narrow["mean"]
    assert wide["high"] - wide["low"] > narrow["high"] - narrow["low"]


def test_replications_arrive_one_by_one() -> None:
    """From the second on; the last is what `sensitivity` returns, of an ordinary measure too."""
    found = list(refined(SMALL, STANDARD, "abandonment", ranges=[UNUSED], replications=3, seed=3))
    assert [one.replications for one in found] == [2, 3]
    assert (found[-1].unit, found[-1].base.n) == ("share", 3)


@pytest.mark.parametrize(
    ("measure", "ranges", "replications", "said"),
    [("colour", [HANDLE], 2, "no such measure"), ("to_reply", [HANDLE], 1, "Nothing can be compared"),
     ("to_reply", [Range("stream[nobody].turns", "", "x 1", "x 2")], 2, "Nothing can be compared")],
)  # fmt: skip
def test_what_makes_no_study_is_said(measure: str, ranges: list[Range], replications: int, said: str) -> None:
    """An unknown measure, too few replications, nothing to vary."""
    with pytest.raises(ScenarioError, match=said):
        sensitivity(SMALL, STANDARD, measure, ranges=ranges, replications=replications)


def test_results_can_be_kept() -> None:
    """The frame has plain columns."""
    assert json.dumps(depends().frame.to_dicts())
