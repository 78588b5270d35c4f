"""What commands print and write holds no number, in words, as JSON and in files, unless asked for by name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from deskkit import cli
from deskkit.log import open_log
from deskkit.privacy import mask_values
from tests.measures.diary import START, Diary
from tests.views.little import STANDARD

if TYPE_CHECKING:
    from pathlib import Path

PHONE = "13800138000"
HIDDEN = "\u200b".join(PHONE)


@pytest.fixture
def told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """Return the address of a log whose agent, conversation and tag are called by a number, and a policy's file."""
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    diary = Diary().presence(0, f"陈{PHONE}").presence(0, HIDDEN)
    for n, agent in enumerate((f"陈{PHONE}", HIDDEN)):
        name = f"会话{n} {PHONE}"
        diary.opened(1, name, customer=f"李{PHONE}").asks(2, name).owner(3, name, agent).says(20, name, agent)
        diary.asks(30, name, "我要投诉，马上退款").asks(900, name, "还在吗")
    with open_log(url) as log:
        log.append(diary.events, received_at=START)
    policy = tmp_path / "mine.toml"
    policy.write_text(STANDARD.text.replace("name = ", f'name = "{PHONE}" # ', 1), encoding="utf-8")
    return url, str(policy)


REPORTS = (
    ["--by", "agent"],
    ["--measure", "first_response"],
    ["--by", "agent", "--versus", "2026-06-17", "2026-06-19"],
)


@pytest.mark.parametrize("options", REPORTS, ids=" ".join)
def test_reports(told: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str]) -> None:
    """A report by agent, of one measure and of two periods shows tokens; with --unmasked the numbers."""
    command = ["report", "--log", told[0], *options]
    for form in ([], ["--json", "--out", str(tmp_path / "a.csv")]):
        assert cli.main([*command, *form]) == 0
        said = capsys.readouterr().out.replace("\u200b", "").replace("⟦U+200B⟧", "")
        assert (PHONE in said, "[phone]" in said) == (False, True)
    assert PHONE not in (tmp_path / "a.csv").read_text("utf-8")
    assert cli.main([*command, "--json", "--unmasked", "--out", str(tmp_path / "a.csv")]) == 0
    said = capsys.readouterr().out
    assert PHONE in said
    assert "[phone]" not in said
    assert (PHONE in (tmp_path / "a.csv").read_text("utf-8")) == ("--by" in options)
    json.loads(said)


def test_replays(told: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What another policy would have decided names nobody by a number, nor the policy; with --unmasked it does."""
    url, policy = told
    command = ["replay", "--log", url, "--policy", policy, "--against", "data/policies/peak.toml", "--quiet"]
    for form in ([], ["--json", "--out", str(tmp_path / "a.csv")]):
        assert cli.main([*command, *form]) == 0
        said = capsys.readouterr().out
        assert PHONE not in said
        assert form == [] or "[phone]" in said
    assert PHONE not in (tmp_path / "a.csv").read_text("utf-8")
    assert cli.main([*command, "--json", "--unmasked", "--out", str(tmp_path / "a.csv")]) == 0
    found = json.loads(capsys.readouterr().out)
    assert PHONE in found["examples"][0]["conversation"]
    assert PHONE in (tmp_path / "a.csv").read_text("utf-8")


def test_names_of_fields_masked_alike_stay_apart() -> None:
    """No value is lost where two names of fields become the same token; what is no text stays as it is."""
    value = {PHONE: [1, None, (True, 2.5)], "13900139000": {"a": f"call {PHONE}"}, 3: int(PHONE)}
    assert mask_values(value, language="en") == {
        "[phone]": [1, None, [True, 2.5]], "[phone] (2)": {"a": "call [phone]"}, 3: int(PHONE),
    }  # fmt: skip
