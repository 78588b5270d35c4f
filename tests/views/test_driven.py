"""Where nobody drives a log, wallboard and desk say so in a line, in both languages, until a driver is back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deskkit import views
from deskkit.clock import ManualClock, WallClock
from deskkit.desk.events import Viewed
from deskkit.live.lease import LEASE_MS
from deskkit.log import EventLog, Lease, open_log
from deskkit.views import wallpage
from deskkit.views.driven import driven
from deskkit.views.words import Words
from tests.views.little import NOW as AT
from tests.views.little import STANDARD, little_log, little_view

EN = Words("en", zone="UTC")
HOUR_MS = 3_600_000
NOBODY = "Nobody runs this desk since {}: nothing is assigned, nobody is notified"


def ago(ms: int) -> int:
    """Return an instant before now."""
    return WallClock().now() - ms


def alive(holder: str = "process 7") -> Lease:
    """Return a lease that was just renewed."""
    return Lease(epoch=1, holder=holder, until=ago(-LEASE_MS))


@pytest.mark.parametrize("holder", ["demo, process 7", ""])
def test_nobody_runs_a_desk_whose_driver_was_killed_or_has_ended(holder: str) -> None:
    """It says since when; of one that is run, and of a log that no driver ever served, nothing is said."""
    log, heard = little_log(), ago(10 * LEASE_MS)
    gone = Lease(epoch=1, holder=holder, until=heard + LEASE_MS)
    assert driven(log, gone, say=EN) in {NOBODY.format(time) for time in (EN.clock(heard), EN.clock(heard)[11:])}
    assert "没有程序运行此工作台" in driven(log, gone, say=Words("zh", zone="UTC"))
    assert driven(log, alive(), say=EN) == ""
    assert driven(log, Lease(), say=EN) == ""


def test_a_desk_with_a_clock_of_its_own_says_when_by_it() -> None:
    """A demo that runs ten times as fast as life was heard last ten minutes after it told its time a minute before."""
    told = ago(HOUR_MS)
    gone = Lease(epoch=1, holder="demo", until=told + 60_000 + LEASE_MS, desk_at=AT, wall_at=told, speed=10.0)
    assert driven(little_log(), gone, say=Words("en", zone="Asia/Shanghai")) == NOBODY.format("10:40:00")


def test_a_demo_that_another_driver_goes_on_with_has_no_customers() -> None:
    """It names who runs it now; of a demo's own driver, and of another log, nothing is said."""
    log = little_log()
    assert driven(log, alive(), say=EN) == ""
    log.set_cursor('demo {"seed": 1}', 0)
    text = "The demo has ended and process 7 runs this desk: no more simulated customers come, and nobody answers"
    assert driven(log, alive(), say=EN) == text
    assert driven(log, alive("demo, process 7"), say=EN) == ""


def renewed(log: EventLog, epoch: int, *, until: int) -> None:
    """Let a lease end at an instant."""
    log.renew_lease(epoch, until=until)


def test_the_wallboard_says_it_until_a_driver_is_back(log_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed with -9 the driver says nothing: its lease runs out, the line stands; with the next driver it goes."""
    monkeypatch.setattr(wallpage, "LOOK_MS", 0)
    log = little_log(log=open_log(log_url))
    now = ago(0)
    epoch = log.take_lease("process 7", now=now, until=ago(-LEASE_MS))
    assert epoch is not None
    view = views.wallboard(open_log(log_url, create=False, read_only=True), language="en")
    sent: list[dict[str, Any]] = []
    view.board.widget.send = lambda message, **_kwargs: sent.append(json.loads(json.dumps(message)))

    def said() -> str:
        view.catch_up()
        found: str = [one for one in sent if one["type"] == "wall"][-1]["driven"]
        return found

    view.board.hear({"type": "hello"})
    assert said() == ""
    renewed(log, epoch, until=ago(2 * LEASE_MS))
    assert said().startswith("Nobody runs this desk since ")
    view.board.hear({"type": "language", "language": "zh"})
    assert said().startswith("自 ")
    epoch = log.take_lease("process 8", now=ago(0), until=ago(-LEASE_MS))
    assert epoch is not None
    assert said() == ""
    fast = Viewed(at=ago(-HOUR_MS), source="t", source_id="fast", conversation="c1", agent="chen")
    log.append([fast], received_at=ago(0))  # by a clock that stood an hour ahead
    renewed(log, epoch, until=ago(-LEASE_MS))
    assert "此工作台停在" in said()
    log.append([Viewed(at=ago(0), source="t", source_id="late", conversation="c1", agent="chen")], received_at=ago(0))
    assert "此工作台停在" in said()
    view.close()


def test_the_desk_says_it_in_its_head(log_url: str) -> None:
    """A desk that may only look starts no driver: it stands beside the figures, and on its wallboard."""
    log = little_log(log=open_log(log_url))
    epoch = log.take_lease("process 7", now=ago(0), until=ago(-LEASE_MS))
    assert epoch is not None
    view = views.desk(open_log(log_url, create=False, read_only=True), STANDARD, me="qin", language="en")
    sent: list[dict[str, Any]] = []
    view.shell.send = lambda message, **_kwargs: sent.append(json.loads(json.dumps(message)))

    def warned() -> str:
        view.hear({"type": "hello", "seq": None})
        found: str = sent[-1]["head"]["warn"]
        return found

    assert "Nobody" not in warned()
    renewed(log, epoch, until=ago(2 * LEASE_MS))
    view.wake()
    assert warned().startswith("Nobody runs this desk since ")
    assert log.take_lease("process 8", now=ago(0), until=ago(-LEASE_MS)) is not None
    view.wake()
    assert "Nobody" not in warned()
    view.close()


def test_a_desk_that_decides_by_itself_is_run() -> None:
    """On history the view decides: whoever held the log's lease once, nothing is missed."""
    log = little_log()
    assert log.take_lease("process 7", now=1, until=2) == 1
    view = little_view(log=log, clock=ManualClock(AT))
    sent: list[dict[str, Any]] = []
    view.shell.send = lambda message, **_kwargs: sent.append(message)
    view.hear({"type": "hello", "seq": None})
    assert "Nobody" not in sent[-1]["head"]["warn"]
