"""The browser's half, read and not run: no sink that would turn a text into markup, no word of its own."""

from __future__ import annotations

import re

import pytest

from deskkit.views.desk.labels import labels
from deskkit.views.desk.shell import FILES, HERE, source
from deskkit.views.words import Words

SINKS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|createContextualFragment|srcdoc"
)
LABEL = re.compile(r"\"([a-z]+(?:_[a-z]+)*)\"|\b(language_)")


@pytest.mark.parametrize("name", FILES)
def test_no_sink_makes_markup_of_a_text(name: str) -> None:
    """A customer's text reaches the page as text only; every file is short enough to be read."""
    text = (HERE / name).read_text(encoding="utf-8")
    assert SINKS.search(text) is None
    assert len(text.splitlines()) <= 400


def test_the_search_for_sinks_finds_them() -> None:
    """Positive control."""
    assert SINKS.search("el.innerHTML = text")
    assert SINKS.search("eval(text)")


def test_every_file_is_joined() -> None:
    """What lies there is what a browser loads, once each."""
    assert sorted(path.name for path in HERE.glob("*.js")) == sorted(FILES)
    assert source().count("export default") == 1


def test_every_word_is_pythons() -> None:
    """Each label that is asked for is there, in both languages, and each that is there is asked for."""
    asked = {one or other for one, other in LABEL.findall(source())}
    assert asked == set(labels(Words("en"))) == set(labels(Words("zh")))
    assert labels(Words("en")) != labels(Words("zh"))
