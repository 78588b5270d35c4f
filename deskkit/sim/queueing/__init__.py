"""Closed formulas and small chains of queueing theory: what a simulation of a simple desk must come out at.

They are oracles for tests, starting points for a search and material for teaching; staffing itself is a search by
simulation. Everywhere rates are per unit of time and times are in that unit, whichever it is, the same throughout one
call: minutes for a telephone queue, seconds for tabs. `handle` is the mean time to handle, `think` the mean time until
the customer writes again, `cv` a standard deviation divided by its mean.
"""

from deskkit.sim.queueing.desks import Desk, Overflow, desk_with_loss, desk_with_queue, open_desk, overflow
from deskkit.sim.queueing.erlang import Abandoning, Limited, Waiting, erlang_a, erlang_b, erlang_c, mmc, mmck
from deskkit.sim.queueing.priority import (
    Flow,
    accumulating,
    conserved,
    mg1,
    noticed_late,
    preemptive,
    priority,
    priority_agents,
)
from deskkit.sim.queueing.tabs import Tabs, VipTabs, tabs, tabs_noticed_late, tabs_switching, vip_tabs
from deskkit.sim.queueing.transient import (
    Counts,
    Day,
    Swing,
    busy_counts,
    cluster_size,
    day_from_empty,
    swinging_load,
)

__all__ = [
    "Abandoning",
    "Counts",
    "Day",
    "Desk",
    "Flow",
    "Limited",
    "Overflow",
    "Swing",
    "Tabs",
    "VipTabs",
    "Waiting",
    "accumulating",
    "busy_counts",
    "cluster_size",
    "conserved",
    "day_from_empty",
    "desk_with_loss",
    "desk_with_queue",
    "erlang_a",
    "erlang_b",
    "erlang_c",
    "mg1",
    "mmc",
    "mmck",
    "noticed_late",
    "open_desk",
    "overflow",
    "preemptive",
    "priority",
    "priority_agents",
    "swinging_load",
    "tabs",
    "tabs_noticed_late",
    "tabs_switching",
    "vip_tabs",
]
