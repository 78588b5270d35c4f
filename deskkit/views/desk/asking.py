"""The question who looks, where a desk was opened for nobody in particular.

It is asked once: the browser remembers the answer by the log. Whoever is on nobody's list of agents is a supervisor.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import ipywidgets

from deskkit.desk.events import AgentSet
from deskkit.errors import DeskkitError
from deskkit.sample import is_passing
from deskkit.text import clean, visible
from deskkit.views.desk.labels import warning
from deskkit.views.desk.shell import COMMON, LOOK
from deskkit.views.door import Door
from deskkit.views.heard import Heard
from deskkit.views.markup import bundled
from deskkit.views.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskkit.log import EventLog
    from deskkit.views.desk.view import DeskView
    from deskkit.views.markup import Bundle

__all__ = ["Asking"]

ME: Final = "DESKKIT_ME"
LONGEST: Final = 64  # characters of a name
_THERE: Final = Path(__file__).parent / "who"


class _Shell(Heard):
    _esm = "\n".join(path.read_text(encoding="utf-8") for path in (*COMMON, _THERE / "who.js"))
    _css = "\n".join(path.read_text(encoding="utf-8") for path in (*LOOK, _THERE / "who.css"))

    def __repr__(self) -> str:
        return "Who"


class Asking:
    """A desk that first asks who looks; made by `deskkit.views.desk`.

    Parameters
    ----------
    log : EventLog
        Whose agents can be chosen.
    opens : callable
        Opens the desk for one person.
    language : str, optional

    Attributes
    ----------
    view : DeskView or None
        The desk, once it is known who looks.
    widget : ipywidgets.VBox
    shell : anywidget.AnyWidget
        The question.
    door : Door
    """

    def __init__(self, log: EventLog, opens: Callable[[str], DeskView], *, language: str | None = None) -> None:
        self._log, self._opens = log, opens
        self._say = Words(language)
        self.view: DeskView | None = None
        self.door = Door()
        self.shell = _Shell()
        self.shell.on_msg(lambda _widget, message, _buffers: self.hear(message))
        self.widget = ipywidgets.VBox([self.shell])
        if me := os.environ.get(ME, "").strip():
            self._open(me)

    def hear(self, message: object) -> None:
        """Do what a browser asks."""
        heard = self.door.heard(message)
        if heard.get("type") == "hello":
            self._ask()
        elif heard.get("type") == "me" and self.view is None:
            try:
                self._open(clean(heard["me"]).strip())
            except DeskkitError as error:
                self.shell.send({"type": "wrong", "text": str(error)})

    def _open(self, me: str) -> None:
        if not 0 < len(me) <= LONGEST:
            raise DeskkitError(self._say("Write a name, of at most {n} characters", n=LONGEST))
        self.view = self._opens(me)
        self.view.leave = self.leave
        self.widget.children = [self.view.widget]

    def leave(self) -> None:
        """Ask anew: somebody else sits here now."""
        if self.view is not None:
            self.view.close()
        self.view = None
        self.widget.children = [self.shell]
        self._ask(again=True)

    def _ask(self, *, again: bool = False) -> None:
        say = self._say
        everyone = self._agents().values()
        people = sorted(everyone, key=lambda one: (one.role != "supervisor", one.name or one.agent))
        role = {"supervisor": say("Supervisor"), "agent": say("Agent")}
        self.shell.send({
            "type": "who",
            "key": self._log.url,
            "again": again,
            "people": [
                {"k": one.agent, "text": visible(one.name or one.agent), "hint": role.get(one.role, "")}
                for one in people
            ],
            "labels": {
                "who": say("Who are you?"),
                "hint": say("Asked once: this browser remembers it for this log. Agents begin with their own tabs."),
                "find": say("Search agents"),
                "other": say("Another name, as a supervisor"),
                "go": say("Open the desk"),
                "opening": say("Opening …"),
                "restart": warning(say, passes=is_passing(self._log))["restart"],
            },
        })  # fmt: skip

    def _agents(self) -> dict[str, AgentSet]:
        found: dict[str, AgentSet] = {}
        for stored in self._log.read(kinds=[AgentSet]):
            if isinstance(stored.event, AgentSet):
                found[stored.event.agent] = stored.event
        return found

    def __repr__(self) -> str:
        return "Asking(who looks)" if self.view is None else repr(self.view)

    def _repr_mimebundle_(self, **kwargs: object) -> Bundle:
        """Return what a notebook shows: the widget, and in words its `repr`."""
        return bundled(self.widget, repr(self), **kwargs)
