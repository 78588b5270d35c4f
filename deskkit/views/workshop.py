"""The rules workshop: change a number of a policy or its text, see on history what would have been decided otherwise.

What is shown are *direct* effects: what the rules decide otherwise about the same facts. Nothing is put in force
here; the changed policy is saved as a new file.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import ipywidgets
import polars as pl

from deskkit.arguments import LOG, POLICY, expect
from deskkit.desk.policy import Policy
from deskkit.desk.policyfile.numbers import numbers_of
from deskkit.errors import DeskkitError, PolicyError
from deskkit.measures.whatif import replay
from deskkit.views.markup import joined, markup, show
from deskkit.views.markup import shown as widget_of
from deskkit.views.spoken import Spoken, button
from deskkit.views.table import drawn_table
from deskkit.views.words import isolated, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.desk.policyfile.numbers import Number
    from deskkit.log import EventLog
    from deskkit.measures.replayed import Replay
    from deskkit.measures.summary import Summary
    from deskkit.views.markup import SafeHtml

__all__ = ["RulesView", "drawn_summary", "rules"]

_EXAMPLES: Final = 10
_RULE: Final = 56  # half columns
_NOTHING: Final = joined(())
_STEPS: Final = 20  # words of progress


def rules(
    log: EventLog,
    policy: Policy,
    *,
    start: int | None = None,
    until: int | None = None,
    save_as: str = "my-policy.toml",
    language: str | None = None,
    masked: bool = True,
) -> RulesView:
    """Open the rules workshop on a log.

    Parameters
    ----------
    log : EventLog
        History; it stays as it is.
    policy : Policy
        What the changed one is compared with.
    start, until : int, optional
        The span that is gone over, milliseconds since the UTC epoch; by default the whole log.
    save_as : str
        Where the changed policy is saved; a field of the view changes it.
    language : {"en", "zh"}, optional
    masked : bool, default True

    Returns
    -------
    RulesView
        A notebook shows it where a cell ends in it; its `changed` is the policy as it stands in the form.
    """
    expect(LOG, "rules", log=log)
    expect(POLICY, "rules", policy=policy)
    return RulesView(log, policy, span=(start, until), save_as=save_as, language=language, masked=masked)


class RulesView(Spoken):
    """A form for a policy's numbers, and what they would have changed; made by `deskkit.views.rules`.

    Attributes
    ----------
    policy, changed : Policy
        As it was given, and as it stands in the form.
    made : Replay or None
        What came of the last look.
    """

    def __init__(
        self,
        log: EventLog,
        policy: Policy,
        *,
        span: tuple[int | None, int | None],
        save_as: str,
        language: str | None,
        masked: bool,
    ) -> None:
        self.policy = self.changed = policy
        self.made: Replay | None = None
        self._log, self._span, self._save_as = log, span, save_as
        self._numbers: dict[str, Number] = {}
        super().__init__(language=language, zone=policy.schema.zone, masked=masked)

    def title(self) -> str:
        """Return what the view is for."""
        return self._say("Rules workshop: {policy}", policy=self._say.personal(self.policy.name))

    # ------------------------------------------------------------ making

    def parts(self) -> Sequence[ipywidgets.Widget]:
        """Make the form, the text, the hands and the places for what comes out."""
        say = self._say
        self.rule = ipywidgets.Dropdown(description=say("Rule"))
        self.rule.observe(self._choose, names="value")
        self.value = ipywidgets.Text(description=say("Value"))
        self.put = button(say("Change"), self.change, icon="pencil")
        form = ipywidgets.HBox([self.rule, self.value, self.put])
        form.add_class("dk-hands")
        form.add_class("dk-form")
        self.text = ipywidgets.Textarea(description=say("Policy as text"), rows=18)
        self.text.add_class("dk-code")
        self.read = button(say("Take the text"), self.take_text, icon="check")
        written = ipywidgets.VBox([self.text, self.read])
        ways = ipywidgets.Tab([form, written], titles=(say("By form"), say("By text")))
        ways.add_class("dk-ways")
        self.look = button(say("See what would change"), self.see, icon="search", style="primary")
        self.reset = button(say("Take all back"), self.take_back, icon="undo")
        self.path = ipywidgets.Text(description=say("New file"), value=self._save_as)
        self.keep = button(say("Save as a new file"), self.save, icon="save")
        hands = ipywidgets.HBox([self.look, self.reset, self.path, self.keep])
        hands.add_class("dk-hands")
        self.changes, self.message, self.outcome = (widget_of(markup("")) for _ in range(3))
        body = ipywidgets.VBox([ways, self.changes, hands, self.message, self.outcome])
        body.add_class("dk-pad")
        self._offer()
        if self.made is not None:
            self._draw()
        return (body,)

    def _offer(self) -> None:
        """Offer the numbers as they stand; what was chosen stays chosen."""
        self._numbers = {one.path: one for one in numbers_of(self.changed.text)}
        before = self.rule.value
        self.rule.options = [(self._title(one), one.path) for one in self._numbers.values()]
        self.rule.value = before if before in self._numbers else next(iter(self._numbers), None)
        self.text.value = self.changed.text
        self._fill()
        was = {one.path: one.value for one in numbers_of(self.policy.text)}
        rows = [
            (say_path(one), str(was.get(path, "–")), str(one.value))
            for path, one in self._numbers.items()
            if was.get(path) != one.value
        ]
        if rows:
            table = pl.DataFrame(rows, schema=["what", "before", "after"], orient="row")
            show(self.changes, drawn_table(table, say=self._say))
        else:
            same = self.changed.fingerprint == self.policy.fingerprint
            text = self._say("Nothing is changed yet.") if same else self._say("The text is changed.")
            show(self.changes, markup("<div class='dk-caption'>{text}</div>", text=text))
        self.reset.disabled = self.keep.disabled = self.changed.text == self.policy.text

    def _title(self, one: Number) -> str:
        rule = isolated(shortened(self._say.personal(one.rule), _RULE))
        return f"{one.section} · {rule} · {one.key}: {one.value}"

    def _choose(self, _change: dict[str, Any]) -> None:
        self._fill()

    def _fill(self) -> None:
        if self.rule.value in self._numbers:
            self.value.value = str(self._numbers[self.rule.value].value)

    # ------------------------------------------------------------ hands

    def change(self) -> bool:
        """Put the value of the form in the place of the rule's; tells whether the policy takes it."""
        with self._lock:
            one = self._numbers[self.rule.value]
            return self._become(lambda: self.changed.edit({one.path: typed(self.value.value, one.value)}))

    def take_text(self) -> bool:
        """Read the policy from the text; tells whether it is one."""
        with self._lock:
            return self._become(lambda: Policy.parse(self.text.value, place=self.policy.place))

    def take_back(self) -> None:
        """Forget every change."""
        with self._lock:
            self._become(lambda: self.policy)

    def _become(self, make: Any) -> bool:  # noqa: ANN401 - a function that gives a policy
        try:
            self.changed = make()
        except PolicyError as error:
            self._tell(self._failed(error))
            return False
        self.made = None
        self._tell("")
        show(self.outcome, _NOTHING)
        self._offer()
        return True

    def see(self) -> None:
        """Go over history by the changed policy; show what it would have decided otherwise."""
        with self._lock:
            say, said = self._say, -1

            def progress(done: int, total: int) -> None:
                nonlocal said
                step = _STEPS * done // max(total, 1)
                if step > said:
                    said = step
                    self._tell(say("Going over history: {share} %", share=100 * step // _STEPS))

            start, until = self._span
            try:
                self.made = replay(
                    self._log, self.changed, against=self.policy, start=start, until=until, progress=progress
                )
            except DeskkitError as error:
                self._tell(self._failed(error))
                return
            self._tell("")
            self._draw()

    def _draw(self) -> None:
        if self.made is None:
            return
        say = self._say
        examples = self.made.examples(_EXAMPLES, say=say.translate)
        show(
            self.outcome,
            markup(
                "{summary}<div class='dk-heading'>{title}</div>{examples}",
                summary=drawn_summary(self.made.summary, say=say),
                title=say("{n} examples, evenly over those touched", n=examples.height),
                examples=drawn_table(examples, say=say),
            ),
        )

    def save(self) -> Path | None:
        """Write the changed policy to a new file; an existing one stays. Returns the file, or None."""
        with self._lock:
            say = self._say
            self._save_as = self.path.value.strip()
            path = Path(self._save_as)
            if not self._save_as or path.exists():
                self._tell(say("There is such a file already, or no name: {path}", path=self._save_as))
                return None
            try:
                self.changed.save(path)
            except PolicyError as error:
                self._tell(self._failed(error))
                return None
            self._tell(say("Saved: {path}", path=str(path)))
            return path

    def _tell(self, text: str) -> None:
        show(self.message, markup("<div class='dk-caption' role='status'>{text}</div>", text=text))

    def __repr__(self) -> str:
        state = "as given" if self.changed.fingerprint == self.policy.fingerprint else "changed"
        return f"RulesView({self.policy.name!r} {state}, {len(self._numbers)} numbers)"


def say_path(one: Number) -> str:
    """Return where a number stands, for the list of changes."""
    return f"{one.rule} · {one.key}"


def typed(text: str, before: float | str) -> int | float | str:
    """Return a form's text as TOML has the value: a number where there was one, if it can be read as one.

    Examples
    --------
    >>> typed("6", 5), typed("0.4", 1.0), typed(">= 3 min", ">= 5 min"), typed("many", 5)
    (6, 0.4, '>= 3 min', 'many')
    """
    text = text.strip()
    if isinstance(before, str):
        return text
    try:
        number = float(text)
    except ValueError:
        return text  # the policy says what it expected
    return int(number) if number.is_integer() and "." not in text else number


def drawn_summary(summary: Summary, *, say: Any) -> SafeHtml:  # noqa: ANN401 - Words
    """Draw how many conversations would have been touched, by what, and what that does to notices and levels."""
    words = {
        "tag": say("Tags"), "priority": say("Priority"), "notice": say("Notices"), "assignment": say("Assignment"),
        "tidying": say("Tidying"),
    }  # fmt: skip
    kinds = [(words[kind], n, summary.touched_by[kind]) for kind, n in summary.differences.items()]
    touched = _table([(word, f"{n:,}", f"{who:,}") for word, n, who in kinds],
                     ("", say("differences"), say("conversations")))  # fmt: skip
    before, after = summary.notices
    rows = [(say("Notices"), f"{before:,}", f"{after:,}")]
    if summary.notices_per_agent_hour is not None:
        rows.append((say("Notices per agent-hour"), *(f"{n:.2f}" for n in summary.notices_per_agent_hour)))
    rows += [
        (say("Minutes at {level}", level=say(level)), *(f"{n:,.0f}" for n in minutes))
        for level, minutes in reversed(summary.minutes_at_level.items())
    ]
    notes = joined(
        markup("<div class='dk-caption dk-noted'>{sign} {text}</div>", sign="ⓘ", text=say(note))
        for note in summary.notes
    )
    return markup(
        "<div class='dk-who'><span class='dk-name'>{share}</span><span class='dk-chip'>{direct}</span></div>"
        "<div class='dk-caption'>{about}</div><div class='dk-two'>{touched}{effects}</div>{notes}",
        share=summary.reach(say.translate), direct=say("direct effects"),
        about=say("What the rules decide otherwise about the same facts; what would have followed, no log can tell."),
        touched=touched, effects=_table(rows, ("", say("before"), say("after"))), notes=notes,
    )  # fmt: skip


def _table(rows: Sequence[tuple[str, ...]], head: tuple[str, ...]) -> SafeHtml:
    first, second, third = head
    lines = joined(
        markup(
            "<tr><th scope='row'>{a}</th><td class='dk-number'>{b}</td><td class='dk-number'>{c}</td></tr>",
            a=a,
            b=b,
            c=c,
        )
        for a, b, c in rows
    )
    return markup(
        "<table class='dk-table'><thead><tr><td>{a}</td><th class='dk-number' scope='col'>{b}</th>"
        "<th class='dk-number' scope='col'>{c}</th></tr></thead><tbody>{lines}</tbody></table>",
        a=first, b=second, c=third, lines=lines,
    )  # fmt: skip
