"""The rules workshop beside a live desk: the policy in force, and one hand less far from being the next."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from deskkit.desk.policy import Policy
from deskkit.views.words import Words
from deskkit.views.workshop.workshop import Workshop

if TYPE_CHECKING:
    from deskkit.views.desk.view import DeskView

__all__ = ["Rules"]

FRESH_MS: Final = 1_000


class Rules:
    """The tab Rules of a desk's view.

    Parameters
    ----------
    view : DeskView

    Attributes
    ----------
    widget : anywidget.AnyWidget
    workshop : Workshop
    """

    def __init__(self, view: DeskView) -> None:
        say = Words(view.say.language, zone=view.desk.policy.schema.zone)
        in_force = view.desk.policy
        policy = Policy.parse(in_force.text, place="policy")
        put = None if view.driver.log.is_read_only else view.put_live
        opens = partial(_open, view)
        self.workshop = Workshop(view.driver.log, policy, say=say, put=put, opens=opens)
        self.workshop.me = view.me
        self.widget = self.workshop.widget
        self._say = say
        self._looked_at = 0

    def title(self, say: Words) -> str:
        """Return what its tab is called."""
        return say("Rules")

    def draw(self, *, say: Words, at: int, speed: float, real: int, anyway: bool = False) -> None:
        """Speak the language of the view, and look now and then whether another policy is in force."""
        del at, speed
        if say is not self._say:
            self._say = say
            self.workshop.speak(say)
        if anyway or real - self._looked_at >= FRESH_MS:
            self._looked_at = real
            self.workshop.look()

    def send(self, message: dict[str, Any]) -> None:
        """Hear what came of a deed."""
        self.workshop.send(message)

    def close(self) -> None:
        """Take it off every page, and end what is tried."""
        self.workshop.close()


def _open(view: DeskView, name: str, page: str) -> None:
    view.hear({"type": "open", "id": name, "page": page})
