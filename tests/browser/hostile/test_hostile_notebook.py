"""A notebook of hostile views in a real JupyterLab (T16): shown, gone over, exported, and the exported page opened."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.browser.hostile.payloads import PAYLOADS
from tests.browser.hostile.stage import NOTING
from tests.browser.labserver import open_notebook, run_all
from tests.browser.test_harness import stored
from tests.project.files import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.browser.labserver import LabServer

BEGIN = """import sys
sys.path.insert(0, {root!r})
from tests.browser.hostile.desk import hostile_log
from tests.browser.hostile.gallery import VIEWS, charts, desk
from tests.browser.hostile.payloads import PAYLOADS
from tests.browser.hostile.pieces import plain_widgets
some = PAYLOADS[::{step}]
log = hostile_log(some)"""
VIEW = "next(iter(VIEWS[{name!r}](log, some)))"
CHARTS = """for name, make in charts(log, some, titles=some[:6]).items():
    make().show("plotly_mimetype")"""
PRINTED = """from deskkit import views
from deskkit.measures import report
view = desk(log, some)
print(views.first(view.desk), views.levels(view.desk), views.loads(view.desk), views.headline(report(log)), some)
some"""
PLAIN = "import ipywidgets\nipywidgets.VBox([made for text in some for made in plain_widgets(text)])"
RAW = "import ipywidgets\nipywidgets.HTML(value='<img src=x onerror=ran()>')"
SLOW = "[anywidget] Failed to initialize"  # within two seconds, which a busy machine takes
NAMES = ("DeskView", "ReportView", "TableView", "WorkbookView", "RulesView", "UploadView", "ExperimentView")
# Charts are hovered point by point in `test_hostile`; plotly does not take events that no hand made.
GO_OVER = """() => { for (const one of document.querySelectorAll('.jp-OutputArea-output *:not(.js-plotly-plot *)'))
  for (const type of ['pointerover', 'mouseover', 'mouseenter', 'mousemove'])
    one.dispatchEvent(new MouseEvent(type, { bubbles: true })) }"""
# The place that JupyterLab's plotly keeps for a picture of a chart holds none: an `img` without an address.
FOREIGN = """() => [...document.querySelectorAll('.dk-desk, .dk-board-frame')]
  .flatMap(root => [...root.querySelectorAll('script, img:not(.plot-img:not([src])), iframe, object, embed, '
    + 'base, meta, form, video, audio, math, [onclick], [onerror], [onload], [onmouseover]')])
  .map(one => one.outerHTML.slice(0, 120))"""
SIZES = [pytest.param(30, id="some"), pytest.param(6, id="more", marks=pytest.mark.full)]


@pytest.mark.parametrize("step", SIZES)
def test_a_notebook_runs_nothing(page: Page, lab: LabServer, tmp_path: Path, page_faults: list[str], step: int) -> None:
    """Every view, chart, ordinary widget and print of hostile texts is harmless, in the notebook and in its export."""
    page.set_default_timeout(120_000)
    page.add_init_script(NOTING)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    cells = [
        BEGIN.format(root=str(ROOT), step=step),
        *(VIEW.format(name=name) for name in NAMES),
        CHARTS,
        PRINTED,
        PLAIN,
    ]
    open_notebook(page, lab, name=lab.add(stored(tmp_path, cells), name="hostile.ipynb"))
    run_all(page, within_ms=900_000)
    page.locator(".dk-item").first.wait_for()
    page.locator(".lm-TabBar-tab", has_text="Queue").first.click()
    page.locator(".dk-board").first.wait_for()
    page.wait_for_timeout(1_000)
    page.evaluate(GO_OVER)
    page.wait_for_timeout(500)
    assert "ran()" in page.locator(".jp-Notebook").inner_text()
    assert page.evaluate(FOREIGN) == []
    faults = [fault for fault in page_faults if SLOW not in fault]
    assert (page.evaluate("noted.ran"), dialogs, faults) == (0, [], [])

    page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--log-level", "ERROR", "hostile.ipynb"]
    subprocess.run(command, cwd=lab.root, check=True)
    text = (lab.root / "hostile.html").read_text(encoding="utf-8")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.route("**/*", lambda route: route.abort())
    page.route("http://127.0.0.1:9/*", lambda route: route.fulfill(content_type="text/html; charset=utf-8", body=text))
    page.goto("http://127.0.0.1:9/export.html", wait_until="domcontentloaded")
    page.wait_for_timeout(500)
    assert "ran()" in page.locator("body").inner_text()
    page.evaluate(GO_OVER)
    assert (page.evaluate("noted.ran"), dialogs) == (0, [])
    assert [url for url in asked if "evil" in url] == []
    page_faults.clear()  # nbconvert's own page asks for scripts of its own, which it was not given


def test_a_raw_widget_would_run(page: Page, lab: LabServer, tmp_path: Path) -> None:
    """The count sees a payload run where a widget takes it as markup."""
    page.set_default_timeout(120_000)
    page.add_init_script(NOTING)
    open_notebook(page, lab, name=lab.add(stored(tmp_path, [RAW]), name="raw.ipynb"))
    run_all(page)
    page.wait_for_function("noted.ran > 0")
    assert PAYLOADS
