"""The processes of a what-if end with it, whatever ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from deskkit.sample import sample_path, sample_policy
from deskkit.sim.scenariofile import load_scenario
from deskkit.views.experiment import ExperimentView, experiment
from deskkit.views.knobs import room
from tests.patience import PATIENCE_S, wait_until
from tests.sim.test_processes import is_alive

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
import sys
from deskkit.sample import sample_path, sample_policy
from deskkit.sim.scenariofile import load_scenario
from deskkit.views.experiment import experiment
from deskkit.views.knobs import room

if __name__ == "__main__":
    small, policy = load_scenario(sample_path("scenarios/small.toml")), sample_policy("standard")
    view = experiment(small, policy, room(small, policy), replications=1_000)
    while not view.studies:
        view.wait(0.1)
    print(*view.processes, flush=True)
    sys.stdin.readline()
"""


def opened() -> ExperimentView:
    """Open a what-if on a small desk."""
    small, policy = load_scenario(sample_path("scenarios/small.toml")), sample_policy("standard")
    return experiment(small, policy, room(small, policy), replications=2)


def test_closed_it_leaves_no_process() -> None:
    """Two views share the processes, which are there until the last is closed; then a new view has new ones."""
    one, other = opened(), opened()
    assert one.wait(PATIENCE_S)
    assert other.wait(PATIENCE_S)
    processes = one.processes
    assert processes == other.processes
    assert len(processes) >= 2
    assert all(map(is_alive, processes))  # the control
    one.widget.close()
    assert all(map(is_alive, processes))
    other.close()
    other.close()  # once more does no harm
    assert not any(map(is_alive, processes))
    again = opened()
    assert again.wait(PATIENCE_S)
    assert set(again.processes).isdisjoint(processes)
    again.close()


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
@pytest.mark.parametrize("how", [pytest.param("ends", marks=pytest.mark.full), "killed"])
def test_no_process_outlives_who_asked(how: str, tmp_path: Path) -> None:
    """A notebook's kernel that ends, or is killed outright, in the midst of replications: its processes are gone."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    run = subprocess.Popen([sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    processes: list[int] = []
    try:
        assert run.stdout is not None
        processes = [int(number) for number in run.stdout.readline().split()]
        assert len(processes) >= 2
        assert all(map(is_alive, processes))  # the control
        if how == "killed":
            run.send_signal(signal.SIGKILL)
        run.communicate("\n" if how == "ends" else None, timeout=PATIENCE_S)
        assert run.returncode == (0 if how == "ends" else -signal.SIGKILL)
        wait_until(lambda: not any(map(is_alive, processes)))
    finally:
        run.kill()
        for one in processes:
            if is_alive(one):
                os.kill(one, signal.SIGKILL)
