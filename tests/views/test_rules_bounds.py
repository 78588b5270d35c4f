"""The rules workshop on texts made to take long: what no policy may hold is refused before a form is made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deskkit.desk.policyfile.layout import scan
from deskkit.log import open_log
from deskkit.views.workshop import workshop as shop
from deskkit.views.workshop.forms import Form
from tests.views.test_rules_view import BASE, workshop

if TYPE_CHECKING:
    from collections.abc import Sequence


MANY_SIGNALS = BASE.text + "".join(f'\n[signals.s{n}]\nwords = ["w{n}"]' for n in range(2_000))


@pytest.mark.parametrize(
    ("text", "said"),
    [(".".join(["a"] * 20_000) + "=1", "nested too deeply"), (MANY_SIGNALS, "too much in one list")],
    ids=["keys", "signals"],
)
def test_no_form_is_made_of_what_no_policy_holds(monkeypatch: pytest.MonkeyPatch, text: str, said: str) -> None:
    """Keys of thousands of parts and thousands of signals are refused as they are read; no form looks at them."""
    made: list[int] = []

    class Counted(Form):
        def __init__(self, text: str) -> None:
            made.append(len(text))
            super().__init__(text)

    monkeypatch.setattr(shop, "Form", Counted)
    hand = workshop(BASE, log=open_log("memory:"))
    assert len(made) == 1
    hand.say(type="text", text=text, n=1)
    assert said in hand.last("checked")["faults"][0]["problem"]
    assert "form" not in hand.last("checked")
    assert len(made) == 1


def test_lines_of_items_are_those_of_their_statements() -> None:
    """What the forms look up at once is what going over all statements finds."""
    form = Form(BASE.text)
    every = scan(BASE.text).statements
    paths: Sequence[tuple[str | int, ...]] = [
        one.path[:depth] for one in every for depth in range(1, len(one.path) + 1)
    ]
    for path in paths:
        own = [one for one in every if one.path[: len(path)] == path]
        assert form._spans[path] == (own[0].start, own[-1].end)  # noqa: SLF001
    assert len(form._spans) > 10  # noqa: SLF001
