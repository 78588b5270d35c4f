"""Push: the file of addresses, what is sent and to whom, and that a server that hangs delays nobody."""

from __future__ import annotations

import json
import logging
import os
import signal
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from deskkit.clock import SystemClock
from deskkit.desk import events
from deskkit.errors import DeskkitError
from deskkit.live.child import ensure_driver
from deskkit.live.inbox import submit
from deskkit.live.lease import take_lease
from deskkit.live.push import Push, load_push, push_route
from deskkit.live.serve import Serving, Ways
from deskkit.log import open_log
from deskkit.views.desk.alertpush import state
from deskkit.views.words import Words
from tests.live.desks import ROUND_THE_CLOCK, STANDARD, START, make
from tests.patience import PATIENCE_S, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskkit.clock import Clock
    from deskkit.desk.policy import Policy

AT_ONCE = STANDARD.edit(ROUND_THE_CLOCK).edit(
    {"notify.ladder[3].rungs": [{"after": "0 s", "to": "owner", "ring": "push"}]}
)
HIDDEN = "k3y-0f-the-h0use"
LONG_MS = 10**9


class Server:
    """A tiny server on loopback: what it was sent, and what it answers; it may hang."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.answers: list[int] = []
        self.goes_on = threading.Event()
        self.goes_on.set()
        self.drips = threading.Event()
        self.ended = threading.Event()
        self.arrived = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                body = json.loads(self.rfile.read(length) or "{}")
                outer.arrived.set()
                outer.goes_on.wait(PATIENCE_S)
                code = outer.answers.pop(0) if outer.answers else 200
                if code == 200:
                    outer.got.append(body | {"path": self.path})
                with suppress(OSError):
                    self.send_response(code)
                    self.send_header("Location", "/elsewhere")
                    self.end_headers()
                    for _ in range(PATIENCE_S * 20):
                        if not outer.drips.is_set():
                            break
                        self.wfile.write(b".")
                        self.wfile.flush()
                        time.sleep(0.05)
                    outer.ended.set()  # not where the other end hung up

            do_GET = do_POST  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True

    @property
    def url(self) -> str:
        """The address in Apprise's way of writing it."""
        return f"json://127.0.0.1:{self.http.server_port}/{HIDDEN}?rto=30"


@pytest.fixture
def server() -> Iterator[Server]:
    """Run a server."""
    made = Server()
    thread = threading.Thread(target=made.http.serve_forever, daemon=True)
    thread.start()
    yield made
    made.goes_on.set()
    made.http.shutdown()
    made.http.server_close()
    thread.join()


class Still:
    """A clock for a test."""

    speed = 1.0

    def __init__(self) -> None:
        self.at = START

    def now(self) -> int:
        """Return the instant."""
        return self.at


@contextmanager
def serving(push: Push, clock: Clock, policy: Policy = AT_ONCE) -> Iterator[Serving]:
    """Serve a desk with one agent, Chen."""
    log = open_log("memory:")
    holding = take_lease(log, "test")
    assert holding is not None
    served = Serving(log, policy, holding, ways=Ways(push=push), clock=clock)
    for fact in (
        make(events.AgentSet, "chen", agent="chen", groups=("presales",), languages=("zh",)),
        make(events.PresenceSet, "on", agent="chen", presence="online"),
    ):
        submit(log, fact, received_at=START)
    served.tick()
    yield served
    holding.end()


def come(served: Serving, name: str, *, text: str = "快点") -> None:
    """Let an urgent conversation come; the tick decides it."""
    for fact in (
        make(events.ConversationOpened, f"open {name}", conversation=name, customer="王芳"),
        make(events.PrioritySet, f"level {name}", conversation=name, level=3),
        make(events.CustomerWrote, f"say {name}", conversation=name, message=name, text=text),
    ):
        submit(served.log, fact, received_at=START)
    served.tick()


def states(served: Serving) -> list[tuple[str, str]]:
    """Return what became of what was to leave."""
    return [(one.recipient, one.state) for one in served.log.sendings()]


# ---------------------------------------------------------------- what is sent


def test_a_request_is_received(server: Server) -> None:
    """An urgent message nobody views reaches the agent's address once, without what the customer wrote or is called."""
    push = Push({"chen": (server.url,)}, link="https://desk.example/lab")
    with serving(push, Still()) as served:
        come(served, "c1", text="我的电话13800138000")
        wait_until(lambda: served.tick() is not None and states(served) == [("push/chen", "sent")])
    (got,) = server.got
    assert got["title"] == "URGENT: a message nobody has looked at"
    assert got["message"] == (
        "Conversation c1: a message nobody has looked at.\nhttps://desk.example/lab#conversation=c1"
    )
    assert "13800138000" not in json.dumps(got)
    assert "王芳" not in json.dumps(got, ensure_ascii=False)


def test_only_rings_of_the_channel_push_go_out() -> None:
    """Of the standard ladder's notices only that with the channel is routed, and to nobody without an address."""
    names = [ring.name for ring in STANDARD.schema.notify.rings]
    for agent, ring, expected in (
        ("chen", "push", ("push/chen",)), ("chen", "alarm", ()), ("lin", "push", ()),
    ):  # fmt: skip
        told = events.Notified(
            at=0, conversation="c1", agent=agent, event="message", level=3, rung=1,
            because=(0, 0, 0, names.index(ring), 0, 0),
        )  # fmt: skip
        assert push_route(Push({"chen": ("json://127.0.0.1",)}), STANDARD)(told) == expected


def test_a_server_that_hangs_delays_nobody(server: Server) -> None:
    """While the server of one agent hangs, facts are decided and stored, and the lease lives; then it is sent once."""
    with serving(Push({"chen": (server.url,)}), Still()) as served:
        server.goes_on.clear()
        come(served, "c1")
        wait_until(lambda: served.tick() is not None and server.arrived.is_set())
        for n in range(2, 12):
            come(served, f"c{n}")
        assert served.log.count(kinds=[events.Assigned]) >= 5
        assert served.log.count(kinds=[events.ConversationOpened]) == 11
        assert server.got == []
        server.goes_on.set()
        wait_until(lambda: served.tick() is not None and {state for _, state in states(served)} == {"sent"})
    assert len(server.got) == len({one["message"] for one in server.got}) == len(states(served))


def test_a_dead_address_is_tried_again(server: Server) -> None:
    """What a server refuses is tried again later; of two addresses the one that had it gets it once."""
    other = Server()
    thread = threading.Thread(target=other.http.serve_forever, daemon=True)
    thread.start()
    clock = Still()
    server.answers = [500]
    with serving(Push({"chen": (server.url, other.url)}), clock) as served:
        come(served, "c1")
        wait_until(lambda: served.tick() is not None and served.log.sendings()[0].attempts == 1)
        said = served.log.sendings()[0].because
        assert said == "No answer from: json://…"
        assert served.tick() is False
        clock.at += 2_000
        wait_until(lambda: served.tick() is not None and states(served) == [("push/chen", "sent")])
    other.http.shutdown()
    other.http.server_close()
    thread.join()
    assert (len(server.got), len(other.got)) == (1, 1)


def test_a_child_driver_pushes(server: Server, tmp_path: Path) -> None:
    """The driver that a view starts goes by the file: a real process sends what nobody viewed."""
    file, policy = tmp_path / "push.toml", tmp_path / "policy.toml"
    file.write_text(f'[agents]\nchen = ["{server.url}"]\n', encoding="utf-8")
    policy.write_text(AT_ONCE.text, encoding="utf-8")
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    with open_log(url) as log:
        lease = ensure_driver(url, policy, push=file)
        try:
            now = SystemClock().now()
            for fact in (
                make(events.AgentSet, "chen", at=0, agent="chen", groups=("presales",), languages=("zh",)),
                make(events.PresenceSet, "on", at=0, agent="chen", presence="online"),
                make(events.ConversationOpened, "open", at=0, conversation="c1", customer="u"),
                make(events.PrioritySet, "level", at=0, conversation="c1", level=3),
                make(events.CustomerWrote, "say", at=0, conversation="c1", message="m", text="快点"),
            ):
                submit(log, fact, received_at=now)
            wait_until(lambda: server.got)
            wait_until(lambda: {one.state for one in log.sendings()} == {"sent"})
        finally:
            os.kill(int(lease.holder.removeprefix("process ")), signal.SIGTERM)
            wait_until(lambda: not log.lease().holder)
        bodies = " ".join(str(row.body) for row in log.rows())
    assert HIDDEN not in bodies


# ---------------------------------------------------------------- hostile servers


def test_a_server_that_never_ends_its_answer_is_waited_for_no_longer(server: Server) -> None:
    """One that sends a byte now and then has taken nothing in time, however often it is tried; later it may."""
    server.drips.set()
    push = Push({"chen": (server.url,)}, limit_s=0.5)
    assert push.test("chen") == ["json://…"]
    wait_until(lambda: server.got)
    assert not server.ended.is_set()  # nobody waited until it was done
    assert push.test("chen") == ["json://…"]
    server.drips.clear()
    wait_until(lambda: push.test("chen") == [])
    assert len(server.got) > 1


@pytest.mark.parametrize("code", [301, 302, 307, 308])
@pytest.mark.parametrize("more", ["", "&redirect=yes"])
def test_a_push_goes_nowhere_else(server: Server, code: int, more: str) -> None:
    """A server that sends a push on to another one has not taken it, and the other one gets nothing."""
    server.answers = [code]
    push = Push({"chen": (server.url + more,)})
    assert push.test("chen") == ["json://…"]
    assert server.got == []
    assert push.test("chen") == []
    assert [one["path"] for one in server.got] == [f"/{HIDDEN}"]


# ---------------------------------------------------------------- secrets


def test_no_address_is_logged_or_shown(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    """Neither a failure nor a success writes an address to any log; nor does a look at what holds them."""
    push = Push({"chen": (server.url,)})
    with caplog.at_level(logging.DEBUG):
        server.answers = [500]
        assert push.test("chen") == ["json://…"]
        assert push.test("chen") == []
    assert HIDDEN not in caplog.text
    assert HIDDEN not in repr(push) + str(push)


BAD = {
    "not TOML": (f'[agents]\nchen = ["json://h/{HIDDEN}"', 2, ""),
    "unknown key": ('[agents]\nchen = ["json://h"]\n[agent]\nlin = []\n', 3, "A key here is not known"),
    "no list": (f'[agents]\nchen = "json://h/{HIDDEN}"\n', 2, "no list"),
    "no text": ("[agents]\nchen = [1]\n", 2, "no list"),
    "no address": (f'[agents]\nlin = ["json://h"]\n"chen.hao@shop" = ["nothing {HIDDEN}"]\n', 3, "no address"),
    "no service": (f'default = ["nosuch://{HIDDEN}"]\n', 1, "default"),
    "no link": (f'link = "ftp://x/{HIDDEN}"\n[agents]\nchen = ["json://h/{HIDDEN}"]\n', 1, "link"),
    "no language": (f'language = "{HIDDEN}"\ndefault = ["json://h"]\n', 1, "en or zh"),
    "languages": (f'language = ["{HIDDEN}"]\ndefault = ["json://h"]\n', 1, "en or zh"),
    "an address as a key": (f'[agents]\n"ntfys://ntfy.sh/{HIDDEN}" = ["chen"]\n', 2, "no address"),
    "an address for a key": (f'"ntfys://ntfy.sh/{HIDDEN}" = ["chen"]\n', 1, "not known"),
    "a secret as a table": (f'[agents.{HIDDEN}]\nchen = ["json://h"]\n', 1, "no list"),
    "a secret twice": (f"[agents]\n[{HIDDEN}]\n[{HIDDEN}]\n", 3, "Cannot declare … twice"),
    "a secret twice in one": (f'[agents]\nchen = {{"{HIDDEN}" = 1, "{HIDDEN}" = 2}}\n', 2, "Duplicate"),
    "a secret as a scheme": (f'[agents]\nchen = ["{HIDDEN.replace("-", "")}://x"]\n', 2, "no address"),
    "an address as a link": (f'link = "ntfys://{HIDDEN}@x/y"\n[agents]\nchen = ["json://h"]\n', 1, "link"),
    "nobody": ("[agents]\n", 1, "agents"),
    "no table": ("agents = 3\n", 1, "agents"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_file_is_refused(name: str, tmp_path: Path) -> None:
    """The message says the line, what was expected and an example, and shows of an address its kind alone."""
    text, line, shown = BAD[name]
    path = tmp_path / "push.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DeskkitError) as caught:
        load_push(path)
    said = str(caught.value)
    assert f"push.toml, line {line}" in said
    assert shown in said
    assert "Expected" in said
    assert caught.value.example
    assert HIDDEN not in said
    assert HIDDEN.replace("-", "") not in said


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """A file that is not there, or no text, is said to be so."""
    with pytest.raises(DeskkitError, match="cannot be read"):
        load_push(tmp_path / "none.toml")
    Path(tmp_path, "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DeskkitError, match="not UTF-8"):
        load_push(tmp_path / "bytes.toml")
    for odd in ("9" * 5_000, "[" * 5_000):
        Path(tmp_path, "odd.toml").write_text(f"link = {odd}", encoding="utf-8")
        with pytest.raises(DeskkitError, match=r"odd\.toml"):
            load_push(tmp_path / "odd.toml")


def test_the_chat_services_are_known(tmp_path: Path) -> None:
    """WeCom, DingTalk, Feishu, Slack, e-mail, ntfy and a webhook can be named; the default is for everybody else."""
    path = tmp_path / "push.toml"
    token = "a" * 64
    urls = [
        "wecombot://12345678-1234-1234-1234-123456789012", f"dingtalk://{token}", f"feishu://{token}",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/", "mailtos://user:pass@shop.example",
        "ntfys://ntfy.sh/desk", "jsons://hooks.example/x",
    ]  # fmt: skip
    path.write_text(f"default = {json.dumps(urls[:1])}\n[agents]\nchen = {json.dumps(urls)}\n", encoding="utf-8")
    push = load_push(path)
    assert push.reaches("chen")
    assert push.reaches("anybody")
    assert repr(push) == "Push(1 agent, with default)"


def test_an_agent_nobody_knows_is_said(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    """A wrong name in the file is said where push is tested, and once by a driver that begins; a right one is not."""
    push = Push({"chenn": (server.url,), "lin": (server.url,), server.url: (server.url,)})
    assert push.strangers({"lin"}) == ["chenn", "…"]
    told = state(push, "lin", known={"lin"}, say=Words("en"))
    assert told["can"]
    assert told["text"].endswith("It names agents whom this log does not know: chenn, …")
    assert "names agents" not in state(push, "lin", known={"lin", "chenn", server.url}, say=Words("en"))["text"]
    log = open_log("memory:")
    log.append([make(events.AgentSet, "lin", agent="lin")], received_at=START)
    holding = take_lease(log, "test")
    assert holding is not None
    served = Serving(log, AT_ONCE, holding, ways=Ways(push=push), clock=Still())
    served.tick()
    assert [one.getMessage() for one in caplog.records if "names agents" in one.getMessage()] == [
        "The file of addresses names agents whom this log does not know: chenn, …"
    ]
    holding.end()
