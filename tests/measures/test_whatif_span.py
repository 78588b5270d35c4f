"""What a replay says where it cannot decide: nobody on duty, no such span; and in which zone its times are meant."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec
import pytest

from deskkit import cli
from deskkit.desk import events as e
from deskkit.desk.policy import Policy
from deskkit.errors import MeasureError
from deskkit.log import open_log
from deskkit.measures import whatif
from deskkit.measures.summary import NOBODY
from tests.measures.diary import START, Diary
from tests.measures.lived import lived_log
from tests.measures.test_whatif import facts_of

if TYPE_CHECKING:
    from pathlib import Path

    from deskkit.log import EventLog

STANDARD = "data/policies/standard.toml"
QUIET = "data/policies/quiet.toml"
PEOPLE = (e.AgentSet, e.PresenceSet)
SHOP = Policy.load(STANDARD)


def lived_facts(seed: int) -> list[e.Event]:
    """Return the facts of a random day, no two at the same instant: of these, none comes first."""
    found = (stored.event for stored in facts_of(lived_log(SHOP, seed)).read())
    return [msgspec.structs.replace(event, at=event.at + n) for n, event in enumerate(found)]


def logged(facts: list[e.Event]) -> EventLog:
    """Return a log of facts alone."""
    log = open_log("memory:")
    log.append(facts, received_at=facts[-1].at)
    return log


def unstaffed() -> Diary:
    """Return a conversation in which nobody is known to have been there, in the morning of 2026-06-18 in Shanghai."""
    diary = Diary().opened(0, "a").asks(1, "a", "我要投诉你们").asks(3_000, "a", "有人吗")
    return diary.says(3_600, "a", "chen")


@pytest.mark.parametrize("seed", range(3))
def test_a_roster_told_later_is_as_good_as_one_told_before(seed: int) -> None:
    """In a log of facts alone the people stand at their own time: the same differences, whenever they were told."""
    facts = lived_facts(seed)
    behind = sorted(facts, key=lambda fact: isinstance(fact, PEOPLE))
    assert behind != facts
    before, later = (whatif.replay(logged(one), Policy.load(QUIET), against=SHOP) for one in (facts, behind))
    assert later.differences.rows() == before.differences.rows()
    assert later.summary == before.summary
    assert before.summary.notes == ()
    assert before.summary.notices[0] > 0


def test_what_a_roster_says_of_an_agent_goes_before_what_an_import_guessed() -> None:
    """The import met the agent at noon; the roster, told later, speaks of the whole day."""
    diary = unstaffed().add(e.AgentSet, 2_000, agent="chen", groups=("guess",))
    diary.add(e.AgentSet, 0, agent="chen", groups=("presales",)).presence(0, "chen")
    desk = whatif.Redecider(SHOP, acts=True)
    for _ in whatif._Walk(diary.log, [desk], start=None, until=None, whole=True, progress=None):  # noqa: SLF001
        pass
    assert desk.desk.profiles["chen"].groups == ("presales",)


def test_without_anybody_on_duty_the_reason_and_the_way_out_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As text, in two languages, and as a note of the JSON; with somebody there nothing is noted."""
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    with open_log(url) as log:
        log.append(unstaffed().events, received_at=START)
    command = ["replay", "--log", url, "--policy", QUIET, "--against", STANDARD, "--quiet"]
    assert cli.main([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["notes"] == [NOBODY]
    assert cli.main(command) == 0
    assert f"Note: {NOBODY}" in capsys.readouterr().out
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DESKKIT_LANG", "zh")
        assert cli.main(command) == 0
    assert "名册" in capsys.readouterr().out
    with open_log(url) as log:
        log.append([e.PresenceSet(at=START, source="roster", source_id="1", agent="lin", presence="online")],
                   received_at=START)  # fmt: skip
    assert cli.main([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["notes"] == []


@pytest.mark.parametrize(
    ("span", "says"),
    [
        (["--from", "2027-01-01"], "The log ends before the period begins"),
        (["--to", "2026-06-17"], "The log begins after the period has ended"),
        (["--from", "2026-06-18T08:10", "--to", "2026-06-18T08:20"], "The log holds nothing of this period"),
        (["--from", "2026-06-18T09:00", "--to", "2026-06-18T08:00"], "The period ends before it begins"),
    ],
)
def test_a_span_of_nothing_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], span: list[str], says: str
) -> None:
    """What the log covers is named in the zone of the policy, with a corrected example; the status is 2."""
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    with open_log(url) as log:
        log.append(unstaffed().events, received_at=START)
    command = ["replay", "--log", url, "--policy", QUIET, "--against", STANDARD, "--quiet"]
    assert cli.main([*command, *span]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert "2026-06-18 08:00:00 to 2026-06-18 09:00:00 (Asia/Shanghai)" in said
    assert "Hint: --from 2026-06-18 --to 2026-06-19" in said
    assert cli.main([*command, "--from", "2026-06-18", "--to", "2026-06-19"]) == 0, "the example is one"
    assert "2026-06-18 00:00:00 – 2026-06-18 09:00:00 (Asia/Shanghai)" in capsys.readouterr().out


def test_a_span_before_the_first_decision_is_refused() -> None:
    """Compared with what the log decided, there is nothing before its first policy."""
    diary = unstaffed().add(e.PolicyChanged, 3_000, text=SHOP.text, fingerprint=SHOP.fingerprint)
    diary.events.sort(key=lambda event: event.at)
    with pytest.raises(MeasureError, match=r"Nothing was decided in this log by then.*00:50:00 to 2026-06-18 01:00:00"):
        whatif.replay(diary.log, SHOP, until=START + 60_000)
    assert whatif.replay(diary.log, SHOP).summary.facts == 2


def test_an_empty_log_has_no_span_to_refuse() -> None:
    """Of nothing there is nothing to say."""
    assert whatif.replay(open_log("memory:"), SHOP, against=SHOP, start=5).summary.notes == ()
