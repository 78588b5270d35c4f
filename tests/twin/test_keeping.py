"""Machine code that is kept: never of other sources than those that run, never where others may write."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from deskkit.desk import columns as desk_columns
from deskkit.sim.compiled import columns, compiling, keeping

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[2]
TELL = """
from deskkit.desk.policy import Policy
from deskkit.sim.run import simulate
from deskkit.sim.scenariofile import load_scenario
small, standard = load_scenario("data/scenarios/small.toml"), Policy.load("data/policies/standard.toml")
print(*(simulate(small, standard, seed=7, engine=one).digest for one in ("simpy", "compiled")))
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep in a folder of the test's own."""
    monkeypatch.setenv(keeping.FOLDER, str(tmp_path / "cache"))
    return tmp_path / "cache"


def sources(folder: Path, **texts: str) -> list[ModuleType]:
    """Return modules with these texts."""
    made = []
    for name, text in texts.items():
        module = ModuleType(name)
        module.__file__ = str(folder / f"{name}.py")
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
        made.append(module)
    return made


def test_an_edited_source_has_another_place(tmp_path: Path, cache: Path) -> None:
    """The same sources have the same place; one changed letter of one of them is enough for another."""
    first = keeping.place(sources(tmp_path, rules="limit = 3", core="x = 1"))
    assert first is not None
    assert first.parent == cache
    assert keeping.place(sources(tmp_path, rules="limit = 3", core="x = 1")) == first
    assert keeping.place(sources(tmp_path, rules="limit = 4", core="x = 1")) != first


def test_every_source_of_the_program_counts() -> None:
    """Whatever a function of the program can call, or read a constant of, is among the sources."""
    counted = {module.__name__ for module in (*compiling.DESK, *compiling.WORLD, desk_columns, columns)}
    reached, ahead = set(), {"deskkit.sim.compiled.living"}
    while ahead:
        name = ahead.pop()
        reached.add(name)
        ahead |= set(imported(name)) - reached
    outside = {name for name in reached if name.startswith("deskkit.")} - counted
    # `luck` makes its tables before a run from these; no compiled function calls them.
    assert outside <= {"deskkit.sim.laws", "deskkit.sim.scenario", "deskkit.desk.coding"}
    assert {"deskkit.desk.rules", "deskkit.desk.heap", "deskkit.desk.columns"} <= reached


def imported(name: str) -> Iterable[str]:
    """Return the modules of deskkit that one imports when it is loaded."""
    path = ROOT / (name.replace(".", "/") + ".py")
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("deskkit"):
            for one in node.names:
                inner = ROOT / f"{node.module}.{one.name}".replace(".", "/")
                yield f"{node.module}.{one.name}" if inner.with_suffix(".py").exists() else str(node.module)


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="permissions are another matter there")
def test_nothing_is_kept_where_others_may_write(tmp_path: Path, cache: Path) -> None:
    """What is made is its owner's alone; a folder that others may write to, or that cannot be made, is not used."""
    made = sources(tmp_path, rules="limit = 3")
    place = keeping.place(made)
    assert place is not None
    assert place.stat().st_mode & 0o777 == 0o700
    place.chmod(0o777)
    assert keeping.place(made) is None
    place.chmod(0o700)
    assert keeping.place(made) == place
    shutil.rmtree(cache)
    cache.write_text("in the way", encoding="utf-8")
    assert keeping.place(made) is None


def test_old_versions_are_taken_away(tmp_path: Path, cache: Path) -> None:
    """Of other versions the latest four stay."""
    places = [keeping.place(sources(tmp_path, rules=f"limit = {n}")) for n in range(9)]
    for n, place in enumerate(places):
        if place is not None and place.exists():
            os.utime(place, (n, n))
    last = keeping.place(sources(tmp_path, rules="limit = 9"))
    assert sorted(cache.iterdir()) == sorted([place for place in places[-4:] if place is not None] + [last or cache])


@pytest.mark.parametrize("damage", [b"", b"half", b"code and more", b"c0de"])
@pytest.mark.parametrize("file", ["live.1.nbc", "live.nbi"])
def test_damaged_code_is_not_held_but_taken_away(tmp_path: Path, file: str, damage: bytes) -> None:
    """Cut, emptied, longer or with one other byte, it might run; what was not sealed is not held either."""
    folder = tmp_path / "kept" / "compiling"
    folder.mkdir(parents=True)
    for name in ("live.1.nbc", "live.nbi"):
        (folder / name).write_bytes(b"code")
    keeping.seal(folder.parent)
    assert keeping.holds(folder.parent, "live")
    (folder / file).write_bytes(damage)
    assert not keeping.holds(folder.parent, "live")
    assert not list(folder.iterdir())
    (folder / "live.nbi").write_bytes(b"code")
    assert not keeping.holds(folder.parent, "live")


@pytest.mark.full
def test_an_edited_rule_is_followed_at_once(tmp_path: Path, cache: Path) -> None:
    """A copy of deskkit keeps its code; after one rule is edited the next process follows the new one, compiled too."""
    for part in ("deskkit", "data"):
        shutil.copytree(ROOT / part, tmp_path / "copy" / part, ignore=shutil.ignore_patterns("__pycache__", "sample"))
    before, said = told(tmp_path / "copy")
    assert said.startswith("Compiling the simulator")
    assert told(tmp_path / "copy") == (before, "")
    rules = tmp_path / "copy/deskkit/desk/rules.py"
    text = rules.read_text(encoding="utf-8")
    edited = text.replace("units = agent_weight if for_agent == 1 else customer_weight", "units = agent_weight")
    assert edited != text
    rules.write_text(edited, encoding="utf-8")
    after, said = told(tmp_path / "copy")
    assert said.startswith("Compiling the simulator")
    assert before[0] == before[1]
    assert after[0] == after[1]
    assert before[0] != after[0]
    assert len(list(cache.iterdir())) == 2


def told(folder: Path) -> tuple[list[str], str]:
    """Return the digests of either engine in a fresh process, and what it said beside."""
    said = subprocess.run([sys.executable, "-c", TELL], cwd=folder, check=True, capture_output=True, text=True)
    return said.stdout.split(), said.stderr
