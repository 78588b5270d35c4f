"""What a log does not say, and where that is told."""

from __future__ import annotations

import json

import pytest

from deskkit.desk import events as e
from deskkit.desk.policy import Policy
from deskkit.errors import MeasureError
from deskkit.log import open_log
from deskkit.measures import report
from deskkit.measures.asked import Question, as_dict, as_text, asked
from deskkit.measures.notes import NOTES

STANDARD = "data/policies/standard.toml"
POLICY = Policy.load(STANDARD)
BARE = [
    e.ConversationOpened(at=0, source="t", source_id="1", conversation="c1", customer="z"),
    e.CustomerWrote(at=1_000, source="t", source_id="2", conversation="c1", message="m1", text="hello"),
    e.OwnerSet(at=1_000, source="t", source_id="3", conversation="c1", agent="chen"),
    e.AgentWrote(at=9_000, source="t", source_id="4", conversation="c1", agent="chen", message="m2", text="hi"),
]
SAID = {
    "presence": e.PresenceSet(at=0, source="t", source_id="p", agent="chen", presence="online"),
    "views": e.Viewed(at=5_000, source="t", source_id="v", agent="chen", conversation="c1"),
    "notices": e.Notified(
        at=1_000, source="t", source_id="n", agent="chen", conversation="c1", event="message", level=1, rung=0
    ),
    "waits": e.OwnerSet(at=3_000, source="t", source_id="3", conversation="c1", agent="chen"),
    "decisions": e.Prioritised(at=1_000, source="t", source_id="d", conversation="c1", rule=0, phase=1, level=2, old=1),
    "courtesies": e.PolicyChanged(at=0, source="t", source_id="y", text=POLICY.text, fingerprint=POLICY.fingerprint),
}
BARE_NOTES = tuple(text for name, text in NOTES.items() if name not in {"redecided", "renamed"})


def of(events: list[e.Event]) -> tuple[str, ...]:
    """Return the notes of a report of these events."""
    log = open_log("memory:")
    log.append(sorted(events, key=lambda event: event.at), received_at=10_000)
    return report(log).notes


def test_an_import_that_says_little_is_noted() -> None:
    """Each thing that the log does not say has its note."""
    assert of(list(BARE)) == BARE_NOTES


@pytest.mark.parametrize("what", SAID)
def test_what_the_log_says_is_not_noted(what: str) -> None:
    """The one fact that says it takes the note away, and no other."""
    events = [event for event in BARE if not (what == "waits" and event.source_id == "3")]
    assert of([*events, SAID[what]]) == tuple(text for text in BARE_NOTES if text != NOTES[what])


def test_an_empty_log_has_no_notes() -> None:
    """Nothing is missing where nothing is."""
    assert of([SAID["courtesies"]]) == ()


@pytest.mark.parametrize("question", [
    Question(), Question(by=("priority",)), Question(measures=("occupancy_assigned",)),
    Question(period=("1970-01-01", "1970-01-02"), versus=("1970-01-01", "1970-01-01T00:00:05")),
])  # fmt: skip
def test_every_form_of_a_report_carries_the_notes(question: Question) -> None:
    """As text and as JSON."""
    log = open_log("memory:")
    log.append(BARE, received_at=10_000)
    found = asked(log, question)
    for note in BARE_NOTES:
        assert note in as_text(found)
        assert note in json.loads(json.dumps(as_dict(found)))["notes"]


def test_an_import_is_decided_about_when_asked() -> None:
    """With --redecide the imported conversation has a rule's tag and priority, and the report says whose they are."""
    log = open_log("memory:")
    log.append([*BARE[:1], complaint(), *BARE[2:]], received_at=10_000)
    plain = asked(log, Question(by=("priority",), policy=STANDARD)).report
    assert plain["first_response"].broken_down("priority")["priority"].to_list() == ["normal"]
    anew = asked(log, Question(by=("priority",), policy=STANDARD, redecide=True)).report
    assert anew["first_response"].broken_down("priority")["priority"].to_list() == ["high"]
    assert "inquiry:complaint" in anew["first_response"].broken_down("tag")["tag"].to_list()
    assert NOTES["redecided"] in anew.notes
    assert {NOTES["decisions"]} == {NOTES[name] for name in ("decisions", "courtesies", "redecided")} & set(plain.notes)
    assert anew["first_response"].value == plain["first_response"].value == 8_000


def complaint() -> e.CustomerWrote:
    """Return a message that the standard policy tags and ranks."""
    return e.CustomerWrote(at=1_000, source="t", source_id="2", conversation="c1", message="m1", text="我要投诉你们")


def test_deciding_anew_needs_a_policy() -> None:
    """A log without one, and none named: refused with a corrected example."""
    log = open_log("memory:")
    log.append(BARE, received_at=10_000)
    with pytest.raises(MeasureError, match=r"--policy data/policies/standard.toml"):
        asked(log, Question(redecide=True))


def test_a_difference_of_shares_is_in_points() -> None:
    """Everything answered against nothing asked has no difference; a number against a number has one of its kind."""
    log = open_log("memory:")
    late = [
        event.__class__(**{name: getattr(event, name) for name in event.__struct_fields__}
                        | {"at": event.at + 86_400_000, "source_id": event.source_id + "x", "conversation": "c2"})
        for event in BARE[:3]
    ]  # fmt: skip
    log.append([*BARE, *late], received_at=10_000)
    found = asked(log, Question(
        measures=("answered_within",), period=("1970-01-01", "1970-01-02"), versus=("1970-01-02", "1970-01-03")
    ))  # fmt: skip
    assert "+100.0 pts" in as_text(found)
