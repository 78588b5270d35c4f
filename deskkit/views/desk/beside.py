"""What stands beside the desk, each under a tab of its own, in this order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from deskkit.sample import is_passing
from deskkit.text import visible
from deskkit.views.desk.boards import Board
from deskkit.views.desk.fits import offered
from deskkit.views.desk.painter import customer
from deskkit.views.desk.queue import queue
from deskkit.views.desk.rules import Rules
from deskkit.views.desk.team import online, team
from deskkit.views.desk.wallboard import Wallboard
from deskkit.views.driven import driven_by, runs

if TYPE_CHECKING:
    from collections.abc import Collection

    import ipywidgets

    from deskkit.views.desk.view import DeskView
    from deskkit.views.words import Words

__all__ = ["Side", "beside"]


class Side(Protocol):
    """Something beside the desk.

    Attributes
    ----------
    widget : ipywidgets.Widget
    """

    widget: ipywidgets.Widget

    def title(self, say: Words) -> str:
        """Return what its tab is called."""
        ...

    def draw(self, *, say: Words, at: int, speed: float, real: int, anyway: bool = False) -> None:
        """Show what is so now; asked some ten times a second while its tab is in front."""
        ...

    def send(self, message: dict[str, Any]) -> None:
        """Send something else, such as what came of a deed."""
        ...

    def close(self) -> None:
        """Take it off every page, and give back what it takes."""
        ...


def beside(view: DeskView) -> dict[str, Side]:
    """Make what stands beside the desk of a view, by name."""
    passes = is_passing(view.driver.log)

    def queue_now(say: Words) -> dict[str, Any]:
        made = queue(
            view.desk, say=say, me=view.me, now=view.now, runs=runs(view.driver), begin=waiting.begin
        )  # fmt: skip
        waiting.begin = made["sections"][0]["begin"]  # where it grew short meanwhile nobody is led back behind others
        return made

    waiting = Board(
        lambda say: say("Queue"),
        queue_now,
        view.hear,
        offer=lambda name: _offered(view, name, view.desk.profiles),
        passes=passes,
    )
    return {
        "queue": waiting,
        "team": Board(
            lambda say: say("Team"),
            lambda say: team(view.desk, say=say, now=view.now),
            view.hear,
            offer=lambda name: _offered(view, name, online(view.desk)),
            passes=passes,
        ),
        "alerts": view.alerts,
        "wallboard": Wallboard(
            view.driver.log,
            hear=view.hear,
            name=lambda name, say: _customer(view, name, say),
            driven=lambda say: driven_by(view.driver, say=say),
        ),
        "rules": Rules(view),
    }


def _customer(view: DeskView, name: str, say: Words) -> str:
    """Return what the customer of a conversation is called; one that the desk does not know yet has its id."""
    is_known = view.desk.conversations.find(name) >= 0
    return customer(view.desk, name, say) if is_known else visible(name)


def _offered(view: DeskView, name: str, among: Collection[str]) -> list[dict[str, str]]:
    """Return whom a conversation can be given; nobody, where the desk knows no such one."""
    with view.lock:
        is_known = view.desk.conversations.find(name) >= 0
        return offered(view.desk, name, among, say=view.say) if is_known else []
