"""Events as bytes."""

from __future__ import annotations

from deskkit.desk import coding, events


def test_equal_events_are_equal_bytes() -> None:
    """A word that says the same as a default is left out too, wherever its string came from."""
    word = b"text".decode()  # another object than the default
    told = events.CustomerWrote(at=1, conversation="c", message="m", text="hi", content_type=word)
    assert told == events.CustomerWrote(at=1, conversation="c", message="m", text="hi")
    assert coding.encode(told) == coding.encode(events.CustomerWrote(at=1, conversation="c", message="m", text="hi"))
    assert b"content_type" not in coding.encode(told)
