"""A meldable heap inside the rows of a table: lanes, pools and timers are the same thing.

Each row holds four links at offset `at`: key, first child, previous (sibling, or parent of a first child) and next
sibling. The order is (key, row number), a total order, so what comes first never depends on how the heap was built.
A pairing heap (Fredman, Sedgewick, Sleator, Tarjan 1986): constant push, logarithmic pop and remove, amortised.
Plain functions over rows of integers; `root` is a row number or -1.
"""

from __future__ import annotations

from typing import Any

KEY, CHILD, PREV, NEXT = range(4)


def before(rows: Any, at: int, a: int, b: int) -> int:
    """Say (1 or 0) whether row `a` comes before row `b`."""
    left = rows[a][at]
    right = rows[b][at]
    if left != right:
        return 1 if left < right else 0
    return 1 if a < b else 0


def meld(rows: Any, at: int, a: int, b: int) -> int:
    """Join two heaps; return the root of both."""
    if a < 0:
        return b
    if b < 0:
        return a
    if before(rows, at, b, a) == 1:
        a, b = b, a
    first = rows[a][at + CHILD]
    rows[b][at + PREV] = a
    rows[b][at + NEXT] = first
    if first >= 0:
        rows[first][at + PREV] = b
    rows[a][at + CHILD] = b
    return a


def push(rows: Any, at: int, root: int, row: int, key: int) -> int:
    """Put a row in; return the new root."""
    mine = rows[row]
    mine[at] = key
    mine[at + CHILD] = -1
    mine[at + PREV] = -1
    mine[at + NEXT] = -1
    return meld(rows, at, root, row)


def gather(rows: Any, at: int, first: int) -> int:
    """Meld a list of siblings in pairs, then from the right; return the root."""
    pairs = -1
    while first >= 0:
        second = rows[first][at + NEXT]
        rest = -1
        if second >= 0:
            rest = rows[second][at + NEXT]
            rows[second][at + PREV] = -1
            rows[second][at + NEXT] = -1
        rows[first][at + PREV] = -1
        rows[first][at + NEXT] = -1
        joined = meld(rows, at, first, second)
        rows[joined][at + NEXT] = pairs
        pairs = joined
        first = rest
    root = -1
    while pairs >= 0:
        rest = rows[pairs][at + NEXT]
        rows[pairs][at + NEXT] = -1
        root = meld(rows, at, root, pairs)
        pairs = rest
    return root


def remove(rows: Any, at: int, root: int, row: int) -> int:
    """Take a row out, wherever it stands; return the new root."""
    mine = rows[row]
    below = gather(rows, at, mine[at + CHILD])
    left = mine[at + PREV]
    right = mine[at + NEXT]
    mine[at + CHILD] = -1
    mine[at + PREV] = -1
    mine[at + NEXT] = -1
    if row == root:
        return below
    if right >= 0:
        rows[right][at + PREV] = left
    if rows[left][at + CHILD] == row:
        rows[left][at + CHILD] = right
    else:
        rows[left][at + NEXT] = right
    return meld(rows, at, root, below)
