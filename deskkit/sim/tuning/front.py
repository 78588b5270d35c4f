"""Who is beaten by whom: candidates as points, of which smaller is better in every direction."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    Point = Sequence[float]

__all__ = ["beaten", "beats", "central", "front", "spread"]


def beats(one: Point, other: Point) -> bool:
    """Say whether a point is nowhere worse than another, and somewhere better.

    Examples
    --------
    >>> beats((1, 2), (1, 3)), beats((1, 2), (1, 2)), beats((1, 2), (0, 3))
    (True, False, False)
    """
    return tuple(one) != tuple(other) and all(mine <= theirs for mine, theirs in zip(one, other, strict=True))


def front(points: Sequence[Point]) -> list[int]:
    """Return the numbers of the points that none beats, of equal ones the first.

    Examples
    --------
    >>> front([(1, 3), (2, 2), (3, 3), (2, 2)])
    [0, 1]
    """
    first = {tuple(point): number for number, point in reversed(list(enumerate(points)))}
    return [
        n for n, point in enumerate(points) if first[tuple(point)] == n and not any(beats(p, point) for p in points)
    ]


def beaten(points: Sequence[Point]) -> dict[int, int]:
    """Return who is not on the front, by number, and who on it beats it or is the same point.

    Examples
    --------
    >>> beaten([(1, 3), (2, 2), (3, 3), (2, 2)])
    {2: 0, 3: 1}
    """
    standing = front(points)
    return {
        n: next(one for one in standing if tuple(points[one]) == tuple(point) or beats(points[one], point))
        for n, point in enumerate(points)
        if n not in standing
    }


def spread(points: Sequence[Point], most: int) -> list[int]:
    """Return the numbers of at most so many points that lie far apart: the best in each direction, then the farthest.

    Examples
    --------
    >>> spread([(0.0, 9.0), (0.1, 8.9), (5.0, 5.0), (9.0, 0.0)], 3)
    [0, 2, 3]
    """
    if len(points) <= most:
        return list(range(len(points)))
    scaled = _scaled(points)
    chosen = list(dict.fromkeys(min(range(len(points)), key=lambda n: points[n][d]) for d in range(len(points[0]))))[
        :most
    ]
    while len(chosen) < most:
        rest = (n for n in range(len(points)) if n not in chosen)
        chosen.append(max(rest, key=lambda n: min(_apart(scaled[n], scaled[c]) for c in chosen)))
    return sorted(chosen)


def central(points: Sequence[Point]) -> int:
    """Return the number of the point nearest to the best in every direction, each by its own range.

    Examples
    --------
    >>> central([(0.0, 9.0), (2.0, 2.0), (9.0, 0.0)])
    1
    """
    scaled = _scaled(points)
    return min(range(len(points)), key=lambda n: sum(x**2 for x in scaled[n]))


def _scaled(points: Sequence[Point]) -> list[list[float]]:
    ends = [(min(along), max(along)) for along in zip(*points, strict=True)]
    return [[(x - low) / ((high - low) or 1.0) for x, (low, high) in zip(point, ends, strict=True)] for point in points]


def _apart(one: Point, other: Point) -> float:
    return sum((x - y) ** 2 for x, y in zip(one, other, strict=True))
