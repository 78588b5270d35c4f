"""A desk that lives, without a server and without waiting: its clock runs as far as a test lets it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from deskkit import views
from deskkit.clock import ManualClock
from deskkit.desk import events as e
from deskkit.log import MemoryLog
from tests.views.little import NOW, STANDARD

if TYPE_CHECKING:
    from deskkit.desk.policy import Policy
    from deskkit.views import DeskView

__all__ = ["ROOMY", "Living"]

SECOND = 1_000
ROOMY = STANDARD.edit({"capacity.agent": 99, "peak.capacity.agent": 99, "notify.per_minute": 600})


class _Running(ManualClock):
    """A clock that says that it runs, and moves by hand."""

    speed = 1.0


class Living:
    """A desk of Chen, who is an agent, and Qin, a supervisor, as one of them sees it.

    Attributes
    ----------
    view : DeskView
    """

    def __init__(self, me: str = "chen", *, policy: Policy = ROOMY, runs: bool = True, **more: Any) -> None:
        self.clock = _Running(NOW) if runs else ManualClock(NOW)
        self.log = MemoryLog()
        self.view: DeskView = views.desk(self.log, policy, me=me, clock=self.clock, **more)
        self._count = 0
        self.take(
            e.AgentSet, agent="chen", name="陈浩", groups=("presales", "vip", "aftersales"), languages=("zh", "en")
        )
        self.take(e.AgentSet, agent="qin", name="秦岚", role="supervisor", groups=("vip",))
        for name in ("chen", "qin"):
            self.take(e.PresenceSet, agent=name, presence="online")

    def take(self, kind: Any, **fields: Any) -> None:
        """Let something happen."""
        self._count += 1
        self.view.driver.act([kind(at=self.clock.now(), source="test", source_id=str(self._count), **fields)])

    def come(self, name: str, text: str = "你好", *, customer: str = "张伟", level: int | None = None) -> None:
        """Let a customer come, and perhaps be of a level."""
        self.take(e.CustomerSet, customer=f"of {name}", name=customer)
        self.take(e.ConversationOpened, conversation=name, customer=f"of {name}", group="presales")
        if level is not None:
            self.take(e.PrioritySet, conversation=name, level=level)
        self.write(name, text)

    def write(self, name: str, text: str = "在吗") -> None:
        """Let a customer write again."""
        self.take(e.CustomerWrote, conversation=name, message=f"{name}/{self._count}", text=text)

    def wait(self, seconds: float) -> None:
        """Let time pass, and the view look."""
        self.clock.advance(round(seconds * SECOND))
        self.view.catch_up(anyway=True)

    def kinds(self, *kinds: type[e.Event]) -> list[e.Event]:
        """Return what stands in the log of some kinds, without identities."""
        found = [row.event for row in self.log.read(kinds=kinds)]
        return [msgspec.structs.replace(one, source="", source_id="") for one in found]
