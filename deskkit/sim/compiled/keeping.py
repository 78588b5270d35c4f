"""Machine code kept for the next process: never that of other sources, never somebody else's.

numba keeps code by the file of the outermost function alone and does not notice when one that it calls has changed.
So the folder here is named by the hash of every source that goes in, of the releases and of the processor: other rules
are another folder. What lies there is loaded and run, so the folder is its owner's alone, or nothing is kept.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import stat
import sys
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numba
from numba.core import codegen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType

__all__ = ["holds", "kept_in", "place", "seal"]

FOLDER: Final = "DESKKIT_CACHE"
_llvm: Any = vars(codegen)["ll"]  # llvmlite's, which numba brings along
_config: Any = numba.config  # made from the environment: no type checker sees it
_SEAL: Final = "sealed.json"
_FEW: Final = 4  # folders of other versions that are left


def place(sources: Iterable[ModuleType]) -> Path | None:
    """Return the folder for code of these sources, made if need be; None: nothing can be kept safely."""
    try:
        root = _root()
        folder = root / _name(sources)
        for one in (root, folder):
            one.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _is_private(one):
                return None
        if not os.access(folder, os.W_OK):
            return None
        os.utime(folder)
        _leave_few(root, folder)
    except OSError:
        return None
    return folder


def holds(folder: Path, name: str) -> bool:
    """Say whether code of a function is kept in a folder, whole; what is damaged there is taken away.

    Damaged code is no error that can be caught: it might run. So each file must be what was sealed.
    """
    kept = _sums(folder)
    if not any(name.rpartition(".")[2] in file and file.endswith(".nbi") for file in kept):
        return False
    try:
        sealed = json.loads((folder / _SEAL).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        sealed = None
    if sealed == kept:
        return True
    for file in kept:
        (folder / file).unlink(missing_ok=True)
    return False


def seal(folder: Path) -> None:
    """Note what was kept in a folder, so that damage will be noticed."""
    new = folder / f"{_SEAL}.{os.getpid()}"
    try:
        new.write_text(json.dumps(_sums(folder)), encoding="utf-8")
        new.replace(folder / _SEAL)
    except OSError:
        new.unlink(missing_ok=True)  # a full disk: what is not sealed is compiled again


def _sums(folder: Path) -> dict[str, str]:
    """Return the hash of each file of code in a folder."""
    files = sorted(file for file in folder.rglob("*") if file.suffix in {".nbi", ".nbc"})
    return {file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


@contextmanager
def kept_in(folder: Path | None) -> Iterator[None]:
    """Let numba keep in a folder what is compiled within."""
    if folder is None:
        yield
        return
    before = _config.CACHE_DIR
    _config.CACHE_DIR = str(folder)
    try:
        yield
    finally:
        _config.CACHE_DIR = before


def _root() -> Path:
    named = os.environ.get(FOLDER)
    if named:
        return Path(named)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "deskkit" / "compiled"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "deskkit" / "compiled"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "deskkit" / "compiled"


def _name(sources: Iterable[ModuleType]) -> str:
    """Return the hash of all that makes the code what it is."""
    found = hashlib.sha256()
    for said in (numba.__version__, version("llvmlite"), sys.version, platform.machine(), _llvm.get_host_cpu_name()):
        found.update(said.encode() + b"\0")
    for module in sources:
        found.update(Path(str(module.__file__)).read_bytes() + b"\0")
    return found.hexdigest()[:32]


def _is_private(folder: Path) -> bool:
    """Say whether a folder is this user's and nobody else may write to it."""
    if not hasattr(os, "getuid"):
        return True  # where a user's own folders are private without any doing
    about = folder.lstat()
    return stat.S_ISDIR(about.st_mode) and about.st_uid == os.getuid() and not about.st_mode & 0o022


def _leave_few(root: Path, folder: Path) -> None:
    """Take away what other versions left, but for the latest."""
    others = sorted((one for one in root.iterdir() if one != folder), key=lambda one: one.stat().st_mtime)
    for one in others[:-_FEW]:
        shutil.rmtree(one, ignore_errors=True)
