"""The browser's half of the rules workshop, read and not run: no sink for markup, no word of its own."""

from __future__ import annotations

import re

import pytest

from deskkit.views.words import Words
from deskkit.views.workshop.labels import labels
from deskkit.views.workshop.shell import FILES, HERE
from tests.views.test_shell import SINKS

ASKED = re.compile(r"""\b(?:say|about|row)\("([a-z_]+)\"""")


@pytest.mark.parametrize("name", FILES)
def test_no_sink_makes_markup_of_a_text(name: str) -> None:
    """A policy's text reaches the page as text only; every file is short enough to be read."""
    text = (HERE / name).read_text(encoding="utf-8")
    assert SINKS.search(text) is None
    assert len(text.splitlines()) <= 400


def test_every_word_that_is_asked_for_is_there() -> None:
    """What the browser says it is given, in both languages; the search for it finds many."""
    asked = {word for name in FILES for word in ASKED.findall((HERE / name).read_text(encoding="utf-8"))}
    assert len(asked) > 40
    for language in ("en", "zh"):
        assert asked - set(labels(Words(language))) == set()
