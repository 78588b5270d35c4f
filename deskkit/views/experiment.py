"""A what-if by simulation: sliders change a scenario or a policy, replications arrive, and the intervals shrink.

The desk as it is and the desk as the sliders say live through the same days, in processes of their own: the notebook
stays free meanwhile. What is shown are simulated effects, with what followed from them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import ipywidgets
import plotly.graph_objects as go
import polars as pl

from deskkit.desk.policy import Policy
from deskkit.errors import ScenarioError
from deskkit.figures import through_the_day
from deskkit.measures.printing import shown, signed
from deskkit.sim.experiment import alongside
from deskkit.sim.scenario import Scenario
from deskkit.sim.study import Study, named, versus
from deskkit.views.arriving import WORKERS, Arriving
from deskkit.views.markup import markup, show
from deskkit.views.markup import shown as widget_of
from deskkit.views.naming import Naming
from deskkit.views.spoken import button
from deskkit.views.table import drawn_table

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    Change = Callable[[Scenario, Policy, float], tuple[Scenario, Policy]]
    Draw = Callable[[Mapping[str, Study], str], go.Figure]

__all__ = ["HEADLINE_OF_RUN", "Control", "ExperimentView", "experiment"]

HEADLINE_OF_RUN: Final = (
    "first_response", "reply_time", "reply_p90", "queue_wait", "abandonment", "missed", "notices_per_agent_hour",
    "notice_noise", "load_spread", "cost_per_resolved",
)  # fmt: skip


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

    Raises
    ------
    ScenarioError
        A slider cannot stand where it should.
    """
    return ExperimentView(
        (scenario, policy), _checked(controls), chart=chart, measures=measures, replications=replications, seed=seed,
        language=language,
    )  # fmt: skip


class ExperimentView(Arriving[dict[str, Study]]):
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
        self._now, self._controls, self._seed = now, tuple(controls), seed
        self._charted, self._measures = chart, tuple(measures)
        self._values = [control.value for control in controls]
        self.studies: dict[str, Study] = {}
        super().__init__(replications=replications, language=language, zone=now[1].schema.zone)

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
                continuous_update=False,
            )
            for control, value in zip(self._controls, self._values, strict=True)
        ]  # fmt: skip
        rows = [self._row(control, slider) for control, slider in zip(self._controls, self.sliders, strict=True)]
        self.places(say("Move a slider, then press Run: both desks live through the same days."), least=1)
        self.reset = button(say("As it is now"), self.take_back, icon="undo")
        self.table = widget_of(markup(""))
        hands = ipywidgets.HBox([self.replications, self.run_button, self.stop_button, self.reset])
        hands.add_class("dk-hands")
        body = ipywidgets.VBox([Naming(), *rows, hands, self.message, self.table, self.chart])
        body.add_class("dk-pad")
        self.fill()
        return (body,)

    def _row(self, control: Control, slider: ipywidgets.FloatSlider) -> ipywidgets.Widget:
        """Return a slider with its unit behind it."""
        slider.style.description_width = "260px"
        slider.layout.width = "560px"
        row = ipywidgets.HBox([slider, widget_of(markup("<span class='dk-unit'>{unit}</span>", unit=control.unit))])
        row.add_class("dk-slider")
        return row

    # ------------------------------------------------------------ hands

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
                scenario, policy = _both(control, control.change(scenario, policy, slider.value))
        return scenario, policy

    def take_back(self) -> None:
        """Put every slider where it was."""
        for control, slider in zip(self._controls, self.sliders, strict=True):
            slider.value = control.value

    # ------------------------------------------------------------ what arrives

    def begun(self) -> Generator[dict[str, Study], None, None]:
        """Let both desks live."""
        self._values = [slider.value for slider in self.sliders]
        ways = {"now": self._now, "changed": self.changed()}
        self.studies = {}
        return alongside(ways, replications=self._wanted, seed=self._seed, workers=WORKERS)

    def take(self, found: dict[str, Study]) -> None:
        """Keep the studies so far."""
        self.studies = found

    def told(self) -> str:
        """Say how many replications have arrived, and what a reader must know."""
        say = self._say
        if not self.studies:
            return ""
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

    def results(self) -> None:
        """Show the table."""
        show(self.table, drawn_table(self.compared(), say=self._say))

    def charted(self) -> go.Figure | None:
        """Return the figure of the studies so far."""
        if self._charted is None:
            return None
        if not isinstance(self._charted, str):
            return _figure(self._charted(self.studies, self._say.language))
        found = {name: study.periods(self._charted) for name, study in self.studies.items()}
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

    def __repr__(self) -> str:
        n = self.studies["now"].replications if self.studies else 0
        return f"ExperimentView({self._now[0].name!r}, {len(self.sliders)} controls, {n} replications)"


def _checked(controls: Sequence[Control]) -> tuple[Control, ...]:
    """Refuse a number that cannot stand where it is."""
    for control in controls:
        if not control.low <= control.value <= control.high or not control.step > 0:
            raise ScenarioError(
                "A slider cannot stand there.", place=control.title, value=control.value,
                expected=f"low <= value <= high ({control.low:g} to {control.high:g}) and a step above 0",
                example='Control("Customers", 0.5, 3, 0.1, 1, change)',
            )  # fmt: skip
    return tuple(controls)


def _both(control: Control, made: object) -> tuple[Scenario, Policy]:
    """Return what a slider's function made, if it is a scenario and a policy."""
    if isinstance(made, tuple) and [type(one) for one in made] == [Scenario, Policy]:
        scenario, policy = made
        return scenario, policy
    raise ScenarioError(
        "A slider's function must return a scenario and a policy.", place=control.title, value=type(made).__name__,
        expected="(scenario, policy)", example="lambda scenario, policy, value: (scenario, policy)",
    )  # fmt: skip


def _figure(made: object) -> go.Figure:
    """Return what a chart's function made, if it is a figure."""
    if isinstance(made, go.Figure):
        return made
    raise ScenarioError(
        "A chart's function must return a figure.", place="chart", value=type(made).__name__,
        expected="a plotly figure", example="chart='reply_time'",
    )  # fmt: skip
