"""Who could be given a conversation: proposals and the order of agents ask what the assignment asks."""

from __future__ import annotations

from deskkit.desk import columns as k
from deskkit.desk import events as e
from deskkit.desk.balancing import moves, stays
from deskkit.desk.desk import Desk
from deskkit.desk.messages import Messages, Said, Written
from deskkit.desk.policy import Policy
from deskkit.desk.standing import by_fit, lacks
from deskkit.desk.written import last_words, last_writer

STANDARD = Policy.load("data/policies/standard.toml")
AT = 1_781_748_000_000  # 2026-06-18 10:00 in Shanghai
LATER = AT + 21 * 60_000
ASKED = "Where is my order?"
TANG, RUTH = ("aftersales", "zh"), ("international", "en")


def english_desk(**others: tuple[str, str]) -> Desk:
    """Return a desk where Mia of International holds five who waited until the rules asked for no language any more.

    `others`: group and language of further agents. Away while the queue grows, all are there in the end.
    """
    desk = Desk(STANDARD)
    for name, (group, language) in {"mia": ("international", "en"), **others}.items():
        desk.step(e.AgentSet(at=AT, agent=name, groups=(group,), languages=(language,)))
        desk.step(e.PresenceSet(at=AT, agent=name, presence="away"))
    for n in range(5):
        desk.step(
            e.ConversationOpened(
                at=AT + n, conversation=f"c{n}", customer=f"u{n}", group="international", language="en"
            )
        )
        desk.step(e.CustomerWrote(at=AT + n, conversation=f"c{n}", message=f"m{n}", text=ASKED))
    for minute in range(1, 21):
        desk.step(e.DeadlineReached(at=AT + minute * 60_000))
    for n in range(5):
        desk.step(e.OwnerSet(at=LATER, conversation=f"c{n}", agent="mia"))
    for name in ("mia", *others):
        desk.step(e.PresenceSet(at=LATER, agent=name, presence="online"))
    rows = desk.state.conversation
    assert all(rows[n][k.LANGUAGE_RULE] == 0 for n in range(5))
    assert all(rows[n][k.GROUPS] >> desk.names.groups.find("aftersales") & 1 for n in range(5))
    return desk


def test_a_customer_goes_only_to_who_speaks_the_language() -> None:
    """Nothing goes to who speaks another language, though it is freest; why not is said; who fits gets the proposal."""
    alone = english_desk(tang=TANG)
    assert moves(alone, now=LATER) == []
    (stay,) = stays(alone, [])
    assert (stay.giver, sum(stay.hindered.values())) == ("mia", 1)
    assert "language" in lacks(alone, 0, "tang")
    helped = english_desk(tang=TANG, ruth=RUTH)
    found = moves(helped, now=LATER)
    assert {move.taker for move in found} == {"ruth"}
    assert stays(helped, found) == []


def test_who_could_be_given_it_first_stands_first() -> None:
    """Who fits first, then who lacks something, with all that it lacks."""
    order = by_fit(english_desk(tang=TANG, ruth=RUTH), 0)
    assert [name for name, _lacking in order] == ["ruth", "mia", "tang"]
    assert order[0][1] == ()
    assert "language" in order[2][1]


def test_the_own_group_goes_before_a_freer_one_of_another() -> None:
    """Of two who speak the language, the one of the conversation's own group gets it, though less free."""
    desk = english_desk(other=("aftersales", "en"), ruth=RUTH)
    desk.step(e.ConversationOpened(at=LATER, conversation="own", customer="v", group="international", language="en"))
    desk.step(e.CustomerWrote(at=LATER, conversation="own", message="own", text=ASKED))
    desk.step(e.OwnerSet(at=LATER, conversation="own", agent="ruth"))
    assert moves(desk, now=LATER)[0].taker == "ruth"


def said(*written: Written) -> Said:
    """Return what was said in a conversation."""
    messages = Messages(1)
    for one in written:
        messages.add(0, one)
    return messages[0]


def test_no_greeting_hides_what_is_owed() -> None:
    """While an answer is owed the customer's latest words are shown; a machine's only where nobody wrote."""
    asked = e.CustomerWrote(at=0, conversation="c1", message="m1", text="在吗")
    greeted = e.AgentWrote(at=1, conversation="c1", agent="chen", message="m2", text="您好", automatic=True)
    written = e.AgentWrote(at=2, conversation="c1", agent="chen", message="m3", text="在的")
    assert last_words(said(asked, greeted), is_owed=True) == "在吗"
    assert last_words(said(asked, written, greeted), is_owed=False) == "在的"
    assert last_words(said(greeted), is_owed=False) == "您好"
    assert last_words(said(greeted, written), is_owed=True) == "在的"
    assert last_words(said(), is_owed=True) == ""


def test_the_last_agent_is_one_who_wrote() -> None:
    """Whoever is given a conversation is not its customer's last agent before a word."""
    desk = english_desk(tang=TANG, ruth=RUTH)
    assert last_writer(desk, ["c0"]) == ""
    desk.step(e.AgentWrote(at=LATER + 1, conversation="c0", agent="mia", message="r", text="On its way"))
    desk.step(e.OwnerSet(at=LATER + 2, conversation="c0", agent="ruth"))
    assert last_writer(desk, ["c0"]) == "mia"
