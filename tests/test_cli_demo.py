"""`deskkit demo` from the command line: which logs it lives in, and how it is told to stop."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from deskkit.cli import main
from deskkit.desk.events import AgentSet, ConversationOpened
from deskkit.live import lease
from deskkit.live.serve import Serving
from deskkit.log import open_log

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from deskkit.desk.events import Fact
    from deskkit.log import Lease


@pytest.fixture(autouse=True)
def handlers(monkeypatch: pytest.MonkeyPatch) -> dict[int, Callable[..., None]]:
    """Leave the handlers of signals as the tests have them; return those the demo would have installed."""
    installed: dict[int, Callable[..., None]] = {}
    monkeypatch.setattr("signal.signal", installed.__setitem__)
    return installed


def opened(source: str) -> Fact:
    """Return a conversation that began in a source."""
    return ConversationOpened(at=1_000, source=source, source_id="c", conversation=source, customer="li")


def agent(source: str) -> Fact:
    """Return an agent whom a source named."""
    return AgentSet(at=1_000, source=source, source_id="a", agent="chen", name="Chen")


@pytest.mark.parametrize(
    "facts",
    [[opened("meiqia")], [agent("roster")], [opened("view")], [agent("sim"), opened("sim"), opened("zendesk")]],
    ids=["imported", "a roster", "opened by hand", "imported into a demo"],
)
def test_a_log_of_others_is_refused(facts: list[Fact], log_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It is wrong use, says what was found and what would be right, and neither an event nor a lease is written."""
    with open_log(log_url) as log:
        log.append(facts, received_at=1_000)
    assert main(["demo", "--log", log_url, "--for", "0.001", "--quiet"]) == 2
    said = capsys.readouterr().err
    assert f"event {len(facts)} is " in said
    assert "--log sqlite:///demo.db" in said
    with open_log(log_url) as log:
        assert (log.last_seq(), log.lease().epoch, log.lease().asked_at) == (len(facts), 0, 0)


def test_a_demo_goes_on_with_its_own_log(log_url: str) -> None:
    """A new log is taken; so is the one a demo made, also where a roster and a hand added to it."""
    command = ["demo", "--log", log_url, "--for", "0.001", "--quiet", "--speed", "10"]
    assert main(command) == 0
    with open_log(log_url) as log:
        begun = log.last_seq()
        log.append([agent("roster"), opened("view")], received_at=1_000)
    assert main(command) == 0
    with open_log(log_url) as log:
        assert log.last_seq() > begun > 0


def test_a_demo_that_was_overtaken_says_by_whom(
    log_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where another driver has the lease, as after a sleep, it ends with 1 and says who, and what to do."""
    run = Serving.run

    def overtaken(serving: Serving, stop: threading.Event) -> str:
        assert serving.log.take_lease("process 17", now=2**50, until=2**51) is not None
        return run(serving, stop)

    monkeypatch.setattr(Serving, "run", overtaken)
    assert main(["demo", "--log", log_url, "--quiet"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("It stopped: another driver has taken over.\nprocess 17 decides for this log now")
    assert "Run the command again" in said
    monkeypatch.undo()
    assert main(["demo", "--log", f"{log_url}2", "--for", "0.001", "--quiet"]) == 0
    assert capsys.readouterr().err == ""  # told to stop it says nothing


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_wait_for_the_lease_ends_when_told(
    number: int, handlers: dict[int, Callable[..., None]], log_url: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """A signal that comes during the wait ends it at the next look, and who holds the lease is named."""
    looks = []
    with open_log(log_url) as log:
        holding = lease.take_lease(log, "demo, process 17")
        assert holding is not None
        alive = lease.is_alive

        def told(found: Lease, *, now: int) -> bool:
            looks.append(now)
            if len(looks) == 2:
                handlers[number]()
            assert len(looks) < 5, "it goes on waiting"
            return alive(found, now=now)

        monkeypatch.setattr(lease, "is_alive", told)
        assert main(["demo", "--log", log_url, "--quiet"]) == 1
        monkeypatch.undo()
        holding.end("done")
    said = capsys.readouterr().err
    assert "demo, process 17 still renews its lease" in said
    assert "told to stop" in said
