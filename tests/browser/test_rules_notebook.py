"""The third notebook in a real JupyterLab: a rule is changed by a form, its differences seen, a new file saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from deskkit.desk.policy import Policy
from tests.browser.labserver import open_notebook, run_all
from tests.browser.looks import clipped, switch_theme, violations
from tests.project.files import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.labserver import LabServer

WAIT_MS = 90_000
RULES = ROOT / "notebooks" / "03_rules.ipynb"


def open_workshop(page: Page, lab: LabServer, *, name: str) -> Locator:
    """Open a copy of the notebook, run all its cells, and return the workshop."""
    open_notebook(page, lab, name=lab.add(RULES, name=name))
    run_all(page)
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    workshop = page.locator(".dk-desk", has=page.locator(".dk-shop"))
    workshop.scroll_into_view_if_needed()
    return workshop


def choose(workshop: Locator, family: str, rule: str) -> None:
    """Choose a rule in the forms."""
    workshop.locator(".dk-pill", has_text=family).click()
    workshop.locator(".dk-shop-item", has_text=rule).first.click()
    expect(workshop.locator(".dk-shop-item.dk-on")).to_contain_text(rule, timeout=WAIT_MS)


def change(workshop: Locator, value: str) -> None:
    """Give the first condition of the rule another value by the form."""
    field = workshop.get_by_role("textbox", name="Value").first
    field.fill(value)
    field.press("Tab")


def test_a_rule_is_changed_seen_and_saved(page: Page, lab: LabServer) -> None:
    """One lowers a threshold, sees how many conversations it would touch and ten of them, and saves a new policy."""
    workshop = open_workshop(page, lab, name="rules.ipynb")
    choose(workshop, "Priority", "Unanswered for 10 minutes")
    change(workshop, "soon")
    expect(workshop.locator(".dk-shop-refused")).to_contain_text("soon", timeout=WAIT_MS)
    change(workshop, "6 min")
    expect(workshop.locator(".dk-shop-state")).to_have_text("Valid; changed", timeout=WAIT_MS)
    workshop.get_by_role("button", name="Try on history").click()
    workshop.get_by_role("button", name="See what would change").click()
    expect(workshop.locator(".dk-shop-reach")).to_contain_text("conversations would be touched", timeout=WAIT_MS)
    expect(workshop.locator(".dk-shop-reach")).to_contain_text("direct effects", timeout=WAIT_MS)
    assert workshop.locator(".dk-shop-examples tbody tr").count() == 10
    workshop.get_by_role("button", name="Save as a file").click()
    workshop.get_by_role("button", name="Save as a new file").click()
    expect(workshop.locator(".dk-shop-told")).to_have_text("Saved: my-policy.toml", timeout=WAIT_MS)
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
