"""What figures of studies are drawn of in the gallery: frames made by hand, in which every name is hostile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from deskkit import figures

if TYPE_CHECKING:
    from collections.abc import Callable

    import plotly.graph_objects as go

__all__ = ["drawn_studies"]

_HOUR_MS = 3_600_000


def drawn_studies(hostile: str) -> dict[str, Callable[[str], go.Figure]]:
    """Return a maker of each figure of a study, by name, given a language."""
    parts = ("Reply time: in the queue", "Reply time: switching")
    return {
        "through_the_day": lambda language: figures.through_the_day({hostile: day("Reply time")}, language=language),
        "parts": lambda language: figures.parts([day(part) for part in parts], language=language),
        "effects": lambda language: figures.effects(differences(hostile), language=language),
        "load": lambda language: figures.load(loads(), language=language),
    }


def day(title: str) -> pl.DataFrame:
    """Return three half-hours, in one of which nobody wrote."""
    rows = [
        (title, "ms", period, 10 * _HOUR_MS + period * _HOUR_MS // 2, mean, low, high, 5)
        for period, (mean, low, high) in enumerate([(30e3, 20e3, 40e3), (None, None, None), (50e3, 30e3, 70e3)])
    ]
    names = ["title", "unit", "period", "at_ms", "mean", "low", "high", "n"]
    return pl.DataFrame(rows, schema=names, orient="row")


def differences(hostile: str) -> pl.DataFrame:
    """Return a difference that is one, one that may be none, and one without an interval, of two policies."""
    rows = [
        (policy, hostile, title, 100.0, mean, low, high, differs)
        for policy in (hostile, "quiet")
        for title, mean, low, high, differs in (
            ("Reply time", -20.0, -30.0, -10.0, True), ("Abandonment", 5.0, -5.0, 15.0, False),
            ("Turns", 1.0, None, None, False),
        )
    ]  # fmt: skip
    names = ["policy", "base", "title", "base_mean", "mean", "low", "high", "differs"]
    return pl.DataFrame(rows, schema=names, orient="row")


def loads() -> pl.DataFrame:
    """Return two measures at two loads; one passes its limit."""
    rows = [
        (title, unit, limit, True, times, mean * times, 1.1 * mean * times)
        for title, unit, limit, mean in (("Reply time", "ms", 60e3, 40e3), ("Abandonment", "share", 0.1, 0.02))
        for times in (1.0, 2.0)
    ]
    return pl.DataFrame(rows, schema=["title", "unit", "limit", "is_most", "load", "mean", "high"], orient="row")
