"""A real JupyterLab for one group of tests, and the few gestures on it.

The server listens on loopback with a token, keeps every setting in a temporary folder, talks to its kernels
through sockets in that folder, and is stopped by its process id. Nothing here knows what a notebook shows.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.patience import PATIENCE_MS, PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

__all__ = ["IS_IDLE", "LabServer", "lab_server", "open_notebook", "run_all"]

STOPPING_S = 15
SETTINGS: dict[str, dict[str, object]] = {
    # A fresh profile asks about news and updates, in the corner where our own popups belong.
    "@jupyterlab/apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
}
# Outputs that are off screen exist all the same.
AT_ONCE: dict[str, dict[str, object]] = {"@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"}}
# What became of the cells: null while they run, then the errors they ended in. Counts alone do not tell:
# a stored notebook has them before it ever ran, and the cells after an error never get one.
OUTCOME = """() => {
  const panel = jupyterapp.shell.currentWidget;
  const cells = [...panel.content.model.cells].filter(c => c.type === 'code');
  const errors = cells.flatMap(c => c.outputs.toJSON()).filter(o => o.output_type === 'error');
  if (errors.length) return errors.map(o => `${o.ename}: ${o.evalue}`);
  const ran = cells.every(c => !c.sharedModel.getSource().trim() || c.executionCount !== null);
  return panel.sessionContext.session.kernel.status === 'idle' && ran ? [] : null;
}"""
IS_IDLE = """() =>
  globalThis.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"""
# `evaluate` has no limit of its own, and a command whose "idle" got lost never settles.
RUN_ALL = """ms => Promise.race([
  jupyterapp.commands.execute('notebook:run-all-cells'),
  new Promise((_, refuse) => setTimeout(() => refuse(new Error('running all cells took too long')), ms))])"""


@dataclass(frozen=True)
class LabServer:
    """A running JupyterLab: where it listens, its token, the folder it shows."""

    url: str
    token: str
    root: Path

    def add(self, notebook: Path, *, name: str) -> str:
        """Copy a notebook into the folder, each under its own name: a kernel outlives its page."""
        shutil.copyfile(notebook, self.root / name)
        return name


@contextmanager
def lab_server(*, at_once: bool = False) -> Iterator[LabServer]:
    """Run a JupyterLab with fresh settings on a free port; stop it by its process id.

    Parameters
    ----------
    at_once : bool
        Whether all cells are drawn at once, for pictures and figures; a profile that nobody changed, as users have it,
        draws them when it has time.

    Raises
    ------
    RuntimeError
        If it does not answer in time; the message ends with what it printed.
    """
    # Short names: the path of a kernel's socket may have about a hundred characters.
    with tempfile.TemporaryDirectory(prefix="dk-", ignore_cleanup_errors=True) as name:
        home = Path(name)
        root = home / "files"
        root.mkdir()
        write_settings(home / "settings", SETTINGS | (AT_ONCE if at_once else {}))
        server = LabServer(f"http://127.0.0.1:{free_port()}", secrets.token_hex(16), root)
        with (home / "server.log").open("wb") as log:
            process = subprocess.Popen(
                command(server),
                env=environment(home),
                stdout=log,
                stderr=log,
                cwd=root,
                start_new_session=True,
            )
        try:
            wait_until_ready(server, process, home / "server.log")
            yield server
        finally:
            stop(process)


def command(server: LabServer) -> list[str]:
    """Return the command that starts the server."""
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--ip=127.0.0.1",
        f"--port={server.url.rpartition(':')[2]}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={server.token}",
        f"--ServerApp.root_dir={server.root}",
        "--KernelManager.transport=ipc",
        "--expose-app-in-browser",  # the gestures below need `jupyterapp`; only ever in tests
        *(["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
    ]


def environment(home: Path) -> dict[str, str]:
    """Return this process's environment with every folder Jupyter writes to inside a temporary one."""
    folders = {
        "IPYTHONDIR": "ipython",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "run",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }
    return os.environ | {name: str(home / folder) for name, folder in folders.items()}


def write_settings(folder: Path, settings: dict[str, dict[str, object]]) -> None:
    """Write user settings, such as those that keep a fresh profile quiet."""
    for name, values in settings.items():
        path = folder / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), encoding="utf-8")


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(server: LabServer, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        if answers(f"{server.url}/api/status?token={server.token}"):
            return
        time.sleep(0.1)
    said = log.read_text(encoding="utf-8", errors="replace")[-3000:]
    message = f"JupyterLab did not answer within {PATIENCE_S} s (exit status {process.poll()}). It said:\n{said}"
    raise RuntimeError(message)


def answers(url: str) -> bool:
    """Tell whether an address on this machine answers."""
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own loopback address
            return True
    except (urllib.error.URLError, OSError):
        return False


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the server to stop, which ends its kernels; kill it if it does not."""
    process.terminate()
    try:
        process.wait(STOPPING_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def open_notebook(page: Page, server: LabServer, *, name: str) -> None:
    """Open a notebook and wait until its kernel is idle."""
    page.goto(f"{server.url}/lab/tree/{name}?token={server.token}&reset")
    page.wait_for_selector("#jupyterlab-splash", state="detached")
    page.wait_for_selector(".jp-Notebook")
    page.wait_for_function(IS_IDLE)


def run_all(page: Page, *, within_ms: int = PATIENCE_MS) -> None:
    """Run all cells of the open notebook and wait until they have run.

    Raises
    ------
    RuntimeError
        If a cell ended in an error; the message names it.
    """
    page.evaluate(RUN_ALL, within_ms)
    errors: list[str] = page.wait_for_function(OUTCOME, timeout=within_ms).json_value()
    if errors:
        raise RuntimeError("; ".join(errors))
