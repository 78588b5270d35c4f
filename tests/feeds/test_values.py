"""Values are read as what they mean, or not at all."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskkit.clock import instant
from deskkit.feeds.values import Times, number, whole

SHANGHAI = Times("Asia/Shanghai")


@given(
    st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30)),  # noqa: DTZ001 - the zone is what is tested
    st.sampled_from(["Asia/Shanghai", "UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]),
)
def test_a_local_time_is_the_librarys(moment: datetime, zone: str) -> None:
    """The fast way to read a time agrees with the slow one, rounded down to milliseconds."""
    text = f"{moment:%Y-%m-%d %H:%M:%S.%f}"
    slow = moment.replace(tzinfo=ZoneInfo(zone)) - datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))
    found = Times(zone).read(text)
    assert found is not None
    assert found.at == slow // timedelta(milliseconds=1)
    assert found.stamp == str(slow // timedelta(microseconds=1))


@pytest.mark.parametrize(
    "given",
    ["2026-06-18 10:30:00.250001", "2026-06-18T10:30:00.250001", "2026-06-18T02:30:00.250001Z",
     "2026-06-18 10:30:00.250001+08:00", "2026-06-17T22:30:00.250001-04:00", 1781749800.250001],
)  # fmt: skip
def test_one_instant_has_one_stamp(given: object) -> None:
    """However an instant is spelt, with a zone or without, its part in an identity is the same."""
    found = SHANGHAI.read(given)
    assert found is not None
    assert (found.at, found.stamp) == (1781749800250, "1781749800250001")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("2026-06-18T10:30:00", "2026-06-18T02:30Z"),
        ("2026-06-18 10:30", "2026-06-18T02:30Z"),
        ("2026-06-18T10:30:00.5+00:00", "2026-06-18T10:30:00.500Z"),
        (1781749800, "2026-06-18T02:30Z"),
        (1781749800123, "2026-06-18T02:30:00.123Z"),
        (1781749800.25, "2026-06-18T02:30:00.250Z"),
    ],
)
def test_other_spellings_are_read(given: object, text: str) -> None:
    """ISO 8601 with and without offset and Unix numbers are read too."""
    found = SHANGHAI.read(given)
    assert found is not None
    assert found.at == instant(text)


@pytest.mark.parametrize(
    "given",
    ["", "soon", "2026-13-01 00:00:00", "2026-06-18 24:00:01", "1999-12-31 00:00:00", "0001-01-01 00:00:00",
     "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", None, True, [], {}, 0, -5, 1e300, float("nan"),
     float("inf"), "２０２６-06-18 10:30:00"],
)  # fmt: skip
def test_no_time_is_none(given: object) -> None:
    """What is no time between 2000 and 2099 is none."""
    assert SHANGHAI.read(given) is None


@pytest.mark.parametrize(
    ("given", "found"),
    [(0, 0), ("007", 7), ("1,234", 1234), (" 5 ", 5), ("5.0", 5), ("5.5", None), ("", None), (True, None),
     (10**30, None), (float("nan"), None), ("1" * 5000, None)],
)  # fmt: skip
def test_whole_numbers(given: object, found: float | None) -> None:
    """Integers and texts of integers are whole numbers."""
    assert whole(given)[0] == found


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (1, 1.0),
        ("¥12.30", 12.3),
        ("1,234,567.8 元", 1234567.8),
        ("1,23", None),
        ("NaN", None),
        (float("inf"), None),
    ],
)
def test_amounts(given: object, found: float | None) -> None:
    """Signs of currency and thousands go; nothing else is made a number."""
    assert number(given)[0] == found
