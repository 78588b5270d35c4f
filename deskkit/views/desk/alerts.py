"""The Alerts tab: what rings in the browser, through which channels, and the log of what did.

Delivery does not wait for the tab to be shown: its widget lives with the desk's.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from deskkit.desk import columns as k
from deskkit.sample import is_passing
from deskkit.views.desk import alertboard, alertpush
from deskkit.views.desk.alertwords import setup
from deskkit.views.desk.bell import MISSED, Bell, drawn, is_over
from deskkit.views.desk.boards import LOOK, PAGE, Board
from deskkit.views.desk.fired import Fired
from deskkit.views.heard import Heard

if TYPE_CHECKING:
    from collections.abc import Collection

    from deskkit.desk.desk import Desk
    from deskkit.views.desk.bell import Alert
    from deskkit.views.desk.fired import Entry
    from deskkit.views.desk.view import DeskView
    from deskkit.views.words import Words

__all__ = ["Alerts"]

_THERE: Final = Path(__file__).parent / "alert"
AGAIN_MS: Final = 10_000  # after which what no browser answered for is told again, quietly
_FILES: Final = ("sound.js", "mine.js", "screen.js", "voice.js", "standing.js", "bell.js", "page.js", "main.js")


class _Shell(Heard):
    _esm = "\n".join(path.read_text(encoding="utf-8") for path in (*PAGE, *(_THERE / name for name in _FILES)))
    _css = "\n".join(path.read_text(encoding="utf-8") for path in (*LOOK, _THERE / "alert.css"))

    def __repr__(self) -> str:
        return "Alerts"


class Alerts(Board):
    """The alerts of one view.

    Parameters
    ----------
    view : DeskView
    """

    def __init__(self, view: DeskView) -> None:
        passes = is_passing(view.driver.log)
        super().__init__(lambda say: say("Alerts"), self._sections, view.hear, shell=_Shell(), passes=passes)
        self._view = view
        self._sounds = view.sounds
        self._fired = Fired(view.driver.log)
        self._fired.read(view.driver.seen, view.desk)  # what was before rings no more
        self._bell = Bell(view.me)
        self._filter = alertboard.Filter(agent=view.me if alertboard.is_agent(view.desk, view.me) else "")
        self._unseen: list[str] = []
        self._waiting: list[str] = []  # of these: whose customer waits for an answer
        self._language = ""
        self._asked_at = 0

    @property
    def _desk(self) -> Desk:
        return self._view.desk

    @property
    def entries(self) -> list[Entry]:
        """The notices of the log as far as the view has read, the newest last."""
        return list(self._fired.entries)

    # ------------------------------------------------------------ from the browser

    def hear(self, message: object) -> None:
        """Do what a browser asks for."""
        with self._view.lock:
            super().hear(message)

    def _heard(self, message: dict[str, Any]) -> None:
        match message.get("type"):
            case "hello":
                self._hears = True
                self._set_up(self._view.say)
                self._send_missed(self._view.say)
            case "rang":
                self._bell.said(message)
                return
            case "push":
                self._test_push(self._view.say)
                return
            case "act" if message["deed"].get("do") == "filter":
                self._filter = self._filter.changed(message["deed"])
                self.send({"type": "answer", "act": message["act"], "ok": True, "foot": []})
                self._view.hear({"type": "hello"})
                return
        super()._heard(message)

    def close(self) -> None:
        """Take it off every page, and keep nothing in memory: a notebook keeps the view."""
        super().close()
        self._fired.let_go()

    # ------------------------------------------------------------ to the browser

    def draw(self, *, say: Words, at: int, speed: float, real: int, anyway: bool = False) -> None:
        """Speak the language of the view, also while a clock that stands lets nothing follow; send the board."""
        if self._hears and say.language != self._language:
            self._set_up(say)
        super().draw(say=say, at=at, speed=speed, real=real, anyway=anyway)

    def follow(self, *, say: Words, real: int) -> None:
        """Fire what is new and let go what was looked at; asked some ten times a second, shown or not."""
        view = self._view
        entries = self._fired.read(view.driver.seen, self._desk)
        loud, late = self._bell.rung(entries, now=view.now, speed=view.driver.clock.speed)
        if not self._hears:
            return
        if say.language != self._language:
            self._set_up(say)
        unseen = self._unseen_now()
        self._send_alerts([one for one in loud if self._stands(one, unseen)], say=say)
        self._send_alerts([one for one in late if self._stands(one, unseen)][-MISSED:], say=say, quiet=True)
        if real - self._asked_at >= AGAIN_MS:  # a connection may have been lost without a word
            self._asked_at = real
            self._send_missed(say, age_ms=AGAIN_MS)
        waiting = [
            name for name in unseen if self._desk.state.conversation[self._desk.conversation(name)][k.UNANSWERED] >= 0
        ]
        if (unseen, waiting) != (self._unseen, self._waiting):
            self._unseen, self._waiting = unseen, waiting
            self.widget.send({"type": "seen", "unseen": unseen, "waiting": waiting})

    def _stands(self, alert: Alert, unseen: Collection[str]) -> bool:
        """Say whether an alert still is to be told: nobody has looked, and no answer has made it needless."""
        of = alert.entry
        return not of.conversation or (of.conversation in unseen and not is_over(self._desk, of))

    def _unseen_now(self) -> list[str]:
        return sorted(self._view.ringing) if self._view.driver.clock.speed > 0 else []

    def _set_up(self, say: Words) -> None:
        is_other = self._language not in {"", say.language}
        self._language, self._unseen = say.language, self._unseen_now()
        made = setup(self._desk, say=say, me=self._view.me)
        key = f"{self._view.driver.log.url}|{self._view.me}"
        more = {
            "key": key, "unseen": self._unseen, "sounds": list(self._sounds),
            "push": alertpush.state(self._view.push, self._view.me, known=self._desk.profiles, say=say),
        }  # fmt: skip
        self.widget.send({"type": "setup"} | made | more, buffers=list(self._sounds.values()))
        if is_other and (standing := self._bell.standing(self._unseen)):
            self.widget.send({"type": "worded", "alerts": [drawn(self._desk, one, say=say) for one in standing]})

    def _send_missed(self, say: Words, *, age_ms: int = 0) -> None:
        """Say quietly what no browser has heard of yet, the newest of it."""
        if self._view.driver.clock.speed > 0:
            age = round(age_ms * self._view.driver.clock.speed)
            unheard = self._bell.unheard(self._unseen_now(), self.entries, now=self._view.now, age_ms=age)
            unheard = [one for one in unheard if not is_over(self._desk, one.entry)]
            more = len(unheard) - MISSED
            self._send_alerts(
                unheard[-MISSED:], say=say, quiet=True, more=say("and {n} more", n=more) if more > 0 else ""
            )

    def _send_alerts(self, alerts: list[Alert], *, say: Words, quiet: bool = False, more: str = "") -> None:
        if alerts:
            made = [drawn(self._desk, one, say=say) for one in alerts]
            self.widget.send({"type": "alerts", "alerts": made, "quiet": quiet, "more": more})

    # ------------------------------------------------------------ the log of what fired

    def _sections(self, say: Words) -> dict[str, Any]:
        pushed = alertpush.pushed(self._view.driver.log, self._fired.entries, say=say)
        return alertboard.board(
            self._desk, self._fired, self._bell, self._filter, pushed=pushed, say=say, me=self._view.me,
            now=self._view.now,
        )  # fmt: skip

    def _test_push(self, say: Words) -> None:
        """Send a test, and say what came of it; a server that hangs keeps nobody waiting."""
        push, me = self._view.push, self._view.me
        if push is not None and push.reaches(me):
            alertpush.tested(push, me, say=say, tell=lambda text: self.send({"type": "pushed", "text": text}))
