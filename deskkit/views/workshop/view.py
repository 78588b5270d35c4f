"""The rules workshop on history: the same widget as beside the live desk, with nothing to put live.

What is shown are *direct* effects: what the rules decide otherwise about the same facts. The changed policy is saved as
a new file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskkit.arguments import LOG, POLICY, expect
from deskkit.views.spoken import Spoken
from deskkit.views.words import Words
from deskkit.views.workshop.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ipywidgets

    from deskkit.desk.policy import Policy
    from deskkit.log import EventLog

__all__ = ["RulesView", "rules"]


def rules(
    log: EventLog,
    policy: Policy,
    *,
    start: int | None = None,
    until: int | None = None,
    save_as: str = "my-policy.toml",
    language: str | None = None,
    masked: bool = True,
) -> RulesView:
    """Open the rules workshop on a log.

    Parameters
    ----------
    log : EventLog
        History; it stays as it is.
    policy : Policy
        What the changed one is compared with.
    start, until : int, optional
        The span that is gone over, milliseconds since the UTC epoch; by default the whole log.
    save_as : str
        Where the changed policy is saved; a field of the view changes it.
    language : {"en", "zh"}, optional
    masked : bool, default True

    Returns
    -------
    RulesView
        A notebook shows it where a cell ends in it; its `changed` is the policy as it stands in the editor.
    """
    expect(LOG, "rules", log=log)
    expect(POLICY, "rules", policy=policy)
    return RulesView(log, policy, span=(start, until), save_as=save_as, language=language, masked=masked)


class RulesView(Spoken):
    """A policy's text and forms, and what they would have changed; made by `deskkit.views.rules`.

    Attributes
    ----------
    policy : Policy
        As it was given.
    workshop : Workshop
    """

    def __init__(
        self,
        log: EventLog,
        policy: Policy,
        *,
        span: tuple[int | None, int | None],
        save_as: str,
        language: str | None,
        masked: bool,
    ) -> None:
        self.policy = policy
        words = Words(language, zone=policy.schema.zone, masked=masked)
        self.workshop = Workshop(log, policy, say=words, span=span, save_as=save_as)
        super().__init__(language=language, zone=policy.schema.zone, masked=masked)

    @property
    def changed(self) -> Policy:
        """The policy as it stands in the editor; where the text is none now, what it last was."""
        return self.workshop.draft.policy

    def title(self) -> str:
        """Return what the view is for."""
        return self._say("Rules workshop: {policy}", policy=self._say.personal(self.policy.name))

    def parts(self) -> Sequence[ipywidgets.Widget]:
        """Show the workshop, which stays the same one in another language."""
        return (self.workshop.widget,)

    def _build(self, say: Words) -> None:
        super()._build(say)
        self.workshop.speak(say)

    def __repr__(self) -> str:
        state = "as given" if self.changed.fingerprint == self.policy.fingerprint else "changed"
        return f"RulesView({self.policy.name!r} {state})"
