"""What holds of every scenario that a file can give, and scenarios of any kind, for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from hypothesis import strategies as st

from deskkit.sim.scenario import (
    FOREVER,
    Agent,
    Arrivals,
    Attention,
    Busyness,
    Channel,
    Cost,
    Law,
    Line,
    Patience,
    Point,
    Scenario,
    Shift,
    Stream,
    Wave,
)
from deskkit.sim.scenariofile import expected
from deskkit.sim.scenariofile.lawtext import SPREAD

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 2_000_000
HOUR = 3_600_000


def laws_of(thing: object) -> Iterator[Law]:
    """Yield every law in a struct."""
    if isinstance(thing, Law):
        yield thing
    elif isinstance(thing, msgspec.Struct):
        for name in thing.__struct_fields__:
            yield from laws_of(getattr(thing, name))
    elif isinstance(thing, tuple | dict):
        for one in thing.values() if isinstance(thing, dict) else thing:
            yield from laws_of(one)


def faults_of(scenario: Scenario) -> list[str]:
    """Return what of a scenario is out of bounds."""
    found = [f"law {law}" for law in laws_of(scenario) if not _sane(law)]
    found += [f"number {number}" for number in expected(scenario).values() if not 0 <= number <= MOST]
    if not scenario.streams or not scenario.agents:
        found.append("nobody")
    for stream in scenario.streams:
        arrivals = stream.arrivals
        given = [arrivals.points, arrivals.wave, arrivals.counts, arrivals.instants]
        found += [f"arrivals of {stream.name}"] * (sum(map(bool, given)) != 1)
        found += [f"rate {point}" for point in arrivals.points if not 0 <= point.per_hour <= 1_000_000]
        shares = [stream.returning, stream.help, sum(stream.rating), stream.patience.silent]
        shares += [line.share for line in stream.lines] + [sum(share for _, share in stream.transfer)]
        found += [f"share {share}" for share in shares if not 0 <= share <= 1.000_001]
        if arrivals.wave and arrivals.wave.amplitude > arrivals.wave.base:
            found.append("negative rate")
        if stream.handle.mean <= 0 or any(law.mean <= 0 for law in laws_of(stream.patience)):
            found.append("no time")
    for agent in scenario.agents:
        bad = agent.count < 1 or agent.speed <= 0 or (agent.capacity is not None and agent.capacity <= 0)
        found += [f"agent {agent.name}"] * bad
        found += [f"shift {shift}" for shift in agent.shifts if not shift.begin_ms < shift.end_ms]
    return found


def _sane(law: Law) -> bool:
    """Say whether a law can be drawn from."""
    spread = 0.05 <= law.cv <= 10 if law.kind in SPREAD else law.cv == 0
    values = bool(law.values) == (law.kind == "empirical")
    return spread and values and 0 <= law.mean <= 400 * 24 * HOUR and (law.mean > 0 or law.kind == "constant")


# ---------------------------------------------------------------- any scenario

names = st.text("ab 急-é.", min_size=1, max_size=6).map(str.strip).filter(bool)
shares = st.integers(0, 1000).map(lambda n: n / 1000)
times = st.integers(1, 24 * HOUR)
cvs = st.integers(1, 200).map(lambda n: n / 20)


def laws(*, least: int = 1, most: int = 24 * HOUR, counts: bool = False) -> st.SearchStrategy[Law]:
    """Return any law of times or of counts."""
    means = st.integers(1, 1000).map(float) if counts else st.integers(max(1, least), most).map(float)
    plain = "geometric" if counts else "exponential"
    values = st.lists(means, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Law, st.just("constant"), means if least or counts else st.just(0.0)),
        st.builds(Law, st.just(plain), means),
        st.builds(Law, st.sampled_from(SPREAD), means, cvs),
        values.map(lambda found: Law("empirical", sum(found) / len(found), 0.0, found)),
    )


arrivals = st.one_of(
    st.builds(
        Arrivals,
        points=st.lists(st.integers(0, 24 * HOUR), min_size=1, max_size=4, unique=True).map(
            lambda found: tuple(Point(at, 3.5 * number) for number, at in enumerate(sorted(found)))
        ),
        steps=st.booleans(),
        busyness=st.none()
        | st.builds(Busyness, st.integers(1, 50).map(float), shares, st.integers(60_000, 24 * HOUR))
        | st.builds(Busyness, st.integers(1, 50).map(float)),
        factor=shares,
    ),
    st.builds(
        Arrivals, wave=st.builds(Wave, st.just(9.0), st.integers(0, 9).map(float), st.integers(1000, 9**9), times)
    ),
    st.integers(0, 24 * HOUR - 1).map(lambda at: Arrivals(counts=((at, at + 1, 7), (0, 24 * HOUR, 2)))),
    st.lists(st.integers(0, 24 * HOUR - 1), min_size=1, max_size=4).map(
        lambda at: Arrivals(instants=tuple(sorted(at)))
    ),
)
streams = st.builds(
    Stream,
    name=names,
    arrivals=arrivals,
    group=st.just("") | names,
    language=st.sampled_from(["", "zh", "en", "zh-tw"]),
    needs=st.lists(names, unique=True, max_size=2).map(tuple),
    fields=st.fixed_dictionaries(
        {},
        optional={"orders": st.integers(0, 99), "spend": st.sampled_from([0, 99.5]), "last_order": times, "own": names,
                  "membership": st.just("gold")},
    ),
    history=st.fixed_dictionaries(
        {}, optional={"unresolved": st.integers(0, 9), "rating": st.sampled_from([-1, 0, 1]), "last_agent": names}
    ),
    returning=shares,
    tags=st.sampled_from([(), (("label", "urgent"), ("label", "important"))]),
    text=st.sampled_from(["…", '退款\n"急"', "👨‍👩‍👧 hi"]),
    lines=st.lists(st.builds(Line, names, st.sampled_from([FOREVER, 0, 4]), shares), max_size=2).map(tuple),
    turns=st.none() | laws(counts=True),
    handle=laws(most=HOUR // 60),  # of hours, most would be refused: agents could never keep up
    words=st.none() | laws(counts=True),
    think=laws(least=0),
    impatience=shares,
    patience=st.builds(Patience, st.none() | laws(), st.none() | laws(), shares, shares.map(lambda n: n + 0.5)),
    transfer=st.sampled_from([(), (("vip", 0.25), ("b", 0.5))]),
    help=shares,
    rating=st.sampled_from([(0.0, 0.0, 0.0), (0.125, 0.25, 0.5)]),
)  # fmt: skip
shifts = st.sampled_from(
    [(), (Shift(0, HOUR), Shift(HOUR, 9 * HOUR, ((2 * HOUR, 3 * HOUR), (5 * HOUR + 30_001, 6 * HOUR)))), (Shift(5, 6),)]
)
agents = st.builds(
    Agent,
    name=names,
    count=st.integers(1, 3),
    groups=st.lists(names, unique=True, max_size=2).map(tuple),
    skills=st.dictionaries(names, st.integers(1, 5), max_size=2),
    languages=st.sampled_from([(), ("zh", "en")]),
    capacity=st.none() | st.sampled_from([0.5, 3.0]),
    speed=st.sampled_from([1.0, 1.25]),
    shifts=shifts,
    cost=st.sampled_from([0.0, 45.5]),
    role=st.sampled_from(["agent", "supervisor"]),
)
attentions = st.builds(
    Attention,
    glance=st.none() | laws(least=0),
    channels=st.dictionaries(
        st.sampled_from(["sound", "popup", "badge"]), st.builds(Channel, laws(least=0), shares), max_size=2
    ),
    unfocused=shares,
    unfocused_latency=laws(least=0),
    habituation=shares,
    switch=st.none() | laws(least=0),
    switch_away_ms=st.integers(0, HOUR).map(float),
    switch_recover_ms=st.integers(1000, HOUR).map(float),
    per_tab=shares,
    interrupts=st.sampled_from([(), ("flash", "sound")]),
    resume=st.none() | laws(least=0),
    wrong_window=shares,
    wrong_after_interruption=shares,
    repair=st.none() | laws(),
    ghost_ms=st.integers(1000, HOUR),
    pick=st.sampled_from(["oldest", "level", "newest"]),
)
scenarios = st.builds(
    Scenario,
    name=names,
    streams=st.lists(streams, min_size=1, max_size=2, unique_by=lambda one: one.name).map(tuple),
    agents=st.lists(agents, min_size=1, max_size=1).map(tuple),
    day=st.just("2026-11-10"),
    days=st.integers(1, 3),
    factors=st.sampled_from([{}, {"2026-11-10": 2.5}]),
    warm_up_ms=st.integers(0, HOUR),
    drain=st.just(value=False),
    attention=attentions,
    cost=st.builds(Cost, st.sampled_from(["CNY", "€"]), shares),
    assumptions=st.sampled_from([(), ("attention.switch",)]),
)
