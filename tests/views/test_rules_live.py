"""A policy put live from the desk's own tab: the driver decides by it at once, and nobody's version is lost unseen."""

from __future__ import annotations

import json
import re
import threading
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

import deskkit as dk
from deskkit.clock import WallClock
from deskkit.desk import cards, events
from deskkit.desk.events import PolicyChanged
from deskkit.live.inbox import submit
from deskkit.log import open_log
from deskkit.views.desk.rules import Rules
from deskkit.views.words import Words
from tests.views.browser import Browser
from tests.views.little import NOW, little_view

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskkit.desk.policy import Policy
    from deskkit.log import EventLog
    from deskkit.views import DeskView

POLICY = dk.Policy.load("data/policies/standard.toml")
COMMENTED = dk.Policy.parse(f"# an hour of work\n{POLICY.text}")


class Tab:
    """A hand at the tab Rules of a view."""

    def __init__(self, view: DeskView) -> None:
        side = view.sides["rules"]
        assert isinstance(side, Rules)
        self.view, self.workshop = view, side.workshop
        self.told: list[dict[str, Any]] = []
        self.workshop.widget.send = lambda message, **_more: self.told.append(json.loads(json.dumps(message)))
        view.hear({"type": "front", "page": "", "at": 1 + list(view.sides).index("rules")})
        self.say(type="hello")

    def say(self, **message: object) -> None:
        """Send a message, as a window that shows the text as it is."""
        draft = self.workshop.draft
        shown = {"window": "one", "n": 0, "turn": draft.turn, "text": draft.text}
        self.workshop.hear(json.loads(json.dumps(shown | message)))

    def last(self, kind: str) -> dict[str, Any]:
        """Return the last message of a kind; empty where there was none."""
        return next((one for one in reversed(self.told) if one["type"] == kind), {})

    def change(self, family: str, path: str, key: str, value: object) -> None:
        """Change a field of a rule by form."""
        self.say(type="pick", family=family, path=path)
        self.say(type="edit", path=f"{path}.{key}", v=value)

    def put_live(self, saw: int = 0) -> None:
        """Press the button."""
        self.say(type="live", act=uuid4().hex, saw=saw)


def eventually(view: DeskView, is_so: Callable[[], bool]) -> None:
    """Wait until something is so, looking at the log meanwhile."""
    for _ in range(1_500):
        view.catch_up(anyway=True)
        if is_so():
            return
        threading.Event().wait(0.02)
    raise AssertionError("it never was")


def wrote(log: EventLog, name: str, text: str) -> None:
    """Let a customer write, as a feed would bring it."""
    now = WallClock().now()
    for fact in (
        events.ConversationOpened(at=now, source="feed", source_id=f"{name}/o", conversation=name, customer=name),
        events.CustomerWrote(
            at=now, source="feed", source_id=f"{name}/1", conversation=name, message=f"{name}/1", text=text
        ),
    ):
        submit(log, fact, received_at=now)


def labels(view: DeskView, name: str) -> set[str]:
    """Return what a conversation is tagged with."""
    if view.desk.conversations.find(name) < 0:
        return set()
    return {tag.name for tag in cards.conversation_card(view.desk, name).tags}


def test_a_rule_put_live_decides_the_next_message(log_url: str) -> None:
    """A word is added by form and put live: the driver, another process, tags the next message by it, unrestarted."""
    with open_log(log_url) as log:
        view = dk.views.desk(log, POLICY, me="qin", language="en")
        tab = Tab(view)
        wrote(log, "c1", "a question about my giftcard")
        eventually(view, lambda: view.desk.conversations.find("c1") >= 0)
        epoch = log.lease().epoch
        assert "refund" not in labels(view, "c1")
        words = "\n".join(POLICY.schema.signals[[one.name for one in POLICY.schema.signals].index("refund")].words)
        tab.change("signals", "signals.refund", "words", f"{words}\ngiftcard")
        assert tab.last("checked")["state"] == "Valid; changed, not live yet"
        tab.put_live()
        eventually(view, lambda: tab.last("said").get("text", "").startswith("Policy put live"))
        wrote(log, "c2", "another question about my giftcard")
        eventually(view, lambda: "refund" in labels(view, "c2"))
        assert log.lease().epoch == epoch
        *_, put = [row.event for row in log.read(kinds=[PolicyChanged])]
        assert isinstance(put, PolicyChanged)
        assert (put.by, put.text) == ("qin", tab.workshop.draft.text)
        assert tab.last("checked")["state"] == "Valid; as it is in force"
        assert view.faults == 0


def overtake(view: DeskView, theirs: Policy) -> None:
    """Let a colleague put a policy in force."""
    fact = PolicyChanged(
        at=view.now, source="policy", source_id=theirs.fingerprint, by="boss", text=theirs.text,
        fingerprint=theirs.fingerprint,
    )  # fmt: skip
    view.driver.act([fact])


def test_another_version_put_live_meanwhile_is_shown_first() -> None:
    """Who put another one live meanwhile is named with what differs; only who has seen that overrules it."""
    view = little_view()
    tab = Tab(view)
    theirs = POLICY.edit({"capacity.complex_from": 7})
    tab.change("capacity", "capacity", "complex_from", "6")
    overtake(view, theirs)
    tab.put_live()
    asked = tab.last("overtaken")
    assert asked["text"].startswith("boss put another version live meanwhile")
    assert {line["kind"] for line in asked["lines"]} == {"same", "gone", "new"}
    assert view.desk.policy.schema.capacity.complex_from == 7
    tab.put_live(saw=asked["seq"])
    assert view.desk.policy.schema.capacity.complex_from == 6
    tab.say(type="restore", seq=asked["seq"])
    tab.put_live()
    assert view.desk.policy.schema.capacity.complex_from == 7
    assert view.faults == 0


def test_who_opens_the_rules_later_sees_what_is_in_force() -> None:
    """A colleague put another version live since the desk was opened, and before its rules were."""
    view = little_view()
    theirs = POLICY.edit({"capacity.complex_from": 7})
    overtake(view, theirs)
    tab = Tab(view)
    assert tab.last("checked")["text"] == theirs.text
    assert tab.last("checked")["state"] == "Valid; as it is in force"


@pytest.mark.parametrize("theirs", [POLICY.edit({"capacity.complex_from": 7}), COMMENTED])
def test_rules_that_said_hello_unseen_follow_too(theirs: Policy) -> None:
    """A hidden page says hello as it is loaded; drawn for the first time it showed the old text for good."""
    view = little_view()
    tab = Tab(view)
    overtake(view, theirs)
    tab.workshop.speak(Words("zh"))
    assert tab.last("checked")["text"] == theirs.text


def test_a_version_with_other_comments_is_a_colleagues_work_too() -> None:
    """It has the same fingerprint, and its text would be gone from what is in force."""
    view = little_view()
    tab = Tab(view)
    tab.change("capacity", "capacity", "complex_from", "6")
    overtake(view, COMMENTED)
    tab.put_live()
    asked = tab.last("overtaken")
    assert [line["kind"] for line in asked["lines"]].count("gone") == 2
    assert "an hour of work" in str(asked["lines"])
    tab.put_live(saw=asked["seq"])
    assert view.desk.policy.schema.capacity.complex_from == 6


@pytest.mark.parametrize("theirs", [POLICY.edit({"capacity.complex_from": 7}), COMMENTED])
def test_what_a_text_was_begun_from_outlives_its_kernel(theirs: Policy) -> None:
    """A text comes back over a colleague's version: every window is asked, until one took it all back."""
    mine = POLICY.edit({"capacity.complex_from": 6}).text
    begun = Tab(little_view()).last("checked")["begun"]
    view = little_view()
    overtake(view, theirs)
    tab = Tab(view)
    assert tab.last("checked")["begun"] != begun
    tab.say(type="text", n=1, text=mine, begun=begun)
    tab.say(type="hello")  # another window, or the same one after its page was loaded again
    assert tab.last("checked")["begun"] == begun
    tab.say(type="text", window="two", text=f"{mine}# more\n")
    tab.say(type="live", act=uuid4().hex, window="two")
    assert tab.last("overtaken")["to"] == "two"
    assert view.desk.policy.text == theirs.text
    tab.say(type="anew")
    tab.say(type="back")
    tab.told.clear()
    tab.put_live()
    assert tab.last("overtaken"), "it was taken back, and then not"
    tab.say(type="anew")
    tab.change("capacity", "capacity", "reserve", "2")
    tab.put_live()
    assert view.desk.policy.text == tab.workshop.draft.text
    tab.say(type="back")
    tab.put_live()
    assert view.desk.policy.text == theirs.text, "who put one live knows what a step back undoes"
    assert view.faults == 0


def test_a_text_gone_back_to_was_begun_from_an_older_version() -> None:
    """A text that nobody touches any more becomes the version in force; one step back is not to undo it unasked."""
    view = little_view()
    tab = Tab(view)
    tab.change("capacity", "capacity", "complex_from", "6")
    tab.say(type="anew")
    overtake(view, COMMENTED)
    view.catch_up(anyway=True)
    assert tab.last("checked")["text"] == COMMENTED.text
    tab.say(type="back")
    tab.put_live()
    assert tab.last("overtaken")["text"].startswith("boss put another version live")
    assert view.desk.policy.text == COMMENTED.text


@pytest.mark.parametrize("theirs", [POLICY.edit({"capacity.complex_from": 7}), COMMENTED])
@pytest.mark.parametrize("way", ["anew", "restore"])
def test_what_is_taken_back_or_taken_over_is_what_is_in_force(theirs: Policy, way: str) -> None:
    """Both lead to a colleague's version, which nobody is asked about again; it was a change, or the old one came."""
    view = little_view()
    tab = Tab(view)
    tab.change("capacity", "capacity", "reserve", "2")
    overtake(view, theirs)
    view.catch_up(anyway=True)
    assert tab.last("said")["text"] == "boss put another version live: see Versions"
    assert tab.last("checked")["changed"]
    tab.say(type=way, seq=tab.last("welcome")["versions"][0]["seq"])
    told = tab.last("checked")
    assert (told["text"], told["state"], told["changed"]) == (theirs.text, "Valid; as it is in force", False)
    tab.change("capacity", "capacity", "reserve", "3")
    tab.put_live()
    assert not tab.last("overtaken")
    assert view.desk.policy.schema.capacity.reserve == 3_000
    newest = POLICY.edit({"capacity.complex_from": 9})
    overtake(view, newest)
    view.catch_up(anyway=True)
    assert tab.last("checked")["text"] == newest.text


def test_an_old_version_loaded_and_put_live_is_the_old_one_again() -> None:
    """Loaded into the editor it is not live; put live, the policy in force has the old fingerprint and the old text."""
    view = little_view()
    tab = Tab(view)
    old = view.desk.policy
    tab.change("capacity", "capacity", "complex_from", "7")
    tab.put_live()
    assert view.desk.policy.fingerprint != old.fingerprint
    tab.say(type="versions")
    newest, first = tab.last("versions")["versions"]
    assert (newest["what"], first["what"]) == ("1 changed: How much an agent can hold", "the first version")
    assert (first["print"], newest["who"]) == (old.fingerprint, "秦岚" if newest["who"] == "秦岚" else "qin")
    tab.say(type="restore", seq=first["seq"])
    assert tab.last("said")["text"].startswith("Loaded into the editor; nothing is live")
    assert view.desk.policy.fingerprint == newest["print"]
    tab.put_live()
    assert (view.desk.policy.fingerprint, view.desk.policy.text) == (old.fingerprint, old.text)
    *_, put = [row.event for row in view.driver.log.read(kinds=[PolicyChanged])]
    assert isinstance(put, PolicyChanged)
    assert (put.fingerprint, put.text) == (old.fingerprint, old.text)


def test_an_example_of_a_trial_opens_its_conversation() -> None:
    """A draft is compared with what is in force now; an example names its customer, and a click brings the desk up."""
    view = little_view()
    tab = Tab(view)
    tab.change("signals", "signals.urgent", "words", "订单\n急")
    theirs = POLICY.edit({"capacity.complex_from": 7})
    overtake(view, theirs)
    tab.say(type="try", days=0)
    tab.workshop.wait()
    examples = tab.last("trial")["made"]["examples"]["rows"]
    assert ("c4", "李娜", "我的订单呢") in [(one["id"], one["who"], one["said"]) for one in examples]
    opened: list[dict[str, Any]] = []
    view.shell.send = lambda message, **_more: opened.append(message)
    tab.say(type="open", id="c4")
    assert [one["id"] for one in opened if one["type"] == "open"] == ["c4"]


def test_a_text_nobody_touched_becomes_what_is_in_force() -> None:
    """Another supervisor's version comes into an untouched editor by itself; a draft stays, and is told of it."""
    view = little_view()
    tab = Tab(view)

    def put(units: int) -> None:
        overtake(view, POLICY.edit({"capacity.complex_from": units}))
        view.catch_up(anyway=True)

    assert not tab.last("said"), "who opens the rules is told of no version"
    put(7)
    assert tab.workshop.draft.policy.schema.capacity.complex_from == 7
    told = tab.last("said")
    assert re.fullmatch(r"boss put version 2 live \([-0-9]+ [0-9:]+\); what you see is that", told["text"])
    tab.say(type="version", seq=told["see"])
    lines = [(line["kind"], "".join(text for text, _ in line["parts"])) for line in tab.last("difference")["lines"]]
    assert [kind for kind, text in lines if text.startswith("complex_from")] == ["gone", "new"]
    tab.change("capacity", "capacity", "reserve", "2")
    put(8)
    assert tab.workshop.draft.policy.schema.capacity.complex_from == 7
    assert tab.workshop.draft.policy.schema.capacity.reserve == 2_000, "what was typed stays"
    assert tab.last("said")["text"].startswith("boss put another version live")


def test_a_version_that_came_right_after_ones_own_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two put theirs live at once: whoever was first reads whose text stands in the editor now."""
    view = little_view()
    tab = Tab(view)
    tab.change("capacity", "capacity", "complex_from", "6")
    put = view.put_live

    def late(act: str, policy: Policy) -> None:
        answers: list[dict[str, Any]] = []
        with monkeypatch.context() as held:
            held.setattr(tab.workshop, "send", answers.append)
            put(act, policy)
        overtake(view, POLICY.edit({"capacity.complex_from": 9}))
        for answer in answers:
            tab.workshop.send(answer)

    tab.workshop._put = late  # noqa: SLF001 - a colleague's comes before the answer
    tab.put_live()
    said = [one["text"] for one in tab.told if one["type"] == "said"]
    assert said[-2].startswith("Policy put live")
    assert said[-1].startswith("boss put version 3 live")
    assert tab.workshop.draft.policy.schema.capacity.complex_from == 9


def test_what_is_no_policy_is_never_put_live() -> None:
    """A text with a fault stays in the editor; the policy in force stays in force."""
    view = little_view()
    tab = Tab(view)
    before = view.driver.log.count(kinds=[PolicyChanged])
    tab.say(type="text", n=1, text="version = 1")
    tab.put_live()
    assert tab.last("said")["wrong"]
    tab.say(type="back")
    tab.put_live()
    assert tab.last("said")["text"] == "This very policy is in force already"
    assert view.driver.log.count(kinds=[PolicyChanged]) == before


def test_what_a_policy_changes_at_once_is_summed_up() -> None:
    """Of many conversations it is said how many, a line for each sort of decision; sentences are details (issue 5)."""
    view = little_view()
    tab = Tab(view)
    for n in range(4):
        view.driver.act([
            events.ConversationOpened(at=view.now, source="t", source_id=f"o{n}", conversation=f"n{n}", customer="u"),
            events.CustomerWrote(
                at=view.now, source="t", source_id=f"w{n}", conversation=f"n{n}", message=f"n{n}", text="giftcard"
            ),
        ])  # fmt: skip
    tab.change("signals", "signals.urgent", "words", "giftcard\n急")
    tab.put_live()
    first, *lines = tab.last("said")["text"].split("\n")
    assert first == "Policy put live"
    assert {"Open conversations with another priority: 4 (4 up, 0 down)", "Tags: 4 conversations"} <= set(lines)
    assert not [line for line in lines if line.startswith("Priority")], "it is said once"
    assert len(tab.last("said")["details"]) > len(lines)
    assert "Customer u: Priority high: Urgent words" in tab.last("said")["details"]
    assert [one["text"] for one in view.foot] == [first, *lines]


def test_a_policy_that_another_overtook_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no conversation that changed."""
    view = little_view(acts=True)
    browser = Browser(view)
    refused = events.Refused(at=NOW, source="view", source_id=f"{'p' * 16}.0", reason="outdated")
    monkeypatch.setattr(view.driver, "act", lambda _facts: (refused,))
    view.put_live("p" * 16, POLICY)
    assert not browser.answer("p" * 16)["ok"]
    assert browser.said.startswith("Another policy was put live meanwhile")
