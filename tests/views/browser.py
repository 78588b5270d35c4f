"""A browser without a screen: it takes what a view sends as the real one does, and does what a hand would."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from deskkit.views.desk.boards import Board

if TYPE_CHECKING:
    from deskkit.views import DeskView

__all__ = ["Browser"]


class Browser:
    """The page of one view.

    Attributes
    ----------
    rows, pages : dict
    order : list of str
    head, choices, labels : dict
    foot, undo, answers : list of dict
    lost : int
        Patches that were not the next one, after each of which the whole was asked for.
    """

    def __init__(self, view: DeskView) -> None:
        self.view = view
        self.rows: dict[str, Any] = {}
        self.pages: dict[str, Any] = {}
        self.order: list[str] = []
        self.head: dict[str, Any] = {}
        self.choices: dict[str, Any] = {}
        self.labels: dict[str, str] = {}
        self.foot: list[dict[str, str]] = []
        self.undo: list[dict[str, Any]] = []
        self.answers: list[dict[str, Any]] = []
        self.found: dict[str, Any] = {}
        self.told: dict[str, Any] = {}
        self.sent: list[str] = []
        self.lost = self.seq = 0
        self.epoch = ""
        self.boards: dict[str, dict[str, Any]] = {}
        self.deaf = False  # what is sent meanwhile is lost
        view.shell.send = self._take
        self.say(type="hello", epoch=self.epoch, seq=self.seq)

    def show(self, name: str) -> dict[str, Any]:
        """Bring a board to the front; return its sections by their key."""
        board = self.view.sides[name]
        assert isinstance(board, Board)

        def take(message: dict[str, Any], **_kwargs: object) -> None:
            message = json.loads(json.dumps(message))
            if message["type"] == "offered":
                self.told = message
            if message["type"] == "board":
                self.boards[name] = {section["k"]: section for section in message["sections"]}

        board.widget.send = take
        self.front(name)
        board.hear({"type": "hello"})
        return self.boards[name]

    def offered(self, name: str, id_: str) -> list[dict[str, str]]:
        """Open a choice of a row on a board that is shown; return what it offers."""
        board = self.view.sides[name]
        assert isinstance(board, Board)
        board.hear({"type": "offer", "act": "1", "id": id_})
        offers: list[dict[str, str]] = self.told["options"]
        return offers

    def turn(self, name: str, to: int) -> dict[str, Any]:
        """Turn to other rows of a board that is shown; return its sections by their key."""
        board = self.view.sides[name]
        assert isinstance(board, Board)
        board.hear({"type": "turn", "n": to})
        self.view.wake()
        return self.boards[name]

    def front(self, name: str, *, page: str = "") -> None:
        """Bring a board to the front of a page, or the desk."""
        at = 0 if name == "desk" else 1 + list(self.view.sides).index(name)
        self.say(type="front", page=page, at=at)

    def say(self, **message: object) -> None:
        """Send a message to the kernel."""
        self.view.hear(json.loads(json.dumps(message)))

    def _take(self, message: dict[str, Any], **_kwargs: object) -> None:
        text = json.dumps(message, ensure_ascii=False)
        if self.deaf:
            return
        self.sent.append(text)
        message = json.loads(text)
        match message["type"]:
            case "snapshot":
                self.epoch, self.seq = message["epoch"], message["seq"]
                message["rows"] = _unpacked(message["rows"], message["order"])
                for name in ("rows", "pages", "order", "head", "choices", "labels", "foot", "undo"):
                    setattr(self, name, message[name])
            case "patch":
                self._patched(message)
            case "beat" if message["seq"] != self.seq:
                self.lost += 1
                self.say(type="hello", epoch=self.epoch, seq=self.seq)
            case "answer":
                self.answers.append(message)
            case "found":
                self.found = message
            case "rows":
                self.found["rows"] |= message["rows"]
            case "file" | "whom":
                self.told = message

    def _patched(self, message: dict[str, Any]) -> None:
        if (message["epoch"], message["seq"]) != (self.epoch, self.seq + 1):
            self.lost += 1
            self.say(type="hello", epoch=self.epoch, seq=self.seq)
            return
        self.seq += 1
        for name in ("head", "foot", "undo"):
            setattr(self, name, message.get(name, getattr(self, name)))
        self.choices |= message.get("choices", {})
        for name, fields in message.get("rows", {}).items():
            merged = self.rows.get(name, {}) | fields
            self.rows[name] = {key: value for key, value in merged.items() if value is not None}
        for name in message.get("gone", []):
            del self.rows[name]
        if "order" in message:
            for at, going, coming in message["order"]:
                self.order[at : at + going] = coming
        for name, sections in message.get("pages", {}).items():
            self._paged(name, sections)

    def _paged(self, name: str, sections: dict[str, Any]) -> None:
        if name in self.pages and "lines" in sections:
            at, going, coming = sections["lines"]
            self.pages[name]["lines"][at : at + going] = coming
            sections = {key: value for key, value in sections.items() if key != "lines"}
        self.pages[name] = self.pages.get(name, {}) | sections

    @staticmethod
    def rows_of(text: str) -> dict[str, Any]:
        """Return the rows of a message as it was sent."""
        rows: dict[str, Any] = json.loads(text).get("rows", {})
        return rows

    # ------------------------------------------------------------ hands

    def open(self, *names: str, focus: str | None = None) -> None:
        """Open conversations as tabs, the last one in front."""
        self.say(type="watch", open=list(names), front=[names[-1]], focus=focus or names[-1])

    def do(self, what: str, *names: str, act: str = "", **more: object) -> dict[str, Any]:
        """Do something to conversations; return the answer."""
        act = act or uuid4().hex
        self.say(type="act", act=act, deed={"do": what, "ids": list(names), **more})
        return self.answer(act)

    def answer(self, act: str) -> dict[str, Any]:
        """Return the last answer to a deed; empty where there is none yet."""
        return next((one for one in reversed(self.answers) if one["act"] == act), {})

    def take_back(self, *, sure: bool = False) -> dict[str, Any]:
        """Undo the latest deed."""
        undone = self.undo[0]["undo"]
        return self.do("undo", undo=undone, sure=True) if sure else self.do("undo", undo=undone)

    def search(self, query: str) -> list[str]:
        """Search; return what was found."""
        self.say(type="search", ask=1, query=query)
        return list(self.found["ids"])

    def known(self, query: str) -> list[dict[str, Any]]:
        """Type whom a chat is for; return who is offered."""
        self.say(type="whom", ask=1, query=query)
        return list(self.told["known"])

    @property
    def said(self) -> str:
        """What the foot says, in one line."""
        return " | ".join(f"{one['about']} {one['text']}".strip() for one in self.foot)


def _unpacked(table: dict[str, Any], order: list[str]) -> dict[str, Any]:
    """Return the rows of a snapshot, as store.js reads them."""
    rows = {}
    for name, line in zip(order, table["cells"], strict=True):
        found = dict(zip(table["fields"], line, strict=False))
        for field in ("s", "g", "a", "y", "ct", "iq", "lb"):
            if isinstance(found.get(field), int):
                found[field] = table["shared"][found[field]]
        rows[name] = {field: value for field, value in found.items() if value is not None}
    return rows
