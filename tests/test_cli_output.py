"""A command whose standard output is full, closed or a pipe that nobody reads: one line at most, and status 1."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from deskkit.desk.events import ConversationOpened
from deskkit.log import open_log

FULL = Path("/dev/full")

pytestmark = pytest.mark.skipif(not FULL.exists(), reason="a device that is always full")


def reported(log_url: str, redirected: str, *options: str) -> tuple[int, list[str]]:
    """Return the status of a report whose output a shell redirects, and the lines of its errors."""
    with open_log(log_url) as log:
        fact = ConversationOpened(at=1_000, source="doc", source_id="c", conversation="c", customer="li")
        log.append([fact], received_at=1_000)
    command = [sys.executable, "-m", "deskkit", "report", "--log", log_url, *options]
    shell = ["sh", "-c", f'"$@" {redirected}', "sh", *command]
    done = subprocess.run(shell, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr.splitlines()


@pytest.mark.parametrize(
    ("redirected", "options", "why"),
    [("> /dev/full", ["--json"], "No space left"), ("> /dev/full", [], "No space left"), (">&-", [], "it is closed")],
)
def test_output_that_is_not_taken(redirected: str, options: list[str], why: str, log_url: str) -> None:
    """It is said in one line what was not written and why."""
    status, said = reported(log_url, redirected, *options)
    assert status == 1
    assert len(said) == 1, said
    assert "standard output" in said[0]
    assert why in said[0]


@pytest.mark.parametrize("redirected", ["> /dev/null", "> /dev/null 2>&-"])
def test_output_that_is_taken(redirected: str, log_url: str) -> None:
    """The same report ends well where its output is taken, also where nobody is to hear of errors."""
    assert reported(log_url, redirected) == (0, [])
