"""The wheel carries the package, its policies and its sample, and nothing of the workshop."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

from tests.project.files import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def test_wheel_carries_package_and_data(tmp_path: Path) -> None:
    """A built wheel holds modules, type marker, policies and sample, the settings of the lab, and no test."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in (
        "deskkit/__init__.py",
        "deskkit/py.typed",
        "deskkit/_data/policies/standard.toml",
        "deskkit/_data/maps/calls.toml",
    ):
        assert wanted in names
    assert any(name.startswith("deskkit/_data/sample/") for name in names)
    assert any(name.endswith("share/jupyter/lab/settings/overrides.d/deskkit.json") for name in names)
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"deskkit"}
