"""Who put a version of the policy live, and the how manieth it is, as the rules workshop says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from deskkit.desk.events import AgentSet, PolicyChanged
from deskkit.log import open_log
from deskkit.sample import sample_policy
from deskkit.views.words import Words
from deskkit.views.workshop.workshop import Workshop

if TYPE_CHECKING:
    from deskkit.desk.policy import Policy
    from deskkit.log import EventLog


def put(log: EventLog, policy: Policy, by: str) -> None:
    """Let somebody put a policy live."""
    fact = PolicyChanged(
        at=1, source="policy", source_id=policy.fingerprint, by=by, text=policy.text, fingerprint=policy.fingerprint
    )
    log.append([fact], received_at=1)


@pytest.mark.parametrize(
    ("by", "called"), [("qin", "秦岚"), ("lead-1", "lead-1"), ("blank", "blank"), ("\u202ex" * 500_000, "⟦U+202E⟧x")]
)
def test_an_agent_is_named_and_an_account_bounded(by: str, called: str) -> None:
    """An agent by name as on every board, another account as it is written, as much of it as fits."""
    log, first = open_log("memory:"), sample_policy()
    names = {"qin": "秦岚", "blank": " \u3000 "}
    told_of = [AgentSet(at=0, source="t", source_id=one, agent=one, name=name) for one, name in names.items()]
    log.append(told_of, received_at=0)
    put(log, first, "")
    told: list[dict[str, Any]] = []
    made = Workshop(log, first, say=Words("en", zone="UTC"), put=lambda _act, _policy: None, beside=False)
    made.widget.send = lambda message, **_more: told.append(message)
    made.hear({"type": "hello"})
    put(log, first.edit({"capacity.agent": 6}), by)
    made.look()
    (banner,) = [one["text"] for one in told if one["type"] == "said"]
    assert banner.startswith(called)
    assert " put version 2 live" in banner
    assert len(banner) < 300
    rows = [one["versions"] for one in told if one["type"] == "welcome"][-1]
    assert [one["n"] for one in rows] == [2, 1]
    assert rows[0]["who"].startswith(called)
    assert len(rows[0]["who"]) <= 200
