"""A wait that was answered rings no more, and what rings quotes the customer, whoever wrote last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskkit.desk import events as e
from tests.views.living import Living
from tests.views.test_alerts import Ear

if TYPE_CHECKING:
    import pytest

HIGH = 2
MINUTE = 60


def long_wait() -> Living:
    """Return the desk of a supervisor to whom a high conversation of Chen's has rung for its wait."""
    living = Living("qin")
    living.come("c1", "等了很久", level=HIGH)
    living.take(e.OwnerSet, conversation="c1", agent="chen")
    living.wait(5 * MINUTE + 1)
    assert [one.event for one in living.view.alerts.entries if one.agent == "qin"] == ["waiting"]
    return living


def answer(living: Living) -> None:
    """Let Chen answer."""
    living.take(e.AgentWrote, conversation="c1", agent="chen", message="a1", text="明白了，您稍等，我看一下记录。")


def test_a_wait_that_was_answered_is_not_told_to_who_comes_later() -> None:
    """Answered, and asked again five seconds ago: whoever opens the desk then is told nothing of the wait before."""
    living = long_wait()
    answer(living)
    living.wait(5)
    living.write("c1", "好的")
    living.wait(1)
    ear = Ear(living.view)
    assert (ear.loud, ear.quiet, ear.unseen) == ([], [], [])


def test_an_answer_of_anybody_ends_what_rings_for_the_wait() -> None:
    """The number and the flashing row of the supervisor go with the owner's answer; a greeting answers nobody."""
    living = long_wait()
    ear = Ear(living.view)
    assert ([one["text"] for one in ear.quiet], ear.unseen) == (["等了很久"], ["c1"])
    living.take(e.AgentWrote, conversation="c1", agent="chen", message="w1", text="欢迎", automatic=True)
    living.wait(1)
    assert ear.unseen == ["c1"]
    answer(living)
    living.wait(1)
    assert ear.unseen == []


def test_what_rings_quotes_the_customer() -> None:
    """Where an agent wrote last, the popup under the customer's name has the customer's words."""
    living = Living("chen")
    ear = Ear(living.view)
    living.come("c1", "等等找")
    answer(living)
    living.take(e.OwnerSet, conversation="c1", agent="qin")
    living.wait(1)
    ear.loud.clear()
    living.take(e.OwnerSet, conversation="c1", agent="chen")
    living.wait(1)
    assert [(one["event"], one["text"]) for one in ear.loud] == [("assignment", "等等找")]


def test_another_language_says_anew_what_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    """A popup that stands is told again in the words of now."""
    living = long_wait()
    ear = Ear(living.view)
    told: list[dict[str, object]] = []
    monkeypatch.setattr(living.view.alerts.widget, "send", lambda message, **_more: told.append(message))
    living.view.hear({"type": "language", "language": "zh"})
    living.wait(1)
    (said,) = [one["alerts"] for one in told if one["type"] == "worded"]
    assert (said[0]["id"], said[0]["what"][:2]) == ("c1", "久等")  # type: ignore[index]
    assert "Long wait" in ear.quiet[0]["what"]
