"""Any TOML, written in any way: what the tests of the scanner and of the edits are fed with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from deskkit.desk.policyfile.layout import literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskkit.desk.policyfile.layout import KeyPath

names = st.text("abz_-9", min_size=1, max_size=3) | st.text(min_size=1, max_size=4).filter(lambda t: '"' not in t)
scalars = (
    st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.floats(allow_nan=False, allow_infinity=False).map(lambda x: round(x, 3) if abs(x) < 1e9 else 0.5)
    | st.text(max_size=8)
    | st.sampled_from(["#", "]", "}", ",", "\n", "'''", '"""', "= 5", "[x]"])
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
tables = st.dictionaries(names, values, min_size=1, max_size=4)


class Writer:
    """Writes data as TOML in one of many ways: comments, arrays over lines, literal strings, headers or braces."""

    def __init__(self, draw: st.DataObject) -> None:
        self.draw = draw

    def one_of(self, *words: str) -> str:
        """Choose."""
        return str(self.draw.draw(st.sampled_from(words)))

    def chance(self) -> bool:
        """Toss a coin."""
        return bool(self.draw.draw(st.booleans()))

    def comment(self) -> str:
        """Write a comment, or none."""
        return self.one_of("", " # why", "  # a, [b] = {c}")

    def value(self, item: object) -> str:
        """Write a value."""
        if isinstance(item, str) and item.isprintable() and "'" not in item and self.chance():
            return f"'{item}'"
        if isinstance(item, str) and item.isprintable() and not {'"', "\\"} & set(item) and self.chance():
            return f'"""{item}"""'
        if isinstance(item, list) and item and self.chance():
            gap, last = self.one_of("\n  ", " ", " # in, between ]\n"), self.one_of("", ",")
            return f"[{gap}{f',{gap}'.join(self.value(one) for one in item)}{last}{gap}]"
        if isinstance(item, dict) and item:
            return f"{{ {', '.join(self.pair(key, one) for key, one in item.items())} }}"
        return literal(item)

    def pair(self, key: str, item: object) -> str:
        """Write a key and its value."""
        return f"{literal(key, key=True)} = {self.value(item)}"

    def text(self, data: dict[str, object]) -> str:
        """Write it all; some tables and lists of tables get headers."""
        lines, blocks = [self.comment().strip()], []
        for key, item in data.items():
            rows = item if isinstance(item, list) and item and all(isinstance(one, dict) for one in item) else None
            if (rows or isinstance(item, dict)) and self.chance():
                header = f"[[ {literal(key, key=True)} ]]" if rows else f"[{literal(key, key=True)}]"
                blocks += [(header, one) for one in rows or [item]]
            else:
                lines.append(self.pair(key, item) + self.comment())
        for header, block in blocks:
            lines.append(f"\n{header}{self.comment()}")
            assert isinstance(block, dict)
            lines += [f"  {self.pair(key, one)}{self.comment()}" for key, one in block.items()]
        return "\n".join(lines) + "\n"


def written(data: dict[str, object], draw: st.DataObject) -> str:
    """Write data as TOML in one of many ways."""
    return Writer(draw).text(data)


def leaves(data: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, object]]:
    """Yield every value with its path."""
    if path:
        yield path, data
    if isinstance(data, dict | list):
        for step, item in data.items() if isinstance(data, dict) else enumerate(data):
            yield from leaves(item, (*path, step))
