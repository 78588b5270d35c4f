"""The tables of the state: how a row begins, how tables grow in the live desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deskkit.desk import columns as k

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["GrowingRows", "add_agent", "add_conversation", "add_customer", "add_group", "comparable", "empty"]

_NEVER = (
    k.CUSTOMER, k.LANGUAGE, k.OWNER_OF, k.HELPER0, k.HELPER1, k.HELPER2, k.OPENED, k.QUEUED, k.UNANSWERED, k.MESSAGE_AT,
    k.REPLY_AT, k.VIEWED, k.GIVEN, k.UNTIL, k.CLOSED, k.TOUCHED, k.HAND, k.REASON, k.EXCLUDED, k.LANE, k.OWN_NEXT,
    k.OWN_PREV, *range(k.HELP_NEXT0, k.HELP_PREV2 + 1), *range(k.LADDER0, k.LADDER3 + 1), *range(k.RANG0, k.RANG3 + 1),
    *range(k.LOUD0, k.LOUD3 + 1), k.ADVISED, k.HELD_BY, k.EARLIER, k.WATCHED, k.OWED, k.OWED_LADDER,
)  # fmt: skip


def _row(width: int, never: tuple[int, ...]) -> list[int]:
    row = [0] * width
    for column in never:
        row[column] = k.NEVER
    return row


def _linked(width: int, never: tuple[int, ...]) -> list[int]:
    links = tuple(at + link for at in (k.IN_LINE, k.IN_TIME) for link in (k.CHILD, k.PREV, k.NEXT))
    row = _row(width, never + links)
    row[k.IN_TIME] = k.FAR
    return row


_CONVERSATION = _linked(k.CONVERSATION_WIDTH, _NEVER)
_CUSTOMER = _row(k.CUSTOMER_WIDTH, (k.LAST_ORDER, k.RATED_AT, k.LAST_AGENT, k.LATEST))
for _column in (k.ORDERS, k.SPEND, k.MEMBERSHIP, k.RATING, *range(k.OWN0, k.OWN0 + k.OWN_MAX)):
    _CUSTOMER[_column] = k.UNKNOWN
for _column in range(k.CONTACT0, k.CONTACT0 + k.CONTACTS_KEPT):
    _CUSTOMER[_column] = k.NEVER
_AGENT = _linked(
    k.AGENT_WIDTH, (k.POOL, k.FIRST_OWN, k.FIRST_HELP, k.FOCUS, k.DIGEST_AT, k.NEXT_SUPERVISOR, k.OWN_LIMIT)
)
_DESK = _row(k.DESK_WIDTH, (k.TIMER_ROOT, k.AGENT_TIMER_ROOT, k.FIRST_SUPERVISOR, k.CHOSEN))
_DESK[k.PEAK_NEXT] = _DESK[k.AGAIN] = k.FAR


class GrowingRows(list[list[int]]):
    """A list of rows that grows by one when the row after the last is asked for (lanes, decisions of one pass)."""

    def __init__(self, width: int, rows: Iterable[list[int]] = ()) -> None:
        super().__init__(rows)
        self._width = width

    def __getitem__(self, n: Any) -> Any:
        """Return row `n`, a new one of zeros at the end."""
        if n == len(self):
            self.append([0] * self._width)
        return super().__getitem__(n)


def empty() -> k.State:
    """Return the state of a desk that knows nothing yet."""
    return k.State(
        desk=list(_DESK),
        conversation=[],
        reason=[],
        customer=[],
        agent=[],
        rang=[],
        group=[],
        lane=GrowingRows(k.LANE_WIDTH),
        active_lane=[],
        pool=[],
        dirty=[],
        decision=GrowingRows(k.DECISION_WIDTH),
    )


def add_conversation(state: k.State, *, reasons: int) -> int:
    """Append a conversation's row, with the number of the lane and the place on the list of the pass it may need."""
    number = len(state.conversation)
    state.conversation.append(list(_CONVERSATION))
    state.reason.append([0] * reasons)
    state.active_lane.append(number)
    state.dirty.append(0)
    state.desk[k.CONVERSATIONS] = number + 1
    return number


def add_customer(state: k.State) -> int:
    """Append a customer's row."""
    state.customer.append(list(_CUSTOMER))
    return len(state.customer) - 1


def add_agent(state: k.State, *, notices: int) -> int:
    """Append an agent's row, offline, with room for the latest `notices` instants."""
    state.agent.append(list(_AGENT))
    state.rang.append([0] * notices)
    state.pool.append([0] * k.POOL_WIDTH)
    state.desk[k.AGENTS] = len(state.agent)
    return len(state.agent) - 1


def add_group(state: k.State) -> None:
    """Append a group's row."""
    state.group.append([0])


def comparable(state: k.State) -> dict[str, Any]:
    """Return what two states must share to be the same: all but links of heaps, scratch and marks of freshness."""
    scratch = {
        k.DECIDED, k.LONGEST, k.USE, k.SEEN_TERM, k.SEEN_VALUE, k.FRESH, k.CHOSEN, k.PEAK_NEXT, k.TIMER_ROOT,
        k.AGENT_TIMER_ROOT, k.QUIETLY,
    }  # fmt: skip
    links = {at + link for at in (k.IN_LINE, k.IN_TIME) for link in (k.CHILD, k.PREV, k.NEXT)} | {k.IN_TIME}

    def without(rows: Any, drop: set[int]) -> list[list[int]]:
        return [[int(v) for i, v in enumerate(row) if i not in drop] for row in rows]

    return {
        "desk": without([state.desk], scratch)[0],
        "conversation": without(state.conversation, links | {k.DIRTY, k.MARKED}),
        "reason": without(state.reason, set()),
        "customer": without(state.customer, set()),
        "agent": without(state.agent, links),
        "group": without(state.group, set()),
        "rang": without(state.rang, set()),
    }
