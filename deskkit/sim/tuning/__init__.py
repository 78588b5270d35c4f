"""Tuning: numbers of a policy searched for goals that pull apart, within limits, on the same simulated customers."""

from deskkit.sim.tuning.printing import told
from deskkit.sim.tuning.result import Tuning
from deskkit.sim.tuning.search import tune

__all__ = ["Tuning", "told", "tune"]
