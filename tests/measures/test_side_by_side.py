"""Two periods side by side: which is which, of how many, and whether they are as long; and a log without anything."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from deskkit import cli
from deskkit.locale import translator
from deskkit.log import open_log
from deskkit.measures import report
from deskkit.measures.asked import Question, as_dict, as_text, asked
from deskkit.measures.printing import signed
from tests.measures.diary import START, Diary

if TYPE_CHECKING:
    from pathlib import Path

    from deskkit.measures.asked import Asked

DAY_S = 86_400
ENDS = "The log ends 2026-06-19 12:00 (UTC); the two spans are of unequal length, so counts cannot be compared."
UNEQUAL = "The two spans are of unequal length, so counts cannot be compared."


def over(period: tuple[str | None, str | None], versus: tuple[str, str]) -> Asked:
    """Compare two periods of a log that goes from the 18th to noon of the 19th."""
    diary = Diary()
    for name, at in (("a", 0), ("b", 60), ("c", DAY_S)):
        diary.opened(at, name).asks(at, name).says(at + 20, name, "chen")
    diary.presence(1.5 * DAY_S, "chen", "offline")
    return asked(diary.log, Question(measures=("missed", "reply_time"), period=period, versus=versus))


@pytest.mark.parametrize(("period", "versus", "note"), [
    (("2026-06-19", "2026-06-20"), ("2026-06-18", "2026-06-19"), ENDS),
    (("2026-06-18", "2026-06-19"), ("2026-06-19", "2026-06-20"), ENDS),
    (("2026-06-19", None), ("2026-06-18", "2026-06-19"), UNEQUAL),
    (("2026-06-19", "2026-06-20"), ("2026-06-18", "2026-06-18T12:00"), ""),
    (("2026-06-18T12:00", "2026-06-19"), ("2026-06-18", "2026-06-18T12:00"), ""),
])  # fmt: skip
def test_periods_of_unequal_length_are_noted(
    period: tuple[str, str | None], versus: tuple[str, str], note: str
) -> None:
    """As far as the log goes; in the text and the JSON, and nowhere where they are alike."""
    found = over(period, versus)
    told = json.loads(json.dumps(as_dict(found)))["notes"]
    assert [one for one in (ENDS, UNEQUAL) if one in told] == ([note] if note else [])
    assert [one for one in (ENDS, UNEQUAL) if one in as_text(found)] == ([note] if note else [])


def test_the_text_says_which_period_is_the_other_and_of_how_many() -> None:
    """Each side has the number it counts; the other period stands below the first."""
    text = as_text(over(("2026-06-19", "2026-06-20"), ("2026-06-18", "2026-06-19"))).splitlines()
    assert text[0].startswith("2026-06-19 00:00 to 2026-06-20 00:00 (UTC)")
    assert text[1] == 'Compared with ("other"): 2026-06-18 00:00 to 2026-06-19 00:00'
    heads = next(line.split() for line in text if "difference" in line)
    assert heads == ["this", "n", "other", "n", "difference"]
    row = next(line.split() for line in text if line.startswith("reply_time"))
    assert row == ["reply_time", "20.0", "s", "1", "20.0", "s", "2", "0.00", "s"]


def test_what_is_shown_as_nothing_has_no_sign() -> None:
    """A difference too small to be seen is neither more nor less; one that is seen has its sign."""
    assert [signed(one, "share") for one in (-0.0004, 0.0004, -0.0)] == ["0.0 pts"] * 3
    assert (signed(-0.0006, "share"), signed(-4.0, "ms"), signed(0.004, "mean")) == ("-0.1 pts", "0.00 s", "0.00")


def test_an_empty_log_is_said_to_be_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No line of zeros and no 1970, in text and JSON, broken down too; a log with one event has its numbers."""
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    with open_log(url) as log:
        assert str(report(log, by="agent")) == "The log is empty."
        assert translator("zh")("The log is empty.") == "日志为空。"
    assert cli.main(["report", "--log", url]) == 0
    assert capsys.readouterr().out.strip() == "The log is empty."
    assert cli.main(["report", "--log", url, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["begin"], told["end"], told["notes"][-1]) == (None, None, "The log is empty.")
    with open_log(url) as log:
        log.append(Diary().presence(0, "chen").events, received_at=START)
    assert cli.main(["report", "--log", url]) == 0
    assert "agent_hours" in (text := capsys.readouterr().out)
    assert "The log is empty." not in text
