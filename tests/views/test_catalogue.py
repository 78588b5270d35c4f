"""Every word on screen in each language: complete, with the same places to fill, and compiled."""

from __future__ import annotations

import gettext
from string import Formatter

import pytest

from deskkit.locale import LANGUAGES, chosen, translator
from tests.views.catalogue import merged, po_path, stored, texts, written


def places(text: str) -> set[str]:
    """Return the names to fill in."""
    return {name for _text, name, _spec, _conversion in Formatter().parse(text) if name is not None}


def test_every_text_is_translated() -> None:
    """The catalogue holds each text of the code, translated, and no other."""
    catalogue = stored()
    known = {str(message.id): str(message.string) for message in catalogue if message.id}
    assert set(known) == texts()
    assert [text for text, translated in known.items() if not translated] == []
    assert len(known) > 150


def test_translations_fill_the_same_places() -> None:
    """A translation has the places of its text, so that nothing is lost and nothing fails."""
    wrong = [
        message.id for message in stored() if message.id and places(str(message.id)) != places(str(message.string))
    ]
    assert wrong == []
    assert places("Queue {group} ({n} waiting)") == {"group", "n"}


def test_the_file_is_as_the_script_writes_it() -> None:
    """`python tests/views/catalogue.py` would change nothing but the line that names its own version."""

    def lines(raw: bytes) -> list[bytes]:
        return [line for line in raw.splitlines() if not line.startswith(b'"Generated-By')]

    assert lines(po_path().read_bytes()) == lines(written(merged()))


def test_the_compiled_catalogue_says_the_same() -> None:
    """What the program reads is what the translator wrote."""
    with po_path().with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in stored():
        if message.id:
            assert compiled.gettext(str(message.id)) == message.string


def test_languages() -> None:
    """Each language has a translator; English is the code itself; regions and spellings are understood."""
    assert [translator(language)("Archive") for language in LANGUAGES] == ["Archive", "归档"]
    assert [chosen(name) for name in ("zh-Hans-CN", "ZH_cn", "en_GB.UTF-8", "en")] == ["zh", "zh", "en", "en"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_text_without_translation_stays_as_it_is(language: str) -> None:
    """A text nobody translated is shown in English rather than not at all."""
    assert translator(language)("no such text") == "no such text"
