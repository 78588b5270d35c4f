"""Tags renamed, merged, retired: history is found, shown and counted under the new name, and nothing is rewritten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from deskkit.desk import cards, events
from deskkit.desk.desk import Desk, fold
from deskkit.desk.finding import Index
from deskkit.desk.policy import Policy
from deskkit.desk.policyfile import edits, relabelling
from deskkit.errors import PolicyError
from deskkit.log import open_log
from deskkit.log.spans import spans
from deskkit.measures.notes import NOTES
from deskkit.measures.report import report
from deskkit.measures.whatif import replay

if TYPE_CHECKING:
    from deskkit.desk.events import Event

OLD = Policy.load("data/policies/standard.toml")
DAY = 36_000_000


def renamed(*pairs: tuple[str, str], policy: Policy = OLD) -> Policy:
    """Return the policy with labels under other names."""
    text = policy.text
    for old, new in pairs:
        text = relabelling.rename(text, "label", old, new)
    return Policy.parse(text)


def changed(policy: Policy, at: int) -> events.PolicyChanged:
    """Return the fact that puts a policy in force."""
    return events.PolicyChanged(
        at=at, source="policy", source_id=str(at), text=policy.text, fingerprint=policy.fingerprint
    )


def lived(*, then: Policy | None = None) -> list[Event]:
    """Return what happened: c1 tagged by a rule, c2 by hand, c3 both taken off and given; then another policy."""
    desk, made = Desk(OLD), []

    def take(fact: events.Fact) -> None:
        made.extend([fact, *desk.step(fact)])

    take(changed(OLD, DAY))
    for n, text in ((1, "马上退款！！急急急"), (2, "你好"), (3, "急急急，快点")):
        at = DAY + n * 1000
        take(events.ConversationOpened(at=at, source="t", source_id=f"o{n}", conversation=f"c{n}", customer=f"u{n}"))
        take(
            events.CustomerWrote(at=at, source="t", source_id=f"w{n}", conversation=f"c{n}", message=f"m{n}", text=text)
        )
    for n, (name, tag, on) in enumerate((("c2", "urgent", True), ("c2", "own", True), ("c3", "urgent", False))):
        take(
            events.TagSet(
                at=DAY + 9_000 + n, source="t", source_id=f"t{n}", conversation=name, facet="label", tag=tag, on=on
            )
        )
    if then is not None:
        take(changed(then, DAY + 20_000))
    return made


def labels(desk: Desk, name: str) -> dict[str, bool]:
    """Return the labels of a conversation, each with whether a hand put it on."""
    return {tag.name: tag.by_hand for tag in cards.conversation_card(desk, name).tags if tag.facet == "label"}


def test_without_a_rename_the_old_name_stands() -> None:
    """The positive control: what is looked at below bears the old name under the old policy."""
    desk = fold(lived(), OLD)
    assert labels(desk, "c1") == {"urgent": False, "refund": False}
    assert labels(desk, "c2") == {"urgent": True, "own": True}
    assert labels(desk, "c3") == {}


def test_history_is_shown_and_found_under_the_new_name() -> None:
    """Rule's and hand's tags alike go on under the new name; a hand that took one off is not forgotten."""
    new = renamed(("urgent", "hurry"))
    for desk in (fold(lived(then=new), OLD), fold(lived(), new)):
        desk.fold([changed(new, DAY + 30_000)])
        assert labels(desk, "c1") == {"hurry": False, "refund": False}
        assert labels(desk, "c2") == {"hurry": True, "own": True}
        assert labels(desk, "c3") == {}
        assert set(Index(desk).all("hurry")) == {"c1", "c2"}
        assert list(Index(desk).all("urgent")) == []


def test_the_rules_see_the_new_name() -> None:
    """What a hand tagged under the old name meets a condition of the new one: its level is another."""
    new = renamed(("urgent", "hurry"))
    rule = {"name": "Hurried by hand", "level": "urgent", "when": {"tag": "hurry"}}
    desk = Desk(OLD)
    for event in lived():
        if isinstance(event, events.Fact):
            desk.step(event)
    assert cards.conversation_card(desk, "c2").level == 1
    desk.step(changed(new.add("priority.rule", rule), DAY + 30_000))
    assert cards.conversation_card(desk, "c2").level == 3
    step = events.TagSet(at=DAY + 40_000, source="t", source_id="late", conversation="c3", facet="label", tag="urgent")
    desk.step(step)  # a feed that still says the old name
    assert labels(desk, "c3") == {"hurry": True}


def test_merged_tags_are_one_and_a_hand_stands() -> None:
    """Two become one; who bore both bears it once, by hand if one of the two was."""
    new = renamed(("urgent", "hurry"), ("refund", "hurry"))
    desk = fold(lived(then=new), OLD)
    assert labels(desk, "c1") == {"hurry": False}
    assert labels(desk, "c2") == {"hurry": True, "own": True}
    assert new.schema.facets[2].renamed == {"urgent": "hurry", "refund": "hurry"}
    again = renamed(("hurry", "rush"), policy=new)
    assert again.schema.facets[2].renamed == {"urgent": "rush", "refund": "rush", "hurry": "rush"}
    assert labels(fold(lived(then=again), OLD), "c1") == {"rush": False}


def test_a_report_counts_old_and_new_under_one_name() -> None:
    """By tag, what was logged under the old name stands with the new; under the old policy it does not."""
    log = open_log("memory:")
    new = renamed(("urgent", "hurry"))
    log.append(lived(then=new), received_at=0)
    assert _counted(log, new) == {"hurry": 2, "own": 1, "refund": 1}
    assert _counted(log, OLD) == {"urgent": 2, "own": 1, "refund": 1}
    named = str(report(log, by="tag", measures=["unattended"]))
    assert "label:hurry" in named
    assert "label:urgent" not in named
    assert NOTES["renamed"] in report(log, by="tag").notes  # and says by which names
    assert NOTES["renamed"] not in report(log).notes  # without tags nothing is read by a name
    assert NOTES["renamed"] not in report(log, by="tag", policy=OLD).notes
    tagged = (stored.event for stored in log.read(kinds=[events.TagSet, events.Tagged]))
    said = {event.tag for event in tagged if isinstance(event, events.TagSet | events.Tagged)}
    assert "urgent" in said  # the log keeps its words


def _counted(log: object, policy: Policy) -> dict[str, int]:
    tags = spans(log, policy=policy).tags  # type: ignore[arg-type] # a log
    rows = tags.filter(tags["facet"] == "label").group_by("tag").len().rows()
    return {str(tag): int(count) for tag, count in rows}


def test_a_rename_alone_touches_nothing_in_a_trial() -> None:
    """The same rules under another name touch no conversation; a changed rule does."""
    log = open_log("memory:")
    log.append(lived(), received_at=0)
    new = renamed(("urgent", "hurry"))
    assert replay(log, new, against=OLD).summary.touched == 0
    assert replay(log, new.edit({"tag[8].when": {"signal": "refund"}}), against=OLD).summary.touched > 0


def in_a_hurry(policy: Policy) -> set[str]:
    """Return the labels that rules give a customer who is in a hurry for a refund."""
    desk = Desk(policy)
    desk.step(events.ConversationOpened(at=DAY, source="t", source_id="o", conversation="c", customer="u"))
    done = desk.step(
        events.CustomerWrote(at=DAY, source="t", source_id="w", conversation="c", message="m", text="急急急，退款")
    )
    return {one.tag for one in done if isinstance(one, events.Tagged) and one.facet == "label"}


def test_a_resting_rule_covers_no_other() -> None:
    """A later rule without an effect is a fault; it has one while the rule before it rests."""
    wider = edits.change(OLD.text, {"tag[2].when": {"orders": "= 0"}})
    (fault,) = Policy.problems(wider)
    assert "never has an effect" in fault.problem
    assert Policy.problems(relabelling.retire(wider, "customer", "potential")) == []


def test_a_retired_tag_stands_where_it_stood() -> None:
    """Its rule rests, it is still shown on old conversations, and offered again it is given again (issue 5)."""
    text = relabelling.retire(OLD.text, "label", "urgent")
    new = Policy.parse(text)
    assert "urgent" not in new.schema.facets[2].tags
    assert new.schema.facets[2].retired == ("urgent",)
    desk = fold(lived(then=new), OLD)
    assert labels(desk, "c1") == {"urgent": False, "refund": False}
    assert [one.problem for one in new.warnings] == ['"In a hurry" rests: its tag "urgent" is retired.']
    assert new.warnings[0].example == 'tags = ["important", "dissatisfied", "refund", "human", "urgent"]'
    assert in_a_hurry(new) == {"refund"}
    again = Policy.parse(relabelling.revive(text, "label", "urgent"))
    assert again.schema.facets[2].tags[-1] == "urgent"
    assert again.schema.tags == OLD.schema.tags
    assert in_a_hurry(again) == in_a_hurry(OLD) == {"urgent", "refund"}
    with pytest.raises(PolicyError, match="not known"):  # rules that ask for it are named
        Policy.parse(relabelling.retire(OLD.text, "customer", "VIP"))


def test_fingerprints_of_before_are_the_same() -> None:
    """A policy without these keys says what it said: logs of earlier releases name the same fingerprint."""
    assert [list(msgspec.to_builtins(facet)) for facet in OLD.schema.facets] == [["name", "tags", "exclusive"]] * 3
    assert renamed(("urgent", "hurry")).fingerprint != OLD.fingerprint


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('renamed = { "urgent" = "refund" }', "is a tag still"),
        ('renamed = { "angry" = "nowhere" }', "not known"),
        ('colours = { "urgent" = "red; x" }', "no colour"),
        ('colours = { "nowhere" = "#112233" }', "not known"),
        ('retired = ["urgent"]', "already"),
        ('retired = ["VIP"]', "already"),
    ],
)
def test_what_cannot_be_is_refused(line: str, says: str) -> None:
    """Each with its line."""
    text = OLD.text.replace("[facets.label]\n", f"[facets.label]\n{line}\n")
    (fault,) = Policy.problems(text)
    assert says in fault.problem
    assert text.splitlines()[fault.line - 1].startswith(line[:7])


def test_colours_follow_a_rename() -> None:
    """A colour goes on with its tag; of two merged the one that stays keeps its own."""
    text = relabelling.colour(OLD.text, "label", "urgent", "#b91c1c")
    one = Policy.parse(relabelling.rename(text, "label", "urgent", "hurry")).schema.facets[2]
    assert one.colours == {"hurry": "#b91c1c"}
    text = relabelling.colour(text, "label", "refund", "#00aa00")
    two = Policy.parse(relabelling.rename(text, "label", "urgent", "refund")).schema.facets[2]
    assert two.colours == {"refund": "#00aa00"}


HIDDEN = ("gi\x00ft", "gi\u202eft", "gi\u200bft", "gi\ud800ft", "gift\n")


@pytest.mark.parametrize("name", [*HIDDEN, "URGENT", "vip", "", " ", 'a"b'])
def test_a_new_name_can_be_told_from_every_other(name: str) -> None:
    """No tag is created or renamed to a name with hidden characters, or that differs from another in large letters."""
    with pytest.raises(PolicyError, match="needs a name that no other has"):
        relabelling.add_tag(OLD.text, "label", name)
    with pytest.raises(PolicyError, match="needs a name that no other has"):
        relabelling.rename(OLD.text, "label", "refund", name)
    for good in ("gift", "退款 2", "👨‍👩‍👧"):  # the control: what can be told apart is a name
        assert good in Policy.parse(relabelling.add_tag(OLD.text, "label", good)).schema.facets[2].tags


def test_a_tag_may_change_its_large_letters() -> None:
    """Renamed only so, it is found under the new name, and back; to its own name nothing changes."""
    large = renamed(("urgent", "Urgent"))
    desk = fold([*lived(), changed(large, DAY + 20_000)], policy=OLD)
    assert [tag.name for tag in cards.conversation_card(desk, "c2").tags if tag.name.lower() == "urgent"] == ["Urgent"]
    again = renamed(("Urgent", "urgent"), policy=large)
    desk = fold([*lived(), changed(large, DAY + 20_000), changed(again, DAY + 30_000)], policy=OLD)
    assert "urgent" in {tag.name for tag in cards.conversation_card(desk, "c2").tags}
    assert relabelling.rename(OLD.text, "label", "urgent", "urgent") == OLD.text
