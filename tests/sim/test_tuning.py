"""Tuning: what may be asked, that all candidates meet the same customers, that a search goes on, what comes of it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskkit.cli import main
from deskkit.desk.policy import Policy
from deskkit.desk.policyfile.quantities import read_duration
from deskkit.errors import DeskkitError, PolicyError, ScenarioError
from deskkit.sim.experiment import replicate
from deskkit.sim.scenariofile import load_scenario
from deskkit.sim.tuning import Tuning, told, tune
from deskkit.sim.tuning.front import beats, front, spread
from deskkit.sim.tuning.goals import goals_of, limits_of
from deskkit.sim.tuning.knobs import knobs_of, read_knob
from deskkit.sim.tuning.present import present
from deskkit.sim.tuning.tries import Tries

if TYPE_CHECKING:
    from pathlib import Path

SMALL = load_scenario("data/scenarios/small.toml")
WORDS = "\n[signals."


def shortened(policy: Policy) -> Policy:
    """Return a policy of few words, which is read and edited in no time."""
    rules, *signals = policy.text.split(WORDS)
    names = [one.partition("]")[0] for one in signals]
    by = {"promise": 'by = "agent"\n'}
    return Policy.parse(rules + "".join(f'{WORDS}{one}]\n{by.get(one, "")}words = ["{one}"]\n' for one in names))


STANDARD = shortened(Policy.load("data/policies/standard.toml"))
SOFT, STRATEGY = "notify.ladder[1].rungs[1].after", "routing.strategy"
VARY = {SOFT: "15 s..3 min by 15 s", STRATEGY: "least_load | longest_idle", "capacity.agent": "3..6"}
GOALS = ("loud_per_agent_hour", "reply_p90")
FEW: dict[str, Any] = {"candidates": 10, "replications": 1, "most": 2, "fresh": 6, "kept": 3}


def search(file: Path | None = None, **other: Any) -> Tuning:
    """Search a little."""
    options = {"seed": 2, "file": file} | FEW | other
    return tune(SMALL, STANDARD, VARY, GOALS, limits=["abandonment <= 60%"], **options)


@pytest.fixture(scope="module")
def found() -> Tuning:
    """Return what a little search finds."""
    return search()


def as_text(one: Tuning) -> str:
    """Return all that came of a search."""
    return json.dumps([one.as_dict(), one.tried, {name: policy.text for name, policy in one.policies.items()}])


# ---------------------------------------------------------------- what may be asked


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("3..5", (3, 4, 5)), ("10..30 by 10", (10, 20, 30)), ("0.2..0.5 by 0.1", (0.2, 0.3, 0.4, 0.5)),
        ("30 s..2 min by 30 s", ("30 s", "1 min", "90 s", "2 min")), ("true | false", (True, False)),
        ("least_load|best_skill", ("least_load", "best_skill")), ("0 s..100 s", tuple),
    ],
)  # fmt: skip
def test_ranges_are_read_in_the_words_of_a_policy(text: str, values: object) -> None:
    """Whole numbers, others, times, choices; without a step a range of times has twenty."""
    read = read_knob("x", text).values
    assert len(read) == 21 if values is tuple else read == values


@pytest.mark.parametrize(
    "text", ["3", "5..3", "3..3", "a..b", "1 s..5", "3..8 by 0", "3..8 by -1", "x | x", "0.1..0.5 by 0.0", ""]
)
def test_what_is_no_range_is_refused(text: str) -> None:
    """With the number it was said of, and examples."""
    with pytest.raises(ScenarioError, match=r"vary capacity\.agent: This is no range"):
        read_knob("capacity.agent", text)


@pytest.mark.parametrize("text", ["1..1000000000", "3..5 by 0.0000001", "1 ms..10 h by 1 ms", "1..inf", "0.5..nan"])
def test_more_values_than_anybody_tries_are_refused(text: str) -> None:
    """They would take all memory; a range without an end is none."""
    with pytest.raises(ScenarioError, match=r"vary x: (There are [\d,]+ values in this range|This is no range)"):
        read_knob("x", text)
    assert len(read_knob("x", "1..1000").values) == 1_000  # the control


def test_numbers_that_a_policy_has_not_are_refused() -> None:
    """A path to nowhere, a value of no use, and nothing to turn; ends that only contradict one another are not."""
    with pytest.raises(PolicyError):
        knobs_of(STANDARD, {"capacity.nobody": "3..8"})
    with pytest.raises(PolicyError, match="strategy"):
        knobs_of(STANDARD, {STRATEGY: "luck | fate"})
    with pytest.raises(ScenarioError, match="Nothing may be turned"):
        knobs_of(STANDARD, {})
    assert knobs_of(STANDARD, {"capacity.agent": "2..7"})[0].values == (2, 3, 4, 5, 6, 7)
    assert present(STANDARD, "capacity.nobody") is None


@pytest.mark.parametrize("text", ["least_load | fastest", "fastest | least_load", "least_load | best_skill | 5"])
def test_a_word_that_no_policy_knows_is_refused_beside_words_that_exist(text: str) -> None:
    """It would be tried in vain; the words that exist are named. What contradicts the rest another knob may mend."""
    with pytest.raises(PolicyError, match=r"routing\.strategy: .* Expected least_load, round_robin"):
        knobs_of(STANDARD, {STRATEGY: text})
    with pytest.raises(PolicyError):
        STANDARD.edit({"capacity.reserve": 9})
    assert knobs_of(STANDARD, {"capacity.reserve": "1 | 9"})[0].values == (1, 9)


@pytest.mark.parametrize(
    ("goals", "problem"),
    [
        (["speed"], "no such measure"), ([], "no goals"), (["reply_p90", "reply_p90"], "no goals"),
        (["vip_gap"], "Which is better"), (["reply_p90:best"], "Which is better"),
    ],
)  # fmt: skip
def test_goals_that_are_none_are_refused(goals: list[str], problem: str) -> None:
    """Unknown, none, twice, or of no direction."""
    with pytest.raises(ScenarioError, match=problem):
        goals_of(goals)


@pytest.mark.parametrize(
    "text", ["abandonment", "abandonment = 5%", "reply_p90 <= 5%", "speed <= 1", "service_level >= many"]
)
def test_limits_that_are_none_are_refused(text: str) -> None:
    """No comparison, no bound of its unit, no measure."""
    with pytest.raises(ScenarioError):
        limits_of([text])


def test_numbers_out_of_range_are_refused() -> None:
    """Before anything runs."""
    for name, value in (("candidates", 0), ("replications", 0), ("fresh", 1), ("kept", 0), ("workers", 0), ("most", 0)):
        numbers: dict[str, Any] = {name: value}
        with pytest.raises(DeskkitError, match=name):
            search(**numbers)


# ---------------------------------------------------------------- the front

points = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=30)


@given(points)
def test_the_front_is_who_is_beaten_by_nobody(some: list[tuple[int, int, int]]) -> None:
    """Nobody of it is beaten; whoever is not of it is beaten by one of it, or is the same point."""
    of_it = [some[n] for n in front(some)]
    assert not any(beats(one, other) for one in some for other in of_it)
    assert len(set(of_it)) == len(of_it)
    assert all(one in of_it or any(beats(other, one) for other in of_it) for one in some)


@given(points, st.integers(3, 8))
def test_who_is_kept_has_the_best_of_each_goal(some: list[tuple[int, int, int]], most: int) -> None:
    """And there are no more than asked for, each once."""
    kept = spread(some, most)
    assert len(set(kept)) == len(kept) == min(most, len(some))
    assert [min(column) for column in zip(*(some[n] for n in kept), strict=True)] == [
        min(column) for column in zip(*some, strict=True)
    ]


# ---------------------------------------------------------------- a search


def test_all_candidates_meet_the_customers_of_a_study() -> None:
    """What is kept of a candidate is what `replicate` measures of its policy, replication by replication."""
    edits = {"capacity.agent": 3}
    tries = Tries(SMALL, STANDARD, ["reply_time", "to_reply_high"], seed=5, engine="compiled")
    tries.see([edits, edits, {}], 2)
    assert tries.lived == 4
    for one, policy in ((edits, STANDARD.edit(edits)), ({}, STANDARD)):
        study = replicate(SMALL, policy, replications=2, seed=5)
        assert tries.pairs(one, "reply_time", 2) == study.ratios("reply_time")
        assert tries.mean(one, "to_reply_high", 2) == study.estimate("to_reply_high").mean


def test_a_longer_delay_is_found_where_only_quiet_counts() -> None:
    """Positive control: the one goal is fewer loud notices, and nothing but their delay may be turned."""
    one = tune(
        SMALL, STANDARD, {SOFT: VARY[SOFT]}, ["loud_per_agent_hour"], seed=2, **FEW | {"candidates": 20, "fresh": 6}
    )
    assert [*one.edits] == [one.best]
    assert one.changes()[0][:2] == (SOFT, "45 s")
    assert (read_duration(one.changes()[0][2]) or 0) >= 120_000
    assert one.front["better"].to_list() == [True]
    assert one.front["difference"].item() < 0
    assert one.worth["mean"].item() > 0  # undone, there is more of it
    assert one.worth["differs"].item()


def test_the_result_is_the_same_on_two_processes_and_after_an_end(found: Tuning, tmp_path: Path) -> None:
    """Cut off in the middle of a line, a search goes on to the same end and lives through only what is missing."""
    file = tmp_path / "runs.jsonl"
    assert as_text(search(file, workers=2)) == as_text(found)
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[:5]) + lines[5][:20], encoding="utf-8")
    again = search(file)
    assert again.lived == found.lived - 4
    assert as_text(again) == as_text(found)


def test_the_file_of_another_search_is_refused(tmp_path: Path) -> None:
    """Other customers, another scenario or policy: its runs are no runs of this search."""
    file = tmp_path / "runs.jsonl"
    file.write_text('{"search": "of something else"}\n', encoding="utf-8")
    with pytest.raises(ScenarioError, match="Another search is kept"):
        search(file)
    Tries(SMALL, STANDARD, ["reply_p90"], seed=1, engine="compiled", about="a", file=tmp_path / "a")
    with pytest.raises(ScenarioError, match="Another search is kept"):
        Tries(SMALL, STANDARD, ["reply_p90"], seed=1, engine="compiled", about="b", file=tmp_path / "a")


@pytest.mark.parametrize("kept", [0, 1, 12])
def test_a_file_whose_first_line_was_cut_off_begins_anew(tmp_path: Path, kept: int) -> None:
    """A full disk leaves it empty, or a part of that line."""
    file = tmp_path / "runs.jsonl"
    Tries(SMALL, STANDARD, ["reply_p90"], seed=1, engine="compiled", about="a", file=file)
    whole = file.read_bytes()
    file.write_bytes(whole[:kept])
    Tries(SMALL, STANDARD, ["reply_p90"], seed=1, engine="compiled", about="a", file=file)
    assert file.read_bytes() == whole


def test_a_line_that_was_cut_in_a_letter_is_passed_over(tmp_path: Path) -> None:
    """Names in a policy may be Chinese; what comes next begins a line."""
    file = tmp_path / "runs.jsonl"
    Tries(SMALL, STANDARD, ["reply_p90"], seed=1, engine="compiled", about="a", file=file)
    with file.open("ab") as out:
        out.write('{"edits": "{\\"groups.售'.encode()[:-1])
    tries = Tries(SMALL, STANDARD, ["reply_p90"], seed=1, engine="compiled", about="a", file=file)
    assert tries.count({}) == 0
    tries.see([{}], 1)
    assert Tries(SMALL, STANDARD, ["reply_p90"], seed=1, engine="compiled", about="a", file=file).count({}) == 1


@pytest.mark.parametrize("line", ["5", "{}", "[]", '{"edits": "{}", "n": 0, "found": {}}', '{"edits": {}, "n": "0"}'])
def test_a_line_of_another_shape_is_passed_over(tmp_path: Path, line: str) -> None:
    """As an editor may leave it; the replication is lived through again."""
    file = tmp_path / "runs.jsonl"
    first = Tries(SMALL, STANDARD, ["reply_p90"], seed=1, engine="compiled", about="a", file=file)
    with file.open("a", encoding="utf-8") as out:
        out.write(line + "\n")
    first.see([{}], 1)
    again = Tries(SMALL, STANDARD, ["reply_p90"], seed=1, engine="compiled", about="a", file=file)
    assert again.pairs({}, "reply_p90", 1) == first.pairs({}, "reply_p90", 1)


@pytest.mark.skipif(os.name != "posix", reason="limits as POSIX has them")
def test_a_file_for_which_there_is_no_room_is_named(tmp_path: Path) -> None:
    """What was kept stays, and the search goes on once there is room."""
    import resource  # noqa: PLC0415 - POSIX alone has it

    file = tmp_path / "runs.jsonl"
    tries = Tries(SMALL, STANDARD, ["reply_p90"], seed=1, engine="compiled", about="a", file=file)
    tries.see([{}], 1)
    kept, before = file.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(kept), before[1]))
    try:
        with pytest.raises(ScenarioError, match=r"cannot be written: File too large\. Got '.*runs\.jsonl"):
            tries.see([{}], 2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert file.read_bytes() == kept
    again = Tries(SMALL, STANDARD, ["reply_p90"], seed=1, engine="compiled", about="a", file=file)
    again.see([{}], 2)
    assert again.lived == 1


def test_runs_of_other_sources_are_no_runs_of_a_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What decided otherwise lived through other days, however alike the policy."""
    file = tmp_path / "runs.jsonl"
    search(file)
    monkeypatch.setattr("deskkit.sim.tuning.search._sources", lambda: "of yesterday")
    with pytest.raises(ScenarioError, match="sources of deskkit"):
        search(file)


def test_limits_that_nobody_keeps_are_told() -> None:
    """Rather than a front of policies that break them."""
    with pytest.raises(ScenarioError, match="No candidate keeps the limits"):
        tune(SMALL, STANDARD, VARY, GOALS, limits=["reply_p90 <= 1 s"], **FEW)


def test_candidates_that_are_no_policies_are_passed_over() -> None:
    """An agent who holds more than at peak is none; the search says so and goes on."""
    one = tune(SMALL, STANDARD, {"capacity.agent": "5..9"}, ["reply_p90"], **FEW | {"candidates": 12})
    assert one.refused
    assert all("peak" in why for why in one.refused.values())
    assert {row["capacity.agent"] for row in one.tried} <= {5, 6}


# ---------------------------------------------------------------- what comes of it


def test_policies_of_the_front_are_ready_to_go_live(found: Tuning) -> None:
    """Each reads as the policy with its numbers, says on top what changed, and leaves every other line alone."""
    assert [*found.policies] == found.front["policy"].unique(maintain_order=True).to_list()
    for name, policy in found.policies.items():
        assert policy.name == name
        assert policy.fingerprint == STANDARD.edit({"name": name, **found.edits[name]}).fingerprint
        head, _, rest = policy.text.partition("\n\n")
        assert all(f"{path}: {was} -> {now}" in head for path, was, now in found.changes(name))
        changed = set(rest.splitlines()) ^ set(STANDARD.text.splitlines())
        assert len(changed) <= 2 * (1 + len(found.edits[name]))


def test_the_front_is_judged_by_fresh_customers(found: Tuning) -> None:
    """With the next seed, by paired differences from the policy as it is; limits are told apart from goals."""
    assert found.study.seed == found.seed + 1
    table = found.judged
    assert set(table["measure"]) == {*GOALS, "abandonment"}
    assert table.filter(measure="abandonment")["better"].null_count() == len(found.edits)
    assert table.filter(measure="reply_p90")["keeps"].null_count() == len(found.edits)
    assert found.best in found.front["policy"]


def test_a_search_is_told(found: Tuning) -> None:
    """As text with every policy and change, as a table for the tornado, as JSON."""
    said = told(found)
    assert all(name in said for name in found.edits)
    assert found.best is not None
    assert "(the best)" in said
    assert all(f"{path}: {now} -> {was}" in said for path, was, now in found.changes())
    drawn = found.sensitivity("reply_p90")
    assert set(drawn.frame["name"]) <= {path for path, _, _ in found.changes()}
    assert drawn.base.mean == found.study.estimate("reply_p90", found.best).mean


def test_the_command_line_writes_and_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Policies, tables and runs in a folder; JSON alone on standard output; what is no range is wrong use."""
    STANDARD.save(tmp_path / "short.toml")
    words = [
        "tune", "data/scenarios/small.toml", "--policy", str(tmp_path / "short.toml"), "--vary", f"{SOFT}=15 s..60 s",
        "--goal", "loud_per_agent_hour", "--candidates", "3", "--most", "2", "--fresh", "2", "--workers", "1",
        "--out", str(tmp_path / "tuned"),
    ]  # fmt: skip
    assert main([*words, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert {row["policy"] for row in said["front"]} | {row["policy"] for row in said["fallen"]} == {*said["changes"]}
    assert Policy.load(tmp_path / "tuned/tuned-1.toml").name == "standard tuned 1"
    runs = (tmp_path / "tuned/runs.jsonl").read_text(encoding="utf-8")
    assert main(words) == 0
    assert (tmp_path / "tuned/runs.jsonl").read_text(encoding="utf-8") == runs
    assert "standard tuned 1" in capsys.readouterr().out
    for wrong in (["--vary", SOFT], ["--vary", f"{SOFT}=1 s..2 s"]):
        assert main([*words[:6], *wrong, *words[6:]]) != 0
        assert "--vary" in capsys.readouterr().err
