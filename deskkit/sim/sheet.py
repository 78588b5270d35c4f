"""The sheet of a study: the twenty items of STRESS-DES, filled in from the study itself.

STRESS-DES (Monks, Currie, Onggo, Robinson, Kunc & Taylor, Journal of Simulation 13(1), 2019) lists what a reader must
be told to judge a discrete-event simulation and to make it again.
"""

from __future__ import annotations

import os
import platform
import re
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final

from deskkit.clock import moment
from deskkit.measures import MEASURES
from deskkit.sim.defaults import DEFAULTS
from deskkit.sim.naming import ENOUGH, in_what
from deskkit.sim.outcomes import OF_RUN, SAMPLED
from deskkit.sim.scenariofile import scenario_text
from deskkit.sim.sheetwords import (
    ALGORITHMS,
    ASSUMED,
    COMPONENTS,
    DIAGRAM,
    FEW_DAYS,
    FORMULAS,
    GIVEN,
    GIVEN_ASSUMED,
    LOGIC,
    PREPARED,
    SAMPLING,
)  # fmt: skip
from deskkit.sim.untold import SEEN_BY_A_LOG, untold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from deskkit.sim.scenario import Scenario
    from deskkit.sim.study import Study

__all__ = ["ITEMS", "stress_sheet"]

ITEMS: Final = (
    "1.1 Purpose of the model", "1.2 Model outputs", "1.3 Experimentation aims",
    "2.1 Base model overview diagram", "2.2 Base model logic", "2.3 Scenario logic", "2.4 Algorithms", "2.5 Components",
    "3.1 Data sources", "3.2 Pre-processing", "3.3 Input parameters", "3.4 Assumptions",
    "4.1 Initialisation", "4.2 Run length", "4.3 Estimation approach",
    "5.1 Software or programming language", "5.2 Random sampling", "5.3 Model execution", "5.4 System specification",
    "6.1 Computer model sharing statement",
)  # fmt: skip
"""In the order and with the numbers of the checklist."""

_LIBRARIES: Final = ("deskkit", "simpy", "numba", "numpy", "scipy", "polars")
_UNSHARED: Final = (
    "Not stated. `deskkit` with the scenario (3.3), the policies (2.3) and the seed (5.2) gives the same logs, whose "
    "digests stand in 5.3."
)
_HOUR_MS: Final = 3_600_000


def stress_sheet(study: Study, *, purpose: str = "", sharing: str = "") -> str:
    """Write the STRESS-DES sheet of a study as Markdown.

    Parameters
    ----------
    study : Study
    purpose : str
        Why it was made; by default what can be told from the study: one policy judged, or several compared.
    sharing : str
        Where scenario, policies and code can be had.

    Returns
    -------
    str
        A heading and its text for each of `ITEMS`. It names the machine's kind, no path and no person.

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> from deskkit.sim.experiment import replicate
    >>> from deskkit.sim.scenariofile import load_scenario
    >>> study = replicate(load_scenario("data/scenarios/small.toml"), Policy.load("data/policies/standard.toml"),
    ...                   replications=2)
    >>> print(stress_sheet(study).splitlines()[2])
    ## 1.1 Purpose of the model
    """
    scenario = study.scenario
    said = (
        purpose or _purpose(study), _outputs(study), _aims(study),
        DIAGRAM, LOGIC, _policies(study), ALGORITHMS, COMPONENTS + _who(scenario),
        _sources(), _prepared(study), _fenced(scenario_text(scenario), "toml"), ASSUMED + _assumptions(study),
        _start(scenario), _length(study), _estimation(study),
        _software(), _sampling(study),
        _execution(study), _machine(),
        sharing or _UNSHARED,
    )  # fmt: skip
    parts = [f"## {item}\n\n{text}" for item, text in zip(ITEMS, said, strict=True)]
    return "\n\n".join([f"# STRESS-DES sheet: {_cell(scenario.name)}", *parts]) + "\n"


def _purpose(study: Study) -> str:
    names = [f"“{_cell(name)}”" for name in study.policies]
    day = f"the scenario “{_cell(study.scenario.name)}”"
    if len(names) == 1:
        return f"To judge how a live-chat desk under the policy {names[0]} fares in {day}."
    return (
        f"To compare how a live-chat desk fares in {day} under the policies {', '.join(names)}, on the same customers."
    )


def _outputs(study: Study) -> str:
    first = next(iter(study.policies))
    rows = []
    for measure in study.found[first][0].measures:
        one = study.estimate(measure, first)
        rows.append((f"`{measure}`", *_named(measure), one.estimator))
    single = ", ".join(f"`{name}`" for name in SAMPLED)
    return (
        _table(("output", "title", "unit", "formula", "estimator"), rows)
        + "\n\nError: half-width of a confidence interval (4.3). Quantiles of single times over all replications "
        + f"can be had of {single}."
    )


def _named(measure: str) -> tuple[str, str, str]:
    """Return title, unit and formula."""
    if measure in OF_RUN:
        title, unit = OF_RUN[measure]
        return title, in_what(measure, unit), FORMULAS[measure]
    about = MEASURES[measure]
    formula = f"from {about.start} to {about.end}; of {about.counted}: {about.averaged}"
    if measure in SEEN_BY_A_LOG:
        formula += f"; {SEEN_BY_A_LOG[measure]}"
    return about.title, in_what(measure, about.unit), formula


def _aims(study: Study) -> str:
    names = list(study.policies)
    if len(names) == 1:
        return "One policy in one scenario: no comparison, no search. The number of replications: " + study.rule + "."
    count = (len(names) - 1) * len(study.comparable())
    return (
        f"A comparison of {len(names)} policies with “{_cell(names[0])}” as the base: every measure that can differ, "
        f"{count} differences in all, whose intervals hold together. No optimisation."
    )


def _policies(study: Study) -> str:
    rows = [(name, f"`{policy.fingerprint}`") for name, policy in study.policies.items()]
    return (
        "What differs between the alternatives is the policy alone: signals, tags, priority, routing, peak mode, "
        "notification, tidying. It is the very file of the live desk.\n\n" + _table(("policy", "fingerprint"), rows)
        + "".join(
            f"\n\nUnder “{_cell(name)}” agents choose their tabs by the function `{_cell(pick)}`, not by the scenario."
            for name, pick in study.picks.items()
        )
    )  # fmt: skip


def _who(scenario: Scenario) -> str:
    streams = [(one.name, one.group or "by the policy", one.language or "any") for one in scenario.streams]
    agents = [
        (one.name, one.count, ", ".join(one.groups) or "none", ", ".join(one.languages) or "any", one.speed)
        for one in scenario.agents
    ]
    return (
        "\n\nEntities, by stream:\n\n" + _table(("stream", "enters at group", "language"), streams)
        + "\n\nResources:\n\n" + _table(("agents", "number", "groups", "languages", "speed"), agents)
    )  # fmt: skip


def _sources() -> str:
    rows = [(f"`{one.name}`", _value(one.value), one.source, one.why) for one in DEFAULTS]
    return "Where the scenario says nothing, these numbers hold; what was used in the end stands in 3.3.\n\n" + _table(
        ("default", "value", "source", "what is known"), rows
    )


def _assumptions(study: Study) -> str:
    scenario, told = study.scenario, untold(study.scenario, study.workload)
    given = "" if study.workload is None else GIVEN_ASSUMED + "".join(f"\n- {one}" for one in told)
    if not scenario.assumptions:
        return given + "\n\nThe scenario marks no number as an assumption."
    listed = "\n".join(f"- `{_cell(one)}`" for one in scenario.assumptions)
    words = "\n\nNumbers of the scenario that nobody measured, to be varied before they are relied on:\n\n"
    return given + words + listed


def _start(scenario: Scenario) -> str:
    warm = f"The first {_hours(scenario.warm_up_ms)} are a warm-up." if scenario.warm_up_ms else "There is no warm-up."
    return "The desk begins empty: no conversation is open, no message unread, nobody in peak mode. " + warm


def _prepared(study: Study) -> str:
    """Say whether customers were drawn, or given."""
    if (found := study.workload) is None:
        return PREPARED
    return (
        f"{GIVEN}\n\nThis workload: {found.conversations.height:,} conversations, {found.turns.height:,} turns, "
        f"SHA-256 `{found.digest[:16]}`."
    )


def _sampling(study: Study) -> str:
    """Say which draws there are, and which of them vary here."""
    said = f"{SAMPLING}\n\nThis study: seed {study.seed}, replications 0 to {study.replications - 1}."
    if study.workload is None:
        return said
    return said + (
        " The customers are the same in all of them: seed and replication key only what is not in the workload, which "
        "is noticing, missed notices, switching, replies gone astray and their mending."
    )


def _length(study: Study) -> str:
    scenario = study.scenario
    days = f"{scenario.days} days" if scenario.days > 1 else "one day"
    at = f" from {scenario.day}" if scenario.day else ""
    end = (
        "Whatever is open at the end is served to its end (terminating)."
        if scenario.drain
        else "The run stops at the end; what is still open is not counted as ended."
    )
    hours = f"{_hours(scenario.begin_ms)} to {_hours(scenario.end_ms)} after midnight"
    if (given := study.workload) is not None:
        zone = next(iter(study.policies.values())).schema.zone
        days, at = (
            "as long as the workload",
            f" from {moment(given.midnight, zone=zone)[:10]}" if given.midnight else "",
        )
        hours = f"{_hours(given.begin - given.midnight)} to {_hours(given.end - given.midnight)} after midnight"
    return f"{days.capitalize()}{at}; customers begin from {hours}. {end} Unit of time: the millisecond."


def _estimation(study: Study) -> str:
    count = study.replications
    of = "" if study.workload is None else ", given these customers: they say nothing of other days"
    lines = [(
        f"{count} independent replications of each policy; their number: {study.rule}. Intervals at "
        f"{100 * study.level:g} %{of}, Student's law with {max(count - 1, 0)} degrees of freedom; ratios of "
        "expectations with the delta method; what is one number of a day (estimator: mean), such as reply_p90, is a "
        "mean over days; quantiles of all replications together, where asked for (1.2), by sectioning."
    )]  # fmt: skip
    if 1 < count < ENOUGH:
        lines.append(FEW_DAYS)
    if len(study.policies) > 1:
        lines.append(
            "Differences are paired: in each replication all policies meet the same customers (common random "
            "numbers); the variance with and without pairing is reported side by side. Their intervals hold together "
            "(Bonferroni)."
        )
    warned = [f"- {_cell(one)}" for one in study.warnings] or ["- none"]
    return "\n\n".join([*lines, "Warnings:\n\n" + "\n".join(warned)])


def _software() -> str:
    rows = [("Python", platform.python_version()), *((name, _version(name)) for name in _LIBRARIES)]
    return _table(("software", "version"), rows)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed as a package"


def _execution(study: Study) -> str:
    rows = [
        (name, number, f"`{run.workload[:16]}`", f"`{run.log[:16]}`" if run.log else "not written")
        for name, runs in study.found.items()
        for number, run in enumerate(runs)
    ]
    return (
        f"Engine: {study.engine}. Events in the order of (instant, kind of event, conversation, agent), never of their "
        "making; the same for any number of processes. Digests (SHA-256, the first 16 digits) of what went in and of "
        "the log that came out:\n\n" + _table(("policy", "replication", "customers", "log"), rows)
    )


def _machine() -> str:
    return f"{platform.system()} on {platform.machine()}, {os.cpu_count()} processors. Results do not depend on it."


def _hours(ms: int) -> str:
    return f"{ms / _HOUR_MS:g} h"


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(one) for one in line) + " |" for line in lines)


def _cell(value: object) -> str:
    """Write what may hold anything on one line of Markdown: names come from files that others wrote."""
    text = re.sub(r"\s+", " ", str(value))
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("[", "\\[").replace("#", "\\#")


def _fenced(text: str, language: str) -> str:
    """Write a text as it is, in a fence longer than any that it holds."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"
