"""A first guess at a column map, by the names of a table's columns (English and Chinese) and by some values.

The guess is a map like any other: to be read, mended and previewed, never trusted. It names no zone: that
cannot be guessed. This module stores nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from deskkit.desk.policyfile.layout import literal
from deskkit.errors import FeedError
from deskkit.feeds.columnmap import ColumnMap
from deskkit.feeds.table_rows import rows_of
from deskkit.feeds.table_values import day_of, word_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["suggest_map"]

_LOOKED_AT: Final = 2_000  # rows
_WORDS: Final = 40  # different values that a column of words may have
_NOT_A_WORD: Final = re.compile(r"[\W_]+")
_CLOCK: Final = re.compile(r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?")
_MIDNIGHT: Final = re.compile(r"0{1,2}:00:00")

# What a column may be called, best first; compared without case, spaces and signs.
_NAMES: Final[dict[str, str]] = {
    "id": "conversationid convid chatid callid sessionid contactid 会话id 会话编号 对话id 通话id 通话编号 呼叫编号 "
    "conversation chat call session 会话 对话 id",
    "customer": "customerid visitorid clientid contactid callerid userid 客户id 客户编号 顾客id 访客id 用户id 来电号码 "
    "customer visitor caller 客户 顾客 访客",
    "customer_name": "customername visitorname clientname 客户姓名 客户名称 顾客姓名 访客名称 姓名",
    "group": "group groupname department departmentname team queue skill 部门 分组 组别 技能组 客服组 队列",
    "language": "language lang locale 语言 语种",
    "channel": "channel source platform 渠道 来源 平台",
    "agent": "agentid agent agentaccount server operator assignee 客服id 客服账号 客服工号 坐席 坐席工号 工号 客服",
    "agent_name": "agentname operatorname 客服姓名 客服名称 坐席姓名",
    "author": "sender sendertype author authortype role from direction 发送者 发送方 发送人 角色 消息来源",
    "text": "text content message body msg 内容 消息内容 消息 聊天内容",
    "message": "messageid msgid 消息id 消息编号",
    "outcome": "outcome result disposition status callstatus 结果 通话结果 接听状态 状态",
    "priority": "priority prioritylevel level 优先级 优先级别 级别",
    "rating": "rating csat score stars satisfaction 评价 满意度 评分",
    "tags": "tags labels type category customertype 标签 类型 客户类型 业务类型 分类",
    "date": "date day calldate 日期 通话日期",
    "sent": "sentat senttime time at timestamp createdat datetime date 发送时间 消息时间 时间 日期",
    "opened": "openedat arrival arrivaltime arrivedat starttime startedat start createdat vruentry callstart "
    "进线时间 来电时间 呼入时间 到达时间 会话开始时间 开始时间 创建时间 time at timestamp 时间",
    "waiting": "qstart queuestart queueentry queuedat enterqueue 排队开始时间 进入队列时间 入队时间 排队时间 vruexit",
    "answered": "answeredat answertime serstart servicestart pickuptime connectedat 接听时间 接通时间 应答时间",
    "left": "abandonedat abandontime leftat qexit queueexit 放弃时间 离开时间 出队时间 排队结束时间",
    "ended": "closedat endedat endtime end serexit serviceend hanguptime 会话结束时间 结束时间 挂断时间 关闭时间",
}  # fmt: skip
_AUTHORS: Final = {
    "customer": "customer visitor client user caller incoming in contact enduser 客户 顾客 访客 用户",
    "agent": "agent operator staff outgoing out human 客服 坐席 人工",
    "note": "note private internal 备注 内部",
}
_OUTCOMES: Final = {
    "answered": "answered agent served handled connected resolved closed completed 接通 已接听 已接通 接听 已解决",
    "left": "hang hangup abandon abandoned left missed noanswer unanswered lost 放弃 挂断 未接 未接通 未接听 客户挂断",
}
_SKIPPED: Final = frozenset({"phantom", "test", "测试"})
_LEVELS: Final = {
    "low": "low 低", "normal": "normal medium regular 0 1 中 普通 一般", "high": "high vip 2 高",
    "urgent": "urgent 3 紧急",
}  # fmt: skip
_RATINGS: Final = {
    "bad": "bad 1 2 差评 不满意",
    "neutral": "neutral 3 中评 一般",
    "good": "good 4 5 好评 满意 非常满意",
}
_THREE: Final = {"bad": "0", "neutral": "1", "good": "2"}
_DATES: Final = ("iso", "yymmdd", "dd/mm/yyyy", "mm/dd/yyyy", "dd.mm.yyyy")


def suggest_map(table: object) -> ColumnMap:
    """Guess a column map from the names of the columns and some values.

    Parameters
    ----------
    table : path, polars frame or pandas frame

    Returns
    -------
    ColumnMap
        Its `text` is TOML to be read and mended.

    Raises
    ------
    FeedError
        Nothing in the table looks like a time, or this is no table.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({
    ...     "会话编号": ["c1"], "发送时间": ["2026-06-18 10:30:00"], "发送者": ["客户"], "内容": ["在吗"],
    ... })
    >>> print(suggest_map(frame).text)
    # A guess by the names of the columns: read it, mend it, preview it.
    rows = "message"
    <BLANKLINE>
    [conversation]
    id = "会话编号"
    <BLANKLINE>
    [times]
    sent = "发送时间"
    <BLANKLINE>
    [author]
    column = "发送者"
    customer = ["客户"]
    <BLANKLINE>
    [message]
    text = "内容"
    <BLANKLINE>
    """
    opened = rows_of(table)
    sample: dict[str, list[object]] = {name: [] for name in opened.columns}
    for number, (row, _) in enumerate(opened.rows):
        if number == _LOOKED_AT:
            break
        if not row.problem:
            for name, cell in zip(opened.columns, row.cells, strict=True):
                sample[name].append(cell)
    opened.close()
    return ColumnMap.parse("\n".join(_Guess(sample).lines()), place="suggested map")


def _plain(word: str) -> str:
    return _NOT_A_WORD.sub("", word).lower()


class _Guess:
    """Guesses the parts of a map one after the other; a column is used once."""

    def __init__(self, sample: dict[str, list[object]]) -> None:
        self._sample = sample
        self._free = {_plain(name): name for name in reversed(sample)}
        self._is_message = self._peek("text") != "" and self._peek("author") != ""

    def lines(self) -> Iterator[str]:
        yield "# A guess by the names of the columns: read it, mend it, preview it."
        yield f"rows = {literal('message' if self._is_message else 'conversation')}"
        times = list(self._times())
        if self._form != "iso":
            yield f"date = {literal(self._form)}"
        conversation = [("id", self._take("id")), *((key, self._take(key)) for key in ("group", "language", "channel"))]
        yield from _part("conversation", conversation)
        yield from _part("customer", [("id", self._take("customer")), ("name", self._take("customer_name"))])
        yield ""
        yield "[times]"
        yield from times
        if self._is_message:
            yield from self._worded("author", _AUTHORS, otherwise="system")
            content = [("text", self._take("text")), ("id", self._take("message"))]
            yield from _part("message", content)
        yield from _part("agent", [("id", self._take("agent")), ("name", self._take("agent_name"))])
        if not self._is_message:
            yield from self._worded("outcome", _OUTCOMES, otherwise="open")
        yield from self._scaled("priority", "levels", _LEVELS)
        three = set(self._words(self._peek("rating"))) <= {"0", "1", "2"} if self._peek("rating") else False
        yield from self._scaled("rating", "values", _THREE if three else _RATINGS)
        tags = self._take("tags")
        if tags:
            yield from ("", "[[tag]]", f"column = {literal(tags)}")
        yield ""

    # ------------------------------------------------------------ columns

    def _peek(self, key: str) -> str:
        return next((self._free[name] for name in _NAMES[key].split() if name in self._free), "")

    def _take(self, key: str) -> str:
        """Return the column that a key most likely means, and use it up; empty if there is none."""
        found = self._peek(key)
        if found:
            del self._free[_plain(found)]
        return found

    def _words(self, column: str) -> list[str]:
        return [word for word in dict.fromkeys(map(word_of, self._sample[column])) if word]

    # ------------------------------------------------------------ times

    def _times(self) -> Iterator[str]:
        keys = ("sent", "opened", "ended") if self._is_message else ("opened", "waiting", "answered", "left", "ended")
        day = self._take("date") if self._has_clocks() else ""
        self._form = _date_form(self._words(day)) if day else "iso"
        for key in keys:
            column = self._take(key)
            if not column and key == keys[0]:
                raise FeedError(
                    "No column of this table looks like the time of its rows.", place="suggest_map",
                    value=", ".join(self._sample), expected="a name such as opened_at, arrival or 开始时间",
                    example=f'write the map by hand: times.{key} = "column"',
                )  # fmt: skip
            if column:
                words = self._words(column)
                split = bool(day) and all(_CLOCK.fullmatch(word) for word in words)
                none = [word for word in words if _MIDNIGHT.fullmatch(word)][:1] if key != keys[0] else []
                table: dict[str, object] = {"date": day, "time": column} if split else {"column": column}
                table |= {"none": none} if none else {}
                yield f"{key} = {literal(table if split or none else column)}"

    def _has_clocks(self) -> bool:
        """Tell whether some time stands in a column without its date."""
        return any(
            bool(words := self._words(column)) and all(_CLOCK.fullmatch(word) for word in words)
            for column in self._sample
        )

    # ------------------------------------------------------------ words

    def _worded(self, key: str, kinds: dict[str, str], *, otherwise: str) -> Iterator[str]:
        column = self._peek(key)
        if not column or len(self._words(column)) > _WORDS:
            return
        column = self._take(key)
        skipped = [word for word in self._words(column) if _plain(word) in _SKIPPED]
        sorted_in: dict[str, list[str]] = {}
        for word in self._words(column):
            if word not in skipped:
                sorted_in.setdefault(_kind(word, kinds) or otherwise, []).append(word)
        if not sorted_in:
            return
        yield from ("", f"[{key}]", f"column = {literal(column)}")
        yield from (f"{kind} = {literal(words)}" for kind, words in sorted_in.items())
        if skipped:
            yield from ("", "[[skip]]", f"column = {literal(column)}", f"values = {literal(skipped)}")

    def _scaled(self, key: str, inner: str, kinds: dict[str, str]) -> Iterator[str]:
        column = self._peek(key)
        words = self._words(column) if column else []
        meant = {word: kind for word in sorted(words) if (kind := _kind(word, kinds))}
        if meant and len(words) <= _WORDS:
            self._take(key)
            yield from ("", f"[{key}]", f"column = {literal(column)}", f"{inner} = {literal(meant)}")


def _kind(word: str, kinds: dict[str, str]) -> str:
    return next((kind for kind, words in kinds.items() if _plain(word) in words.split()), "")


def _part(name: str, keys: Sequence[tuple[str, str]]) -> Iterator[str]:
    found = [f"{key} = {literal(column)}" for key, column in keys if column]
    if found:
        yield from ("", f"[{name}]", *found)


def _date_form(words: Sequence[str]) -> str:
    """Return how most dates are written."""
    fits: Callable[[str], int] = lambda form: sum(day_of(word, form) is not None for word in words)  # noqa: E731
    return max(_DATES, key=fits)
