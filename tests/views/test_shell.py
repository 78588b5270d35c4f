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
ASKED = re.compile(r"\bsay\(([^,{)]*)")
WORD = re.compile(r'"([a-z_]+)"')
NO_LABEL = {"agent", "note", "reply", "untag", "whisper"}  # beside a label in a choice of one of two


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
    """Each label that a script asks for is there, in both languages, and each that is there is asked for."""
    asked = {word for call in ASKED.findall(source()) for word in WORD.findall(call)}
    known = labels(Words("en"))
    assert asked - NO_LABEL - known.keys() == set()
    quoted = set(WORD.findall(source())) | {f"do_{what}" for what in WORD.findall(source())}
    assert [word for word in known if word not in quoted and not word.startswith("language_")] == []
    assert labels(Words("zh")).keys() == known.keys()
    assert labels(Words("zh")) != known
