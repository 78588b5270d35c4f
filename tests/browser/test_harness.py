"""The harness itself: a notebook runs in a real JupyterLab, and each kind of fault is seen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.browser.labserver import open_notebook, run_all

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.browser.labserver import LabServer


def test_a_notebook_runs_in_the_browser(page: Page, lab: LabServer, tmp_path: Path) -> None:
    """Running all cells shows their outputs, a widget among them; the kernel can import the package."""
    cells = [
        "import deskkit\nprint('version', deskkit.__version__)",
        "import ipywidgets\nipywidgets.Button(description='开始')",
    ]
    open_notebook(page, lab, name=lab.add(stored(tmp_path, cells), name="runs.ipynb"))
    run_all(page)
    assert page.locator(".jp-OutputArea-output", has_text="version 0.").count() == 1
    assert page.get_by_role("button", name="开始").count() == 1


def test_a_slow_notebook_is_given_up(page: Page, lab: LabServer, tmp_path: Path) -> None:
    """Waiting for a notebook ends at its limit, with words, instead of hanging."""
    name = lab.add(stored(tmp_path, ["import time\ntime.sleep(30)"]), name="slow.ipynb")
    open_notebook(page, lab, name=name)
    with pytest.raises(Exception, match="took too long"):
        run_all(page, within_ms=500)


def test_an_error_in_a_cell_is_raised(page: Page, lab: LabServer, tmp_path: Path) -> None:
    """A notebook whose cell fails, fails the test with the cell's words; the cells after it never run."""
    name = lab.add(stored(tmp_path, ["raise ValueError('planted')", "print('after')"]), name="fails.ipynb")
    open_notebook(page, lab, name=name)
    with pytest.raises(RuntimeError, match="ValueError: planted"):
        run_all(page)


def test_a_page_error_is_seen(page: Page, page_faults: list[str]) -> None:
    """An error that nobody caught on a page is a fault."""
    with page.expect_event("pageerror"):
        page.evaluate("() => { setTimeout(() => { throw new Error('planted') }, 0) }")
    assert any("planted" in fault for fault in page_faults)
    page_faults.clear()


def test_a_request_to_elsewhere_is_seen(page: Page, page_faults: list[str]) -> None:
    """A request that would leave this machine is a fault; a host under `invalid` exists nowhere."""
    page.evaluate("() => fetch('https://desk.invalid/').catch(() => null)")
    assert any("desk.invalid" in fault for fault in page_faults)
    page_faults.clear()


def stored(folder: Path, sources: list[str]) -> Path:
    """Write a notebook of some code cells."""
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "id": f"c{i}",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": source,
        }
        for i, source in enumerate(sources)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}
    path = folder / "notebook.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path
