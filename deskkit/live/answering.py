"""Sending to a server that may answer whatever it likes: little of the answer is read, and at the end it is cut off.

Apprise reads all of an answer, however long it is. Whatever its plugins send by `requests` goes through a session that
reads some kilobytes and then closes the connection; who waited long enough ends the sending, whatever it does.
"""

from __future__ import annotations

import sys
import threading
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

__all__ = ["MOST", "SendingThread", "bounded"]

MOST: Final = 65_536  # bytes of an answer that are read; what services say is a line
_VERBS: Final = ("get", "post", "put", "patch", "delete", "head", "options")
_made: Final[list[Any]] = []  # the one stand-in for `requests`, once it is made


class SendingThread(threading.Thread):
    """A thread that sends, and can be ended from outside as long as it waits for a connection.

    Parameters
    ----------
    send : callable

    Examples
    --------
    >>> sent = []
    >>> sending = SendingThread(lambda: sent.append("hello"))
    >>> sending.start(), sending.join(), sent
    (None, None, ['hello'])
    """

    def __init__(self, send: Callable[[], None]) -> None:
        super().__init__(name="deskkit push", daemon=True)
        self._send = send
        self._is_ended = False
        self._open: list[socket.socket] = []

    def run(self) -> None:
        """Send."""
        self._send()

    def connected(self, connection: socket.socket) -> None:
        """Hear of a connection that was opened for it."""
        self._open.append(connection)
        if self._is_ended:
            self.end()

    def end(self) -> None:
        """Close what it is connected to: whatever it waits for there has failed."""
        self._is_ended = True
        for connection in list(self._open):
            with suppress(OSError):  # closed already
                connection.shutdown(2)


def bounded(service: object) -> None:
    """Let the plugin of a service read little of any answer."""
    for kind in type(service).__mro__:
        module: Any = sys.modules[kind.__module__]
        if kind.__module__.startswith("apprise.") and hasattr(module, "requests"):
            module.requests = _stand_in()


def _stand_in() -> Any:  # noqa: ANN401 -- a module, but for what it sends
    """Return what stands for the module `requests` in a plugin."""
    if not _made:
        import requests  # noqa: PLC0415 -- comes with Apprise, an extra

        session = _session()

        class Requests:
            Session = session

            def __getattr__(self, name: str) -> Any:  # noqa: ANN401
                return partial(self.request, name) if name in _VERBS else getattr(requests, name)

            def request(self, method: str, url: str, **how: Any) -> requests.Response:
                with session() as one:
                    response: requests.Response = one.request(method, url, **how)
                return response

        _made.append(Requests())
    return _made[0]


def _session() -> Any:  # noqa: ANN401 -- a class of an extra
    """Return the class of sessions that read little."""
    import requests  # noqa: PLC0415
    from requests.adapters import HTTPAdapter  # noqa: PLC0415
    from urllib3 import HTTPConnectionPool, HTTPSConnectionPool  # noqa: PLC0415
    from urllib3.exceptions import HTTPError  # noqa: PLC0415

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *these: Any, **named: Any) -> None:
            super().init_poolmanager(*these, **named)
            self.poolmanager.pool_classes_by_scheme = {
                "http": _telling(HTTPConnectionPool), "https": _telling(HTTPSConnectionPool)
            }  # fmt: skip

    class Session(requests.Session):
        def __init__(self) -> None:
            super().__init__()
            self.mount("http://", Adapter())
            self.mount("https://", Adapter())

        def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:
            response = super().send(request, **how | {"stream": True})
            try:
                response._content = _beginning(response.raw)  # noqa: SLF001 -- where `requests` keeps what was read
            except HTTPError as error:  # cut off, or not what it says it is
                raise requests.ConnectionError(error, request=request) from error
            finally:
                response.close()
            return response

    return Session


def _beginning(raw: Any) -> bytes:  # noqa: ANN401 -- an answer of urllib3
    """Return the first bytes of an answer, unpacked."""
    parts, left = [], MOST
    while left > 0 and (part := raw.read(min(left, 4_096), decode_content=True)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _telling(pool: Any) -> Any:  # noqa: ANN401 -- classes of an extra
    """Return a kind of pool whose connections tell the thread that opens them."""

    class Connection(pool.ConnectionCls):  # type: ignore[misc]
        def connect(self) -> None:
            super().connect()
            sending = threading.current_thread()
            if isinstance(sending, SendingThread):
                sending.connected(self.sock)

    return type(pool.__name__, (pool,), {"ConnectionCls": Connection})
