"""The desk opened for one person: on a live log as one of many, on history alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

from deskkit.arguments import LOG, POLICY, TEXT, expect
from deskkit.clock import SystemClock, WallClock
from deskkit.live.client import Client
from deskkit.live.driver import Driver
from deskkit.live.lease import is_alive
from deskkit.live.push import load_push
from deskkit.log.in_force import is_history
from deskkit.views.desk.asking import Asking
from deskkit.views.desk.replaced import running, succeed
from deskkit.views.desk.settled import settle
from deskkit.views.desk.sounds import sounds_in
from deskkit.views.desk.view import DeskView
from deskkit.views.desk.watch import Watch
from deskkit.views.following import follow, runs_in_loop
from deskkit.views.workshop.place import place, standing

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from deskkit.clock import Clock
    from deskkit.desk.policy import Policy
    from deskkit.log import EventLog

__all__ = ["desk"]


@overload
def desk(
    log: EventLog, policy: Policy, *, me: str, clock: Clock | None = None, acts: bool = True,
    language: str | None = None, masked: bool = True, push: str | Path | None = None,
    sounds: str | Path | None = None, hosts: Collection[str] = (),
) -> DeskView: ...  # fmt: skip
@overload
def desk(
    log: EventLog, policy: Policy, *, me: None = None, clock: Clock | None = None, acts: bool = True,
    language: str | None = None, masked: bool = True, push: str | Path | None = None,
    sounds: str | Path | None = None, hosts: Collection[str] = (),
) -> Asking: ...  # fmt: skip
def desk(  # noqa: PLR0913 -- what a desk may be told
    log: EventLog,
    policy: Policy,
    *,
    me: str | None = None,
    clock: Clock | None = None,
    acts: bool = True,
    language: str | None = None,
    masked: bool = True,
    push: str | Path | None = None,
    sounds: str | Path | None = None,
    hosts: Collection[str] = (),
) -> DeskView | Asking:
    """Open the desk of a log for one person.

    Parameters
    ----------
    log : EventLog
        The desk folds it and goes on where it ends.
    policy : Policy
        Put in force if the log's last policy is another; on a live log only where none is in force yet.
    me : str, optional
        The agent who looks and acts, by the id the log knows; whoever is none of its agents is a supervisor. Left out,
        it is what DESKKIT_ME says, else the view asks; the browser remembers the answer for this log.
    clock : Clock, optional
        By default what time it is, and the desk is live: a driver of its own decides for it, see Notes. On history
        a `ManualClock` at the instant to look at.
    acts : bool, default True
        Whether the desk assigns and tidies by itself and replies can be sent; or it only watches and advises.
        On an imported log without a roster nobody is known to be online, and a desk that acts takes every
        conversation from its owner: there, watch.
    language : {"en", "zh"}, optional
        By default that of DESKKIT_LANG, else English; a switch in the view changes it.
    masked : bool, default True
        Telephones, identity and bank cards, e-mail addresses are shown as tokens such as [phone]. Who needs
        them asks for them here, by name; the search finds them either way.
    push : str or Path, optional
        A file of addresses: who is reached by push, and where. A driver started here goes by it; see
        `deskkit.live.push.load_push`.
    sounds : str or Path, optional
        A folder with the sound files that the policy's rings name; for one that is not there a tone is played.
    hosts : collection of str, optional
        Hosts of your own network, such as ``chat.lan:3000``, whose files may be opened from the desk; others are
        opened only where they are public.

    Returns
    -------
    DeskView or Asking
        A notebook shows it where a cell ends in it. `Asking` holds the desk, once it is open, as its `view`.

    Raises
    ------
    DeskkitError
        deskkit does not speak the language, the log cannot be read or written, or a file named here cannot be used.

    Notes
    -----
    A supervisor begins with all conversations. An agent begins with the own ones, each in a tab, and one that becomes
    the agent's later gets its tab by itself.

    One driver decides for a live log, however many look at it: a demo, a server, or else a process that the first
    view starts and that ends by itself. What is done here goes to its inbox, and the view follows the log. A notebook
    waits for nobody: what is done before the driver is there is kept and done then. On history and on a log in memory
    this view decides by itself.

    A driver started here decides notices, unless it only watches or the log was imported: whoever was told of history
    was told then. What is addressed to `me` rings in the browser while the desk's clock runs; see the tab Alerts.
    """
    expect(LOG, "desk", log=log)
    expect(POLICY, "desk", policy=policy)
    if me is None:
        here = place()

        def opens(who: str) -> DeskView:
            with standing(here):
                return desk(
                    log,
                    policy,
                    me=who,
                    clock=clock,
                    acts=acts,
                    language=language,
                    masked=masked,
                    push=push,
                    sounds=sounds,
                    hosts=hosts,
                )

        return Asking(log, opens, language=language)
    expect(TEXT, "desk", me=me)
    driver: Driver | Client
    watch = Watch(me)
    notices = acts and (clock is None or clock.speed > 0) and not is_history(log)
    addresses = None if push is None else load_push(push)
    is_live = clock is None and log.url != "memory:"
    if is_live or is_alive(log.lease(), now=WallClock().now()):
        driver = Client(log, policy, acts=acts, notices=notices, push=push, waits=not runs_in_loop(), before=watch)
    else:
        driver = Driver(log, policy, clock=clock or SystemClock(), acts=acts, notices=notices, author=me, before=watch)
    view = DeskView(
        driver, watch, me=me, language=language, masked=masked, sounds=sounds_in(sounds), push=addresses, hosts=hosts
    )
    if isinstance(driver, Client):
        follow(view)
    succeed(view, running())
    settle(view)
    return view
