"""Push to phones and chat services: who is reached by which addresses, read from a small file of their own.

Addresses are secrets - who knows one can write there - so they stand neither in the policy nor in a log, and no error
and no message shows more of one than the kind it is. A push says that a conversation waits, and nothing that a customer
wrote or is called: it passes through other hands.
"""

from __future__ import annotations

import logging
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from deskkit.desk import events
from deskkit.desk.because import ring_of
from deskkit.desk.policy import Policy
from deskkit.errors import DeskkitError
from deskkit.live.answering import SendingThread, bounded
from deskkit.live.outbox import RejectedError, SendError
from deskkit.locale import chosen
from deskkit.smallfile import content

if TYPE_CHECKING:
    import threading
    from collections.abc import Container, Mapping

    import apprise

    from deskkit.desk.events import Event
    from deskkit.live.served import Route
    from deskkit.log import Outgoing

__all__ = ["NAME", "Push", "load_push", "push_route"]

NAME: Final = "push"  # of the recipients in the outbox, and of the channel in a policy
_EXAMPLE: Final = '[agents]\nchen = ["ntfys://ntfy.sh/desk-chen"]'
_KIND: Final = re.compile(r"([a-z][a-z0-9]{1,30})://", re.IGNORECASE)
_NOT_SHOWN: Final = "(not shown: addresses are secrets)"
_KEYS: Final = ("agents", "default", "link", "language")
_QUOTED: Final = re.compile(r"""\(.*\)|(['"]).{2,}\1""")  # by which an error of TOML repeats a key
REMEMBERED: Final = 1_000  # notices of which some address failed
LIMIT_S: Final = 30.0  # within which a server has taken a push, whatever it drips meanwhile
_KEY: Final = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))\s*=""")
_WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "levels": "Low|Normal|High|URGENT",
        "message": "a message nobody has looked at",
        "assignment": "a new conversation nobody has looked at",
        "waiting": "a customer who waits for long",
        "neglected": "a conversation neglected for long",
        "title": "{level}: {about}",
        "body": "Conversation {name}: {about}.",
        "test": "A test of push.",
    },
    "zh": {
        "levels": "低|普通|高|紧急",
        "message": "有消息无人查看",
        "assignment": "有新会话无人查看",
        "waiting": "有客户久等",
        "neglected": "有会话久未查看",
        "title": "{level}：{about}",
        "body": "会话 {name}：{about}。",
        "test": "推送测试。",
    },
}


class PushError(DeskkitError):
    """The file of addresses cannot be used."""


class Push:
    """Who is reached by push.

    Parameters
    ----------
    agents : mapping of str to tuple of str
        Addresses, in Apprise's way of writing them, by the agent's id.
    default : tuple of str
        Of every agent who has none.
    link : str
        The address of the desk's notebook; a push then opens the conversation there.
    language : {"en", "zh"}
    limit_s : float, seconds
        Within which an address has taken what is sent to it.

    Examples
    --------
    >>> push = Push({"chen": ("json://127.0.0.1:9",)})
    >>> push.reaches("chen"), push.reaches("lin")
    (True, False)
    >>> push
    Push(1 agent, without default)
    """

    def __init__(
        self,
        agents: Mapping[str, tuple[str, ...]],
        *,
        default: tuple[str, ...] = (),
        link: str = "",
        language: str = "en",
        limit_s: float = LIMIT_S,
    ) -> None:
        self._agents, self._default, self._link = dict(agents), default, link
        self._say = _WORDS[language]
        self._limit_s = limit_s
        self._late: dict[str, threading.Thread] = {}  # what is still sending to an address, beyond the limit
        self._had: dict[tuple[int, str], set[str]] = {}  # who of several addresses had a notice already

    def reaches(self, agent: str) -> bool:
        """Say whether an agent has an address."""
        return bool(self._of(agent))

    def _of(self, agent: str) -> tuple[str, ...]:
        return self._agents.get(agent, self._default)

    def strangers(self, known: Container[str]) -> list[str]:
        """Return the agents with an address of their own that are none of those known.

        Examples
        --------
        >>> Push({"chen": ("json://127.0.0.1:9",), "lim": ("json://127.0.0.1:9",)}).strangers({"chen", "lin"})
        ['lim']
        """
        return [agent if "://" not in agent else "…" for agent in self._agents if agent not in known]

    def send(self, item: Outgoing) -> None:
        """Send a notice to all addresses of its agent that have not had it yet; see `deskkit.live.outbox`.

        Raises
        ------
        SendError
            Not all could be reached.
        RejectedError
            The agent has no address.
        """
        agent = item.recipient.partition("/")[2]
        if not self.reaches(agent):
            raise RejectedError("The agent has no address for push any more", value=agent)
        had = self._had.setdefault((item.seq, item.recipient), set())
        while len(self._had) > REMEMBERED:  # a notice that failed for good is never sent again
            del self._had[next(iter(self._had))]
        title, body = self._words(item.event)
        left = [url for url in self._of(agent) if url not in had]
        had.update(url for url in left if self._takes(url, title=title, body=body))
        failed = [_kind(url) for url in left if url not in had]
        if failed:
            raise SendError(f"No answer from: {', '.join(failed)}")
        del self._had[item.seq, item.recipient]

    def test(self, agent: str) -> list[str]:
        """Send a test to an agent; return the kinds of addresses that took none."""
        urls = self._of(agent)
        return [_kind(url) for url in urls if not self._takes(url, title="deskkit", body=self._say["test"])]

    def _takes(self, url: str, *, title: str, body: str) -> bool:
        """Send to one address; say whether it took it in time. One that is still at an earlier one takes no other."""
        late = self._late.get(url)
        if late is not None and late.is_alive():
            return False
        taken: list[bool] = []
        sending = SendingThread(lambda: taken.append(_notify(url, title=title, body=body)))
        sending.start()
        sending.join(self._limit_s)
        if sending.is_alive():
            sending.end()  # what comes of an answer cut off is no answer
            self._late[url] = sending
            return False
        return taken == [True]

    def _words(self, event: Event) -> tuple[str, str]:
        if not isinstance(event, events.Notified):
            return "deskkit", ""
        say, about = self._say, self._say[event.event]
        body = say["body"].format(name=event.conversation, about=about)
        if self._link:
            body += f"\n{self._link}#conversation={event.conversation}"
        return say["title"].format(level=say["levels"].split("|")[event.level], about=about), body

    def __repr__(self) -> str:
        count = len(self._agents)
        default = "with" if self._default else "without"
        return f"Push({count} {'agent' if count == 1 else 'agents'}, {default} default)"


def push_route(push: Push, policy: Policy) -> Route:
    """Return the route of notices whose ring has the channel "push", to agents who have an address.

    Parameters
    ----------
    push : Push
    policy : Policy
        In force when the driver begins; it hears of the next ones as all events.
    """
    in_force = policy

    def route(event: Event) -> tuple[str, ...]:
        nonlocal in_force
        if isinstance(event, events.PolicyChanged) and event.fingerprint != in_force.fingerprint:
            in_force = Policy.parse(event.text, place="the log's policy")
        if not isinstance(event, events.Notified) or not push.reaches(event.agent):
            return ()
        return (f"{NAME}/{event.agent}",) if NAME in ring_of(in_force, event).channels else ()

    return route


# ---------------------------------------------------------------- the network


def _notify(url: str, *, title: str, body: str) -> bool:
    """Send to one address; say whether it was taken."""
    service = _service(url)
    return bool(service is not None and service.notify(title=title, body=body))


def _service(url: str) -> apprise.NotifyBase | None:
    """Return what sends to an address, None where it is none."""
    import apprise  # noqa: PLC0415 -- an extra, and half a second

    _hush()
    service = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    if service is not None:
        bounded(service)
        service.redirects = False  # what a server sends on goes to whom it likes, with all that is in it
    return service


def _hush() -> None:
    """Keep what libraries log of addresses out of every log."""
    for name in ("apprise", "urllib3"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _kind(url: object) -> str:
    """Return all that is ever shown of an address: its kind, where it is one that Apprise knows.

    Examples
    --------
    >>> _kind("json://tokenA/tokenB/tokenC"), _kind("tokenA://tokenB")
    ('json://…', '…')
    """
    found = _KIND.match(str(url))
    return f"{found[1].lower()}://…" if found and _service(str(url)) is not None else "…"


# ---------------------------------------------------------------- the file


def load_push(path: str | Path) -> Push:
    """Read a file of addresses.

    Parameters
    ----------
    path : str or Path
        TOML: a table ``[agents]`` of lists of addresses by the agent's id, and if you like ``default = [...]`` for
        everybody else, ``link = "https://..."`` of the desk's notebook, and ``language = "zh"``.

    Returns
    -------
    Push

    Raises
    ------
    DeskkitError
        It cannot be read, or a line of it cannot be used; the message shows the kind of an address and no more.
    """
    name = Path(path).name
    try:
        import apprise  # noqa: F401, PLC0415 -- an extra
    except ImportError as error:
        raise PushError(
            "Push needs Apprise, which is not installed.", place=name, expected="the extra push",
            example="pip install 'deskkit[push]'",
        ) from error  # fmt: skip
    text = ""
    try:
        text = content(path).decode("utf-8")
        found = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else "it is not UTF-8"
        raise PushError(
            f"The file cannot be read: {said}.", place=name, value=str(path), expected="a TOML file", example=_EXAMPLE
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise PushError(
            f"This is not TOML: {_QUOTED.sub('…', str(error).partition(' (at ')[0])}.",
            place=f"{name}, line {_line_said(str(error), text)}",
            value=_NOT_SHOWN, expected='key = ["address", ...]', example=_EXAMPLE,
        ) from None  # fmt: skip
    except (ValueError, RecursionError):  # a number without end, lists in lists
        raise PushError(
            "The file cannot be read: nothing of the kind stands in a file of addresses.", place=name, value=_NOT_SHOWN,
            expected="a small TOML file", example=_EXAMPLE,
        ) from None  # fmt: skip
    return _read(found, text, name)


def _read(found: dict[str, Any], text: str, name: str) -> Push:
    for key in found:
        if key not in _KEYS:
            raise _wrong("A key here is not known.", text, name, key, "agents, default, link or language", _EXAMPLE)
    language = found.get("language", chosen())
    if not isinstance(language, str) or language not in _WORDS:
        raise _wrong(
            "deskkit does not speak this language.", text, name, "language", " or ".join(_WORDS), 'language = "zh"'
        )
    link = found.get("link", "")
    if not isinstance(link, str) or (link and not re.match(r"https?://[^\s#]+$", link)):
        raise _wrong(
            "This is no link.", text, name, "link", "http:// or https://, without #",
            'link = "https://desk.example/lab/tree/desk.ipynb"',
        )  # fmt: skip
    agents = found.get("agents", {})
    if not isinstance(agents, dict):
        raise _wrong("This is no table of agents.", text, name, "agents", "a table", _EXAMPLE)
    made = {agent: _urls(value, text, name, agent) for agent, value in agents.items()}
    default = _urls(found.get("default", []), text, name, "default")
    if not made and not default:
        raise _wrong("This file names no address.", text, name, "agents", "an agent with an address", _EXAMPLE)
    return Push(made, default=default, link=link, language=language)


def _urls(value: object, text: str, name: str, key: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise _wrong("This is no list of addresses.", text, name, key, "a list of texts", _EXAMPLE)
    for url in value:
        if _service(url) is None:
            raise _wrong(
                "This is no address that Apprise knows.", text, name, key,
                "an Apprise URL, such as wecombot://, dingtalk://, feishu://, slack://, mailtos://, ntfys://, jsons://",
                _EXAMPLE,
            )  # fmt: skip
    return tuple(value)


def _wrong(problem: str, text: str, name: str, key: str, expected: str, example: str) -> PushError:
    """Return the error of a line; of what stands there only our own keys are shown, for any other may be an address."""
    place = f"{name}, line {_line_of(text, key)}" + (f", {key}" if key in _KEYS else "")
    return PushError(problem, place=place, value=_NOT_SHOWN, expected=expected, example=example)


def _line_of(text: str, key: str) -> int:
    """Return the line at which a key stands; the first where it stands nowhere."""
    for number, line in enumerate(text.splitlines(), 1):
        found = _KEY.match(line)
        if (found and key in found.groups()) or line.strip().startswith(f"[{key}]"):
            return number
    return 1


def _line_said(said: str, text: str) -> int:
    found = re.search(r"at line (\d+)", said)
    return int(found[1]) if found else max(1, len(text.splitlines()))
