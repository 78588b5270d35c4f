"""What people of a living demo are called and say, so that a screen full of them does not look like one and the same.

Nothing is decided by it: a text is exchanged only for one that says as little, and the same people always say the
same. A simulation, which nobody reads, keeps to one text of each kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zlib import crc32

from msgspec import structs

from deskkit.desk import events as e
from deskkit.sim.said import REPLIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.desk.events import Fact

__all__ = ["ANSWERS", "FILLERS", "agent_name", "worded"]

ANSWERS: Final = {
    "zh": (
        "好的，正在为您处理。", "您好，我先帮您核实一下。", "明白了，您稍等，我看一下记录。",
        "这边帮您登记了，马上跟进。", "收到，我查一下再回复您。", "麻烦您把订单号发我看看。",
    ),
    "en": (
        "Sure, I am on it.", "Let me check that for you.", "I see. One moment, I am looking at your order.",
        "Thanks, I have noted that down.", "Could you tell me the number of your order?",
    ),
}  # fmt: skip
"""What agents answer, the first as in a simulation."""
FILLERS: Final = {
    "zh": ("我这边看一下", "等我找找", "嗯，我再看看", "我发你看一下"),
    "en": ("Let me look.", "I am looking it up.", "Wait, I will find it."),
}
"""What customers say when they say nothing in particular."""
_FAMILIES: Final = "陈林何郭马罗王李张刘杨赵黄周吴徐孙胡朱高"
_GIVEN: Final = ("静", "敏", "晓晴", "志强", "丹", "子涵", "婷婷", "建国", "雨桐", "磊", "思远")
_LATIN: Final = ("Amy", "Ben", "Clara", "David", "Ella", "Frank", "Grace")


def agent_name(languages: Sequence[str], index: int) -> str:
    """Return an invented name for an agent.

    Examples
    --------
    >>> agent_name(("zh",), 0), agent_name(("en",), 8)
    ('陈静', 'Ben')
    """
    if "zh" in languages or not languages:
        return _FAMILIES[index % len(_FAMILIES)] + _GIVEN[index % len(_GIVEN)]
    return _LATIN[index % len(_LATIN)]


def worded(fact: Fact, *, filler: str = "") -> Fact:
    """Return a fact of the world as it stands in a demo's log.

    Parameters
    ----------
    fact : Fact
    filler : str
        What the customer says who says nothing in particular.

    Examples
    --------
    >>> worded(e.AgentWrote(at=1, conversation="c", agent="a", message="3/a1", text=REPLIES["en"])).text
    'I see. One moment, I am looking at your order.'
    """
    match fact:
        case e.AgentSet(languages=languages, source_id=source_id):
            return structs.replace(fact, name=agent_name(languages, int(source_id.rpartition(":")[2])))
        case e.AgentWrote(text=text, message=message) if text in REPLIES.values():
            (language,) = (name for name, one in REPLIES.items() if one == text)
            return structs.replace(fact, text=_one_of(ANSWERS[language], message))
        case e.CustomerWrote(text=text, message=message) if text and text == filler:
            language = "en" if text.isascii() else "zh"
            return structs.replace(fact, text=_one_of((filler, *FILLERS[language]), message))
        case _:
            return fact


def _one_of(texts: Sequence[str], message: str) -> str:
    return texts[crc32(message.encode()) % len(texts)]
