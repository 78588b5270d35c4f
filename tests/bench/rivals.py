"""The same queue, M/M/c+M, as others would write it: with SimPy, with Ciw, and by hand in C++."""

from __future__ import annotations

import random
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import ciw
import simpy

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

__all__ = ["Loops", "Mean", "in_ciw", "in_simpy"]


class Mean(NamedTuple):
    """What a rival took and found: microseconds of a contact, and a mean to be held against a formula."""

    micros: float
    found: float


def in_simpy(c: int, lam: float, mu: float, theta: float, contacts: int) -> float:
    """Live through the queue with SimPy's own `Resource`; return the share that left."""
    dice = random.Random(7)
    env = simpy.Environment()
    agents = simpy.Resource(env, capacity=c)
    left = 0

    def customer() -> Generator[Any, Any, None]:
        nonlocal left
        with agents.request() as asked:
            yield asked | env.timeout(dice.expovariate(theta))
            if asked.triggered:
                yield env.timeout(dice.expovariate(mu))
            else:
                left += 1

    def source() -> Generator[Any, Any, None]:
        for _ in range(contacts):
            yield env.timeout(dice.expovariate(lam))
            env.process(customer())

    env.process(source())
    env.run()
    return left / contacts


def in_ciw(c: int, lam: float, mu: float, theta: float, contacts: int) -> float:
    """Live through the queue with Ciw; return the share that left."""
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(lam)],
        service_distributions=[ciw.dists.Exponential(mu)],
        number_of_servers=[c],
        reneging_time_distributions=[ciw.dists.Exponential(theta)],
    )
    ciw.seed(7)
    run = ciw.Simulation(network)
    run.simulate_until_max_customers(contacts, method="Arrive")
    kinds = [record.record_type for record in run.get_all_records()]
    return kinds.count("renege") / contacts


class Loops:
    """The loops of `loops.cpp`, compiled on the spot; `is_there` says whether there is a compiler."""

    def __init__(self) -> None:
        self._compiler = shutil.which("g++") or shutil.which("clang++")
        self._folder = tempfile.TemporaryDirectory()
        self._program = Path(self._folder.name) / "loops"
        if self._compiler:
            source = Path(__file__).with_name("loops.cpp")
            subprocess.run([self._compiler, "-O3", "-march=native", "-o", str(self._program), str(source)], check=True)

    @property
    def is_there(self) -> bool:
        """Whether they can be run."""
        return self._compiler is not None

    def run(self, name: str, *numbers: float) -> Mean:
        """Run one of them."""
        words: Sequence[str] = [str(self._program), name, *(f"{number:.17g}" for number in numbers)]
        said = subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()
        return Mean(float(said[0]) / 1_000, float(said[1]))
