"""Trust is a type: nothing but escaped text reaches the browser as markup."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskkit.desk import events
from deskkit.log.spans import spans
from deskkit.measures.story import story
from deskkit.views.drawing import told
from deskkit.views.markup import SafeHtml, joined, markup, show, show_text, shown, stylesheet
from deskkit.views.words import Words
from tests.views.little import HOSTILE, NOW, little_log

OURS = {"b", "bdi", "br", "dd", "div", "dl", "dt", "i", "p", "span", "style"}
OUR_ATTRIBUTES = {"class", "role", "tabindex"}


class Reader(HTMLParser):
    """Reads markup as a browser would; keeps tags, attributes and the text between them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.tags.append(tag)
        self.attributes += [name for name, _value in attrs]

    def handle_data(self, data: str) -> None:
        """Keep text."""
        self.text += data


def read(text: str) -> Reader:
    """Read markup."""
    reader = Reader()
    reader.feed(text)
    reader.close()
    return reader


@given(st.text(max_size=60))
def test_any_text_is_shown_and_does_nothing_else(text: str) -> None:
    """Whatever the text, the markup holds our tags only and no attribute of its own."""
    found = read(markup("<p class='dk-x'>{text}</p>", text=text).text)
    assert found.tags == ["p", "bdi"]
    assert found.attributes == ["class"]


def test_only_the_module_makes_safe_html() -> None:
    """Neither a call nor a copy of a plain text gives SafeHtml, and none is taken in its place."""
    with pytest.raises(TypeError, match="made by"):
        SafeHtml("<b>trust me</b>")
    plain: Any = "<b>trust me</b>"
    with pytest.raises(TypeError, match="SafeHtml"):
        joined([plain])
    with pytest.raises(TypeError, match="SafeHtml"):
        show(shown(markup("")), plain)


def test_directions_and_long_texts_are_tamed() -> None:
    """Direction marks are drawn, quotes are escaped, and a text of a book's length is cut."""
    assert show_text(HOSTILE).text == "<bdi>&lt;img src=x onerror=alert(1)&gt;⟦U+202E⟧gnp.exe</bdi>"
    assert show_text("'\"").text == "<bdi>&#x27;&quot;</bdi>"
    assert len(show_text("x" * 100_000).text) < 5_000


def test_a_filled_in_brace_is_no_place_to_fill() -> None:
    """A text with braces is text; it is not formatted again."""
    assert markup("{one}", one="{two}").text == "<bdi>{two}</bdi>"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_conversation_of_a_hostile_customer_holds_our_tags_only(language: str) -> None:
    """Hostile messages read from a log are in the markup as text: no tag or attribute is theirs."""
    log = little_log()
    note = events.NoteWritten(at=NOW, source="t", source_id="1", conversation="c2", agent="chen", text=HOSTILE)
    log.append([note], received_at=NOW)
    found = read(told(story(log, spans(log), "c2"), say=Words(language)).text)
    assert set(found.tags) <= OURS
    assert set(found.attributes) <= OUR_ATTRIBUTES
    assert found.text.count("<img src=x onerror=alert(1)>") == 2
    assert "\u202e" not in found.text


def test_a_planted_tag_would_be_seen() -> None:
    """The reading above sees a tag and an attribute that are not ours."""
    found = read(f"<p>{HOSTILE}</p>")
    assert not set(found.tags) <= OURS
    assert not set(found.attributes) <= OUR_ATTRIBUTES


def test_styles_are_ours_and_of_one_view() -> None:
    """The stylesheet asks nobody outside for anything; the colours of rows concern one view's list."""
    css = stylesheet().text
    assert "url(" not in css
    assert "@import" not in css
    assert css.count("{") == css.count("}")
