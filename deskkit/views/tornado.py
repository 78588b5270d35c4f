"""The tornado to run: choose a measure and how many replications; the intervals shrink as they arrive.

Every variant of the scenario lives in processes of its own: the notebook stays free meanwhile. Not among the names of
`deskkit.views`: it needs the extra ``sim``.
"""

from __future__ import annotations

import threading
from contextlib import closing
from typing import TYPE_CHECKING, Final

import ipywidgets

from deskkit.errors import DeskkitError
from deskkit.figures.tornado import tornado as drawn
from deskkit.sim.ranges import RANGES, assumed
from deskkit.sim.sensitivity import refined
from deskkit.sim.study import named
from deskkit.views.chart import draw
from deskkit.views.experiment import WORKERS
from deskkit.views.markup import markup, show
from deskkit.views.markup import shown as widget_of
from deskkit.views.spoken import Spoken, button

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.desk.policy import Policy
    from deskkit.sim.ranges import Range
    from deskkit.sim.scenario import Scenario
    from deskkit.sim.sensitivity import Sensitivity

__all__ = ["TornadoView", "tornado"]

MEASURES: Final = ("to_reply", "to_reply_high", "to_notice", "to_view", "abandonment", "resolved", "wrong_window")
MOST: Final = 1_000


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


class TornadoView(Spoken):
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
        self._measure, self._wanted, self._only_assumed = MEASURES[0], replications, False
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.found: Sensitivity | None = None
        super().__init__(language=language, zone=policy.schema.zone)

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
        self.replications = ipywidgets.BoundedIntText(
            description=say("Replications"), min=2, max=MOST, value=self._wanted
        )
        self.only_assumed = ipywidgets.Checkbox(
            description=say("Only what is assumed"), value=self._only_assumed, indent=False
        )
        self.run_button = button(say("Run"), self.run, icon="play", style="primary")
        self.stop_button = button(say("Stop"), self.stop, icon="stop")
        choices = ipywidgets.HBox([self.measure, self.replications, self.only_assumed])
        choices.add_class("dk-hands")
        hands = ipywidgets.HBox([self.run_button, self.stop_button])
        hands.add_class("dk-hands")
        self.message = widget_of(markup(""))
        self.chart = ipywidgets.Output()
        self.chart.add_class("dk-chart")
        body = ipywidgets.VBox([choices, hands, self.message, self.chart])
        body.add_class("dk-pad")
        self._enable(is_running=self.is_running)
        hint = say("Press Run: each number is varied alone, on the same days; some minutes for a hundred.")
        self._tell(self._told() if self.found else hint)
        self._draw()
        return (body,)

    def _enable(self, *, is_running: bool) -> None:
        self.run_button.disabled, self.stop_button.disabled = is_running, not is_running

    @property
    def is_running(self) -> bool:
        """Whether replications are still to arrive."""
        return self._thread is not None and self._thread.is_alive()

    def stop(self) -> None:
        """Let no more replications arrive; those that did stay."""
        self._stop.set()

    def wait(self, timeout_s: float | None = None) -> None:
        """Wait until all replications have arrived."""
        if self._thread is not None:
            self._thread.join(timeout_s)

    def run(self) -> bool:
        """Begin; tells whether it has."""
        with self._lock:
            if self.is_running:
                return False
            self._measure, self._wanted = self.measure.value, self.replications.value
            self._only_assumed = self.only_assumed.value
            self._stop = threading.Event()
            self._tell(self._say("Starting ..."))
            self._thread = threading.Thread(target=self._live, args=(self._stop,), daemon=True)
            self._enable(is_running=True)
            self._thread.start()
            return True

    def _live(self, stop: threading.Event) -> None:
        """Take what arrives, in a thread that mostly waits for other processes."""
        ranges = assumed(self._ranges) if self._only_assumed else self._ranges
        arriving = refined(
            self._scenario, self._policy, self._measure, ranges=ranges, replications=self._wanted, seed=self._seed,
            workers=WORKERS,
        )  # fmt: skip
        text = ""
        try:
            with closing(arriving):
                for found in arriving:
                    with self._lock:
                        self.found = found
                        self._tell(self._told())
                        self._draw()
                    if stop.is_set():
                        text = self._say("Stopped.") + " "
                        break
            text += self._told()
        except DeskkitError as error:
            text = self._failed(error)
        with self._lock:
            self._tell(text)
            self._enable(is_running=False)

    def _told(self) -> str:
        n = self.found.replications if self.found else 0
        return self._say("{n} of {all} replications, seed {seed}", n=n, all=self._wanted, seed=self._seed)

    def _draw(self) -> None:
        if self.found is None:
            return
        draw(self.chart, drawn(self.found, language=self._say.language), text=repr(self))

    def _tell(self, text: str) -> None:
        show(self.message, markup("<div class='dk-caption' role='status'>{text}</div>", text=text))

    def __repr__(self) -> str:
        return f"TornadoView({self._scenario.name!r}, {self.found.replications if self.found else 0} replications)"
