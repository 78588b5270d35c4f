"""A column map's tables, read key by key; faults are noted by path and become errors in `columnmap`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, cast

import msgspec

from deskkit.desk.events import FACETS, LEVELS
from deskkit.desk.policyfile.reading import Table
from deskkit.feeds import columnmap_model as model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.desk.policyfile.faults import Book
    from deskkit.desk.policyfile.layout import KeyPath

__all__ = ["read_map"]

_ENCODINGS: Final = ("utf-8", "gb18030", "utf-16", "big5", "latin-1", "cp1252")
_DELIMITERS: Final = ("auto", ",", ";", "\t", "|")
_RATINGS: Final = {"bad": -1, "neutral": 0, "good": 1}
_WORD: Final = 256
_EMPTY: Final = ("NULL", "null", "NA", "N/A", "NaN", "nan", "None")


def read_map(data: dict[str, object], book: Book) -> model.Spec:
    """Read a whole map; with faults in `book` the result is of no use."""
    return _Map(Table(data, (), book)).spec()


class _Map:
    """Reads a map and collects the columns it names."""

    def __init__(self, root: Table) -> None:
        self._root = root
        self._columns: list[tuple[KeyPath, str]] = []

    def spec(self) -> model.Spec:
        root = self._root
        rows = cast("Literal['conversation', 'message']", root.choice("rows", ("conversation", "message")))
        conversation, customer, agent = (root.table(name) for name in ("conversation", "customer", "agent"))
        message = root.table("message")
        priority, levels = self._scale("priority", "levels", dict(zip(LEVELS, range(4), strict=True)))
        rating, ratings = self._scale("rating", "values", _RATINGS)
        spec = model.Spec(
            rows=rows,
            source=root.text("source", "table"),
            zone=root.text("zone", ""),
            date=root.choice("date", model.DATES, "iso"),
            encoding=root.choice("encoding", _ENCODINGS, "utf-8"),
            delimiter=root.choice("delimiter", _DELIMITERS, "auto"),
            empty=frozenset({"", *(_words(root, "empty") if "empty" in root else _EMPTY)}),
            conversation=self._ids(conversation, required=rows == "message"),
            group=self._column(conversation, "group"),
            language=self._column(conversation, "language"),
            channel=self._column(conversation, "channel"),
            text=self._column(message, "text"),
            customer=self._column(customer, "id"),
            customer_name=self._column(customer, "name"),
            customer_none=frozenset(_words(customer, "none")),
            fields=self._fields(customer),
            times=self._times(rows),
            agent=self._column(agent, "id"),
            agent_name=self._column(agent, "name"),
            agent_none=frozenset(_words(agent, "none")),
            author=self._author(rows),
            message=self._column(message, "id"),
            content_type=self._column(message, "content_type"),
            outcome=self._outcome(),
            priority=priority,
            levels=levels,
            rating=rating,
            ratings=ratings,
            tags=tuple(self._tag(table) for table in root.rows("tag")),
            skip=tuple(self._rule(table) for table in root.rows("skip")),
            compare=tuple(self._compare(table) for table in root.rows("compare")),
            columns=(),
        )
        for table in (conversation, customer, agent, message, root):
            table.done()
        return msgspec.structs.replace(spec, columns=tuple(self._columns))

    # ------------------------------------------------------------ columns

    def _column(self, table: Table, key: str, *, needed: bool = False) -> str:
        """Return a column's name; empty if the key is absent and not needed."""
        value = table.take(key)
        if value is None:
            if needed:
                table.missing(key, "the name of a column", f'"{key}"')
            return ""
        return self._named(value, table.at(key), table.book)

    def _named(self, value: object, path: KeyPath, book: Book) -> str:
        if isinstance(value, str) and value and len(value) <= _WORD:
            self._columns.append((path, value))
            return value
        fix = str(value)[:_WORD] if isinstance(value, int | float) else "column"
        book.note(path, "This is no name of a column.", value=value, expected="a text in quotes", fix=fix)
        return ""

    def _ids(self, table: Table, *, required: bool) -> tuple[str, ...]:
        found = [self._named(item, path, table.book) for path, item in table.items("id")]
        if required and "id" not in table:
            table.missing("id", "the column, or columns, that tell one conversation from another", '"conversation"')
        return tuple(found)

    def _fields(self, customer: Table) -> dict[str, str]:
        fields = customer.table("fields")
        return {name: self._column(fields, name) for name in fields.entries()}

    # ------------------------------------------------------------ times

    def _times(self, rows: str) -> dict[str, tuple[model.When, ...]]:
        table = self._root.table("times")
        names = model.CONVERSATION_TIMES if rows == "conversation" else model.MESSAGE_TIMES
        first = names[0]
        if first not in table:
            table.missing(first, "a column with date and time, or { date = ..., time = ... }", f'"{first}_at"')
        found = {}
        for at, name in enumerate(names):
            if name in table:
                found[name] = self._alternatives(table, name, names[:at])
        table.done()
        return found

    def _alternatives(self, table: Table, key: str, earlier: Sequence[str]) -> tuple[model.When, ...]:
        return tuple(self._when(item, path, table.book, earlier) for path, item in table.items(key))

    def _when(self, value: object, path: KeyPath, book: Book, earlier: Sequence[str]) -> model.When:
        if not isinstance(value, dict):
            return model.When(column=self._named(value, path, book))
        table = Table(value, path, book)
        if "after" in table:
            when = model.When(
                after=table.choice("after", earlier, what="time") if earlier else table.text("after"),
                column=self._column(table, "column", needed=True),
                unit=model.UNITS[table.choice("unit", tuple(model.UNITS), "s")],
                none=_words(table, "none"),
            )
        elif "date" in table or "time" in table:
            when = model.When(
                date=self._column(table, "date", needed=True),
                column=self._column(table, "time", needed=True),
                none=_words(table, "none"),
            )
        else:
            when = model.When(column=self._column(table, "column", needed=True), none=_words(table, "none"))
        table.done()
        return when

    # ------------------------------------------------------------ words

    def _author(self, rows: str) -> model.Author | None:
        table = self._root.table("author")
        if rows != "message" and "author" not in self._root:
            return None
        column = self._column(table, "column", needed=True)
        words = self._kinds(table, model.AUTHORS)
        automatic = self._rule(table.table("automatic")) if "automatic" in table else None
        table.done()
        return model.Author(column, words, automatic)

    def _outcome(self) -> model.Outcome | None:
        if "outcome" not in self._root:
            return None
        table = self._root.table("outcome")
        column = self._column(table, "column", needed=True)
        words = self._kinds(table, ("answered", "left", "open"))
        table.done()
        return model.Outcome(column, words)

    def _kinds(self, table: Table, kinds: Sequence[str]) -> dict[str, str]:
        """Return which word means which kind; each word once."""
        found: dict[str, str] = {}
        for kind in kinds:
            paths = [path for path, _ in table.items(kind)]
            for path, word in zip(paths, _words(table, kind), strict=False):
                if word in found:
                    table.twice(path, word)
                found[word] = kind
        if not found:
            table.missing(kinds[0], "the words of the column that mean it", f'["{kinds[0]}"]')
        return found

    def _scale(self, name: str, key: str, known: dict[str, int]) -> tuple[str, dict[str, int]]:
        """Return a column, and what each word in it stands for: a name of `known` or its number."""
        if name not in self._root:
            return "", {}
        outer = self._root.table(name)
        column = self._column(outer, "column", needed=True)
        if key not in outer:
            outer.missing(key, "what each value means", f'{{ "1" = "{next(iter(known))}" }}')
        table = outer.table(key)
        found = {}
        for word in table.entries():
            value = table.take(word)
            if isinstance(value, int) and not isinstance(value, bool) and value in known.values():
                found[word] = value
            else:
                found[word] = known.get(table.known(value, table.at(word), list(known), "level"), 0)
        outer.done()
        return column, found

    def _tag(self, table: Table) -> model.Tag:
        values = table.table("values")
        tag = model.Tag(
            column=self._column(table, "column", needed=True),
            facet=table.choice("facet", FACETS, "label", what="facet"),
            values={word: values.text(word) for word in values.entries()},
            split=table.text("split", ""),
        )
        table.done()
        return tag

    def _rule(self, table: Table) -> model.Rule:
        column = self._column(table, "column", needed=True)
        if "values" not in table:
            table.missing("values", "a list of the values", '["PHANTOM"]')
        rule = model.Rule(column, frozenset(_words(table, "values")))
        table.done()
        return rule

    def _compare(self, table: Table) -> model.Compare:
        names = model.CONVERSATION_TIMES
        compare = model.Compare(
            column=self._column(table, "column", needed=True),
            begin=table.choice("from", names, what="time"),
            ends=table.names("to", names, what="time"),
            unit=model.UNITS[table.choice("unit", tuple(model.UNITS), "s")],
        )
        table.done()
        return compare


def _words(table: Table, key: str) -> tuple[str, ...]:
    """Return the values of a list, numbers as the texts a table holds; none twice."""
    found = []
    for path, item in table.items(key):
        if isinstance(item, str | int | float) and not isinstance(item, bool) and len(str(item)) <= _WORD:
            found.append(str(item).strip())
        else:
            table.book.note(path, "This is no value.", value=item, expected="a text or a number", fix="0")
    return tuple(found)
