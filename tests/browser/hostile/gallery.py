"""Every view and every figure, made of a hostile log. A class of a view or a figure that is missing here fails a test.

A maker yields the view in each state that is worth looking at; it stands as it is then until the next is asked for.
"""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

import deskkit as dk
from deskkit import figures, views
from deskkit.clock import ManualClock
from deskkit.log.spans import spans
from deskkit.measures import report
from deskkit.measures.patience import FIRST_WORD
from deskkit.measures.story import story
from deskkit.measures.tables import tables, tags
from deskkit.measures.whatif import replay
from deskkit.sample import sample_path, sample_policy
from deskkit.sim.ladders import Trade
from deskkit.views import knobs
from deskkit.views.experiment import experiment
from deskkit.views.tornado import tornado
from tests.browser.hostile.desk import NOW
from tests.gallery.studies import differences, drawn_studies
from tests.gallery.trials import bought, drawn_trials, gained

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import ipywidgets
    import plotly.graph_objects as go

    from deskkit.log import EventLog
    from deskkit.views import DeskView

    Maker = Callable[[EventLog, Sequence[str]], Iterator[ipywidgets.Widget]]

__all__ = ["VIEWS", "charts", "desk"]


def desk(log: EventLog, payloads: Sequence[str]) -> DeskView:
    """Open the desk of a hostile log for a hostile supervisor, who sees all."""
    return views.desk(
        log, sample_policy(), me=f"{payloads[0]} boss", clock=ManualClock(NOW), acts=False, language="en", masked=False
    )


def _desk(log: EventLog, payloads: Sequence[str]) -> Iterator[ipywidgets.Widget]:
    yield desk(log, payloads).widget


def _asking(log: EventLog, _payloads: Sequence[str]) -> Iterator[ipywidgets.Widget]:
    yield views.desk(log, sample_policy(), clock=ManualClock(NOW), acts=False, language="en", masked=False).widget


def _wall(log: EventLog, _payloads: Sequence[str]) -> Iterator[ipywidgets.Widget]:
    yield views.wallboard(log, clock=ManualClock(NOW), language="en", masked=False).widget


def _report(log: EventLog, _payloads: Sequence[str]) -> Iterator[ipywidgets.Widget]:
    view = views.report(log, report(log), language="en", masked=False)
    yield view.widget
    for name, key in (
        ("handle_time", "agent"),
        ("tagged_inquiry", "tag"),
        ("first_response", "channel"),
        ("first_response", "group"),
    ):
        view.choose(name)
        if key in [one for _title, one in view.by.options]:
            view.by.value = key
            yield view.widget
    for number in range(0, len(view.behind.options), 25):
        view.behind.index = number
        yield view.widget


def _table(log: EventLog, _payloads: Sequence[str]) -> Iterator[ipywidgets.Widget]:
    for frame in tables(report(log)).values():
        yield views.table(frame, rows=10_000, language="en", masked=False).widget


def _workbook(log: EventLog, payloads: Sequence[str]) -> Iterator[ipywidgets.Widget]:
    found = tables(report(log))
    view = views.workbook(dict(zip(payloads, found.values(), strict=False)), payloads[1], language="en", masked=False)
    yield view.widget
    view.path.value = "/nowhere/" + payloads[2].replace("/", "")
    view.write()
    yield view.widget


def _shown(view: views.RulesView) -> dict[str, str | int]:
    """Return what a window says of the text that it shows."""
    draft = view.workshop.draft
    return {"text": draft.text, "window": "one", "n": 0, "turn": draft.turn}


def _rules(log: EventLog, payloads: Sequence[str]) -> Iterator[ipywidgets.Widget]:
    policy = sample_policy()
    tried = policy.edit({"name": payloads[0], "priority.rule[8].when.unanswered": ">= 1 min"})
    view = views.rules(log, tried, language="en", masked=False)
    view.workshop.draft.take(policy.text)
    view.workshop.hear({"type": "try", "days": 0, **_shown(view)})
    view.workshop.wait()
    yield view.widget
    for wrong in payloads[:40]:
        view.workshop.draft.take(wrong)
        view.workshop.hear({"type": "save", "path": "/nowhere/" + wrong.replace("/", ""), **_shown(view)})
        view.workshop.wait()
        yield view.widget


def _upload(_log: EventLog, payloads: Sequence[str]) -> Iterator[ipywidgets.Widget]:
    head = ["call_id", "arrival", "answered_at", "end_time", "agent", "queue", payloads[5]]
    rows = [
        [
            f"{payload}{n}",
            "2026-06-18 10:00:00",
            "2026-06-18 10:00:20",
            "2026-06-18 10:05:00",
            payload,
            payload,
            payload,
        ]
        for n, payload in enumerate(payloads[:30])
    ]
    view = views.upload(zone="UTC", language="en", masked=False)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "calls.csv")
        pl.DataFrame([[cell.replace("\0", "") for cell in row] for row in rows], schema=head, orient="row").write_csv(
            path
        )
        view.take(f"{payloads[0]}.csv", path.read_bytes())
    yield view.widget
    view.bring_in()
    yield view.widget
    view.take(payloads[1], b"")
    yield view.widget


def _simulated(log: EventLog, payloads: Sequence[str]) -> Iterator[ipywidgets.Widget]:
    """Open the views of a simulation; what is hostile there is what a scenario and a policy are called."""
    policy = sample_policy().edit({"name": payloads[0]})
    text = sample_path("scenarios/small.toml").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "small.toml")
        path.write_text(text.replace('name = "small"', "name = '<img src=x onerror=ran()>'", 1), encoding="utf-8")
        scenario = dk.load_scenario(path)
    yield experiment(scenario, policy, knobs.room(scenario, policy), language="en").widget
    yield tornado(scenario, policy, language="en").widget
    del log


VIEWS: Final[dict[str, Maker]] = {
    "DeskView": _desk,
    "Asking": _asking,
    "WallView": _wall,
    "ReportView": _report,
    "TableView": _table,
    "WorkbookView": _workbook,
    "RulesView": _rules,
    "UploadView": _upload,
    "ExperimentView": _simulated,
    "TornadoView": _simulated,
}
"""By the name of the class."""


def charts(log: EventLog, payloads: Sequence[str], *, titles: Sequence[str]) -> dict[str, Callable[[], go.Figure]]:
    """Return makers of figures, by name and what they are of; `titles` go where a figure has room for one name only."""
    found, whole = spans(log, policy=sample_policy()), report(log)
    tried = sample_policy().edit({"name": titles[0], "priority.rule[8].when.unanswered": ">= 1 min"})
    made = replay(log, tried, against=sample_policy())
    makers: dict[str, Callable[[], go.Figure]] = {
        "agents": lambda: figures.agents(whole["handle_time"]),
        "tags": lambda: figures.tags(tags(found, whole.choices), facet="label", most=1_000),
        "timeline": lambda: figures.timeline(story(log, found, "told"), masked=False),
        "heat_map": lambda: figures.heat_map(whole["reply_time"]),
        "trend": lambda: figures.trend(whole["first_response"]),
        "survival": lambda: figures.survival(FIRST_WORD.of(found)),
        "differences": lambda: figures.differences(made.summary),
        "pareto": lambda: figures.pareto(_many(bought(titles[0]), payloads)),
        "concurrency": lambda: figures.concurrency(pl.concat([gained(one) for one in payloads[:60]])),
        "effects": lambda: figures.effects(pl.concat([differences(one) for one in payloads[:30]])),
        "tornado": lambda: drawn_trials(titles[0])["tornado"]("en"),
        **{name: partial(make, "en") for name, make in drawn_studies(titles[0]).items() if name != "effects"},
    }
    day = report(log, measures=["reply_time", "missed"])
    for n, title in enumerate(titles):
        makers[f"comparison {n}"] = partial(figures.comparison, day, day, names=(title, titles[n - 1]))
    return makers


def _many(found: Trade, payloads: Sequence[str]) -> Trade:
    """Return a trade in which each payload is a policy."""
    row = found.table.row(1, named=True)
    rows = [row | {"policy": one, "price": 20.0 + n, "pace": 40_000.0 + 50 * n} for n, one in enumerate(payloads)]
    table = pl.concat([found.table, pl.DataFrame(rows, schema=found.table.schema)])
    return Trade(table, found.base, found.pace, found.price, found.level)
