"""A policy's text while it is worked on: checked as it changes, edited by form, and what was before kept for a while.

The last text that is a policy stays the `policy` until another one is. An edit by form never makes a text worse: one
that would leave it with more faults than before is refused, and the text stays as it was.
"""

from __future__ import annotations

import hashlib
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import msgspec

from deskkit.desk.policy import Policy
from deskkit.desk.policyfile.parsing import LONGEST_FILE, parsed
from deskkit.errors import PolicyError
from deskkit.text import visible
from deskkit.worded import said, worded

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Draft", "Fault", "mark_of"]

KEPT: Final = 100  # texts that can be gone back to
SHOWN: Final = 50  # faults
_LONG: Final = 400


def mark_of(text: str) -> str:
    """Return the digest of a policy's exact text: comments are somebody's work, and no part of its fingerprint.

    Examples
    --------
    >>> mark_of("version = 1") == mark_of("version = 1 # for now")
    False
    """
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with a text, or odd, and where."""

    line: int
    problem: str
    value: str
    expected: str
    example: str

    def told(self, say: Callable[[str], str]) -> dict[str, str | int]:
        """Return it in the language of a translator, what is too long to show cut.

        Examples
        --------
        >>> from deskkit.locale import translator
        >>> Fault(3, worded("This is no such number."), "x", "", "").told(translator("zh"))["problem"]
        '这不是符合要求的数。'
        """
        texts = {key: said(getattr(self, key), say)[:_LONG] for key in ("problem", "expected", "example")}
        return {"line": self.line, "value": self.value[:_LONG], **texts}


class Draft:
    """A policy being edited.

    Attributes
    ----------
    text : str
    turn : int
        How often the text changed.
    begun : Policy
        In force, as far as is known here: what is taken back to, and compared with.
    policy : Policy
        What the text says; where it is no policy now, what it last said.
    faults, warnings : list of Fault

    Examples
    --------
    >>> from deskkit.desk.policyfile import edits
    >>> draft = Draft(Policy.load("data/policies/standard.toml"))
    >>> draft.edit(lambda text: edits.change(text, {"capacity.agent": 0})).problem
    'This number is too small.'
    >>> draft.edit(lambda text: edits.change(text, {"capacity.agent": 6})), draft.policy.schema.capacity.agent
    (None, 6000)
    >>> draft.go_back(), draft.policy.schema.capacity.agent
    (True, 5000)
    """

    def __init__(self, policy: Policy) -> None:
        self.begun = policy
        self.turn = 0
        self._origin = mark_of(policy.text)
        self._before: list[tuple[str, str]] = []  # each with its origin
        self._begin(policy)

    def _begin(self, policy: Policy) -> None:
        self.text, self.policy = policy.text, policy
        self.faults: list[Fault] = []
        self.warnings = [*(_fault(one, policy.text) for one in policy.warnings[:SHOWN]), *_hidden(policy.text)]

    @property
    def origin(self) -> str:
        """The mark of the version that the text was begun from, which may be older than the one in force."""
        return mark_of(self.text) if self.text == self.begun.text else self._origin

    @property
    def is_valid(self) -> bool:
        """Whether the text is a policy as it stands."""
        return not self.faults

    @property
    def is_toml(self) -> bool:
        """Whether forms can be made of the text: it is TOML, and no more in one table or another than may be."""
        return isinstance(parsed(self.text, self.begun.place), dict)

    @property
    def can_go_back(self) -> bool:
        """Whether a text before this one is known."""
        return bool(self._before)

    # ------------------------------------------------------------ changes

    def take(self, text: str, *, origin: str | None = None) -> None:
        """Take a text as it was typed, whatever it is; a text too long to be a policy is cut there.

        One that comes back after a restart says what it was begun from; what is typed was begun as the text before it.
        """
        text = text[: LONGEST_FILE + 1].encode("utf-8", "replace").decode()
        if text != self.text:
            self._remember()
            self._check(text)
        self._origin = origin or self._origin

    def edit(self, change: Callable[[str], str]) -> Fault | None:
        """Change the text as a form does, or say why not; a refused change leaves it as it is."""
        if isinstance(refused := parsed(self.text, self.begun.place), PolicyError):
            return _fault(refused, self.text)
        try:
            text = change(self.text)
        except (PolicyError, ValueError) as error:
            return _fault(error, self.text) if isinstance(error, PolicyError) else _no_value(error)
        if text == self.text:
            return None
        try:
            policy = Policy.parse(text, place=self.begun.place)
        except PolicyError as error:
            faults = Policy.problems(text, place=self.begun.place) if self.faults else [error]
            if len(faults) > len(self.faults):
                return _fault(faults[0], text)
            self.take(text)
        else:
            self._remember()
            self._begin(policy)
        return None

    def _remember(self) -> None:
        self.turn += 1
        self._origin = self.origin
        self._before.append((self.text, self._origin))
        del self._before[:-KEPT]

    def go_back(self) -> bool:
        """Go back to the text before; False where none is known."""
        if not self._before:
            return False
        self.turn += 1
        text, self._origin = self._before.pop()
        self._check(text)
        return True

    def begin_anew(self, policy: Policy) -> None:
        """Work on from another policy; the texts before it stay what they were begun from."""
        self.take(policy.text)
        self.begun = policy

    def meet(self, policy: Policy) -> None:
        """Note that a policy is in force that was written elsewhere: the text stays, and what it was begun from."""
        self._origin = self.origin
        self.begun = policy

    def put_in_force(self, policy: Policy) -> None:
        """Note that a policy written here is in force: whoever goes back to a text before it has seen it."""
        self.begun, self._origin = policy, mark_of(policy.text)
        self._before = [(text, self._origin) for text, _origin in self._before]

    def _check(self, text: str) -> None:
        self.text = text
        try:
            self._begin(Policy.parse(text, place=self.begun.place))
        except PolicyError:
            self.faults = [_fault(one, text) for one in Policy.problems(text, place=self.begun.place)[:SHOWN]]
            self.warnings = _hidden(text)


def _hidden(text: str) -> list[Fault]:
    """Return the lines in which something hides or turns the direction of reading."""
    if visible(text) == text:
        return []
    lines = ((n, line, visible(line)) for n, line in enumerate(text.split("\n"), 1))
    found = ((n, seen[:_LONG]) for n, line, seen in lines if line != seen)
    return [Fault(n, worded("This line holds hidden characters."), seen, "", "") for n, seen in islice(found, SHOWN)]


def _fault(error: PolicyError, text: str) -> Fault:
    value = "" if error.value is None else _shown(error.value)
    line = max(1, min(error.line, text.count("\n") + 1))
    return Fault(line, error.problem, value[:_LONG], error.expected, error.example)


def _shown(value: Any) -> str:  # noqa: ANN401 -- whatever a text held
    try:
        return value if isinstance(value, str) else repr(value)
    except ValueError:  # a number that Python does not write
        return "…"


def _no_value(error: ValueError) -> Fault:
    problem, expected = worded("This is no value of the file."), worded("a value as TOML has it")
    return Fault(1, problem, str(error)[:_LONG], expected, "")
