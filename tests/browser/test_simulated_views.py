"""The controls of the notebooks on simulation, 04 to 07: named, in both themes and languages, with enough contrast."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.browser.labserver import open_notebook, run_all
from tests.browser.looks import clipped, switch_theme, violations
from tests.browser.test_desk_notebook import press
from tests.browser.test_harness import stored

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.browser.labserver import LabServer

CELLS = [
    """import deskkit as dk
from deskkit.sample import sample_path, sample_policy
from deskkit.views import knobs
from deskkit.views.experiment import experiment
from deskkit.views.tornado import tornado

policy = sample_policy("standard")
small, rush = (dk.load_scenario(sample_path(f"scenarios/{name}.toml")) for name in ("small", "rush"))
experiment(small, policy, knobs.room(small, policy), chart="reply_time", replications=1)""",
    "experiment(rush, policy, knobs.notices(rush, policy), measures=knobs.OF_NOTICES)",
    "experiment(rush, policy, knobs.attention(rush, policy), measures=knobs.OF_ATTENTION)",
    "tornado(rush, policy)",
]
SLIDERS = 4 + 4 + 4
IN_HAN = """([isHan, n]) => { const names = [...document.querySelectorAll('.dk-desk [role=slider]')]
    .map(e => e.getAttribute('aria-label')); return names.length === n && names.every(
    name => name && /\\p{Script=Han}/u.test(name) === isHan); }"""  # each view changes its language by itself
NAMES = "() => [...document.querySelectorAll('.dk-desk [role=slider]')].map(e => e.getAttribute('aria-label'))"
SPOKEN = "() => [...document.querySelectorAll('.dk-desk [role=slider]')].map(e => e.getAttribute('aria-valuetext'))"
RECKONED = """() => { const slider = [...document.querySelectorAll('.dk-desk [role=slider]')][2];
    slider.setAttribute('aria-valuetext', '5.000000000000001'); slider.focus(); }"""
LISTEN = """() => { window.busy = []; const result = document.querySelector('.dk-result');
    new MutationObserver(() => window.busy.push([result.getAttribute('aria-busy'), getComputedStyle(result).opacity]))
        .observe(result, { attributeFilter: ['aria-busy'] }); }"""
SPOIL = "() => document.querySelector('.dk-desk [role=slider]').removeAttribute('aria-label')"


def test_the_controls_are_accessible(page: Page, lab: LabServer, tmp_path: Path) -> None:
    """Every slider and every choice has a name in the language chosen, in both themes; one without is seen.

    Numbers are read as they are meant; what is drawn is dimmed and busy from a slider's move until its place arrives.
    """
    open_notebook(page, lab, name=lab.add(stored(tmp_path, CELLS), name="simulated.ipynb"))
    run_all(page)
    desks = page.locator(".dk-desk")
    assert desks.count() == len(CELLS)
    for language, customers in (("English", "Customers (×)"), ("中文", "客户数 (×)")):
        for desk in desks.all():
            press(desk, language)
        page.wait_for_function(IN_HAN, arg=[language == "中文", SLIDERS])
        assert page.evaluate(NAMES)[0] == customers
        for theme in ("Light", "Dark"):
            switch_theme(page, theme)
            page.wait_for_timeout(300)
            assert violations(page) == []
            assert clipped(page) == []
    assert all(re.fullmatch(r"\d+(\.\d{1,6})?", text) for text in page.evaluate(SPOKEN))
    page.evaluate(RECKONED)
    page.wait_for_function(f"() => ({SPOKEN})()[2] === '5'")
    page.evaluate(LISTEN)
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => window.busy.length > 1")
    assert page.evaluate("() => window.busy") == [["true", "0.4"], ["false", "1"]]
    page.evaluate(SPOIL)
    assert [rule for rule, _where in violations(page)] == ["aria-input-field-name"]
