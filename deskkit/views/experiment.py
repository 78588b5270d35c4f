"""A what-if by simulation: sliders change a scenario or a policy, replications arrive, and the intervals shrink.

The desk as it is and the desk as the sliders say live through the same days, in processes of their own: the notebook
stays free meanwhile. What is shown are simulated effects, with what followed from them.
"""

from __future__ import annotations

import os
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Final, NamedTuple

import ipywidgets
import polars as pl

from deskkit.errors import DeskkitError
from deskkit.figures import through_the_day
from deskkit.measures.printing import shown, signed
from deskkit.sim.experiment import alongside
from deskkit.sim.study import named, versus
from deskkit.views.chart import draw
from deskkit.views.markup import markup, show
from deskkit.views.markup import shown as widget_of
from deskkit.views.spoken import Spoken, button
from deskkit.views.table import drawn_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import plotly.graph_objects as go

    from deskkit.desk.policy import Policy
    from deskkit.sim.scenario import Scenario
    from deskkit.sim.study import Study

    Change = Callable[[Scenario, Policy, float], tuple[Scenario, Policy]]
    Draw = Callable[[Mapping[str, Study], str], go.Figure]

__all__ = ["HEADLINE_OF_RUN", "Control", "ExperimentView", "experiment"]

HEADLINE_OF_RUN: Final = (
    "first_response", "reply_time", "reply_p90", "queue_wait", "abandonment", "missed", "notices_per_agent_hour",
    "notice_noise", "load_spread", "cost_per_resolved",
)  # fmt: skip
MOST: Final = 200
WORKERS: Final = max(2, min(4, os.cpu_count() or 2))  # with one, the notebook's own process would be busy


class Control(NamedTuple):
    """A number that an analyst may turn.

    Attributes
    ----------
    title : str
        English; translated where the catalogue has it.
    low, high, step : float
    value : float
        As it is now.
    change : callable
        ``change(scenario, policy, value)`` returns both as they would be.
    unit : str
        Behind the number: ``s``, ``x``, ``units``.
    """

    title: str
    low: float
    high: float
    step: float
    value: float
    change: Change
    unit: str = ""


def experiment(
    scenario: Scenario,
    policy: Policy,
    controls: Sequence[Control],
    *,
    chart: Draw | str | None = None,
    measures: Sequence[str] = HEADLINE_OF_RUN,
    replications: int = 10,
    seed: int = 0,
    language: str | None = None,
) -> ExperimentView:
    """Open a what-if: turn numbers, press Run, see what would come of it.

    Parameters
    ----------
    scenario : Scenario
    policy : Policy
    controls : sequence of Control
    chart : str or callable, optional
        What is drawn anew with each replication that arrives: a measure through the day, of
        `deskkit.sim.periods.PERIODICAL`; or ``chart(studies, language)``, which returns a figure of the studies ``now``
        and ``changed``.
    measures : sequence of str
        What the table compares.
    replications : int
        At first; a field changes it.
    seed : int
        Both sides live through the same days.
    language : {"en", "zh"}, optional

    Returns
    -------
    ExperimentView
        Its `studies` hold what came of it.
    """
    return ExperimentView(
        (scenario, policy), controls, chart=chart, measures=measures, replications=replications, seed=seed,
        language=language,
    )  # fmt: skip


class ExperimentView(Spoken):
    """Sliders, a run, and what came of it; made by `deskkit.views.experiment`.

    Attributes
    ----------
    studies : dict of str to Study
        ``now`` and ``changed``, as far as their replications have arrived.
    """

    def __init__(
        self,
        now: tuple[Scenario, Policy],
        controls: Sequence[Control],
        *,
        chart: Draw | str | None,
        measures: Sequence[str],
        replications: int,
        seed: int,
        language: str | None,
    ) -> None:
        self._now, self._controls = now, tuple(controls)
        self._charted, self._measures = chart, tuple(measures)
        self._wanted, self._seed = replications, seed
        self._values = [control.value for control in controls]
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.studies: dict[str, Study] = {}
        super().__init__(language=language, zone=now[1].schema.zone)

    def title(self) -> str:
        """Return what the view is for."""
        names = {"scenario": self._say.personal(self._now[0].name), "policy": self._say.personal(self._now[1].name)}
        return self._say("What if: {scenario} under {policy}", **names)

    # ------------------------------------------------------------ making

    def parts(self) -> Sequence[ipywidgets.Widget]:
        """Make sliders, hands, and the places for what comes out."""
        say = self._say
        self.sliders = [
            ipywidgets.FloatSlider(
                description=say(control.title), min=control.low, max=control.high, step=control.step, value=value,
                readout_format=".0f" if float(control.step).is_integer() else ".2f", continuous_update=False,
            )
            for control, value in zip(self._controls, self._values, strict=True)
        ]  # fmt: skip
        rows = [self._row(control, slider) for control, slider in zip(self._controls, self.sliders, strict=True)]
        self.replications = ipywidgets.BoundedIntText(
            description=say("Replications"), min=1, max=MOST, value=self._wanted
        )
        self.run_button = button(say("Run"), self.run, icon="play", style="primary")
        self.stop_button = button(say("Stop"), self.stop, icon="stop")
        self.reset = button(say("As it is now"), self.take_back, icon="undo")
        hands = ipywidgets.HBox([self.replications, self.run_button, self.stop_button, self.reset])
        hands.add_class("dk-hands")
        self.message, self.table = (widget_of(markup("")) for _ in range(2))
        self.chart = ipywidgets.Output()
        self.chart.add_class("dk-chart")
        body = ipywidgets.VBox([*rows, hands, self.message, self.table, self.chart])
        body.add_class("dk-pad")
        self._enable(is_running=self.is_running)
        self._tell(say("Move a slider, then press Run: both desks live through the same days."))
        self._draw()
        return (body,)

    def _row(self, control: Control, slider: ipywidgets.FloatSlider) -> ipywidgets.Widget:
        """Return a slider with its unit behind it."""
        slider.style.description_width = "260px"
        slider.layout.width = "560px"
        row = ipywidgets.HBox([slider, widget_of(markup("<span class='dk-unit'>{unit}</span>", unit=control.unit))])
        row.add_class("dk-slider")
        return row

    def _enable(self, *, is_running: bool) -> None:
        self.run_button.disabled, self.stop_button.disabled = is_running, not is_running

    # ------------------------------------------------------------ hands

    @property
    def is_running(self) -> bool:
        """Whether replications are still to arrive."""
        return self._thread is not None and self._thread.is_alive()

    def changed(self) -> tuple[Scenario, Policy]:
        """Return scenario and policy as the sliders say.

        Raises
        ------
        DeskkitError
            They cannot be so.
        """
        scenario, policy = self._now
        for control, slider in zip(self._controls, self.sliders, strict=True):
            if slider.value != control.value:
                scenario, policy = control.change(scenario, policy, slider.value)
        return scenario, policy

    def take_back(self) -> None:
        """Put every slider where it was."""
        for control, slider in zip(self._controls, self.sliders, strict=True):
            slider.value = control.value

    def stop(self) -> None:
        """Let no more replications arrive; those that did stay."""
        self._stop.set()

    def wait(self, timeout_s: float | None = None) -> None:
        """Wait until all replications have arrived."""
        if self._thread is not None:
            self._thread.join(timeout_s)

    def run(self) -> bool:
        """Let both desks live; tells whether it has begun."""
        with self._lock:
            if self.is_running:
                return False
            self._values, self._wanted = [slider.value for slider in self.sliders], self.replications.value
            try:
                ways = {"now": self._now, "changed": self.changed()}
            except DeskkitError as error:
                self._tell(self._failed(error))
                return False
            self._stop = threading.Event()
            self.studies = {}
            self._tell(self._say("Starting ..."))
            self._thread = threading.Thread(target=self._live, args=(ways, self._wanted, self._stop), daemon=True)
            self._enable(is_running=True)
            self._thread.start()
            return True

    def _live(self, ways: dict[str, tuple[Scenario, Policy]], wanted: int, stop: threading.Event) -> None:
        """Take what arrives, in a thread that mostly waits for other processes."""
        arriving = alongside(ways, replications=wanted, seed=self._seed, workers=WORKERS)
        text = ""
        try:
            with closing(arriving):
                for studies in arriving:
                    if stop.is_set():
                        text = self._say("Stopped.") + " "
                        break
                    with self._lock:
                        self.studies = studies
                        self._tell(self._told())
                        self._draw()
            text += self._told()
        except DeskkitError as error:
            text = self._failed(error)
        with self._lock:
            self._tell(text)
            self._enable(is_running=False)

    # ------------------------------------------------------------ drawing

    def _told(self) -> str:
        """Say how many replications have arrived, and what a reader must know."""
        say = self._say
        if not self.studies:
            return say("Nothing has arrived.")
        study = self.studies["changed"]
        parts = [
            say(
                "{n} of {all} replications, seed {seed}; simulated effects, intervals of {level} together",
                n=study.replications, all=self._wanted, seed=study.seed, level=f"{study.level:.0%}",
            )
        ]  # fmt: skip
        for name, title in (("now", say("now")), ("changed", say("changed"))):
            runs = next(iter(self.studies[name].found.values()))
            full = sum(one.saturated for one in runs)
            if full:
                parts.append(say("{side}: overwhelmed in {n} replications", side=title, n=full))
        return " · ".join(parts)

    def _draw(self) -> None:
        if not self.studies:
            return
        show(self.table, drawn_table(self.compared(), say=self._say))
        if self._charted is not None:
            draw(self.chart, self._figure(self._charted), text=repr(self))

    def _figure(self, charted: Draw | str) -> go.Figure:
        if not isinstance(charted, str):
            return charted(self.studies, self._say.language)
        found = {name: study.periods(charted) for name, study in self.studies.items()}
        return through_the_day(found, language=self._say.language)

    def compared(self) -> pl.DataFrame:
        """Return the table that is shown: each measure now, changed, and the difference with its interval, in words."""
        say = self._say
        rows = []
        for row in versus(self.studies["changed"], self.studies["now"], self._measures).iter_rows(named=True):
            unit = row["unit"]
            between = "-" if row["low"] is None else f"{signed(row['low'], unit)} … {signed(row['high'], unit)}"
            verdict = say("differs") if row["differs"] else say("no clear difference")
            rows.append((
                say(named(row["measure"])[0]), shown(row["other"], unit), shown(row["one"], unit),
                signed(row["mean"], unit), between, verdict,
            ))  # fmt: skip
        head = [say(text) for text in ("measure", "now", "changed", "difference", "interval", "verdict")]
        return pl.DataFrame(rows, schema=head, orient="row")

    def _tell(self, text: str) -> None:
        show(self.message, markup("<div class='dk-caption' role='status'>{text}</div>", text=text))

    def __repr__(self) -> str:
        n = self.studies["now"].replications if self.studies else 0
        return f"ExperimentView({self._now[0].name!r}, {len(self.sliders)} controls, {n} replications)"
