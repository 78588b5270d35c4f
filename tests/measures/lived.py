"""Days that were lived: a driver that is always awake decides whatever a random world does, and keeps its log."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from deskkit.clock import ManualClock
from deskkit.live.driver import Driver
from deskkit.log import open_log
from tests.laws.world import ACTS, START, World

if TYPE_CHECKING:
    from deskkit.desk.policy import Policy
    from deskkit.log import EventLog


class Lived(World):
    """A world whose facts go through a driver; time wakes it at every deadline."""

    def __init__(
        self, policy: Policy, *, agents: int = 5, acts: bool = True, late: random.Random | None = None
    ) -> None:
        self.late = late
        self.taken = 0
        self.clock = ManualClock(START)
        self.driver = Driver(open_log("memory:"), policy, clock=self.clock, acts=acts)
        super().__init__(policy, agents=agents, acts=acts)

    def take(self, kind: Any, **fields: Any) -> tuple[Any, ...]:
        """Let time come to this instant, then let one fact happen."""
        self.clock.advance(self.at - self.clock.now())
        self.driver.wake()
        self.desk = self.driver.desk
        self.taken += 1
        behind = self.late.choice((0, 0, 1, 30_000, 600_000)) if self.late else 0
        fact = kind(at=self.at - behind, source="world", source_id=str(self.taken), **fields)
        return self.driver.take(fact)


def lived_log(
    policy: Policy,
    seed: int,
    *,
    steps: int = 120,
    acts: bool = True,
    late: bool = False,
    change: tuple[Policy, ...] = (),
) -> EventLog:
    """Return the log of a random day; the policy changes to each of `change` on the way, some facts come late."""
    draw = random.Random(seed)
    world = Lived(policy, agents=2 + seed % 2 * 4, acts=acts, late=random.Random(seed) if late else None)
    stops = {(n + 1) * steps // (len(change) + 1): other for n, other in enumerate(change)}
    for n in range(steps):
        if n in stops:
            world.driver.change_policy(stops[n], author="chen")
        world.act(draw.randrange(len(ACTS)), *(draw.randrange(10**6) for _ in range(3)))
    return world.driver.log
