"""The wallboard beside the desk and as a page: it waits for nobody, says how old it is, and only looks."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from typing import TYPE_CHECKING, Any

import pytest

from deskkit import views
from deskkit.clock import ManualClock
from deskkit.desk import events
from deskkit.log import open_log
from deskkit.measures import report
from deskkit.measures.printing import printed, printed_figure, shown
from deskkit.measures.wall import NOW, TODAY, day_of
from deskkit.views.desk.reckoner import Beside, Here, reckoner
from deskkit.views.desk.wallboard import Wallboard, look, source
from deskkit.views.desk.wallwords import axis
from deskkit.views.words import Words
from tests.patience import wait_until
from tests.views.browser import Browser
from tests.views.little import HOSTILE, MINUTE, STANDARD, little_log, little_view
from tests.views.little import NOW as AT

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from deskkit.log import EventLog
    from deskkit.views import DeskView
    from deskkit.views.desk.reckoner import Reckoner


class Screen:
    """Takes what a wallboard sends."""

    def __init__(self, wallboard: Wallboard) -> None:
        self.sent: list[dict[str, Any]] = []
        self.wallboard = wallboard
        wallboard.widget.send = lambda message, **_kwargs: self.sent.append(json.loads(json.dumps(message)))
        wallboard.hear({"type": "hello"})

    def last(self, kind: str) -> dict[str, Any]:
        """Return the last message of a kind."""
        return next(one for one in reversed(self.sent) if one["type"] == kind)

    @property
    def tiles(self) -> dict[str, dict[str, Any]]:
        """The tiles that are shown, by measure."""
        return {one["k"]: one for section in self.last("wall")["sections"] for one in section["tiles"]}


def beside(view: DeskView) -> Screen:
    """Bring the wallboard of a desk to the front."""
    side = view.sides["wallboard"]
    assert isinstance(side, Wallboard)
    screen = Screen(side)
    view.hear({"type": "front", "page": "", "at": 1 + list(view.sides).index("wallboard")})
    view.catch_up()
    return screen


# ---------------------------------------------------------------- beside the desk


def test_the_numbers_of_the_desk_are_those_of_the_report() -> None:
    """Each tile shows the report's number, with its unit, target, and by sign and word whether that is missed."""
    view = little_view()
    tiles = beside(view).tiles
    assert list(tiles) == [*NOW, *TODAY]
    found = report(view.driver.log, now=AT, begin=day_of(AT, "Asia/Shanghai"))
    assert found["oldest_wait"].value == 20 * MINUTE
    oldest = tiles["oldest_wait"]
    assert (oldest["value"], oldest["parts"], oldest["brief"]) == ("20:00", [["20:00", "min"]], "target ≤ 5:00")
    assert (oldest["mark"], oldest["sign"], oldest["word"]) == ("missed", "▲", "target missed")
    assert (tiles["waiting"]["value"], tiles["waiting"]["mark"], tiles["waiting"]["word"]) == ("1", "met", "on target")
    assert (tiles["csat"]["value"], tiles["csat"]["mark"], tiles["csat"]["word"]) == ("-", "none", "nothing yet")
    assert tiles["assigned"]["word"] == tiles["assigned"]["brief"] == ""
    assert ["Counts", "open conversations whose customer waits"] in oldest["defined"]


def test_a_wait_that_goes_on_has_as_many_seconds_as_in_the_list() -> None:
    """Nine tenths of a second do not make a further one: the list beside it counts whole seconds too."""
    view = little_view(clock=ManualClock(AT + 900))
    oldest = beside(view).tiles["oldest_wait"]
    assert oldest["goal"] == 5 * MINUTE
    assert oldest["value"] == "20:00"


def test_the_report_and_the_groups_round_a_wait_as_the_wallboard_does() -> None:
    """Tile, group, list behind and printed report say the same of one instant; a mean is rounded as ever."""
    view = little_view(clock=ManualClock(AT + 900))
    screen = beside(view)
    found = report(view.driver.log, now=AT + 900, measures=["oldest_wait"], by="group")
    assert found["oldest_wait"].value == 20 * MINUTE + 900
    cells = [cell for row in screen.last("wall")["groups"]["rows"] for cell in row["cells"]]
    assert "20:00" in {cell["value"] for cell in cells if cell["k"] == "oldest_wait"}
    screen.wallboard.hear({"type": "behind", "measure": "oldest_wait"})
    view.catch_up()
    assert "20:00" in screen.last("behind")["rows"][0]["about"]
    assert "20:01" not in json.dumps(screen.sent)
    for said in (printed(found), printed_figure(found["oldest_wait"])):
        assert "20:00" in said
        assert "20:01" not in said
    assert shown(20 * MINUTE + 900, "ms") == "20:01"  # the control


def test_what_a_tile_counts_has_its_measure_word() -> None:
    """In Chinese 个 or 位 stands between number and word, in the list behind it once; in English one is no several."""
    view = little_view(language="zh")
    screen = beside(view)
    assert screen.tiles["oldest_wait"]["of"] == "2 个会话"
    assert screen.tiles["occupancy_assigned"]["of"].endswith(" 位客服")
    screen.wallboard.hear({"type": "behind", "measure": "pending"})
    view.catch_up()
    assert screen.last("behind")["text"] == "此数字背后：2 个会话"
    assert Words("en").counted(1, "conversations") == "1 conversation"


def test_a_number_opens_what_is_behind_it_at_the_desk() -> None:
    """The list names customers and agents; a press on one brings the desk to the front with that conversation."""
    view = little_view()
    screen = beside(view)
    screen.wallboard.hear({"type": "behind", "measure": "pending"})
    view.catch_up()
    behind = screen.last("behind")
    assert [row["id"] for row in behind["rows"]] == ["c2", "c1"]  # the longest first
    assert (behind["rows"][1]["title"], behind["rows"][1]["opens"]) == ("张伟", True)
    assert behind["text"] == "2 conversations behind this number"
    assert "\u202e" not in json.dumps(behind, ensure_ascii=False)  # a hostile name is drawn, not obeyed
    assert behind["rows"][0]["title"].startswith(HOSTILE[:6])
    browser = Browser(view)
    screen.wallboard.hear({"type": "open", "id": "c2"})
    assert '"type": "open"' in browser.sent[-1]


def test_what_a_browser_cannot_ask_is_passed_over() -> None:
    """Nonsense from a browser changes and breaks nothing."""
    view = little_view()
    screen = beside(view)
    for message in ({}, {"type": "behind"}, {"type": "behind", "measure": 5, "group": ["x"]}, {"type": "open"}):
        screen.wallboard.hear(message)
    view.catch_up()
    assert [one["type"] for one in screen.sent if one["type"] == "behind"] == []
    assert screen.wallboard.door.refused == 4
    assert view.faults == 0


def test_a_view_that_follows_nothing_answers_when_it_is_asked(log_url: str) -> None:
    """On history no loop looks at the log: the browser asks again, and gets the numbers once, then beats."""
    view = little_view(log=little_log(log=open_log(log_url)))
    screen = beside(view)
    assert screen.last("wall")["sections"] == []
    assert screen.last("wall")["labels"]["starting"] == "Working out the numbers …"

    def again() -> bool:
        screen.wallboard.hear({"type": "hello", "again": True})
        return len(screen.last("wall")["sections"]) > 0

    wait_until(again)
    boards = sum(one["type"] == "wall" for one in screen.sent)
    wait_until(lambda: again() and screen.sent[-1]["type"] == "beat")
    assert sum(one["type"] == "wall" for one in screen.sent) == boards


def test_it_speaks_as_the_desk_does() -> None:
    """The desk's switch turns the wallboard to Chinese."""
    view = little_view()
    screen = beside(view)
    view.hear({"type": "language", "language": "zh"})
    view.catch_up()
    assert screen.tiles["oldest_wait"]["word"] == "未达标"
    assert screen.last("wall")["labels"]["title"] == "看板"
    assert "看板" in view.widget.titles
    assert screen.last("wall")["languages"] == []
    seconds = re.compile(r"[0-9.]+ [sh]\b")
    assert not seconds.findall(json.dumps(screen.last("wall"), ensure_ascii=False)), "a unit in English"
    assert any("秒" in beside for tile in screen.tiles.values() for _, beside in tile["parts"])


class Counting:
    """Answers at once, and counts what it is asked."""

    def __init__(self, took_ms: int) -> None:
        self.asked: list[dict[str, Any]] = []
        self.is_busy = False
        self.took_ms = took_ms
        self._here = Here(little_log())
        self.says = ""

    def ask(self, question: dict[str, Any]) -> None:
        """Take a question."""
        self.asked.append(question)
        self._here.ask(question)

    def heard(self) -> list[dict[str, Any]]:
        """Return the answers, or that it failed."""
        found = [one | {"took_ms": self.took_ms} for one in self._here.heard()]
        return [{"is": "fault", "text": self.says} for _ in found] if self.says else found

    def close(self) -> None:
        """Answer no more."""
        self._here.close()


def counted(log: EventLog, *, took_ms: int = 10) -> tuple[Counting, Screen]:
    """Return who is asked, and the screen of a wallboard whose numbers it works out."""
    wallboard = Wallboard(log)
    counting = Counting(took_ms)
    wallboard.reckoner = counting
    return counting, Screen(wallboard)


def test_it_is_worked_out_when_something_happened_and_not_before_it_is_due() -> None:
    """Asked ten times a second it works out one board, then none until the pause is over; a beat says it lives."""
    log = little_log()
    counting, screen = counted(log)
    say = Words("en")
    for real in range(0, 5_000, 100):
        screen.wallboard.draw(say=say, at=AT, speed=1.0, real=real)
    assert len(counting.asked) == 1
    assert sum(one["type"] == "beat" for one in screen.sent) == 2
    screen.wallboard.draw(say=say, at=AT, speed=1.0, real=5_100)
    assert len(counting.asked) == 1  # nothing happened, and no time passed
    log.append([events.PeakSet(at=AT, source="t", source_id="x", on=True)], received_at=AT)
    screen.wallboard.draw(say=say, at=AT, speed=1.0, real=10_200)
    assert [one["do"] for one in counting.asked] == ["board", "board"]
    screen.wallboard.draw(say=say, at=AT + 1_000, speed=1.0, real=11_300, anyway=True)
    assert len(counting.asked) == 3  # something was just done


def test_a_board_that_took_long_is_made_rarely() -> None:
    """It works a quarter of the time at most."""
    counting, screen = counted(little_log(), took_ms=3_000)
    for real in range(0, 25_000, 1_000):
        screen.wallboard.draw(say=Words("en"), at=AT + real, speed=1.0, real=real)
    assert len(counting.asked) == 3
    assert screen.last("wall")["every_ms"] == 12_000


def test_a_fault_is_said_and_goes() -> None:
    """While the numbers cannot be worked out the board says so, and shows what it knew."""
    counting, screen = counted(little_log())
    screen.wallboard.draw(say=Words("en"), at=AT, speed=1.0, real=0)
    counting.says = "locked"
    screen.wallboard.draw(say=Words("en"), at=AT + 6_000, speed=1.0, real=6_000)
    assert screen.last("wall")["fault"] == "The numbers cannot be worked out now: locked"
    assert screen.tiles["waiting"]["value"] == "1"
    counting.says = ""
    screen.wallboard.draw(say=Words("en"), at=AT + 6_000, speed=0.0, real=12_000)
    assert screen.last("wall")["fault"] == ""


# ---------------------------------------------------------------- in a process of its own


def hear(reckoner: Reckoner, heard: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put what was answered to what was heard before."""
    heard += reckoner.heard()
    return heard


def test_a_process_answers_and_the_kernel_does_not_wait(log_url: str) -> None:
    """A log in a file is measured elsewhere: to ask takes no answer, the answer comes, and it is the same."""
    log = little_log(log=open_log(log_url))
    beside = reckoner(log)
    beside.ask({"do": "board", "now": AT})
    assert beside.is_busy
    heard: list[dict[str, Any]] = []
    wait_until(lambda: bool(hear(beside, heard)))
    here = reckoner(little_log())
    here.ask({"do": "board", "now": AT})
    (mine,) = here.heard()
    assert heard[0]["tiles"] == json.loads(json.dumps(mine["tiles"]))
    assert not beside.is_busy


def test_a_process_that_cannot_start_says_why_and_is_started_again(tmp_path: Path) -> None:
    """Without a log it answers with its own words; once there is one, the next question is answered."""
    url = f"sqlite:///{tmp_path / 'late.db'}"
    beside = Beside(url)
    heard: list[dict[str, Any]] = []
    beside.ask({"do": "board", "now": AT})
    wait_until(lambda: bool(hear(beside, heard)))
    assert heard[0]["is"] == "fault"
    assert "late.db" in heard[0]["text"]
    little_log(log=open_log(url)).close()
    beside.ask({"do": "board", "now": AT})
    wait_until(lambda: len(hear(beside, heard)) > 1)
    assert heard[1]["is"] == "board"


def test_a_process_that_was_killed_is_followed_by_another(
    log_url: str, processes: list[subprocess.Popen[bytes]]
) -> None:
    """Killed between two questions: the next one is answered by a fault, and the one after that by numbers."""
    wallboard = Wallboard(little_log(log=open_log(log_url)))
    screen = Screen(wallboard)
    wallboard.reckoner = beside = Beside(log_url)
    steps = iter(range(0, 1_000_000, 10_000))

    def drawn(is_so: Callable[[dict[str, Any]], bool]) -> bool:
        real = next(steps)
        wallboard.draw(say=Words("en"), at=AT + real, speed=1.0, real=real)
        wait_until(lambda: not beside.is_busy or bool(beside._answers))  # noqa: SLF001 -- not yet heard
        return is_so(screen.last("wall"))

    wait_until(lambda: drawn(lambda board: bool(board["sections"]) and not board["fault"]))
    os.kill(processes[-1].pid, signal.SIGKILL)
    processes[-1].wait()
    wait_until(lambda: drawn(lambda board: board["fault"] != ""))
    assert screen.last("wall")["fault"] == "The numbers cannot be worked out now: exit status -9"
    assert screen.tiles["waiting"]["value"] == "1"  # what was known is shown on, as old as it is
    assert screen.last("wall")["age_ms"] > 0
    wait_until(lambda: drawn(lambda board: not board["fault"]))
    assert screen.last("wall")["age_ms"] == 0
    assert len(processes) == 2


def test_half_an_answer_is_none(log_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that dies in the middle of its answer is a fault; another one answers the next question."""
    little_log(log=open_log(log_url)).close()
    program = tmp_path / "half.sh"
    program.write_text('#!/bin/sh\nread question\nprintf \'{"is": "bo\'\n', encoding="utf-8")
    program.chmod(0o755)
    beside = Beside(log_url)
    heard: list[dict[str, Any]] = []
    with monkeypatch.context() as patched:
        patched.setattr(sys, "executable", str(program))
        beside.ask({"do": "board", "now": AT})
        wait_until(lambda: bool(hear(beside, heard)))
    assert heard == [{"is": "fault", "text": "exit status 0"}]
    beside.ask({"do": "board", "now": AT})
    wait_until(lambda: len(hear(beside, heard)) > 1)
    assert heard[1]["is"] == "board"


def test_a_question_that_cannot_be_written_is_refused_alone(log_url: str) -> None:
    """Half of a character stops whoever asks with it, and nothing that is asked after it."""
    beside = Beside(little_log(log=open_log(log_url)).url)
    with pytest.raises(UnicodeEncodeError):
        beside.ask({"do": "behind", "measure": "\ud83d"})
    assert not beside.is_busy
    beside.ask({"do": "board", "now": AT})
    heard: list[dict[str, Any]] = []
    wait_until(lambda: bool(hear(beside, heard)))
    assert heard[0]["is"] == "board"


# ---------------------------------------------------------------- as a page


def test_the_page_only_looks(log_url: str) -> None:
    """It opens a log to read, takes no lease, wants no driver, and writes nothing; nothing on it opens."""
    little_log(log=open_log(log_url)).close()
    with open_log(log_url, create=False, read_only=True) as log:
        before = (log.last_seq(), log.lease())
        view = views.wallboard(log, language="zh", large=True)
        screen = Screen(view.board)
        wait_until(lambda: view.catch_up() and bool(screen.last("wall").get("asof")))
        assert screen.last("wall")["asof"] == "截至 02:28:00"  # no driver: it stands where the log ends
        assert (screen.last("wall")["large"], screen.last("wall")["still"]) == (True, True)
        view.board.hear({"type": "behind", "measure": "pending"})
        wait_until(lambda: view.catch_up() and any(one["type"] == "behind" for one in screen.sent))
        assert [(row["id"], row["opens"]) for row in screen.last("behind")["rows"]] == [("c2", False), ("c1", False)]
        view.board.hear({"type": "language", "language": "en"})
        assert (view.language, screen.last("wall")["asof"]) == ("en", "as of 02:28:00")
        assert (log.last_seq(), log.lease()) == before
    assert repr(views.wallboard(little_log(), clock=ManualClock(AT))).startswith("WallView(")


# ---------------------------------------------------------------- words, marks, files


@pytest.mark.parametrize("largest", [0.01, 1, 3, 17, 99, 1e6])
@pytest.mark.parametrize("unit", ["ms", "count", "mean", "share", "per hour"])
def test_an_axis_holds_what_is_drawn(unit: str, largest: float) -> None:
    """It begins at nothing, ends beyond the largest value, and has few marks, all different."""
    value = min(largest, 1) if unit == "share" else largest * 1_000 if unit == "ms" else largest
    marks = axis([None, 0, value], unit)
    assert marks[0]["at"] == 0
    assert marks[-1]["at"] >= value
    assert 2 <= len(marks) <= 5
    assert len({mark["text"] for mark in marks}) == len(marks)


def test_the_browser_half_has_no_words_and_no_markup() -> None:
    """No sink of markup, and no text of its own: each letter on screen comes from the kernel."""
    for sink in ("innerHTML", "outerHTML", "insertAdjacentHTML", "eval("):
        assert sink not in source()
    assert "://" not in source().replace('"http://www.w3.org/2000/svg"', "")
    assert "url(" not in look()
    assert STANDARD.schema.wallboard.targets
