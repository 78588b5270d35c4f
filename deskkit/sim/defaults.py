"""The numbers a scenario file has where it says nothing: each with its source, or marked as an assumption.

A sheet prints them, a tornado plot varies those that are assumptions, and the scenario file is read with them: they
stand here alone. The structs of `deskkit.sim.scenario`, made by hand, disturb nobody: no patience ends, no notice is
missed. Values are written as a scenario file writes them.
"""

from __future__ import annotations

from typing import Final, NamedTuple

__all__ = ["ASSUMPTION", "DEFAULTS", "Default", "OneDefault", "value_of"]

ASSUMPTION: Final = "assumption"
OneDefault = str | int | float | list[str]


class Default(NamedTuple):
    """A number, where it stands, and why it is so large.

    Attributes
    ----------
    name : str
        Its path in a scenario file; ``stream`` is any stream.
    value : str, int, float or list of str
        As a scenario file writes it.
    source : str
        Who measured it, or from what it was computed; or "assumption".
    why : str
        What is known nevertheless, in which direction it works.
    """

    name: str
    value: OneDefault
    source: str
    why: str = ""

    @property
    def assumed(self) -> bool:
        """Whether nobody measured it."""
        return self.source == ASSUMPTION


JACKSON: Final = "Jackson, Dawson & Wilson, CACM 2003"
ALTMANN: Final = "Altmann & Trafton, CogSci 2004"
ALERTS: Final = "mobile notification study: 15 to 24 % of alerts missed"

DEFAULTS: Final[tuple[Default, ...]] = (
    Default(
        "stream.arrivals.busyness.shape", 10,
        "Avramidis, Deslauriers & L'Ecuyer, Mgmt Sci 2004, as in the ContactCenters examples",
        "a published example has a gamma factor of this shape; used where a stream has `busyness`",
    ),
    Default(
        "stream.turns", "8 geometric", "computed from Comm100 2019, 2020",
        "with the times below a chat lasts the 11 to 12 minutes of the benchmark",
    ),
    Default(
        "stream.handle", "20 s lognormal cv 1.2",
        "computed from Call Centre Helper's concurrency factors; shape: Brown et al., JASA 2005",
        "mean from the throughput of 1 to 5 simultaneous chats; Brysbaert 2019 reads 238 words a minute",
    ),
    Default(
        "stream.think", "60 s lognormal cv 1.3", "computed from Call Centre Helper's factors and Goes et al. 2018",
        "three to four and a half times the time to handle; only the mean matters for delays",
    ),
    Default("stream.impatience", 0, ASSUMPTION, "slow replies slow the customer (Ilk & Shang 2022); how much is open"),
    Default("stream.patience.queue", "180 s weibull cv 1.2", ASSUMPTION, "VIP customers wait longer; fit it to a log"),
    Default(
        "stream.patience.service", "300 s exponential", ASSUMPTION,
        "customers leave in a chat (Legros & Jouini); the shipped days say 15 min, else they would lose half",
    ),
    Default("stream.patience.silent", 0.7, "arXiv 2304.11754, 2501.08869", "69.5 and 71.3 % of leavers say nothing"),
    Default("stream.patience.writing", 1.3, ASSUMPTION, "who may write while waiting waits longer (arXiv 2501.08869)"),
    Default("attention.glance", "30 s exponential", ASSUMPTION, "until an idle agent sees a badge"),
    Default(
        "attention.channels.sound.latency", "4.2 s lognormal cv 1", JACKSON,
        "median 3 s: bounded by 70 % within 6 s; the split by channel is assumed",
    ),
    Default("attention.channels.popup.latency", "5.7 s lognormal cv 1", JACKSON, "median 4 s, 69 % within 6 s"),
    Default("attention.channels.desktop.latency", "5.7 s lognormal cv 1", JACKSON, "like a pop-up"),
    Default("attention.channels.flash.latency", "10 s lognormal cv 1", ASSUMPTION),
    Default("attention.channels.push.latency", "104 s lognormal cv 2.9", JACKSON, "mean 1 min 44 s, 80 % within 2 min"),
    Default("attention.channels.sound.missed", 0.2, ALERTS, "23.8 % with sound, at a telephone"),
    Default("attention.channels.popup.missed", 0.15, ALERTS, "14.6 % of silent ones"),
    Default("attention.channels.desktop.missed", 0.15, ALERTS),
    Default("attention.channels.flash.missed", 0.15, ALERTS),
    Default("attention.channels.push.missed", 0.15, ALERTS, "15.4 % when it vibrates"),
    Default("attention.unfocused", 0.1, ASSUMPTION, "with the latencies it gives 70 % within 6 s"),
    Default("attention.unfocused_latency", "104 s lognormal cv 2.9", JACKSON, "mean 1 min 44 s, 80 % within 2 min"),
    Default("attention.habituation", 0.01, ASSUMPTION, "60 notices an hour turn 20 % missed into 37 %"),
    Default("attention.switch", "3.8 s exponential", ALTMANN, "resumption lag"),
    Default("attention.switch_away", "11.2 s", "Altmann & Trafton, PB&R 2007", "recovery takes some 15 s in all"),
    Default("attention.switch_recover", "60 s", ASSUMPTION, "the time away in which 63 % of that is reached"),
    Default("attention.per_tab", 0, ASSUMPTION, "above 0 many tabs lower the throughput (Daw & Yom-Tov; KC 2014)"),
    Default("attention.interrupts", ["flash"], ASSUMPTION, "the channels of the loudest ring"),
    Default("attention.resume", "3.8 s exponential", ALTMANN, "resumption lag"),
    Default("attention.wrong_window", 0.003, ASSUMPTION, "no rate per message is known"),
    Default(
        "attention.wrong_after_interruption", 2, "Altmann, Trafton & Hambrick, JEP:G 2014",
        "2.8 s of interruption double, 4.4 s triple sequence errors",
    ),
    Default("attention.repair", "30 s exponential", ASSUMPTION),
    Default("attention.ghost_after", "180 s", ASSUMPTION, "a rule of the house"),
    Default("attention.pick", "level", ASSUMPTION, "a rule of the house"),
)  # fmt: skip

_VALUES: Final = {one.name: one.value for one in DEFAULTS}


def value_of(name: str) -> OneDefault:
    """Return a default's value as a scenario file writes it.

    Parameters
    ----------
    name : str

    Returns
    -------
    str, int, float or list of str

    Raises
    ------
    KeyError
        There is no such default.

    Examples
    --------
    >>> value_of("stream.handle")
    '20 s lognormal cv 1.2'
    """
    return _VALUES[name]
