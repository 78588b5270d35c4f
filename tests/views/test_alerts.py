"""What rings for whom, and what does not: only mine, only as it happens, not on history; and the log of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from deskkit import measures, views
from deskkit.clock import FastClock, ManualClock
from deskkit.desk import events as e
from deskkit.log import MemoryLog, open_log
from deskkit.views.desk import fired
from tests.views.little import NOW, STANDARD, little_log, little_view
from tests.views.living import ROOMY, Living

if TYPE_CHECKING:
    from pathlib import Path

    from deskkit.views import DeskView

URGENT = 3


class Ear:
    """A browser that only listens: what it was told to ring, and quietly."""

    def __init__(self, view: DeskView, *, reports: bool = True) -> None:
        self.alerts, self.reports = view.alerts, reports
        self.loud: list[dict[str, Any]] = []
        self.quiet: list[dict[str, Any]] = []
        self.unseen: list[str] = []
        self.board: dict[str, dict[str, Any]] = {}
        self.said: list[dict[str, Any]] = []
        view.alerts.widget.send = self._take
        view.hear({"type": "front", "page": "", "at": 1 + list(view.sides).index("alerts")})
        view.alerts.hear({"type": "hello"})

    def _take(self, message: dict[str, Any], **_more: object) -> None:
        match message["type"]:
            case "alerts":
                (self.quiet if message["quiet"] else self.loud).extend(message["alerts"])
                for one in message["alerts"] if self.reports else ():
                    self.alerts.hear({"type": "rang", "n": one["n"], "channel": "popup", "outcome": "shown"})
            case "setup" | "seen":
                self.unseen = message["unseen"]
            case "board":
                self.board = {one["k"]: one for one in message["sections"]}
            case "answer":
                self.said.append(message)

    def rows(self, section: str = "log") -> list[dict[str, Any]]:
        """Return the rows of a board, as the browser was told last."""
        return [row["cells"] for row in self.board[section]["rows"]]

    def do(self, act: str, **deed: object) -> dict[str, Any]:
        """Do something on the board; return the answer."""
        self.alerts.hear({"type": "act", "act": act, "deed": deed})
        return next(one for one in reversed(self.said) if one["act"] == act)


def told(living: Living) -> list[tuple[str, str]]:
    """Return whom the log says to have been told, and of what."""
    return [(one.agent, one.event) for one in living.kinds(e.Notified) if isinstance(one, e.Notified)]


# ---------------------------------------------------------------- what rings


def test_only_what_is_addressed_to_me_rings() -> None:
    """Of the same conversation the owner hears of the message, the supervisor of the long wait, neither the other's."""
    for me, expected in (("chen", {"message"}), ("qin", {"waiting"})):
        living = Living(me)
        ear = Ear(living.view)
        living.come("c1", level=URGENT)
        for _ in range(5):
            living.wait(30)
        assert {one["event"] for one in ear.loud} == expected
        assert {event for agent, event in told(living) if agent == me} == expected
        assert ear.unseen == ["c1"]


def test_a_view_stops_the_ladder() -> None:
    """Unviewed, the alarm follows after half a minute; looked at in the browser, it does not, and the number goes."""
    for looks in (False, True):
        living = Living()
        ear = Ear(living.view)
        living.come("c1", level=URGENT)
        living.wait(1)
        before = len(ear.loud)
        if looks:
            living.view.hear({"type": "watch", "open": ["c1"], "front": ["c1"], "focus": "c1"})
        for _ in range(4):
            living.wait(20)
        assert (len(ear.loud) > before) == (not looks)
        assert ear.unseen == ([] if looks else ["c1"])


@pytest.mark.parametrize("case", ["still", "watched", "imported", "lives"])
def test_history_rings_for_nobody(case: str) -> None:
    """Where the clock stands, the desk only watches, or an import wrote the log, nobody is told; else they are."""
    log = little_log() if case == "imported" else MemoryLog()
    runs = FastClock(NOW, speed=1.0)
    living = Living(runs=case != "still", acts=case != "watched")
    view = views.desk(log, STANDARD, me="chen", clock=runs) if case == "imported" else living.view
    ear = Ear(view)
    if case != "imported":
        living.come("c1", level=URGENT)
        living.take(e.OwnerSet, conversation="c1", agent="chen")
        living.wait(40)
    view.catch_up(anyway=True)
    rang = [row.event for row in view.driver.log.read(kinds=[e.Notified, e.NoticeHeld])]
    assert bool(rang) == bool(ear.loud) == (case == "lives")


def test_notices_of_a_log_that_stands_still_do_not_ring() -> None:
    """A log that holds notices, looked at later with a clock that stands, is silent and counts nothing."""
    living = Living(policy=STANDARD)
    living.come("c1", level=URGENT)
    living.wait(40)
    ear = Ear(little_view(log=living.log, me="chen"))
    assert told(living)
    assert (ear.loud, ear.quiet, ear.unseen) == ([], [], [])
    assert ear.rows()[0]["came"].startswith("Badge · Popup · Sound")


def test_what_rang_long_ago_comes_quietly() -> None:
    """After the machine slept for an hour, what rang meanwhile is shown and makes no noise."""
    living = Living()
    ear = Ear(living.view)
    living.come("c1", level=URGENT)
    living.clock.advance(3_600_000)
    living.view.catch_up()
    assert ear.loud == []
    assert {one["id"] for one in ear.quiet} == {"c1"}


def test_what_was_reported_is_not_missed() -> None:
    """A browser that comes again is told quietly only what no browser said to have shown."""
    for reports in (True, False):
        living = Living()
        Ear(living.view, reports=reports)
        living.come("c1")
        living.wait(1)
        assert [one["id"] for one in Ear(living.view).quiet] == ([] if reports else ["c1"])


def test_what_no_browser_answered_for_is_told_again() -> None:
    """Where a connection was lost without a word, what rang meanwhile is told again after a while, quietly, once."""
    living = Living()
    ear = Ear(living.view, reports=False)
    living.come("c1")
    living.wait(1)
    assert {one["id"] for one in ear.loud} == {"c1"}
    assert ear.quiet == []
    ear.reports = True
    living.view.alerts._asked_at = 0  # noqa: SLF001 -- the wall clock is not waited for
    living.wait(30)
    assert [one["id"] for one in ear.quiet] == ["c1"]
    living.view.alerts._asked_at = 0  # noqa: SLF001
    living.wait(30)
    assert len(ear.quiet) == 1


def test_the_best_of_several_reports_counts() -> None:
    """Where one browser tab played and another left it to that one, it was played, whoever reported last."""
    living = Living()
    ear = Ear(living.view)
    living.come("c1")
    living.wait(1)
    number = next(one["n"] for one in ear.loud if "sound" in one["channels"])
    for outcome in ("other tab", "played", "other tab", "<b>", "blocked"):
        living.view.alerts.hear({"type": "rang", "n": number, "channel": "sound", "outcome": outcome})
    living.wait(2)
    living.view.wake()
    assert "Sound: played" in ear.rows()[0]["came"] + ear.rows()[1]["came"]


# ---------------------------------------------------------------- the log of it


def test_the_log_says_who_was_told_and_why_not() -> None:
    """For a supervisor all agents' notices stand there, held ones with the reason; an agent sees the own ones."""
    living = Living("qin")
    ear = Ear(living.view)
    living.come("c1", level=URGENT, customer="王芳")
    living.take(e.Viewed, conversation="c1", agent="chen")
    living.wait(150)
    rows = ear.rows()
    assert rows[0]["at"] >= rows[-1]["at"]
    assert {row["agent"] for row in rows} >= {"陈浩", "秦岚"}
    assert any(row["came"].startswith("Held back: ") for row in rows)
    assert {row["customer"] for row in rows} == {"王芳"}
    assert ear.do("f1", do="filter", what="held")["ok"]
    assert ear.rows()
    assert all(row["came"].startswith("Held back: ") for row in ear.rows())
    ear.do("f2", do="filter", what="fired", agent="chen")
    assert {row["agent"] for row in ear.rows()} == {"陈浩"}
    mine = Ear(little_view(log=living.log, me="chen"))
    assert {row["agent"] for row in mine.rows()} == {"陈浩"}
    mine.do("f3", do="filter", agent="qin")
    assert {row["agent"] for row in mine.rows()} == {"陈浩"}


@pytest.mark.parametrize("about", [fired.ABOUT, 3])
def test_acted_on_is_what_the_measures_say(about: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over a busy hour the share acted on is the complement of the measure of noise, notice by notice.

    Also where only the three conversations heard of last are remembered: nobody acts later than two minutes.
    """
    monkeypatch.setattr(fired, "ABOUT", about)
    living = Living("qin")
    for n in range(12):
        living.come(f"c{n}", level=n % 4)
        living.wait(17)
        if n % 3 == 0:
            living.take(e.Viewed, conversation=f"c{n}", agent="chen")
            living.wait(1)  # in the same millisecond the measures take a look before for one after
            living.write(f"c{n}")
        living.wait(50)
        if n % 2:
            living.take(e.AgentWrote, conversation=f"c{n}", agent="chen", message=f"r{n}", text="稍等")
            living.wait(1)
            living.write(f"c{n}")
    entries = [one for one in living.view.alerts.entries if not one.held and one.conversation]
    noise = measures.report(living.log, measures=["notice_noise"]).frame
    assert sum(one.acted for one in entries) == noise["acted"].sum()
    assert len(entries) == noise["n"].sum()
    assert 0 < sum(one.acted for one in entries) < len(entries)
    assert len(living.view.alerts._fired._about) == min(about, 12)  # noqa: SLF001 - counted


def test_acted_on_follows_a_conversation_that_goes_on() -> None:
    """A customer who writes long after is told of under a new name; who looks at each message acts each time."""
    living = Living("qin")
    living.come("c1")
    living.take(e.AgentWrote, conversation="c1", agent="chen", message="r", text="好")
    living.take(e.Resolved, conversation="c1")
    living.wait(10 * 86_400)
    living.take(e.PresenceSet, agent="chen", presence="away")
    living.take(e.PresenceSet, agent="chen", presence="online")
    living.come("c9")
    for n in range(3):
        living.take(e.Viewed, conversation="c9", agent="chen")
        living.wait(60)
        living.write("c1")
        living.wait(30)
        living.take(e.Viewed, conversation="c1~2", agent="chen")
        living.wait(1)
        living.take(e.AgentWrote, conversation="c1~2", agent="chen", message=f"r{n}", text="好")
    living.wait(1)
    entries = [one for one in living.view.alerts.entries if one.conversation == "c1~2" and not one.held]
    noise = measures.report(living.log, measures=["notice_noise"]).frame
    assert len(entries) >= 3
    assert [one.acted for one in entries] == [True] * len(entries)
    assert noise.filter(noise["acted"] < noise["n"]).height == 0


# ---------------------------------------------------------------- pausing


def test_only_a_supervisor_pauses() -> None:
    """An agent is offered no pause and refused one; a supervisor's is a fact, asked about first where it is urgent."""
    living = Living()
    ear = Ear(living.view)
    living.come("c1")
    living.wait(2)
    assert all(not row["acts"] for row in ear.board["rules"]["rows"])
    assert not ear.do("p1-00000", do="pause", event="message", level=1, ms=3_600_000)["ok"]
    assert living.kinds(e.NoticesPaused) == []
    boss = Living("qin")
    ear = Ear(boss.view)
    assert ear.do("p2-00000", do="pause", event="message", level=URGENT, ms=3_600_000)["ask"]
    assert ear.do("p3-00000", do="pause", event="message", level=1, ms=3_600_000)["ok"]
    (fact,) = boss.kinds(e.NoticesPaused)
    assert (fact.by, fact.event, fact.level, fact.until) == ("qin", "message", 1, NOW + 3_600_000)  # type: ignore[attr-defined]
    assert ear.rows("rules")[0]["state"] == "paused by 秦岚 until 11:30: 0 held back"


@pytest.mark.parametrize(
    "wrong", [{"event": "nothing"}, {"level": 9}, {"ms": -1}, {"ms": 10**12}, {"event": "__proto__"}]
)
def test_a_pause_of_nothing_is_refused(wrong: dict[str, object]) -> None:
    """What a browser may send and no rule is, changes nothing."""
    living = Living("qin")
    deed = {"do": "pause", "event": "message", "level": 1, "ms": 3_600_000} | wrong
    assert not Ear(living.view).do("p4-00000", **deed)["ok"]
    assert living.kinds(e.NoticesPaused) == []


def test_a_pause_of_long_ago_is_looked_for_bit_by_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose a pause is, is found however much happened since, a slice at each look; of nobody's no name is said."""
    boss = Living("qin")
    boss.take(e.NoticesPaused, event="message", level=1, until=NOW + 7_200_000, by="qin")
    boss.take(e.NoticesPaused, event="message", level=2, until=NOW + 7_200_000)
    for n in range(8):
        boss.come(f"c{n}")
    monkeypatch.setattr(fired, "TAIL", 10)
    again = views.desk(boss.log, ROOMY, me="qin", clock=ManualClock(NOW + 60_000))
    ear = Ear(again)
    assert "by" not in ear.rows("rules")[0]["state"]
    looks = 1
    while not any("by 秦岚 until 12:30" in row["state"] for row in ear.rows("rules")):
        again.wake()
        looks += 1
    assert 1 < looks <= boss.log.last_seq() // 10
    again.wake()
    assert any(row["state"].startswith("paused until 12:30") for row in ear.rows("rules"))


# ---------------------------------------------------------------- a log of its own


def test_a_live_log_that_an_import_began_is_silent(tmp_path: Path) -> None:
    """What makes the difference is who wrote first: conversations from before any policy are history."""
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    with open_log(url) as log:
        little_log(log=log)
        view = views.desk(log, STANDARD, me="qin", clock=FastClock(NOW, speed=1.0))
        view.driver.act([e.PrioritySet(at=NOW, source="t", source_id="1", conversation="c2", level=URGENT)])
        assert not list(log.read(kinds=[e.Notified]))


def test_before_anything_rang_the_tab_says_what_would_and_why_nothing_does() -> None:
    """A desk whose clock stands says so, and shows each ladder of the policy, rung by rung (issue 5)."""
    still = Ear(little_view(me="chen"))
    assert still.board["rules"]["empty"] == (
        "Nothing fired or was held back. Here nothing rings: the clock stands still, or the desk only watches. "
        "To see and hear it ring, run: deskkit demo"
    )
    rows = [row["cells"] for row in still.board["ladders"]["rows"]]
    assert len(rows) == len(STANDARD.schema.notify.ladders)
    first = STANDARD.schema.notify.ladders[0]
    assert rows[0]["rungs"].count(" → ") == len(first.rungs) - 1
    assert all(level in "".join(row["rule"] for row in rows) for level in ("◆U Urgent", "▽L Low"))
    living = Ear(Living().view)
    assert living.board["rules"]["empty"] == "Nothing fired or was held back."


def test_another_language_reaches_the_whole_tab_though_the_clock_stands() -> None:
    """The upper half of the tab speaks as the view does at once, also where nothing is followed (issue 5)."""
    view = little_view(me="chen")
    Ear(view)
    told: list[dict[str, Any]] = []
    view.alerts.widget.send = lambda message, **_more: told.append(message)
    view.hear({"type": "language", "language": "zh"})
    for at in (0, 1 + list(view.sides).index("alerts")):
        view.hear({"type": "front", "page": "", "at": at})
    assert [one["labels"]["test"] for one in told if one["type"] == "setup"] == ["测试"]
