"""The tornado to run: choose a measure and how many replications; the intervals shrink as they arrive.

Every variant of the scenario lives in processes of its own: the notebook stays free meanwhile. Not among the names of
`deskkit.views`: it needs the extra ``sim``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ipywidgets

from deskkit.figures.tornado import tornado as drawn
from deskkit.sim.ranges import RANGES, assumed
from deskkit.sim.sensitivity import Sensitivity, refined
from deskkit.sim.study import named
from deskkit.views.arriving import WORKERS, Arriving

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    import plotly.graph_objects as go

    from deskkit.desk.policy import Policy
    from deskkit.sim.ranges import Range
    from deskkit.sim.scenario import Scenario

__all__ = ["TornadoView", "tornado"]

MEASURES: Final = ("to_reply", "to_reply_high", "to_notice", "to_view", "abandonment", "resolved", "wrong_window")


def tornado(
    scenario: Scenario,
    policy: Policy,
    *,
    ranges: Sequence[Range] = RANGES,
    replications: int = 100,
    seed: int = 7,
    language: str | None = None,
) -> TornadoView:
    """Open a tornado: choose a measure, press Run, and see what it depends on.

    Parameters
    ----------
    scenario : Scenario
    policy : Policy
    ranges : sequence of Range
        How far each number may be off.
    replications : int
        At first; a field changes it.
    seed : int
    language : {"en", "zh"}, optional

    Returns
    -------
    TornadoView
        Its `found` holds what came of it.
    """
    return TornadoView(scenario, policy, ranges=tuple(ranges), replications=replications, seed=seed, language=language)


class TornadoView(Arriving[Sensitivity]):
    """A tornado, run when asked for; made by `deskkit.views.tornado.tornado`.

    Attributes
    ----------
    found : Sensitivity or None
        As far as its replications have arrived.
    """

    def __init__(
        self,
        scenario: Scenario,
        policy: Policy,
        *,
        ranges: tuple[Range, ...],
        replications: int,
        seed: int,
        language: str | None,
    ) -> None:
        self._scenario, self._policy, self._ranges, self._seed = scenario, policy, ranges, seed
        self._measure, self._only_assumed = MEASURES[0], False
        self.found: Sensitivity | None = None
        super().__init__(replications=replications, language=language, zone=policy.schema.zone)

    def title(self) -> str:
        """Return what the view is for."""
        names = {"scenario": self._say.personal(self._scenario.name), "policy": self._say.personal(self._policy.name)}
        return self._say("What it depends on: {scenario} under {policy}", **names)

    def parts(self) -> Sequence[ipywidgets.Widget]:
        """Make the choices, the hands, and the place for the picture."""
        say = self._say
        self.measure = ipywidgets.Dropdown(
            description=say("Measure"), options=[(say(named(name)[0]), name) for name in MEASURES], value=self._measure
        )
        self.only_assumed = ipywidgets.Checkbox(
            description=say("Only what is assumed"), value=self._only_assumed, indent=False
        )
        hint = say("Press Run: each number is varied alone, on the same days; some minutes for a hundred.")
        self.places(hint, least=2)
        choices = ipywidgets.HBox([self.measure, self.replications, self.only_assumed])
        choices.add_class("dk-hands")
        hands = ipywidgets.HBox([self.run_button, self.stop_button])
        hands.add_class("dk-hands")
        body = ipywidgets.VBox([choices, hands, self.message, self.chart])
        body.add_class("dk-pad")
        self.fill()
        return (body,)

    # ------------------------------------------------------------ what arrives

    def begun(self) -> Generator[Sensitivity, None, None]:
        """Vary each number alone."""
        self._measure, self._only_assumed = self.measure.value, self.only_assumed.value
        ranges = assumed(self._ranges) if self._only_assumed else self._ranges
        return refined(
            self._scenario, self._policy, self._measure, ranges=ranges, replications=self._wanted, seed=self._seed,
            workers=WORKERS,
        )  # fmt: skip

    def take(self, found: Sensitivity) -> None:
        """Keep what is known so far."""
        self.found = found

    def told(self) -> str:
        """Say how many replications have arrived."""
        if self.found is None:
            return ""
        n = self.found.replications
        return self._say("{n} of {all} replications, seed {seed}", n=n, all=self._wanted, seed=self._seed)

    def charted(self) -> go.Figure | None:
        """Return the picture so far."""
        return None if self.found is None else drawn(self.found, language=self._say.language)

    def __repr__(self) -> str:
        return f"TornadoView({self._scenario.name!r}, {self.found.replications if self.found else 0} replications)"
