"""Folded texts in memory and in blocks: whichever way they lie, a word is found where a plain search finds it."""

from __future__ import annotations

from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from deskkit.desk import texts
from deskkit.desk.texts import Texts

WORDS = st.text("ab货有\ud800🙂", max_size=4)
DEEDS = st.lists(st.tuples(st.booleans(), st.integers(0, 3), st.lists(WORDS, max_size=3)), max_size=30)


@given(DEEDS, st.integers(1, 30), st.text("ab货有\ud800🙂", min_size=1, max_size=3))
def test_a_word_is_found_where_it_stands(deeds: list[tuple[bool, int, list[str]]], block: int, word: str) -> None:
    """Texts that are begun, begun anew and added to are found by a word like plain ones, however much lies loose."""
    with patch.object(texts, "BLOCK", block):
        made, plain = Texts(), dict[int, list[str]]()
        for anew, number, lines in deeds:
            if anew or number not in plain:
                made.begin(number, f"c{number}")
                plain[number] = [f"c{number}"]
            made.add(number, lines)
            plain[number] += lines
            assert made.holding(word) == {one for one, said in plain.items() if any(word in line for line in said)}
            assert {one: made[one] for one in plain} == {
                one: "".join(f"{line}\n" for line in said) for one, said in plain.items()
            }
