"""What the README tells people to type exists, and what the command line offers stands in the README."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.project.files import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
BLOCKS = "\n".join(re.findall(r"```\w*\n(.*?)```", README, re.DOTALL))
COMMANDS = sorted(set(re.findall(r"^(?:[.\w\\/]*)?deskkit (\w+)", BLOCKS, re.MULTILINE)))


def test_make_targets_exist() -> None:
    """Each `make` word of the README is a target, and the two commands stand there."""
    named = set(re.findall(r"\bmake (\w+)", BLOCKS))
    assert {"lab", "test"} <= named
    assert named <= set(re.findall(r"^(\w+):", MAKEFILE, re.MULTILINE))


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_exist(command: str) -> None:
    """Each `deskkit` command of the README answers to --help."""
    run = deskkit(command, "--help")
    assert run.returncode == 0, run.stderr


def test_every_command_is_documented() -> None:
    """Each command that `deskkit --help` offers stands in the README."""
    run = deskkit("--help")
    assert run.returncode == 0, run.stderr
    offered = set(re.findall(r"^ {4}([a-z]\w*)(?: {2,}|$)", run.stdout, re.MULTILINE))
    assert "import" in offered
    assert offered <= set(COMMANDS)


def test_an_unknown_command_is_wrong_use() -> None:
    """A command that does not exist ends with status 2, so the tests above can fail."""
    assert deskkit("nosuchcommand", "--help").returncode == 2


def test_links_lead_somewhere() -> None:
    """Each relative link and each path in backticks with a slash leads to a file or folder of the project."""
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    named = re.findall(r"`((?:data|docs|notebooks|tests|deskkit|changes)/[\w./-]*)`", README)
    assert links
    assert [place for place in links + named if not (ROOT / place).exists()] == []


def test_pip_lines_install_the_lock() -> None:
    """The plain pip lines install the same lock with the same strictness as the Makefile."""
    for option in ("--no-deps --require-hashes -r requirements.lock", "--no-deps --no-build-isolation -e ."):
        assert option in BLOCKS
        assert option in MAKEFILE


def test_pytest_lines_are_those_of_make_test() -> None:
    """The plain pytest lines spread and compare as `make test` does."""
    spread, nbval = (re.findall(rf"^{name} := (.+)$", MAKEFILE, re.MULTILINE)[0] for name in ("SPREAD", "NBVAL"))
    assert f"-m pytest -p no:randomly {spread} {nbval} notebooks\n" in BLOCKS
    assert f"-m pytest {spread}\n" in BLOCKS


def deskkit(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "deskkit", *words],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def test_a_notebook_opens_the_log_that_was_written() -> None:
    """What README and first notebook open, from the notebooks' folder, is the import's or the demo's; it must exist."""
    notebook = (ROOT / "notebooks" / "01_desk.ipynb").read_text(encoding="utf-8").replace('\\"', '"')
    written = re.findall(r"(?:import meiqia|demo) .*?--log sqlite:///(\S+)", BLOCKS)
    opened = re.findall(r'open_log\("sqlite:///(\S+?)", create=False\)', README + notebook)
    assert len(opened) == 4
    assert {(ROOT / "notebooks" / path).resolve() for path in opened} == {(ROOT / path).resolve() for path in written}
    assert not re.search(r'open_log\("sqlite:///[^"]*"\)', notebook)
