"""The laws of the lease: one driver per log decides, and one that lost its lease stores nothing."""

from __future__ import annotations

import pytest

from deskkit.errors import LogError
from deskkit.log import Lease, LeaseLostError
from tests.contract.basis import Basis, Pair, StopError
from tests.contract.samples import AT, wrote


class Leasing(Basis):
    """What the lease promises: taken, renewed, asked for, let go, checked, and the desk's time told with it."""

    def test_nobody_decides_at_first(self, pair: Pair) -> None:
        """A new log has no driver and never had one; asking makes nothing."""
        assert pair.other.lease() == Lease(0, "", 0, 0, "")
        with pytest.raises(LeaseLostError):
            pair.log.check_lease(0)

    def test_one_holds_it(self, pair: Pair) -> None:
        """While one holds the lease nobody else gets it; from the instant it ends anybody does, under a new epoch."""
        assert pair.log.take_lease("a", now=AT, until=AT + 5) == 1
        assert pair.other.take_lease("b", now=AT + 4, until=AT + 9) is None
        assert pair.other.lease() == Lease(1, "a", AT + 5, 0, "")
        assert pair.other.take_lease("b", now=AT + 5, until=AT + 9) == 2
        assert pair.log.lease()[:3] == (2, "b", AT + 9)

    def test_renewed_it_lasts(self, pair: Pair) -> None:
        """A lease that is renewed lasts; who lost it cannot renew, nor check it, nor let the other's go."""
        pair.log.take_lease("a", now=AT, until=AT + 5)
        pair.log.renew_lease(1, until=AT + 50)
        assert pair.other.take_lease("b", now=AT + 40, until=AT + 90) is None
        assert pair.other.take_lease("b", now=AT + 60, until=AT + 90) == 2
        with pytest.raises(LeaseLostError, match="Another driver"):
            pair.log.renew_lease(1, until=AT + 99)
        with pytest.raises(LeaseLostError, match="Another driver"):
            pair.log.check_lease(1)
        assert pair.log.release_lease(1) is False
        pair.other.check_lease(2)

    def test_a_desk_with_a_clock_of_its_own(self, pair: Pair) -> None:
        """Who decides tells the desk's time, for the drivers that follow as well."""
        pair.log.take_lease("a", now=AT, until=AT + 5)
        pair.log.tell_time(1, desk_at=AT + 7, wall_at=AT + 1, speed=10.0)
        pair.log.renew_lease(1, until=AT + 9)
        assert pair.other.lease() == Lease(1, "a", AT + 9, 0, "", 0, AT + 7, AT + 1, 10.0)
        assert pair.other.take_lease("b", now=AT + 9, until=AT + 20) == 2
        assert pair.log.lease() == Lease(2, "b", AT + 20, 0, "", 0, AT + 7, AT + 1, 10.0)
        with pytest.raises(LeaseLostError, match="Another driver"):
            pair.log.tell_time(1, desk_at=AT, wall_at=AT, speed=2.0)
        assert pair.log.lease().speed == 10.0

    def test_asked_to_let_go(self, pair: Pair) -> None:
        """Whoever asks for the lease is noted until somebody takes it."""
        pair.log.take_lease("a", now=AT, until=AT + 5)
        pair.other.ask_lease(now=AT + 3)
        assert pair.log.lease().asked_at == AT + 3
        assert pair.other.take_lease("b", now=AT + 5, until=AT + 20) == 2
        assert pair.log.lease().asked_at == 0

    def test_run_out_it_holds_until_taken(self, pair: Pair) -> None:
        """A lease that ran out but that nobody took may be renewed: nobody has decided meanwhile."""
        pair.log.take_lease("a", now=AT, until=AT + 5)
        pair.log.check_lease(1)
        pair.log.renew_lease(1, until=AT + 50)
        assert pair.other.take_lease("b", now=AT + 40, until=AT + 90) is None

    def test_released_it_is_free(self, pair: Pair) -> None:
        """A driver that stops says why, and the next one begins at once; its epoch is over."""
        pair.log.take_lease("a", now=AT, until=AT + 5_000)
        assert pair.log.release_lease(1, note="nobody needs it\0")
        assert pair.log.release_lease(1) is False
        assert pair.other.lease() == Lease(1, "", AT + 5_000, 0, "nobody needs it\ufffd")
        with pytest.raises(LeaseLostError):
            pair.log.check_lease(1)
        assert pair.other.take_lease("b", now=AT, until=AT + 9) == 2
        assert pair.other.lease().note == ""

    def test_a_lost_lease_stores_nothing(self, pair: Pair) -> None:
        """What a driver stores under an epoch that is over is not stored, events, answers and all."""
        pair.log.take_lease("a", now=AT, until=AT + 5)
        pair.log.receive("view", "1", raw=b"x", received_at=AT)

        def store(epoch: int, number: int) -> None:
            with pair.log.batch():
                pair.log.append([wrote(number)], received_at=AT)
                pair.log.settle(number, "taken")
                pair.log.check_lease(epoch)

        store(1, 1)  # the control: under an epoch that holds it is
        pair.other.receive("view", "2", raw=b"y", received_at=AT)
        assert pair.other.take_lease("b", now=AT + 5, until=AT + 9) == 2
        with pytest.raises(LeaseLostError):
            store(1, 2)
        assert (pair.other.last_seq(), [one.number for one in pair.other.inbox()]) == (1, [2])

    def test_a_batch_left_takes_the_lease_back(self, pair: Pair) -> None:
        """A lease taken in a batch that fails was not taken."""

        def leave() -> None:
            with pair.log.batch():
                assert pair.log.take_lease("a", now=AT, until=AT + 5) == 1
                pair.log.want_driver(now=AT)
                raise StopError

        with pytest.raises(StopError):
            leave()
        assert pair.other.lease() == Lease()

    def test_it_is_wanted(self, pair: Pair) -> None:
        """Who needs a driver says so; the latest instant counts, whoever holds the lease."""
        pair.log.want_driver(now=AT + 5)
        pair.other.want_driver(now=AT)
        pair.log.take_lease("a", now=AT, until=AT + 5)
        assert pair.other.lease() == Lease(1, "a", AT + 5, AT + 5, "")

    def test_closed_there_is_no_lease(self, pair: Pair) -> None:
        """A closed log answers nothing."""
        pair.log.close()
        with pytest.raises(LogError, match="closed"):
            pair.log.lease()
