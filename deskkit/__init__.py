"""deskkit: run, study and tune a live-chat customer-service desk, live and simulated, by one policy file."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from deskkit import errors

if TYPE_CHECKING:
    from deskkit.clock import ManualClock, SystemClock, instant, moment
    from deskkit.desk.desk import Desk, fold
    from deskkit.desk.policy import Policy
    from deskkit.errors import DeskkitError
    from deskkit.feeds.chatwoot import import_chatwoot
    from deskkit.feeds.meiqia import import_meiqia
    from deskkit.feeds.table import import_table
    from deskkit.feeds.zendesk import import_zendesk
    from deskkit.live.driver import Driver
    from deskkit.log import EventLog, MemoryLog, open_log
    from deskkit.sample import SAMPLE_NOW, sample_log
    from deskkit.sim.duty import scenario_from
    from deskkit.sim.experiment import compare
    from deskkit.sim.run import simulate
    from deskkit.sim.scenariofile import load_scenario
    from deskkit.sim.trace import workload_from

__version__ = "0.2.0"

# The public names and where they live; each module loads when its name is first used, so `import deskkit` is quick.
_HOME = {
    "DeskkitError": "errors",
    "Desk": "desk.desk",
    "Driver": "live.driver",
    "EventLog": "log",
    "ManualClock": "clock",
    "MemoryLog": "log",
    "Policy": "desk.policy",
    "SAMPLE_NOW": "sample",
    "SystemClock": "clock",
    "compare": "sim.experiment",
    "fold": "desk.desk",
    "import_chatwoot": "feeds.chatwoot",
    "import_meiqia": "feeds.meiqia",
    "import_table": "feeds.table",
    "import_zendesk": "feeds.zendesk",
    "instant": "clock",
    "load_scenario": "sim.scenariofile",
    "moment": "clock",
    "open_log": "log",
    "sample_log": "sample",
    "scenario_from": "sim.duty",
    "simulate": "sim.run",
    "workload_from": "sim.trace",
}
_MODULES = ("export", "figures", "measures", "privacy", "views")

__all__ = [
    "SAMPLE_NOW",
    "Desk",
    "DeskkitError",
    "Driver",
    "EventLog",
    "ManualClock",
    "MemoryLog",
    "Policy",
    "SystemClock",
    "compare",
    "export",
    "figures",
    "fold",
    "import_chatwoot",
    "import_meiqia",
    "import_table",
    "import_zendesk",
    "instant",
    "load_scenario",
    "measures",
    "moment",
    "open_log",
    "privacy",
    "sample_log",
    "scenario_from",
    "simulate",
    "views",
    "workload_from",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401  a public name may be anything
    if name in _MODULES:
        return import_module(f"deskkit.{name}")
    if name in _HOME:
        return getattr(import_module(f"deskkit.{_HOME[name]}"), name)
    raise AttributeError(f"module 'deskkit' has no attribute {name!r}")


def _masked(text: str) -> str:
    from deskkit.privacy import mask  # noqa: PLC0415 - an error is rare, and the numbering plans take a moment to load

    return mask(text, language="en")


errors.DeskkitError.cover = staticmethod(_masked)


def __dir__() -> list[str]:
    return sorted(__all__)
