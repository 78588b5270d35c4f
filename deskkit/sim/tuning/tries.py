"""Candidates tried: each replication of each once, kept in a file, so that a search that was ended goes on.

A candidate is what it edits. Replications of one number bring all candidates the same customers (common random
numbers). The file has a line for each replication, after a first one that says of which search; a line that is none,
as the last one may be cut off, is passed over.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from deskkit.desk.policy import Policy
from deskkit.errors import PolicyError, ScenarioError
from deskkit.sim.outcomes import judged
from deskkit.sim.processes import by
from deskkit.sim.run import clock_of, simulate
from deskkit.sim.scenario import Scenario
from deskkit.sim.workload import sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from deskkit.sim.processes import Pool
    from deskkit.sim.run import EngineName
    from deskkit.sim.workload import Workload

__all__ = ["Edits", "Tries", "key_of"]

Edits: TypeAlias = "Mapping[str, Any]"
Ratio: TypeAlias = tuple[float, float]


class _Kept(msgspec.Struct, frozen=True):
    """A line of the file."""

    edits: str
    n: int
    found: dict[str, Ratio]


class Tries:
    """What came of candidates, replication by replication.

    Parameters
    ----------
    scenario : Scenario
    policy : Policy
        That the candidates are edits of.
    measures : sequence of str
        What is kept of a replication.
    seed, engine
        As for `deskkit.sim.experiment.replicate`.
    about : str
        Of which search: a file of another one is refused.
    file : Path, optional
        Where to keep them.

    Attributes
    ----------
    pool : Pool or None
        Who lives through them; None: this process.
    lived : int
        Replications that were lived through, not taken from the file.
    refused : dict of str to str
        Candidates that are no policies, and why.
    """

    def __init__(
        self,
        scenario: Scenario,
        policy: Policy,
        measures: Sequence[str],
        *,
        seed: int,
        engine: EngineName,
        about: str = "",
        file: Path | None = None,
    ) -> None:
        self.refused: dict[str, str] = {}
        self.lived = 0
        self._told, self._policy, self._measures = msgspec.json.encode(scenario), policy, tuple(measures)
        self._seed, self._engine = seed, engine
        self._found: dict[tuple[str, int], dict[str, Ratio]] = {}
        self.pool: Pool | None = None
        self._file = file
        if file is not None:
            self._begin(file, hashlib.sha256(about.encode()).hexdigest()[:16])

    def _begin(self, file: Path, about: str) -> None:
        first = json.dumps({"search": about}) + "\n"
        kept = file.read_bytes().decode(errors="replace") if file.exists() else ""
        if first.startswith(kept):  # nothing yet, or the first line was cut off
            file.parent.mkdir(parents=True, exist_ok=True)
            _write(file, first, mode="w")
            return
        if not kept.startswith(first):
            raise ScenarioError(
                "Another search is kept in this file.", place="tune", value=str(file),
                expected="the same scenario, policy, measures, seed and sources of deskkit",
                example="a file that is not there yet",
            )  # fmt: skip
        lines = kept.split("\n")
        for line in lines[1:]:
            told = _read(line)
            if told is not None and told.found.keys() == set(self._measures):
                self._found[told.edits, told.n] = told.found
        if lines[-1]:  # cut off: what comes next begins a line
            _write(file, "\n")

    def _keep(self, told: Mapping[str, object]) -> None:
        if self._file is not None:
            _write(self._file, json.dumps(told, ensure_ascii=False) + "\n")

    def see(self, candidates: Iterable[Edits], replications: int) -> None:
        """Live through the first replications of candidates, those that have not been."""
        jobs = []
        for key in dict.fromkeys(map(key_of, candidates)):
            missing = [n for n in range(replications) if (key, n) not in self._found]
            if missing and key not in self.refused:
                jobs.append((key, missing))
        work = partial(_live, self._told, self._policy.text, self._measures, self._seed, self._engine)
        with closing(by(self.pool, work, jobs, ahead=max(1, len(jobs)), about=self._about)) as lived:
            for (key, missing), found in lived:
                if isinstance(found, str):
                    self.refused[key] = found
                    continue
                for n, one in zip(missing, found, strict=True):
                    self._found[key, n] = one
                    self._keep({"edits": key, "n": n, "found": one})
                self.lived += len(missing)

    def _about(self, job: tuple[str, list[int]]) -> str:
        """Say which replications of which candidate a job is."""
        return f"replications {job[1][0]} to {job[1][-1]}, seed {self._seed}, of {job[0]}"

    def count(self, edits: Edits) -> int:
        """Return how many replications of a candidate are known, from the first on."""
        key, n = key_of(edits), 0
        while (key, n) in self._found:
            n += 1
        return n

    def pairs(self, edits: Edits, measure: str, replications: int) -> list[Ratio]:
        """Return numerator and denominator of a measure in the first replications of a candidate."""
        key = key_of(edits)
        return [self._found[key, n][measure] for n in range(replications)]

    def mean(self, edits: Edits, measure: str, replications: int) -> float | None:
        """Return a measure over the first replications of a candidate; None where nothing was counted."""
        pairs = self.pairs(edits, measure, replications)
        below = sum(pair[1] for pair in pairs)
        return sum(pair[0] for pair in pairs) / below if below else None


def key_of(edits: Edits) -> str:
    """Return the name of a candidate.

    Examples
    --------
    >>> key_of({"b": 1, "a": "30 s"})
    '{"a": "30 s", "b": 1}'
    """
    return json.dumps(dict(edits), sort_keys=True, ensure_ascii=False)


def _write(file: Path, text: str, mode: str = "a") -> None:
    try:
        with file.open(mode, encoding="utf-8") as out:
            out.write(text)
    except OSError as error:
        raise ScenarioError(
            f"This file cannot be written: {error.strerror}.", place="tune", value=str(file),
            expected="room for a line of each replication; what is kept already stays",
            example="the same search again, once there is room",
        ) from error  # fmt: skip


def _read(line: str) -> _Kept | None:
    try:
        return msgspec.json.decode(line, type=_Kept)
    except msgspec.DecodeError:
        return None


@lru_cache(maxsize=64)
def _edited(text: str, key: str) -> Policy | str:
    """Return a candidate, or why it is no policy."""
    try:
        edits = json.loads(key)
        return _parsed(text).edit(edits) if edits else _parsed(text)
    except PolicyError as error:
        return str(error)


@lru_cache(maxsize=4)
def _parsed(text: str) -> Policy:
    return Policy.parse(text)


@lru_cache(maxsize=4)
def _decoded(told: bytes) -> Scenario:
    return msgspec.json.decode(told, type=Scenario)


@lru_cache(maxsize=16)
def _drawn(told: bytes, clock: tuple[int, str], seed: int, replication: int) -> Workload:
    """Return the customers whom all candidates meet."""
    begin, zone = clock
    return sample(_decoded(told), seed=seed, replication=replication, begin=begin, zone=zone)


def _live(
    told: bytes, text: str, measures: Sequence[str], seed: int, engine: EngineName, job: tuple[str, list[int]]
) -> list[dict[str, Ratio]] | str:
    """Live through replications of a candidate and keep what is asked for; or say why it is no policy."""
    key, numbers = job
    policy = _edited(text, key)
    if isinstance(policy, str):
        return policy
    scenario = _decoded(told)
    lived = []
    for n in numbers:
        workload = _drawn(told, clock_of(scenario, policy), seed, n)
        found, samples = judged(simulate(scenario, policy, workload=workload, engine=engine), measures)
        lived.append({
            name: found[name] if name in found else (float(sum(samples[name])), float(len(samples[name])))
            for name in measures
        })  # fmt: skip
    return lived
