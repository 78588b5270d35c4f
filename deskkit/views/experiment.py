"""A what-if by simulation: sliders change a scenario or a policy, replications arrive, and the intervals shrink.

The desk as it is and the desk as the sliders say live through the same days, in processes of their own that stand
ready: the notebook stays free meanwhile, and a slider moved again leaves at once what was begun for the older place.
What is shown are simulated effects, with what followed from them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ipywidgets
import plotly.graph_objects as go

from deskkit.errors import DeskkitError, ScenarioError
from deskkit.figures import through_the_day
from deskkit.views.arriving import MOST
from deskkit.views.chart import draw
from deskkit.views.control import Control, both, checked, step
from deskkit.views.markup import markup, show
from deskkit.views.markup import shown as widget_of
from deskkit.views.naming import Naming
from deskkit.views.paired import compared, difference, differences, is_same, table_of
from deskkit.views.spoken import Spoken, button
from deskkit.views.table import drawn_table
from deskkit.views.trying import Showing, Trying
from deskkit.worded import said

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import polars as pl

    from deskkit.desk.policy import Policy
    from deskkit.sim.scenario import Scenario
    from deskkit.sim.study import Study
    from deskkit.views.markup import SafeHtml

    Draw = Callable[[Mapping[str, Study], str], go.Figure]

__all__ = ["HEADLINE_OF_RUN", "Control", "ExperimentView", "experiment"]

HEADLINE_OF_RUN: Final = (
    "first_response", "reply_time", "reply_p90", "queue_wait", "abandonment", "gave_up", "missed",
    "notices_per_agent_hour", "notice_noise", "load_spread", "cost_per_resolved",
)  # fmt: skip


def experiment(
    scenario: Scenario,
    policy: Policy,
    controls: Sequence[Control],
    *,
    chart: Draw | str | None = None,
    measures: Sequence[str] = HEADLINE_OF_RUN,
    replications: int = 20,
    seed: int = 0,
    language: str | None = None,
) -> ExperimentView:
    """Open a what-if: turn numbers, and see what would come of it.

    Parameters
    ----------
    scenario : Scenario
    policy : Policy
    controls : sequence of Control
    chart : str or callable, optional
        What is drawn anew as replications arrive: a measure through the day, of `deskkit.sim.periods.PERIODICAL`; or
        ``chart(studies, language)``, which returns a figure of the studies ``now`` and ``changed``. By default the
        differences of the measures.
    measures : sequence of str
        What the table compares, and the first of them the sentence under the chart.
    replications : int
        At first; a field changes it.
    seed : int
        Both sides live through the same days.
    language : {"en", "zh"}, optional

    Returns
    -------
    ExperimentView
        Its `studies` hold what came of it.

    Raises
    ------
    ScenarioError
        A slider cannot stand where it should.
    """
    return ExperimentView(
        (scenario, policy), checked(controls), chart=chart, measures=measures, replications=replications, seed=seed,
        language=language,
    )  # fmt: skip


class ExperimentView(Spoken):
    """Sliders, and what comes of them; made by `deskkit.views.experiment`.

    Attributes
    ----------
    studies : dict of str to Study
        ``now`` and ``changed``, as far as their replications have arrived: of the measures that are shown, and of all
        if the chart is a function of one's own.
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
        self._charted, self._measures, self._wanted = chart, tuple(measures), replications
        self._values = [control.value for control in controls]
        self._fault = ""
        self._made_for, self._drawn_for = self._values, self._values
        self.studies: dict[str, Study] = {}
        showing = Showing(make=self._made, see=self._see, fail=self._fail, rest=self._rest)
        waited_for = () if callable(chart) else self._measures  # what an own chart draws, nobody knows
        self._trying = Trying(showing, seed=seed, measures=waited_for)
        super().__init__(language=language, zone=now[1].schema.zone)
        self.widget.observe(self._gone, names="comm")
        self._trying.begin()

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
                description=say.translate(control.title), min=control.low, max=control.high, step=control.step,
                value=value, readout_format=".0f" if float(control.step).is_integer() else ".2f",
            )
            for control, value in zip(self._controls, self._values, strict=True)
        ]  # fmt: skip
        rows = [self._row(control, slider) for control, slider in zip(self._controls, self.sliders, strict=True)]
        self.replications = ipywidgets.BoundedIntText(
            description=say("Replications"), min=1, max=MOST, value=self._wanted
        )
        for one in (*self.sliders, self.replications):
            one.observe(self._moved, names="value")
        self.run_button = button(say("Run"), self.run, icon="play")
        self.stop_button = button(say("Stop"), self.stop, icon="stop")
        self.reset = button(say("As it is now"), self.take_back, icon="undo")
        self.message, self.table, self.difference = (widget_of(markup("")) for _ in range(3))
        self.chart = ipywidgets.Output()
        self.chart.add_class("dk-chart")
        hands = ipywidgets.HBox([self.replications, self.run_button, self.stop_button, self.reset])
        hands.add_class("dk-hands")
        self.result = ipywidgets.VBox([self.chart, self.difference, self.table])
        self.result.add_class("dk-result")
        body = ipywidgets.VBox([Naming(), *rows, hands, self.message, self.result])
        body.add_class("dk-pad")
        self._enable()
        hint = say("Move a slider: both desks live through the same days, and the chart follows.")
        self._tell(self._fault or (self.told() if self.studies else hint))
        if self.studies:
            self._put(*self._drawn(self.studies))
        self._dim()
        return (body,)

    def _row(self, control: Control, slider: ipywidgets.FloatSlider) -> ipywidgets.Widget:
        """Return a slider with its unit behind it."""
        slider.style.description_width = "260px"
        slider.layout.width = "560px"
        unit = said(control.unit, self._say.translate)
        row = ipywidgets.HBox([slider, widget_of(markup("<span class='dk-unit'>{unit}</span>", unit=unit))])
        row.add_class("dk-slider")
        return row

    # ------------------------------------------------------------ hands

    @property
    def is_running(self) -> bool:
        """Whether replications are still to arrive."""
        return self._trying.is_running

    @property
    def processes(self) -> tuple[int, ...]:
        """The numbers of the processes that stand ready, shared by all such views of a notebook."""
        return self._trying.processes

    def run(self) -> None:
        """Live through what is wanted and has not arrived."""
        self._trying.begin()
        with self._lock:
            self._enable()
            self._fault = ""
            self._tell(self._say("Living through the same days ..."))
            self._dim()

    def stop(self) -> None:
        """Let no more arrive; what did stays."""
        self._trying.stop()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until all has arrived and is shown; tells whether it has."""
        return self._trying.wait(timeout_s)

    def take_back(self) -> None:
        """Put every slider where it was."""
        for control, slider in zip(self._controls, self.sliders, strict=True):
            slider.value = control.value

    def close(self) -> None:
        """Take it off the page; its processes end, if no other view wants them."""
        self.widget.close()

    def _gone(self, _change: object) -> None:
        if self.widget.comm is None:
            self._trying.close()

    def _moved(self, _change: object) -> None:
        """Begin anew: at once, since whoever moves a slider waits for it."""
        values = [step(control, slider.value) for control, slider in zip(self._controls, self.sliders, strict=True)]
        wanted = self.replications.value
        if (values, wanted) != (self._values, self._wanted):
            self._values, self._wanted = values, wanted
            self.run()

    def _dim(self) -> None:
        """Let what is drawn be seen to be of an older place, and heard to be made anew as long as it is."""
        is_stale = bool(self.studies) and self._drawn_for != self._values
        for name, is_so in (("dk-stale", is_stale), ("dk-busy", is_stale and self.is_running)):
            (self.result.add_class if is_so else self.result.remove_class)(name)

    def _enable(self) -> None:
        self.run_button.disabled, self.stop_button.disabled = self.is_running, not self.is_running

    # ------------------------------------------------------------ what is wanted

    def changed(self) -> tuple[Scenario, Policy]:
        """Return scenario and policy as the sliders say.

        Raises
        ------
        DeskkitError
            They cannot be so.
        """
        scenario, policy = self._now
        for control, value in zip(self._controls, tuple(self._values), strict=True):
            if value != step(control, control.value):
                scenario, policy = both(control, control.change(scenario, policy, value))
        return scenario, policy

    def _made(self) -> tuple[dict[str, tuple[Scenario, Policy]], int]:
        self._made_for = list(self._values)
        return {"now": self._now, "changed": self.changed()}, self._wanted

    # ------------------------------------------------------------ what arrives: in the thread of `Trying`

    def _see(self, studies: dict[str, Study], is_newest: Callable[[], bool]) -> None:
        """Show what has arrived; drawn first, so that nobody waits, and shown only if nothing newer is wanted."""
        drawn = self._drawn(studies)
        with self._lock:
            if is_newest():
                self.studies = studies
                self._drawn_for = self._made_for
                self._tell(self.told())
                self._put(*drawn)
                self._dim()

    def _fail(self, error: BaseException, is_newest: Callable[[], bool]) -> None:
        """Say in the view what failed."""
        with self._lock:
            if not is_newest():
                return
            if isinstance(error, DeskkitError):
                self._fault = self._failed(error)
            else:
                self.faults += 1
                text = self._say.personal(f"{type(error).__name__}: {error}")
                self._fault = self._say("It failed: {error}", error=text)
            self._tell(self._fault)

    def _rest(self) -> None:
        """Say that no more arrives."""
        with self._lock:
            self._enable()
            self._dim()
            if self.studies and self.studies["now"].replications < self._wanted and not self._fault:
                self._tell(f"{self._say('Stopped.')} {self.told()}")

    def _tell(self, text: str) -> None:
        show(self.message, markup("<div class='dk-caption' role='status'>{text}</div>", text=text))

    def told(self) -> str:
        """Say how many replications have arrived, and what a reader must know."""
        say, study = self._say, self.studies["changed"]
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
                parts.append(say("{side}: overwhelmed in {n} of {all} replications", side=title, n=full, all=len(runs)))
        return " · ".join(parts)

    # ------------------------------------------------------------ drawing

    def _drawn(self, studies: dict[str, Study]) -> tuple[go.Figure, SafeHtml, SafeHtml]:
        """Return chart, sentence and table."""
        found = compared(studies, self._measures)
        figure = self._figure_of(studies, found)
        sentence = difference(studies, self._measures[0], found, self._say)
        return figure, sentence, drawn_table(table_of(found, self._say), say=self._say)

    def _put(self, figure: go.Figure, sentence: SafeHtml, table: SafeHtml) -> None:
        draw(self.chart, figure, text=repr(self))
        show(self.difference, sentence)
        show(self.table, table)

    def _figure_of(self, studies: dict[str, Study], found: pl.DataFrame) -> go.Figure:
        language = self._say.language
        if self._charted is None:
            return differences(found, self._say)
        if not isinstance(self._charted, str):
            return _figure(self._charted(studies, language))
        measure = self._charted
        sides = ("now",) if is_same(studies) else ("now", "changed")
        return through_the_day({name: studies[name].periods(measure) for name in sides}, language=language)

    @property
    def differences(self) -> pl.DataFrame:
        """The paired differences of what has arrived, as `deskkit.sim.study.versus`."""
        return compared(self.studies, self._measures)

    def compared(self) -> pl.DataFrame:
        """Return the table that is shown: each measure now, changed, and the difference with its interval, in words."""
        return table_of(self.differences, self._say)

    def __repr__(self) -> str:
        n = self.studies["now"].replications if self.studies else 0
        return f"ExperimentView({self._now[0].name!r}, {len(self.sliders)} controls, {n} replications)"


def _figure(made: object) -> go.Figure:
    """Return what a chart's function made, if it is a figure."""
    if isinstance(made, go.Figure):
        return made
    raise ScenarioError(
        "A chart's function must return a figure.", place="chart", value=type(made).__name__,
        expected="a plotly figure", example="chart='reply_time'",
    )  # fmt: skip
