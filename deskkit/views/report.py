"""The report in a notebook: press a number, see how it is defined, what is behind it, and read a conversation.

Nothing is worked out here: the numbers, the definitions and the rows behind them are those of `deskkit.measures`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import ipywidgets
import polars as pl

from deskkit.arguments import LOG, expect, having
from deskkit.measures.definition import KEYS
from deskkit.measures.printing import duration, passed, shown
from deskkit.measures.story import story
from deskkit.measures.tables import named
from deskkit.views import drawing
from deskkit.views.markup import joined, markup, show
from deskkit.views.markup import shown as widget_of
from deskkit.views.spoken import Spoken
from deskkit.views.table import drawn_table
from deskkit.views.terms import SECTIONS, column_title, further, section_title
from deskkit.views.words import isolated, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.log import EventLog
    from deskkit.measures import Figure, Report
    from deskkit.views.markup import SafeHtml

__all__ = ["ReportView", "report"]

_LISTED: Final = 200  # conversations behind a number
_NAME: Final = 14  # half columns
_NOTHING: Final = joined(())


REPORT: Final = having("a report", "measures.report(log)", "figures", "choices", "begin", "end")


def report(log: EventLog, found: Report, *, language: str | None = None, masked: bool = True) -> ReportView:
    """Show a report; a press on a number shows its definition and the conversations behind it.

    Parameters
    ----------
    log : EventLog
        Where the messages of a conversation are read, when one is chosen.
    found : Report
        Of this log, not broken down: the view does that.
    language : {"en", "zh"}, optional
        By default that of DESKKIT_LANG, else English; a switch in the view changes it.
    masked : bool, default True
        Whether telephones, identity and bank cards and e-mail addresses are shown as tokens.

    Returns
    -------
    ReportView
        A notebook shows it where a cell ends in it.
    """
    expect(LOG, "report", log=log)
    expect(REPORT, "report", found=found)
    return ReportView(log, found, language=language, masked=masked)


class ReportView(Spoken):
    """A report with what is behind it; made by `deskkit.views.report`.

    Attributes
    ----------
    found : Report
    """

    def __init__(self, log: EventLog, found: Report, *, language: str | None = None, masked: bool = True) -> None:
        self._log, self.found = log, found
        self._section = next(name for name in SECTIONS if self._names(name))
        self._chosen = self._names(self._section)[0]
        super().__init__(language=language, zone=found.choices.zone, masked=masked)

    def _names(self, section: str) -> list[str]:
        return [name for name in SECTIONS[section] if name in self.found.figures]

    def title(self) -> str:
        """Return what the report covers."""
        return " · ".join([self._say("Report"), *self._period()])

    def _period(self) -> list[str]:
        zone, ends = self._say.zone, (self.found.begin, self.found.end)
        said = [f"{end.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" for end in filter(None, ends)]
        return [f"{' – '.join(said)} ({zone})"] if said else []

    # ------------------------------------------------------------ making

    def parts(self) -> Sequence[ipywidgets.Widget]:
        """Make the sections, the numbers, and the panel of the number chosen."""
        say = self._say
        self.sections = ipywidgets.ToggleButtons(
            description=say("Section"),
            options=[(section_title(name, say), name) for name in SECTIONS if self._names(name)], value=self._section,
        )  # fmt: skip
        self.sections.add_class("dk-sections")
        self.sections.observe(self._turn, names="value")
        self.numbers = ipywidgets.VBox()
        self.numbers.add_class("dk-numbers")
        self.definition, self.breakdown, self.thread = (widget_of(markup("")) for _ in range(3))
        self.by = ipywidgets.Dropdown(description=say("By"))
        self.by.observe(lambda _change: self._break_down(), names="value")
        self.behind = ipywidgets.Select(description=say("Behind it"), rows=8)
        self.behind.add_class("dk-earlier")
        self.behind.observe(self._read, names="value")
        self.caption = widget_of(markup(""))
        by = ipywidgets.HBox([self.by])
        by.add_class("dk-row")
        panel = ipywidgets.VBox([self.definition, by, self.breakdown, self.caption, self.behind, self.thread])
        panel.add_class("dk-right")
        left = ipywidgets.VBox([self.numbers])
        left.add_class("dk-figures")
        body = ipywidgets.HBox([left, panel])
        body.add_class("dk-body")
        self._list()
        self._draw()
        return (self.sections, *self._notes(), body)

    def _notes(self) -> list[ipywidgets.Widget]:
        """Say above the numbers what the log does not say."""
        say = self._say
        return [
            widget_of(markup("<div class='dk-caption dk-noted'>{sign} {text}</div>", sign="ⓘ", text=say(note)))
            for note in self.found.notes
        ]

    def _turn(self, change: dict[str, Any]) -> None:
        with self._lock:
            self._section = change["new"]
            self._chosen = self._names(self._section)[0]
            self._list()
            self._draw()

    def _list(self) -> None:
        """Make a row for each number of the section: the number to press, what it is, and what stands beside it."""
        self.numbers.children = [self._row(self.found[name]) for name in self._names(self._section)]

    def _row(self, figure: Figure) -> ipywidgets.Widget:
        say, about, numbers = self._say, figure.measure, figure.numbers
        value = shown(passed(numbers["value"], about), about.unit)
        number = ipywidgets.Button(description=value, tooltip=f"{say(about.title)}: {value}")
        number.add_class("dk-value")
        number.on_click(lambda _button: self.choose(about.name))
        beside = [
            further(name, one, say) for name, one in numbers.items() if name not in {"value", "n"} and one is not None
        ]
        counted = say("of {n}", n=say.counted(int(numbers["n"] or 0), about.each))
        text = widget_of(
            markup(
                "<div class='dk-measure'>{title} <span class='dk-faint'>{beside}</span></div>",
                title=say(about.title), beside=" · ".join([counted, *beside]),
            )
        )  # fmt: skip
        row = ipywidgets.HBox([number, text])
        row.add_class("dk-figure")
        return row

    # ------------------------------------------------------------ what is behind a number

    def choose(self, name: str) -> None:
        """Show the definition of a measure and the conversations behind its number.

        Raises
        ------
        MeasureError
            The report has none of this name.
        """
        with self._lock:
            self._chosen = self.found[name].measure.name
            self._draw()

    @property
    def figure(self) -> Figure:
        """The figure that is shown."""
        return self.found[self._chosen]

    def _draw(self) -> None:
        say, about = self._say, self.figure.measure
        show(self.definition, self._defined())
        keys = [(say("not broken down"), ""), *((column_title(key, say), key) for key in KEYS if key in about.by)]
        before = self.by.value if self.by.value in [key for _, key in keys] else ""
        self.by.options = keys
        self.by.value = before
        self._break_down()
        rows = self.figure.conversations.head(_LISTED)
        options = [(self._line(row), row["conversation"]) for row in named_rows(rows, self.figure)]
        self.behind.options = options
        self.behind.index = None
        total = self.figure.conversations.height
        caption = say("{n} of {all} behind this number; choose one to read it", n=len(options), all=total)
        show(self.caption, markup("<div class='dk-caption'>{text}</div>", text=caption))
        show(self.thread, _NOTHING)

    def _defined(self) -> SafeHtml:
        say, figure = self._say, self.figure
        about, choices = figure.measure, figure.choices
        levels = [f"{say.level(level)} {duration(ms)}" for level, ms in enumerate(choices.targets)]
        pairs = [
            (say("From"), say(about.start)), (say("To"), say(about.end)), (say("Counts"), say(about.counted)),
            (say("As"), say(about.averaged)), (say("Source"), about.source),
        ]  # fmt: skip
        if "X" in about.averaged:
            pairs.append((say("X is"), duration(choices.within_ms)))
        if "target" in about.counted:
            pairs.append((say("Targets"), " · ".join(levels)))
        value = shown(passed(figure.value, about), about.unit)
        return markup(
            "<div class='dk-who'><span class='dk-name'>{title}</span><span class='dk-big'>{value}</span></div>"
            "<div class='dk-recap'><dl>{rows}</dl></div>",
            title=say(about.title), value=value,
            rows=joined(markup("<dt>{name}</dt><dd>{text}</dd>", name=name, text=text) for name, text in pairs),
        )  # fmt: skip

    def _break_down(self) -> None:
        key = self.by.value
        if not key:
            show(self.breakdown, _NOTHING)
            return
        rows = self.figure.broken_down(key)
        rows = self._worded(named(rows, self.figure.spans) if key == "agent" else rows, key)
        unit = pl.lit(self.figure.measure.unit).alias("unit")
        show(self.breakdown, drawn_table(rows.select(key, "value", "n", unit), say=self._say))

    def _worded(self, rows: pl.DataFrame, key: str) -> pl.DataFrame:
        """Return rows with the values of a key in words, where they are ours and not names."""
        say = self._say
        if key == "agent":
            return rows.with_columns(pl.col("agent").fill_null(say("nobody")))
        if key == "priority":
            return rows.with_columns(
                pl.Series(key, [say(name) if name else name for name in rows[key].cast(pl.String)])
            )
        if key == "tag":
            parts = (name and name.split(":", 1) for name in rows[key])
            words = [f"{say.facet(part[0])}: {say.tag(part[1])}" if part else say("(none)") for part in parts]
            return rows.with_columns(pl.Series(key, words, dtype=pl.String))
        if key == "language":
            return rows.with_columns(pl.Series(key, [name and say.spoken(name) for name in rows[key]], dtype=pl.String))
        return rows

    def _line(self, row: dict[str, Any]) -> str:
        """Return a conversation behind a number as one line: when, how long, who, its number."""
        say = self._say
        at = f"{row['at'].astimezone(ZoneInfo(say.zone)):%m-%d %H:%M}"
        parts = [at, duration(row["ms"]) if row.get("ms") is not None else "", say.personal(row.get("agent") or "")]
        parts += [say(str(row[name])) for name in ("outcome", "why") if row.get(name)]
        return "  ·  ".join([*(isolated(shortened(part, _NAME)) for part in parts if part), row["conversation"]])

    def _read(self, change: dict[str, Any]) -> None:
        """Show the messages of the conversation chosen."""
        if change["new"] is None:
            show(self.thread, _NOTHING)
            return
        told = story(self._log, self.figure.spans, change["new"])
        show(self.thread, drawing.told(told, say=self._say))

    def __repr__(self) -> str:
        return f"ReportView({len(self.found.figures)} measures)"


def named_rows(rows: pl.DataFrame, figure: Figure) -> list[dict[str, Any]]:
    """Return rows with texts for names."""
    plain = rows.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
    return (named(plain, figure.spans) if "agent" in plain.columns else plain).to_dicts()
