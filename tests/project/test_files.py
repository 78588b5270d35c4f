"""What no file of the project may hold: hosts in a lock, paths of a machine, too many lines, vague names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.project.files import ROOT, project_files, python_files, read_text

HOST = re.compile(r"[a-z][a-z0-9+.-]*://(?!/)[^\s'\"`)>]+", re.IGNORECASE)
REGISTRY = re.compile(r"https?://[^ \"']+(?:/simple(?:/|\"|'|\s|$)|/packages/|\.whl|\.tgz|\.deb)")
HOME_FOLDER = re.compile(r"(?<![\w.])/(?:home|Users)/[\w.-]+/|(?<![\w.])/roo[t]/|[A-Z]:\\Users\\")
CONFIG_SUFFIXES = {".cfg", ".ini", ".toml", ".yaml", ".yml", ".lock", ""}
VAGUE = ("manager", "helper", "utils", "util", "common", "misc")
MAX_LINES = 400
MAX_KIB = 4096


def test_lock_and_config_name_no_host() -> None:
    """The lock and the configuration name no host: whoever installs chooses where packages come from."""
    config = [
        path
        for path in project_files()
        if path.suffix in CONFIG_SUFFIXES and path.relative_to(ROOT).parts[0] not in {"data", "deskkit", "LICENSE"}
    ]
    assert {"pyproject.toml", "requirements.lock", "Makefile"} <= {path.name for path in config}
    assert {path.name: found for path in config if (found := HOST.findall(read_text(path) or ""))} == {}


def test_no_file_names_a_registry_or_a_machine() -> None:
    """No file names a registry's address, a person's home folder, or the place where this tree lies."""
    here = [str(place) + "/" for place in (ROOT.parent, Path.home()) if len(place.parts) > 1]
    for path in project_files():
        text = read_text(path) or ""
        found = [hit.group() for pattern in (REGISTRY, HOME_FOLDER) for hit in pattern.finditer(text)]
        found += [place for place in here if place in text]
        assert found == [], path


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (HOST, "--index-url https" + "://pypi.example/simple"),
        (REGISTRY, "see https" + "://pypi.example/simple/numpy"),
        (HOME_FOLDER, "open /home" + "/chen/desk.db"),
        (HOME_FOLDER, "C:" + "\\Users\\chen"),
    ],
)
def test_the_searches_find_what_they_search(pattern: re.Pattern[str], text: str) -> None:
    """Each search for a host or a path finds a planted one."""
    assert pattern.search(text)


def test_lock_is_pinned_and_hashed() -> None:
    """Each entry of the lock is one exact public version with hashes, and the slow grammar stays out."""
    entries = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text(encoding="utf-8").strip())
    assert len(entries) > 100
    for entry in entries:
        assert re.match(r"[a-z0-9-]+==[0-9][0-9a-z.]* ", entry), entry.splitlines()[0]
        assert "--hash=sha256:" in entry, entry.splitlines()[0]
    assert not {"rfc3987-syntax", "lark"} & {entry.partition("==")[0] for entry in entries}


def test_files_are_short() -> None:
    """No Python or JavaScript file is longer than 400 lines, and no file larger than 4 MiB."""
    lengths = {
        path.relative_to(ROOT).as_posix(): len((read_text(path) or "").splitlines())
        for path in project_files()
        if path.suffix in {".py", ".js", ".css"}
    }
    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES} == {}
    sizes = {path.relative_to(ROOT).as_posix(): path.stat().st_size // 1024 for path in project_files()}
    assert {name: kib for name, kib in sizes.items() if kib > MAX_KIB} == {}


def test_names_say_what_a_module_is_for() -> None:
    """No module is named for nothing in particular."""
    names = {path.relative_to(ROOT).as_posix(): path.stem.lower() for path in python_files("deskkit", "tests")}
    assert [place for place, stem in names.items() if set(stem.split("_")) & set(VAGUE)] == []


def test_change_notes_have_a_known_kind() -> None:
    """Each change note is named `<what>.<kind>.md`, with a kind that the contributing page lists."""
    notes = [path.name for path in (ROOT / "changes").iterdir() if path.name != "README.md"]
    assert notes
    assert [name for name in notes if not re.fullmatch(r"[\w-]+\.(breaking|new|fixed|faster)\.md", name)] == []
