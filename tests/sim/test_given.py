"""Customers given as a workload, decisions of one's own, and the luck that a seed stands for."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

import pytest
from msgspec import structs

from deskkit.cli import main
from deskkit.desk.events import ConversationOpened, CustomerWrote
from deskkit.desk.policy import Policy
from deskkit.errors import DeskkitError, ScenarioError
from deskkit.log import open_log
from deskkit.sim.duty import scenario_from
from deskkit.sim.experiment import compare, precise, replicate
from deskkit.sim.picks import newest_first, oldest_first
from deskkit.sim.printing import printed
from deskkit.sim.run import Run, simulate
from deskkit.sim.scenario import Shift
from deskkit.sim.scenariofile import load_scenario
from deskkit.sim.sheet import stress_sheet
from deskkit.sim.trace import workload_from
from deskkit.sim.workload import Workload, sample

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from deskkit.sim.people import Conversation, Person
    from deskkit.sim.study import Study

STANDARD = "data/policies/standard.toml"
POLICY = Policy.load(STANDARD)
RUSH = load_scenario("data/scenarios/rush.toml")
POLICIES = {"today": POLICY, "narrow": POLICY.edit({"capacity.agent": 3})}


@cache
def yesterday() -> tuple[Run, Workload]:
    """Return a run as it might have been yesterday, and what its log gives."""
    run = simulate(RUSH, POLICY, seed=8)
    return run, workload_from(run.log, policy=POLICY)


@cache
def study(workers: int = 1) -> Study:
    """Return two policies compared on yesterday's customers; under one agents choose their tabs otherwise."""
    return compare(
        POLICIES, RUSH, workload=yesterday()[1], pick={"narrow": newest_first}, replications=3, seed=5, workers=workers
    )  # fmt: skip


def came(run: Run) -> list[tuple[int, str]]:
    """Return who came when."""
    return sorted((event.at, event.conversation) for event in run.events if isinstance(event, ConversationOpened))


def test_the_same_customers_come_each_time_with_other_luck() -> None:
    """One digest of customers in all replications, of both policies; of logs, one each. Control: drawn ones differ."""
    runs = [run for found in study().found.values() for run in found]
    assert {run.workload for run in runs} == {yesterday()[1].digest}
    assert len({run.log for run in runs}) == len(runs) == 6
    drawn = replicate(RUSH, POLICY, replications=2).found["standard"]
    assert len({run.workload for run in drawn}) == 2


def test_any_number_of_workers_gives_the_same() -> None:
    """Tables of customers, and decisions of one's own, go to other processes and come to the same."""
    assert study(2).as_dict() == study().as_dict()


def test_a_replication_can_be_lived_through_again() -> None:
    """By the study's workload, its seed and the number: the same log, byte for byte."""
    run = simulate(RUSH, POLICIES["narrow"], workload=study().workload, seed=5, replication=2, pick=newest_first)
    assert run.digest == study().found["narrow"][2].log
    assert (run.seed, run.replication) == (5, 2)


def test_a_seed_is_another_luck_and_not_other_customers() -> None:
    """Without one a workload has its own; each further one gives another log of the same people."""
    workload = yesterday()[1]
    runs = [simulate(RUSH, POLICY, workload=workload, seed=seed) for seed in (None, 0, 1, 2)]
    assert runs[0].digest == runs[1].digest  # a log's own is seed 0
    assert len({run.digest for run in runs}) == 3
    assert [run.seed for run in runs] == [0, 0, 1, 2]
    assert all(came(run) == came(runs[0]) for run in runs)
    assert workload.key == (0, 0, False)  # what was given stays as it was


def test_a_sampled_workload_keeps_its_luck_unless_told_otherwise() -> None:
    """As `simulate` draws it itself; with a seed of its own the luck is that of the seed."""
    run = simulate(RUSH, POLICY, seed=3, replication=4)
    again = simulate(RUSH, POLICY, workload=sample(RUSH, seed=3, replication=4, begin=run.workload.midnight))
    assert (again.digest, again.seed, again.replication) == (run.digest, 3, 4)
    other = simulate(RUSH, POLICY, workload=again.workload, seed=4)
    assert other.digest != run.digest
    assert (other.seed, other.replication) == (4, 0)


def test_what_varies_is_said() -> None:
    """In the object, in the text, and in the sheet; of drawn customers none of it (control)."""
    found, said, sheet = study().as_dict(), printed(study()), stress_sheet(study())
    assert found["workload"]["digest"] == yesterday()[1].digest
    for text in (" ".join(found["notes"]), said, sheet):
        assert "not for another day" in text or "say nothing of other days" in text
    assert "SHA-256 `" + yesterday()[1].digest[:16] in sheet
    plain = replicate(RUSH, POLICY, replications=2)
    assert plain.as_dict()["workload"] is None
    assert not any("customers come in every replication" in note for note in plain.notes)
    assert "other days" not in stress_sheet(plain)


def test_precision_can_be_asked_for_on_given_customers() -> None:
    """The rule looks at the same replications."""
    found = precise(
        RUSH, POLICY, "reply_time", relative=5.0, least=2, look_ahead=0, workload=yesterday()[1], seed=5
    )  # fmt: skip
    assert [run.log for run in found.found["standard"]] == [run.log for run in study().found["today"][:2]]


# ---------------------------------------------------------------- decisions of one's own


def test_an_own_decision_is_compared_with_the_policys() -> None:
    """Who is not named chooses as always, the other as in `simulate`."""
    both = {"as it is": POLICY, "newest": POLICY}
    found = compare(both, RUSH, pick={"newest": newest_first}, replications=2, seed=5).found
    plain = replicate(RUSH, POLICY, replications=2, seed=5).found["standard"]
    assert [run.log for run in found["as it is"]] == [run.log for run in plain]
    own = simulate(RUSH, POLICY, seed=5, replication=1, pick=newest_first)
    assert found["newest"][1].log == own.digest != plain[1].log


def test_an_own_decision_for_all_is_named() -> None:
    """In the object, the text and the sheet."""
    found = compare(POLICIES, RUSH, pick=oldest_first, replications=2)
    assert found.picks == dict.fromkeys(POLICIES, "oldest_first")
    assert found.as_dict()["policies"]["narrow"]["pick"] == "oldest_first"
    assert "narrow: agents choose their tabs by oldest_first." in printed(found)
    assert "`oldest_first`" in stress_sheet(found)


def test_pickers_that_cannot_be_are_refused_before_any_run() -> None:
    """One for a policy there is not, one that takes other arguments, one that other processes do not know."""

    def local(_agent: Person, unread: Sequence[Conversation], _now: int) -> Conversation:
        return unread[0]

    with pytest.raises(ScenarioError, match="not compared"):
        compare(POLICIES, RUSH, pick={"nobody": newest_first})
    with pytest.raises(DeskkitError, match="must take an agent"):
        compare(POLICIES, RUSH, pick={"today": lambda: None})  # type: ignore[dict-item, misc]
    with pytest.raises(ScenarioError, match="workers=1"):
        compare(POLICIES, RUSH, pick=local, workers=2)
    assert compare(POLICIES, RUSH, pick=local, replications=1).picks["today"] == "local"  # in this process it is known


# ---------------------------------------------------------------- the agents of a log


def test_the_agents_of_a_log_answer_its_customers() -> None:
    """Groups, skills and languages as they were; the same policy brings about as many replies (within one in ten)."""
    run, workload = yesterday()
    scenario = scenario_from(run.log, workload, policy=POLICY)
    known = {name: (about.groups, about.languages, about.skills, about.role) for name, about in run.roster.items()}
    assert {one.name: (one.groups, one.languages, one.skills, one.role) for one in scenario.agents} == known
    again = simulate(scenario, POLICY, workload=workload)
    assert again.steps.height == pytest.approx(run.steps.height, rel=0.1)


def test_shifts_and_breaks_are_those_of_the_log() -> None:
    """An agent who comes, takes a break, and goes: to the millisecond, from the first customer on."""
    ten = RUSH.begin_ms
    shift = Shift(ten - 60_000, ten + 1_500_000, ((ten + 300_000, ten + 600_000),))
    about = structs.replace(RUSH.agents[0], name="part", count=1, shifts=(shift,))
    run = simulate(structs.replace(RUSH, agents=(*RUSH.agents, about)), POLICY, seed=8)
    workload = workload_from(run.log, policy=POLICY)
    found = {one.name: one for one in scenario_from(run.log, workload, policy=POLICY).agents}
    first = workload.begin - workload.midnight
    assert found["part"].shifts == (structs.replace(shift, begin_ms=first),)
    assert all(
        one.shifts[0].begin_ms == first and not one.shifts[0].breaks for one in found.values() if one.name != "part"
    )


def test_a_log_that_does_not_say_who_was_there_is_refused() -> None:
    """An export without a roster: the refusal says how to tell."""
    log = open_log("memory:")
    log.append([
        ConversationOpened(at=0, source="t", source_id="1", conversation="c", customer="z"),
        CustomerWrote(at=1, source="t", source_id="2", conversation="c", message="m", text="hi"),
    ], received_at=1)  # fmt: skip
    with pytest.raises(ScenarioError, match="deskkit roster"):
        scenario_from(log, workload_from(log), policy=POLICY)


# ---------------------------------------------------------------- commands


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of yesterday's log."""
    path: Path = tmp_path_factory.mktemp("logs") / "yesterday.db"
    events = yesterday()[0].events
    with open_log(f"sqlite:///{path}") as log:
        log.append(events, received_at=events[-1].at)
    return f"sqlite:///{path}"


def test_a_log_is_simulated_from_the_command_line(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Its customers and its agents; or its customers and those of a scenario; the seed and what varies stand there."""
    args = ["--policy", STANDARD, "--replications", "2", "--workers", "1", "--quiet", "--seed", "6"]
    assert main(["simulate", "--log", url, *args, "--json"]) == 0
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert (found["scenario"], found["seed"]) == ("the log", 6)
    assert found["workload"]["conversations"] == yesterday()[1].conversations.height
    assert "6 agents of the log answer" in said.err
    assert main(["simulate", "data/scenarios/small.toml", "--log", url, *args]) == 0
    said = capsys.readouterr()
    assert "small: 2 replications, seed 6" in said.out
    assert "customers come in every replication" in said.out


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ([], "It is not said who comes"),
        (["data/scenarios/small.toml", "--from", "2026-01-01"], "choose customers of a log"),
        (["--log", "URL", "--from", "2026-01-01", "--to", "2026-01-02"], "Nobody came then"),
        (["--log", "URL", "--from", "soon"], "--from"),
        (["--log", "URL", "--zone", "Nowhere"], "--zone"),
    ],
)
def test_wrong_use_is_said(more: list[str], said: str, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In one line, status 2."""
    more = [url if word == "URL" else word for word in more]
    assert main(["simulate", *more, "--policy", STANDARD, "--quiet"]) == 2
    assert said in capsys.readouterr().err
