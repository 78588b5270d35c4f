"""The policy file: load, validate, edit, save, fingerprint.

A policy is what one TOML file says a desk shall do, made for supervisors to read. This is the only public way
to it; how the text is read, checked and edited stands in `deskkit.desk.policyfile`. A policy decides nothing:
`lower.py` turns its `schema` into tables, and `rules.py` decides by these.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from deskkit.arguments import CHANGES, expect
from deskkit.desk.policyfile import edits
from deskkit.desk.policyfile.consistency import check
from deskkit.desk.policyfile.faults import Book, EnoughError, error_of, first_of
from deskkit.desk.policyfile.layout import scan
from deskkit.desk.policyfile.parsing import decoded, parsed
from deskkit.desk.policyfile.quick_sections import read_quick
from deskkit.desk.policyfile.sections import read_schema
from deskkit.desk.policyfile.wording import describe
from deskkit.desk.schema import Ruling
from deskkit.errors import PolicyError
from deskkit.smallfile import content
from deskkit.worded import worded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskkit.desk.policyfile.quick_sections import Quick
    from deskkit.desk.schema import Condition, Schema

__all__ = ["Policy"]


class Policy:
    """A valid policy and the text it was read from; immutable.

    Made by `load` or `parse`; `edit`, `add` and `remove` give a new one.

    Attributes
    ----------
    text : str
        The TOML text, as the author wrote it.
    schema : Schema
        What it says, as plain structs.
    quick : tuple of Quick
        The quick replies; no rule is among them, so they do not change the fingerprint; nor do the wallboard's targets.
    fingerprint : str
        16 hexadecimal digits of what the desk decides by: comments, spaces and the order of keys do not change it, the
        order of rules, of tags and of groups does.
    warnings : tuple of PolicyError
        What is allowed but probably not meant, with lines.

    Examples
    --------
    >>> policy = Policy.load("data/policies/standard.toml")
    >>> policy.name, policy.schema.capacity.agent
    ('standard', 5000)
    >>> roomier = policy.edit({"capacity.agent": 6})  # units
    >>> roomier.schema.capacity.agent, roomier.fingerprint == policy.fingerprint
    (6000, False)
    """

    __slots__ = ("fingerprint", "place", "quick", "schema", "text", "warnings")

    text: str
    schema: Schema
    quick: tuple[Quick, ...]
    fingerprint: str
    warnings: tuple[PolicyError, ...]
    place: str

    def __init__(
        self, text: str, schema: Schema, quick: tuple[Quick, ...], warnings: tuple[PolicyError, ...], place: str
    ) -> None:
        values = {"text": text, "schema": schema, "fingerprint": _fingerprint(schema), "warnings": warnings}
        for name, value in {**values, "quick": quick, "place": place}.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        message = f"A policy does not change; policy.edit(...) gives a new one (wanted: {name})."
        raise AttributeError(message)

    def __repr__(self) -> str:
        return f"<Policy {self.name!r} {self.fingerprint}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Policy) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __copy__(self) -> Policy:
        return self

    def __deepcopy__(self, _memo: object) -> Policy:
        return self

    def __reduce__(self) -> tuple[type[Policy], tuple[object, ...]]:
        return Policy, (self.text, self.schema, self.quick, self.warnings, self.place)

    @property
    def shown(self) -> tuple[object, ...]:
        """What is only shown, and no part of the fingerprint."""
        return self.quick, self.schema.wallboard

    @property
    def name(self) -> str:
        """The name the policy gives itself."""
        return self.schema.name

    @classmethod
    def load(cls, path: str | Path) -> Policy:
        """Read a policy file.

        Parameters
        ----------
        path : str or Path

        Returns
        -------
        Policy

        Raises
        ------
        PolicyError
            The file cannot be read, or says what a policy cannot say; with the line of the first fault.
        """
        file = _path(path)
        try:
            raw = content(file)
        except (OSError, ValueError) as error:  # a name with NUL is none
            raise PolicyError(
                worded("The policy file cannot be read: {error}.", error=_why(error)),
                place=str(file),
                expected=worded("a readable TOML file"),
                example='Policy.load("data/policies/standard.toml")',
            ) from error
        return cls.parse(decoded(raw, str(file)), place=file.name)

    @classmethod
    def parse(cls, text: str, *, place: str = "policy") -> Policy:
        """Read a policy from its text.

        Parameters
        ----------
        text : str
            TOML.
        place : str
            What errors call it.

        Returns
        -------
        Policy

        Raises
        ------
        PolicyError
            The first fault, with its line; its message says how many more there are.

        Examples
        --------
        >>> Policy.parse("version = 2")
        Traceback (most recent call last):
            ...
        deskkit.errors.PolicyError: policy, line 1, version: This version of the policy file is not known. ...
        """
        read, faults, warnings = _read(text, place)
        if read is None or faults:
            raise first_of(faults)
        return cls(text, *read, tuple(warnings), place)

    @classmethod
    def problems(cls, text: str, *, place: str = "policy") -> list[PolicyError]:
        """Return every fault of a text, in the order of its lines; none means that `parse` accepts it.

        Parameters
        ----------
        text : str
        place : str
            What errors call it.

        Returns
        -------
        list of PolicyError

        Examples
        --------
        >>> [fault.line for fault in Policy.problems("version = 2")]
        [1, 1, 1, 1, 1]
        """
        return _read(text, place)[1]

    def edit(self, changes: Mapping[str, object]) -> Policy:
        """Return a policy with other values; comments, order and all other lines stay as they are.

        Parameters
        ----------
        changes : mapping of str to value
            Paths such as ``"capacity.agent"`` or ``"priority.rule[2].level"`` (indices from 0) and values as
            TOML has them. A key that is not there yet is added to its table.

        Returns
        -------
        Policy

        Raises
        ------
        PolicyError
            There is no such table, or the changed text is no valid policy.
        """
        expect(CHANGES, "edit", changes=changes)
        return self.parse(edits.change(self.text, changes), place=self.place)

    def add(self, path: str, rule: Mapping[str, object], *, at: int | None = None) -> Policy:
        """Return a policy with one more rule in a list such as ``"priority.rule"`` or ``"notify.ladder"``.

        Parameters
        ----------
        path : str
        rule : mapping
        at : int, optional
            Its number, from 0; without it the rule comes last.

        Returns
        -------
        Policy

        Raises
        ------
        PolicyError
            There can be no such rule there.
        """
        return self.parse(edits.add(self.text, path, rule, at=at), place=self.place)

    def remove(self, path: str) -> Policy:
        """Return a policy without a rule, a table or a key; its comments stay.

        Parameters
        ----------
        path : str
            Such as ``"priority.rule[2]"`` or ``"groups.vip.queue_limit"``.

        Returns
        -------
        Policy

        Raises
        ------
        PolicyError
            There is nothing there, or the rest is no valid policy.
        """
        return self.parse(edits.remove(self.text, path), place=self.place)

    def save(self, path: str | Path) -> None:
        """Write the text to a file, all at once: a reader sees the old policy or the new one.

        Parameters
        ----------
        path : str or Path

        Raises
        ------
        PolicyError
            The file cannot be written.
        """
        file = _path(path)
        try:
            _replace(file, self.text.encode())
        except (OSError, ValueError) as error:
            raise PolicyError(
                worded("The policy file cannot be written: {error}.", error=_why(error)),
                place=str(file),
                expected=worded("a folder in which files can be made"),
                example='policy.save("my-policy.toml")',
            ) from error

    @staticmethod
    def describe_condition(condition: Condition) -> str:
        """Say a condition in words.

        Parameters
        ----------
        condition : Condition

        Returns
        -------
        str

        Examples
        --------
        >>> policy = Policy.load("data/policies/standard.toml")
        >>> policy.describe_condition(policy.schema.priority[2].when)
        'tagged “VIP”'
        """
        return describe(condition)


def _path(path: object) -> Path:
    """Return a path as one."""
    if not isinstance(path, str | os.PathLike):
        raise PolicyError(
            worded("This is no path."), place="policy file", value=type(path).__name__,
            expected=worded("a str or Path"), example='Policy.load("data/policies/standard.toml")',
        )  # fmt: skip
    return Path(path)


def _why(error: OSError | ValueError) -> str:
    """Say why a file cannot be opened."""
    return str((isinstance(error, OSError) and error.strerror) or error)


def _fingerprint(schema: Schema) -> str:
    """Return the digest of what is decided by, in its canonical form: what is only shown is no part of it."""
    ruling = Ruling(**{name: getattr(schema, name) for name in Ruling.__struct_fields__})
    return hashlib.sha256(msgspec.json.encode(ruling, order="deterministic")).hexdigest()[:16]


_Read = tuple["Schema", "tuple[Quick, ...]"]


def _read(text: str, place: str) -> tuple[_Read | None, list[PolicyError], list[PolicyError]]:
    """Return schema and quick replies (None if the text is no TOML), the faults and the warnings, by line."""
    data = parsed(text, place)
    if isinstance(data, PolicyError):
        return None, [data], []
    book = Book()
    read = None
    with suppress(EnoughError):
        schema = read_schema(data, book)
        check(schema, data, book)
        read = schema, read_quick(data, book, schema)
    if not book.problems and not book.warnings:
        return read, [], []
    layout = scan(text)
    faults, warnings = (
        sorted((error_of(one, layout, place) for one in found), key=lambda fault: fault.line)
        for found in (book.problems, book.warnings)
    )
    return read, faults, warnings


def _replace(file: Path, content: bytes) -> None:
    """Write beside the file, then put it in its place; an existing file keeps its permissions."""
    mode = file.stat().st_mode & 0o777 if file.exists() else 0o644
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        beside.chmod(mode)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
