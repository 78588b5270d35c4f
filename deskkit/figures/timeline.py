"""A conversation on one axis of time: who had it, its stage and level, who wrote when, and every notice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from deskkit.desk.events import LEVELS as LEVEL_NAMES
from deskkit.figures.template import HELD, LEVELS, PALETTE, drawn, safe, speaker

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    import plotly.graph_objects as go

    from deskkit.measures.story import Story

    Say = Callable[[str], str]

__all__ = ["timeline"]

_STAGE_COLOURS: Final = {
    "waiting": PALETTE[1], "assigned": PALETTE[0], "snoozed": PALETTE[4], "resolved": PALETTE[2],
    "abandoned": PALETTE[3], "archived": PALETTE[5],
}  # fmt: skip
_ROOM: Final = 0.07  # of the axis: a shorter bar has no room for its name
_MARKS: Final = {
    "customer": ("circle", PALETTE[1]), "agent": ("square", PALETTE[0]), "automatic": ("square-open", PALETTE[5]),
    "system": ("x-thin-open", PALETTE[5]), "note": ("diamond", PALETTE[4]),
}  # fmt: skip


def timeline(story: Story, *, zone: str = "UTC", masked: bool = True, language: str | None = None) -> go.Figure:
    """Draw what happened in a conversation: messages, stages, owners, levels and notices on one axis.

    Parameters
    ----------
    story : Story
        Of `deskkit.measures.story.story`.
    zone : str
        IANA zone of the axis.
    masked : bool, default True
        Telephones, identity and bank cards and e-mail addresses are shown as tokens.
    language : {"en", "zh"}, optional

    Returns
    -------
    plotly.graph_objects.Figure
        The texts of messages stand in the hover labels.
    """
    say, spoken = speaker(language)
    title = say("Conversation {id}").format(id=safe(story.conversation, masked=masked, language=spoken))
    clock = ZoneInfo(zone)
    chart = drawn(
        title, height=420, x=f"{story.begin.astimezone(clock):%Y-%m-%d} ({zone})",
        note=say("{n} messages, {m} notices").format(n=story.messages.height, m=story.notices.height),
    )  # fmt: skip
    drawing = _Drawing(chart, say, spoken, clock=clock, masked=masked, names=story.agents, span=story.end - story.begin)
    drawing.notices(story)
    drawing.messages(story)
    drawing.levels(story)
    drawing.stages(story)
    drawing.owners(story)
    rows = [say("Notices"), say("Automatic"), say("Agent"), say("Customer"), say("Level"), say("Stage"), say("Owner")]
    chart.update_yaxes(type="category", categoryorder="array", categoryarray=rows, range=[-0.6, len(rows) - 0.4])
    spread = (story.end - story.begin) * 0.02
    first, last = (one.astimezone(clock).replace(tzinfo=None) for one in (story.begin - spread, story.end + spread))
    chart.update_xaxes(type="date", range=[first, last], showgrid=True)
    chart.update_layout(barmode="overlay", showlegend=False, hovermode="closest", bargap=0.45)
    return chart


class _Drawing:
    """Draws the parts; each knows its row."""

    def __init__(
        self,
        chart: go.Figure,
        say: Say,
        language: str,
        *,
        clock: ZoneInfo,
        masked: bool,
        names: dict[str, str],
        span: timedelta,
    ) -> None:
        self._chart, self._say, self._language, self._clock = chart, say, language, clock
        self._masked, self._names, self._span = masked, names, span

    def _text(self, text: str) -> str:
        return safe(text, masked=self._masked, language=self._language)

    def _local(self, at: datetime) -> datetime:
        """Return an instant as plotly draws it: the zone's own time, without one."""
        return at.astimezone(self._clock).replace(tzinfo=None)

    def _bar(self, row: str, begin: datetime, end: datetime, *, colour: str, text: str) -> None:
        hover = f"{text}<br>{self._local(begin):%H:%M:%S} – {self._local(end):%H:%M:%S}"
        self._chart.add_scatter(
            x=[self._local(begin), self._local(end)], y=[row, row], mode="lines", line={"color": colour, "width": 16},
            text=[hover, hover], hovertemplate="%{text}<extra></extra>",
        )  # fmt: skip

    def owners(self, story: Story) -> None:
        """Draw in whose hands it was."""
        names = list(dict.fromkeys(story.owners["agent"]))
        for begin, end, agent, role in story.owners.select("at", "until", "agent", "role").rows():
            name = self._text(self._names.get(agent, agent))
            who = name if role == "owner" else f"{name} ({self._say('helps')})"
            colour = PALETTE[names.index(agent) % len(PALETTE)]
            self._bar(self._say("Owner"), begin, end, colour=colour, text=who)
            if role == "owner":
                self._label(self._say("Owner"), begin, end, name)

    def stages(self, story: Story) -> None:
        """Draw the stages."""
        say = self._say
        words = {
            "waiting": say("In queue"), "assigned": say("Assigned"), "snoozed": say("Snoozed"),
            "resolved": say("Handled"), "abandoned": say("Left"), "archived": say("Archived"),
        }  # fmt: skip
        for begin, end, stage in story.stages.select("at", "until", "stage").rows():
            self._bar(say("Stage"), begin, end, colour=_STAGE_COLOURS[stage], text=words[stage])
            self._label(say("Stage"), begin, end, words[stage])

    def levels(self, story: Story) -> None:
        """Draw the levels."""
        for begin, end, level in story.levels.select("at", "until", "level").rows():
            name = self._say(LEVEL_NAMES[level])
            self._bar(self._say("Level"), begin, end, colour=LEVELS[level], text=name)
            self._label(self._say("Level"), begin, end, name)

    def _label(self, row: str, at: datetime, end: datetime, text: str) -> None:
        """Write over a bar what it is, where there is room: colour alone tells nobody."""
        if (end - at) < self._span * _ROOM:
            return
        self._chart.add_annotation(
            x=self._local(at), y=row, text=text, showarrow=False, xanchor="left", yanchor="bottom", yshift=8,
            font={"size": 12},
        )  # fmt: skip

    def messages(self, story: Story) -> None:
        """Draw who wrote when."""
        say = self._say
        rows = {
            "customer": say("Customer"), "agent": say("Agent"), "note": say("Agent"), "automatic": say("Automatic"),
            "system": say("Automatic"),
        }  # fmt: skip
        for author, (symbol, colour) in _MARKS.items():
            lines = [(at, who, text) for at, one, who, text in story.messages.rows() if one == author]
            if lines:
                hovers = [self._hover(at, self._names.get(who, who) or rows[author], text) for at, who, text in lines]
                self._marks(rows[author], [at for at, _, _ in lines], hovers, symbol=symbol, colour=colour)

    def _hover(self, at: datetime, who: str, text: str) -> str:
        return f"{self._local(at):%H:%M:%S} {self._text(who)}<br>{self._folded(self._text(text))}"

    def _folded(self, text: str, width: int = 48) -> str:
        """Break a long text into lines, never within an entity: it is cut at blanks, or after so many characters."""
        lines, line = [], ""
        for word in _pieces(text):
            if line and len(line) + len(word) > width:
                lines.append(line)
                line = ""
            line += word
        return "<br>".join([*lines, line])

    def notices(self, story: Story) -> None:
        """Draw the notices, those held back hollow."""
        say = self._say
        topics = {
            "message": say("new message"), "assignment": say("new conversation"), "waiting": say("long wait"),
            "neglected": say("neglected tab"),
        }  # fmt: skip
        for level in range(len(LEVELS)):
            for held in (False, True):
                rows = story.notices.rows(named=True)
                found = [one for one in rows if one["level"] == level and bool(one["held"]) == held]
                hovers = [
                    f"{self._local(one['at']):%H:%M:%S} {topics[one['event']]}<br>"
                    + (
                        say("held back")
                        if held
                        else f"→ {self._text(self._names.get(one['agent'], one['agent'] or ''))}"
                    )
                    for one in found
                ]
                if found:
                    symbol = "triangle-up-open" if held else "triangle-up"
                    colour = HELD if held else LEVELS[level]
                    self._marks(say("Notices"), [one["at"] for one in found], hovers, symbol=symbol, colour=colour)

    def _marks(self, row: str, instants: list[datetime], hovers: list[str], **mark: Any) -> None:
        self._chart.add_scatter(
            x=[self._local(at) for at in instants], y=[row] * len(instants), mode="markers", text=hovers,
            marker={
                "size": 11, "symbol": mark["symbol"], "color": mark["colour"],
                "line": {"width": 1.5, "color": mark["colour"]},
            },
            hovertemplate="%{text}<extra></extra>",
        )  # fmt: skip


def _pieces(text: str) -> list[str]:
    """Part a text where a line may end: after blanks, and between characters that are written without blanks."""
    pieces, word = [], ""
    for char in text:
        word += char
        if char == " " or ord(char) >= 0x2E80:  # noqa: PLR2004 - from here on scripts without blanks
            pieces.append(word)
            word = ""
    return [*pieces, word]
