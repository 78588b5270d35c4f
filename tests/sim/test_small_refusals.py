"""What was silently taken: seeds that stand for one another, values and options given twice, a level of certainty."""

from __future__ import annotations

import math
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from deskkit.cli import main
from deskkit.desk.policy import Policy
from deskkit.errors import ArgumentError, DeskkitError, ScenarioError
from deskkit.sim.estimates import each_level, student
from deskkit.sim.experiment import replicate, sweep
from deskkit.sim.run import simulate
from deskkit.sim.scenariofile import load_scenario, parse_scenario
from deskkit.sim.terms import SUREST
from tests.patience import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.sim.people import Conversation, Person

SMALL: Final = load_scenario("data/scenarios/small.toml")
STANDARD: Final = "data/policies/standard.toml"
POLICY: Final = Policy.load(STANDARD)


@pytest.mark.parametrize("seed", [-1, 1 << 31, 1 << 70])
def test_a_seed_that_another_would_repeat_is_refused(seed: int) -> None:
    """By one run as by a study; the last seed there is is taken."""
    for ask in (lambda: simulate(SMALL, POLICY, seed=seed), lambda: replicate(SMALL, POLICY, seed=seed)):
        with pytest.raises(ScenarioError, match=r"This is no seed\..*0 to 2,147,483,647"):
            ask()
    assert simulate(SMALL, POLICY, seed=(1 << 31) - 1).seed == (1 << 31) - 1


def test_an_own_error_of_a_pick_is_the_cause() -> None:
    """Also of a kind that cannot be made from its message, and one by which generators end."""

    class OddError(Exception):
        def __init__(self, one: int, other: int) -> None:
            super().__init__(f"{one} and {other}")

    for error in (OddError(1, 2), StopIteration("over")):

        def fails(_agent: Person, _unread: Sequence[Conversation], _now: int, error: Exception = error) -> Conversation:
            raise error

        with pytest.raises(DeskkitError, match=f"pick failed with {type(error).__name__}: {error}") as caught:
            simulate(SMALL, POLICY, seed=7, pick=fails)
        causes: list[BaseException | None] = [caught.value]
        while causes[-1] is not None:
            causes.append(causes[-1].__cause__)
        assert error in causes


def test_the_hint_for_an_instant_outside_the_hours_is_taken() -> None:
    """Of one alone, which left out would leave an empty list, as of one of two."""
    text = Path("data/scenarios/small.toml").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("arrivals"))
    for instants in ('["23:59"]', '["10:30", "23:59"]'):
        with pytest.raises(ScenarioError, match="outside the hours") as caught:
            parse_scenario(text.replace(line, f"arrivals = {{ instants = {instants} }}", 1))
        assert parse_scenario(text.replace(line, caught.value.example, 1)).streams[0].arrivals.instants


@pytest.mark.parametrize("values", [[3, 5, 3], [3, 3.0], ["a", "a"]])
def test_a_value_is_swept_once(values: list[object]) -> None:
    """Twice the same would be one result: refused before anything runs; so is what cannot be a key of it."""
    with pytest.raises(ScenarioError, match="given twice"):
        sweep(lambda _value: pytest.fail("it ran"), values)
    with pytest.raises(ArgumentError, match="cannot be looked up by"):
        sweep(lambda _value: pytest.fail("it ran"), [{"capacity": 3}])


@pytest.mark.parametrize("level", [1 - 2**-53, 0.99999999, 1.0])
def test_a_level_whose_interval_says_nothing_is_refused(level: float) -> None:
    """The surest that is taken has an interval with an end, of two replications and a thousand comparisons."""
    with pytest.raises(ScenarioError, match="This is no level"):
        replicate(SMALL, POLICY, level=level)
    assert math.isfinite(student(each_level(SUREST, 1_000), 1))


@pytest.mark.parametrize(
    "twice",
    [
        ["simulate", "data/scenarios/small.toml", "--policy", STANDARD, "--seed", "1", "--seed", "2"],
        ["simulate", "data/scenarios/small.toml", "--policy", STANDARD, "--policy", STANDARD],
        ["demo", "--log", "sqlite:///none.db", "--log", "sqlite:///none.db"],
    ],
)
def test_an_option_given_twice_is_refused(twice: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Only the last would hold; what may be given several times may."""
    with pytest.raises(SystemExit) as ended:
        main(twice)
    assert ended.value.code == 2
    assert "given twice" in capsys.readouterr().err
    both = ["compare", "data/scenarios/small.toml", "--policy", STANDARD, "--policy", "data/policies/quiet.toml"]
    assert main([*both, "--replications", "2", "--workers", "1", "--quiet", "--json"]) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends processes otherwise")
def test_a_study_that_is_ended_ends_as_by_hand() -> None:
    """Told to end in the midst of its work: one sentence, and not a word of what was not put away."""
    work = ["simulate", "data/scenarios/small.toml", "--policy", STANDARD, "--replications", "100000", "--workers", "2"]
    code = (
        "import os, signal, sys, threading, time\n"
        "import multiprocessing\n"
        "from deskkit.cli import main\n"
        "def end():\n"
        "    while len(multiprocessing.active_children()) < 2: time.sleep(0.05)\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "if __name__ == '__main__':\n"
        "    threading.Thread(target=end, daemon=True).start()\n"
        "    sys.exit(main(sys.argv[1:]))\n"
    )
    run = subprocess.run(  # our own program
        [sys.executable, "-c", code, *work], capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert run.returncode == 1, run.returncode == -signal.SIGTERM
    assert "Interrupted; there is no result" in run.stderr
    assert "leaked" not in run.stderr
