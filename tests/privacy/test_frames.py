"""Frames are masked by the names of their columns and by what stands in the cells."""

from __future__ import annotations

import polars as pl
import pytest

from deskkit.errors import DeskkitError
from deskkit.privacy import mask_field
from deskkit.privacy.frames import mask_column, mask_frame

PHONE = "13800138000"


def test_each_type_is_masked_in_its_own_way() -> None:
    """Texts, categories, lists, structs, bytes and integers hold no number afterwards; other values stay."""
    frame = pl.DataFrame({
        "text": [f"call {PHONE}", None],
        "tel": ["1", ""],
        "kind": pl.Series([PHONE, "vip"], dtype=pl.Categorical),
        "said": [[f"a {PHONE}", None], []],
        "card": [{"tel": "99", "own": "a@mail.example", "n": int(PHONE)}, None],
        "raw": [PHONE.encode(), b"\xff"],
        "contact": [int(PHONE), 7],
        "wait_ms": [int(PHONE), 7],
        "share": [0.5, None],
    })  # fmt: skip
    shown = mask_frame(frame, language="en")
    assert shown.columns == frame.columns
    assert shown.rows() == [
        ("call [phone]", "[phone]", "[phone]", ["a [phone]", None], {"tel": "[phone]", "own": "[e-mail]", "n": None},
         b"[phone]", "[phone]", int(PHONE), 0.5),
        (None, "", "vip", [], None, None, "7", 7, None),
    ]  # fmt: skip


def test_each_distinct_text_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A million cells of a few texts cost a few looks, and texts that cannot hold anything none."""
    looked: list[str] = []

    def counted(name: str, value: str | float, *, language: str, regions: tuple[str, ...]) -> str:
        looked.append(str(value))
        return mask_field(name, value, language=language, regions=regions)

    monkeypatch.setattr("deskkit.privacy.frames.mask_field", counted)
    column = pl.Series("text", [f"手机{PHONE}", "好的", "a@mail.example", "CS2606"] * 250_000)
    assert mask_column(column).value_counts().sort("count").height == 4
    assert sorted(looked) == ["a@mail.example", f"手机{PHONE}"]


def test_objects_are_refused() -> None:
    """What cannot be looked into is not let through."""
    with pytest.raises(DeskkitError, match="Python objects"):
        mask_frame(pl.DataFrame({"x": pl.Series([object()], dtype=pl.Object)}))


def test_small_integers_stay() -> None:
    """A column of integers too narrow for a telephone stays as it is."""
    frame = pl.DataFrame({"level": pl.Series([0, 3], dtype=pl.Int8), "n": pl.Series([7, None], dtype=pl.UInt32)})
    assert mask_frame(frame).equals(frame)
