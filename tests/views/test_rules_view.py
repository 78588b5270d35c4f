"""The rules workshop: a policy changed by form and by text, tried, saved, and nothing lost on the way."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskkit.desk.events import FACETS, ConversationOpened, CustomerWrote, DeadlineReached, PolicyChanged, Resolved
from deskkit.desk.policy import Policy
from deskkit.desk.policyfile.layout import scan
from deskkit.log import open_log
from deskkit.sample import sample_policy
from deskkit.views import rules
from deskkit.views.words import Words
from deskkit.views.workshop.changes import summary
from deskkit.views.workshop.families import FAMILIES
from deskkit.views.workshop.forms import Form
from deskkit.views.workshop.versions import difference
from deskkit.views.workshop.workshop import Workshop

if TYPE_CHECKING:
    from pathlib import Path

    from deskkit.log import EventLog

TAGS = ("VIP", "new", "urgent", "refund", "product", "fresh", "#b91c1c", "")
BASE = Policy.load("tests/desk/mistakes/base.toml")
LATE = "priority.rule[8]"  # Unanswered for 5 minutes
SAY = Words("en", zone="Asia/Shanghai")
SOON = [{"k": "unanswered", "sign": ">=", "v": "3 min"}, {"k": "open", "sign": "is", "v": "true"}]


class Hand:
    """A browser without a screen at a workshop.

    Attributes
    ----------
    told : list of dict
        What came from the kernel.
    """

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self.told: list[dict[str, Any]] = []
        self.n = 0
        workshop.widget.send = lambda message, **_more: self.told.append(json.loads(json.dumps(message)))
        self.say(type="hello")

    def say(self, **message: object) -> None:
        """Send a message, as a window that shows the text as it is."""
        draft = self.workshop.draft
        shown = {"window": "one", "n": self.n, "turn": draft.turn, "text": draft.text}
        self.workshop.hear(json.loads(json.dumps(shown | message)))

    def last(self, kind: str) -> dict[str, Any]:
        """Return the last message of a kind; empty where there was none."""
        return next((one for one in reversed(self.told) if one["type"] == kind), {})

    def write(self, text: str) -> None:
        """Type a text."""
        self.n += 1
        self.say(type="text", n=self.n, text=text)

    def choose(self, family: str, path: str = "") -> dict[str, Any]:
        """Choose a rule; return its form."""
        self.say(type="pick", family=family, path=path)
        form: dict[str, Any] = self.last("checked")["form"]
        return form

    def edit(self, path: str, v: object) -> bool:
        """Change a field; tells whether it was taken."""
        self.told.clear()
        self.say(type="edit", path=path, v=v)
        return not self.last("refused")

    @property
    def text(self) -> str:
        """The text as the kernel has it."""
        return self.workshop.draft.text


def waited() -> EventLog:
    """Return a log of one customer who waits four minutes."""
    log = open_log("memory:")
    log.append([
        ConversationOpened(at=0, source="t", source_id="1", conversation="c1", customer="zhang"),
        CustomerWrote(at=36_000_000, source="t", source_id="2", conversation="c1", message="m", text="在吗"),
        DeadlineReached(at=36_240_000, source="t", source_id="3"),
    ], received_at=0)  # fmt: skip
    return log


def workshop(policy: Policy | None = None, *, log: EventLog | None = None, **more: Any) -> Hand:
    """Return a hand at a workshop on it."""
    return Hand(Workshop(log or waited(), policy or sample_policy(), say=SAY, beside=False, **more))


def comments(text: str) -> Counter[str]:
    """Count the comments of a text."""
    return Counter(text[start:end].strip() for start, end in scan(text).comments)


# ---------------------------------------------------------------- forms


@pytest.mark.parametrize("name", ["standard", "peak", "quiet"])
def test_every_table_of_a_policy_has_a_form(name: str) -> None:
    """Each line of a policy with a value in it belongs to the form of some rule."""
    policy = sample_policy(name) if name == "standard" else Policy.load(f"data/policies/{name}.toml")
    form = Form(policy.text)
    lines = {policy.text.count("\n", 0, one.start) + 1 for one in scan(policy.text).statements if not one.header}
    assert len(lines) > 150
    assert [line for line in sorted(lines) if form.standing(line) is None] == []


@pytest.mark.parametrize(
    "policy", [BASE, pytest.param(sample_policy(), marks=pytest.mark.full)], ids=["base", "standard"]
)
def test_what_a_form_shows_put_back_changes_nothing(policy: Policy) -> None:
    """Each field of each rule, sent as it is shown, leaves what the policy says as it is."""
    hand, seen = workshop(policy, log=open_log("memory:")), 0
    for family in FAMILIES:
        form = hand.choose(family.key)
        for path in [item["path"] for part in form["parts"] for item in part["items"]]:
            for field in hand.choose(family.key, path)["item"]["fields"]:
                if field["kind"] == "labels":  # changed by deeds of its own
                    continue
                assert hand.edit(field["path"], field["v"]), field
                assert hand.workshop.draft.policy.fingerprint == policy.fingerprint, field
                seen += 1
    assert seen > 70
    assert comments(hand.text) == comments(policy.text)


def test_a_rule_changed_by_form_is_changed_in_its_line() -> None:
    """The line of the condition is another, and no other; the form says which lines it speaks of."""
    hand, before = workshop(), sample_policy().text.splitlines()
    form = hand.choose("priority", LATE)
    first, last = form["item"]["lines"]
    assert before[first - 1] == "[[priority.rule]]"
    assert hand.edit(f"{LATE}.when", SOON)
    after = hand.text.splitlines()
    changed = [n for n, (one, two) in enumerate(zip(before, after, strict=True), 1) if one != two]
    assert changed == [last]
    assert after[last - 1] == before[last - 1].replace("5 min", "3 min")


def test_a_text_typed_is_in_the_form() -> None:
    """What is typed as text stands in the form; one that is no policy leaves the last one in use, and says why."""
    hand, policy = workshop(), sample_policy()
    hand.choose("priority", LATE)
    hand.write(policy.text.replace('unanswered = ">= 5 min"', 'unanswered = ">= 4 min"'))
    (when,) = (one for one in hand.last("checked")["form"]["item"]["fields"] if one["key"] == "when")
    assert when["v"][0] == {"k": "unanswered", "sign": ">=", "v": "4 min"}
    kept = hand.workshop.draft.policy
    hand.write(policy.text.replace('level = "high"', 'level = "very high"', 1))
    (fault,) = hand.last("checked")["faults"]
    assert fault["value"] == "very high"
    assert fault["example"] == 'level = "high"'
    assert hand.text.splitlines()[fault["line"] - 1] == 'level = "very high"'
    assert hand.workshop.draft.policy is kept
    hand.write("[[[")
    assert "form" not in hand.last("checked")
    hand.say(type="back")
    hand.say(type="back")
    assert hand.workshop.draft.policy is not kept
    assert hand.workshop.draft.policy == kept


def test_rules_come_go_and_change_places() -> None:
    """A rule is added at the end, goes up with its comments, and is removed; the others stay as they are."""
    hand, policy = workshop(), sample_policy()
    hand.choose("tags")
    hand.say(type="add", part="tag")
    chosen = hand.last("checked")["form"]["chosen"]
    assert chosen == "tag[12]"
    assert hand.edit(f"{chosen}.name", "First words")
    hand.say(type="move", path=chosen, by=-1)
    names = [rule.name for rule in hand.workshop.draft.policy.schema.tags]
    assert names[-2:] == ["First words", "Asks for a person in charge"]
    assert comments(hand.text) == comments(policy.text)
    hand.say(type="remove", path="tag[11]")
    assert hand.workshop.draft.policy.fingerprint == policy.fingerprint
    hand.choose("signals")
    hand.say(type="add", part="signals", name="gift card")
    assert "gift card" in {one.name for one in hand.workshop.draft.policy.schema.signals}
    hand.say(type="add", part="signals", name="gift card")
    assert "not there yet" in hand.last("refused")["fault"]["problem"]


def test_what_no_policy_says_is_refused() -> None:
    """A value that no policy takes, a path that no form has and a rule others speak of leave the text as it is."""
    hand, text = workshop(), sample_policy().text
    hand.choose("capacity")
    assert not hand.edit("capacity.agent", "many")
    assert hand.last("refused")["fault"]["example"] == "agent = 5"
    for message in (
        {"type": "edit", "path": "version", "v": "2"},
        {"type": "edit", "path": "capacity.agent", "v": {"a": 1}},
        {"type": "remove", "path": "capacity"},
        {"type": "remove", "path": "groups.vip"},
        {"type": "move", "path": "tag[99]", "by": 1},
        {"type": "add", "part": "version"},
        {"type": "line", "line": "x"},
        {"type": "no such"},
    ):
        hand.say(**message)
    assert hand.text == text


deeds = st.lists(
    st.tuples(
        st.sampled_from(["edit", "add", "remove", "move", "back", "label"]),
        st.integers(0, 10**6),
        st.integers(0, 10**6),
    ),
    max_size=8,
)
typed = [
    "",
    "5",
    "0",
    "5 min",
    "high",
    "x\ny",
    True,
    None,
    [],
    ["vip"],
    {"vip": "3"},
    [{"k": "tag", "sign": "is", "v": "VIP"}],
]


@settings(max_examples=12, deadline=None)
@given(deeds)
def test_any_edits_by_form_leave_a_policy_with_its_comments(asked: list[tuple[str, int, int]]) -> None:
    """After any sequence of edits by form the text is a policy, and every comment stands in it."""
    hand = workshop(BASE, log=open_log("memory:"))
    for what, one, two in asked:
        family = FAMILIES[one % len(FAMILIES)]
        form = hand.choose(family.key)
        items = [item["path"] for part in form["parts"] for item in part["items"]]
        path = items[two % len(items)] if items else ""
        item = hand.choose(family.key, path)["item"]
        part = family.parts[two % len(family.parts)].path
        field = item["fields"][two % len(item["fields"])] if item else {"path": "none"}
        before = hand.text
        hand.told.clear()
        hand.say(type=what, path=field["path"] if what == "edit" else path, v=typed[one % len(typed)], part=part, by=1,
                 facet=FACETS[two % 3], tag=TAGS[one % len(TAGS)], to=TAGS[two % len(TAGS)],
                 do=("rename", "retire", "revive", "add", "colour")[one % 5])  # fmt: skip
        assert hand.workshop.draft.is_valid
        assert not hand.last("refused") or hand.text == before
        assert Policy.problems(hand.text) == []
        assert not comments(BASE.text) - comments(hand.text)


# ---------------------------------------------------------------- trial, file, words


def test_a_trial_shows_what_would_have_changed() -> None:
    """Three minutes instead of five: the one conversation would have been high; nothing changed touches nothing."""
    hand = workshop()
    hand.say(type="try", days=0)
    assert hand.last("trial")["made"]["title"].startswith("0 of 1 conversations")
    hand.choose("priority", LATE)
    hand.edit(f"{LATE}.when", SOON)
    hand.say(type="try", days=7)
    made = hand.last("trial")["made"]
    assert made["title"].startswith("1 of 1 conversations would be touched (100.0%)")
    assert made["chip"] == "direct effects"
    (example,) = made["examples"]["rows"]
    assert (example["id"], example["who"], example["said"]) == ("c1", "Customer zhang", "在吗")
    assert example["changes"][0].startswith("priority: normal → high")
    assert {one["share"] for one in hand.told if one["type"] == "trial" and "share" in one} >= {100}
    hand.write("[[[")
    hand.say(type="try", days=0)
    assert hand.last("said")["wrong"]


def test_a_trial_goes_over_the_last_days_unless_told_otherwise() -> None:
    """Of ten days with a gap the last seven with conversations are usual; one, or the whole log, can be chosen."""
    log, day = open_log("memory:"), 86_400_000
    for n in (*range(5), *range(20, 25)):
        log.append([
            ConversationOpened(at=n * day, source="t", source_id=f"o{n}", conversation=f"c{n}", customer="zhang"),
            CustomerWrote(at=n * day, source="t", source_id=f"w{n}", conversation=f"c{n}", message="m", text="在吗"),
            Resolved(at=n * day + 1, source="t", source_id=f"r{n}", conversation=f"c{n}"),
        ], received_at=0)  # fmt: skip
    hand = workshop(log=log)
    assert hand.last("welcome")["days"] == 7
    assert workshop(log=log, span=(0, day)).last("welcome")["days"] == 0  # whoever opened it chose
    assert [one["k"] for one in hand.last("welcome")["spans"]] == [1, 7, 30]
    told = []
    for days in (1, 7, 30, 0):
        hand.say(type="try", days=days)
        told.append(hand.last("trial")["made"]["title"].split(" conversations")[0])
    assert told == ["0 of 1", "0 of 7", "0 of 10", "0 of 10"]


@pytest.mark.parametrize(("old", "new", "told"), [
    ('name = "Unanswered for 5 minutes"', 'name = "Late"', "1 new: Late · 1 removed: Unanswered for 5 minutes"),
    ("version = 1", "version = 1 # one", "comments only"),
    ("\nagent = 5  ", "\nagent = 6  ", "1 changed: How much an agent can hold"),
])  # fmt: skip
def test_what_changed_is_said_in_one_line(old: str, new: str, told: str) -> None:
    """A rule renamed, a comment, a number: each is told by the name that its form has; the text itself stays out."""
    text = sample_policy().text
    assert text.count(old) == 1
    assert summary(text, text.replace(old, new), say=SAY) == told


def test_a_trial_beside_the_loop(tmp_path: Path) -> None:
    """In another process the same comes of it; one that was stopped tells nothing more."""
    with open_log(f"sqlite:///{tmp_path / 'desk.db'}") as log:
        log.append([row.event for row in waited().read()], received_at=0)
        made = Workshop(log, sample_policy(), say=SAY, beside=True)
        hand = Hand(made)
        hand.say(type="pick", family="priority", path=LATE)
        hand.say(type="edit", path=f"{LATE}.when", v=SOON)
        hand.say(type="try", days=0)
        hand.say(type="stop")
        hand.say(type="try", days=0)
        made.wait()
        assert hand.last("trial")["made"]["title"].startswith("1 of 1")
        assert sum(bool(one.get("made")) for one in hand.told if one["type"] == "trial") == 1


def test_saved_as_a_new_file(tmp_path: Path) -> None:
    """The changed policy is written to a new file; one that is there already stays as it is."""
    hand = workshop()
    hand.choose("capacity")
    hand.edit("capacity.agent", "6")
    hand.say(type="save", path=str(tmp_path / "mine.toml"))
    assert (tmp_path / "mine.toml").read_text(encoding="utf-8") == hand.text
    hand.say(type="save", path=str(tmp_path / "mine.toml"))
    assert "There is such a file already" in hand.last("said")["text"]
    hand.write("version = 2")
    hand.say(type="save", path=str(tmp_path / "other.toml"))
    assert not (tmp_path / "other.toml").exists()


def test_in_both_languages() -> None:
    """The switch keeps what was changed and what came out."""
    view = rules(waited(), sample_policy(), language="en")
    hand = Hand(view.workshop)
    hand.choose("priority", LATE)
    hand.edit(f"{LATE}.when", SOON)
    hand.say(type="try", days=0)
    view.language.value = "zh"
    assert hand.last("welcome")["language"] == "zh"
    assert hand.last("trial")["made"]["examples"]["rows"][0]["id"] == "c1"
    assert repr(view) == "RulesView('standard' changed)"


def test_hidden_characters_are_pointed_out() -> None:
    """A text that turns its own direction says so, and is shown with it made visible in a difference."""
    text = sample_policy().text.replace('name = "Complaint"', 'name = "Complaint\u202e<script>"', 1)
    hand = workshop()
    hand.write(text)
    (warning,) = hand.last("checked")["warnings"]
    assert "⟦U+202E⟧" in warning["value"]
    parts = [part for line in difference(sample_policy().text, text) for part in line["parts"]]
    assert any("<script>" in text for text, _changed in parts)


def test_versions_are_read_compared_and_restored() -> None:
    """Every version stands with author, time and fingerprint; an old one comes back into the editor, not into force."""
    log, first = waited(), sample_policy()
    second = first.edit({"capacity.agent": 6})
    for n, (policy, by) in enumerate(((first, ""), (second, "qin"))):
        fact = PolicyChanged(at=36_300_000 + n, source="policy", source_id=str(n), by=by, text=policy.text,
                             fingerprint=policy.fingerprint)  # fmt: skip
        log.append([fact], received_at=0)
    hand = workshop(second, log=log, put=lambda _act, _policy: None)
    shown = hand.last("welcome")["versions"]
    assert [(one["who"], one["print"]) for one in shown] == [
        ("qin", second.fingerprint), ("whoever started the desk", first.fingerprint),
    ]  # fmt: skip
    hand.say(type="versions")
    assert [one["what"] for one in hand.last("versions")["versions"]] == [
        "1 changed: How much an agent can hold", "the first version",
    ]  # fmt: skip
    hand.say(type="version", seq=shown[1]["seq"])
    changed = [line for line in hand.last("difference")["lines"] if line["kind"] != "same"]
    assert [line["kind"] for line in changed] == ["gone", "new"]
    assert ["6", True] in changed[1]["parts"]
    hand.say(type="restore", seq=shown[1]["seq"])
    assert hand.text == first.text
    assert tomllib.loads(hand.text)["capacity"]["agent"] == 5
