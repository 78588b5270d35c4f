"""Same scenario, policy and seed: the same log digest, whatever the process's hashes, zone, language and folder are.

That any number of workers writes the same log is in `test_experiment` and `test_engine`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deskkit.desk.policy import Policy
from deskkit.sim.experiment import replicate
from deskkit.sim.scenariofile import load_scenario

if TYPE_CHECKING:
    from deskkit.sim.study import Study

ROOT = Path(__file__).parents[2]
SMALL, STANDARD = ROOT / "data/scenarios/small.toml", ROOT / "data/policies/standard.toml"
TELL = """
import json, sys
from deskkit.sim.experiment import replicate
from deskkit.sim.scenariofile import load_scenario
from deskkit.desk.policy import Policy
study = replicate(load_scenario(sys.argv[1]), Policy.load(sys.argv[2]), replications=2, seed=9)
(runs,) = study.found.values()
said = {"logs": [run.log for run in runs], "hash": hash("deskkit"), "order": list({"a", "b", "c", "d", "e"})}
print(json.dumps(said))
"""


def digests(study: Study) -> list[str]:
    """Return the digests of the logs of a study."""
    (runs,) = study.found.values()
    return [run.log for run in runs]


@cache
def here(seed: int = 9) -> list[str]:
    """Return the digests of two replications of the small morning."""
    return digests(replicate(load_scenario(SMALL), Policy.load(STANDARD), replications=2, seed=seed))


def elsewhere(folder: Path, **environment: str) -> dict[str, Any]:
    """Return what a fresh process says of the same two replications."""
    said = subprocess.run(
        [sys.executable, "-c", TELL, str(SMALL), str(STANDARD)], cwd=folder, check=True, capture_output=True, text=True,
        env=os.environ | environment,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(said.stdout)
    return found


def test_other_processes_write_the_same_log(tmp_path: Path) -> None:
    """Three processes that hash, order sets, tell the time and speak differently; their hashes show that they do."""
    found = [
        elsewhere(tmp_path, PYTHONHASHSEED=hashes, TZ=zone, LANG=language)
        for hashes, zone, language in (("0", "UTC", "C"), ("1", "Asia/Shanghai", "zh_CN.UTF-8"), ("4242", "EST", "C"))
    ]
    assert len({one["hash"] for one in found}) == 3
    assert len({tuple(one["order"]) for one in found}) > 1
    assert [one["logs"] for one in found] == [here()] * 3


def test_another_seed_writes_another_log() -> None:
    """Control: the digest sees what happened."""
    assert not set(here(10)) & set(here())
