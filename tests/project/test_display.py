"""A customer's text is hostile: nothing in the package or the notebooks hands text to something that runs it.

The sinks below executed `<img src=x onerror=...>` in JupyterLab when tried. `REVIEWED` is the one place that
may build markup, from escaped pieces, and is read line by line when it changes.
"""

from __future__ import annotations

import ast
import re

import pytest

from tests.project.files import project_files, read_text, sources

REVIEWED = {"deskkit/views/markup.py"}
CALLS = {
    "HTML",
    "HTMLMath",
    "Markdown",
    "Javascript",
    "Latex",
    "display_html",
    "display_markdown",
    "Styler",
    "eval",
    "exec",
}
ATTRIBUTES = {"style.format", "style.apply", "style.map"}  # a pandas Styler shows cells as HTML
BARS = {"tqdm", "trange"}
NOTEBOOK_BARS = {"tqdm.auto", "tqdm.autonotebook", "tqdm.notebook"}  # their descriptions are HTML
STAGE = "stage.js"  # where tests show markup to see what it does
SCRIPT = re.compile(r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|eval)\b")
OPEN_SERVER = re.compile(r"(?:token|password)=(?:''|\"\"|\s|$)|allow_origin=['\"]?\*", re.MULTILINE)


def test_nothing_shows_text_as_markup() -> None:
    """No module outside the reviewed one and no notebook calls what would show a string as HTML or run it."""
    found = {place: calls for place, tree in sources() if place not in REVIEWED and (calls := sinks(tree))}
    assert found == {}


@pytest.mark.parametrize(
    ("code", "sink"),
    [
        ("w.HTML(text)", "HTML"),
        ("from IPython.display import Markdown\nMarkdown(text)", "Markdown"),
        ("frame.style.format(str)", "style.format"),
        ("from tqdm.auto import tqdm\ntqdm(rows, desc=name)", "tqdm"),
        ("import tqdm.notebook\ntqdm.notebook.tqdm(rows, desc=f'{name}')", "tqdm"),
        ("eval(text)", "eval"),
    ],
)
def test_a_planted_sink_is_found(code: str, sink: str) -> None:
    """The search finds each kind of sink."""
    assert sinks(ast.parse(code)) == [sink]


@pytest.mark.parametrize(
    "code", ["from tqdm.auto import tqdm\ntqdm(x, desc='days')", "model.eval()", "tqdm(x, desc=y)"]
)
def test_a_harmless_call_is_none(code: str) -> None:
    """A fixed description, a method named like a built-in, and a bar on a terminal are no sinks."""
    assert sinks(ast.parse(code)) == []


def test_scripts_build_no_markup() -> None:
    """Our scripts set text, never markup."""
    scripts = [path for path in project_files() if path.suffix in {".js", ".mjs"} and path.name != STAGE]
    assert [(path.name, hit.group()) for path in scripts for hit in SCRIPT.finditer(read_text(path) or "")] == []
    assert SCRIPT.search("row.innerHTML = text")


def test_no_example_opens_the_server() -> None:
    """No file shows how to start a server without a token or for every origin."""
    texts = {
        path.name: read_text(path) or "" for path in project_files() if path.suffix in {".md", ".py", ".ipynb", ""}
    }
    found = {name: OPEN_SERVER.findall(text) for name, text in texts.items() if name != "test_display.py"}
    assert {name: hits for name, hits in found.items() if hits} == {}
    assert OPEN_SERVER.search("jupyter lab --IdentityProvider.token=''")


def sinks(tree: ast.AST) -> list[str]:
    """Return the calls of a syntax tree that would show or run a string."""
    found = []
    has_notebook_bar = bool(NOTEBOOK_BARS & imported(tree))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        path = ast.unparse(node.func).split(".")
        name, pair = path[-1], ".".join(path[-2:])
        if name in CALLS and not is_plain_method(name, path):
            found.append(name)
        elif pair in ATTRIBUTES:
            found.append(pair)
        elif name in BARS and has_notebook_bar and any(is_moving(word) for word in node.keywords):
            found.append(name)
    return found


def imported(tree: ast.AST) -> set[str]:
    """Return the modules a syntax tree imports."""
    nodes = list(ast.walk(tree))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}


def is_plain_method(name: str, path: list[str]) -> bool:
    """Tell a method that happens to be named `eval` or `exec` from the built-in that runs text."""
    return name in {"eval", "exec"} and len(path) > 1


def is_moving(word: ast.keyword) -> bool:
    """Tell whether a keyword is a description that is not a fixed string."""
    return word.arg in {"desc", "postfix"} and not isinstance(word.value, ast.Constant)
