"""What the forms of the rules workshop show: the families of a policy, their parts, and each part's fields.

A table of the file is a part; a rule in it an item; a key of a rule a field of some kind. The words stand here in
English and are put into the view's language where they are shown.
"""

from __future__ import annotations

from typing import Any, Final, Literal, NamedTuple

from deskkit.desk.events import FACETS, LEVELS
from deskkit.desk.policyfile.notice_sections import CHANNELS, EVENTS, RECIPIENTS
from deskkit.desk.policyfile.rule_sections import DROPS, LANGUAGES, STRATEGIES, TIDYINGS
from deskkit.desk.policyfile.sections import AUTHORS
from deskkit.measures.summary import word

__all__ = ["FAMILIES", "Family", "Field", "Kind", "Part", "Shape", "family_of"]

Kind = Literal[
    "text", "number", "time", "flag", "choice", "names", "lines", "condition", "rows", "map", "long", "labels"
]  # fmt: skip
Shape = Literal["one", "list", "named"]


class Field(NamedTuple):
    """A key of an item.

    Attributes
    ----------
    key : str
        Its path within the item.
    kind : str
    label : str
    options : str
        Which names it takes: a key of what `deskkit.views.workshop.forms.options` gives.
    unit : str
        Of a map: the kind of its values.
    """

    key: str
    kind: Kind
    label: str
    options: str = ""
    unit: str = ""


class Part(NamedTuple):
    """A table of the file (`one`), a list of rules (`list`), or tables with names of their own (`named`).

    Attributes
    ----------
    path, shape, title : str
    fields : tuple of Field
    new : dict, optional
        What a new item begins with; values that begin with ``@`` stand for the first of these options.
    """

    path: str
    shape: Shape
    title: str
    fields: tuple[Field, ...]
    new: dict[str, Any] | None = None


class Family(NamedTuple):
    """What belongs together for whoever sets rules."""

    key: str
    title: str
    parts: tuple[Part, ...]


_NAME: Final = Field("name", "text", word("Name"))
_WHEN: Final = Field("when", "condition", word("Holds when"))
_NEW: Final = word("New rule")

FAMILIES: Final = (
    Family("signals", word("Signals"), (
        Part("signals", "named", word("Words to look for in messages"), (
            Field("by", "choice", word("In messages of"), "authors"),
            Field("words", "lines", word("Words, one a line")),
            Field("patterns", "lines", word("Patterns, one a line")),
            Field("unless", "lines", word("Not within, one a line")),
        ), {"words": ["asap"]}),
    )),
    Family("tags", word("Tags"), (
        Part("tag", "list", word("Tags by rule"), (
            _NAME, Field("facet", "choice", word("Facet"), "facets"),
            Field("tag", "choice", word("Tag"), "tags"), _WHEN,
        ), {"name": _NEW, "facet": "label", "tag": "@label", "when": {"turns": ">= 99"}}),
        *(
            Part(f"facets.{facet}", "one", title, (
                Field("tags", "labels", word("Tags: name, colour, retired or not")),
                Field("exclusive", "flag", word("Rules give one of them only")),
            ))
            for facet, title in zip(
                FACETS, (word("Customer types"), word("Inquiries"), word("Labels of your own")), strict=True
            )
        ),
    )),
    Family("priority", word("Priority"), (
        Part("priority.rule", "list", word("Reasons for a level"), (
            _NAME, Field("level", "choice", word("Level"), "levels"), _WHEN,
            Field("hold", "time", word("Lasts on for")),
        ), {"name": _NEW, "level": "high", "when": {"turns": ">= 99"}}),
        Part("priority", "one", word("Where every conversation begins"), (
            Field("start", "choice", word("Level"), "levels"),
            Field("hold", "time", word("A reason lasts on for")),
        )),
        Part("priority.complexity", "one", word("Points of complexity"), (
            Field("turn", "number", word("For each turn")),
            Field("hundred_words", "number", word("For each 100 words")),
            Field("inquiry", "number", word("For each different inquiry")),
            Field("transfer", "number", word("For each change of owner")),
        )),
        Part("targets", "one", word("A reply is due within"), (
            *(Field(level, "time", title) for level, title in zip(
                LEVELS, (word("low"), word("normal"), word("high"), word("urgent")), strict=True)),
        )),
    )),
    Family("wallboard", word("Wallboard"), (
        Part("wallboard", "one", word("What is marked as missed"), (
            Field("oldest_wait", "time", word("Longest wait, at most")),
            Field("overdue", "number", word("Past their target, at most")),
            Field("waiting", "number", word("Waiting in the queue, at most")),
            Field("first_response", "time", word("First response on average, at most")),
            Field("reply_time", "time", word("Reply time on average, at most")),
            Field("service_level", "number", word("Answered within 30 s, at least percent")),
            Field("sla_first_response", "number", word("First response in time, at least percent")),
            Field("abandonment", "number", word("Left before an answer, at most percent")),
            Field("csat", "number", word("Satisfied, at least percent")),
            Field("missed", "number", word("Messages without a reply, at most")),
            Field("notices_per_agent_hour", "number", word("Notices per agent-hour, at most")),
        )),
    )),
    Family("capacity", word("Capacity"), (
        Part("capacity", "one", word("How much an agent can hold"), (
            Field("agent", "number", word("Units of an agent")),
            Field("waiting_for_agent", "number", word("A conversation to be answered takes")),
            Field("waiting_for_customer", "number", word("One that waits for the customer takes")),
            Field("complex_from", "number", word("Complex from so many points")),
            Field("complex_factor", "number", word("A complex one takes so many times as much")),
            Field("helper", "number", word("A helper's conversation takes")),
            Field("reserve", "number", word("Kept free for high and urgent")),
            Field("groups", "map", word("Units of agents of a group"), "groups", "number"),
        )),
    )),
    Family("routing", word("Queue and routing"), (
        Part("routing.rule", "list", word("Which group; the first that holds decides"), (
            _NAME, _WHEN, Field("group", "choice", word("Group"), "groups"),
            Field("needs", "lines", word("Needed skills, one a line")),
        ), {"name": _NEW, "when": {"turns": ">= 99"}, "group": "@groups"}),
        Part("routing.overflow", "list", word("Further groups after a time"), (
            Field("group", "choice", word("Waiting in"), "groups"),
            Field("after", "time", word("For")),
            Field("to", "names", word("Also offered to"), "groups"),
            Field("drop", "names", word("No longer asked for"), "drops"),
        ), {"group": "@groups", "after": "5 min", "to": ["@groups:1"]}),
        Part("routing", "one", word("How an agent is chosen"), (
            Field("strategy", "choice", word("Which agent"), "strategies"),
            Field("default_group", "choice", word("Group where no rule holds"), "groups"),
            Field("language", "choice", word("The customer's language is"), "languages"),
            Field("language_patience", "time", word("Preferred for")),
            Field("returning", "flag", word("Back to the agent the customer knows")),
        )),
        Part("queue", "one", word("Who is served next"), (
            Field("guard", "time", word("Before every level after")),
            Field("credit", "map", word("As if it had waited longer, by tag"), "tags", "time"),
        )),
        Part("reassign", "one", word("When the owner does not answer"), (
            Field("after", "time", word("Given to another after")),
            Field("times", "number", word("At most so often")),
        )),
        Part("offline", "one", word("When an agent goes offline"), (
            Field("redistribute", "flag", word("What they hold goes back to the queue")),
        )),
        Part("groups", "named", word("Groups"), (
            Field("title", "text", word("Title")),
            Field("queue_limit", "number", word("At most so many waiting")),
        ), {"title": _NEW}),
    )),
    Family("peak", word("Peak mode"), (
        Part("peak", "one", word("When it comes and goes"), (
            Field("enter", "condition", word("Entered when")),
            Field("leave", "condition", word("Left when")),
            Field("min_stay", "time", word("Lasts at least")),
            Field("capacity.agent", "number", word("Units of an agent meanwhile")),
            Field("capacity.groups", "map", word("Units of agents of a group"), "groups", "number"),
        )),
        Part("peak.loan", "list", word("Agents lent to another group"), (
            Field("from", "choice", word("From"), "groups"),
            Field("to", "choice", word("To"), "groups"),
            Field("agents", "number", word("Agents")),
        ), {"from": "@groups", "to": "@groups:1", "agents": 1}),
        Part("peak.send", "list", word("Levels that may go to further groups"), (
            Field("levels", "names", word("Levels"), "levels"),
            Field("to", "names", word("To"), "groups"),
        ), {"levels": ["urgent"], "to": ["@groups"]}),
    )),
    Family("notices", word("Notices"), (
        Part("notify.ladder", "list", word("Ladders: who is told, after how long"), (
            Field("event", "choice", word("Of"), "events"),
            Field("level", "names", word("At levels"), "levels"),
            Field("rungs", "rows", word("Rungs: one a line, in braces")),
        ), {"event": "@events", "level": ["low"], "rungs": [{"after": "0 s", "to": "owner", "ring": "@rings"}]}),
        Part("notify", "one", word("Limits and quiet hours"), (
            Field("per_minute", "number", word("At most so many a minute for an agent")),
            Field("quiet", "lines", word("Quiet hours, one a line")),
            Field("digest", "time", word("What was held back is summed up every")),
            Field("merge_urgent", "time", word("Urgent ones are merged within")),
        )),
        Part("rings", "named", word("Rings: what a notice does"), (
            Field("channels", "names", word("Channels"), "channels"),
            Field("sound", "text", word("Sound file")),
            Field("volume", "number", word("Volume, 0 to 100")),
            Field("icon", "number", word("Icon size, 1 to 3")),
        ), {"channels": ["badge"]}),
    )),
    Family("tidying", word("Tidying"), (
        Part("tidy", "list", word("What is put away by rule"), (
            _NAME, Field("do", "choice", word("Do"), "tidyings"), _WHEN,
        ), {"name": _NEW, "do": "suggest", "when": {"stage": "resolved", "idle": ">= 30 days"}}),
        Part("life", "one", word("Life of a conversation"), (
            Field("reopen_within", "time", word("A message reopens within")),
            Field("courtesy", "choice", word("Signal that owes no answer"), "signals"),
        )),
    )),
    Family("hours", word("Hours"), (
        Part("hours", "one", word("Opening hours and holidays"), (
            Field("open", "lines", word("Open, one a line")),
            Field("holidays", "lines", word("Days off, one a line")),
            Field("assign_when_closed", "flag", word("Assign outside of these hours too")),
        )),
        Part("", "one", word("The policy itself"), (
            Field("name", "text", word("Name")),
            Field("zone", "text", word("Zone of all hours and days")),
        )),
    )),
    Family("quick", word("Quick replies"), (
        Part("quick", "list", word("Texts an agent writes with a few letters"), (
            Field("short", "text", word("Shortcut")),
            Field("title", "text", word("Title")),
            Field("text", "long", word("Text")),
            Field("groups", "names", word("Groups"), "groups"),
            Field("language", "text", word("Language")),
            Field("agents", "lines", word("Only for these agents, one a line")),
        ), {"short": "/new", "title": _NEW, "text": "…"}),
    )),
)  # fmt: skip

FIXED: Final[dict[str, tuple[str, ...]]] = {
    "authors": AUTHORS, "facets": FACETS, "levels": LEVELS, "strategies": STRATEGIES, "languages": LANGUAGES,
    "drops": DROPS, "tidyings": TIDYINGS, "channels": CHANNELS, "events": EVENTS, "recipients": RECIPIENTS,
}  # fmt: skip
"""Options that no policy changes."""


def family_of(path: str) -> tuple[Family, Part] | None:
    """Return the family and the part of a table's path, None where no form shows it.

    Examples
    --------
    >>> [one.title for one in family_of("priority.rule") or ()]
    ['Priority', 'Reasons for a level']
    """
    return next(((family, part) for family in FAMILIES for part in family.parts if part.path == path), None)
