"""What two policies are called that are held against one another, and where their differences are to be had."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from deskkit import cli
from deskkit.desk.policy import Policy
from deskkit.log import open_log
from deskkit.measures.whatif import replay
from tests.measures.diary import START, simple

if TYPE_CHECKING:
    import pytest

STANDARD = Path("data/policies/standard.toml")


def test_policies_of_one_name_are_told_apart() -> None:
    """By their files, or where these have one name by what the rules say; those of two names by these alone."""
    text = STANDARD.read_text(encoding="utf-8")
    mine, same = Policy.parse(text, place="mine.toml"), Policy.load(STANDARD)
    roomier = same.edit({"capacity.agent": 6})
    quiet = Policy.load("data/policies/quiet.toml")

    def told(policy: Policy, against: Policy) -> tuple[str, str]:
        summary = replay(simple().log, policy, against=against).summary
        return summary.after, summary.before

    assert told(mine, same) == ("standard (mine.toml)", "standard (standard.toml)")
    assert roomier.place == same.place
    assert told(roomier, same) == (f"standard ({roomier.fingerprint})", f"standard ({same.fingerprint})")
    assert told(quiet, same) == ("quiet", "standard")


def test_the_summary_says_where_the_table_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal: the options that write it."""
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    with open_log(url) as log:
        log.append(simple().events, received_at=START)
    assert cli.main(["replay", "--log", url, "--policy", str(STANDARD), "--against", str(STANDARD), "--quiet"]) == 0
    last = capsys.readouterr().out.strip().splitlines()[-1]
    assert "--out" in last
    assert "--json" in last
