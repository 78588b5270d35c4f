"""Events for tests of logs: short to write, told apart by a number, one of every kind."""

from __future__ import annotations

from typing import get_type_hints

from deskkit.desk.events import DECISIONS, FACTS, Assigned, CustomerWrote, Event, File

AT = 1_781_749_800_000
HOSTILE = (
    "你好，我的订单什么时候发货？",
    "\u202egnp.exe\u202c \u200b\ufeff",
    "a\0b\x07\x1b[31m",
    "👩‍👩‍👧‍👦" * 50,
    "'; DROP TABLE event; --",
    "<script>alert(1)</script>",
    "e" + "\u0301" * 1_000,
    "x" * 32_768,
    "\U0010ffff\ue000",
    '{"kind":"viewed"}\n\r\u2028',
)

_VALUES: dict[object, object] = {
    str: "x",
    int: 3,
    bool: False,
    float | None: 1.5,
    int | None: -1,
    tuple[str, ...]: ("a", "b"),
    tuple[int, ...]: (1, 2),
    tuple[File, ...]: (File(name="发票.pdf", url="https://files.example/1?a=b&c=\u202e", size=7),),
    dict[str, int]: {"returns": 5},
    dict[str, str | int | float]: {"orders": 3, "spend": 12.5, "membership": "gold"},
}


def wrote(number: int, *, conversation: str = "c1", text: str = "hello", at: int = AT) -> CustomerWrote:
    """Return a customer's message, told apart by `number`."""
    return CustomerWrote(
        at=at + number,
        source="test",
        source_id=f"message:{number}",
        conversation=conversation,
        message=f"m{number}",
        text=text,
    )


def assigned(number: int, *, conversation: str = "c1", agent: str = "chen") -> Assigned:
    """Return a decision, told apart by `number`."""
    return Assigned(
        at=AT + number,
        source="desk",
        source_id=f"assigned:{number}",
        conversation=conversation,
        agent=agent,
        because=(1, number),
    )


def every_kind() -> list[Event]:
    """Return one event of every kind, with a value in every field."""
    events = []
    for number, kind in enumerate(FACTS + DECISIONS):
        values = {name: _VALUES[hint] for name, hint in get_type_hints(kind).items()}
        events.append(kind(**(values | {"at": AT + number, "source": "test", "source_id": f"kind:{number}"})))
    return events
