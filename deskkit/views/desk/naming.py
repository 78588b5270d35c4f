"""Whether a text speaks of somebody by name: what is a name at all, and which ways of writing it are the same.

Customers choose their names, and some choose a greeting or a word of every reply: those name nobody.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple
from unicodedata import category, normalize

from deskkit.desk import columns as k
from deskkit.desk.events import AgentWrote
from deskkit.desk.tagging import LOOKED_AT
from deskkit.text import HAN, fold_text

if TYPE_CHECKING:
    from collections.abc import Generator

    from deskkit.desk.desk import Desk
    from deskkit.desk.finding import Index
    from deskkit.desk.policyfile.quick_sections import Quick

__all__ = ["Name", "Spoken", "is_usual", "known_words", "name_of"]

SHORTEST: Final = 2  # letters
USUAL: Final = 5  # conversations of others in which agents said it, after which it is a word and no name
LATEST: Final = 1_000  # conversations that are looked at for that
_FOLDED: Final = 3_000  # characters that are folded while one would look into the log once
_LONGEST: Final = 20_000  # characters that are brought into another form at once
_FEW: Final = 20  # conversations that are looked at meanwhile
_UNSPACED: Final = f"{HAN}\u3041-\u3096\u30a1-\u30fa\u0e00-\u0e7f\uac00-\ud7a3"  # written without spaces between words
_IS_UNSPACED: Final = re.compile(f"[{_UNSPACED}]")
_WORD: Final = re.compile(f"[^\\W_{_UNSPACED}]+")
_BETWEEN: Final = re.compile(r"[\s\u00b7\u2022\u30fb-]+")  # between the parts of a name
_BRACKETS: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|<[^<>]*>|《[^《》]*》|「[^「」]*」")
_WORDS: Final = """
您好 你好 大家 大家好 亲亲 亲爱的 朋友 客服 人工客服 在线客服 访客 游客 匿名 匿名用户 匿名买家 用户 新用户 微信用户 客户
新客户 老客户 顾客 客人 会员 买家 卖家 商家 店主 店长 老板 老师 先生 女士 小姐 管理员 系统 机器人 测试 未知 无名
高兴 很高兴 安心 放心 开心 耐心 谢谢 感谢 抱歉 再见 请问 请您 帮您 稍等 请稍等 收到 好的 可以 没有 现在 今天 明天 马上
订单 快递 物流 包裹 退款 退货 换货 发货 商品 地址 电话 售后 售前 服务 问题
guest visitor customer client user buyer member anonymous unknown nobody test admin agent support service team
hello hi hey dear sir madam mr mrs ms miss thanks thank please sorry welcome order parcel refund
the an all and any are as at be but by can do for from go has have he here his how if in is it its may me more my
new no not now of off ok on one or our out she so that them then there they this to too up us was we what when
who why will with yes you your
"""
_COMMON: Final = frozenset(_WORDS.split())  # greetings, roles, words of any reply: whoever is called so is not named


class Name(NamedTuple):
    """A name as it is looked for: whole, where its script has no spaces, else word by word."""

    whole: str
    words: tuple[str, ...]

    def is_within(self, text: str) -> bool:
        """Say whether all of it came up in a folded text, in any order and anywhere; of a long one, at its end."""
        parts, end = self.words or (self.whole,), text[-_LONGEST:]
        if all(part in text for part in parts):
            return True
        near = _BETWEEN.sub("", end) if self.whole else _plain(end)
        return all(part in near for part in parts)


class Spoken:
    """A text in which names are looked for.

    Parameters
    ----------
    text : str

    Examples
    --------
    >>> reply = Spoken("Dear Wei Li, José planned it; 李 伟您好")
    >>> [reply.names(name) for one in ("Li Wei", "Jose", "李伟（VIP）", "Ann") if (name := name_of(one))]
    [True, True, True, False]
    """

    def __init__(self, text: str) -> None:
        plain = _plain(fold_text(text))
        self._solid = _BETWEEN.sub("", plain)
        self._spaced = f" {' '.join(_WORD.findall(plain))} "

    def names(self, name: Name) -> bool:
        """Say whether the text has a name: between other words, two words in either order."""
        if name.whole:
            return name.whole in self._solid
        orders = (name.words, name.words[::-1]) if len(name.words) == 2 else (name.words,)  # noqa: PLR2004 -- as it says
        return any(f" {' '.join(words)} " in self._spaced for words in orders)


@lru_cache(maxsize=4096)
def name_of(called: str) -> Name | None:
    """Return how a name is looked for, None where it is none: digits, one letter, a greeting, a role.

    Examples
    --------
    >>> name_of("José-María (VIP)"), name_of("您好"), name_of("2026"), name_of("Guest 12")
    (Name(whole='', words=('jose', 'maria')), None, None, None)
    """
    plain = _BRACKETS.sub(" ", _plain(fold_text(called)))
    solid = _BETWEEN.sub("", plain)
    words = tuple(_WORD.findall(plain))
    letters = "".join(filter(str.isalpha, solid))
    if len(letters) < SHORTEST or letters in _COMMON or solid in _COMMON:
        return None
    if _IS_UNSPACED.search(solid):
        return Name(solid, ())
    return None if all(word in _COMMON or word.isdigit() for word in words) else Name("", words)


@lru_cache(maxsize=8)
def known_words(quick: tuple[Quick, ...]) -> Spoken:
    """Return what the quick replies of a policy say: a name that stands there is a word."""
    return Spoken("\n".join(f"{one.title}\n{one.text}" for one in quick))


def is_usual(desk: Desk, index: Index, name: Name) -> Generator[float, None, bool]:
    """Say whether agents say a name to many who are not called so: then it is a word; or whether it is an agent's own.

    Parameters
    ----------
    desk : Desk
    index : Index
        Of the desk.
    name : Name

    Yields
    ------
    float
        See `deskkit.views.desk.working`.

    Returns
    -------
    bool
    """
    agents = {name_of(called[:LOOKED_AT]) for one in desk.profiles.values() for called in (one.name, one.nick)}
    if name in agents or known_words(desk.policy.quick).names(name):
        return True
    said = 0
    for place, number in enumerate(range(len(desk.conversations) - 1, -1, -1)[:LATEST]):
        yield index.look(number) / _FOLDED + (place % _FEW == 0)
        if _agents_said(desk, index, number, name):
            yield 1
            said += 1
        if said >= USUAL:
            return True
    return False


def _agents_said(desk: Desk, index: Index, number: int, name: Name) -> bool:
    """Say whether an agent said a name in the conversation of somebody who is not called so."""
    said = index.said(number)
    if not all(part in said for part in name.words or (name.whole,)):
        return False
    customer = desk.state.conversation[number][k.CUSTOMER]
    person = desk.people.get(desk.customers[customer]) if customer >= 0 else None
    if person is not None and name_of(person.name[:LOOKED_AT]) == name:
        return False
    return any(isinstance(one, AgentWrote) and Spoken(one.text).names(name) for one in desk.messages[number])


def _plain(text: str) -> str:
    """Return a folded text without accents."""
    if text.isascii():
        return text
    return normalize("NFC", "".join(one for one in normalize("NFD", text) if category(one) != "Mn"))
