"""The command line says one thing on each stream and ends with the promised status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from deskkit import cli
from deskkit.clock import instant, moment
from deskkit.desk.events import ConversationOpened, PresenceSet
from deskkit.log import open_log
from tests.feeds import call_table, chatwoot_pages, zendesk_pages
from tests.feeds.meiqia_pages import NEW, OLD, saved
from tests.project.files import ROOT

if TYPE_CHECKING:
    from pathlib import Path

ROSTER = '[[agent]]\nid = "chen"\nshifts = [{ days = "mon-sun", from = "08:00", to = "16:00" }]\n'
SMALL, POLICY = str(ROOT / "data/scenarios/small.toml"), str(ROOT / "data/policies/standard.toml")
TUNE = ["tune", SMALL, "--policy", POLICY]


@pytest.fixture
def page(tmp_path: Path) -> str:
    """Return a file with two conversations."""
    return str(saved(tmp_path, OLD, NEW))


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run deskkit as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "deskkit", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_import_with_json_prints_one_object(page: str, log_url: str) -> None:
    """Standard output is one JSON object; standard error, which nobody looks at, is empty; the log holds the facts."""
    done = run("import", "meiqia", page, "--log", log_url, "--zone", "Asia/Shanghai", "--json")
    assert (done.returncode, done.stdout.count("\n")) == (0, 1)
    report = json.loads(done.stdout)
    assert (report["conversations"], report["messages"], report["rows_set_aside"]) == (2, 8, 0)
    assert done.stderr == ""
    with open_log(log_url) as log:
        assert log.last_seq() == report["stored"]


def test_progress_is_drawn_on_a_terminal(
    page: str, log_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who looks at standard error sees how far the work is; with --quiet not even there."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    command = ["import", "meiqia", page, "--log", log_url, "--zone", "Asia/Shanghai", "--json"]
    assert cli.main([*command, "--quiet"]) == 0
    assert capsys.readouterr().err == ""
    assert cli.main(command) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["stored"] == 0
    assert "read" in err
    assert "store" in err


def test_import_prints_a_table(page: str, log_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --json people get a table of at most 100 columns; with --quiet no progress."""
    assert cli.main(["import", "meiqia", page, "--log", log_url, "--zone", "Asia/Shanghai", "--quiet"]) == 0
    out, err = capsys.readouterr()
    assert "conv_first_resp_wait_in_secs" in out
    assert max(map(len, out.splitlines())) <= 100
    assert err == ""


def test_the_other_imports_run_from_the_command_line(
    tmp_path: Path, log_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Chatwoot, Zendesk and a table go into one log, each with its report; again they add nothing."""
    chatwoot = saved(tmp_path, chatwoot_pages.page(chatwoot_pages.CONVERSATION), name="chatwoot.json")
    zendesk = saved(tmp_path, zendesk_pages.CHAT, name="zendesk.json")
    table = call_table.saved(tmp_path)
    commands = [
        ["chatwoot", str(chatwoot), "--account", "1"],
        ["zendesk", str(zendesk)],
        ["table", str(table), "--map", call_table.MAP, "--zone", call_table.ZONE],
    ]
    for expected in ((1, 1, 6), (0, 0, 0)):
        for command, conversations in zip(commands, expected, strict=True):
            assert cli.main(["import", *command, "--log", log_url, "--json", "--quiet"]) == 0
            report = json.loads(capsys.readouterr().out)
            assert (report["stored"] > 0) == (conversations > 0)
            assert not conversations or report["conversations"] == conversations


def test_a_table_without_a_zone_shows_the_corrected_command(
    tmp_path: Path, log_url: str, log_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wrong use: status 2, the very command with a zone in it, and no log was made."""
    table = call_table.saved(tmp_path)
    assert cli.main(["import", "table", str(table), "--map", call_table.MAP, "--log", log_url]) == 2
    command = f"deskkit import table {table} --map {call_table.MAP} --log {log_url} --zone Asia/Shanghai"
    assert capsys.readouterr().err.rstrip().endswith(command)
    assert not log_path.exists()


def test_import_without_a_zone_shows_the_corrected_command(page: str, log_url: str, log_path: Path) -> None:
    """Wrong use: status 2, one line, the very command with the zone in it, and no log was made."""
    done = run("import", "meiqia", page, "--log", log_url)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert "Beijing time" in line
    assert line.endswith(f"deskkit import meiqia {page} --log {log_url} --zone Asia/Shanghai")
    assert not log_path.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["import", "meiqia", "nowhere.json", "--log", "sqlite:///x.db", "--zone", "Asia/Shanghai"],
        ["import", "meiqia", "--log", "sqlite:///x.db", "--zone", "Asia/Shanghai"],
        ["import", "chatter", "x", "--log", "sqlite:///x.db"],
        ["import", "chatwoot", "nowhere.json", "--log", "sqlite:///x.db"],
        ["import", "zendesk", "nowhere.json", "--log", "sqlite:///x.db"],
        ["import", "table", "nowhere.csv", "--log", "sqlite:///x.db"],
        ["import", "table", "nowhere.csv", "--map", "data/maps/calls.toml", "--log", "sqlite:///x.db"],
        ["import", "table", "README.md", "--map", "nowhere.toml", "--log", "sqlite:///x.db", "--zone", "UTC"],
        ["verify", "--log", "desk.db"],
        ["verify"],
        ["roster", "nowhere.toml", "--log", "sqlite:///x.db"],
        ["lab", "nowhere"],
        ["simulate", SMALL, "--policy", POLICY, "--replications", "0"],
        ["simulate", SMALL, "--policy", POLICY, "--level", "95"],
        ["simulate", SMALL, "--policy", POLICY, "--seed", "-1"],
        ["compare", SMALL, "--policy", POLICY],
        ["demo", "--log", "sqlite:///x.db", "--speed", "0"],
        [*TUNE, "--vary", "capacity.agent=x", "--goal", "reply_p90"],
        [*TUNE, "--vary", "capacity.agent=4..6", "--goal", "reply_p9"],
        [*TUNE, "--vary", "capacity.agent=4..6", "--goal", "reply_p90", "--limit", "abandonment < 5"],
        [*TUNE, "--vary", "capacity.agent=4..6", "--goal", "reply_p90", "--fresh", "0"],
        ["nonsense"],
        [],
    ],
)
def test_wrong_use_is_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever is wrong with the call: status 2, nothing on standard output, a line on standard error."""
    try:
        status = cli.main(arguments)
    except SystemExit as ended:
        status = int(ended.code or 0)
    out, err = capsys.readouterr()
    assert (status, out) == (2, "")
    assert err.startswith(("deskkit", "usage"))


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        (["--vary", "capacity.agent=x", "--goal", "reply_p90"], "--vary capacity.agent=3..8"),
        (["--vary", "capacity.agent=1..9999", "--goal", "reply_p90"], "--vary 'capacity.agent=1..100 by 5'"),
        (["--vary", "capacity.agent=4..6", "--goal", "vip_gap"], "--goal vip_gap:least"),
        (
            ["--vary", "capacity.agent=4..6", "--goal", "reply_p90", "--goal", "reply_p90"],
            "--goal reply_p90 --goal notices_per_agent_hour",
        ),
        (
            ["--vary", "capacity.agent=4..6", "--goal", "reply_p90", "--limit", "abandonment < 5"],
            "--limit 'abandonment <= 5%'",
        ),
    ],
)
def test_a_hint_on_tuning_can_be_typed(given: list[str], hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Of what is an argument in Python the option is named, and the hint is quoted for a shell."""
    assert cli.main([*TUNE, *given]) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith(f"deskkit tune: {hint.split(maxsplit=1)[0]}")
    assert said.endswith(f"Hint: {hint}")


def test_a_failure_is_status_1_and_one_json_object(log_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A log that is not there: status 1, no traceback, and with --json still exactly one object."""
    assert cli.main(["verify", "--log", log_url, "--json"]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["kind"] == "LogError"
    assert "Traceback" not in err
    assert len(err.splitlines()) == 1


def test_an_import_of_nothing_but_rubbish_fails(
    tmp_path: Path, log_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where no conversation could be read at all, the work failed; the report says why."""
    path = tmp_path / "page.json"
    path.write_text("<html>")
    assert cli.main(["import", "meiqia", str(path), "--log", log_url, "--zone", "UTC", "--json", "--quiet"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["conversations"], report["rows_set_aside"]) == (0, 1)


def test_verify_tells_a_sound_log_from_a_damaged_one(
    page: str, log_url: str, log_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sound log is status 0; after a byte of an event changed it is not."""
    cli.main(["import", "meiqia", page, "--log", log_url, "--zone", "Asia/Shanghai", "--json", "--quiet"])
    capsys.readouterr()
    assert cli.main(["verify", "--log", log_url, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True
    raw = log_path.read_bytes()
    assert raw.count("已经补发".encode()) == 1
    log_path.write_bytes(raw.replace("已经补发".encode(), "已经补寄".encode()))
    assert cli.main(["verify", "--log", log_url]) == 1
    assert "DAMAGED" in capsys.readouterr().out


def test_a_roster_does_not_move_the_end(tmp_path: Path, log_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A roster laid beside an old log, without and with shifts beyond it, leaves the latest instant where it was."""
    path = tmp_path / "agents.toml"
    path.write_text(ROSTER, encoding="utf-8")
    last = instant("2026-06-18T10:29", zone="UTC")
    with open_log(log_url) as log:
        opened = ConversationOpened(at=last, source="shop", source_id="1", conversation="c1", customer="u")
        log.append([opened], received_at=last)
    for period in ([], ["--from", "2026-06-17", "--to", "2026-06-20", "--zone", "UTC"]):
        assert cli.main(["roster", str(path), "--log", log_url, *period]) == 0
    with open_log(log_url) as log:
        events = [stored.event for stored in log.read()]
    assert max(event.at for event in events) == last
    assert [event.presence for event in events if isinstance(event, PresenceSet)] == ["online", "offline", "online"]
    capsys.readouterr()


def test_roster_twice_adds_nothing(tmp_path: Path, log_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A roster with a period stores agents and shifts once; without a zone the period is refused."""
    path = tmp_path / "agents.toml"
    path.write_text(ROSTER, encoding="utf-8")
    period = ["--from", "2026-06-18", "--to", "2026-06-20"]
    assert cli.main(["roster", str(path), "--log", log_url, *period]) == 2
    assert "zone" in capsys.readouterr().err
    for stored in (5, 0):
        assert cli.main(["roster", str(path), "--log", log_url, *period, "--zone", "UTC", "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == {"agents": 1, "presences": 4, "stored": stored}
    assert cli.main(["roster", str(path), "--log", log_url]) == 0
    assert "0 facts were new" in capsys.readouterr().out


def test_the_zone_of_shifts_is_the_imports(
    page: str, tmp_path: Path, log_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A log that knows the zone of its import need not be told it again; shifts begin at eight there."""
    path = tmp_path / "agents.toml"
    path.write_text(ROSTER, encoding="utf-8")
    assert cli.main(["import", "meiqia", page, "--log", log_url, "--zone", "Asia/Shanghai", "--quiet"]) == 0
    with open_log(log_url) as log:
        day = moment(min(stored.event.at for stored in log.read()), zone="Asia/Shanghai")[:10]
    assert cli.main(["roster", str(path), "--log", log_url, "--from", day, "--to", f"{day}T23:00"]) == 0
    with open_log(log_url) as log:
        shifts = {moment(stored.event.at, zone="Asia/Shanghai")[11:] for stored in log.read(kinds=[PresenceSet])}
    assert "08:00:00" in shifts
    capsys.readouterr()


def test_shifts_to_come_are_refused(tmp_path: Path, log_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A log holds what has happened: a period that has not ended is refused, and nothing is stored."""
    path = tmp_path / "agents.toml"
    path.write_text(ROSTER, encoding="utf-8")
    period = ["--from", "2026-06-18", "--to", "2999-01-01", "--zone", "UTC"]
    assert cli.main(["roster", str(path), "--log", log_url, *period]) == 2
    said = capsys.readouterr().err
    assert "no shifts to come" in said
    assert "Hint: --to 20" in said
    assert cli.main(["verify", "--log", log_url]) == 1


def test_a_missing_log_leads_to_the_one_nearby(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Looked for in the wrong folder, the hint is the address of the log of the same name one folder up."""
    cli.main(["import", "meiqia", page, "--log", f"sqlite:///{tmp_path / 'desk.db'}", "--zone", "UTC", "--quiet"])
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    capsys.readouterr()
    assert cli.main(["verify", "--log", "sqlite:///desk.db"]) == 1
    hint = capsys.readouterr().err.rpartition("Hint: ")[2].strip()
    assert cli.main(["verify", "--log", hint]) == 0
    assert cli.main(["verify", "--log", f"sqlite:///{tmp_path}"]) == 1
    assert "folder" in capsys.readouterr().err


def test_lab_opens_the_notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """JupyterLab is started on this machine's own address, at the first notebook, with options passed on."""
    notebook = tmp_path / "notebooks" / "01_desk.ipynb"
    notebook.parent.mkdir()
    notebook.write_text("{}")
    started: list[list[str]] = []

    def start(command: list[str], *, check: bool) -> subprocess.CompletedProcess[str]:
        started.append(command)
        return subprocess.CompletedProcess(command, int(check))

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(subprocess, "run", start)
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    assert cli.main(["lab", "notebooks", "--", "--no-browser"]) == 0
    assert cli.main(["lab", "--", "--no-browser"]) == 0  # options alone are no folder
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    assert cli.main(["lab"]) == 0
    start_it = [sys.executable, "-m", "jupyterlab", "--ip=127.0.0.1"]
    first = str(notebook.relative_to(tmp_path))
    plain = [*start_it, "--no-browser", first]
    assert started == [plain, plain, [*start_it, "--allow-root", first]]


def test_help_loads_nothing_heavy() -> None:
    """Asking for help is quick: neither polars nor SQLAlchemy nor the log is loaded."""
    code = "import sys, deskkit.cli; print(sorted({'polars', 'sqlalchemy', 'tqdm', 'numba'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
