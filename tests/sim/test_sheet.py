"""The sheet: every item of the checklist, filled, true to the study, safe against what names and texts hold."""

from __future__ import annotations

import re
from array import array

import msgspec
import pytest
from msgspec import structs

from deskkit.desk.policy import Policy
from deskkit.sim.experiment import replicate
from deskkit.sim.outcomes import OF_RUN
from deskkit.sim.printing import printed
from deskkit.sim.scenariofile import load_scenario
from deskkit.sim.sheet import ITEMS, stress_sheet
from deskkit.sim.sheetwords import FEW_DAYS, FORMULAS
from deskkit.sim.study import Replication, Study

ITEM = re.compile(r"^## (\d\.\d .+)$", re.MULTILINE)


def made(*policies: str, is_full: bool = False) -> Study:
    """Return a study of three replications with made-up numbers: the sheet looks at no engine."""
    measures = {"reply_time": (120_000.0, 4.0), "wrong_window": (1.0, 4.0)}
    runs = [
        Replication(
            measures,
            {"reply_time": array("q", [30_000])},
            saturated=is_full,
            truncated=False,
            workload=f"{n:064x}",
            log=f"{n + 9:064x}",
            periods={},
        )
        for n in range(3)
    ]
    known = {name: Policy.load(f"data/policies/{name}.toml") for name in policies}
    return Study(
        scenario=load_scenario("data/scenarios/small.toml"), policies=known, found=dict.fromkeys(known, runs), seed=41
    )


def sections(sheet: str) -> dict[str, str]:
    """Return the text under each heading."""
    parts = ITEM.split(sheet)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_twenty_items_in_order_none_empty() -> None:
    """Each item of the checklist has a heading and a text of its own."""
    found = sections(stress_sheet(made("standard")))
    assert tuple(found) == ITEMS
    assert len(ITEMS) == 20
    assert [item for item, text in found.items() if len(text.strip()) < 40] == []


def test_it_says_what_was_done() -> None:
    """Seed, replications, level, fingerprints, digests, formulas: as in the study."""
    study = made("standard", "quiet")
    found = sections(stress_sheet(study))
    assert "seed 41, replications 0 to 2" in found["5.2 Random sampling"]
    assert "3 independent replications" in found["4.3 Estimation approach"]
    assert "95 %" in found["4.3 Estimation approach"]
    assert "common random numbers" in found["4.3 Estimation approach"]
    assert all(policy.fingerprint in found["2.3 Scenario logic"] for policy in study.policies.values())
    assert f"{11:064x}"[:16] in found["5.3 Model execution"]
    assert FORMULAS["wrong_window"] in found["1.2 Model outputs"]
    assert "stream.questions.impatience" in found["3.4 Assumptions"]
    assert "2 differences" in found["1.3 Experimentation aims"]
    assert "compare" in found["1.1 Purpose of the model"]


def test_one_policy_is_not_compared() -> None:
    """Without a comparison nothing is said of pairs."""
    found = sections(stress_sheet(made("standard")))
    assert "paired" not in found["4.3 Estimation approach"]
    assert "judge" in found["1.1 Purpose of the model"]


def test_own_words_take_the_place_of_the_default() -> None:
    """Purpose and sharing as given."""
    found = sections(stress_sheet(made("standard"), purpose="To plan Monday.", sharing="Ask the team of operations."))
    assert found["1.1 Purpose of the model"].strip() == "To plan Monday."
    assert found["6.1 Computer model sharing statement"].strip() == "Ask the team of operations."


def test_warnings_stand_in_it() -> None:
    """An overwhelmed desk is said; an ordinary one has none."""
    assert "overwhelmed" in sections(stress_sheet(made("standard", is_full=True)))["4.3 Estimation approach"]
    assert "- none" in sections(stress_sheet(made("standard")))["4.3 Estimation approach"]


def test_every_measure_of_a_run_has_its_formula() -> None:
    """What only a run knows has a formula in words."""
    assert set(FORMULAS) == set(OF_RUN)


@pytest.mark.parametrize("hostile", ["```\n## 9.9 Mine", "a | b", "<script>", "[x](javascript:1)", "x\n# head"])
def test_names_and_texts_stay_text(hostile: str) -> None:
    """What others wrote adds no heading, no column, no markup, and leaves its fence only at the end."""
    study = made("standard")
    stream = msgspec.structs.replace(study.scenario.streams[0], name=hostile, text=hostile)
    scenario = msgspec.structs.replace(study.scenario, name=hostile, streams=(stream,))
    sheet = stress_sheet(msgspec.structs.replace(study, scenario=scenario))
    outside = re.sub(r"^(`{3,})toml\n.*?^\1$", "", sheet, flags=re.DOTALL | re.MULTILINE)
    assert tuple(ITEM.findall(outside)) == ITEMS
    assert "<script>" not in outside
    assert "[x](" not in outside.replace("\\[x](", "")
    widths = {line.count("|") - line.count("\\|") for line in outside.splitlines() if line.startswith("| ")}
    assert widths <= {3, 4, 5, 6}


def test_the_look_for_headings_sees_a_planted_one() -> None:
    """Positive control: a name written raw would add a heading."""
    assert "9.9 Mine" in ITEM.findall("x\n## 9.9 Mine\n")


def test_a_percentile_of_days_is_called_one_and_few_days_are_said_to_be_few() -> None:
    """In the sheet and in print; 30 replications are enough, and one has no intervals to speak of."""
    small, standard = load_scenario("data/scenarios/small.toml"), Policy.load("data/policies/standard.toml")
    two = replicate(small, standard, replications=2)
    sheet = stress_sheet(two)
    assert "what is one number of a day (estimator: mean), such as reply_p90, is a mean over days" in sheet
    assert FEW_DAYS in sheet
    assert FEW_DAYS in printed(two, ["queue_wait"])
    assert FEW_DAYS not in printed(two, ["reply_time"])
    once = two.found["standard"][:1]
    for many in (1, 30):
        other = structs.replace(two, found={"standard": once * many})
        assert FEW_DAYS not in stress_sheet(other)
        assert FEW_DAYS not in printed(other, ["queue_wait"])
