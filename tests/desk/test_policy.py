"""A policy: loaded, saved, told in words; its fingerprint; what it warns of; the three that are shipped."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from deskkit.desk import schema as shape
from deskkit.desk.policy import Policy
from deskkit.desk.policyfile import quantities as q
from deskkit.desk.policyfile import reading, rule_consistency, sections
from deskkit.errors import PolicyError

ROOT = Path(__file__).parents[2]
BASE = (Path(__file__).parent / "mistakes" / "base.toml").read_text(encoding="utf-8")
SHIPPED = ("standard", "quiet", "peak")


@pytest.fixture(scope="module")
def shipped() -> dict[str, Policy]:
    """Load the three policies of data/policies."""
    return {name: Policy.load(ROOT / "data" / "policies" / f"{name}.toml") for name in SHIPPED}


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_policies_are_valid(shipped: dict[str, Policy], name: str) -> None:
    """Each shipped policy loads under its own name and warns of nothing but a signal kept for later."""
    assert shipped[name].name == name
    assert {warning.place.split(", ")[-1] for warning in shipped[name].warnings} <= {"signals.thanks"}


def test_shipped_policies_differ_as_they_say(shipped: dict[str, Policy]) -> None:
    """On a promotion day there is more capacity and peak mode, on quiet days softer and fewer notices."""
    standard, quiet, peak = (shipped[name].schema for name in SHIPPED)
    assert quiet.capacity.agent < standard.capacity.agent < peak.capacity.agent
    assert (
        peak.routing.overflow[0].after_ms < standard.routing.overflow[0].after_ms < quiet.routing.overflow[0].after_ms
    )
    assert quiet.priority[0].hold_ms > standard.priority[0].hold_ms
    assert peak.notify.per_minute < standard.notify.per_minute
    assert peak.notify.merge_urgent_ms > standard.notify.merge_urgent_ms
    loudest = {name: max(ring.volume for ring in shipped[name].schema.notify.rings) for name in SHIPPED}
    assert loudest["quiet"] < loudest["standard"]


def test_shipped_policies_share_signals_and_groups(shipped: dict[str, Policy]) -> None:
    """One log can be decided by any of the three: the same signals, groups and tags."""
    for name in SHIPPED:
        assert shipped[name].schema.signals == shipped["standard"].schema.signals
        assert [group.name for group in shipped[name].schema.groups] == [
            group.name for group in shipped["standard"].schema.groups
        ]
        assert shipped[name].schema.facets == shipped["standard"].schema.facets


# ---------------------------------------------------------------- values


def test_every_table_is_read() -> None:
    """Each table of the file arrives in the schema in integer units."""
    found = Policy.parse(BASE).schema
    assert found.zone == "Asia/Shanghai"
    assert found.hours.open == (shape.Window(31, 540, 1080), shape.Window(32, 600, 960))
    assert found.hours.holidays == ("2027-02-06",)
    assert found.reopen_within_ms == 86_400_000
    assert found.groups[0] == shape.Group("presales", "Pre-sales", 60)
    assert found.groups[2] == shape.Group("technical", "technical", shape.NO_LIMIT)
    assert [signal.name for signal in found.signals] == ["promise", "refund", "urgent"]
    assert found.signals[0].by == "agent"
    assert found.facets[0] == shape.Facet("customer", ("VIP", "new"), exclusive=True)
    assert not found.facets[1].exclusive
    assert found.start_level == 1
    assert [rule.level for rule in found.priority] == [2, 3, 2]
    assert {rule.hold_ms for rule in found.priority} == {180_000}
    assert found.complexity == shape.Complexity(1, 1, 2, 3)
    assert found.targets == shape.Targets((300_000, 120_000, 60_000, 30_000), {"vip": (60_000, 50_000, 40_000, 20_000)})
    assert found.wallboard == shape.Wallboard({"oldest_wait": 300_000, "service_level": 800, "waiting": 10_000})
    assert found.capacity == shape.Capacity(5000, 1000, 500, 12, 1500, 300, 1000, {"vip": 4000})
    assert found.routing.credit == {"VIP": 90_000}
    assert found.routing.rules[1].needs == ("technical",)
    assert found.routing.overflow[1] == shape.Overflow("vip", 120_000, ("technical",), ("skills",))
    assert (found.routing.reassign_after_ms, found.routing.reassign_times) == (240_000, 2)
    assert found.peak.capacity == 6000
    assert found.peak.capacity_groups == {"vip": 5000}
    assert found.peak.loans == (shape.Loan("presales", "vip", 2),)
    assert found.peak.sends == (shape.Send((2, 3), ("vip",)),)
    assert found.notify.rings == (
        shape.Ring("badge", ("badge",), "", 0, 1),
        shape.Ring("soft", ("badge", "sound"), "soft.wav", 40, 2),
    )
    assert found.notify.ladders[1].rungs[1] == shape.Rung(30_000, "owner", "soft", 30_000, 3)
    assert found.tidy[1].do == "archive"


def test_a_short_policy_has_the_rest_by_default() -> None:
    """What a file leaves out has a harmless value, and what has none is named as missing."""
    text = 'version = 1\nname = "short"\nzone = "UTC"\ngroups.all = {}\nrouting.default_group = "all"\n'
    found = Policy.parse(text).schema
    assert found.hours.open == (shape.Window(127, 0, 1440),)
    assert found.targets.levels == (300_000, 120_000, 60_000, 30_000)
    assert found.peak == shape.Peak(None, None, 900_000, found.capacity.agent, {}, (), ())
    assert (found.routing.reassign_after_ms, found.routing.reassign_times) == (0, 0)
    assert found.notify.ladders == ()
    assert len(Policy.problems("version = 1")) == 4


def test_a_rule_may_have_its_own_hold() -> None:
    """A rule's own hold replaces the general one."""
    text = BASE.replace('level = "urgent"\nwhen', 'level = "urgent"\nhold = "0 s"\nwhen', 1)
    assert [rule.hold_ms for rule in Policy.parse(text).schema.priority] == [180_000, 0, 180_000]


def test_a_group_takes_the_general_targets_where_it_sets_none() -> None:
    """What a group leaves out is as for all; where that contradicts it, a line to add is proposed."""
    text = BASE.replace('low = "60 s"\nnormal = "50 s"\nhigh = "40 s"\n', "", 1)
    assert Policy.parse(text).schema.targets.groups["vip"] == (300_000, 120_000, 60_000, 20_000)
    (fault,) = Policy.problems(BASE.replace('normal = "50 s"\n', "", 1))
    assert fault.example == 'normal = "1 min"'
    assert fault.line == BASE[: BASE.index("[targets.groups.vip]")].count("\n") + 1


def test_no_product_of_bounds_passes_the_integers() -> None:
    """The largest wait times the largest target, and the largest weight times its factor, fit."""
    day = 86_400_000
    assert (q.read_duration(reading.LONGEST) or 0) * day < 2**62
    assert sections.MOST_UNITS * 1000 * 10_000 < 2**62
    for old, new in (
        ('guard = "15 min"', 'guard = "401 days"'),
        ('low = "5 min"', 'low = "25 h"'),
        ("agent = 5", "agent = 1001"),
        ("turn = 1", "turn = 1001"),
        ("complex_factor = 1.5", "complex_factor = 10.1"),
        ('credit = { VIP = "90 s" }', 'credit = { VIP = "401 days" }'),
    ):
        assert Policy.problems(BASE.replace(old, new, 1))


def test_more_than_62_of_a_kind_are_refused() -> None:
    """Sets are kept as bits of an integer, so that 63 groups, signals or tags are too many."""
    groups = "".join(f"[groups.g{n}]\n" for n in range(60))
    assert Policy.problems(BASE + groups)[0].expected == "at most 62"
    assert not Policy.problems(BASE + groups.replace("[groups.g59]\n", ""))
    signals = "".join(f'[signals.s{n}]\nwords = ["word{n}"]\n' for n in range(60))
    assert Policy.problems(BASE + signals)[0].expected == "at most 62"
    tags = ", ".join(f'"t{n}"' for n in range(62))
    assert Policy.problems(BASE.replace('["hurry"]', f'["hurry", {tags}]'))[0].expected == "at most 62"


def test_more_than_fit_into_the_desk_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hours, days and own fields are bits and columns too; so much of signals that no search takes it is refused."""
    hours = ", ".join(f'"09:00-09:{n:02}"' for n in range(1, 59))
    many = BASE.replace('hour = "09:00-12:00"', f"hour = [{hours}]")
    assert [fault.problem for fault in Policy.problems(many)] == ["There are too many different hours and days."]
    assert Policy.problems(many.replace('"09:00-09:01", ', "", 1)) == []
    fields = ", ".join(f'f{n} = "x"' for n in range(62))
    many = BASE.replace("own = {", f"own = {{ {fields},")
    assert [fault.problem for fault in Policy.problems(many)] == ["There are too many different fields."]

    def refuse(_signals: object) -> None:
        raise PolicyError("All signals together are too large.", example="fewer, shorter gaps")

    monkeypatch.setattr(rule_consistency, "Tagger", refuse)
    (fault,) = Policy.problems(BASE.replace('"asap"', '"a.s.a.p."'))
    assert fault.problem == "All signals together are too large."
    assert fault.line > 1


# ---------------------------------------------------------------- identity


def test_comments_spaces_and_order_of_keys_do_not_count() -> None:
    """The fingerprint is that of what is said, not of how it is written."""
    first = Policy.parse(BASE)
    plain = "\n".join(line.partition("  #")[0] for line in BASE.splitlines() if not line.startswith("#"))
    assert Policy.parse(plain).fingerprint == first.fingerprint
    turned = BASE.replace("agent = 5\nwaiting_for_agent = 1.0", "waiting_for_agent = 1\nagent    =   5", 1)
    turned = turned.replace('low = "5 min"', 'low = "300 s"', 1)
    soft = turned[turned.index("[rings.soft]") : turned.index("[[notify.ladder]]")]
    turned = turned.replace(soft, "", 1).replace("[rings.badge]", f"{soft}[rings.badge]", 1)
    assert Policy.parse(turned).fingerprint == first.fingerprint
    assert len(first.fingerprint) == 16


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("agent = 5", "agent = 5.001"),
        ('"asap"', '"a.s.a.p"'),
        ('tags = ["VIP", "new"]', 'tags = ["new", "VIP"]'),
        ('name = "Old"', 'name = "Older"'),
    ],
)
def test_every_change_of_meaning_counts(old: str, new: str) -> None:
    """Another number, word, order of tags or name of a rule is another fingerprint."""
    assert Policy.parse(BASE.replace(old, new, 1)).fingerprint != Policy.parse(BASE).fingerprint


def test_a_policy_does_not_change() -> None:
    """Nothing can be assigned; equal texts are equal policies."""
    policy = Policy.parse(BASE)
    with pytest.raises(AttributeError, match="edit"):
        policy.text = ""
    assert policy == Policy.parse(BASE)
    assert hash(policy) == hash(Policy.parse(BASE))
    assert policy != Policy.parse(BASE + "# more\n")
    assert repr(policy) == f"<Policy 'base' {policy.fingerprint}>"


# ---------------------------------------------------------------- files


def test_a_saved_policy_loads_as_it_was(tmp_path: Path) -> None:
    """Saving writes the author's text byte for byte, over an older file too, and leaves nothing beside it."""
    policy = Policy.parse(BASE.replace("\n", "\r\n"))
    file = tmp_path / "p.toml"
    file.write_text("old", encoding="utf-8")
    file.chmod(0o600)
    policy.save(file)
    assert file.read_bytes() == policy.text.encode()
    assert Policy.load(file) == policy
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_failed_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the new file cannot be put in place, the old one stands and nothing is left beside it."""
    file = tmp_path / "p.toml"
    file.write_text("old", encoding="utf-8")

    def refuse(self: Path, target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PolicyError, match="cannot be written: Permission denied"):
        Policy.parse(BASE).save(file)
    assert file.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    """A missing file, a folder and a file in another encoding are refused with their place."""
    with pytest.raises(PolicyError, match=r"none\.toml: The policy file cannot be read"):
        Policy.load(tmp_path / "none.toml")
    with pytest.raises(PolicyError, match="cannot be read"):
        Policy.load(tmp_path)
    file = tmp_path / "gbk.toml"
    file.write_bytes("version = 1\nname = '售前'\n".encode("gbk"))
    with pytest.raises(PolicyError, match="UTF-8") as caught:
        Policy.load(file)
    assert caught.value.line == 2


def test_a_mark_of_byte_order_is_no_mistake(tmp_path: Path) -> None:
    """Some editors write one; the policy is read all the same."""
    file = tmp_path / "p.toml"
    file.write_bytes(b"\xef\xbb\xbf" + BASE.encode())
    assert Policy.load(file).text == BASE


def test_errors_name_the_file(tmp_path: Path) -> None:
    """A fault in a file is placed by the file's name and line."""
    file = tmp_path / "mine.toml"
    file.write_text(BASE.replace("version = 1", "version = 9"), encoding="utf-8")
    with pytest.raises(PolicyError, match=r"^mine\.toml, line 3, version: "):
        Policy.load(file)


def test_conditions_are_told_in_words() -> None:
    """A policy says its conditions as a supervisor would."""
    policy = Policy.parse(BASE)
    assert policy.describe_condition(policy.schema.priority[2].when) == "tagged “VIP” and region is “north”"


# ---------------------------------------------------------------- warnings

AGENTS = '[signals.promise]\nwords = ["I will"]\nby = "agent"'
LAST_RUNG = '{ after = "2 min", to = "supervisor", ring = "soft" },'
LOW_LADDER = 'level = ["low", "normal"]\nrungs = [{ after = "0 s", to = "owner", ring = "badge" }]'
LOUD = '\n\n[rings.loud]\nchannels = ["badge", "push", "flash"]'
LEAVE = 'leave = { queue_length = "<= 3", longest_wait = "<= 60 s" }'
WARNINGS = [
    (AGENTS, AGENTS.replace('\nby = "agent"', ""), "No rule asks"),
    ('words = ["refund*"]', 'words = ["refund*", "refund*"]', "already"),
    (LAST_RUNG, LAST_RUNG.replace("soft", "badge"), ""),
    ("[rings.soft]", '[rings.loud]\nchannels = ["flash"]\n\n[rings.soft]', 'the ring "loud"'),
    ('level = ["high", "urgent"]\nrungs', 'level = "high"\nrungs', "has none"),
    (LOW_LADDER, LOW_LADDER.replace('"badge"', '"loud"') + LOUD, "quieter"),
    (LEAVE, 'leave = { load = "<= 0.5" }', "come back at once"),
    ('quiet = ["mon-sun 00:00-08:00"]', 'quiet = ["mon-fri 00:00-24:00"]', ""),
]


@pytest.mark.parametrize(("old", "new", "words"), WARNINGS)
def test_what_is_odd_is_allowed_and_said(old: str, new: str, words: str) -> None:
    """A policy with an oddity is valid and warns of it with a line; without the oddity it does not warn."""
    assert old in BASE
    warnings = Policy.parse(BASE.replace(old, new, 1)).warnings
    assert [words in warning.problem for warning in warnings] == [True] * bool(words)
    assert all(warning.line > 0 for warning in warnings)


def test_loading_a_policy_loads_no_heavy_library() -> None:
    """The policy's modules need no data frames, no database, no screen and no TOML editor."""
    banned = {"polars", "numba", "sqlalchemy", "plotly", "simpy", "ipywidgets", "tomlkit", "numpy", "pandas"}
    code = "import sys, deskkit.desk.policy; print(*{name.partition('.')[0] for name in sys.modules})"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = set(found.stdout.split())
    assert "deskkit" in loaded
    assert not loaded & banned
