"""A page that was so busy that anywidget gave its models up, which it does after two seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.labserver import lab_server, open_notebook, run_all
from tests.project.files import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.browser.labserver import LabServer

GIVEN_UP = "const real = AbortSignal.timeout; AbortSignal.timeout = ms => real.call(AbortSignal, ms === 2000 ? 0 : ms)"
TAB = ".jupyter-widget-tab > .lm-TabBar .lm-TabBar-tab"


@pytest.fixture(scope="module")
def lab() -> Iterator[LabServer]:
    """Run a JupyterLab."""
    with lab_server() as server:
        yield server


def test_the_desk_and_its_boards_show_what_the_kernel_says_though_the_page_was_busy(
    page: Page, lab: LabServer, page_faults: list[str]
) -> None:
    """All that the kernel said was lost, for good: the views stood there empty."""
    page.add_init_script(GIVEN_UP)
    open_notebook(page, lab, name=lab.add(ROOT / "notebooks" / "01_desk.ipynb", name="busy.ipynb"))
    run_all(page)
    page.locator(".dk-item").first.wait_for(state="attached")
    page.locator(TAB, has_text="Queue").click()
    expect(page.locator(".dk-board tbody tr").first).to_be_visible()
    page.locator(TAB, has_text="Wallboard").click()
    expect(page.locator(".dk-tile").first).to_be_visible()
    page.locator(TAB, has_text="Rules").click()
    expect(page.locator(".dk-shop-state").first).not_to_be_empty()
    assert page_faults  # anywidget gave them up indeed
