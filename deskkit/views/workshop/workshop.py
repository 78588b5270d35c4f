"""The rules workshop: a policy's text and its forms, checked as it changes, tried on a log, put live, gone back to.

The Python half of one widget. The browser sends what a hand does; what is shown is sent back. What takes longer than a
glance is done beside the kernel's loop. Nothing is decided here: to put a policy live is a fact, given to the driver.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from deskkit.errors import DeskkitError
from deskkit.views.door import Door
from deskkit.views.following import runs_in_loop
from deskkit.views.workshop import conditions, telling
from deskkit.views.workshop.apart import Apart
from deskkit.views.workshop.changes import Changes
from deskkit.views.workshop.draft import Draft
from deskkit.views.workshop.editing import EDITS, Edit, asked_for
from deskkit.views.workshop.families import FAMILIES
from deskkit.views.workshop.forms import Form
from deskkit.views.workshop.place import place
from deskkit.views.workshop.saving import saved
from deskkit.views.workshop.shell import Shell
from deskkit.views.workshop.trial import Trial, tried
from deskkit.views.workshop.turns import Turns
from deskkit.views.workshop.untold import Untold
from deskkit.views.workshop.versions import Versions, difference

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from deskkit.desk.policy import Policy
    from deskkit.log import EventLog
    from deskkit.views.words import Words
    from deskkit.views.workshop.draft import Fault

__all__ = ["Workshop"]

_logger = logging.getLogger(__name__)


class Workshop:
    """A policy at work.

    Parameters
    ----------
    log : EventLog
    policy : Policy
        In force, or to begin with.
    say : Words
    put : callable, optional
        Puts a policy in force, told the identity of the deed; without it nothing can be put live here.
    opens : callable, optional
        Opens a conversation, told its name.
    span : tuple of int or None
        What a trial goes over where nothing else is chosen, milliseconds.
    save_as : str
    beside : bool, optional
        Whether what takes time is done beside whoever calls; by default where a loop runs.

    Attributes
    ----------
    widget : anywidget.AnyWidget
    draft : Draft
    outcome : dict
        What the last trial said, by language.
    door : Door
    me : str
        Who works here, where that is known: what a page keeps for another person is another text.
    """

    def __init__(
        self,
        log: EventLog,
        policy: Policy,
        *,
        say: Words,
        put: Callable[[str, Policy], None] | None = None,
        opens: Callable[[str, str], None] | None = None,
        span: tuple[int | None, int | None] = (None, None),
        save_as: str = "my-policy.toml",
        beside: bool | None = None,
    ) -> None:
        self.widget = Shell()
        self.draft = Draft(policy)
        self.outcome: dict[str, Any] = {}
        self.door = Door()
        self._log, self._say, self._put, self._span, self._save_as = log, say, put, span, save_as
        self._opens = opens or (lambda _name, _page: None)
        self._may = {"live": put is not None, "open": opens is not None}
        self._versions, self._untold, self._changes = Versions(log), Untold(log), Changes()
        self._hears, self._met = False, 0  # the latter of the version in force that the text was last held against
        self._family, self._chosen = FAMILIES[0].key, ""
        self._turns = Turns()
        self.me, self._place, self._mode = "", place(), "file" if put is None else "live"
        self._trial: Trial | None = None
        self._acts: dict[str, Policy] = {}  # put live, not yet answered
        self._apart = Apart(beside=runs_in_loop() if beside is None else beside)
        self._does: dict[str, Callable[[dict[str, Any]], None]] = {
            "hello": self._hello, "text": self._typed, "pick": self._pick, "line": self._stood,
            "version": self._show_version, "versions": self._list, "stop": self._stop,
            "open": lambda message: self._opens(message["id"], message.get("page", "")),
            "live": self._with_text(self._live), "save": self._with_text(self._keep), "try": self._with_text(self._try),
            "back": self._in_turn(self._back), "anew": self._in_turn(self._anew),
            "restore": self._in_turn(self._restore), **dict.fromkeys(EDITS, self._in_turn(self._edit)),
        }  # fmt: skip
        self.widget.on_msg(lambda _widget, message, _buffers: self.hear(message))

    # ------------------------------------------------------------ what comes from the browser

    def hear(self, message: object) -> None:
        """Do what a browser asks for, beside the loop where there is one; what it cannot ask for is passed over."""
        heard = self.door.heard(message)
        if heard.get("type") == "text":
            self._turns.arrived(heard)
        if (do := self._does.get(heard.get("type", ""))) is not None:
            self._later(lambda: do(heard))

    def _later(self, do: Callable[[], None]) -> None:
        self._apart.later(lambda: self._do(do))

    def _do(self, do: Callable[[], None]) -> None:
        try:
            do()
        except DeskkitError as error:
            self._said(str(error), wrong=True)
        except Exception:  # what goes wrong in a thread is else heard by nobody
            _logger.exception("The rules workshop failed")
            self._said(self._say("This could not be done; the kernel's log says why"), wrong=True)

    def _hello(self, _message: dict[str, Any]) -> None:
        self._hears = True
        self._meet()
        self._welcome()

    def _typed(self, message: dict[str, Any]) -> None:
        if self._turns.is_latest(message):  # else a later one is on its way
            self._takes(message)

    def _takes(self, message: dict[str, Any]) -> bool:
        """Take the text that a window shows; one that was written over another that it has not seen is told so."""
        draft, text = self.draft, message["text"]
        if not self._turns.takes(message, draft.turn, anyway=text == draft.text):
            self._send(telling.untaken(draft, message))
            return False
        draft.take(text, origin=message.get("begun"))
        self._check()
        return True

    def _with_text(self, do: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
        """Do with the text only what a window asks for that knows it as it is."""
        turns = self._turns

        def check(message: dict[str, Any]) -> None:
            if turns.is_refused(message):
                self._said(self._say(telling.REFUSED), wrong=True, to=message["window"])
            else:
                (do if turns.follows(message) or self._takes(message) else self._not_seen)(message)

        return check

    def _in_turn(self, do: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
        """Change the text only where the window that asks for it has seen it as it is."""
        return lambda one: do(one) if self._turns.takes(one, self.draft.turn) else self._not_seen(one)

    def _not_seen(self, message: dict[str, Any]) -> None:
        text = self._say("Not done: the text was changed in another window. Look at it here, then ask again")
        self._check()
        self._said(text, wrong=True, to=message["window"])

    def _pick(self, message: dict[str, Any]) -> None:
        self._family = message.get("family") or self._family
        self._chosen = message["path"]
        self._check(shows=message.get("shows", False))

    def _stood(self, message: dict[str, Any]) -> None:
        """Choose the rule in whose lines one stands, if it has a form."""
        line = message["line"] if isinstance(message["line"], int) else 0
        if self.draft.is_toml and (found := Form(self.draft.text).standing(line)) is not None:
            self._family, self._chosen = found
            self._check()

    def _edit(self, message: dict[str, Any]) -> None:
        """Change the text as a form asks for it."""
        if not self.draft.is_toml:
            self._said(self._say("First mend the text: forms can change it when it can be read"), wrong=True)
            return
        made = asked_for(message, Form(self.draft.text), self._chosen, say=self._say)
        if isinstance(made, Edit):
            worse = self.draft.edit(made.change)
            if worse is None:
                self._chosen = self._chosen if made.chosen is None else made.chosen
                self._check(shows=True)
                if made.said:
                    self._said(made.said)
                return
            made = worse
        if made is not None:
            self._refused(made)

    def _back(self, _message: dict[str, Any]) -> None:
        if self.draft.go_back():
            self._check()

    def _anew(self, _message: dict[str, Any]) -> None:
        """Take every change back."""
        self.draft.take(self.draft.begun.text)
        self._check()

    # ------------------------------------------------------------ versions, live, file

    def _list(self, _message: dict[str, Any]) -> None:
        """Tell the versions with what each changed, which takes longer than to list them."""
        found = self._versions.all()[: telling.SHOWN + 1]
        changed = self._changes.rows(found, say=self._say)
        rows = telling.version_rows(found, self._versions.called, say=self._say)
        self._send({"type": "versions", "versions": [one | {"what": changed[one["seq"]]} for one in rows]})

    def _show_version(self, message: dict[str, Any]) -> None:
        found = self._versions.find(message["seq"])
        if found is not None:
            lines = telling.shown_lines(difference(found.text, self.draft.text))
            self._send({"type": "difference", "seq": found.seq, "lines": lines})

    def _restore(self, message: dict[str, Any]) -> None:
        found = self._versions.find(message["seq"])
        if found is not None:
            self.draft.take(found.text)
            self._check()
            self._said(self._say("Loaded into the editor; nothing is live until you put it live"))

    def _live(self, message: dict[str, Any]) -> None:
        if self._put is None:
            return
        if told := telling.instead_of_live(self.draft, self._versions, message, say=self._say):
            self._send(told)
            return
        self._acts[message["act"]] = self.draft.policy  # before: the answer may come at once
        self._put(message["act"], self.draft.policy)

    def send(self, message: dict[str, Any]) -> None:
        """Hear what came of a deed; those of others are passed over."""
        if str(message.get("act")) in self._acts:
            self._later(lambda: self._answered(message))

    def _answered(self, message: dict[str, Any]) -> None:
        policy = self._acts.pop(str(message.get("act")))
        if message.get("ok"):
            self.draft.put_in_force(policy)
            self._met = -1  # a colleague's may have come after it
        foot, details = telling.sentences(message.get("foot")), telling.sentences(message.get("details"))
        self._said("\n".join(foot), wrong=not message.get("ok"), details=details)
        self._meet()
        self._welcome()

    def _keep(self, message: dict[str, Any]) -> None:
        self._save_as = message["path"].strip()
        self.save()

    def save(self) -> Path | None:
        """Write the policy to a new file; an existing one stays. Returns the file, or None."""
        path, text = saved(self.draft, self._save_as, say=self._say)
        self._said(text, wrong=path is None)
        return path

    # ------------------------------------------------------------ trial

    def _try(self, message: dict[str, Any]) -> None:
        """Go over history by the text as it stands and by the policy it began with."""
        if not self.draft.is_valid:
            self._said(self._say("First mend what is wrong: only a valid policy can be tried"), wrong=True)
            return
        self._stop({})
        self._look()
        days, span = message["days"], self._span
        if days in telling.DAYS:
            span = telling.since(self._log, days, zone=self._say.zone), None
        policy, against = self.draft.policy, self.draft.begun
        if not self._apart.is_beside:
            self._told(tried(self._log, policy, against, span, lambda share: self._told({"share": share})))
        else:
            self._trial = Trial(self._log, policy, against, span, lambda told: self._later(lambda: self._told(told)))

    def _told(self, told: dict[str, Any]) -> None:
        if "share" not in told:
            self.outcome = told
        self._tell_trial(told)

    def _tell_trial(self, told: dict[str, Any]) -> None:
        self._send({"type": "trial", **{k: v for k, v in told.items() if k in ("share", "wrong")},
                    "made": told.get(self._say.language)})  # fmt: skip

    def _stop(self, _message: dict[str, Any]) -> None:
        if self._trial is not None:
            self._trial.stop()
            self._trial = None
            self._send({"type": "trial"})

    def close(self) -> None:
        """Take it off every page, and end what is tried and the thread that works for it."""
        self.hear({"type": "stop"})  # after what was asked for before, as a trial
        self._hears = False
        self._apart.close()
        self.widget.close()

    def wait(self, timeout_s: float = 60) -> None:
        """Wait until all is done that was asked for, a trial too."""
        for _ in range(2):  # the end of a trial is told to the thread that does the rest
            self._apart.wait(timeout_s)
            if self._trial is not None:
                self._trial.wait(timeout_s)

    # ------------------------------------------------------------ what goes to the browser

    def speak(self, say: Words) -> None:
        """Go on in other words."""
        self._say = say
        self._later(self._speak)

    def _speak(self) -> None:
        if self._hears:
            self._meet()
            self._welcome()
            if self.outcome:
                self._tell_trial(self.outcome)

    def look(self) -> None:
        """Look whether another policy is in force; an untouched text becomes that one."""
        if self._hears:
            self._later(self._look)

    def _look(self) -> None:
        if self._meet():
            self._welcome()

    def _meet(self) -> bool:
        """Hold the text against the version in force, which an untouched one becomes; return whether that is new."""
        last, known, draft, say = self._versions.newest, self._met, self.draft, self._say
        if self._put is None or last is None or last.seq == known:  # on history nothing comes into force
            return False
        self._met = last.seq
        if last.text == draft.begun.text:
            return True
        policy = draft.begun.parse(last.text)
        if known and (told := telling.newer(self._versions, draft, say=say)):
            self._send(told)
        if draft.text == draft.begun.text:
            self._turns.take_own(draft.turn)
            draft.begin_anew(policy)
        else:
            draft.meet(policy)
        return True

    def _welcome(self) -> None:
        """Send all that is shown, as to a browser that knows nothing yet."""
        say = self._say
        versions = self._versions.all()
        self._send({
            "type": "welcome",
            **telling.greeting(self._log, kept_as=f"{self._mode}|{self.me}|{self._place}", say=say),
            "families": [{"k": one.key, "text": say(one.title)} for one in FAMILIES],
            "keys": conditions.keys(say),
            "may": self._may,
            "versions": telling.version_rows(versions, self._versions.called, say=say),
            "spans": telling.spans(say),
            "days": 7 if self._span == (None, None) else 0,
            "save_as": self._save_as,
        })  # fmt: skip
        self._check()

    def _check(self, *, shows: bool = False) -> None:
        """Send the text and what is known of it; its forms where it can be read, else they stay as they were."""
        draft, say = self.draft, self._say
        told: dict[str, Any] = {
            "type": "checked", **self._turns.last, "shows": shows,
            **telling.checked(draft, may_live=self._may["live"], say=say),
        }  # fmt: skip
        if draft.is_toml:
            form = Form(draft.text)
            told["form"] = form.family(self._family, self._chosen, say=say)
            told["options"], told["titles"] = form.options(), form.titles(say)
            if draft.is_valid:
                told["warnings"] += [one.told(str) for one in self._untold.warnings(draft.policy, form, say=say)]
            self._chosen = told["form"]["chosen"]
        self._send(told)

    def _refused(self, fault: Fault) -> None:
        self._turns.refuse()
        self._check()
        self._send({"type": "refused", "fault": fault.told(self._say.translate), **self._turns.last})

    def _said(self, text: str, *, wrong: bool = False, details: Sequence[str] = (), to: str | None = None) -> None:
        self._send(telling.told(text, wrong=wrong, details=details, to=to))

    def _send(self, message: dict[str, Any]) -> None:
        if self._hears:
            self.widget.send(message)
