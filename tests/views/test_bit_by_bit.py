"""Another language or policy may show in every row: they are made anew bit by bit, the first ones of the list first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deskkit.views.desk import painter
from deskkit.views.desk.painter import PAGES_AT_ONCE
from tests.views.browser import Browser
from tests.views.little import little_view
from tests.views.test_holds import crowd, take

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from deskkit.views import DeskView

MANY, AT_ONCE = 40, 12  # conversations, and rows with one screen
OPEN = [f"k{n}" for n in range(PAGES_AT_ONCE + 3)]


def noted(monkeypatch: pytest.MonkeyPatch, name: str) -> list[str]:
    """Let a function of the painter note each conversation that it makes something of."""
    calls: list[str] = []
    plain = getattr(painter, name)

    def noting(*given: Any, **named: Any) -> Any:
        calls.append(given[0].name if name == "row" else given[1])
        return plain(*given, **named)

    monkeypatch.setattr(painter, name, noting)
    return calls


def wait_for_all(view: DeskView) -> None:
    """Look until a look changes nothing any more."""
    for _ in range(MANY // AT_ONCE + len(OPEN) + 1):
        view.catch_up()
    assert not view.catch_up()


def test_a_language_and_a_policy_come_bit_by_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    """No screen makes more than its part; soon all rows and pages say it in the new language, and nothing is left."""
    monkeypatch.setattr(painter, "ROWS_AT_ONCE", AT_ONCE)
    view = little_view(acts=True)
    take(view, crowd(MANY))
    browser = Browser(view)
    browser.say(type="watch", open=OPEN, front=OPEN[:1], focus=OPEN[0], page="p")
    wait_for_all(view)
    made, pages = noted(monkeypatch, "row"), noted(monkeypatch, "page")
    edited = view.desk.policy.edit({"capacity.complex_from": 7})
    changes: tuple[Callable[[], object], ...] = (
        lambda: browser.say(type="language", language="zh"),
        lambda: view.put_live("p" * 16, edited),
    )
    for change in changes:
        made.clear()
        pages.clear()
        change()
        assert 0 < len(made) <= AT_ONCE + MANY // painter.TURNS + 1
        assert 0 < len(pages) <= PAGES_AT_ONCE + 2  # those whose turn it is, the one that is looked at
        wait_for_all(view)
        assert set(made) == set(browser.order)
        assert set(pages) == set(OPEN)
    assert len(browser.order) > 2 * AT_ONCE
