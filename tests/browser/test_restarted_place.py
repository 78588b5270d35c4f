"""Who reads far up in a long conversation stays there in a real JupyterLab, whatever becomes of the kernel."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from deskkit.desk import events as e
from deskkit.log import open_log
from tests.browser.labserver import IS_IDLE, open_notebook, run_all
from tests.browser.test_living_desk import CODE, notebook
from tests.browser.test_restarted import RESTART

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.labserver import LabServer

POLICY = Path("data/policies/standard.toml").resolve()
MANY = 450
AT = 1_700_000_000_000
READ = "message 70 "
TOP = f"""() => {{ const box = document.querySelector('.dk-reading');
  const one = [...(box?.querySelectorAll('.dk-said-text') ?? [])].find(one => one.textContent.startsWith('{READ}'));
  return one ? Math.round(one.getBoundingClientRect().top - box.getBoundingClientRect().top) : null; }}"""


def test_the_place_among_earlier_messages_outlasts_rerun_and_restart(
    page: Page, lab: LabServer, tmp_path: Path
) -> None:
    """Loaded with two presses and scrolled to, a message stands where it stood: by a rerun, then by a restart."""
    with open_log(f"sqlite:///{tmp_path / 'long.db'}") as log:
        facts: list[e.Fact] = [e.ConversationOpened(at=AT, source="t", source_id="o", conversation="c1", customer="u1")]
        facts += [
            e.CustomerWrote(
                at=AT + int(n), source="t", source_id=n, conversation="c1", message=n, text=f"message {n} !"
            )
            for n in map(str, range(MANY))
        ]
        log.append(facts, received_at=AT + MANY)
        code = CODE.format(url=log.url, policy=str(POLICY))
        (lab.root / "long.ipynb").write_text(json.dumps(notebook(code)), encoding="utf-8")
        open_notebook(page, lab, name="long.ipynb")
        run_all(page)
        page.locator(".dk-item").first.click()
        for first in (MANY - 200, MANY - 400):
            page.locator(".dk-said-text", has_text=f"message {first} !").wait_for(state="attached")
            page.locator(".dk-more").click()
        said = page.locator(".dk-said-text", has_text=READ)
        said.evaluate("one => { one.closest('.dk-reading').scrollTop = one.parentElement.offsetTop - 31 }")
        expect(said).to_be_in_viewport()
        page.wait_for_timeout(300)  # it is told of the scrolling with a frame
        before = page.evaluate(TOP)
        run_all(page)
        page.wait_for_function(f"before => Math.abs(({TOP})() - before) <= 1", arg=before)
        expect(said).to_be_in_viewport()
        page.evaluate(RESTART)
        page.wait_for_function(IS_IDLE)
        run_all(page)
        expect(page.locator(".dk-desk").last.locator(".dk-banner")).to_be_hidden()
        page.wait_for_function(f"before => Math.abs(({TOP})() - before) <= 1", arg=before)
        expect(said).to_be_in_viewport()
