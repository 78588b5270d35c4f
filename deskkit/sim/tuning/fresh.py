"""The end of a search: its front meets fresh customers, with the policy as it is, and what did nothing is left out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl
from msgspec import structs

from deskkit.sim.experiment import compare
from deskkit.sim.processes import at_hand
from deskkit.sim.run import make_ready
from deskkit.sim.tuning.judging import asked, fallen, lean
from deskkit.sim.tuning.knobs import is_same
from deskkit.sim.tuning.present import present
from deskkit.sim.tuning.result import AS_IS, WORTH, without, worth_of
from deskkit.sim.tuning.tries import Tries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from deskkit.desk.policy import Policy
    from deskkit.sim.scenario import Scenario
    from deskkit.sim.study import Study
    from deskkit.sim.tuning.goals import Goal, Limit

    Changes = dict[str, dict[str, Any]]

__all__ = ["Fresh"]


class Fresh:
    """Customers that no candidate was chosen on.

    Parameters
    ----------
    scenario : Scenario
    policy : Policy
        As it is.
    goals, limits : sequence
    progress : bool
    options : dict
        Of `deskkit.sim.experiment.compare`: replications, seed, workers, level and engine.
    """

    def __init__(
        self,
        scenario: Scenario,
        policy: Policy,
        goals: Sequence[Goal],
        limits: Sequence[Limit],
        *,
        progress: bool,
        options: Mapping[str, Any],
    ) -> None:
        self._scenario, self._policy, self._goals, self._limits = scenario, policy, goals, limits
        self._options, self._progress = dict(options), progress

    def judged(self, edits: Changes) -> tuple[Study, Changes, Changes]:
        """Return a study of the policy as it is and some edits of it, the edits, and what was left out of which.

        Notes
        -----
        Who is on the front loses the changes that did nothing, and meets the customers again without them: what was
        asked for stays the same, other measures may not.
        """
        study = self._meet({f"{self._policy.name} ({AS_IS})": self._policy} | self._edited(edits))
        fell = fallen(study, self._goals, self._limits)
        leaner = self._lean(study, {name: one for name, one in edits.items() if name not in fell})
        idle = {name: self._idle(edits[name], one) for name, one in leaner.items()}
        idle = {name: one for name, one in idle.items() if one}
        if idle:
            again = self._meet(self._edited({name: leaner[name] for name in idle}))
            policies, found = study.policies | again.policies, study.found | again.found
            study = structs.replace(study, policies=policies, found=found)
        return study, edits | leaner, idle

    def worth(self, best: str | None, edits: Changes) -> pl.DataFrame:
        """Return what each change of the best policy is worth, see `deskkit.sim.tuning.result.Tuning`."""
        if best is None:
            return pl.DataFrame(schema=WORTH)
        undone = self._meet(without(self._policy, best, edits[best]))
        return worth_of(undone, best, edits[best], self._policy, asked(self._goals, self._limits))

    def _meet(self, policies: Mapping[str, Policy]) -> Study:
        return compare(policies, self._scenario, progress=self._progress, **self._options)

    def _edited(self, edits: Changes) -> dict[str, Policy]:
        return {name: self._policy.edit(one) for name, one in edits.items()}

    def _lean(self, study: Study, edits: Changes) -> Changes:
        measures, engine = asked(self._goals, self._limits), self._options["engine"]
        tries = Tries(self._scenario, self._policy, measures, seed=study.seed, engine=engine)
        with at_hand(self._options["workers"], ready=partial(make_ready, engine)) as tries.pool:
            return lean(tries, study, edits, self._policy, measures)

    def _idle(self, edits: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
        """Return the changes that were left out; to set a number to what it is, is none."""
        gone = {path: value for path, value in edits.items() if path not in kept}
        return {
            path: value for path, value in gone.items() if not is_same(present(self._policy, path, like=value), value)
        }
