"""`deskkit demo` on a log that it lived in before, and what is refused or said before there is one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deskkit.cli import main
from deskkit.desk.events import AgentSet, ConversationOpened
from deskkit.log import open_log

if TYPE_CHECKING:
    from collections.abc import Sequence

SMALL = "data/scenarios/small.toml"
RUSH = "data/scenarios/rush.toml"


@pytest.fixture(autouse=True)
def handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the handlers of signals as the tests have them."""
    monkeypatch.setattr("signal.signal", lambda *_: None)


def lived(log_url: str, *more: str) -> int:
    """Let a demo live for a moment."""
    return main(["demo", "--log", log_url, "--for", "0.001", "--speed", "10", *more])


def who(log_url: str) -> tuple[set[str], int]:
    """Return the agents of a log, and how many conversations began."""
    with open_log(log_url) as log:
        events = [stored.event for stored in log.read(kinds=[AgentSet, ConversationOpened])]
    agents = {event.agent for event in events if isinstance(event, AgentSet)}
    return agents, sum(isinstance(event, ConversationOpened) for event in events)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--seed", "8"], "--seed 7, or none"),
        (["--scenario", RUSH], 'its own, "small", or none'),
        (["--at", "11:00"], "It goes on where the log ends"),
    ],
)
def test_a_desk_goes_on_with_its_own_people(
    more: Sequence[str], said: str, log_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a word, or with the same words again; others are refused, and nothing is written."""
    assert lived(log_url, "--seed", "7", "--scenario", SMALL, "--at", "10:10") == 0
    before = who(log_url)
    assert before[1] > 0
    capsys.readouterr()
    assert lived(log_url, *more) == 2
    assert said in capsys.readouterr().err
    assert who(log_url) == before
    for same in ([], ["--seed", "7"], ["--scenario", SMALL]):
        assert lived(log_url, *same) == 0
    assert who(log_url)[0] == before[0]
    with open_log(log_url) as log:
        assert log.verify().ok


@pytest.mark.parametrize("at", ["25:00", "10:60", "nonsense", "", "24:00", "10:30+05:00", "2026-01-01", "٠٩:٣٠"])
def test_what_is_no_hour_is_refused_before_there_is_a_log(
    at: str, log_url: str, log_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the name of its option."""
    assert lived(log_url, "--at", at) == 2
    assert "--at: This is no hour." in capsys.readouterr().err
    assert not log_path.exists()


def test_a_scenario_that_does_not_fit_the_policy_is_refused_before_there_is_a_log(
    log_url: str, log_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the line of its file; a seed that another one would repeat likewise."""
    path = tmp_path / "mine.toml"
    path.write_text(Path(SMALL).read_text(encoding="utf-8").replace('"presales"', '"presale"'), encoding="utf-8")
    assert lived(log_url, "--scenario", str(path)) != 0
    assert "mine.toml, line" in capsys.readouterr().err
    assert lived(log_url, "--seed", str(1 << 31)) == 2
    assert "--seed: This is no seed." in capsys.readouterr().err
    assert not log_path.exists()


def test_it_says_how_to_take_part_as_somebody_whom_notices_reach(
    log_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the first supervisor of whatever scenario lives there."""
    assert lived(log_url, "--scenario", SMALL, "--at", "10:10") == 0
    assert 'me="lead"' in capsys.readouterr().err
    assert "lead" in who(log_url)[0]


@pytest.mark.parametrize(("at", "times"), [("20:00", 1), ("10:10", 0)])
def test_it_says_that_nobody_will_come(at: str, times: int, log_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In the evening of a scenario of a morning; in the morning itself nothing is said."""
    assert lived(log_url, "--scenario", SMALL, "--at", at) == 0
    assert capsys.readouterr().err.count("nobody comes before") == times
