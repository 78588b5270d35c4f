"""The processes that work for wallboards end with those who ask: closed, gone from every page, or made anew."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from deskkit import views
from deskkit.clock import ManualClock
from deskkit.log import open_log
from deskkit.views import following
from deskkit.views.desk import reckoner as reckoners
from deskkit.views.desk.reckoner import Beside
from deskkit.views.desk.wallboard import GONE_MS, Wallboard
from deskkit.views.words import Words
from tests.patience import wait_until
from tests.views.little import MINUTE, little_log, little_view
from tests.views.little import NOW as AT

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    import pytest

    from deskkit.views import DeskView


def is_over(process: subprocess.Popen[bytes]) -> bool:
    """Say whether a process has ended and was waited for: its end is known here."""
    return process.returncode is not None


def answered(one: Beside, question: dict[str, Any]) -> dict[str, Any]:
    """Ask, and wait for the answer."""
    one.ask(question)
    heard: list[dict[str, Any]] = []

    def is_heard() -> bool:
        heard.extend(one.heard())
        return bool(heard)

    wait_until(is_heard)
    return heard[0]


def test_wallboards_of_a_log_share_one_process(log_url: str, processes: list[subprocess.Popen[bytes]]) -> None:
    """It is there until the last of them is closed; whoever asks after that has another."""
    little_log(log=open_log(log_url)).close()
    one, other = Beside(log_url), Beside(log_url)
    for each in (one, other):
        assert answered(each, {"do": "board", "now": AT})["is"] == "board"
    assert len(processes) == 1
    one.close()
    assert answered(other, {"do": "board", "now": AT})["is"] == "board"  # the control
    other.close()
    wait_until(lambda: is_over(processes[0]))
    assert answered(one, {"do": "board", "now": AT})["is"] == "board"
    assert len(processes) == 2
    one.close()


def test_two_views_of_one_process_see_what_is_behind_their_own_board(log_url: str) -> None:
    """One stands at 10:30, the other an hour later: what lies behind a number is that of who asks."""
    little_log(log=open_log(log_url)).close()
    one, other = Beside(log_url), Beside(log_url)
    early = answered(one, {"do": "board", "now": AT})
    late = answered(other, {"do": "board", "now": AT + 60 * MINUTE})
    longest = [board["tiles"]["oldest_wait"]["value"] for board in (early, late)]
    assert longest == [20 * MINUTE, 80 * MINUTE]
    for each, board, ms in ((one, early, longest[0]), (other, late, longest[1]), (one, early, longest[0])):
        asked = {"do": "behind", "measure": "oldest_wait", "now": board["now"], "zone": board["zone"]}
        assert answered(each, asked)["rows"][0]["ms"] == ms


def test_a_process_that_nobody_asks_ends(
    log_url: str, processes: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As that of a still desk whose cell was run again; a press on a number of it, later, is answered all the same."""
    little_log(log=open_log(log_url)).close()
    monkeypatch.setattr(reckoners, "REST_S", 0)
    monkeypatch.setattr(reckoners, "REST_SHARE", 0)
    one = Beside(log_url)
    board = answered(one, {"do": "board", "now": AT})
    wait_until(lambda: is_over(processes[0]))
    found = answered(one, {"do": "behind", "measure": "waiting", "now": AT, "zone": board["zone"]})
    assert [row["conversation"] for row in found["rows"]] == ["c1"]
    assert len(processes) == 2


def shown(log_url: str) -> tuple[DeskView, Wallboard]:
    """Open a desk as a cell does, and its wallboard as a page does; wait until it has numbers."""
    view = little_view(log=open_log(log_url))
    side = view.sides["wallboard"]
    assert isinstance(side, Wallboard)
    view.hear({"type": "hello", "seq": None})
    side.hear({"type": "hello"})
    view.hear({"type": "front", "page": "p", "at": 1 + list(view.sides).index("wallboard")})
    wait_until(lambda: view.catch_up() and side._board)  # noqa: SLF001
    return view, side


def test_a_cell_that_is_run_again_and_again_leaves_no_process(
    tmp_path: Path, processes: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five times, each with a log of its own and each view kept, as a notebook does: at the end none is there."""
    monkeypatch.setattr(reckoners, "REST_S", 0.2)
    monkeypatch.setattr(reckoners, "REST_SHARE", 0)
    kept = []
    for n in range(5):
        url = f"sqlite:///{tmp_path / f'{n}.db'}"
        little_log(log=open_log(url)).close()
        view, _side = shown(url)
        kept.append(view)
        view.hear({"type": "bye", "page": "p"})
    assert len(processes) >= 5
    wait_until(lambda: all(map(is_over, processes)))


def test_a_closed_desk_gives_its_process_back(log_url: str, processes: list[subprocess.Popen[bytes]]) -> None:
    """Closed, it is shown nowhere; a second desk of the same log goes on with the process they shared."""
    little_log(log=open_log(log_url)).close()
    (view, side), (other, there) = shown(log_url), shown(log_url)
    view.close()
    assert side.widget.comm is None
    assert answered(there.reckoner, {"do": "board", "now": AT})["is"] == "board"  # type: ignore[arg-type]
    assert not is_over(processes[0])  # the control
    other.close()
    wait_until(lambda: is_over(processes[0]))
    assert len(processes) == 1


def test_for_a_page_that_went_without_a_word_nothing_is_worked_out() -> None:
    """A page says now and then that it is there; for one that does not, nothing is asked any more, until it is back."""
    log = little_log()
    wallboard = Wallboard(log)
    asked: list[dict[str, Any]] = []
    wallboard.reckoner.ask = asked.append  # type: ignore[assignment, method-assign] # in its place
    say = Words("en")

    def drawn(real: int) -> int:
        asked.clear()
        wallboard.draw(say=say, at=AT + real, speed=1.0, real=real)
        return len(asked)

    wallboard.hear({"type": "hello"})
    assert [drawn(real) for real in (0, GONE_MS // 2, GONE_MS)] == [1, 1, 1]
    assert drawn(GONE_MS + 10_000) == 0
    wallboard.hear({"type": "hello", "again": True})
    assert drawn(GONE_MS + 20_000) == 1
    assert drawn(2 * GONE_MS + 10_000) == 1  # as long after that as before


def test_a_closed_view_is_followed_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """A view that is shown looks at its log again and again; closed, not once more."""
    monkeypatch.setattr(following, "LOOK_S", 0)
    monkeypatch.setattr(following, "REST_S", 0)
    view = views.wallboard(little_log(), clock=ManualClock(AT))
    looks: list[int] = []
    monkeypatch.setattr(view, "catch_up", lambda: looks.append(1))

    async def watch() -> int:
        following.follow(view)
        for _ in range(100):
            await asyncio.sleep(0)
        assert looks  # the control
        view.close()
        looks.clear()
        for _ in range(100):
            await asyncio.sleep(0)
        return len(looks)

    assert asyncio.run(watch()) == 0
