"""A busy day with everything in it, small enough for a test."""

from __future__ import annotations

from typing import Any

from deskkit.sim.scenario import (
    Agent,
    Arrivals,
    Attention,
    Channel,
    Law,
    Line,
    Patience,
    Point,
    Scenario,
    Shift,
    Stream,
)

__all__ = ["ATTENTION", "HOUR", "busy_day"]

HOUR = 3_600_000
ATTENTION = Attention(
    glance=Law("exponential", 30_000),
    channels={
        "sound": Channel(Law("exponential", 3_000), 0.2),
        "popup": Channel(Law("exponential", 4_000), 0.15),
        "badge": Channel(Law("exponential", 30_000)),
    },
    unfocused=0.1, unfocused_latency=Law("lognormal", 60_000, 1.5), habituation=0.05,
    switch=Law("constant", 3_800), switch_away_ms=11_000, per_tab=0.02,
    interrupts=("sound",), resume=Law("constant", 3_800), wrong_window=0.02, wrong_after_interruption=2,
    repair=Law("constant", 15_000), ghost_ms=120_000,
)  # fmt: skip


def _stream(name: str, per_hour: float, **more: Any) -> Stream:
    return Stream(
        name=name, arrivals=Arrivals(points=(Point(9 * HOUR, per_hour),)), turns=Law("geometric", 5),
        patience=Patience(
            queue=Law("weibull", 180_000, 0.7), service=Law("exponential", 300_000), silent=0.7, writing=1.3
        ),
        **more,
    )  # fmt: skip


def busy_day(*, hours: float = 1.5, factor: float = 1.0, attention: Attention = ATTENTION) -> Scenario:
    """Return a morning of VIPs, orders, complaints in Chinese and English, with shifts, breaks and helpers."""

    def team(name: str, count: int, **more: Any) -> Agent:
        return Agent(
            name=name, count=count, groups=(name,), languages=("zh", "en"),
            shifts=(Shift(9 * HOUR, 12 * HOUR, breaks=((10 * HOUR, 10 * HOUR + 600_000),)),), **more,
        )  # fmt: skip

    return Scenario(
        name="busy", day="2026-06-18", begin_ms=9 * HOUR, end_ms=9 * HOUR + round(hours * HOUR), attention=attention,
        streams=(
            _stream("vip", 30 * factor, language="zh", fields={"membership": "gold", "orders": 5, "spend": 9000.0},
                    text="你好，在吗", lines=(Line("急，我的订单还没到", turn=1, share=0.5),), rating=(0.1, 0.2, 0.5)),
            _stream("order", 60 * factor, language="zh", text="我的快递到哪里了", help=0.1,
                    history={"unresolved": 1, "contacts": 2}, lines=(Line("太慢了，我要投诉", share=0.05),)),
            _stream("english", 30 * factor, language="en", text="where is my order?",
                    transfer=(("technical", 0.2),)),
            _stream("new", 30 * factor, language="zh", fields={"orders": 0}, text="这款有红色的吗", returning=0.3,
                    tags=(("label", "important"),)),
        ),
        agents=(
            team("presales", 3), team("aftersales", 4), team("technical", 2, skills={"technical": 3}),
            team("vip", 2), team("international", 2),
            Agent(name="lead", role="supervisor", groups=("presales",), shifts=(Shift(9 * HOUR, 12 * HOUR),)),
        ),
    )  # fmt: skip
