"""Pictures for the README: `python -m tests.gallery.pictures` draws them anew, in the system's Chromium.

The wallboard shows a simulated morning, the same each time.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from playwright.sync_api import ViewportSize, sync_playwright

from tests.browser.wall_page.opening import board, open_wall
from tests.programs import chromium

__all__ = ["main"]

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
SIZE: Final[ViewportSize] = {"width": 1920, "height": 1080}
SHOWN: Final = 0.6  # of its size: a page of a README is narrower than a wall


def main() -> None:
    """Draw every picture."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport=SIZE, device_scale_factor=SHOWN)
        open_wall(page, board(large=True))
        page.screenshot(path=DOCS / "wallboard.png")
        browser.close()


if __name__ == "__main__":
    main()
