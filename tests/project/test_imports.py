"""What the package imports: the light model, the bare core, and nothing that pyproject does not declare."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.project.files import ROOT, python_files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HEAVY = ("anywidget", "ipywidgets", "numba", "numpy", "pandas", "plotly", "polars", "simpy", "sqlalchemy")
MODEL = sorted(path.stem for path in (ROOT / "deskkit/desk").glob("[a-z]*.py"))
EXTRAS = {  # which extras each part may use beside the base dependencies
    "cli": {"lab", "sim", "fast", "sql", "push"},
    "figures": {"lab"},
    "live": {"sim", "push"},
    "log": {"sql"},
    "sim": {"sim", "fast", "lab", "tune", "cluster"},
    "views": {"lab"},
}
OPTIONAL_ANYWHERE = {"pandas"}  # accepted at the door, imported only when a frame of it comes in


@pytest.mark.parametrize("module", ["deskkit", "deskkit.desk", *(f"deskkit.desk.{name}" for name in MODEL)])
def test_the_model_loads_nothing_heavy(module: str) -> None:
    """Importing the model loads no frame library, compiler, database, chart or widget."""
    assert loaded(module) == {module}


def test_the_look_at_loaded_modules_sees_a_heavy_one() -> None:
    """The look at loaded modules can fail: it sees polars where polars was imported."""
    assert loaded("polars") >= {"polars"}


def test_rules_and_core_import_only_their_own_kind() -> None:
    """The rules import nothing; the core reaches, however far, only modules of the desk and `typing`."""
    assert imported(ROOT / "deskkit/desk/rules.py") == set()
    reached, ahead = set(), {"deskkit.desk.core"}
    while ahead:
        name = ahead.pop()
        reached.add(name)
        path = ROOT / (name.replace(".", "/") + ".py")
        ahead |= (imported(path) if path.exists() else set()) - reached
    outside = {name for name in reached if not name.startswith("deskkit.desk")}
    assert outside <= {"typing"}
    assert "deskkit.desk.rules" in reached, "the walk found no import at all"


def test_every_import_is_declared() -> None:
    """What a part imports from elsewhere is a base dependency or belongs to an extra that part may use."""
    declared = requirements()
    undeclared = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in python_files("deskkit")
        for name in {module.partition(".")[0] for module in imported(path)}
        if not is_allowed(name, path, declared)
    }
    assert undeclared == set()


def is_allowed(name: str, path: Path, declared: dict[str, set[str]]) -> bool:
    """Tell whether a file of the package may import this top-level name."""
    if name in sys.stdlib_module_names or name == "deskkit" or name in OPTIONAL_ANYWHERE:
        return True
    part = path.relative_to(ROOT / "deskkit").parts[0].removesuffix(".py")
    allowed = declared["base"].union(*(declared[extra] for extra in EXTRAS.get(part, set())))
    return any(normal(dist) in allowed for dist in distributions().get(name, []))


@cache
def distributions() -> Mapping[str, list[str]]:
    """Return which distributions bring each top-level name; looking at what is installed takes most of a second."""
    return importlib.metadata.packages_distributions()


def requirements() -> dict[str, set[str]]:
    """Return the names declared in pyproject: the base dependencies and each extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = {"base": project["dependencies"], **project["optional-dependencies"]}
    return {
        group: {normal(re.split(r"[\[<>=!~; ]", line, maxsplit=1)[0]) for line in lines}
        for group, lines in groups.items()
    }


def normal(name: str) -> str:
    """Return a distribution's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(path: Path) -> set[str]:
    """Return the full names a file imports, wherever in it, apart from those for type checkers alone."""
    names: set[str] = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in walk_run_time(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.module != "__future__":
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            modules = {name for name in inside if (ROOT / (name.replace(".", "/") + ".py")).exists()}
            names |= modules or {node.module}
    return names


def walk_run_time(tree: ast.AST) -> list[ast.AST]:
    """Return a tree's nodes without what stands under `if TYPE_CHECKING`."""
    found, ahead = [], [tree]
    while ahead:
        node = ahead.pop()
        found.append(node)
        is_for_types = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        ahead += node.orelse if is_for_types and isinstance(node, ast.If) else list(ast.iter_child_nodes(node))
    return found


def loaded(module: str) -> set[str]:
    """Import a module in a fresh interpreter and return it, with the heavy names that came along."""
    script = f"import sys, {module}\nprint(*[name for name in {(module, *HEAVY)!r} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return set(run.stdout.split())
