"""The rows of a wallboard's groups add up to its tiles, what belongs to no group among them."""

from __future__ import annotations

from deskkit.desk import events as e
from deskkit.desk.policy import Policy
from deskkit.measures.wall import NOBODYS, Wall
from tests.measures.diary import START, Diary

STANDARD = Policy.load("data/policies/standard.toml")


def test_the_rows_of_the_groups_are_the_whole() -> None:
    """What belongs to no group has a row of its own: the rows add up to the tiles, and so do those behind them."""
    diary = Diary().add(e.PolicyChanged, 0, text=STANDARD.text, fingerprint=STANDARD.fingerprint)
    for number, group in enumerate(("vip", "vip", "presales", "", "", "")):
        name = f"c{number}"
        diary.opened(number, name, **({"group": group} if group else {})).asks(number, name)
        if number % 2:
            diary.about(e.CustomerLeft, 100 + number, name)
    wall = Wall(diary.log)
    board = wall.board(START + 200_000)
    rows = {row["group"]: row["cells"] for row in board["groups"]}
    assert rows[NOBODYS]["abandonment"]["n"] == 3
    for name in ("waiting", "overdue", "abandonment"):
        tile = board["tiles"][name]
        cells = [cells[name] for cells in rows.values()]
        assert sum(cell["n"] for cell in cells) == tile["n"]
        behind = [wall.behind(name, group)["total"] for group in rows]
        assert sum(behind) == wall.behind(name)["total"] > 0 or name == "overdue"
    shares = [cells["abandonment"] for cells in rows.values() if cells["abandonment"]["n"]]
    tile = board["tiles"]["abandonment"]
    assert round(sum(one["value"] * one["n"] for one in shares)) == round(tile["value"] * tile["n"]) == 3


def test_without_anything_of_no_group_there_is_no_such_row() -> None:
    """Where all conversations have a group, only groups stand there."""
    diary = Diary().add(e.PolicyChanged, 0, text=STANDARD.text, fingerprint=STANDARD.fingerprint)
    diary.opened(1, "c", group="vip").asks(1, "c")
    assert NOBODYS not in [row["group"] for row in Wall(diary.log).board(START + 2_000)["groups"]]
