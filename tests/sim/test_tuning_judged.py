"""How a search ends: who is on the front of fresh customers, who is the best, what did nothing, and how it is told."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from msgspec import structs

from deskkit import figures
from deskkit.cli import main
from deskkit.errors import PolicyError, ScenarioError
from deskkit.sim.printing import printed
from deskkit.sim.study import Replication, Study
from deskkit.sim.tuning import Tuning, told, tune
from deskkit.sim.tuning.goals import goals_of, limits_of
from deskkit.sim.tuning.judging import Fall, best_of, fallen, keeps, lean
from deskkit.sim.tuning.knobs import knobs_of, notes_of, read_knob
from deskkit.sim.tuning.present import present
from deskkit.sim.tuning.result import WORTH, written
from deskkit.sim.tuning.tries import Tries
from tests.sim.test_printing import english
from tests.sim.test_tuning import SMALL, SOFT, STANDARD

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    Days = tuple[float, ...]

GOALS = goals_of(["reply_p90", "load_spread"])
LIMITS = limits_of(["abandonment <= 10%"])
NOISE = (-0.01, 0.0, 0.02, -0.02, 0.01, 0.0)
BASE = "standard (as it is)"


def day(values: Mapping[str, float]) -> Replication:
    """Return a replication of so much of each measure."""
    measures = {name: (value, 1.0) for name, value in values.items()}
    return Replication(measures, {}, saturated=False, truncated=False, workload="", log="", periods={})


def study(means: Mapping[str, tuple[float, float, float]], noise: Days = NOISE) -> Study:
    """Return a study of policies by the mean of their reply (s), load spread and abandonment; noise is of their own."""
    found = {}
    for number, (name, (reply, spread, lost)) in enumerate(means.items()):
        turned = noise[number % len(noise) :] + noise[: number % len(noise)]
        found[name] = [
            day({"reply_p90": 1000 * reply * (1 + x), "load_spread": spread * (1 + x), "abandonment": lost * (1 + x)})
            for x in turned
        ]
    return Study(scenario=SMALL, policies=dict.fromkeys(means, STANDARD), found=found, seed=1)


def tuning(one: Study, **other: Any) -> Tuning:
    """Return a search that ended in a study."""
    names = [name for name in one.policies if name != BASE]
    found = Tuning(
        scenario=SMALL, policy=STANDARD, knobs=knobs_of(STANDARD, {SOFT: "15 s..3 min"}), goals=GOALS, limits=LIMITS,
        study=one, best=best_of(one, GOALS, LIMITS), edits={name: {SOFT: f"{n} s"} for n, name in enumerate(names, 50)},
        worth=pl.DataFrame(schema=WORTH), tried=[], refused={}, candidates=3, lived=3, seed=0, **other,
    )  # fmt: skip
    return structs.replace(found, policies=written(found))


# ---------------------------------------------------------------- the front on fresh customers


def test_the_front_is_that_of_fresh_customers_and_the_policy_as_it_is_competes() -> None:
    """Who is beaten there, does exactly as well as another, or breaks a limit for sure, is not on it."""
    some = {
        BASE: (100.0, 0.5, 0.05), "a": (90.0, 0.6, 0.05), "worse": (95.0, 0.6, 0.05), "than base": (101.0, 0.5, 0.05),
        "again": (90.0, 0.6, 0.05), "lost": (1.0, 0.1, 0.2), "b": (99.0, 0.4, 0.05),
    }  # fmt: skip
    one = study(some, noise=(0.0, 0.0))
    assert fallen(one, GOALS, LIMITS) == {
        BASE: Fall(by="b"), "worse": Fall(by="a"), "than base": Fall(by="b"), "again": Fall(by="a", is_same=True),
        "lost": Fall(breaks=("abandonment <= 10%",)),
    }  # fmt: skip
    without = study({name: values for name, values in some.items() if name != "b"}, noise=(0.0, 0.0))
    assert fallen(without, GOALS, LIMITS)["than base"] == Fall(by=BASE)


def test_a_policy_as_it_is_that_breaks_a_limit_beats_nobody() -> None:
    """However fast it is: what is sought is a policy that keeps the limits."""
    one = study({BASE: (10.0, 0.1, 0.3), "a": (90.0, 0.6, 0.05)})
    assert fallen(one, GOALS, LIMITS) == {BASE: Fall(breaks=("abandonment <= 10%",))}
    assert best_of(one, GOALS, LIMITS) == "a"
    assert best_of(study({BASE: (10.0, 0.7, 0.05), "a": (90.0, 0.6999, 0.05)}), GOALS, LIMITS) is None  # the control


def test_the_best_is_surely_better_or_there_is_none() -> None:
    """In one goal at least; of several, the one nearest to the best of every goal."""
    far = {BASE: (100.0, 0.5, 0.05), "a": (50.0, 0.6, 0.05), "b": (55.0, 0.2, 0.05), "c": (99.0, 0.19, 0.05)}
    assert best_of(study(far), GOALS, LIMITS) == "b"
    near = {BASE: (100.0, 0.5, 0.05), "a": (99.9, 0.51, 0.05), "b": (100.1, 0.499, 0.05)}
    assert not set(fallen(study(near), GOALS, LIMITS)) & {"a", "b"}
    assert best_of(study(near), GOALS, LIMITS) is None
    assert best_of(study({**far, "b": (55.0, 0.2, 0.1001)}), GOALS, LIMITS) != "b"  # its mean breaks the limit


def test_tables_and_json_call_the_same_policies_the_front() -> None:
    """And there are files of these alone."""
    one = tuning(study({BASE: (100.0, 0.5, 0.05), "a": (50.0, 0.6, 0.05), "b": (55.0, 0.61, 0.05)}))
    assert [*one.policies] == one.front["policy"].unique(maintain_order=True).to_list() == ["a"]
    judged = one.judged.filter(measure="reply_p90").select("policy", "on_front", "beaten_by").rows()
    assert judged == [("a", True, None), ("b", False, "a")]
    told_so = one.as_dict()
    assert {row["policy"] for row in told_so["front"]} == {"a"}
    assert told_so["fallen"] == [{"policy": "b", "beaten_by": "a", "is_same": False, "breaks": []}]


# ---------------------------------------------------------------- how it is told


def test_only_the_front_is_told_at_length() -> None:
    """Each other one has a line that says why; the best is named, with the rule by which it is."""
    far = {BASE: (100.0, 0.5, 0.05), "a": (50.0, 0.6, 0.05), "b": (55.0, 0.61, 0.05), "c": (200.0, 0.9, 0.05)}
    said = told(tuning(study(far | {"lost": (1.0, 0.1, 0.2)}))).splitlines()
    assert "a  (the best)" in said
    assert not {"b", "c", "lost"} & {*said}
    assert "b: beaten on fresh customers by a" in said
    assert "lost: breaks abandonment <= 10% on fresh customers" in said
    assert any(line.startswith("The best is, of the front's policies") for line in said)


def test_none_is_called_the_best_where_none_is_surely_better() -> None:
    """It is said so; there is nothing that its changes are worth, and asking for it is refused."""
    found = tuning(study({BASE: (100.0, 0.5, 0.05), "a": (99.9, 0.51, 0.05), "c": (200.0, 0.9, 0.05)}))
    said = told(found)
    assert "the best" not in said
    assert "None that keeps the limits is surely better than the policy as it is" in said
    assert found.best is None
    assert found.as_dict()["best"] is None
    assert "a" in found.policies  # on the front all the same
    for asked in (found.changes, lambda: found.sensitivity("reply_p90")):
        with pytest.raises(ScenarioError, match="No policy is surely better"):
            asked()
    alone = told(tuning(study({BASE: (100.0, 0.5, 0.05), "c": (200.0, 0.9, 0.05)})))
    assert "The policy as it is stands on the front alone." in alone
    assert "c: beaten on fresh customers by the policy as it is" in alone


@pytest.mark.parametrize(("lost", "certain"), [(0.1, None), (0.05, True), (0.3, False)])
def test_a_limit_that_the_interval_holds_is_not_certain(lost: float, certain: bool | None) -> None:  # noqa: FBT001
    """It is neither kept nor broken, and the text and the file say so."""
    one = study({BASE: (100.0, 0.5, 0.05), "a": (50.0, 0.5, lost)})
    assert keeps(one, "a", LIMITS) is certain
    found = tuning(one)
    assert ("limit not certain" in told(found)) == (certain is None)
    assert all(("limit not certain" in one.text) == (certain is None) for one in found.policies.values())
    assert keeps(one, "a", []) is None


def test_what_is_told_stands_in_columns() -> None:
    """Of all policies the same, and of what each change is worth, however long a number or a change is."""
    found = tuning(study({BASE: (100.0, 0.5, 0.05), "a": (50_000.0, 0.3, 0.051), "b": (55.0, 0.61, 0.05)}))
    about = {"measure": "reply_p90", "unit": "ms", "low": -1.0, "high": 2.0, "differs": False}
    changes = [
        about | {"path": "routing.strategy", "was": "least_load", "is": "longest_idle", "title": "Time", "mean": 5e3},
        about | {"path": "capacity.agent", "was": "5", "is": "4", "title": "A longer title", "mean": -7e4},
    ]
    said = told(structs.replace(found, worth=pl.DataFrame(changes, schema=WORTH), best="a")).splitlines()
    table = [line for line in said if line[2:].startswith(("Reply time", "Load spread", "Abandonment"))]
    worth = [line for line in said if line[2:].startswith(("routing.strategy: ", "capacity.agent: "))]
    assert (len(table), len(worth)) == (3 * 3, 2)
    for lines in (table, worth):
        assert len({line.index("(", 30) for line in lines if " to " in line}) == 1
    assert worth[0].index("Time") == worth[1].index("A longer title")


def test_refused_candidates_are_counted_where_there_are_any() -> None:
    """That none was refused is no news; of several, one says which and why."""
    found = tuning(study({BASE: (100.0, 0.5, 0.05), "a": (50.0, 0.6, 0.05)}))
    assert "3 candidates, seed 0" in told(found)
    said = told(structs.replace(found, refused={'{"capacity.agent": 7}': "At peak an agent would hold less."}))
    assert "3 candidates (1 of them refused: no valid policy), seed 0" in said
    assert 'Refused, for one: {"capacity.agent": 7}: At peak an agent would hold less.' in said


def test_money_is_told_in_which() -> None:
    """As `compare` and `simulate` tell it."""
    costs = {BASE: 20.0, "a": 15.0}
    rest = {"reply_p90": 1.0, "load_spread": 1.0, "abandonment": 0.05}
    days = {name: [day({**rest, "cost_per_resolved": cost + x}) for x in NOISE] for name, cost in costs.items()}
    one = Study(scenario=SMALL, policies=dict.fromkeys(costs, STANDARD), found=days, seed=1)
    goals = goals_of(["cost_per_resolved"])
    found = structs.replace(tuning(one), goals=goals, limits=(), best=best_of(one, goals, ()))
    found = structs.replace(found, policies=written(found))
    assert "Cost per resolved conversation, CNY" in told(found)
    assert "CNY" not in told(tuning(study({BASE: (100.0, 0.5, 0.05), "a": (50.0, 0.6, 0.05)})))  # the control


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_english_is_left_in_chinese(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    """Where there is a best one and where there is none, but for paths, measures of goals and limits; in English so."""
    monkeypatch.setenv("DESKKIT_LANG", language)
    far = {BASE: (100.0, 0.5, 0.05), "a": (50.0, 0.6, 0.1), "b": (55.0, 0.61, 0.1), "lost": (1.0, 0.1, 0.2)}
    found = tuning(study(far), notes=notes_of(STANDARD, [read_knob("queue.guard", "5 min..20 min by 7 min")]))
    about = ("queue.guard", "15 min", "5 min", "reply_p90", "Reply time", "ms")
    changes = [(*about, mean, -1.0, 2.0, False) for mean in (1.0, None)]
    worth, idle = pl.DataFrame(changes, schema=WORTH, orient="row"), {"a": {"queue.guard": "3 min"}}
    best = structs.replace(found, best="a", worth=worth, idle=idle, refused={"queue.guard": "5 min"})
    none = tuning(study({BASE: (100.0, 0.5, 0.05), "c": (200.0, 0.9, 0.05), "d": (100.0, 0.5, 0.05)}))
    names = [
        "reply_p", "load_spread", "abandonment", "queue", "guard", "notify", "ladder", "rungs", "after", "lost", "min",
    ]  # fmt: skip
    said = [told(one).replace("by 7 min", "") for one in (best, none, structs.replace(none, limits=()))]
    assert [bool(english(one, *names)) for one in said] == [language == "en"] * len(said)
    assert english(told(structs.replace(found, notes=("not worded",))), *names)[-2:] == ["not", "worded"]  # the control


def test_small_numbers_have_the_digits_that_tell_them_apart() -> None:
    """Two digits of half the interval's width: a spread of 0.1370 is told from one of 0.1378."""
    noise = tuple(x / 10 for x in NOISE)
    found = tuning(study({BASE: (100.0, 0.1378, 0.05), "a": (99.0, 0.1370, 0.05)}, noise=noise))
    row = next(line for line in told(found).splitlines() if "Gini" in line and "(" in line.split("Gini)")[1])
    assert "-0.00080" in row
    assert "0.13700" in row
    assert "-0.00080" in found.policies["a"].text
    assert "a - standard (as it is): -0.00080" in printed(found.study, ["load_spread"])  # as `compare` prints it


# ---------------------------------------------------------------- changes that did nothing


def test_changes_that_did_nothing_are_left_out() -> None:
    """Nobody waits a quarter of an hour at this desk: with the same customers everything is exactly what it was."""
    vary = {"queue.guard": "16 min..19 min by 1 min", SOFT: "2 min..3 min by 15 s"}
    numbers: dict[str, Any] = {"candidates": 6, "replications": 1, "most": 1, "fresh": 6, "kept": 2}
    found = tune(SMALL, STANDARD, vary, ["loud_per_agent_hour"], **numbers)
    assert found.best is not None
    assert [path for path, _, _ in found.changes()] == [SOFT]  # the control: this one acts
    assert [path for path, _, _ in found.left_out(found.best)] == ["queue.guard"]
    policy = found.policies[found.best]
    assert "left out, it did nothing: queue.guard: 15 min -> " in policy.text.partition("\n\n")[0]
    assert present(policy, "queue.guard") == "15 min"
    assert "left out, it did nothing: queue.guard" in told(found)
    assert found.as_dict()["left_out"][found.best][0]["path"] == "queue.guard"
    assert set(found.worth["path"]) == {SOFT}
    live = found.study.policies[found.best]
    assert live.edit({"name": found.best}).fingerprint == policy.fingerprint  # it is the file that was judged


def test_of_two_changes_that_stand_for_one_another_one_stays() -> None:
    """Each alone does nothing while the other is there; both are not left out."""

    class Doubles(Tries):
        """Two numbers of which the greater counts."""

        def __init__(self) -> None:
            super().__init__(SMALL, STANDARD, ["x"], seed=1, engine="compiled")

        def see(self, *_: object) -> None:
            """Live through nothing."""

        def pairs(self, edits: Mapping[str, Any], _measure: str, replications: int) -> list[tuple[float, float]]:
            """Return the greater one."""
            turned = (edits.get(name, 1) for name in ("capacity.agent", "capacity.reserve"))
            return [(float(max(turned)), 1.0)] * replications

    found = Study(
        scenario=SMALL, policies={"a": STANDARD}, found={"a": [day({"x": 7.0})] * 3}, seed=1
    )  # fmt: skip
    both = {"capacity.agent": 7, "capacity.reserve": 7, "queue.guard": "15 min"}
    assert lean(Doubles(), found, {"a": both}, STANDARD, ["x"]) == {"a": {"capacity.reserve": 7}}


# ---------------------------------------------------------------- what is asked


def test_what_may_surprise_in_a_range_is_said() -> None:
    """Steps that pass over its end, and a range without what is now; others are not worth a word."""
    said = notes_of(STANDARD, knobs_of(STANDARD, {"queue.guard": "5 min..20 min by 7 min", "capacity.agent": "3..4"}))
    assert [note.partition(":")[0] for note in said] == ["queue.guard", "queue.guard", "capacity.agent"]
    assert "5 min, 12 min, 19 min" in said[0]
    assert "5, as it is, is not among what is tried (3, 4)" in said[2]
    fine = {"queue.guard": "5 min..20 min by 150 s", "capacity.agent": "3..6", "routing.strategy": "least_load | luck"}
    assert notes_of(STANDARD, [read_knob(path, text) for path, text in fine.items()]) == ()
    assert notes_of(STANDARD, [read_knob("capacity.nobody", "0.1..0.35 by 0.1")])[0].endswith(
        "tried are 0.1, 0.2, 0.3."
    )


def test_who_names_no_step_means_both_ends() -> None:
    """The step is chosen so that there are some twenty; the end is one of them even if it does not divide."""
    assert read_knob("x", "15 s..60 s").values[-1] == "1 min"
    assert read_knob("x", "15 s..60 s by 2 s").values[-1] == "59 s"


@pytest.mark.parametrize(
    "text", ["abandonment <= 150%", "abandonment <= 15", "service_level >= 1.2", "notice_noise >= -1"]
)
def test_bounds_where_no_share_can_be_are_refused(text: str) -> None:
    """Nothing would be held to them; from 0 to 100 % all are fine."""
    with pytest.raises(ScenarioError, match="cannot be there"):
        limits_of([text])
    assert [one.bound for one in limits_of(["abandonment <= 0%", "abandonment <= 100%"])] == [0.0, 1.0]


def test_limits_that_contradict_are_refused_by_both_names() -> None:
    """No policy keeps them; two that leave room are fine."""
    with pytest.raises(ScenarioError, match="reply_p90 <= 1 min, reply_p90 >= 2 min"):
        limits_of(["reply_p90 <= 1 min", "abandonment <= 5%", "reply_p90 >= 2 min"])
    assert len(limits_of(["reply_p90 <= 2 min", "reply_p90 >= 2 min"])) == 2


def test_a_ladder_that_is_not_there_is_refused_by_how_many_there_are() -> None:
    """Not by a piece of the file that was never asked for."""
    many = len(STANDARD.schema.notify.ladders)
    with pytest.raises(PolicyError, match=rf"notify\.ladder has {many}, counted from 0") as refused:
        knobs_of(STANDARD, {f"notify.ladder[{many}].rungs[1].after": "15 s..30 s"})
    assert "Got" not in str(refused.value)


def test_the_command_line_writes_the_front_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Files and `front.csv` are of the front on fresh customers; what an earlier search left there is named."""
    STANDARD.save(tmp_path / "short.toml")
    out = tmp_path / "tuned"
    out.mkdir()
    (out / "tuned-77.toml").write_text("old", encoding="utf-8")
    words = [
        "tune", "data/scenarios/small.toml", "--policy", str(tmp_path / "short.toml"),
        "--vary", f"{SOFT}=15 s..3 min by 15 s", "--vary", "capacity.agent=3..4", "--goal", "reply_p90", "--goal",
        "loud_per_agent_hour", "--candidates", "8", "--replications", "1", "--most", "1", "--fresh", "2",
        "--workers", "1", "--out", str(out),
    ]  # fmt: skip
    assert main(words) == 0
    said = capsys.readouterr()
    judged = [*csv.DictReader((out / "judged.csv").read_text(encoding="utf-8-sig").splitlines())]
    front = {row["policy"] for row in csv.DictReader((out / "front.csv").read_text(encoding="utf-8-sig").splitlines())}
    beaten = {row["policy"] for row in judged if row["on_front"] == "false"}
    assert front
    assert beaten  # the control: somebody fell
    assert {row["policy"] for row in judged} == front | beaten
    assert {path.name for path in out.glob("tuned-*.toml")} - {"tuned-77.toml"} == {
        f"tuned-{name.rsplit(maxsplit=1)[1]}.toml" for name in front
    }
    assert all(f"{name}: beaten on fresh customers by " in said.out for name in beaten)
    assert "tuned-77.toml: left by an earlier search" in said.err
    assert "capacity.agent: 5, as it is, is not among" in said.err


def test_a_choice_set_back_is_neither_lower_nor_higher() -> None:
    """The tornado has a colour of its own for it, and none where all are numbers."""
    found = tuning(study({BASE: (100.0, 0.5, 0.05), "a": (50.0, 0.4, 0.05)}))
    knobs = knobs_of(STANDARD, {SOFT: "15 s..3 min by 15 s", "routing.strategy": "least_load | longest_idle"})
    changes = [(SOFT, "45 s", "1 min"), ("routing.strategy", "least_load", "longest_idle")]
    rows = [(*change, "reply_p90", "Reply", "ms", 5e3, 1e3, 9e3, True) for change in changes]
    names = {SOFT: ["lower", "higher"], "routing.strategy": ["lower", "higher", "another choice"]}
    for n, (path, drawn) in enumerate(names.items(), start=1):
        worth = pl.DataFrame(rows[:n], schema=WORTH, orient="row")
        sensitive = structs.replace(found, knobs=knobs, worth=worth).sensitivity("reply_p90")
        assert [bar.name for bar in figures.tornado(sensitive, language="en").data] == drawn
        assert sensitive.frame.filter(name=path)["end"].item() == {1: "low", 2: "other"}[n]
