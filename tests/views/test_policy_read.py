"""While another policy is read, for which a desk waits, a view says so."""

from __future__ import annotations

import sys

import pytest

from deskkit.live import ahead
from tests.views.test_holds import Shared


@pytest.mark.parametrize("long_s", [-1.0, 10.0**9])
def test_while_a_policy_is_read_it_is_said_why_nothing_comes(monkeypatch: pytest.MonkeyPatch, long_s: float) -> None:
    """Where another policy's signals are searched for long, the foot says that the rest waits; then no more."""
    monkeypatch.setattr(sys.modules["deskkit.views.desk"], "runs_in_loop", lambda: True)
    desk, said = Shared(monkeypatch), list[str]()
    monkeypatch.setattr(ahead, "LONG_S", long_s)
    monkeypatch.setattr(ahead, "read_ahead", lambda *_: iter([ahead.SEARCHED] * 3))  # as of very much
    catch_up = desk.view.catch_up

    def looking() -> None:
        catch_up(anyway=True)
        said.append(desk.browser.said)

    monkeypatch.setattr(desk.view, "catch_up", looking)
    desk.view.put_live("policy-put-live", desk.view.desk.policy.edit({"capacity.complex_from": 7}))
    assert desk.heard("policy-put-live")["ok"]
    assert any("Another policy is being read" in one for one in said) == (long_s < 0)
    looking()
    assert "Another policy is being read" not in desk.browser.said
