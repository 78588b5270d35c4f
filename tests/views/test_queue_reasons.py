"""The queue says who could take what waits, and why it is not given to them; in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from deskkit import views
from deskkit.desk import events as e
from deskkit.log import open_log
from tests.views.browser import Browser
from tests.views.little import NOW, STANDARD, little_view
from tests.views.living import Living

if TYPE_CHECKING:
    from pathlib import Path

    from deskkit.desk.policy import Policy

HOUR = 3_600


def takers(living: Living) -> dict[str, str]:
    """Return what the queue says, by conversation."""
    rows = Browser(living.view).show("queue")["queue"]["rows"]
    return {row["id"]: row["cells"]["takers"] for row in rows}


def desk(language: str, *, policy: Policy = STANDARD, gone: tuple[str, ...] = ()) -> Living:
    """Return a desk that acts, as a supervisor sees it; some agents are offline."""
    made = Living("qin", policy=policy, language=language)
    for name in gone:
        made.take(e.PresenceSet, agent=name, presence="offline")
    return made


def overflowing(language: str, *, policy: Policy = STANDARD, **lin: float) -> Living:
    """Return a desk where nobody is there but Lin, of another group, who is sent what has waited long enough."""
    made = desk(language, policy=policy, gone=("chen", "qin"))
    made.take(e.AgentSet, agent="lin", name="林悦", groups=("aftersales",), languages=("zh",), **lin)
    made.take(e.PresenceSet, agent="lin", presence="online")
    return made


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "陈浩, but the desk is closed and assigns nothing before 08:00"),
        ("zh", "陈浩，但现在非营业时间，08:00 前不分配"),
    ],
)
def test_after_hours_it_says_when_the_desk_opens(language: str, said: str) -> None:
    """At night somebody is there and gets nothing: the desk opens in the morning."""
    living = desk(language)
    living.wait(14 * HOUR)
    living.come("c1")
    assert takers(living) == {"c1": said}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Nobody: 2 offline, 1 of other groups. From 10:33 on by overflow; with room now: 林悦"),
        ("zh", "无人：2 人离线, 1 人属其他组。10:33 起可溢出；目前有余量的：林悦"),
    ],
)
def test_what_is_held_for_its_group_says_until_when(language: str, said: str) -> None:
    """Who is of a group of the overflow and has room is named, with the minute from which the desk may give it."""
    living = overflowing(language)
    living.take(e.AgentSet, agent="qin", groups=("vip",), role="agent")
    living.come("c1")
    assert takers(living) == {"c1": said}
    living.wait(180)
    assert takers(living) == {}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Nobody: 1 offline, 1 without the language. From 10:31 on without the language; with room now: 秦岚"),
        ("zh", "无人：1 人离线, 1 人不会该语言。10:31 起不再要求语言；目前有余量的：秦岚"),
    ],
)
def test_a_language_that_is_only_preferred_says_until_when(language: str, said: str) -> None:
    """Who does not speak it is named with the minute at which it is asked for no longer."""
    living = desk(language, gone=("chen",))
    living.take(e.AgentSet, agent="qin", name="秦岚", groups=("presales",), languages=("zh",))
    living.take(e.ConversationOpened, conversation="c1", customer="u", group="presales", language="en")
    living.write("c1", "hello")
    assert takers(living) == {"c1": said}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "陈浩, but 欧阳 goes first, asks for the same and fits into nobody's room"),
        ("zh", "陈浩，但欧阳排在前面、要求相同，而谁的余量都放不下"),
    ],
)
def test_one_who_goes_first_and_fits_nowhere_is_named(language: str, said: str) -> None:
    """A light conversation waits behind a heavy one of the same lane, though an agent has room for it."""
    policy = STANDARD.edit({"capacity.agent": 3, "capacity.complex_from": 6, "capacity.complex_factor": 1.5})
    living = desk(language, policy=policy, gone=("qin",))
    for name in ("f1", "f2"):
        living.come(name)
    living.come("heavy", "词 " * 900, customer="欧阳")
    living.come("light")
    living.take(e.Resolved, conversation="f1")
    assert takers(living)["light"] == said
    living.wait(200)
    assert takers(living)["light"] == said


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "陈浩, but the desk only advises"), ("zh", "陈浩，但系统只给建议")],
)
def test_a_desk_that_advises_says_so(language: str, said: str) -> None:
    """Where the product assigns, the desk does not."""
    (row,) = Browser(little_view(language=language, acts=False)).show("queue")["queue"]["rows"]
    assert row["cells"]["takers"].startswith(said[:2])
    assert row["cells"]["takers"].endswith(said[2:])


@pytest.mark.parametrize(
    ("language", "group", "said"),
    [
        ("en", "presales", "陈浩, but nobody runs this desk"),
        ("zh", "presales", "陈浩，但没有程序运行此工作台"),
        ("en", "aftersales", "Nobody: 1 of other groups"),
    ],
)
def test_a_desk_without_a_driver_says_so(language: str, group: str, said: str, tmp_path: Path) -> None:
    """A kept log that is only looked at has nobody who gives anything, nor once it has waited for the overflow."""
    url = f"sqlite:///{tmp_path}/desk.db"
    with open_log(url) as log:
        chen = e.AgentSet(at=NOW, agent="chen", name="陈浩", groups=(group,), languages=("zh",))
        happened = [
            chen,
            e.PresenceSet(at=NOW, agent="chen", presence="online"),
            e.ConversationOpened(at=NOW, conversation="c1", customer="u", group="presales"),
            e.CustomerWrote(at=NOW, conversation="c1", message="m", text="在吗"),
            e.Queued(at=NOW, conversation="c1", group="presales"),
        ]
        log.append(
            [msgspec.structs.replace(fact, source="t", source_id=str(n)) for n, fact in enumerate(happened)],
            received_at=NOW,
        )
    with open_log(url, read_only=True) as log:
        view = views.desk(log, STANDARD, me="qin", language=language)
        (row,) = Browser(view).show("queue")["queue"]["rows"]
        assert row["cells"]["takers"] == said
        view.close()
