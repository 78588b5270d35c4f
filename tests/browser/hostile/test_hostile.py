"""What a customer controls is shown as text only (T16): over every view, chart and table, in a real Chromium.

Hundreds of payloads stand in every field of a log that somebody else could have written. The views are the real ones;
their markup, own widgets and charts are shown on a page that notes whatever a text does. The same page runs the same
payloads where they are shown as markup: so the notes are known to see it. Some of the payloads in `make test`, all of
them in `make full`; a notebook in a real JupyterLab is in `test_hostile_notebook`.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
from typing import TYPE_CHECKING

import ipywidgets
import pytest

from deskkit import figures, views
from deskkit.desk import events
from tests.browser.hostile.desk import hostile_log, open_fields
from tests.browser.hostile.gallery import VIEWS, charts, desk
from tests.browser.hostile.payloads import GROUPS, PAYLOADS
from tests.browser.hostile.pieces import taken
from tests.browser.hostile.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Page

    from deskkit.log import EventLog

SEEN = "ran()"
OWN = {
    events.PolicyChanged,
    events.PeakSet,
    events.NoticesPaused,
    events.DeadlineReached,
}  # which nobody outside brings
LOOKS = 6  # at what is worked out meanwhile
COMMON = {"conversation", "by"}
NAMELESS = {"WallView"}  # it shows nobody's words before a number is pressed; see the desk's own
BASES = {"Spoken", "Arriving"}  # which are no views themselves
SIZES = [pytest.param(PAYLOADS[::9], id="some"), pytest.param(PAYLOADS, id="all", marks=pytest.mark.full)]


@pytest.fixture
def stage(page: Page) -> Stage:
    """Return a page on which pieces are shown."""
    page.set_default_timeout(120_000)
    return Stage(page)


@pytest.fixture(scope="module", params=SIZES)
def payloads(request: pytest.FixtureRequest) -> Sequence[str]:
    """Return the payloads of a run."""
    found: Sequence[str] = request.param
    return found


@pytest.fixture(scope="module")
def log(payloads: Sequence[str]) -> EventLog:
    """Return a log in which they are everything, and all payloads are said."""
    return hostile_log(payloads, said=PAYLOADS)


def harmless(stage: Stage) -> None:
    """Check that nothing ran, and that nothing left the page."""
    assert stage.ran() == 0
    assert stage.faults == []


def test_there_are_hundreds_of_payloads() -> None:
    """The list is as long as it claims, without repetition, and each group has its share."""
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 400
    assert min(len(group) for group in GROUPS.values()) >= 20


def test_every_field_of_a_fact_is_hostile(log: EventLog, payloads: Sequence[str]) -> None:
    """Each text, name, and list or map of them, of every kind of fact that others bring, is hostile in the log."""
    hostile = {
        (type(row.event).__name__, name)
        for row in log.read()
        for name in row.event.__struct_fields__
        if any(one in str(getattr(row.event, name)) for one in payloads[:2])
    }
    expected = {
        (kind.__name__, name) for kind in events.FACTS if kind not in OWN and open_fields(kind).keys() - COMMON
        for name in open_fields(kind)
    }  # fmt: skip
    assert expected - hostile == set()


def test_every_view_is_looked_at() -> None:
    """Each class that a notebook shows is in the list, and each figure."""
    modules = [importlib.import_module(one.name) for one in pkgutil.walk_packages(views.__path__, "deskkit.views.")]
    shown = {
        name
        for module in modules
        for name, one in inspect.getmembers(module, inspect.isclass)
        if one.__module__ == module.__name__
        and hasattr(one, "_repr_mimebundle_")
        and not issubclass(one, ipywidgets.Widget)
    }
    assert shown - BASES == set(VIEWS)
    assert {name.split()[0] for name in charts(hostile_log(PAYLOADS[:3]), PAYLOADS[:3], titles=PAYLOADS[:3])} == set(
        figures.__all__
    )


def test_the_desk_runs_nothing(stage: Stage, log: EventLog, payloads: Sequence[str]) -> None:
    """List, tabs, panes, card, menus, search, foot and undo; then each board beside the desk."""
    view = desk(log, payloads)
    stage.play("desk", view.shell)
    stage.page.locator(".dk-item").first.wait_for()
    found = [stage.scrolled("desk", ".dk-list-box")]
    assert SEEN in found[0]["text"]
    names = list(view.desk.conversations)
    found += [stage.opened("desk", names[n : n + 40]) for n in range(0, len(names), 40)]
    assert SEEN in found[-1]["text"]
    found.append(stage.opened("desk", ["told"]))
    for _times in range(2):
        stage.page.locator(".dk-pane.dk-focused .dk-more").click()
        found.append(stage.stirred("desk"))
    assert found[-1]["text"].count(SEEN) > len(PAYLOADS) // 2
    stage.page.get_by_role("searchbox").fill("ran")
    stage.page.locator(".dk-caption-line", has_text="ran").wait_for()
    found.append(stage.stirred("desk", clicks="button, .dk-item"))
    found.append(stage.stirred("desk", clicks="button"))
    assert view.faults == 0
    text = ""
    for number, (name, side) in enumerate(view.sides.items(), 1):
        view.hear({"type": "front", "page": "", "at": number})
        pieces = taken(side.widget)
        for at, own in enumerate(pieces.own):
            stage.play(f"{name}{at}", own)
            for _look in range(LOOKS):
                stage.push(f"{name}{at}", view.wake)
                found.append(stage.stirred(f"{name}{at}", clicks="button"))
            text += found[-1]["text"]
        if pieces.markup:
            found.append(stage.lay(pieces.markup))
            text += found[-1]["text"]
    assert SEEN in text
    assert [one["strange"] for one in found if one["strange"]] == []
    harmless(stage)


@pytest.mark.parametrize("name", sorted(set(VIEWS) - {"DeskView"}))
def test_a_view_runs_nothing(stage: Stage, log: EventLog, payloads: Sequence[str], name: str) -> None:
    """Each state of a view is shown, gone over and clicked."""
    text = ""
    for widget in VIEWS[name](log, payloads):
        pieces = taken(widget)
        shown = [stage.lay(pieces.markup)]
        for at, own in enumerate(pieces.own):
            stage.play(f"{name}{at}", own)
            shown.append(stage.stirred(f"{name}{at}", clicks="button"))
        assert [one["strange"] for one in shown if one["strange"]] == []
        text += "".join(one["text"] for one in shown)
    assert SEEN in text or name in NAMELESS
    harmless(stage)


def test_charts_run_nothing(stage: Stage, log: EventLog, payloads: Sequence[str]) -> None:
    """Every figure is drawn, its points hovered; no text has become a link or another element."""
    text, hovered = "", 0
    for name, make in charts(log, payloads, titles=[*GROUPS["chart"], *payloads[::10]]).items():
        found = stage.draw(json.loads(str(make().to_json())))
        assert found["strange"] == [], name
        text, hovered = text + found["text"], hovered + found["hovered"]
    assert SEEN in text
    assert hovered > 40
    harmless(stage)


def test_the_page_sees_what_runs(stage: Stage, page_faults: list[str]) -> None:
    """Shown as markup, the payloads run, ask others and are strange: the notes above would hold it."""
    found = stage.lay(
        [one for group in ("by itself", "by hand", "mutating") for one in GROUPS[group]], clicks="b, div, td"
    )
    assert len(found["strange"]) > 150
    assert stage.ran() > 60
    stage.faults.clear()
    stage.lay(["<img src=https://evil.invalid/pixel.gif>"])
    assert any("evil.invalid" in fault for fault in stage.faults)
    stage.ran()
    stage.lay(["<a href='javascript:ran()'>x</a>"])
    assert stage.ran() > 0
    chart = {"data": [{"x": [1], "y": ["<a href='https://evil.invalid/'>x</a>"]}], "layout": {"title": {"text": "x"}}}
    assert "evil.invalid" in str(stage.draw(chart)["strange"])
    assert page_faults
    page_faults.clear()
