"""Where no cluster is, the address is named, however Dask gives up."""

from __future__ import annotations

import asyncio
from typing import Never

import pytest

from deskkit.desk.policy import Policy
from deskkit.errors import ScenarioError
from deskkit.sim.experiment import replicate
from deskkit.sim.scenariofile import load_scenario


@pytest.mark.parametrize("cause", [asyncio.CancelledError(), TimeoutError(), OSError("nobody"), OSError()])
@pytest.mark.parametrize("is_wrapped", [True, False])
def test_however_dask_gives_up_the_address_is_named(
    cause: BaseException, monkeypatch: pytest.MonkeyPatch, *, is_wrapped: bool
) -> None:
    """It cancels what takes too long, itself or beneath an error of its own; that word is never all that is said."""

    class Dead:
        def __init__(self, *_: object, **__: object) -> None:
            """Take whatever Dask's own takes."""

        async def __aenter__(self) -> Never:
            if is_wrapped:
                raise OSError from cause
            raise cause

        async def __aexit__(self, *_: object) -> None:
            """Never come so far."""

    monkeypatch.setattr("distributed.core.rpc", Dead)
    small, standard = load_scenario("data/scenarios/small.toml"), Policy.load("data/policies/standard.toml")
    with pytest.raises(ScenarioError, match=r"^tcp://127\.0\.0\.1:9: No scheduler of Dask answers") as caught:
        replicate(small, standard, replications=1, workers="tcp://127.0.0.1:9")
    assert "Cancelled" not in str(caught.value)
