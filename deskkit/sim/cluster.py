"""Work on a Dask cluster: the same jobs as in processes of one's own, in the same order, with the same result.

A cluster is somebody's: it is given by its address, never begun, found or left running by deskkit. Whoever may speak
to a scheduler runs code on its workers, so an open line to another machine is refused unless Dask's own configuration
says otherwise. This module knows nothing of what the work is.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import sys
import time
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager
from importlib import metadata
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

from deskkit.errors import DeskkitError, ScenarioError
from deskkit.sim.alike import differences, done_alike, made_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from distributed import Client

__all__ = ["Cluster", "joined"]

_CONNECT_S: Final = 5
_WORKERS_S: Final = 10
PATIENCE_S: Final = 60
"""So long a cluster may have no worker at all: one that ended is begun anew within seconds, if anybody does it."""
_BEGIN: Final = "dask worker {} --nthreads 1 --no-dashboard"
_PLAIN: Final = "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION"
_TLS: Final = "DASK_DISTRIBUTED__COMM__TLS__"

_LOST: Final = (OSError, RuntimeError, AttributeError, CancelledError, asyncio.CancelledError)
"""Whatever a client says that lost its scheduler."""

Job = TypeVar("Job")
Found = TypeVar("Found")


class Machine(NamedTuple):
    """A machine of the cluster, by one of its workers."""

    worker: str


class Cluster:
    """The workers of a cluster, at hand for jobs; see `joined`.

    Parameters
    ----------
    client : distributed.Client
    address : str
        As it was given.
    """

    def __init__(self, client: Client, address: str) -> None:
        self._client, self._address = client, address
        self._name = f"deskkit-{uuid4().hex}"
        self._work: object = None
        self._packed = b""
        self._handed: set[Future[Any]] = set()
        self._count = 0
        self._lost = self._told = 0
        self._is_changed = True
        self._threads = 0
        self._alone_since: float | None = None
        client.subscribe_topic("all", self._hear)

    @property
    def width(self) -> int:
        """How many jobs the workers do at once."""
        return max(1, self._threads)

    def machines(self) -> list[Machine]:
        """Return a worker of each machine, as a job that is done there: others stand in for it if it is lost."""
        about: dict[str, dict[str, Any]] = self._client.scheduler_info()["workers"]
        return [Machine(worker) for worker in {str(one["host"]): worker for worker, one in about.items()}.values()]

    def submit(self, work: Callable[[Job], Found], job: Job, about: str) -> Future[Found]:
        """Hand out a job; `about` says of it which one it is."""
        if work is not self._work:
            import cloudpickle  # noqa: PLC0415 - comes with Dask; a function of a script travels with its code

            self._work, self._packed = work, cloudpickle.dumps(work)
        self._count += 1
        place: Any = {"workers": [job.worker], "allow_other_workers": True} if isinstance(job, Machine) else {}
        made: Any = self._client.submit(
            done_alike, made_of(), self._packed, job, key=f"{self._name}-{self._count}", pure=False, **place
        )
        found = asyncio.run_coroutine_threadsafe(self._brought(made, about), self._loop)
        self._handed.add(found)
        found.add_done_callback(self._handed.discard)
        return found

    async def _brought(self, made: Any, about: str) -> Any:  # noqa: ANN401 - any job's result
        """Wait for what comes of a job; say in our words what became of the cluster."""
        from distributed import KilledWorker  # noqa: PLC0415 - loaded when needed

        try:
            return await made
        except KilledWorker as error:
            many = error.allowed_failures + 1
            raise ScenarioError(
                f"{many} worker{'s' if many > 1 else ''} ended while this was to be done there.",
                place=about, expected="memory enough on each worker; their logs say why they ended",
                example="the same run alone, on this machine",
            ) from error  # fmt: skip
        except CancelledError as error:
            raise self._gone() from error
        except ImportError as error:
            raise ScenarioError(
                f"A worker lacks a module: {error}.", place=about, expected="the same modules there as here",
                example="pip install -r requirements.lock, the same file on every machine",
            ) from error  # fmt: skip

    def look(self) -> None:
        """Say which workers were lost, and refuse to wait for a cluster that has none left.

        Raises
        ------
        ScenarioError
        """
        if self._lost > self._told:
            self._told = self._lost
            sys.stderr.write(f"{self._address}: a worker was lost; what it had to do is done by another.\n")
        if self._is_changed:
            self._is_changed = False
            self._count_workers()
        if self._threads:
            self._alone_since = None
            return
        self._alone_since = self._alone_since or time.monotonic()
        if time.monotonic() - self._alone_since > PATIENCE_S:
            raise ScenarioError(
                f"No worker is left, and none came for {PATIENCE_S} s.", place=self._address, expected="one at least",
                example=_BEGIN.format(self._address),
            )  # fmt: skip

    def check(self) -> None:
        """Refuse workers that would compute something else, and wait for the first one.

        Raises
        ------
        ScenarioError
        """
        try:
            self._client.wait_for_workers(1, timeout=_WORKERS_S)
        except TimeoutError as error:
            raise ScenarioError(
                "The cluster has no workers.", place=self._address, expected="one at least",
                example=_BEGIN.format(self._address),
            ) from error  # fmt: skip
        except _LOST as error:
            raise self._gone() from error
        for find, named in ((metadata.version, ("deskkit",)), (made_of, ())):
            try:
                told = self._client.run(find, *named, on_error="return")
            except _LOST as error:
                raise self._gone() from error
            for worker, found in told.items():
                self.refuse(worker, {"deskkit": found} if isinstance(found, str) else found)
        self._count_workers()

    def refuse(self, worker: str, found: object) -> None:
        """Refuse a worker of which this was found, if it is made of something else; who has gone is no matter."""
        if isinstance(found, OSError):
            return
        here = made_of()
        if isinstance(found, metadata.PackageNotFoundError):
            found = {"deskkit": "none"}
        elif isinstance(found, Exception):
            raise found
        there: Any = found
        said = differences({name: here[name] for name in there}, there)
        if said:
            raise ScenarioError(
                f"A worker would compute something else: {said}.", place=worker,
                expected="the same releases there as here",
                example="pip install -r requirements.lock, the same file on every machine",
            )  # fmt: skip

    def leave(self) -> None:
        """Take back what was handed out, and leave the cluster as it was found."""
        for one in list(self._handed):
            one.cancel()
        if self._client.status == "running":
            self._client.unsubscribe_topic("all")  # else the scheduler tells who is gone, and complains
        self._client.close()

    @property
    def _loop(self) -> asyncio.AbstractEventLoop:
        loop: Any = self._client.loop
        found: asyncio.AbstractEventLoop = loop.asyncio_loop
        return found

    def _hear(self, event: tuple[float, Any]) -> None:
        """Hear of workers that come and go."""
        said = event[1]
        what = said.get("action") if isinstance(said, dict) else None
        if what in {"add-worker", "remove-worker"}:
            self._is_changed = True
        if what == "remove-worker" and not said["expected"]:
            self._lost += any(str(key).startswith(self._name) for key in said["processing-tasks"])

    def _count_workers(self) -> None:
        try:
            self._threads = sum(self._client.nthreads().values())
        except _LOST as error:
            raise self._gone() from error

    def _gone(self) -> ScenarioError:
        return ScenarioError(
            "The cluster went away in the midst of the work.", place=self._address,
            expected="a scheduler that runs until it is done", example="the same again, once it is back",
        )  # fmt: skip


@contextmanager
def joined(address: str) -> Iterator[Cluster]:
    """Have the workers of a cluster at hand.

    Parameters
    ----------
    address : str
        ``tls://host:port`` or, on this machine, ``tcp://host:port``.

    Raises
    ------
    DeskkitError
        Dask is not installed.
    ScenarioError
        Nobody answers there, no worker is there, a worker is made of something else, or the line would be open to
        others.
    """
    if find_spec("distributed") is None:
        raise DeskkitError(
            "Dask is not installed.", place="cluster", expected="distributed", example="pip install 'deskkit[cluster]'"
        )
    with _silent():
        cluster = Cluster(_client(address), address)
        try:
            cluster.check()
            yield cluster
        finally:
            cluster.leave()


@contextmanager
def _silent() -> Iterator[None]:
    """Let Dask write no tracebacks of its own: what becomes of a cluster is said here, in words."""
    loggers = [logging.getLogger(f"distributed.{name}") for name in ("client", "core", "comm")]
    levels = [one.level for one in loggers]
    for one in loggers:
        one.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for one, level in zip(loggers, levels, strict=True):
            one.setLevel(level)


def _client(address: str) -> Client:
    """Reach a scheduler, in the safe way its address says."""
    import dask  # noqa: PLC0415 - they take half a second to load
    from distributed import Client  # noqa: PLC0415
    from distributed.security import Security  # noqa: PLC0415

    security = Security()
    if address.startswith("tls:"):
        _check_certificates(address, security)
    elif not _is_here(address) and dask.config.get("distributed.comm.require-encryption") is not False:
        raise ScenarioError(
            "This line is open: whoever is on it runs code there and here.", place=address,
            expected=f"tls:// with certificates, or, on a network of your own alone, {_PLAIN}=False",
            example=address.replace("tcp:", "tls:"),
        )  # fmt: skip
    with ThreadPoolExecutor(1) as beside:  # a notebook's own thread has a loop already
        who = beside.submit(asyncio.run, _who(address, security.get_connection_args("client"))).result()
    if who != "Scheduler":
        raise _no_scheduler(address, who)
    try:
        return Client(address, timeout=_CONNECT_S, set_as_default=False, security=security)
    except (OSError, CancelledError, asyncio.CancelledError) as error:  # it answered, and then no more
        raise _no_scheduler(address, _why(error)) from error


def _no_scheduler(address: str, who: str) -> ScenarioError:
    return ScenarioError(
        f"No scheduler of Dask answers: {who}.", place=address,
        expected="the address that `dask scheduler` says", example="tcp://127.0.0.1:8786",
    )  # fmt: skip


def _why(error: BaseException) -> str:
    """Say why nobody answers; Dask ends an attempt that takes too long by cancelling it."""
    while error.__cause__ is not None:
        error = error.__cause__
    if isinstance(error, TimeoutError | CancelledError | asyncio.CancelledError):
        return "nobody who speaks as one does"
    return str(error) or type(error).__name__


async def _who(address: str, options: Any) -> str:  # noqa: ANN401 - Dask's own
    """Ask who is at an address: a client that is wrong there cannot be closed for half a minute."""
    from distributed.core import rpc  # noqa: PLC0415 - loaded when needed

    try:
        async with rpc(address, timeout=_CONNECT_S, connection_args=options) as there:
            said = await asyncio.wait_for(there.identity(), 2 * _CONNECT_S)
    except (OSError, asyncio.CancelledError) as error:  # nobody else cancels what runs in a loop of its own
        return _why(error)
    return str(said.get("type"))


def _check_certificates(address: str, security: Any) -> None:  # noqa: ANN401 - Dask is loaded when needed
    """Refuse a closed line without what closes it, on both sides."""
    try:
        found = security.get_connection_args("client")["ssl_context"]
        reason = ""
    except OSError as error:  # ssl's own errors are such
        found, reason = None, f": {error}"
    if found is None:
        raise ScenarioError(
            f"Dask has no certificates for this line{reason}.", place=address,
            expected="distributed.comm.tls.ca-file, client.cert and client.key in Dask's configuration",
            example=f"export {_TLS}CA_FILE=ca.pem {_TLS}CLIENT__CERT=cert.pem {_TLS}CLIENT__KEY=key.pem",
        )  # fmt: skip


def _is_here(address: str) -> bool:
    """Say whether an address is of this machine, whatever resolves names.

    Examples
    --------
    >>> [_is_here(f"tcp://{host}:8786") for host in ("127.0.0.1", "[::1]", "localhost", "10.0.0.5", "desk.example")]
    [True, True, True, False, False]
    """
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
