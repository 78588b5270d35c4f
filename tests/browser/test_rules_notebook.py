"""The third notebook in a real JupyterLab: a rule is changed by a form, its differences seen, a new file saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deskkit.desk.policy import Policy
from tests.browser.labserver import open_notebook, run_all
from tests.browser.looks import clipped, switch_theme, violations
from tests.browser.test_history_notebook import press
from tests.project.files import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.labserver import LabServer

RULES = ROOT / "notebooks" / "03_rules.ipynb"


def open_workshop(page: Page, lab: LabServer, *, name: str) -> Locator:
    """Open a copy of the notebook, run all its cells, and return the workshop."""
    open_notebook(page, lab, name=lab.add(RULES, name=name))
    run_all(page)
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    workshop = page.locator(".dk-desk", has=page.locator(".dk-ways"))
    workshop.scroll_into_view_if_needed()
    return workshop


def change(workshop: Locator, path: str, value: str) -> None:
    """Give a rule another value by the form."""
    workshop.get_by_role("combobox", name="Rule").select_option(path)
    field = workshop.get_by_role("textbox", name="Value")
    field.fill(value)
    field.press("Tab")
    press(workshop, "Change")


def test_a_rule_is_changed_seen_and_saved(page: Page, lab: LabServer) -> None:
    """One lowers a threshold, sees how many conversations it would touch and ten of them, and saves a new policy."""
    workshop = open_workshop(page, lab, name="rules.ipynb")
    offered = workshop.locator("option", has_text="Unanswered for 10 minutes").get_attribute("value")
    assert offered is not None
    change(workshop, offered, "soon")
    workshop.locator("[role=status]", has_text="soon").wait_for()
    change(workshop, offered, ">= 6 min")
    workshop.locator("td", has_text=">= 6 min").wait_for()
    press(workshop, "See what would change")
    workshop.locator(".dk-name", has_text="conversations would be touched").wait_for()
    assert workshop.locator(".dk-chip", has_text="direct effects").count() == 1
    assert workshop.locator(".dk-table").last.locator("tbody tr").count() == 10
    press(workshop, "Save as a new file")
    workshop.locator("[role=status]", has_text="Saved: my-policy.toml").wait_for()
    assert 'unanswered = ">= 6 min"' in Policy.load(lab.root / "my-policy.toml").text


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_the_workshop_is_accessible(page: Page, lab: LabServer, theme: str) -> None:
    """In both themes and languages every control has a name, every text enough contrast, and nothing is cut off."""
    workshop = open_workshop(page, lab, name=f"rules-{theme}.ipynb")
    switch_theme(page, theme)
    for language in ("English", "中文"):
        workshop.locator("button", has_text=language).click()
        page.wait_for_timeout(800)
        assert violations(page) == []
        assert clipped(page) == []
