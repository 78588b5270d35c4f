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


CARD, IDENTITY, OLD = 4_111_111_111_111_111, 110_105_194_912_310_038, 110_105_491_231_002
KINDS = [
    pl.Int64,
    pl.UInt64,
    pl.Int128,
    pl.Float64,
    pl.Decimal(38, 2),
]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_numbers_in_columns_of_numbers_are_masked(kind: pl.DataType) -> None:
    """Mobiles, cards and identity numbers are tokens in integers, fractions and decimals; others stay as written."""
    exact = kind != pl.Float64  # a fraction keeps sixteen digits
    personal = [int(PHONE), 86 * 10**11 + int(PHONE), CARD, *([IDENTITY, 6_222_021_234_567_890_128] if exact else [])]
    tokens = ["[phone]", "[phone]", "[card]", *(["[id]", "[card]"] if exact else [])]
    column = pl.Series("n", [*personal, None, 7, 1_781_740_800_000], dtype=pl.Int128).cast(kind)
    assert mask_column(column, language="en").to_list() == [*tokens, None, "7", "1781740800000"]
    for one, token in zip(personal, tokens, strict=True):
        alone = pl.Series("n", [one], dtype=pl.Int128).cast(kind)
        assert mask_column(alone, language="en").to_list() == [token]
        assert mask_frame(alone.alias("n_ms").to_frame()).to_series().dtype == kind


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_numbers_that_only_look_personal_stay(kind: pl.DataType) -> None:
    """Instants, amounts, orders, wrong check digits and negative numbers leave a column as it is, of its type."""
    numbers = [1_781_740_800_000, 1_781_740_800_000_000, CARD + 1, 202_606_181_030, 12_345_678_901, 999_999, 0, None]
    if kind != pl.UInt64:
        numbers.append(-int(PHONE))
    if kind != pl.Float64:
        numbers += [IDENTITY + 1, 1_781_740_800_000_000_000]
    column = pl.Series("order", numbers, dtype=pl.Int128).cast(kind)
    assert mask_column(column).equals(column)


def test_identity_numbers_of_fifteen_digits_go_together() -> None:
    """They have no check digit: a column of them is masked, one among order numbers is not."""
    assert mask_column(pl.Series("n", [OLD, OLD + 1, 7])).to_list() == ["[证件]", "[证件]", "7"]
    mixed = pl.Series("n", [OLD, 910_105_491_231_002])
    assert mask_column(mixed).equals(mixed)
    empty = pl.Series("n", [None, 13_000_000_001 * 10], dtype=pl.Int64)
    assert mask_column(empty).equals(empty)


def test_fractions_stay_what_they_are() -> None:
    """Where one cell is a mobile the others are written as before; what is no number at all is no number after."""
    column = pl.Series("n", [float(PHONE), 0.5, float("nan"), float("inf"), 1e300, None, -2.0])
    assert mask_column(column).to_list() == ["[手机]", "0.5", "NaN", "inf", "1e+300", None, "-2"]
    plain = pl.Series("n", [0.13800138, float(PHONE) + 0.5, float("nan")])
    assert mask_column(plain).equals(plain, null_equal=True)


def test_columns_of_numbers_that_are_personal_by_name() -> None:
    """All but counts is masked, also in narrow types and with a fraction."""
    frame = pl.DataFrame({
        "qq": pl.Series([10_000_001, 7], dtype=pl.Int32), "tel": [88_888_888.0, 12.0], "phone": [1_234_567.5, None],
    })  # fmt: skip
    assert mask_frame(frame).rows() == [("[QQ]", "[手机]", "[手机]"), ("7", "12", None)]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_numbers_within_lists_and_structs(kind: pl.DataType) -> None:
    """A personal number within a list, an array or a struct becomes null, whatever its type; others stay."""
    inner = pl.Series("n", [int(PHONE), 7], dtype=pl.Int128).cast(kind)
    columns = [
        inner.reshape((1, 2)).alias("array"),
        inner.implode().alias("list"),
        inner.to_frame().to_struct("struct").implode(),
        pl.DataFrame({"wait_ms": inner}).to_struct("spans").implode(),
    ]
    row = mask_frame(pl.DataFrame(columns)).row(0)
    assert [list(map(repr, one)) for one in row[:3]] == [
        ["None", repr(inner[1])], ["None", repr(inner[1])], ["{'n': None}", f"{{'n': {inner[1]!r}}}"],
    ]  # fmt: skip
    assert row[3][0] == {"wait_ms": inner[0]}


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
