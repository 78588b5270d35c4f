"""How a view speaks: a language, a zone, and how times and counts are written. Knows no widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskkit.clock import moment
from deskkit.desk import because
from deskkit.desk.shown import language_name, ring_name, rule_name, signal_name, skill_name, tag_name
from deskkit.locale import chosen, translator
from deskkit.privacy import mask, mask_field
from deskkit.text import visible

if TYPE_CHECKING:
    from deskkit.desk.cards import ConversationCard
    from deskkit.desk.desk import Desk

__all__ = [
    "LONGEST_FIELD",
    "LONGEST_LINE",
    "LONGEST_NAME",
    "Words",
    "isolated",
    "level_mark",
    "shortened",
    "waiting_clock",
]

_MINUTE, _HOUR, _DAY = 60_000, 3_600_000, 86_400_000
_LONG = 1_000 * _MINUTE
_DAYS = 3 * _DAY
_LETTERS = "LNHU"
_SHAPES = "▽○▲◆"
LONGEST_LINE: Final = 4_000  # characters of one message that are shown; the whole is in the log
LONGEST_NAME: Final = 200  # half columns of a name where nothing shorter is wanted
LONGEST_FIELD: Final = 500  # half columns
_EXCERPT = 20  # times as many characters are looked at as half columns shown: a token is shorter than what it masks
_AGENT = 28  # half columns
_WIDE = 0x1100  # from here on most characters are as wide as they are high


class Words:
    """The language and the zone of a view; called with an English text it gives the text to show.

    Parameters
    ----------
    language : str, optional
        See `deskkit.locale.chosen`.
    zone : str, default "UTC"
        IANA zone in which times are shown.
    masked : bool, default True
        Whether telephones, identity and bank cards and e-mail addresses are shown as tokens.

    Attributes
    ----------
    is_asked : bool
        Whether somebody asked for this language; else it is what is spoken here.

    Examples
    --------
    >>> say = Words("zh", zone="Asia/Shanghai")
    >>> say("{span} ago", span=say.span(600_000))
    '10 分钟前'
    """

    def __init__(self, language: str | None = None, *, zone: str = "UTC", masked: bool = True) -> None:
        self.language, self.is_asked = chosen(language), language is not None
        self.zone = zone
        self.masked = masked
        self.translate = translator(self.language)

    def __call__(self, text: str, **values: str | int) -> str:
        """Return an English text in the view's language, its ``{names}`` filled in."""
        return self.translate(text).format(**values)

    def counted(self, n: int, each: str) -> str:
        """Return how many there are of what a measure counts, with the measure word that a language has for it.

        Examples
        --------
        >>> Words("en").counted(1_284, "turns"), Words("zh").counted(284, "conversations")
        ('1,284 turns', '284 个会话')
        >>> Words("en").counted(1, "stays in the queue")
        '1 stay in the queue'
        """
        if n == 1 and self.language == "en":
            several, *more = each.split(" ")
            return " ".join(["1", several.removesuffix("s"), *more])
        text = f"{{n}} {each}"
        return self(text, n=f"{n:,}")

    # ------------------------------------------------------------ what customers wrote

    def personal(self, text: str, most: int | None = None) -> str:
        """Return a text of a customer, or about one, as it may be shown; of a longer one the first `most` characters.

        Examples
        --------
        >>> Words("zh").personal("电话13800138000"), Words("zh", masked=False).personal("电话13800138000")
        ('电话[手机]', '电话13800138000')
        """
        return mask(text, language=self.language, most=most) if self.masked else text[:most]

    def excerpt(self, text: str, width: int) -> str:
        r"""Return the beginning of a text as it may be shown on one line, at most so many half columns wide.

        Examples
        --------
        >>> Words("en").excerpt("Please call\n\n13800138000 when it is there", 20)
        'Please call [phone]…'
        """
        most = _EXCERPT * width
        line = " ".join(text.split(None, most)[:most])  # a megabyte of words is not parted to show ten
        return shortened(visible(self.personal(line, most)), width)

    def field(self, name: str, value: str | float) -> str:
        """Return the value of a customer's field as it may be shown; a telephone is one by its field's name."""
        most = _EXCERPT * LONGEST_FIELD
        return mask_field(name, value, language=self.language, most=most) if self.masked else str(value)[:most]

    # ------------------------------------------------------------ times

    def span(self, ms: int) -> str:
        """Return a duration in words, its two largest units."""
        return because.span(ms, say=self.translate)

    def ago(self, ms: int) -> str:
        """Return how long ago something was, no finer than one cares: minutes, after a day whole days.

        Examples
        --------
        >>> Words("en").ago(1_902_000), Words("en").ago(300_000_000)
        ('31 min ago', '3 d ago')
        """
        grain = _DAY if ms >= _DAY else _MINUTE if ms >= _MINUTE else 1
        return self("{span} ago", span=self.span(ms // grain * grain))

    def clock(self, at: int) -> str:
        """Return an instant as date and time of day, to the second."""
        return moment(at, zone=self.zone)

    def time(self, at: int, *, now: int) -> str:
        """Return an instant as time of day, with the date where it is not today's."""
        then, today = moment(at, zone=self.zone), moment(now, zone=self.zone)
        if then[:10] == today[:10]:
            return then[11:16]
        return then[5:16] if then[:4] == today[:4] else then[:16]

    def day(self, at: int) -> str:
        """Return the date of an instant."""
        return moment(at, zone=self.zone)[:10]

    # ------------------------------------------------------------ names

    def rule(self, name: str) -> str:
        """Return what a rule is called."""
        return rule_name(name, say=self.translate)

    def tag(self, name: str) -> str:
        """Return what a tag is called."""
        return visible(self.personal(tag_name(name, say=self.translate)))

    def signal(self, name: str) -> str:
        """Return what a signal is called."""
        return visible(self.personal(signal_name(name, say=self.translate)))

    def skill(self, name: str) -> str:
        """Return what a skill is called."""
        return visible(self.personal(skill_name(name, say=self.translate)))

    def ring(self, name: str) -> str:
        """Return what a ring is called."""
        return visible(self.personal(ring_name(name, say=self.translate)))

    def spoken(self, code: str) -> str:
        """Return what the language of a code is called."""
        return visible(self.personal(language_name(code, say=self.translate)))

    def level(self, level: int) -> str:
        """Return the word for a level."""
        return because.level_word(level, say=self.translate)

    def level_title(self, level: int) -> str:
        """Return the word for a level as it stands alone."""
        return self.level(level).capitalize()

    def stage(self, stage: str) -> str:
        """Return the word on screen for a stage."""
        say = self
        return {
            "waiting": say("In queue"),
            "assigned": say("Assigned"),
            "snoozed": say("Snoozed"),
            "resolved": say("Handled"),
            "abandoned": say("Left"),
            "archived": say("Archived"),
        }[stage]

    def facet(self, facet: str) -> str:
        """Return the word for a facet of tags."""
        say = self
        return {"customer": say("Customer"), "inquiry": say("Inquiry"), "label": say("Label")}[facet]

    def event(self, event: str) -> str:
        """Return what a notice is about, as it stands alone."""
        say = self
        return {
            "message": say("New message"),
            "assignment": say("New conversation"),
            "waiting": say("Long wait"),
            "neglected": say("Neglected tab"),
            "digest": say("Digest"),
        }[event]

    def presence(self, presence: str) -> str:
        """Return the word for an agent's presence."""
        say = self
        return {"online": say("online"), "away": say("away"), "offline": say("offline")}[presence]

    def content(self, kind: str) -> str:
        """Return the word for a kind of content that is not text."""
        say = self
        known = {"image": say("image"), "voice": say("voice message"), "video": say("video"), "file": say("file")}
        return known.get(kind, say("file"))

    def customer(self, card: ConversationCard) -> str:
        """Return what the customer of a conversation is called; see `named`."""
        return self.named(card.customer_name, card.customer)

    def named(self, name: str, customer: str) -> str:
        """Return what a customer is called, hidden characters made visible; the id where no name is known, or blanks.

        Examples
        --------
        >>> [Words("en").named(name, "1504550942") for name in ("Li Na", "", " \u3000 ")]
        ['Li Na', 'Customer 550942', 'Customer 550942']
        """
        if name.strip():
            return shortened(visible(self.personal(name, _EXCERPT * LONGEST_NAME)), LONGEST_NAME)
        known = self.personal(customer, LONGEST_NAME)
        return self("Customer {id}", id=visible(customer[-6:])[-6:] if customer.startswith(known) else known)

    def agent(self, desk: Desk, agent: str) -> str:
        """Return what an agent is called."""
        return shortened(visible(because.agent_name(desk, agent)), _AGENT)

    def group(self, desk: Desk, group: str) -> str:
        """Return a group's title."""
        return visible(because.group_title(desk, group))


def waiting_clock(ms: int) -> str:
    """Return a wait as minutes and seconds; whole hours once it is past a thousand minutes, days past three.

    Examples
    --------
    >>> [waiting_clock(ms) for ms in (95_000, 5_964_000, 90_000_000, 400_000_000)]
    ['1:35', '99:24', '25 h', '4 d']
    """
    if ms >= _DAYS:
        return f"{ms // _DAY} d"
    if ms >= _LONG:
        return f"{ms // _HOUR} h"
    return f"{ms // _MINUTE}:{ms % _MINUTE // 1_000:02}"


def level_mark(level: int) -> str:
    """Return the shape and the letter of a level: told apart without colour.

    Examples
    --------
    >>> [level_mark(level) for level in range(4)]
    ['▽L', '○N', '▲H', '◆U']
    """
    return _SHAPES[level] + _LETTERS[level]


def isolated(text: str) -> str:
    """Return a plain text that turns no neighbour's direction: between first-strong isolate and its end."""
    return f"\u2068{text}\u2069"


def shortened(text: str, width: int) -> str:
    """Cut a text at a width in half columns, where a Chinese character takes two.

    Examples
    --------
    >>> shortened("Alexander", 6), shortened("欧阳娜娜", 6), shortened("欧阳", 6)
    ('Alexa…', '欧阳…', '欧阳')
    """
    sizes = [2 if ord(char) >= _WIDE else 1 for char in text[: width + 1]]  # no character is narrower
    if sum(sizes) <= width:
        return text
    used = 1
    for place, size in enumerate(sizes):
        used += size
        if used > width:
            return f"{text[:place]}…"
    return text
