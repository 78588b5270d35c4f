"""Tables of integers as numba sees them: an address, a width and a number of rows; nothing is counted or copied.

A tuple of forty arrays, passed from function to function, makes for most of the time that compiling takes. Here a whole
state is one address: of a block of words that says of each table where it lies, how wide it is and how many rows it
has. ``s.conversation[c][k.STAGE]`` stays what it is in Python.

Nothing checks an index, as in C, unless a table is *guarded*: then one out of bounds raises IndexError.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numba.core import cgutils, types
from numba.core.extending import intrinsic, lower_builtin, models, register_model
from numba.core.imputils import lower_getattr_generic
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_getattr, infer_global, signature

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from deskkit.desk.columns import State, Tables
    from deskkit.sim.compiled.columns import Life

__all__ = ["Pinned", "at", "pinned", "row_at"]

_IR: Final[Any] = vars(cgutils)["ir"]  # llvmlite's, which numba brings along
_WORD: Final = _IR.IntType(64)
WORDS: Final = 3  # of a table: its address, width and rows
FLAT: Final = {
    "desk", "active_lane", "dirty", "number", "send", "trait", "clock", "urgent", "language", "whose", "fact",
}  # fmt: skip
REAL: Final = {"real", "speed", "impatience"}
GUARDED: Final = {"decision"}  # how many decisions a pass makes, nothing bounds


class Row(types.Type):
    """A row of integers or of real numbers."""

    def __init__(self, *, real: bool, guarded: bool) -> None:
        self.real, self.guarded = real, guarded
        super().__init__(f"Row(real={real}, guarded={guarded})")


class Table(types.Type):
    """Rows of integers, one after the other."""

    def __init__(self, *, guarded: bool, rows_guarded: bool) -> None:
        self.guarded, self.rows_guarded = guarded, rows_guarded
        super().__init__(f"Table(guarded={guarded}, {rows_guarded})")


class Root(types.Type):
    """A tuple of tables."""

    def __init__(self, kind: type, *, guarded: bool) -> None:
        self.fields: tuple[str, ...] = kind._fields  # type: ignore[attr-defined]
        self.guarded = guarded
        super().__init__(f"{kind.__name__}(guarded={guarded})")

    def member(self, name: str) -> types.Type:
        """Return the type of one of the tables."""
        if name in FLAT or name in REAL:
            return Row(real=name in REAL, guarded=self.guarded)
        return Table(guarded=self.guarded or name in GUARDED, rows_guarded=self.guarded)


@register_model(Row)
class _RowModel(models.StructModel):
    def __init__(self, dmm: Any, fe_type: Row) -> None:
        of = types.float64 if fe_type.real else types.int64
        super().__init__(dmm, fe_type, [("data", types.CPointer(of)), ("size", types.int64)])


@register_model(Table)
class _TableModel(models.StructModel):
    def __init__(self, dmm: Any, fe_type: Table) -> None:
        members = [("data", types.CPointer(types.int64)), ("width", types.int64), ("size", types.int64)]
        super().__init__(dmm, fe_type, members)


@register_model(Root)
class _RootModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Root) -> None:
        super().__init__(dmm, fe_type, _WORD.as_pointer())


# ---------------------------------------------------------------- what may be asked of them


@infer_getattr
class _Members(AttributeTemplate):
    key = Root

    def generic_resolve(self, value: Root, attr: str) -> Any:  # type: ignore[override]
        return value.member(attr) if attr in value.fields else None


@infer_global(operator.getitem)
class _GetItem(AbstractTemplate):
    def generic(self, args: Any, _kws: Any) -> Any:
        of, index = args
        if isinstance(index, types.Integer | types.Boolean):
            if isinstance(of, Table):
                return signature(Row(real=False, guarded=of.rows_guarded), of, types.int64)
            if isinstance(of, Row):
                return signature(types.float64 if of.real else types.int64, of, types.int64)
        return None


@infer_global(operator.setitem)
class _SetItem(AbstractTemplate):
    def generic(self, args: Any, _kws: Any) -> Any:
        of, index, _value = args
        if isinstance(of, Row) and isinstance(index, types.Integer | types.Boolean):
            return signature(types.none, of, types.int64, types.float64 if of.real else types.int64)
        return None


@infer_global(len)
class _Len(AbstractTemplate):
    def generic(self, args: Any, _kws: Any) -> Any:
        (of,) = args
        return signature(types.int64, of) if isinstance(of, Row | Table) else None


@lower_getattr_generic(Root)
def _member(context: Any, builder: Any, typ: Root, value: Any, name: str) -> Any:
    member = typ.member(name)
    made = cgutils.create_struct_proxy(member)(context, builder)
    place = WORDS * typ.fields.index(name)

    def word(n: int) -> Any:
        found = builder.load(builder.gep(value, [_IR.Constant(_WORD, place + n)]))
        found.set_metadata("invariant.load", builder.module.add_metadata([]))  # a table stays where it is
        return found

    made.data = builder.inttoptr(word(0), made.data.type)
    if isinstance(member, Table):
        made.width = word(1)
    made.size = word(2)
    return made._getvalue()  # noqa: SLF001 - numba's own name


def _check(context: Any, builder: Any, index: Any, size: Any) -> None:
    """Raise IndexError where an index is out of bounds."""
    bad = builder.icmp_unsigned(">=", index, size)
    with builder.if_then(bad, likely=False):
        context.call_conv.return_user_exc(builder, IndexError, ("out of bounds",))


@lower_builtin(operator.getitem, Table, types.int64)
def _row(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    table = cgutils.create_struct_proxy(sig.args[0])(context, builder, value=args[0])
    if sig.args[0].guarded:
        _check(context, builder, args[1], table.size)
    made = cgutils.create_struct_proxy(sig.return_type)(context, builder)
    made.data = builder.gep(table.data, [builder.mul(args[1], table.width)])
    made.size = table.width
    return made._getvalue()  # noqa: SLF001 - likewise


@lower_builtin(operator.getitem, Row, types.int64)
def _number(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    row = cgutils.create_struct_proxy(sig.args[0])(context, builder, value=args[0])
    if sig.args[0].guarded:
        _check(context, builder, args[1], row.size)
    return builder.load(builder.gep(row.data, [args[1]]))


@lower_builtin(operator.setitem, Row, types.int64, types.int64)
@lower_builtin(operator.setitem, Row, types.int64, types.float64)
def _write(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    row = cgutils.create_struct_proxy(sig.args[0])(context, builder, value=args[0])
    if sig.args[0].guarded:
        _check(context, builder, args[1], row.size)
    builder.store(args[2], builder.gep(row.data, [args[1]]))
    return context.get_dummy_value()


@lower_builtin(len, Row)
@lower_builtin(len, Table)
def _size(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return cgutils.create_struct_proxy(sig.args[0])(context, builder, value=args[0]).size


# ---------------------------------------------------------------- from Python


def at(kind: type, *, guarded: bool = False) -> Any:
    """Return a function, for compiled code, that takes an address for a tuple of tables of a kind."""
    root = Root(kind, guarded=guarded)

    @intrinsic
    def tables_at(_typing: Any, _address: Any) -> Any:
        def codegen(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
            return builder.inttoptr(args[0], _WORD.as_pointer())

        return root(types.int64), codegen

    return tables_at


def _row_at(_typing: Any, _address: Any) -> Any:
    """Take an address for a row of integers."""
    row = Row(real=False, guarded=False)

    def codegen(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        made = cgutils.create_struct_proxy(row)(context, builder)
        made.data = builder.inttoptr(args[0], made.data.type)
        return made._getvalue()  # noqa: SLF001 - likewise

    return row(types.int64), codegen


row_at: Final[Any] = intrinsic(_row_at)


class Pinned(NamedTuple):
    """A tuple of tables that compiled code may be told the address of; whoever has it keeps the tables alive."""

    block: NDArray[np.int64]
    tables: State | Tables | Life

    @property
    def address(self) -> int:
        """Where the block lies."""
        return int(self.block.ctypes.data)


def pinned(tables: State | Tables | Life) -> Pinned:
    """Say of each table of a tuple where it lies; each is an array of 64-bit numbers, row by row.

    Raises
    ------
    TypeError
        A table is none.
    """
    words: list[int] = []
    for name, table in tables._asdict().items():
        flat = name in FLAT or name in REAL
        if table.dtype != (np.float64 if name in REAL else np.int64) or table.ndim != (1 if flat else 2):
            raise TypeError(name)
        if not table.flags.c_contiguous:
            raise TypeError(name)
        words += [table.ctypes.data, 1 if flat else table.shape[1], len(table)]
    return Pinned(np.array(words, dtype=np.int64), tables)
