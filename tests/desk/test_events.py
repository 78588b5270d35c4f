"""Events as bytes."""

from __future__ import annotations

from deskkit.desk import events


def test_equal_events_are_equal_bytes() -> None:
    """A word that says the same as a default is left out too, wherever its string came from."""
    word = "".join(["te", "xt"])
    told = events.CustomerWrote(at=1, conversation="c", message="m", text="hi", content_type=word)
    assert told == events.CustomerWrote(at=1, conversation="c", message="m", text="hi")
    assert events.encode(told) == events.encode(events.CustomerWrote(at=1, conversation="c", message="m", text="hi"))
    assert b"content_type" not in events.encode(told)
