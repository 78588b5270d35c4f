"""A study on a real Dask cluster: the same bytes as here, whoever is lost; clear words where it cannot be."""

from __future__ import annotations

import importlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from contextlib import closing
from importlib import metadata
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from distributed import Client

from deskkit.cli import main
from deskkit.desk.policy import Policy
from deskkit.errors import ScenarioError
from deskkit.sim import alike, cluster
from deskkit.sim.alike import made_of
from deskkit.sim.cluster import Cluster
from deskkit.sim.experiment import compare, replicate
from deskkit.sim.processes import in_order
from deskkit.sim.scenariofile import load_scenario
from deskkit.sim.workload import sample
from tests.patience import PATIENCE_S, wait_until
from tests.sim.clusters import ROOT, Somewhere, deadly, held_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from deskkit.sim.engine import Pick
    from deskkit.sim.processes import Workers
    from deskkit.sim.study import Study

SMALL = "data/scenarios/small.toml"
STANDARD = "data/policies/standard.toml"
pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Somewhere]:
    """Return a cluster that still has no workers."""
    made = Somewhere(tmp_path_factory.mktemp("cluster"))
    yield made
    made.end()


@pytest.fixture
def somewhere(scheduler: Somewhere) -> Somewhere:
    """Return the cluster with a worker at least, and nobody held up."""
    scheduler.have(1)
    return scheduler


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the path of a quarter of an hour of the small scenario."""
    text = (ROOT / "data/scenarios/small.toml").read_text(encoding="utf-8")
    path = tmp_path_factory.mktemp("short") / "short.toml"
    path.write_text(text.replace('"10:00-11:00"', '"10:00-10:15"'), encoding="utf-8")
    return str(path)


def study(short: str, workers: Workers, pick: Pick | None = None) -> Study:
    """Return replications under two policies, more than three workers do at once."""
    policies = {name: Policy.load(f"data/policies/{name}.toml") for name in ("standard", "quiet")}
    return compare(policies, load_scenario(short), replications=4, seed=4, workers=workers, pick=pick)


def as_json(found: Study) -> str:
    """Return all that is said of a study."""
    return json.dumps(found.as_dict())


def beside(act: Callable[[], object]) -> threading.Thread:
    """Do something while the test itself waits."""
    (thread := threading.Thread(target=act)).start()
    return thread


def test_a_killed_worker_changes_nothing(somewhere: Somewhere, short: str, capfd: pytest.CaptureFixture[str]) -> None:
    """One of three is killed in the midst of a replication: the result is that of this process alone, to the byte."""
    somewhere.have(3)
    somewhere.hold_up()
    killed: list[int] = []

    def kill_one() -> None:
        wait_until(lambda: len(somewhere.marks()) == 3)  # the control: all three are in the midst of a replication
        killed.append(min(somewhere.marks()))
        somewhere.kill(killed[0])
        somewhere.let_go()

    other = beside(kill_one)
    found = study(short, somewhere.address, held_up)
    other.join()
    assert as_json(found) == as_json(study(short, 1, held_up))
    assert [one.pid for one in somewhere.workers if one.poll() == -signal.SIGKILL] == killed
    assert "a worker was lost; what it had to do is done by another" in capfd.readouterr().err


def test_an_error_arrives_whole(somewhere: Somewhere) -> None:
    """Place, value and hint of an error on a worker are those it was raised with."""
    with pytest.raises(ScenarioError) as here:
        list(in_order(failing, [3], workers=1))
    with pytest.raises(ScenarioError) as there:
        list(in_order(failing, [3], workers=somewhere.address))
    assert vars(there.value) == vars(here.value)


def test_a_lacking_module_is_said(somewhere: Somewhere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A decision from a file of this machine alone cannot be taken there."""
    (tmp_path / "only_here.py").write_text("def work(job):\n    return job\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    work = importlib.import_module("only_here").work
    assert list(in_order(work, [3])) == [(3, 3)]
    with pytest.raises(ScenarioError, match=r"^3: A worker lacks a module: No module named 'only_here'\."):
        list(in_order(work, [3], workers=somewhere.address))


def failing(job: int) -> int:
    """Fail with an error of our own."""
    raise ScenarioError("It failed.", place=f"replication {job}", value="seed 9", example="seed=9")


def test_the_commands_say_the_same(somewhere: Somewhere, short: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Of `simulate` and `tune`, every byte of --json."""
    simulated = ["simulate", short, "--policy", STANDARD, "--replications", "2", "--quiet", "--json"]
    search = [
        "tune", short, "--policy", STANDARD, "--vary", "capacity.agent=3..4", "--goal", "reply_p90", "--json",
        "--quiet", "--engine", "simpy", "--candidates", "2", "--replications", "1", "--most", "1", "--fresh", "2",
    ]  # fmt: skip
    for command in (simulated, search):
        said = []
        for who in (["--cluster", somewhere.address], ["--workers", "1"]):
            assert main([*command, *who]) == 0
            said.append(capsys.readouterr().out)
        assert said[0] == said[1]
        assert "reply_p90" in said[0]


class _Other:
    """What this process would be made of if it were another; sent to a worker it is the worker's own `made_of`."""

    def __call__(self) -> dict[str, str]:
        return {**made_of(), "numba": "0.1", "Python": "2.7"}

    def __reduce__(self) -> tuple[object, ...]:
        return getattr, (alike, "made_of")


def test_other_releases_are_refused(somewhere: Somewhere, short: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the beginning, with what differs on which worker; on one that comes later, before it does anything."""
    monkeypatch.setattr(cluster, "made_of", _Other())
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    said = rf"something else: Python {python} \(here 2.7\), numba .*\(here 0.1\)\."
    with pytest.raises(ScenarioError, match=said) as caught:
        study(short, somewhere.address)
    assert caught.value.place.startswith("tcp://127.0.0.1:")
    monkeypatch.setattr(Cluster, "check", lambda _: None)
    with pytest.raises(ScenarioError, match=said):
        study(short, somewhere.address)


def test_a_worker_without_deskkit_is_refused() -> None:
    """What it lacks is said; who went away meanwhile is no matter."""
    client: Any = SimpleNamespace(subscribe_topic=lambda *_: None)
    found = Cluster(client, "tcp://127.0.0.1:8786")
    found.refuse("tcp://10.0.0.7:40001", OSError("gone"))
    with pytest.raises(ScenarioError, match=r"tcp://10.0.0.7:40001: .* deskkit none \(here "):
        found.refuse("tcp://10.0.0.7:40001", metadata.PackageNotFoundError("deskkit"))


def only_the_first(job: int) -> int:
    """Be held up, but for the first job."""
    return held_up(None, [SimpleNamespace(asked=0, index=job)], 0).index if job else 0


def test_enough_is_enough(somewhere: Somewhere) -> None:
    """Who closes the results early takes back what was handed out; nobody of the cluster ends."""
    somewhere.hold_up()
    with closing(in_order(only_the_first, range(500), workers=somewhere.address)) as found:
        assert next(found) == (0, 0)
        wait_until(somewhere.marks)
        assert somewhere.tasks() > 0
    somewhere.let_go()
    wait_until(lambda: somewhere.tasks() == 0)
    assert any(one.poll() is None for one in somewhere.workers)


def test_ctrl_c_takes_back_what_was_handed_out(somewhere: Somewhere) -> None:
    """In the midst of a long study: one sentence, and the cluster is free for others."""
    words = ["simulate", SMALL, "--policy", STANDARD, "--replications", "100000", "--cluster", somewhere.address]
    code = "import sys; from deskkit.cli import main; sys.exit(main(sys.argv[1:]))"
    run = subprocess.Popen([sys.executable, "-c", code, *words], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        wait_until(lambda: somewhere.tasks() > 0 or run.poll() is not None, glance_s=0.2)
        assert run.poll() is None
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=PATIENCE_S)
    finally:
        run.kill()
    assert run.returncode == 1
    assert "Interrupted; there is no result" in said
    assert "Traceback" not in said
    assert "distributed" not in said
    wait_until(lambda: somewhere.tasks() == 0)


def test_a_cluster_that_goes_is_said(
    tmp_path: Path, short: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """No worker at the beginning, one that a job ends, none that is left, no scheduler: each in words of its own."""
    made = Somewhere(tmp_path, retries=0)
    try:
        with monkeypatch.context() as soon:
            soon.setattr(cluster, "_WORKERS_S", 0.1)
            with pytest.raises(ScenarioError, match=f"has no workers.*Hint: dask worker {made.address}"):
                study(short, made.address)
        made.have(1)
        ended_by_a_job(made, short, 1)
        monkeypatch.setattr(Cluster, "check", lambda _: None)  # there was a worker
        with monkeypatch.context() as soon:
            soon.setattr(cluster, "PATIENCE_S", 0)
            with pytest.raises(ScenarioError, match="No worker is left"):
                study(short, made.address)

        def kill_it() -> None:
            wait_until(made.tasks)  # the control: it has work
            made.scheduler.kill()

        other = beside(kill_it)
        with pytest.raises(ScenarioError, match="went away in the midst of the work"):
            study(short, made.address)
        other.join()
    finally:
        made.end()
    logging.getLogger("distributed.client").error("the control")
    assert [one.message for one in caplog.records if one.name.startswith("distributed.")] == ["the control"]


def ended_by_a_job(made: Somewhere, short: str, workers: int) -> None:
    """Hand out a job that ends so many workers, and expect that it is named, with its replication and seed."""
    policy, scenario = Policy.load(STANDARD), load_scenario(short)
    with pytest.raises(ScenarioError, match=f"^replication 0.*: {workers} workers? ended while") as caught:
        replicate(scenario, policy, replications=1, seed=9, workers=made.address, pick=deadly)
    assert caught.value.place == "replication 0, seed 9, under standard"
    wait_until(lambda: sum(one.poll() is not None for one in made.workers) == workers)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("tcp://10.0.0.5:8786", "This line is open.*Hint: tls://10.0.0.5:8786"),
        ("tls://127.0.0.1:8786", "no certificates.*ca-file"),
        ("127.0.0.1:8786", "no address of a cluster"),
        ("tcp://127.0.0.1", "no address of a cluster"),
        ("tcp://127.0.0.1:x", "no address of a cluster"),
        ("ws://127.0.0.1:8786", "no address of a cluster"),
        ("tcp://127.0.0.1:9", "No scheduler of Dask answers"),
    ],
)
def test_addresses_are_refused(address: str, said: str, short: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An open line to another machine, one without certificates, what is no address, and where nobody is."""
    monkeypatch.setattr(cluster, "_CONNECT_S", 0.2)
    with pytest.raises(ScenarioError, match=said):
        study(short, address)


def test_an_open_line_may_be_wanted(short: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dask's own configuration says so, explicitly; then the line is tried."""
    import dask  # noqa: PLC0415 - of this test alone

    monkeypatch.setattr(cluster, "_CONNECT_S", 0.2)
    wanted = dask.config.set({"distributed.comm.require-encryption": False})
    with wanted, pytest.raises(ScenarioError, match="No scheduler of Dask answers"):
        study(short, "tcp://desk.invalid:8786")


def test_a_worker_is_no_scheduler(somewhere: Somewhere, short: str) -> None:
    """The address of a worker is easily taken for the cluster's."""
    with Client(somewhere.address, set_as_default=False) as client:
        worker = min(client.nthreads())
    with pytest.raises(ScenarioError, match="answers: Worker"):
        study(short, worker)


def test_customers_stay_here(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither a given workload nor those of a log are sent to a cluster."""
    scenario, policy = load_scenario(SMALL), Policy.load(STANDARD)
    with pytest.raises(ScenarioError, match="a cluster is sent policies and seeds alone"):
        replicate(scenario, policy, workload=sample(scenario, seed=1), workers="tcp://127.0.0.1:8786")
    words = ["simulate", "--log", "sqlite:///none.db", "--policy", STANDARD, "--cluster", "tcp://127.0.0.1:8786"]
    assert main(words) == 2
    assert "do not leave this machine" in capsys.readouterr().err


def test_either_workers_or_a_cluster(capsys: pytest.CaptureFixture[str]) -> None:
    """Both, or no address, is wrong use of each command."""
    for command in ("simulate", "compare", "tune"):
        for words in (["--cluster", "desk.example"], ["--cluster", "tcp://127.0.0.1:1", "--workers", "2"]):
            with pytest.raises(SystemExit) as ended:
                main([command, SMALL, "--policy", STANDARD, *words])
            assert ended.value.code == 2
            assert "--cluster" in capsys.readouterr().err


@pytest.mark.full
def test_many_killed_workers_change_nothing(tmp_path: Path) -> None:
    """Six kills of busy workers in a study of 80 replications, each replaced: the same bytes as in this process."""
    made = Somewhere(tmp_path, retries=6)
    kills: list[int] = []
    is_done = threading.Event()

    def kill_some() -> None:
        for _ in range(6):
            made.hold_up()
            wait_until(lambda: made.marks() or is_done.is_set())
            if made.marks():  # in the midst of a replication
                kills.append(min(made.marks()))
                made.kill(kills[-1])
            made.have(3)

    policies = {name: Policy.load(f"data/policies/{name}.toml") for name in ("standard", "quiet")}
    scenario = load_scenario(SMALL)
    try:
        made.have(3)
        other = beside(kill_some)
        there = compare(policies, scenario, replications=40, seed=5, workers=made.address, pick=held_up)
        is_done.set()
        other.join()
    finally:
        made.end()
    assert len(kills) == 6
    assert as_json(there) == as_json(compare(policies, scenario, replications=40, seed=5, pick=held_up, workers=2))


@pytest.mark.full
def test_a_job_that_ends_every_worker_is_given_up(tmp_path: Path, short: str) -> None:
    """After as many workers as Dask gives it, four; a fifth is left."""
    made = Somewhere(tmp_path)
    try:
        made.have(5)
        ended_by_a_job(made, short, 4)
    finally:
        made.end()


@pytest.mark.full
def test_the_compiled_engine_is_the_same_there(scheduler: Somewhere) -> None:
    """Every byte of a study of two hundred days."""
    scheduler.have(3)
    policy, scenario = Policy.load(STANDARD), load_scenario(SMALL)
    there, here = (
        replicate(scenario, policy, replications=200, seed=6, engine="compiled", workers=workers)
        for workers in (scheduler.address, 1)
    )
    assert as_json(there) == as_json(here)


@pytest.mark.full
def test_a_closed_line(tmp_path: Path, short: str) -> None:
    """With certificates of both sides the result is the same; with those of a stranger nobody answers."""
    import dask  # noqa: PLC0415 - of this test alone

    own, strange = (certificates(tmp_path / name) for name in ("own", "strange"))
    words = [word for name, path in own.items() for word in (f"--tls-{name}", path)]
    made = Somewhere(tmp_path, words, scheme="tls")
    try:
        with dask.config.set(configured(own)):
            made.have(2)
            assert as_json(study(short, made.address)) == as_json(study(short, 1))
        with dask.config.set(configured(strange)), pytest.raises(ScenarioError, match="No scheduler of Dask answers"):
            study(short, made.address)
    finally:
        made.end()


def configured(found: dict[str, str]) -> dict[str, str]:
    """Return certificates as Dask's configuration names them."""
    parts = {f"distributed.comm.tls.client.{name}": found[name] for name in ("cert", "key")}
    return {"distributed.comm.tls.ca-file": found["ca-file"], **parts}


def certificates(folder: Path) -> dict[str, str]:
    """Make a certificate that signs itself, for a day."""
    folder.mkdir()
    key, cert = str(folder / "key.pem"), str(folder / "cert.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
        check=True, capture_output=True,
    )  # fmt: skip
    return {"ca-file": cert, "cert": cert, "key": key}
