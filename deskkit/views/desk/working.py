"""Work of one deed done a slice at a time: a kernel that has to do much for hundreds goes on between the slices.

One deed after the other, in the order in which they were done, so that none overtakes an earlier one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, TypeVar

from deskkit.live.hearing import SLICE

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

__all__ = ["Work"]

ALL: Final = 0
T = TypeVar("T")


class Work(Generic[T]):
    """What is being worked at: steps that say, each time they rest, how many looks that took.

    A look is as much as looking into the log once, a third of a millisecond at most.

    Parameters
    ----------
    over : callable
        Takes a deed's identity and what came of it.

    Examples
    --------
    >>> def counted(most):
    ...     for _ in range(most):
    ...         yield 1
    ...     return most
    >>> came = []
    >>> work = Work(lambda act, result: came.append((act, result)))
    >>> work.begin("much", counted(150))
    >>> work.begin("little", counted(2))
    >>> work.go_on()
    100.0
    >>> work.go_on(), came, bool(work)
    (52.0, [('much', 150), ('little', 2)], False)
    """

    def __init__(self, over: Callable[[str, T], None]) -> None:
        self._over = over
        self._steps: dict[str, Generator[float, None, T]] = {}

    def begin(self, act: str, steps: Generator[float, None, T]) -> None:
        """Put steps behind those that are not over yet."""
        self._steps[act] = steps

    def __contains__(self, act: str) -> bool:
        """Say whether a deed is not over yet."""
        return act in self._steps

    def __bool__(self) -> bool:
        """Say whether any is."""
        return bool(self._steps)

    def go_on(self, most: float = SLICE) -> float:
        """Go on for so many looks, `ALL`: to the end; return how many it took. What is over is told."""
        looks = 0.0
        while self._steps and (most == ALL or looks < most):
            act, steps = next(iter(self._steps.items()))
            try:
                looks += next(steps)
            except StopIteration as ended:
                del self._steps[act]
                self._over(act, ended.value)
        return looks
