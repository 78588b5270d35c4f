"""Two searches in one file: the second is refused with who works there; and what a silent policy holds is shown."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from deskkit.errors import ScenarioError
from deskkit.sim.scenariofile import load_scenario
from deskkit.sim.tuning import told, tune
from deskkit.sim.tuning.alone import alone
from deskkit.sim.tuning.knobs import notes_of, read_knob
from deskkit.sim.tuning.present import present
from tests.patience import PATIENCE_S
from tests.sim.test_tuning import STANDARD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from deskkit.desk.policy import Policy
    from deskkit.sim.tuning import Tuning

SMALL = load_scenario("data/scenarios/small.toml")
FEWEST: dict[str, Any] = {
    "candidates": 2, "replications": 1, "most": 1, "fresh": 2, "kept": 1, "engine": "simpy",
}  # fmt: skip
HOLDS = """
import sys
from pathlib import Path
from deskkit.sim.tuning.alone import alone
with alone(Path(sys.argv[1])):
    print("there", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def other(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Have another process that works in a file."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(tmp_path / "runs.jsonl")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as begun:  # fmt: skip
        assert begun.stdout is not None
        assert begun.stdout.readline() == "there\n"
        yield begun
        begun.kill()


def search(file: Path) -> Tuning:
    """Search as little as can be."""
    return tune(SMALL, STANDARD, {"capacity.agent": "3..6"}, ["reply_p90"], file=file, **FEWEST)


def test_a_second_search_is_refused_until_the_first_is_gone(tmp_path: Path, other: subprocess.Popen[str]) -> None:
    """It says which process works there, and leaves the file alone; one that was killed is in nobody's way."""
    file = tmp_path / "runs.jsonl"
    with pytest.raises(ScenarioError, match=f"works in this file, process {other.pid} on .*{file.name}"):
        search(file)
    assert not file.exists()
    other.kill()
    other.wait(PATIENCE_S)
    search(file)
    lived = file.read_text(encoding="utf-8")
    search(file)  # goes on from there: the first one let go when it was done
    assert file.read_text(encoding="utf-8") == lived


def test_a_folder_that_cannot_be_is_said(tmp_path: Path) -> None:
    """A file stands where the folder would."""
    (tmp_path / "out").write_text("")
    with pytest.raises(ScenarioError, match="No runs can be kept here"), alone(tmp_path / "out" / "runs.jsonl"):
        pass


@pytest.mark.parametrize(
    ("path", "like", "now"),
    [
        ("life.reopen_within", "2 h", "24 h"), ("hours.assign_when_closed", True, False),
        ("notify.per_minute", 3, 6), ("capacity.reserve", 1, 0), ("routing.language", "required", "preferred"),
    ],
)  # fmt: skip
def test_a_default_is_shown_as_what_it_is(path: str, like: str | int, now: str | int) -> None:
    """In the words and units of the file, whichever value it is told by; written down it changes nothing."""
    silent = without(STANDARD, path)
    assert present(silent, path) is None
    assert present(silent, path, like=like) == present(silent, path, like=now) == now
    assert silent.edit({path: now}).schema == silent.schema


def without(policy: Policy, path: str) -> Policy:
    """Return a policy that says nothing at a path."""
    return policy if present(policy, path) is None else policy.remove(path)


def test_a_search_says_from_which_default_it_went() -> None:
    """In the text and the JSON, and in the note on a range that leaves it out."""
    silent = without(STANDARD, "notify.per_minute")
    found = tune(SMALL, silent, {"notify.per_minute": "1 | 2"}, ["notices_per_agent_hour"], **FEWEST)
    changes = [one for name in found.edits for one in found.changes(name)]
    assert changes
    assert {was for _, was, _ in changes} == {6}
    assert "None ->" not in told(found)
    assert (
        "per_minute: 6, as it is, is not among what is tried"
        in notes_of(silent, [read_knob("notify.per_minute", "1..3")])[0]
    )
