"""Figures: measures in, plotly out. Nothing is worked out here, and nothing knows Jupyter.

Every figure is a plain `plotly.graph_objects.Figure` on the template ``deskkit``: transparent, of colours that can be
told apart by everybody on white and on black, so that one figure serves a light and a dark notebook. Whatever a
customer, an agent or a file could have written is shown as text and masked.
"""

from deskkit.figures.bars import agents, comparison, differences, tags
from deskkit.figures.concurrency import concurrency
from deskkit.figures.heat import heat_map
from deskkit.figures.pareto import pareto
from deskkit.figures.simulated import effects, load, parts, through_the_day
from deskkit.figures.survival import survival
from deskkit.figures.timeline import timeline
from deskkit.figures.tornado import tornado
from deskkit.figures.trend import trend

__all__ = [
    "agents",
    "comparison",
    "concurrency",
    "differences",
    "effects",
    "heat_map",
    "load",
    "pareto",
    "parts",
    "survival",
    "tags",
    "through_the_day",
    "timeline",
    "tornado",
    "trend",
]
